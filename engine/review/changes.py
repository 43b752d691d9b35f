"""This version against the last validated one: lines added, removed and changed.

The order of lines, and of what is listed inside them, is no difference; neither is where
something stood in the source, nor how an equal amount was written.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from engine.review.case import ENDED, HeaderCase, LineCase, doubt
from engine.review.lines import product_keys
from engine.review.plain import Plain, differences, plain
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, Prescription
from schemas.review import ChangeKind, LineChange

_Pair: TypeAlias = tuple[int | None, int | None]
_SET_ASIDE = ENDED | {LineAction.INFORM}


def difference(old: Prescription, new: Prescription) -> tuple[LineChange, ...]:
    """The lines that differ: those of `new` in its order, then those that are gone.

    A line is found again by a shared identifier, else by equal content, else by its product.
    """
    return tuple(change for _, change in changed_lines(old, new))


def changed_lines(
    old: Prescription, new: Prescription
) -> tuple[tuple[int | None, LineChange], ...]:
    """As `difference`, each with the index of the line in `new` (`None`: gone)."""
    found = []
    for before, after in _pairs(old.lines, new.lines):
        change = _change(
            old.lines[before] if before is not None else None,
            new.lines[after] if after is not None else None,
        )
        if change is not None:
            found.append((after, change))
    return tuple(found)


def _change(old: Line | None, new: Line | None) -> LineChange | None:
    line = new or old
    if line is None:
        return None
    fields = differences(content(old), content(new)) if old and new else ()
    if old and new and not fields:
        return None
    kind = ChangeKind.CHANGED if old and new else ChangeKind.ADDED if new else ChangeKind.REMOVED
    return LineChange(
        kind=kind,
        line=line.identifier,
        product=line.product.label,
        old_location=old.location if old else None,
        new_location=new.location if new else None,
        fields=fields,
    )


def content(line: Line) -> Plain:
    """What a line says, without where it says it. Actions that keep it in force are one."""
    said: dict[str, Any] = line.model_dump(exclude={"identifiers"})
    if line.action not in _SET_ASIDE:
        del said["action"], said["effective_at"]
    return plain(said)


def _pairs(old: Sequence[Line], new: Sequence[Line]) -> tuple[_Pair, ...]:
    """Every line of both versions once, with its counterpart when it has one."""
    before, after = list(range(len(old))), list(range(len(new)))
    partner: dict[int, int] = {}
    for same in (_share_identifier, _say_the_same, _share_product):
        for index in tuple(after):
            found = next((other for other in before if same(old[other], new[index])), None)
            if found is not None:
                partner[index] = found
                before.remove(found)
                after.remove(index)
    kept: list[_Pair] = [(partner.get(index), index) for index in range(len(new))]
    return (*kept, *((index, None) for index in before))


def _share_identifier(old: Line, new: Line) -> bool:
    known = {(identifier.value, identifier.authority) for identifier in old.identifiers}
    return any((identifier.value, identifier.authority) in known for identifier in new.identifiers)


def _say_the_same(old: Line, new: Line) -> bool:
    return not differences(content(old), content(new))


def _share_product(old: Line, new: Line) -> bool:
    return bool(product_keys(old.product) & product_keys(new.product))


def line_is_unchanged(case: LineCase) -> Iterator[Finding]:
    """A line that differs from the last validated version shows field by field how."""
    change = case.change
    if change is not None and change.kind is ChangeKind.CHANGED:
        names = ", ".join(field.field for field in change.fields)
        yield doubt(
            FindingCode.LINE_CHANGED,
            case.line.location,
            f"{names}: differs from the last validated version",
            "; ".join(f"{f.field}: {f.old or '-'} -> {f.new or '-'}" for f in change.fields),
        )


def no_line_is_gone(case: HeaderCase) -> Iterator[Finding]:
    """A line of the last validated version that this one lacks, and what its sender says of it."""
    match case.prescription.chain.complete:
        case True:
            said = "the sender says that lines which are not here have ended"
        case False:
            said = "the sender says that this message is not the whole treatment"
        case None:
            said = "the sender does not say whether it has ended"
    for change in case.changes:
        if change.kind is ChangeKind.REMOVED:
            yield doubt(
                FindingCode.LINE_REMOVED,
                f"previous/{change.old_location}",
                f"lines: one of the last validated version is not here; {said}",
                change.product,
            )

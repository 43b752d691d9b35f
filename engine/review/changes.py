"""This version against the last validated one: lines added, removed and changed.

The order of lines, and of what is listed inside them, is no difference; neither is where
something stood in the source, nor how an equal amount was written.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from engine.review.case import ENDED, HeaderCase, LineCase, doubt
from engine.review.courses import schedule_changes
from engine.review.lines import product_keys
from engine.review.plain import Plain, differences, plain
from schemas.assessment import AssessedPrescription
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, Prescription
from schemas.review import (
    ActionChanged,
    AnchorMoved,
    ChangeKind,
    ComputableChanged,
    GapOpened,
    LineChange,
    ProductChanged,
    ScheduleChange,
    StrengthChanged,
)
from schemas.schedule import DoseSchedule, LineSchedule

_Pair: TypeAlias = tuple[int | None, int | None]
Schedules: TypeAlias = tuple[Sequence[LineSchedule], Sequence[LineSchedule]]
"""Of the lines of the old version, and of those of the new one."""
_SET_ASIDE = ENDED | {LineAction.INFORM}


def difference(
    old: Prescription, new: Prescription, schedules: Schedules | None = None
) -> tuple[LineChange, ...]:
    """The lines that differ: those of `new` in its order, then those that are gone.

    A line is found again by a shared identifier, else by equal content, else by its product.
    With `schedules` each line that stayed also tells how its schedule differs.
    """
    return tuple(change for _, change in changed_lines(old, new, schedules))


def difference_between(
    old: AssessedPrescription, new: AssessedPrescription
) -> tuple[LineChange, ...]:
    """As `difference`, of two versions with their schedules."""
    schedules = tuple([line.schedule for line in each.lines] for each in (old, new))
    return difference(old.as_understood, new.as_understood, (schedules[0], schedules[1]))


def changed_lines(
    old: Prescription, new: Prescription, schedules: Schedules | None = None
) -> tuple[tuple[int | None, LineChange], ...]:
    """As `difference`, each with the index of the line in `new` (`None`: gone)."""
    found = []
    for before, after in _pairs(old.lines, new.lines):
        change = _change(
            old.lines[before] if before is not None else None,
            new.lines[after] if after is not None else None,
        )
        if change is None:
            continue
        if schedules is not None and before is not None and after is not None:
            lines = old.lines[before], new.lines[after]
            typed = _typed(*lines, schedules[0][before], schedules[1][after])
            change = change.model_copy(update={"changes": tuple(typed)})
        found.append((after, change))
    return tuple(found)


def _typed(
    old: Line, new: Line, before: LineSchedule, after: LineSchedule
) -> Iterator[ScheduleChange]:
    """What differs in what is taken, in types: product, strength, action, schedule."""
    if not product_keys(old.product) & product_keys(new.product):
        yield ProductChanged(old=old.product.label, new=new.product.label)
    if _strengths(old) != _strengths(new):
        yield StrengthChanged(old=old.product.strengths, new=new.product.strengths)
    if old.action is not new.action and {old.action, new.action} & _SET_ASIDE:
        yield ActionChanged(old=old.action, new=new.action)
    elif isinstance(before, DoseSchedule) and isinstance(after, DoseSchedule):
        yield from schedule_changes(before, after)
    elif before.computable != after.computable:
        yield ComputableChanged(old=before.computable, new=after.computable)


def _strengths(line: Line) -> Plain:
    """The strengths of a line without the way their amounts are written."""
    return plain([each.model_dump() for each in line.product.strengths])


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
    for same in (_are_named_alike, _share_identifier, _say_the_same, _share_product):
        for index in tuple(after):
            found = next((other for other in before if same(old[other], new[index])), None)
            if found is not None:
                partner[index] = found
                before.remove(found)
                after.remove(index)
    kept: list[_Pair] = [(partner.get(index), index) for index in range(len(new))]
    return (*kept, *((index, None) for index in before))


def _are_named_alike(old: Line, new: Line) -> bool:
    """By the number that is the line's own: the others may be those of the whole prescription."""
    return bool(old.identifiers and new.identifiers) and old.identifiers[0] == new.identifiers[0]


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
        kinds = dict.fromkeys(typed.kind for typed in change.changes)
        names = ", ".join(kinds or (field.field for field in change.fields))
        yield doubt(
            FindingCode.LINE_CHANGED,
            case.line.location,
            f"{names}: differs from the last validated version",
            "; ".join(f"{f.field}: {f.old or '-'} -> {f.new or '-'}" for f in change.fields),
        )


def rhythm_keeps_its_days(case: LineCase) -> Iterator[Finding]:
    """A rhythm of several days is counted from a day that gives the days it gave before."""
    for typed in case.change.changes if case.change else ():
        if isinstance(typed, AnchorMoved):
            yield doubt(
                FindingCode.ANCHOR_MOVED,
                case.line.location,
                "rhythm: the same as before, counted from a day that gives other days",
                f"{typed.old} -> {typed.new}",
            )


def treatment_continues(case: LineCase) -> Iterator[Finding]:
    """A renewal begins on the day after the last that the version before covers, or earlier."""
    for typed in case.change.changes if case.change else ():
        if isinstance(typed, GapOpened):
            yield doubt(
                FindingCode.TREATMENT_GAP,
                case.line.location,
                "bounds: days without treatment since the last validated version",
                f"{typed.last} / {typed.first}",
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

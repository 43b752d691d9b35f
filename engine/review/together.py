"""Two lines of one prescription: the same product or substance together, or with days between.

A legitimate double (one dose in two strengths) is never merged: both lines stay, and it is said.
"""

from collections.abc import Iterator
from datetime import date

from engine.review.case import ENDED, LineCase, doubt
from engine.review.lines import folded, product_keys
from engine.review.periods import days_of, follow, follow_each_other, with_days
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line
from schemas.schedule import LineSchedule

_ATC_SUBSTANCE = 7
"""Characters of an ATC code of the fifth level (WHO): one substance, or one fixed combination."""


def product_is_not_twice(case: LineCase) -> Iterator[Finding]:
    """The same product on an earlier line that is in force at the same time.

    Two strengths are two products. Lines whose dates do not touch follow each other.
    """
    own = _keys(case, case.index)
    for index, other in _others_in_force(case):
        if own & _keys(case, index) and not _follow(case, index):
            rule = f"product: the same as that of {other.location}; both would be prepared"
            yield doubt(FindingCode.LINE_DUPLICATE, case.place, rule, _with_days(case, index))
            return


def product_is_in_no_other_prescription(case: LineCase) -> Iterator[Finding]:
    """The same product in another prescription of the patient, at the same time.

    A sender that groups nothing makes a prescription of each order.
    """
    own = _keys(case, case.index)
    for other, record in case.beside if case.line.action not in ENDED else ():
        shared = own & product_keys(other.product, record)
        if shared and other.action not in ENDED and not follow_each_other(case.line, other):
            rule = f"product: the same as that of {other.location}, in another prescription"
            yield doubt(FindingCode.LINE_DUPLICATE, case.place, rule, case.line.product.label)
            return


def substance_is_not_twice(case: LineCase) -> Iterator[Finding]:
    """The same substance in another product of an earlier line that is in force with it.

    Two strengths of one substance may be one dose in two tablets: never merged, only said.
    """
    own, named = _substances(case, case.index), _keys(case, case.index)
    for index, other in _others_in_force(case):
        shared = own & _substances(case, index)
        if shared and not named & _keys(case, index) and not _follow(case, index):
            rule = f"product: holds a substance that the product of {other.location} holds too"
            yield doubt(FindingCode.SUBSTANCE_TWICE, case.place, rule, _with_days(case, index))
            return


def product_has_no_gap(case: LineCase) -> Iterator[Finding]:
    """A product on two lines that follow each other has no days without it between them."""
    own = _keys(case, case.index)
    for index, _ in _others_in_force(case):
        spans = _covered(case, case.index), _covered(case, index)
        if not own & _keys(case, index) or spans[0] is None or spans[1] is None:
            continue
        (_, last), (first, _) = sorted((spans[0], spans[1]), key=lambda span: span[0])
        if last is not None and (first - last).days > 1:
            other = case.prescription.lines[index]
            rule = f"bounds: days without the product between this line and {other.location}"
            periods = f"{spans[0][0]} – {spans[0][1] or ''} / {spans[1][0]} – {spans[1][1] or ''}"
            yield doubt(FindingCode.TREATMENT_GAP, case.line.location, rule, periods)
            return


def _others_in_force(case: LineCase) -> Iterator[tuple[int, Line]]:
    """The earlier lines that are in force, when this one is."""
    if case.line.action not in ENDED:
        yield from ((i, line) for i, line in enumerate(case.earlier) if line.action not in ENDED)


def _keys(case: LineCase, index: int) -> frozenset[str]:
    """What names the product of a line: as sent, and as the reference knows it."""
    record = case.records[index] if case.records else None
    return product_keys(case.prescription.lines[index].product, record)


def _schedule(case: LineCase, index: int) -> LineSchedule | None:
    return case.schedules[index] if case.schedules else None


def _covered(case: LineCase, index: int) -> tuple[date, date | None] | None:
    """The days that the schedule of a line covers; `None` where it has none."""
    return days_of(_schedule(case, index))


def _follow(case: LineCase, index: int) -> bool:
    """Whether one line has ended before the other begins: by schedules, else by stated dates."""
    lines = case.prescription.lines
    own = case.line, _schedule(case, case.index)
    return follow(own, (lines[index], _schedule(case, index)))


def _with_days(case: LineCase, index: int) -> str:
    """The product, with the days on which both lines are in force where they are known."""
    own, other = _schedule(case, case.index), _schedule(case, index)
    return with_days(case.line.product.label, own, other)


def _substances(case: LineCase, index: int) -> frozenset[str]:
    """The substances of a product: by their codes, and by their words as sent or published."""
    product = case.prescription.lines[index].product
    record = case.records[index] if case.records else None
    published = record.strengths if record is not None else ()
    parts = [part for part in product.ingredients if not part.carrier]
    stated = [each.substance for each in (*product.strengths, *published)]
    stated += [part.text for part in parts]
    codes = [code for part in parts for code in part.codes] + list(product.codes)
    return frozenset(
        [f"text:{folded(words)}" for words in stated if words and words.strip()]
        + [f"{c.system.value}:{c.value}" for c in codes if _names_a_substance(c)]
    )


def _names_a_substance(code: ProductCode) -> bool:
    """An SMS code, or an ATC code of the fifth level: shorter ones name many substances."""
    if code.system is ProductCodeSystem.ATC:
        return len(code.value) == _ATC_SUBSTANCE
    return code.system is ProductCodeSystem.SMS

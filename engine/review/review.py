"""The rules in their order, and what they find beyond what is already known."""

from collections.abc import Iterable, Sequence

from engine.review.case import Beside, HeaderCase, HeaderRule, LineCase, LineRule
from engine.review.changes import (
    changed_lines,
    line_is_unchanged,
    no_line_is_gone,
    rhythm_keeps_its_days,
    treatment_continues,
)
from engine.review.identity import (
    ins_is_one,
    ins_is_qualified,
    ins_key_is_right,
    patient_is_named,
)
from engine.review.lines import (
    event_takes_effect_when_told,
    identifier_is_not_twice,
    line_is_in_force,
    line_is_no_alternative,
    line_is_to_supply,
    line_it_replaces_has_ended,
    order_has_not_ended_beside,
)
from engine.review.prescriber import (
    establishment_key_is_right,
    prescriber_is_named,
    prescriber_key_is_right,
)
from engine.review.product import (
    codes_agree,
    codes_are_well_formed,
    product_is_coded,
    product_is_named,
    product_is_single,
)
from engine.review.schedule import dose_has_a_unit, units_agree, weekly_dose_has_its_day
from engine.review.together import (
    product_has_no_gap,
    product_is_in_no_other_prescription,
    product_is_not_twice,
    substance_is_not_twice,
)
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, Prescription
from schemas.reference import ProductRecord
from schemas.review import Review
from schemas.schedule import LineSchedule, Normalised, NotComputable

HEADER_RULES: tuple[HeaderRule, ...] = (
    patient_is_named,
    ins_is_one,
    ins_key_is_right,
    ins_is_qualified,
    prescriber_is_named,
    prescriber_key_is_right,
    establishment_key_is_right,
    no_line_is_gone,
)

LINE_RULES: tuple[LineRule, ...] = (
    line_is_in_force,
    event_takes_effect_when_told,
    line_is_to_supply,
    line_is_no_alternative,
    line_it_replaces_has_ended,
    identifier_is_not_twice,
    order_has_not_ended_beside,
    product_is_named,
    product_is_single,
    product_is_coded,
    codes_are_well_formed,
    codes_agree,
    product_is_not_twice,
    product_is_in_no_other_prescription,
    substance_is_not_twice,
    product_has_no_gap,
    dose_has_a_unit,
    units_agree,
    weekly_dose_has_its_day,
    line_is_unchanged,
    rhythm_keeps_its_days,
    treatment_continues,
)

_SEVERAL_TIMES = frozenset(
    {
        FindingCode.IDENTIFIER_KEY_WRONG,
        FindingCode.PRODUCT_CODE_WRONG,
        FindingCode.LINE_REMOVED,
    }
)
"""Doubts that can be about several values of one line; any other is said once."""


def review(
    prescription: Prescription,
    schedules: Sequence[Normalised],
    comparisons: Sequence[tuple[Finding, ...]],
    previous: Prescription | None = None,
    earlier: Sequence[LineSchedule] | None = None,
    records: Sequence[ProductRecord | None] = (),
    beside: Sequence[Beside] = (),
) -> Review:
    """What the data, compared with itself, gives to doubt.

    `schedules[i]` and `comparisons[i]` (text against structure) belong to
    `prescription.lines[i]`; the comparisons come first in the findings of their line.
    `previous` is the last validated version and `earlier` the schedules of its lines; `records`
    are what a reference publishes of the products; `beside` are the lines of other
    prescriptions of the patient. What a reader or a schedule already said is
    not said again. Raises: `ValueError` when the three are not of one length.
    """
    own = [each.schedule for each in schedules]
    both = (earlier, own) if earlier is not None else None
    changes = changed_lines(previous, prescription, both) if previous else ()
    by_index = {index: change for index, change in changes if index is not None}
    header = HeaderCase(prescription, tuple(change for _, change in changes))
    return Review(
        lines=tuple(
            (
                *compared,
                *_new(
                    (
                        finding
                        for rule in LINE_RULES
                        for finding in rule(
                            LineCase(prescription, index, by_index.get(index), own, records, beside)
                        )
                    ),
                    (*_known(line, schedule), *compared),
                ),
            )
            for index, (line, schedule, compared) in enumerate(
                zip(prescription.lines, schedules, comparisons, strict=True)
            )
        ),
        prescription=_new(
            (finding for rule in HEADER_RULES for finding in rule(header)), prescription.findings
        ),
    )


def _known(line: Line, normalised: Normalised) -> tuple[Finding, ...]:
    """What the reader and the schedule already said of a line."""
    phases = (finding for phase in line.posology.phases for finding in phase.findings)
    schedule = normalised.schedule
    reasons = schedule.reasons if isinstance(schedule, NotComputable) else ()
    return (*line.findings, *phases, *normalised.findings, *reasons)


def _new(found: Iterable[Finding], known: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(f for f in found if not any(_says_the_same(f, other) for other in known))


def _says_the_same(one: Finding, other: Finding) -> bool:
    if one.code is not other.code:
        return False
    return one.code not in _SEVERAL_TIMES or one.quoted == other.quoted

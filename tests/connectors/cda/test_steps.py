"""What the steps of a line take from it, and where they must fit. Source: IHE PCC *Medications*."""

from collections.abc import Callable
from datetime import date

import pytest

from schemas.connector import Reading
from schemas.finding import FindingCode
from schemas.posology import Phase

Phases = Callable[..., tuple[Phase, ...]]
Readings = Callable[..., Reading]
TAPERED, SPLIT, CONDITIONAL = (f"1.3.6.1.4.1.19376.1.5.3.1.4.{number}" for number in (8, 9, 10))
DOSE = '<doseQuantity value="1" unit="{tablet}"/>'


def period(inner: str) -> str:
    return f'<effectiveTime xsi:type="IVL_TS">{inner}</effectiveTime>'


LINE = period('<low value="20260105"/><high value="20260110"/>')
LINE_BY_LENGTH = period('<low value="20260105"/><width value="6" unit="d"/>')


def step(number: int, timing: str, more: str = "", relation: str = "") -> str:
    return (
        f'<entryRelationship typeCode="COMP" {relation}><sequenceNumber value="{number}"/>'
        '<substanceAdministration classCode="SBADM" moodCode="INT">'
        f'<templateId root="1.2.250.1.213.1.1.3.83.1"/>{timing}{DOSE}{more}'
        "</substanceAdministration></entryRelationship>"
    )


def codes(phases: tuple[Phase, ...]) -> list[FindingCode]:
    return [finding.code for phase in phases for finding in phase.findings]


@pytest.mark.parametrize("line", [LINE, LINE_BY_LENGTH], ids=["to a day", "for a length"])
def test_a_step_that_states_no_end_ends_with_its_line(phases_of: Phases, line: str) -> None:
    # Six days from the 5th end with the 10th.
    phases = phases_of(line + step(1, period('<low value="20260106"/>')) + step(2, ""), mode=SPLIT)

    assert [phase.bounds.start for phase in phases] == [date(2026, 1, 6), date(2026, 1, 5)]
    assert phases[0].bounds.end == date(2026, 1, 10)
    assert codes(phases) == []


def test_a_step_that_states_a_length_alone_starts_with_its_line(phases_of: Phases) -> None:
    (phase,) = phases_of(LINE + step(1, period('<width value="2" unit="d"/>')), mode=SPLIT)

    assert phase.bounds.start == date(2026, 1, 5)
    assert phase.bounds.duration is not None


@pytest.mark.parametrize("line", [LINE, LINE_BY_LENGTH], ids=["to a day", "for a length"])
def test_the_last_tapered_step_ends_with_its_line(phases_of: Phases, line: str) -> None:
    phases = phases_of(
        line
        + step(1, period('<low value="20260105"/><width value="2" unit="d"/>'))
        + step(2, period('<low value="20260107"/>')),
        mode=TAPERED,
    )

    assert phases[1].bounds.end == date(2026, 1, 10)
    assert codes(phases) == []


def test_an_end_that_its_line_gives_in_months_is_not_reckoned(phases_of: Phases) -> None:
    phases = phases_of(
        period('<low value="20260105"/><width value="1" unit="mo"/>')
        + step(1, period('<low value="20260105"/><width value="2" unit="d"/>'))
        + step(2, period('<low value="20260107"/>')),
        mode=TAPERED,
    )

    assert codes(phases) == [FindingCode.BOUNDS_INVALID]


@pytest.mark.parametrize("mode", [TAPERED, SPLIT])
@pytest.mark.parametrize(
    "inner",
    [
        '<low value="20260104"/><high value="20260110"/>',
        '<low value="20260105"/><high value="20260111"/>',
    ],
    ids=["starts before", "ends after"],
)
def test_a_step_outside_its_line_contradicts_it(phases_of: Phases, mode: str, inner: str) -> None:
    assert codes(phases_of(LINE + step(1, period(inner)), mode=mode)) == [
        FindingCode.TIMING_CONTRADICTED
    ]


def test_a_first_step_that_starts_after_its_line_contradicts_it(phases_of: Phases) -> None:
    phases = phases_of(
        LINE + step(1, period('<low value="20260106"/><high value="20260110"/>')), mode=TAPERED
    )

    assert codes(phases) == [FindingCode.TIMING_CONTRADICTED]


def test_the_number_of_a_split_dose_orders_nothing(phases_of: Phases) -> None:
    phases = phases_of(LINE + step(2, "") + step(7, ""), mode=SPLIT)

    assert [phase.sequence for phase in phases] == [1, 1]


@pytest.mark.parametrize("relation", ['negationInd="true"', 'inversionInd="true"'])
def test_a_step_that_is_negated_or_inverted_is_not_in_force(
    reading_of: Readings, relation: str
) -> None:
    line = reading_of(LINE + step(1, "", relation=relation), mode=SPLIT).prescriptions[0].lines[0]

    assert [finding.code for finding in line.findings] == [FindingCode.STATUS_NOT_ACTIVE]


def test_instructions_of_a_step_are_its_own(phases_of: Phases) -> None:
    said = (
        '<entryRelationship typeCode="SUBJ"><act><code code="PINSTRUCT"/>'
        "<text>à distance du lait</text></act></entryRelationship>"
    )

    phases = phases_of(LINE + step(1, "", said) + step(2, ""), mode=SPLIT)

    assert [phase.instructions for phase in phases] == [("à distance du lait",), ()]
    assert codes(phases) == []


def test_a_step_of_a_step_blocks(phases_of: Phases) -> None:
    (phase,) = phases_of(LINE + step(1, "", step(1, "")), mode=SPLIT)

    assert codes((phase,)) == [FindingCode.TIMING_UNSUPPORTED]


def test_a_second_target_of_a_relation_is_not_lost(reading_of: Readings) -> None:
    two = step(1, "").replace("</entryRelationship>", "<supply/></entryRelationship>")

    line = reading_of(LINE + two, mode=SPLIT).prescriptions[0].lines[0]

    assert [finding.code for finding in line.findings] == [FindingCode.ELEMENT_FOREIGN]


@pytest.mark.parametrize(
    ("priority", "needed", "told"),
    [
        ('<priorityCode code="PRN"/>', True, []),
        ('<priorityCode code="R"/>', False, []),
        ('<priorityCode code="S"/>', False, [FindingCode.TIMING_UNSUPPORTED]),
        ("", False, []),
    ],
)
def test_a_priority_may_say_as_needed(
    phases_of: Phases, priority: str, needed: bool, told: list[FindingCode]
) -> None:
    (phase,) = phases_of(LINE + DOSE + priority)

    assert phase.as_needed is needed
    assert codes((phase,)) == told


@pytest.mark.parametrize(
    ("criterion", "needed", "words"),
    [
        ("<text>si douleur</text>", True, ["si douleur"]),
        (
            '<code code="ASSERTION"/><value xsi:type="CE" code="R51" displayName="Céphalée"/>',
            False,
            ["Céphalée"],
        ),
        ('<text>si douleur</text><value xsi:type="CE" code="R51"/>', True, ["si douleur ; R51"]),
        ('<code code="39156-5" displayName="IMC"/>', False, ["IMC"]),
        ('<value xsi:type="ST">avant la dialyse</value>', False, ["avant la dialyse"]),
    ],
)
def test_a_condition_is_read_wherever_it_stands(
    phases_of: Phases, criterion: str, needed: bool, words: list[str]
) -> None:
    (phase,) = phases_of(
        LINE + DOSE + f"<precondition><criterion>{criterion}</criterion></precondition>"
    )

    assert phase.as_needed is needed
    assert list(phase.as_needed_for) == (words if needed else [])
    assert [one.quoted for one in phase.findings] == ([] if needed else words)


def test_a_measured_condition_is_not_lost(reading_of: Readings) -> None:
    measured = '<value xsi:type="PQ" value="38.5" unit="Cel"/>'

    line = (
        reading_of(LINE + f"<precondition><criterion>{measured}</criterion></precondition>")
        .prescriptions[0]
        .lines[0]
    )

    assert [finding.code for finding in line.findings] == [FindingCode.EVENT_CONDITION]
    assert line.findings[0].location.endswith("/precondition/criterion/value")


def test_a_relation_of_a_step_that_is_not_known_is_told(phases_of: Phases) -> None:
    supply = '<entryRelationship typeCode="COMP"><supply/></entryRelationship>'

    assert codes(phases_of(LINE + step(1, "", supply), mode=SPLIT)) == [FindingCode.ELEMENT_UNREAD]


def test_an_administration_that_is_only_referred_to_is_no_step(reading_of: Readings) -> None:
    plan = (
        '<entryRelationship typeCode="REFR"><substanceAdministration><id root="2.25.1"/>'
        f"{DOSE}</substanceAdministration></entryRelationship>"
    )

    line = reading_of(LINE + DOSE + plan).prescriptions[0].lines[0]

    assert len(line.posology.phases) == 1
    assert [finding.code for finding in line.findings] == [FindingCode.ELEMENT_UNREAD]

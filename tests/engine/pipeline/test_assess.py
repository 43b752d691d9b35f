"""From a reading to schedules and doubts: what plans, what waits, and why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from builders import REFERENCE, a_frequency, a_line, a_patient, a_phase, a_prescription
from placed import a_record

from engine.pipeline.assess import assess
from schemas.assessment import AssessedLine
from schemas.canonical import digest
from schemas.connector import Reading
from schemas.finding import Finding, FindingCode
from schemas.organiser import BesideReason, Place
from schemas.people import Identifier, IdentifierKind, Practitioner
from schemas.posology import Bounds, Phase, Rhythm
from schemas.prescription import Line, LineAction, Prescription
from schemas.schedule import DoseSchedule, NotComputable

START = Bounds(start=datetime(2025, 3, 3, 0, 0, tzinfo=UTC))


def a_reading(*lines: Line) -> Reading:
    prescription = a_prescription(*lines, patient=a_patient()).model_copy(
        update={
            "authored_at": date(2025, 3, 1),
            "prescriber": Practitioner(
                identifiers=(Identifier(value="10000000016", kind=IdentifierKind.RPPS),)
            ),
        }
    )
    return Reading(format="fhir", prescriptions=(prescription,))


def assessed(line: Line) -> AssessedLine:
    (prescription,) = assess(a_reading(line), REFERENCE).prescriptions
    (only,) = prescription.lines
    return only


def a_daily_phase(text: str | None = None) -> Phase:
    return a_phase(moments=["MORN"], bounds=START, text=text)


def codes(line: AssessedLine) -> list[FindingCode]:
    return [finding.code for finding in line.findings]


def test_a_plain_line_gets_a_schedule() -> None:
    line = assessed(a_line(a_daily_phase()))

    assert isinstance(line.schedule, DoseSchedule)
    assert [slot.moment for slot in line.schedule.steps[0].slots] == ["MORN"]
    assert line.schedule.steps[0].quantity is not None
    assert line.schedule.steps[0].quantity.value == Decimal(1)
    assert line.may_plan


@pytest.mark.parametrize(
    "action", [LineAction.STOP, LineAction.CANCEL, LineAction.HOLD, LineAction.INFORM]
)
def test_a_line_that_asks_for_no_intake_plans_nothing(action: LineAction) -> None:
    line = assessed(a_line(a_daily_phase()).model_copy(update={"action": action}))

    assert isinstance(line.schedule, DoseSchedule)
    assert line.schedule.steps == ()
    assert line.schedule.as_needed == ()


def test_a_line_that_its_reader_blocks_stays_visible_and_plans_nothing() -> None:
    doubt = Finding(
        code=FindingCode.ELEMENT_MISSING, location="line[1]", message="line: an element is missing"
    )

    line = assessed(a_line(a_daily_phase()).model_copy(update={"findings": (doubt,)}))

    assert isinstance(line.schedule, NotComputable)
    assert line.schedule.reasons == (doubt,)
    assert codes(line).count(FindingCode.ELEMENT_MISSING) == 1
    assert not line.may_plan


def test_a_phase_that_its_reader_blocks_plans_nothing() -> None:
    doubt = Finding(
        code=FindingCode.DOSE_RATE, location="phase[1]", message="dose: a rate is no dose"
    )

    line = assessed(a_line(a_daily_phase().model_copy(update={"findings": (doubt,)})))

    assert isinstance(line.schedule, NotComputable)
    assert doubt in line.schedule.reasons
    assert codes(line).count(FindingCode.DOSE_RATE) == 1


def test_a_text_that_contradicts_the_structure_blocks_the_line() -> None:
    line = assessed(a_line(a_daily_phase(), text="1 comprimé le soir"))

    assert FindingCode.TEXT_CONTRADICTS in codes(line)
    assert not line.may_plan


def test_one_text_stated_for_the_line_and_for_its_only_phase_is_compared_once() -> None:
    text = "1 comprimé le soir"

    line = assessed(a_line(a_daily_phase(text=text), text=text))

    assert codes(line).count(FindingCode.TEXT_CONTRADICTS) == 1


def test_the_date_of_writing_is_the_start_of_a_line_without_one_and_is_said() -> None:
    line = assessed(a_line(a_phase(moments=["MORN"])))

    assert isinstance(line.schedule, DoseSchedule)
    assert line.schedule.steps[0].start.date() == date(2025, 3, 1)
    assert FindingCode.START_FROM_WRITING in codes(line)


def test_a_version_that_changes_a_validated_line_says_so() -> None:
    before = a_reading(a_line(a_daily_phase())).prescriptions[0]
    after = a_reading(a_line(a_phase(moments=["EVE"], bounds=START)))

    (prescription,) = assess(after, REFERENCE, {before.location: before}).prescriptions

    assert FindingCode.LINE_CHANGED in codes(prescription.lines[0])


def test_a_tenfold_dose_since_the_last_validated_version_is_told_as_a_dose() -> None:
    before = a_reading(a_line(a_daily_phase())).prescriptions[0]
    after = a_reading(a_line(a_phase(moments=["MORN"], bounds=START, dose="10 tablet")))

    (prescription,) = assess(after, REFERENCE, {before.location: before}).prescriptions

    (changed,) = [f for f in prescription.lines[0].findings if f.code is FindingCode.LINE_CHANGED]
    assert changed.message == "dose: differs from the last validated version"


def every_two_days(start: date) -> Phase:
    rhythm = Rhythm(frequency=a_frequency(1, "2"))
    return a_phase(moments=["MORN"], bounds=Bounds(start=start)).model_copy(
        update={"rhythm": rhythm}
    )


@pytest.mark.parametrize(("day", "moved"), [(13, True), (14, False)])
def test_a_renewal_of_every_two_days_that_loses_its_parity_says_so(day: int, moved: bool) -> None:
    """From 10 March every two days: 10, 12, 14; a renewal from the 13th gives 13, 15."""
    before = a_reading(a_line(every_two_days(date(2025, 3, 10)))).prescriptions[0]
    after = a_reading(a_line(every_two_days(date(2025, 3, day))))

    (prescription,) = assess(after, REFERENCE, {before.location: before}).prescriptions

    assert (FindingCode.ANCHOR_MOVED in codes(prescription.lines[0])) is moved


@pytest.mark.parametrize(("start", "gap"), [(18, True), (17, False), (12, False)])
def test_a_renewal_that_starts_days_after_the_end_of_the_last_version_says_so(
    start: int, gap: bool
) -> None:
    """The version before covers 10 to 16 March, its last day included."""
    first = Bounds(start=date(2025, 3, 10), end=date(2025, 3, 16))
    before = a_reading(a_line(a_phase(moments=["MORN"], bounds=first))).prescriptions[0]
    renewed = a_line(a_phase(moments=["MORN"], bounds=Bounds(start=date(2025, 3, start))))

    (prescription,) = assess(a_reading(renewed), REFERENCE, {before.location: before}).prescriptions

    found = [f for f in prescription.lines[0].findings if f.code is FindingCode.TREATMENT_GAP]
    assert [f.quoted for f in found] == (["2025-03-16 / 2025-03-18"] if gap else [])


# The organiser


def test_a_line_whose_form_nobody_knows_lies_beside_the_organiser() -> None:
    line = assessed(a_line(a_daily_phase()))

    assert line.placement.place is Place.BESIDE
    assert line.placement.reasons == (BesideReason.FORM_NOT_STATED,)


def test_the_form_that_a_reference_publishes_puts_the_line_inside() -> None:
    reading = a_reading(a_line(a_phase(moments=["MORN"], bounds=START, dose="0.5 tablet")))

    (prescription,) = assess(
        reading, REFERENCE, products=lambda _: a_record("comprimé sécable")
    ).prescriptions

    placement = prescription.lines[0].placement
    assert placement.place is Place.INSIDE
    assert placement.counts == (Fraction(1, 2),)


def test_a_fraction_that_may_not_be_made_plans_nothing_until_it_is_answered() -> None:
    reading = a_reading(a_line(a_phase(moments=["MORN"], bounds=START, dose="0.5 capsule")))

    (prescription,) = assess(
        reading, REFERENCE, products=lambda _: a_record("gélule")
    ).prescriptions

    assert FindingCode.FRACTION_NOT_ALLOWED in codes(prescription.lines[0])
    assert not prescription.lines[0].may_plan


def test_nothing_of_the_prescription_is_lost() -> None:
    reading = a_reading(a_line(a_daily_phase()), a_line(a_phase(moments=["EVE"], bounds=START)))

    (prescription,) = assess(reading, REFERENCE).prescriptions

    assert prescription.as_read == reading.prescriptions[0]
    assert prescription.prescription.lines == ()


def test_the_findings_of_the_prescription_stand_with_it() -> None:
    nobody = Prescription(location="prescription[1]", lines=(a_line(a_daily_phase()),))

    (prescription,) = assess(
        Reading(format="fhir", prescriptions=(nobody,)), REFERENCE
    ).prescriptions

    assert FindingCode.PATIENT_MISSING in [finding.code for finding in prescription.findings]
    assert FindingCode.PATIENT_MISSING in [finding.code for finding in prescription.blocking]


def test_the_same_reading_gives_the_same_digest_and_another_dose_another_one() -> None:
    one = a_reading(a_line(a_daily_phase()))
    other = a_reading(a_line(a_phase(moments=["MORN"], bounds=START, dose="2 tablet")))

    assert digest(assess(one, REFERENCE)) == digest(assess(one, REFERENCE))
    assert digest(assess(one, REFERENCE)) != digest(assess(other, REFERENCE))

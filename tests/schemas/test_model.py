"""The canonical model keeps what it is given: amounts, days, instants, and nothing unsaid."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from builders import a_line, a_phase, a_prescription
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import DateOrInstant, Instant, is_day
from schemas.canonical import canonical_json, digest
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode, Severity
from schemas.moment import Moment
from schemas.people import CareUnit, CareUnitRole, Stay
from schemas.posology import Bounds, Dose, Frequency, Rhythm
from schemas.prescription import Prescription
from schemas.quantity import PeriodUnit, Quantity, Strength
from schemas.schedule import (
    AsNeeded,
    DoseSchedule,
    EveryDays,
    Normalised,
    NotComputable,
    Slot,
    Step,
)

amounts = st.decimals(
    min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False
) | st.sampled_from([Decimal("1.10"), Decimal("0.50"), Decimal("1E+2"), Decimal("1")])
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
instants = st.datetimes(
    min_value=datetime.fromisoformat("2000-01-01"),
    max_value=datetime.fromisoformat("2099-12-31"),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=4)), timezone(timedelta(hours=-9.5))]),
)
units = st.sampled_from(["comprimé", "mg", "gélule(s)", "µg", None])
quantities = st.builds(Quantity, value=amounts, unit=units)
phases = st.builds(
    lambda dose, start, times: a_phase(
        moments=[Moment.MORNING],
        dose=format(dose, "f"),
        bounds=Bounds(start=start),
        frequency=Frequency(times=times, period=Decimal("1.10"), unit=PeriodUnit.DAY),
    ),
    amounts,
    days | instants,
    st.integers(1, 6),
)
prescriptions = st.lists(phases, max_size=3).map(lambda some: a_prescription(a_line(*some)))


@given(prescriptions)
def test_a_prescription_is_the_same_after_json(prescription: Prescription) -> None:
    assert Prescription.model_validate_json(prescription.model_dump_json()) == prescription


@given(prescriptions)
def test_the_canonical_bytes_survive_json_so_a_decision_still_names_them(
    prescription: Prescription,
) -> None:
    again = Prescription.model_validate_json(canonical_json(prescription))

    assert canonical_json(again) == canonical_json(prescription)
    assert digest(again) == digest(prescription)


@given(quantities)
def test_an_amount_keeps_its_value_and_the_precision_it_was_sent_with(amount: Quantity) -> None:
    again = Quantity.model_validate_json(amount.model_dump_json())

    assert again.value == amount.value
    assert format(again.value, "f") == format(amount.value, "f")


def test_one_point_ten_stays_one_point_ten() -> None:
    assert Quantity(value=Decimal("1.10")).model_dump(mode="json")["value"] == "1.10"
    assert Quantity.model_validate({"value": "1.10"}).model_dump(mode="json")["value"] == "1.10"


def test_a_hundred_is_written_without_an_exponent() -> None:
    assert Quantity(value=Decimal("1E+2")).model_dump(mode="json")["value"] == "100"


@pytest.mark.parametrize("amount", [1.1, 0.5, float("nan"), True])
def test_a_binary_float_is_no_clinical_amount(amount: object) -> None:
    with pytest.raises(ValidationError, match="binary float"):
        Quantity.model_validate({"value": amount})


@pytest.mark.parametrize("amount", ["1,5", "beaucoup", "", "NaN", "Infinity"])
def test_a_text_that_is_no_finite_number_is_no_clinical_amount(amount: str) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate({"value": amount})


def test_a_text_of_ten_characters_is_a_day_and_a_longer_one_an_instant() -> None:
    either = TypeAdapter[object](DateOrInstant)

    day = either.validate_python("2026-01-31")
    instant = either.validate_python("2026-01-31T00:00:00+01:00")

    assert day == date(2026, 1, 31)
    assert isinstance(day, date)
    assert is_day(day)
    assert isinstance(instant, datetime)
    assert not is_day(instant)


@given(days)
def test_a_day_comes_back_from_json_as_a_day(day: date) -> None:
    again = Bounds.model_validate_json(Bounds(start=day).model_dump_json()).start

    assert again is not None
    assert again == day
    assert is_day(again)


@given(instants)
def test_an_instant_comes_back_from_json_as_an_instant(instant: datetime) -> None:
    again = Bounds.model_validate_json(Bounds(start=instant).model_dump_json()).start

    assert again is not None
    assert again == instant
    assert not is_day(again)


@pytest.mark.parametrize("stated", ["2026-01-31T08:00:00", "2026-02-30", "hier"])
def test_a_time_without_offset_and_a_day_that_is_none_are_refused(stated: str) -> None:
    with pytest.raises(ValidationError):
        Bounds.model_validate({"start": stated})


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[object](Instant).validate_python("2026-01-31T08:00:00")


@pytest.mark.parametrize("code", FindingCode)
def test_the_severity_of_a_finding_is_that_of_its_code(code: FindingCode) -> None:
    finding = Finding(code=code, location="line[1]", message="field: rule")

    assert finding.severity is code.severity
    assert finding.blocks is (code.severity is Severity.BLOCKING)
    assert Finding.model_validate_json(finding.model_dump_json()) == finding


def test_every_finding_code_has_a_sentence_and_no_two_share_a_code() -> None:
    assert all(code.sentence and code.sentence[0].isupper() for code in FindingCode)
    assert len({code.value for code in FindingCode}) == len(list(FindingCode))


def test_an_unknown_field_is_refused_so_nothing_is_dropped_in_silence() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Quantity.model_validate({"value": "1", "units": "mg"})


def test_a_value_is_frozen() -> None:
    amount = Quantity(value=Decimal(1))

    with pytest.raises(ValidationError, match="frozen"):
        Quantity.__setattr__(amount, "value", Decimal(2))


def test_a_strength_in_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="above zero"):
        Strength(numerator=Quantity(value=Decimal(500)), denominator=Quantity(value=Decimal(0)))


def test_a_slot_is_a_moment_or_a_wall_time() -> None:
    with pytest.raises(ValidationError, match="never both"):
        Slot()


def test_what_is_not_computable_says_why() -> None:
    with pytest.raises(ValidationError):
        NotComputable(reasons=())


def test_what_was_stored_as_needed_with_an_exact_amount_alone_is_still_read() -> None:
    stored = """{"location": "dosage[0]", "text": null, "reasons": ["douleur"], "instructions": [],
        "quantity": {"value": "1.50", "unit": "cp", "code": null, "system": null},
        "limits": {"per_period": [], "per_intake": null, "per_lifetime": null, "minimum_gap": null}}
    """
    amount = Quantity(value=Decimal("1.50"), unit="cp")

    read = AsNeeded.model_validate_json(stored)
    without = AsNeeded.model_validate_json('{"location": "dosage[0]", "quantity": null}')

    assert (read.quantity, read.dose) == (amount, Dose(low=amount, high=amount))
    assert (read.reasons, read.rhythm, read.bounds) == (("douleur",), Rhythm(), Bounds())
    assert without.dose is None
    assert AsNeeded.model_validate_json(read.model_dump_json()) == read


def test_a_range_as_needed_is_no_exact_amount() -> None:
    low, high = (Quantity(value=Decimal(number), unit="cp") for number in (1, 2))

    needed = AsNeeded(location="x", dose=Dose(low=low, high=high))
    one = AsNeeded(location="x", dose=Dose(low=low, high=low))

    assert needed.quantity is None
    assert needed.model_dump()["quantity"] is None
    assert one.model_dump()["quantity"] == low.model_dump()
    assert AsNeeded.model_validate_json(needed.model_dump_json()) == needed


def test_a_schedule_comes_back_from_json_as_what_it_was() -> None:
    computable = Normalised(
        schedule=DoseSchedule(
            site="reference",
            zone="Europe/Paris",
            steps=(
                Step(
                    location="phase[1]",
                    start=datetime(2026, 1, 5, 8, tzinfo=UTC),
                    rule=EveryDays(every=2, anchor=date(2026, 1, 5)),
                    slots=(Slot(moment=Moment.MORNING),),
                    quantity=Quantity(value=Decimal("0.50"), unit="comprimé"),
                ),
            ),
        )
    )
    doubt = Finding(code=FindingCode.DOSE_RANGE, location="phase[1]", message="dose: a range")
    refused = Normalised(schedule=NotComputable(reasons=(doubt,)))

    for normalised in (computable, refused):
        assert Normalised.model_validate_json(normalised.model_dump_json()) == normalised


def test_a_field_added_later_is_left_out_while_the_content_does_not_have_it() -> None:
    before = Stay(unit="603")
    after = Stay(units=(CareUnit(role=CareUnitRole.MEDICAL, code=Coding(code="506")),))

    assert "units" not in before.model_dump(mode="json")
    assert canonical_json(before) == (
        b'{"bed":null,"establishment":null,"room":null,"unit":"603","visit":null}'
    )
    assert Stay.model_validate(after.model_dump(mode="json")) == after

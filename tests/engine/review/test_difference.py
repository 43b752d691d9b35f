from datetime import date
from decimal import Decimal

import pytest
from builders import REFERENCE, a_line, a_phase, a_prescription
from hypothesis import given
from hypothesis import strategies as st

from engine.pipeline.assess import assess_prescription
from engine.posology.normalise import normalise
from engine.review.changes import difference, difference_between
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment
from schemas.people import Identifier
from schemas.posology import Bounds, Phase, Posology
from schemas.prescription import Line, LineAction, Product
from schemas.quantity import Quantity, Strength
from schemas.review import (
    ActionChanged,
    ChangeKind,
    ComputableChanged,
    DoseChanged,
    FieldChange,
    ProductChanged,
    StrengthChanged,
)
from schemas.schedule import DoseSchedule, LineSchedule, NotComputable, Slot


def a_named_line(name: str, *phases: Phase, product: str | None = None, **changes: object) -> Line:
    line = a_line(*(phases or (a_phase(moments=["MORN"], dose="1 comprimé"),)))
    named = {
        "identifiers": (Identifier(value=name),) if name else (),
        "product": Product(text=product or f"produit {name}"),
    }
    return line.model_copy(update={**named, **changes})


A, B, C = (a_named_line(name) for name in "ABC")
TWO_A = a_named_line("A", a_phase(moments=["MORN"], dose="2 comprimé"))


def test_one_changed_one_added_one_removed_and_a_new_order_are_exactly_three() -> None:
    changes = difference(a_prescription(A, B), a_prescription(C, TWO_A))

    assert [(change.kind, change.line) for change in changes] == [
        (ChangeKind.ADDED, "C"),
        (ChangeKind.CHANGED, "A"),
        (ChangeKind.REMOVED, "B"),
    ]
    assert changes[1].fields == (
        FieldChange(field="posology.phases[1].dose.low.value", old="1", new="2"),
        FieldChange(field="posology.phases[1].dose.high.value", old="1", new="2"),
    )


@given(st.permutations([A, B, C]))
def test_another_order_of_the_lines_is_no_difference(lines: list[Line]) -> None:
    assert difference(a_prescription(A, B, C), a_prescription(*lines)) == ()


def test_another_order_of_the_phases_is_no_difference() -> None:
    morning, evening = (
        a_phase(moments=["MORN"], dose="1 comprimé"),
        a_phase(moments=["EVE"], dose="2 comprimé"),
    )

    old, new = a_named_line("A", morning, evening), a_named_line("A", evening, morning)

    assert difference(a_prescription(old), a_prescription(new)) == ()


def test_another_place_in_the_source_and_another_writing_of_an_amount_are_no_difference() -> None:
    amount = Quantity(value=Decimal("1.0"), unit="comprimé")
    phase = A.posology.phases[0]
    dose = phase.dose.model_copy(update={"low": amount, "high": amount}) if phase.dose else None
    moved = A.model_copy(
        update={
            "location": "line[9]",
            "posology": Posology(
                phases=(phase.model_copy(update={"dose": dose, "location": "phase[9]"}),)
            ),
        }
    )

    assert difference(a_prescription(A), a_prescription(moved)) == ()


def test_a_line_is_found_again_by_its_product_when_its_sender_renames_it() -> None:
    renamed = a_named_line("Z", a_phase(moments=["MORN"], dose="2 comprimé"), product="produit A")

    (change,) = difference(a_prescription(A), a_prescription(renamed))

    assert change.kind is ChangeKind.CHANGED
    assert [field.field for field in change.fields] == [
        "posology.phases[1].dose.low.value",
        "posology.phases[1].dose.high.value",
    ]


def test_two_lines_of_one_product_are_each_found_again_whatever_their_order() -> None:
    morning = a_named_line("", a_phase(moments=["MORN"], dose="1 comprimé"), product="X")
    evening = a_named_line("", a_phase(moments=["EVE"], dose="2 comprimé"), product="X")

    assert difference(a_prescription(morning, evening), a_prescription(evening, morning)) == ()


def test_another_product_under_the_same_identifier_is_a_changed_line() -> None:
    code = ProductCode(system=ProductCodeSystem.CIP13, value="3400949497294")
    other = A.model_copy(update={"product": Product(text="autre", codes=(code,))})

    (change,) = difference(a_prescription(A), a_prescription(other))

    assert change.kind is ChangeKind.CHANGED
    assert {field.field for field in change.fields} == {
        "product.text",
        "product.codes[1].system",
        "product.codes[1].value",
    }


@pytest.mark.parametrize("action", [LineAction.CHANGE, LineAction.RESUME, LineAction.REPLACE])
def test_actions_that_keep_a_line_in_force_are_no_difference(action: LineAction) -> None:
    again = A.model_copy(update={"action": action})

    assert difference(a_prescription(A), a_prescription(again)) == ()


def test_a_line_that_is_now_stopped_has_changed() -> None:
    stopped = A.model_copy(update={"action": LineAction.STOP})

    (change,) = difference(a_prescription(A), a_prescription(stopped))

    assert change.fields == (FieldChange(field="action", old=None, new="stop"),)


def test_an_added_phase_is_told_field_by_field() -> None:
    more = a_named_line("A", *A.posology.phases, a_phase(moments=["EVE"], dose="3 comprimé"))

    (change,) = difference(a_prescription(A), a_prescription(more))

    told = {field.field: (field.old, field.new) for field in change.fields}
    assert told["posology.phases[2].dose.low.value"] == (None, "3")
    assert told["posology.phases[2].times.moments[1].moment"] == (None, "EVE")
    assert all(old is None for old, _ in told.values())


def test_a_substitution_that_is_no_longer_allowed_is_a_difference() -> None:
    allowed, refused = (
        A.model_copy(update={"substitution_allowed": said}) for said in (True, False)
    )

    (change,) = difference(a_prescription(allowed), a_prescription(refused))

    assert change.fields == (FieldChange(field="substitution_allowed", old="true", new="false"),)


# In types


def a_plan(*moments: str, dose: str = "1 comprimé") -> DoseSchedule:
    start = date(2026, 3, 2)
    phase = a_phase(moments=moments, dose=dose, bounds=Bounds(start=start))
    schedule = normalise(Posology(phases=(phase,)), REFERENCE).schedule
    assert isinstance(schedule, DoseSchedule)
    return schedule


NONE = NotComputable(
    reasons=(Finding(code=FindingCode.DOSE_MISSING, location="x", message="dose: none"),)
)


def typed(
    old: Line,
    new: Line,
    before: LineSchedule | None = None,
    after: LineSchedule | None = None,
) -> tuple[object, ...]:
    (change,) = difference(
        a_prescription(old),
        a_prescription(new),
        ([before or a_plan("MORN")], [after or a_plan("MORN")]),
    )
    return change.changes


def test_the_schedules_of_a_changed_line_are_told_in_types() -> None:
    assert typed(A, TWO_A, after=a_plan("MORN", dose="2 comprimé")) == (
        DoseChanged(
            slot=Slot(moment=Moment.MORNING),
            old=Quantity(value=Decimal(1), unit="comprimé"),
            new=Quantity(value=Decimal(2), unit="comprimé"),
        ),
    )


def test_each_line_is_compared_with_the_schedule_of_its_own_counterpart() -> None:
    two_b = a_named_line("B", a_phase(moments=["MORN"], dose="2 comprimé"))
    one, two = a_plan("MORN"), a_plan("MORN", dose="2 comprimé")

    (change,) = difference(a_prescription(A, B), a_prescription(two_b, A), ([one, one], [two, one]))

    assert change.line == "B"
    assert [each.kind for each in change.changes] == ["dose"]


def test_without_schedules_no_change_is_told_in_types() -> None:
    (change,) = difference(a_prescription(A), a_prescription(TWO_A))

    assert change.changes == ()


def test_another_product_and_another_strength_are_told_in_types() -> None:
    strengths = [(Strength(numerator=Quantity(value=Decimal(v), unit="mg")),) for v in (5, 10)]
    old, new = (
        A.model_copy(update={"product": Product(text=name, strengths=each)})
        for name, each in zip(("un", "autre"), strengths, strict=True)
    )

    assert typed(old, new) == (
        ProductChanged(old="un", new="autre"),
        StrengthChanged(old=strengths[0], new=strengths[1]),
    )


def test_another_writing_of_a_strength_is_no_change_of_it() -> None:
    old, new = (
        A.model_copy(
            update={
                "product": Product(
                    text="produit A",
                    strengths=(Strength(numerator=Quantity(value=Decimal(v), unit="mg")),),
                ),
                "renewals": renewals,
            }
        )
        for v, renewals in (("5", 1), ("5.0", 2))
    )

    assert typed(old, new) == ()


@pytest.mark.parametrize(
    ("before", "after"), [(LineAction.START, LineAction.STOP), (LineAction.HOLD, LineAction.RESUME)]
)
def test_a_line_that_is_stopped_or_taken_up_again_is_told_by_its_action_alone(
    before: LineAction, after: LineAction
) -> None:
    old, new = (A.model_copy(update={"action": action}) for action in (before, after))
    empty = DoseSchedule(site="reference", zone="Europe/Paris")

    assert typed(old, new, after=empty) == (ActionChanged(old=before, new=after),)


def test_a_schedule_that_is_lost_or_found_is_told() -> None:
    assert typed(A, TWO_A, after=NONE) == (ComputableChanged(old=True, new=False),)
    assert typed(A, TWO_A, before=NONE) == (ComputableChanged(old=False, new=True),)


def test_two_assessed_versions_are_compared_with_their_schedules() -> None:
    old, new = (
        assess_prescription(
            a_prescription(
                a_named_line(
                    "A", a_phase(moments=["MORN"], dose=dose, bounds=Bounds(start=date(2026, 3, 2)))
                )
            ),
            REFERENCE,
        )
        for dose in ("1 comprimé", "10 comprimé")
    )

    (change,) = difference_between(old, new)

    assert [each.kind for each in change.changes] == ["dose"]

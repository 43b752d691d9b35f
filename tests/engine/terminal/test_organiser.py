"""What people see of the organiser and of a changed schedule: nothing is cut, nothing guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE, a_frequency, a_phase, a_prescription, a_quantity
from placed import START, a_packed_line, a_product, a_strength
from rich.console import Console

from engine.language import Language, speaker
from engine.pipeline.assess import assess_prescription
from engine.pipeline.explain import explained
from engine.terminal.changes import changes_table
from engine.terminal.organiser import count_words, week_tables
from schemas.assessment import AssessedPrescription
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Dose, Times, Weekday
from schemas.prescription import Line, LineAction
from schemas.quantity import Duration, PeriodUnit, Quantity
from schemas.review import (
    ActionChanged,
    AnchorMoved,
    AsNeededChanged,
    ChangeKind,
    ComputableChanged,
    CountChanged,
    CourseAdded,
    CourseRemoved,
    DaysChanged,
    DoseChanged,
    EndMoved,
    FieldChange,
    GapOpened,
    LineChange,
    ProductChanged,
    ScheduleChange,
    SlotAdded,
    SlotRemoved,
    StartMoved,
    StrengthChanged,
    WeekdaysChanged,
)
from schemas.schedule import AsNeeded, EveryDays, Slot

FRENCH = speaker(Language.FRENCH)
PARIS = ZoneInfo("Europe/Paris")
MORNING = Slot(moment=Moment.MORNING)


def shown(*tables: object) -> str:
    out = StringIO()
    console = Console(file=out, width=150, highlight=False)
    for table in tables:
        console.print(table)
    return out.getvalue()


def the_week(*lines: Line, days: int = 2) -> str:
    prescription = a_prescription(*lines).model_copy(update={"authored_at": START})
    assessed: AssessedPrescription = assess_prescription(prescription, REFERENCE)
    return shown(*week_tables(explained(assessed, REFERENCE, START, days).week, FRENCH))


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (Fraction(2), "2"),
        (Fraction(1, 2), "½"),
        (Fraction(3, 2), "1½"),
        (Fraction(7, 4), "1¾"),
        (Fraction(2, 3), "⅔"),
        (Fraction(0), "0"),
        (Fraction(3, 5), "3/5"),
    ],
)
def test_a_count_is_said_with_its_fraction(count: Fraction, words: str) -> None:
    assert count_words(count).strip() == words


def test_a_compartment_shows_each_line_and_the_sum_of_its_units() -> None:
    half = a_packed_line(
        a_phase(moments=["MORN"], dose="0.5 comprimé"),
        product=a_product("comprimé sécable").model_copy(update={"text": "AUTRE"}),
    )

    said = the_week(a_packed_line(a_phase(moments=["MORN"], dose="1 comprimé")), half, days=1)

    assert "#1 1 comprimé" in said
    assert "#2 ½ comprimé" in said
    assert "= 1½" in said
    assert "lundi 2026-03-02" in said


def test_minutes_before_a_meal_stand_in_the_compartment() -> None:
    times = Times(moments=(MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),))
    phase = a_phase(dose="1 comprimé").model_copy(update={"times": times})

    assert "(30 min avant le petit déjeuner)" in the_week(a_packed_line(phase))


def test_milligrams_stand_behind_the_units_that_they_make() -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="1000 mg"), product=a_product(strengths=["500 mg"])
    )

    assert "#1 2 (1000 mg)" in the_week(line)


def test_a_line_that_is_not_packed_is_shown_with_its_reason_and_its_doses() -> None:
    line = a_packed_line(a_phase(moments=["EVE"], dose="10 mL"), product=a_product("sirop"))

    said = the_week(line)

    assert "À côté du pilulier" in said
    assert "cette forme ne va pas dans le pilulier" in said
    assert "19:00 soir 10 mL × 2" in said


def test_what_is_taken_as_needed_is_shown_with_its_reason() -> None:
    needed = a_phase(dose="1 comprimé").model_copy(
        update={"as_needed": True, "as_needed_for": ("douleur",)}
    )

    assert "si besoin : 1 comprimé douleur" in the_week(a_packed_line(needed))


def test_how_much_and_how_often_as_needed_stand_beside_the_organiser() -> None:
    few = Dose(low=a_quantity("1 comprimé"), high=a_quantity("2 comprimé"))
    needed = a_phase(
        frequency=a_frequency(1, "6", "h"),
        bounds=Bounds(duration=Duration(value=Decimal(5), unit=PeriodUnit.DAY)),
    ).model_copy(update={"as_needed": True, "dose": few})

    said = " ".join(the_week(a_packed_line(needed)).split())

    for words in ("1 à 2 comprimé", "tous les 6 heure(s)", "pendant 5 jour(s)"):
        assert words in said


def test_the_rest_of_a_divided_unit_and_the_end_of_a_treatment_are_shown() -> None:
    phase = a_phase(
        moments=["MORN"],
        dose="0.5 comprimé",
        bounds=Bounds(start=START, end=date(2026, 3, 4)),
    )
    line = a_packed_line(phase, product=a_product("comprimé sécable"))

    said = the_week(line, days=7)

    (row,) = [row for row in said.splitlines() if "se termine pendant ces jours" in row]
    assert row.split()[:5] == ["1", "EXEMPLE", "1½", "2", "½"]
    assert "2026-03-04" in row


# Changes


def the_changes(*typed: ScheduleChange, fields: tuple[FieldChange, ...] = ()) -> str:
    change = LineChange(
        kind=ChangeKind.CHANGED, line="L1", product="EXEMPLE", fields=fields, changes=typed
    )
    return shown(changes_table([change], PARIS, FRENCH))


def test_a_tenfold_dose_is_shown_as_it_was_and_as_it_is() -> None:
    said = the_changes(
        DoseChanged(slot=MORNING, old=a_quantity("1 comprimé"), new=a_quantity("10 comprimé"))
    )

    (row,) = [row for row in said.splitlines() if "dose, matin" in row]
    assert row.index("1 comprimé") < row.index("10 comprimé")


def test_what_the_schedule_tells_in_words_is_not_told_again_by_its_path() -> None:
    fields = (
        FieldChange(field="posology.phases[1].dose.low.value", old="1", new="2"),
        FieldChange(field="posology.phases[1].text", old="a", new="b"),
        FieldChange(field="renewals", old="1", new="2"),
    )

    said = the_changes(
        SlotRemoved(slot=MORNING, dose=Quantity(value="1", unit="comprimé")), fields=fields
    )

    assert "prise retirée, matin" in said
    assert "dose.low" not in said
    assert "posology.phases[1].text" in said
    assert "renewals" in said
    assert "dose.low" in the_changes(fields=fields)


def test_weekdays_and_an_end_are_shown_in_words_on_the_clock_of_the_site() -> None:
    said = the_changes(
        WeekdaysChanged(old=(Weekday.MONDAY,), new=(Weekday.TUESDAY, Weekday.FRIDAY)),
        EndMoved(old=None, new=datetime(2026, 3, 9, tzinfo=PARIS)),
        StartMoved(
            old=datetime(2026, 3, 1, 23, tzinfo=UTC), new=datetime(2026, 3, 3, 7, tzinfo=UTC)
        ),
    )

    assert "début" in said
    assert "2026-03-02" in said
    assert "2026-03-03 08:00" in said
    assert "mardi, vendredi" in said
    assert "sans fin" in said
    assert "2026-03-09" in said


MONDAY, TUESDAY = datetime(2026, 3, 2, tzinfo=PARIS), datetime(2026, 3, 3, tzinfo=PARIS)
DAILY = EveryDays(every=1, anchor=date(2026, 3, 2))
TWO_DAYS = EveryDays(every=2, anchor=date(2026, 3, 2))
TABLET = a_quantity("1 comprimé")
NEEDED = AsNeeded.model_validate(
    {"location": "a", "quantity": TABLET.model_dump(), "reasons": ["douleur"]}
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (SlotAdded(slot=MORNING, dose=TABLET), ["prise ajoutée, matin", "1 comprimé"]),
        (SlotRemoved(slot=None, dose=TABLET), ["prise retirée, chaque prise", "1 comprimé"]),
        (DoseChanged(slot=MORNING, old=None, new=TABLET), ["dose non indiquée", "1 comprimé"]),
        (CountChanged(old=10, new=None), ["nombre de prises", "10"]),
        (
            GapOpened(last=date(2026, 3, 2), first=date(2026, 3, 9)),
            ["jours sans traitement", "2026-03-02", "2026-03-09"],
        ),
        (
            DaysChanged(old=DAILY, new=TWO_DAYS),
            ["jours", "tous les jours", "tous les 2 jours à partir du 2026-03-02"],
        ),
        (
            AnchorMoved(old=date(2026, 3, 2), new=date(2026, 3, 3)),
            ["premier jour du rythme", "2026-03-02", "2026-03-03"],
        ),
        (
            CourseAdded(days=DAILY, start=MONDAY, end=TUESDAY),
            ["période ajoutée", "tous les jours; à partir du 2026-03-02; avant le 2026-03-03"],
        ),
        (
            CourseRemoved(days=DAILY, start=MONDAY, end=None),
            ["période retirée", "tous les jours; à partir du 2026-03-02"],
        ),
        (AsNeededChanged(old=(NEEDED,), new=()), ["si besoin", "1 comprimé douleur"]),
        (ProductChanged(old="UN", new="AUTRE"), ["Produit", "UN", "AUTRE"]),
        (
            StrengthChanged(old=(a_strength("5 mg"),), new=(a_strength("10 mg"),)),
            ["dosage", "5 mg", "10 mg"],
        ),
        (
            ActionChanged(old=LineAction.START, new=LineAction.STOP),
            ["Action", "débuter", "arrêter"],
        ),
        (
            ComputableChanged(old=True, new=False),
            ["Plan de prise", "calculable", "non calculable"],
        ),
    ],
)
def test_each_change_is_said_with_what_was_and_what_is(
    change: ScheduleChange, words: list[str]
) -> None:
    said = the_changes(change)

    assert [word for word in words if word not in said] == []

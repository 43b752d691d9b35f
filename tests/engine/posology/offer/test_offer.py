"""A text becomes cells: what it says, where it says it, and what nobody understood."""

from datetime import date, time
from decimal import Decimal

import pytest
from builders import REFERENCE, a_site

from engine.posology.offer.offer import offer, offer_of
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.offer import Cell, Days, DoseAt, Offer, Origin, Starts
from schemas.posology import Bounds, Cycle, Phase, Posology, Rhythm
from schemas.quantity import Duration, PeriodUnit


def cells(found: Offer, candidate: int = 0) -> dict[str, Cell]:
    return {cell.id: cell for cell in found.candidates[candidate].cells}


def places(found: Offer, candidate: int = 0) -> list[tuple[str, str]]:
    """Each intake as its place and its amount."""
    held = [cell.holds for cell in found.candidates[candidate].cells]
    return [
        (
            str(dose.place and (dose.place.moment or dose.place.wall_time)),
            str(dose.quantity and f"{dose.quantity.value} {dose.quantity.unit}"),
        )
        for dose in held
        if isinstance(dose, DoseAt)
    ]


def test_each_cell_carries_the_words_it_was_read_from() -> None:
    found = offer("1 comprimé matin et soir pendant 7 jours", REFERENCE)

    assert places(found) == [("MORN", "1 comprimé"), ("EVE", "1 comprimé")]
    assert cells(found)["A1.1"].words == ("1 comprimé", "matin")
    assert cells(found)["A1.2"].words == ("1 comprimé", "soir")
    assert cells(found)["A1.end"].words == ("pendant 7 jours",)
    assert cells(found)["A1.end"].holds.duration == Duration(value=Decimal(7), unit=PeriodUnit.DAY)
    assert found.candidates[0].unread == ()


def test_what_silence_means_is_a_cell_of_its_own() -> None:
    found = cells(offer("1 comprimé le soir", REFERENCE))

    assert found["A1.days"].origin is Origin.SILENCE
    assert found["A1.end"].origin is Origin.SILENCE
    assert found["A1.1"].origin is Origin.TEXT


def test_the_distribution_of_the_site_is_told_from_the_text() -> None:
    site = a_site(distributions={3: (Moment.MORNING, Moment.NOON, Moment.BEDTIME)})

    found = offer("1 gélule 3 fois par jour", site)

    assert [place for place, _ in places(found)] == ["MORN", "NOON", "HS"]
    assert {cells(found)[f"A1.{n}"].origin for n in (1, 2, 3)} == {Origin.SITE}


def test_a_number_a_day_that_the_site_does_not_place_waits_for_its_places() -> None:
    found = offer("1 gélule 3 fois par jour", a_site(distributions={}))

    assert places(found) == [("None", "1 gélule")] * 3
    assert {doubt.code for doubt in cells(found)["A1.1"].doubts} == {
        FindingCode.DISTRIBUTION_MISSING
    }


@pytest.mark.parametrize(
    ("text", "cell", "code"),
    [
        ("1 à 2 cp le matin", "A1.1", FindingCode.DOSE_RANGE),
        ("1-0-1", "A1.1", FindingCode.UNIT_MISSING),
        ("3 cp par jour", "A1.1", FindingCode.DOSE_TOTAL),
        ("matin et soir", "A1.1", FindingCode.DOSE_MISSING),
        ("1 comprimé", "A1.1", FindingCode.TIMING_MISSING),
        ("1 cp une fois par semaine", "A1.days", FindingCode.WEEKDAY_UNCONFIRMED),
        ("1 cp 3 fois par semaine", "A1.days", FindingCode.FREQUENCY_UNPLACED),
        ("1 cp 2 à 3 fois par jour", "A1.days", FindingCode.FREQUENCY_RANGE),
        ("1 cp le matin pendant 5 à 7 jours", "A1.end", FindingCode.BOUNDS_RANGE),
    ],
)
def test_what_has_no_one_reading_stands_in_doubt_at_its_cell(
    text: str, cell: str, code: FindingCode
) -> None:
    found = cells(offer(text, REFERENCE))

    assert code in {doubt.code for doubt in found[cell].doubts}


def test_two_amounts_are_two_readings_and_each_asks_for_the_other() -> None:
    found = offer("1 comprimé (500 mg) le matin", REFERENCE)

    assert places(found, 0) == [("MORN", "1 comprimé")]
    assert places(found, 1) == [("MORN", "500 mg")]
    assert [[s.words for s in one.unread] for one in found.candidates] == [
        ["(500 mg)"],
        ["1 comprimé"],
    ]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("1 cp le matin sauf le mardi", ["sauf le mardi"]),
        ("1 cp le matin jusqu'à amélioration", ["jusqu'à amélioration"]),
        ("1 cp le matin à jeun strict", ["à jeun strict"]),
        ("selon protocole du service", ["selon protocole du service"]),
        ("1 cp le matin avec un yaourt", ["avec un yaourt"]),
    ],
)
def test_every_word_that_no_cell_accounts_for_is_asked(text: str, unread: list[str]) -> None:
    found = offer(text, REFERENCE)

    assert [stretch.words for stretch in found.candidates[0].unread] == unread


def test_words_that_change_no_dose_are_shown_and_not_asked() -> None:
    found = offer("1 cp le matin, ne pas croquer", REFERENCE)

    assert found.aside == ("ne pas croquer",)
    assert found.candidates[0].unread == ()


def test_an_empty_or_endless_text_is_one_reading_without_rows() -> None:
    endless = "x" * 5000

    assert offer("", REFERENCE).candidates[0].rows == ()
    assert offer(endless, REFERENCE).candidates[0].unread[0].words == endless


def test_what_the_sender_states_beside_the_text_is_shown_as_the_senders() -> None:
    bounds = Bounds(start=date(2026, 3, 2), duration=Duration(value=Decimal(5), unit="d"))

    found = cells(offer("1 cp le matin", REFERENCE, bounds=bounds))

    assert found["A1.start"].holds.start == date(2026, 3, 2)
    assert found["A1.start"].origin is Origin.SENDER
    assert found["A1.end"].holds.duration == bounds.duration
    assert found["A1.end"].origin is Origin.SENDER


def test_two_lengths_that_differ_are_in_doubt() -> None:
    bounds = Bounds(duration=Duration(value=Decimal(5), unit="d"))

    found = cells(offer("1 cp le matin pendant 7 jours", REFERENCE, bounds=bounds))

    assert {doubt.code for doubt in found["A1.end"].doubts} == {FindingCode.BOUNDS_INVALID}


@pytest.mark.parametrize(
    ("start", "doubts"),
    [(date(2026, 3, 5), set()), (date(2026, 3, 6), {FindingCode.BOUNDS_INVALID})],
)
def test_a_start_that_text_and_structure_state_is_in_doubt_where_they_differ(
    start: date, doubts: set[FindingCode]
) -> None:
    text = "1 cp le matin à partir du 05/03/2026"

    found = cells(offer(text, REFERENCE, bounds=Bounds(start=start)))

    assert {doubt.code for doubt in found["A1.start"].doubts} == doubts
    assert found["A1.start"].holds == Starts(start=date(2026, 3, 5))
    assert found["A1.start"].words == ("à partir du 05/03/2026",)


def test_days_without_are_among_the_words_of_the_days() -> None:
    found = offer("1 cp le matin pendant 5 jours puis arrêt 2 jours", REFERENCE)

    assert "puis arrêt 2 jours" in cells(found)["A1.days"].words
    assert cells(found)["A1.days"].holds == Days(rhythm=Rhythm(cycle=Cycle(days_on=5, days_off=2)))


def test_a_unit_is_shown_as_it_is_written() -> None:
    found = offer("COMPRIMÉ blanc : 1 Comprimé le matin", REFERENCE)

    assert places(found) == [("MORN", "1 Comprimé")]


def test_texts_of_phases_that_state_different_bounds_are_asked_with_them() -> None:
    first = Phase(location="d[1]", text="1 cp le matin", bounds=Bounds(end=date(2026, 3, 8)))
    second = Phase(location="d[2]", text="2 cp le matin", bounds=Bounds(start=date(2026, 3, 9)))

    found = offer_of(Posology(phases=(first, second)), (), REFERENCE)

    assert found.text == "1 cp le matin\n2 cp le matin"
    assert [stretch.words for stretch in found.candidates[0].unread] == [
        "1 cp le matin [end 2026-03-08]",
        "2 cp le matin [start 2026-03-09]",
    ]


def test_a_text_of_a_phase_that_the_whole_repeats_is_read_once() -> None:
    phase = Phase(location="d[1]", text="1 cp le matin")

    found = offer_of(Posology(phases=(phase,), text="1 cp le matin"), ("1 cp le matin",), REFERENCE)

    assert found.text == "1 cp le matin"


def test_intakes_by_the_clock_and_by_hours_are_places_of_their_own() -> None:
    by_clock = offer("1 comprimé à 8h et à 20h", REFERENCE)
    by_hours = offer("1 comprimé toutes les 8 heures", REFERENCE)

    assert [place for place, _ in places(by_clock)] == [str(time(8)), str(time(20))]
    assert places(by_hours) == [("None", "1 comprimé")]
    assert cells(by_hours)["A1.1"].doubts == ()


def test_a_condition_is_a_cell_and_asks_for_no_place() -> None:
    found = cells(offer("1 comprimé si douleur", REFERENCE))

    assert found["A1.condition"].holds.reasons == ("si douleur",)
    assert found["A1.1"].doubts == ()

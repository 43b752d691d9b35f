"""Every contradiction between text and structure that published examples are known for.

The sixteen rows of others are read through `SEMAINIER_EXTERNAL_CASES`, by their id; a twin of the
shape of each, in our own words, stands beside them and needs nothing from outside.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import REFERENCE, a_dose, a_frequency, a_phase
from plans import lasting

from connectors.fhir.dosage.read import read_dosages
from connectors.trail import Trail
from engine.posology.comparison.compare import compare, compare_all
from engine.posology.normalise import normalise
from engine.posology.text.propose import propose
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode
from schemas.posology import Bounds, Phase, Posology, Rhythm, Weekday
from schemas.prescription import Product
from schemas.schedule import NotComputable

CONTRADICTS, ADDS = FindingCode.TEXT_CONTRADICTS, FindingCode.TEXT_ADDS
DAILY = a_phase(frequency=a_frequency(1))
MORNING = a_phase(moments=["MORN"])
MONDAY = a_phase().model_copy(update={"rhythm": Rhythm(weekdays=(Weekday.MONDAY,))})
CODED = a_phase().model_copy(update={"timing_code": Coding(code="TID", system="urn:local")})


def _codes(text: str, *phases: Phase) -> set[FindingCode]:
    return {finding.code for finding in compare(propose(text), phases)}


def _in_days(first: date, last: date) -> Bounds:
    return Bounds(start=first, end=last)


TWINS: dict[str, tuple[str, Phase]] = {
    "once a week / 5 a day": ("1 cp une fois par semaine", a_phase(frequency=a_frequency(5))),
    "once a day / 5 a day": ("1 cp une fois par jour", a_phase(frequency=a_frequency(5))),
    "2 tablets of 5 mg / 5 mg": ("2 comprimés de 5 mg à 8h", a_phase(clock=["08:00"], dose="5 mg")),
    "2 tablets / 5 mg": ("2 comprimés à 8h", a_phase(clock=["08:00"], dose="5 mg")),
    "for 4 days / 4 a day": ("1 cp par jour pendant 4 jours", a_phase(frequency=a_frequency(4))),
    "twice a day / every 2 days": ("1 cp 2 fois par jour", a_phase(frequency=a_frequency(1, "2"))),
    "7 days / 5 days": ("1 cp le matin 7 jours", a_phase(moments=["MORN"], bounds=lasting(5))),
    "every second day / every day": ("1 cp un jour sur deux", DAILY),
    "10 days / 11 days": (
        "1 cp le matin pendant 10 jours",
        a_phase(moments=["MORN"], bounds=_in_days(date(2026, 3, 2), date(2026, 3, 12))),
    ),
    "20 units / 1 unit": ("20 UI par jour", a_phase(frequency=a_frequency(1), dose="1 UI")),
    "1 week / 2 weeks": (
        "1 cp le matin pendant 1 semaine",
        a_phase(moments=["MORN"], bounds=lasting(2, "wk")),
    ),
    "1 week / 14 weeks": (
        "1 cp le matin pendant 1 semaine",
        a_phase(moments=["MORN"], bounds=lasting(14, "wk")),
    ),
    "3 days / 3 doses": (
        "1 cp toutes les 8 heures pendant 3 jours",
        a_phase(frequency=a_frequency(1, "8", "h"), bounds=Bounds(count=3)),
    ),
    "onwards / 7 days": (
        "1 tablet in the morning onwards",
        a_phase(moments=["MORN"], bounds=lasting(7)),
    ),
    "twice a week / 2 in 5 weeks": (
        "1 cp 2 fois par semaine",
        a_phase(frequency=a_frequency(2, "5", "wk")),
    ),
    "20:00 / in the morning": ("1 cp à 20:00", MORNING),
    "2 times a day / TID": ("1 cp 2 fois par jour", CODED),
    "3 a day / every 8 hours": (
        "1 cp 3 fois par jour",
        a_phase(frequency=a_frequency(1, "8", "h")),
    ),
    "16 to 20 January / 7 days": (
        "1 cp le matin pendant 7 jours",
        a_phase(moments=["MORN"], bounds=_in_days(date(2026, 1, 16), date(2026, 1, 20))),
    ),
    "the amount of a day / of one intake": (
        "6 cp par jour en 3 prises",
        a_phase(frequency=a_frequency(3), dose="6 tablet"),
    ),
    "every day / on Mondays": ("1 cp une fois par jour", MONDAY),
    "on Mondays / 3 a day on Mondays": (
        "1 cp le lundi",
        MONDAY.model_copy(
            update={"rhythm": Rhythm(weekdays=(Weekday.MONDAY,), frequency=a_frequency(3))}
        ),
    ),
    "before breakfast / after it": ("1 cp avant le petit-déjeuner", a_phase(moments=["PCM"])),
    "in one intake / in three": (
        "3 cp par jour en une prise",
        a_phase(frequency=a_frequency(3), dose="1 tablet"),
    ),
}


@pytest.mark.parametrize("shape", TWINS)
def test_a_text_that_contradicts_its_structure_blocks(shape: str) -> None:
    text, phase = TWINS[shape]

    assert CONTRADICTS in _codes(text, phase)


def test_doses_swapped_between_two_days_or_two_hours_contradict() -> None:
    tuesday = MONDAY.model_copy(
        update={"rhythm": Rhythm(weekdays=(Weekday.TUESDAY,)), "dose": a_dose("2 tablet")}
    )
    early, late = a_phase(clock=["08:00"]), a_phase(clock=["10:00"], dose="2 tablet")

    assert _codes("lundi 1 cp, mardi 2 cp", MONDAY, tuesday) == set()
    assert CONTRADICTS in _codes("lundi 2 cp, mardi 1 cp", MONDAY, tuesday)
    assert _codes("1 cp à 8h et 2 cp à 10h", early, late) == set()
    assert CONTRADICTS in _codes("2 cp à 8h et 1 cp à 10h", early, late)


SAYS_MORE = [
    "1 cp le matin en alternance",
    "1 cp le matin, alternately",
    "1 cp le matin et 2 cp les autres jours",
    "1 tablet in the morning, 2 tablets on the other days",
    "1 cp le matin si glycémie > 2 g/l",
    "1 tablet in the morning if glycaemia is high",
    "1 cp le matin jusqu'à guérison",
    "1 tablet in the morning until better",
    "1 cp le matin 21 jours sur 28",
    "1 cp le matin une semaine sur deux",
    "1 cp le matin, recommencer après 7 jours",
    "1 cp le matin sauf le dimanche",
    "1 tablet in the morning except on Sundays",
    "1 cp le matin ou le soir",
    "1 cp le matin les jours pairs",
    "1 cp le matin à dose décroissante",
    "1 cp le matin, max 4 par jour",
    "1 cp le matin puis 2 cp le matin",
    "1 cp le matin pendant 7 jours",
    "1 cp le matin jusqu'au 12/03/2026",
    "1 cp le matin du 02/03 au 08/03/2026",
    "1 cp le matin (0-0-0-0)",
]


@pytest.mark.parametrize("text", SAYS_MORE)
def test_a_text_that_says_more_than_its_structure_blocks(text: str) -> None:
    assert _codes(text, MORNING) & {ADDS, CONTRADICTS}


def test_a_step_that_the_text_does_not_have_blocks() -> None:
    first = a_phase(moments=["MORN"], bounds=lasting(2), sequence=1)
    second = a_phase(moments=["MORN"], dose="2 tablet", bounds=lasting(3), sequence=2)

    assert _codes("1 cp le matin", first, second) == {ADDS}


KNOWN = {
    "uk-eps-0030": "methotrexate once weekly / 5 a day",
    "uk-eps-0005": "once daily / 5 a day",
    "uk-eps-0033": "2 tablets of 5 mg / 5 mg",
    "hl7r4-0022": "for 4 days / 4 a day",
    "hl7r4-0037": "twice daily / 1 in 2 days",
    "hl7r4-0008": "7 days / 5 days",
    "hl7r4-0034": "7 days / 5 days",
    "hl7tbl-0007": "every second day / every day",
    "hl7tbl-0020": "10 days / 11 days",
    "fhirtc-0007": "20 units / 1 unit",
    "fr-ans-0043": "1 week / 2 weeks",
    "fr-ans-0053": "1 week / 14 weeks",
    "ee-0005": "onwards / 7 days",
    "chmed-0012": "twice a week / 2 in 5 weeks",
    "de-dgmp-0080": "20:00 / morning",
    "msconv-0017": "2 times daily / TID",
}
"""The published contradictions by id. One more, ee-0003 (3 days / 3 doses), has no text at all: its
shape is a twin above."""


def _rows(cases: Path, name: str) -> Mapping[str, Any]:
    path = cases / name
    if not path.is_file():
        pytest.skip(f"SEMAINIER_EXTERNAL_CASES holds no {name}")
    lines = path.read_text(encoding="utf-8").splitlines()
    read = (json.loads(line, parse_float=Decimal) for line in lines if line.strip())
    return {row["id"]: row for row in read}


def _findings(row: Mapping[str, Any]) -> tuple[Posology, tuple[Finding, ...]]:
    phases = read_dosages(row["dosage"], "dosage", Trail(), REFERENCE)
    text = row.get("text") or row.get("source_text")
    own = {phase.text for phase in phases}
    whole = [] if text is None or text in own or " | " in text else [text]
    posology = Posology(phases=phases)
    return posology, compare_all(posology, whole, Product(text=row.get("medication")))


@pytest.mark.parametrize("row_id", KNOWN)
def test_a_published_contradiction_is_found(row_id: str, external_cases: Path) -> None:
    rows = _rows(external_cases, "dosage-cases.jsonl")
    if row_id not in rows:
        pytest.skip(f"{row_id} is not among these cases")

    _, found = _findings(rows[row_id])

    assert CONTRADICTS in {finding.code for finding in found}


def _blocked(row: Mapping[str, Any]) -> Iterator[str]:
    posology, found = _findings(row)
    yield from (finding.code.value for finding in found if finding.blocks)
    outcome = normalise(posology, REFERENCE, start=None, times_only=bool(row.get("timing_only")))
    if isinstance(outcome.schedule, NotComputable):
        reasons = outcome.schedule.reasons
        yield from (reason.code.value for reason in reasons if reason.code not in _OF_NO_START)


_OF_NO_START = {FindingCode.START_MISSING, FindingCode.ANCHOR_UNCERTAIN}
NOT_IN_THE_DOSAGE = {"orc-206"}
"""Unscored: what contradicts is in a description that the dosage does not hold."""


def test_every_row_whose_class_is_contradiction_waits_for_a_person(external_cases: Path) -> None:
    rows = _rows(external_cases, "expansion-oracle.jsonl")
    contradictory = {
        row_id: row for row_id, row in rows.items() if row.get("review_class") == "contradiction"
    }

    silent = {row_id for row_id, row in contradictory.items() if not list(_blocked(row))}

    assert contradictory
    assert silent <= NOT_IN_THE_DOSAGE


def test_a_strength_of_the_product_makes_two_units_one_or_contradicts() -> None:
    one = Posology(phases=(a_phase(moments=["MORN"], text="1 cp le matin (10 mg)"),))
    ten, twenty, unknown = (Product(text=f"EXEMPLE {name}") for name in ("10 mg", "20 mg", "fort"))

    assert compare_all(one, (), ten) == ()
    assert [finding.code for finding in compare_all(one, (), twenty)] == [CONTRADICTS]
    assert [finding.code for finding in compare_all(one, (), unknown)] == [FindingCode.TEXT_UNREAD]


def test_units_counted_in_the_text_beside_an_amount_in_the_structure_block() -> None:
    said = a_phase(moments=["MORN"], dose="500 mg", text="2 cp (500 mg) le matin")

    found = compare_all(Posology(phases=(said,)))

    assert [finding.code for finding in found] == [ADDS]


def test_the_text_may_name_the_strength_that_the_product_has_and_no_other() -> None:
    said = a_phase(moments=["MORN"], dose="2 tablet", text="2 comprimés de 5 mg le matin")
    posology = Posology(phases=(said,))

    assert compare_all(posology, (), Product(text="EXEMPLE 5 mg, comprimé")) == ()
    assert compare_all(posology) == ()
    assert [f.code for f in compare_all(posology, (), Product(text="EXEMPLE 10 mg"))] == [
        CONTRADICTS
    ]


def test_the_name_of_the_product_says_nothing_of_how_it_is_taken() -> None:
    product = Product(text="EXEMPLE 30 gélules LP 500 mg/30 mg")
    said = a_phase(moments=["MORN"], text="EXEMPLE 30 gélules LP 500 mg/30 mg : 1 cp le matin")

    assert compare_all(Posology(phases=(said,)), (), product) == ()

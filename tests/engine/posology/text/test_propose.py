"""Posology texts: what the grammar reads, and what it leaves for a person."""

from collections.abc import Sequence

import pytest
from bounds import within

from engine.posology.text.propose import propose
from schemas.finding import FindingCode
from schemas.posology import Phase


def said(phase: Phase) -> str:
    """A phase in one line: dose, frequency, weekdays, moments, times, length, condition."""
    parts: list[str] = []
    dose, frequency = phase.dose, phase.rhythm.frequency
    if dose is not None and dose.low is not None and dose.high is not None:
        amount = f"{dose.low.value:f}"
        if dose.high != dose.low:
            amount += f"..{dose.high.value:f}"
        parts.append(f"{amount} {dose.low.unit or '-'}")
    if frequency is not None and frequency.unit is not None:
        high = f"..{frequency.period_high}" if frequency.period_high else ""
        most = f"..{frequency.times_high}" if frequency.times_high else ""
        parts.append(f"{frequency.times}{most}/{frequency.period}{high}{frequency.unit.value}")
    parts += [day.value for day in phase.rhythm.weekdays]
    if phase.rhythm.cycle is not None:
        parts.append(f"{phase.rhythm.cycle.days_on}on{phase.rhythm.cycle.days_off}off")
    for stated in phase.times.moments:
        offset = "" if stated.offset_minutes is None else f"-{stated.offset_minutes}"
        parts.append(f"{stated.moment}{offset}")
    parts += [f"{clock:%H:%M}" for clock in phase.times.clock]
    length = phase.bounds.duration
    if length is not None:
        high = phase.bounds.duration_high
        ending = "" if high is None else f"..{high.value}"
        parts.append(f"for {length.value}{ending}{length.unit.value}")
    if phase.bounds.start is not None:
        parts.append(f"from {phase.bounds.start}")
    if phase.bounds.end is not None:
        parts.append(f"until {phase.bounds.end}")
    if phase.as_needed:
        parts.append("prn")
    return " ".join(parts)


def lines(text: str) -> list[str]:
    return [said(phase) for phase in propose(text).phases]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 cp x 3/j", ["1 cp 3/1d"]),
        ("1 comprimé 3 fois par jour", ["1 comprime 3/1d"]),
        ("3x1g/j x 3j", ["1 g 3/1d for 3d"]),
        ("1 cp matin, midi et soir pendant 7 jours", ["1 cp MORN NOON EVE for 7d"]),
        ("1-0-1", ["1 - MORN EVE"]),
        ("1-0-1-0", ["1 - MORN EVE"]),
        ("1.0.1", ["1 - MORN EVE"]),
        ("1 0 1", ["1 - MORN EVE"]),
        ("1/2 - 0 - 1", ["0.5 - MORN", "1 - EVE"]),
        ("0-0-0-1", ["1 - HS"]),
        ("2 matin 1 soir", ["2 - MORN", "1 - EVE"]),
        ("matin : 1, soir : 2", ["1 - MORN", "2 - EVE"]),
        ("1/2 cp le matin, 1 cp le soir", ["0.5 cp MORN", "1 cp EVE"]),
        ("½ gélule au coucher", ["0.5 gelule HS"]),
        ("un demi comprimé le soir", ["0.5 comprime EVE"]),
        ("1 cp et demi le soir", ["1.5 cp EVE"]),
        ("0,5 comprimé par jour", ["0.5 comprime 1/1d"]),
        ("trois-quarts de comprimé le matin", ["0.75 comprime MORN"]),
        ("1/3 cp à 7h et 2/3 à 18h", ["0.333333 cp 07:00", "0.666667 - 18:00"]),
        ("1 g à 7h et 500 mg à 18h, pendant 5j", ["1 g 07:00 for 5d", "500 mg 18:00 for 5d"]),
        ("1 comprimé à 8h00, 12h et 20h30", ["1 comprime 08:00 12:00 20:30"]),
        ("1 cp toutes les 8 heures", ["1 cp 1/8h"]),
        ("1 cp /8h", ["1 cp 1/8h"]),
        ("1 cp toutes les 4 à 6 heures", ["1 cp 1/4..6h"]),
        ("1 cp un jour sur deux", ["1 cp 1/2d"]),
        ("1 cp 1 jour sur 2 le soir", ["1 cp 1/2d EVE"]),
        ("1 cp tous les 2 jours", ["1 cp 1/2d"]),
        ("1 patch toutes les soixante-douze heures", ["1 patch 1/72h"]),
        ("1 cp les lundi, mercredi et vendredi", ["1 cp mon wed fri"]),
        ("1 cp du lundi au vendredi", ["1 cp mon tue wed thu fri"]),
        ("20 mg, 1 fois par semaine, le mardi", ["20 mg 1/1wk tue"]),
        ("21 jours sur 28", ["21on7off"]),
        ("2 gélules 30 minutes avant le petit-déjeuner", ["2 gelules ACM-30"]),
        ("2 gélules le matin 30 minutes avant le petit-déjeuner", ["2 gelules ACM-30"]),
        ("1 cp au dîner", ["1 cp CV"]),
        ("1 cp avant les repas", ["1 cp AC"]),
        ("un à deux comprimés toutes les 12 h", ["1..2 comprimes 1/12h"]),
        ("1 cp si douleur", ["1 cp prn"]),
        ("2 cp 3x/jour pendant 5 à 7 jours", ["2 cp 3/1d for 5..7d"]),
        ("1 cp matin, QSP 1 mois", ["1 cp MORN for 1mo"]),
        ("1 cp le soir jusqu'au 12/03/2026", ["1 cp EVE until 2026-03-12"]),
        (
            "1 cp par jour pendant 3 jours puis 2 cp par jour pendant 4 jours puis arrêt",
            ["1 cp 1/1d for 3d", "2 cp 1/1d for 4d"],
        ),
        ("2 applications/j", ["1 applications 2/1d"]),
        ("1 à 2 applications par jour", ["1 applications 1..2/1d"]),
        ("1 injection en SC par jour", ["1 injection 1/1d"]),
        ("6 cp par jour en 3 prises", ["6 cp 3/1d"]),
        ("3 cp en une seule prise le soir", ["3 cp EVE"]),
        ("1 seringue 1 fois toutes les 12 heures", ["1 seringue 1/12h"]),
        ("1 cp 1/2 le soir", ["1.5 cp EVE"]),
        ("1 cp ½ matin et soir", ["1.5 cp MORN EVE"]),
        ("un demi-comprimé le soir", ["0.5 comprime EVE"]),
        ("12 000 UI le matin", ["12000 ui MORN"]),
        ("1 cp le soir au coucher", ["1 cp EVE.late"]),
        ("1 cp lun mer ven", ["1 cp mon wed fri"]),
        ("1 cp du 05/01/2026 au 11/01/2026", ["1 cp from 2026-01-05 until 2026-01-11"]),
        (
            "1 cp le soir du 5 janvier 2026 au 1er mars 2026",
            ["1 cp EVE from 2026-01-05 until 2026-03-01"],
        ),
        ("1 cp à partir du 2/3/26 le soir", ["1 cp EVE from 2026-03-02"]),
        ("1 cp pendant 5 jours puis arrêt 2 jours", ["1 cp 5on2off"]),
        (
            "1 cp pendant 5 jours puis arrêt 2 jours. Recommencer le cycle de 7 jours, "
            "à répéter pendant un mois",
            ["1 cp 5on2off for 1mo"],
        ),
        ("1 cp le matin, soit 5 mg/kg", ["1 cp MORN"]),
        ("1 cp le matin. En cas de fièvre, appeler le médecin", ["1 cp MORN"]),
        ("1 cp le matin si fièvre, avis du médecin", ["1 cp MORN prn"]),
        ("1 cp si fièvre : doubler et appeler le médecin", ["1 cp prn"]),
        ("1 Stück bei Bedarf", ["1 stuck prn"]),
        ("1 tablet twice weekly", ["1 tablet 2/1wk"]),
        ("1 tablet every other week", ["1 tablet 1/2wk"]),
        ("1 g sur 30 minutes", ["1 g"]),
        ("1 cp matin, 12 am", ["1 cp MORN 00:00"]),
        ("Take one tablet by mouth twice daily for 10 days", ["1 tablet 2/1d for 10d"]),
        ("1 tablet BID", ["1 tablet 2/1d"]),
        ("One every 72 hours", ["1 - 1/72h"]),
        ("EIGHT (8) tablets to be taken DAILY for two days.", ["8 tablets 1/1d for 2d"]),
        ("1 tablet on Mondays and Fridays at 9am", ["1 tablet mon fri 09:00"]),
        ("1 capsule at bedtime as needed", ["1 capsule HS prn"]),
    ],
)
def test_a_text_is_read_as_its_phases_and_nothing_is_left(
    text: str, expected: Sequence[str]
) -> None:
    assert lines(text) == expected
    assert propose(text).unread == ()


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("1 cp matin ou soir", ("ou",)),
        ("1 cp matin sauf le dimanche", ("sauf le dimanche",)),
        ("1 cp jusqu'à amélioration", ("jusqu'à amélioration",)),
        ("1 cp matin jusqu'au 12/03", ("jusqu'au 12/03",)),
        ("selon INR", ("selon INR",)),
        ("jours pairs", ("jours pairs",)),
        ("à renouveler 2 fois", ("à renouveler 2 fois",)),
        ("1 cp à renouveler 2 fois par jour", ("à renouveler",)),
        ("1 cp par jour (pas le dimanche)", ("pas le dimanche",)),
        ("1 cp le matin du 05/01 au 11/01", ("du 05/01 au 11/01",)),
        ("1 cp jusqu'au 31/02/2026", ("jusqu'au 31/02/2026",)),
        ("1 cp le matin puis arrêt 2 jours", ("puis arrêt 2 jours",)),
        ("1 cp, recommencer le cycle", ("recommencer le cycle",)),
        (
            "1 cp pendant 5 jours puis arrêt 2 jours, recommencer le cycle de 8 jours",
            ("recommencer le cycle de 8 jours",),
        ),
        ("1 cp pendant 5 jours pendant 7 jours", ("pendant 7 jours",)),
        ("1 cp 2 fois par jour 3 fois par jour", ("3 fois par jour",)),
        ("1,5 fois par jour", ("1,5 fois",)),
        ("1 cp matin, max 4/j", ("max 4/j",)),
        ("5 jours sur 7", ("5 jours sur 7",)),
        ("1 - 1 - 1 - 1 - 1", ("1 - 1 -", "1 - 1 -", "1")),
        ("1/0/1", ("1 /", "0/1")),
    ],
)
def test_what_may_matter_and_was_not_read_is_kept_word_for_word(
    text: str, unread: tuple[str, ...]
) -> None:
    assert propose(text).unread == unread


@pytest.mark.parametrize(
    "text",
    [
        "par voie orale, en couche mince",
        "Ne pas s'allonger dans l'heure qui suit",
        "Si difficulté à avaler, ouvrir la gélule dans un peu de compote.",
        "take with or without food",
        "-",
        "",
    ],
)
def test_words_that_change_no_plan_leave_nothing(text: str) -> None:
    proposal = propose(text)

    assert (proposal.phases, proposal.unread) == ((), ())


def test_a_condition_alone_is_a_phase_taken_as_needed() -> None:
    (phase,) = propose("Si température supérieure à 38,5").phases

    assert phase.as_needed_for == ("Si température supérieure à 38,5",)


def test_steps_are_numbered_in_their_order() -> None:
    proposal = propose("2 cp le matin pendant 2 jours, ensuite 1 cp le matin")

    assert [phase.sequence for phase in proposal.phases] == [1, 2]


def test_an_amount_a_day_may_be_a_total() -> None:
    (phase,) = propose("3 cp/j").phases

    assert [finding.code for finding in phase.findings] == [FindingCode.DOSE_TOTAL]


def test_two_amounts_side_by_side_are_two_readings() -> None:
    proposal = propose("1000 mg (2 comprimés) le soir")

    assert [said(phase) for phase in proposal.phases] == ["1000 mg EVE"]
    assert [[said(phase) for phase in other] for other in proposal.several] == [["2 comprimes EVE"]]


@pytest.mark.parametrize("word", ["30 min avant ", "1 ", "si ", "1 à 2 ", "max ", "1-0-"])
def test_a_text_repeated_without_end_is_read_in_little_time(word: str) -> None:
    with within(20):
        propose(word * (3900 // len(word)))
        long = propose(word * 4000)

    assert long.unread == (word * 4000,)

"""German, Dutch and Swiss texts: plain ones are read, none agrees by what was dropped of it."""

import pytest
from builders import a_frequency, a_phase

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Phase, Rhythm, Weekday

DAILY = a_phase(frequency=a_frequency(1), dose="1 Stück")
MORNING_EVENING = a_phase(moments=["MORN", "EVE"], dose="1 Stück")


def _blocks(text: str, *phases: Phase) -> bool:
    return any(finding.blocks for finding in compare(propose(text), phases))


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("1-0-1-0", MORNING_EVENING),
        ("1 - 0 - 1 Stück", MORNING_EVENING),
        ("Morgens und abends je 1 Stück", MORNING_EVENING),
        ("1 Stück täglich", DAILY),
        ("1x täglich 1 Stück", DAILY),
        ("1 maal per dag 1 stuk", DAILY),
        ("elke dag 1 stuk", DAILY),
    ],
)
def test_a_plain_text_agrees(text: str, phase: Phase) -> None:
    assert compare(propose(text), (phase,)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "eine halbe Stück täglich",
        "2 Stück täglich",
        "zweimal täglich 1 Stück",
        "2 maal per dag 1 stuk",
        "1 Stück wöchentlich",
        "1 maal per week 1 stuk",
        "alle 2 Tage 1 Stück",
        "1 Stück jeden zweiten Tag",
        "1 stuk om de dag",
        "Montags 1 Stück",
        "maandag en donderdag 1 stuk",
        "1 Stück täglich für 7 Tage",
        "gedurende 7 dagen 1 maal per dag 1 stuk",
        "1 Stück täglich bis zum Abklingen",
        "1 Stück täglich außer sonntags",
        "1 Stück bei Schmerzen",
        "1 stuk bij pijn",
        "1 Stück abwechselnd mit 2 Stück",
        "eerst gedurende 2 dagen 1 stuk, dan gedurende 3 dagen 2 stuks",
        "1-0-2-0",
        "1-0-0-0-1",
        "cyclus van 28 dagen: steeds gedurende 21 dagen 1 maal per dag 1 stuk",
        "maximaal 1 stuk per dag",
    ],
)
def test_a_text_that_says_something_else_blocks(text: str) -> None:
    assert _blocks(text, DAILY)


def test_an_amount_for_each_weekday_is_that_of_the_day_that_stands_before_it() -> None:
    monday, thursday = (
        a_phase(dose=f"{number} Stück").model_copy(update={"rhythm": Rhythm(weekdays=(day,))})
        for number, day in ((2, Weekday.MONDAY), (1, Weekday.THURSDAY))
    )

    assert not _blocks("Montags 2 Stück, Donnerstags 1 Stück", monday, thursday)
    assert _blocks("Montags 1 Stück, Donnerstags 2 Stück", monday, thursday)

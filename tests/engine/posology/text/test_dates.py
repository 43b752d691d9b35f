"""Days in words and figures, and the year that is said once for two."""

from datetime import date

import pytest

from engine.posology.text.dates import day_of, days_of
from engine.posology.text.propose import propose
from schemas.posology import Cycle


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("05/01", "11/01/2026", (date(2026, 1, 5), date(2026, 1, 11))),
        ("28/12", "03/01/2026", (date(2025, 12, 28), date(2026, 1, 3))),
        ("28/12/2025", "03/01/2026", (date(2025, 12, 28), date(2026, 1, 3))),
        ("5", "11/01/2026", (date(2026, 1, 5), date(2026, 1, 11))),
        ("28", "03/01/2026", (date(2025, 12, 28), date(2026, 1, 3))),
        ("28", "03/03/2026", (date(2026, 2, 28), date(2026, 3, 3))),
        ("30", "03/03/2026", None),
        ("30", "03/05/2026", (date(2026, 4, 30), date(2026, 5, 3))),
        ("1er", "7 mars 2026", (date(2026, 3, 1), date(2026, 3, 7))),
        ("05/01/2026", "05/01/2026", (date(2026, 1, 5), date(2026, 1, 5))),
        ("5", "05/01/2026", (date(2026, 1, 5), date(2026, 1, 5))),
        ("06/01/2026", "05/01/2026", None),
        ("31/02", "05/03/2026", None),
        ("05/01", "11/01", None),
        ("", "11/01/2026", None),
    ],
)
def test_a_first_and_a_last_day(first: str, last: str, expected: tuple[date, date] | None) -> None:
    assert days_of(first, last) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/03/2026", date(2026, 3, 12)),
        ("12/03/26", date(2026, 3, 12)),
        ("2026-03-12", date(2026, 3, 12)),
        ("jusqu'au 12 mars 2026", date(2026, 3, 12)),
        ("until 03/12/2026", None),
        ("until 12/12/2026", date(2026, 12, 12)),
        ("until 13/12/2026", date(2026, 12, 13)),
        ("from 3 march 2026", date(2026, 3, 3)),
        ("12/03", None),
        ("31/02/2026", None),
    ],
)
def test_a_day(text: str, expected: date | None) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("1 cp par jour 21 jours sur 28", Cycle(days_on=21, days_off=7)),
        ("1 cp par jour 7 jours sur 14", Cycle(days_on=7, days_off=7)),
        ("1 cp par jour 5 jours sur 7", None),
        ("1 cp par jour 12 jours sur 13", None),
        ("1 cp par jour 28 jours sur 28", None),
        ("1 cp par jour 28 jours sur 21", None),
    ],
)
def test_a_cycle_is_of_two_weeks_at_least_and_leaves_days_out(
    text: str, cycle: Cycle | None
) -> None:
    proposal = propose(text)

    assert {phase.rhythm.cycle for phase in proposal.phases} == {cycle}
    assert bool(proposal.unread) == (cycle is None)

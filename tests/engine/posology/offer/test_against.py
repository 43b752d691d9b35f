"""Another dose than the text was surely read to state is no correction: it needs an answer."""

import pytest
from builders import REFERENCE, a_quantity
from offers import changed, confirmed

from engine.posology.offer.against import against
from engine.posology.offer.confirm import confirm
from engine.posology.offer.offer import offer
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.offer import AddedDose, AddedRow, Answers, Content, Days, DoseAt, Ends, Verdict
from schemas.posology import Posology, Rhythm, Weekday
from schemas.quantity import Duration
from schemas.schedule import Slot


def dose(place: str, amount: str) -> DoseAt:
    return DoseAt(place=Slot(moment=Moment(place)), quantity=a_quantity(amount))


def at(text: str, answers: Answers) -> list[str]:
    offered = offer(text, REFERENCE)
    read = confirm(offered, answers)
    assert isinstance(read, Posology)
    found = against(offered, answers, read)
    assert {finding.code for finding in found} <= {FindingCode.TEXT_CONTRADICTS}
    return [finding.location.removeprefix("interpretation/") for finding in found]


MONDAYS = Days(rhythm=Rhythm(weekdays=(Weekday.MONDAY,)))
WEEK = Ends(duration=Duration(value="7", unit="d"))
PLACED = "1 comprimé matin et soir pendant 5 jours"
BY_SITE = "1 comprimé 3 fois par jour"


@pytest.mark.parametrize("text", [PLACED, BY_SITE, "1 comprimé si douleur"])
def test_what_is_confirmed_as_shown_contradicts_nothing(text: str) -> None:
    assert at(text, confirmed(offer(text, REFERENCE))) == []


@pytest.mark.parametrize(
    ("text", "cell", "stated", "found"),
    [
        (PLACED, "A1.2", dose("EVE", "2 comprimé"), ["A1.2"]),
        (PLACED, "A1.2", dose("NOON", "1 comprimé"), ["A1.2"]),
        (PLACED, "A1.end", WEEK, ["A1.end"]),
        (PLACED, "A1.days", MONDAYS, []),
        (BY_SITE, "A1.2", dose("AFT", "1 comprimé"), []),
        (BY_SITE, "A1.2", dose("NOON", "2 comprimé"), ["A1.2"]),
        (BY_SITE, "A1.days", MONDAYS, ["A1.days"]),
        (BY_SITE, "A1.end", WEEK, []),
        ("1-0-0", "A1.1", dose("MORN", "1 comprimé"), []),
        ("1-0-0", "A1.1", dose("MORN", "2 comprimé"), ["A1"]),
        ("1 à 2 comprimés le matin", "A1.1", dose("MORN", "2 comprimé"), ["A1"]),
        ("3 comprimés par jour", "A1.1", dose("MORN", "3 comprimé"), []),
        ("3 comprimés par jour", "A1.1", dose("MORN", "1 comprimé"), ["A1"]),
        ("1 comprimé une fois par semaine", "A1.days", MONDAYS, []),
        ("1 comprimé une fois par semaine", "A1.days", Days(), ["A1"]),
    ],
    ids=[
        "another amount",
        "another moment than the text names",
        "another length",
        "days that silence left open",
        "a moment that the site placed",
        "another amount at a moment of the site",
        "other days than the text says",
        "an end that silence left open",
        "a unit that was missing",
        "another amount with the missing unit",
        "one amount of a range",
        "a total in one intake",
        "a third of a total",
        "the weekday of a weekly dose",
        "every day instead of every week",
    ],
)
def test_a_cell_contradicts_only_where_the_text_was_sure(
    text: str, cell: str, stated: Content, found: list[str]
) -> None:
    answers = changed(confirmed(offer(text, REFERENCE)), cell, Verdict.CORRECTED, stated)

    assert at(text, answers) == found


def test_a_correction_to_the_same_is_none_and_a_removal_of_what_was_said_is_one() -> None:
    whole = confirmed(offer(PLACED, REFERENCE))

    same = changed(whole, "A1.2", Verdict.CORRECTED, dose("EVE", "1 comprimé"))
    removed = changed(whole, "A1.2", Verdict.REMOVED)

    assert at(PLACED, same) == []
    assert at(PLACED, removed) == ["A1.2"]
    assert at(BY_SITE, changed(confirmed(offer(BY_SITE, REFERENCE)), "A1.2", Verdict.REMOVED)) == [
        "A1.2"
    ]


def test_a_total_shared_over_the_day_is_what_the_text_says() -> None:
    whole = confirmed(offer("3 comprimés par jour", REFERENCE))
    stated = changed(whole, "A1.1", Verdict.CORRECTED, dose("MORN", "1 comprimé"))
    more = tuple(
        AddedDose(row="A1", dose=dose(place, "1 comprimé"), reason="un à chaque repas")
        for place in ("NOON", "EVE")
    )

    assert at("3 comprimés par jour", stated.model_copy(update={"doses": more})) == []


def test_what_takes_the_place_of_every_row_is_compared_with_the_text() -> None:
    text = "1 à 2 comprimés le matin, et plus"
    whole = confirmed(offer(text, REFERENCE))
    for cell in ("A1.days", "A1.1", "A1.end"):
        whole = changed(whole, cell, Verdict.REMOVED)
    row = AddedRow(doses=(dose("MORN", "3 comprimé"),), reason="par téléphone")

    assert at(text, whole.model_copy(update={"rows": (row,)})) == ["rows[1]"]


def test_an_addition_contradicts_a_text_of_which_every_word_was_read() -> None:
    added = AddedDose(row="A1", dose=dose("NOON", "1 comprimé"), reason="par téléphone")
    unread = "1 comprimé matin et soir et un peu à midi"

    for text, found in ((PLACED, ["doses[1]"]), (unread, [])):
        answers = confirmed(offer(text, REFERENCE)).model_copy(update={"doses": (added,)})
        assert at(text, answers) == found

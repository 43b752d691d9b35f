"""What the reader promises of any text: it never raises, loses no place, and leaves a trace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.posology.text.lexicon import folded
from engine.posology.text.propose import propose
from engine.posology.text.scanner import items_of
from schemas.proposal import Proposal

SAID = ["1 cp le matin", "1-0-1-0", "2 gélules 3 fois par jour pendant 7 jours", "20 mg le mardi"]
NONSENSE = st.text(alphabet="bcfgklpvz", min_size=3, max_size=8).filter(
    lambda word: "cp" not in word
)
NUMBERS = st.sampled_from(["7", "1/2", "0,5", "12", "½", "2026", "deux"])
UNITS = st.sampled_from(["mg", "comprimé", "gélules", "gouttes", "cp"])
DAYS = st.sampled_from(["jour", "jours", "semaine", "mois", "lundi", "nuit", "week-end"])
WORDS = st.sampled_from(["si", "jusqu'à", "sauf", "puis", "ou", "max", "arrêt", "alternance"])
FILLERS = st.sampled_from(
    [
        *("1", "2", "1/2", "0,5", "cp", "comprimé", "mg", "matin", "midi", "soir", "coucher"),
        *("-", "et", "puis", "pendant", "jours", "7", "h", "8h", "si", "besoin", "fois", "par"),
        *("jour", "toutes", "les", "3x/j", "max", "lundi", "sur", "ou", "jusqu'au", "(", ")"),
        *(
            "12/03/2026",
            "avant",
            "repas",
            "du",
            "en",
            "20",
            "min",
            "de",
            "soit",
            "  ",
            "\n",
            "mg/kg",
        ),
    ]
)
TEXTS = st.lists(FILLERS, max_size=14).map(" ".join)


def content(proposal: Proposal) -> tuple[object, ...]:
    return proposal.phases, proposal.unread, proposal.several


@pytest.mark.parametrize("said", SAID)
@given(kept=st.one_of(NUMBERS, UNITS, DAYS, WORDS), before=NONSENSE, after=NONSENSE)
@settings(max_examples=60, deadline=None)
def test_a_number_a_unit_a_day_or_a_word_of_order_always_leaves_a_trace(
    said: str, kept: str, before: str, after: str
) -> None:
    plain = propose(f"{said}. {before} {after}")

    more = propose(f"{said}. {before} {kept} {after}")

    assert content(more) != content(plain)


@given(before=NONSENSE, kept=st.one_of(NUMBERS, UNITS, DAYS, WORDS), after=NONSENSE)
@settings(max_examples=200, deadline=None)
def test_what_no_phase_accounts_for_stands_in_unread_word_for_word(
    before: str, kept: str, after: str
) -> None:
    proposal = propose(f"{before} {kept} {after}")

    accounted = proposal.phases != ()
    assert accounted or any(kept.partition("-")[0] in said for said in proposal.unread)


@given(st.one_of(TEXTS, st.text(max_size=60)))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_each_of_its_letters_is_in_one_item(text: str) -> None:
    said = "".join("".join(item.said.split()) for item in items_of(text))

    assert said == "".join(text.split())
    assert propose(text).text == text


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_every_number_of_a_text_is_used_or_left_unread(text: str) -> None:
    proposal = propose(text)

    if any(letter.isdigit() for letter in text):
        assert proposal.phases or proposal.unread


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_text_in_capitals_without_accents_or_with_more_blanks_says_the_same(text: str) -> None:
    said, loud = propose(text), propose(text.upper().replace(" ", "  "))

    units = [phase.model_copy(update={"dose": None, "as_needed_for": ()}) for phase in said.phases]
    others = [phase.model_copy(update={"dose": None, "as_needed_for": ()}) for phase in loud.phases]
    assert units == others
    assert len(said.unread) == len(loud.unread)

"""Every word of a text stands in a cell, among the words to answer, or among those set aside."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from builders import REFERENCE
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.posology.offer.offer import offer
from engine.posology.text.lexicon import folded
from schemas.offer import Offer

JOINTS = frozenset(
    (
        *("a", "and", "au", "aux", "be", "by", "d", "dann", "de", "des", "du", "et", "l", "la"),
        *("le", "les", "par", "prendre", "prenez", "prise", "prises", "puis", "soit", "take"),
        *("ensuite", "taken", "the", "then", "to", "un", "une"),
        *("hierna", "daarna", "danach", "thereafter"),
    )
)
"""Words that bind others, and those of order, which the numbers of the rows say."""
WORDS = (
    *(
        "1",
        "2",
        "1/2",
        "0,5",
        "500",
        "mg",
        "comprimé",
        "comprimés",
        "cp",
        "gélule",
        "ml",
        "gouttes",
    ),
    *("matin", "midi", "soir", "au coucher", "le lundi", "mardi", "à 8h", "20:00", "1-0-1", "x"),
    *("3 fois par jour", "toutes les 8 heures", "un jour sur deux", "par semaine", "en 3 prises"),
    *("pendant 7 jours", "jusqu'au 12/03/2026", "du 05/03/2026 au 11/03/2026", "puis", "arrêt"),
    *("si douleur", "max 4/j", "sauf le mardi", "à jeun", "ne pas croquer", "avec un verre d'eau"),
    *("ou", ",", ".", "(", ")", "/", "et", "à renouveler 2 fois", "au long cours", "selon INR"),
)


def unaccounted(found: Offer) -> Iterator[tuple[str, str]]:
    """Each reading with the words that it lost."""
    for candidate in found.candidates:
        told = [words for cell in candidate.cells for words in cell.words]
        told += [stretch.words for stretch in candidate.unread]
        known = set(_words(" ".join((*told, *found.aside))))
        for word in _words(found.text):
            if word not in known and word not in JOINTS:
                yield candidate.id, word


def _words(text: str) -> list[str]:
    """Runs of letters and runs of digits: `1x` is read as two."""
    return re.findall(r"[^\W\d_]+|\d+", folded(text))


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
@settings(deadline=None, max_examples=300)
def test_no_word_of_a_text_of_the_trade_is_lost(text: str) -> None:
    assert list(unaccounted(offer(text, REFERENCE))) == []


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_word_of_any_text_is_lost_and_none_stops_the_reader(text: str) -> None:
    assert list(unaccounted(offer(text, REFERENCE))) == []


def test_no_word_of_the_texts_of_others_is_lost(external_cases: Path) -> None:
    lines = (external_cases / "dosage-cases.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {text for line in lines for text in _texts(json.loads(line)["dosage"])}

    lost = {text: list(unaccounted(offer(text, REFERENCE))) for text in texts}

    assert {text: words for text, words in lost.items() if words} == {}
    assert len(texts) > 100


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)

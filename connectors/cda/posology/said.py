"""The words of a posology: what the narrative prints for a line, and for each of its steps."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from connectors.cda.narrative import words
from connectors.cda.posology.dose import amount_words
from connectors.cda.posology.period import printed_period
from connectors.cda.scribe import Scribe, child, children
from mappings.catalogue import table
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_ORDER = ("dose", "frequency")
_PERIOD, _RATE = "period", "rate"
_SUFFIXES = ("posologie", "precondition")
"""IDs of the official examples: `med-001` names the product, `med-001-posologie` how it is taken.
Nothing in an unstructured entry points at the latter. Source: ANS eP-MED-DM 2022.01 to 2024.01."""

_RANGE = re.compile(
    r"(\d+(?:[.,/]\d+)?)\s*([^\W\d]+)\.?\s+à\s+(\d+(?:[.,/]\d+)?)\s*\2", re.IGNORECASE
)


class LineWords(NamedTuple):
    """The posology of a line as printed, and its treatment period when that reads as days.

    `rate` is an amount a day, printed beside the dose: it is no sentence of the posology.
    `by_columns`: doses and frequencies are printed apart, so that the text of a line with
    several steps is no sentence: only the words of each step can be compared with it.
    """

    text: str | None = None
    period: str | None = None
    by_columns: bool = False
    rate: str | None = None


def line_words(scribe: Scribe, entry: "_Element", product: str | None) -> LineWords:
    """The words of a whole line, its parts separated by ` ; `.

    Taken from the table row that prints the product, else from the IDs that the official
    examples use, else from the words that the entry itself points at. A period that cannot be
    read as days stays among the words.
    """
    reference = child(entry, "text", "reference")
    name = (reference.get("value") or "") if reference is not None else ""
    target = scribe.narrative.target(name)
    if target is None:
        inline = child(entry, "text")
        return LineWords(words(inline) or None if inline is not None else None)
    cells = _by_role(scribe, target)
    printed = [cells[role] for role in _ORDER if role in cells]
    period = cells.get(_PERIOD)
    if period is not None and printed_period(period) is None:
        printed.append(period)
        period = None
    printed += _by_suffix(scribe, name, " ; ".join(printed))
    rate = cells.get(_RATE)
    if printed:
        return LineWords(" ; ".join(printed), period, {"dose", "frequency"} <= cells.keys(), rate)
    whole = scribe.text(target, "line.text")
    return LineWords(None if whole == product else whole, period, rate=rate)


def _by_suffix(scribe: Scribe, name: str, known: str) -> list[str]:
    """What the IDs beside the product's say and the row does not."""
    found = []
    for suffix in _SUFFIXES:
        other = scribe.narrative.target(f"{name.strip()}-{suffix}")
        said = scribe.narrative.said(other, "line.text") if other is not None else None
        if said and said not in known:
            found.append(said)
    return found


def _by_role(scribe: Scribe, target: "_Element") -> dict[str, str]:
    """The cells of the row by their role, each in one line."""
    roles = table("cda/columns", scribe.site.name)
    said: dict[str, str] = {}
    for heading, cell in scribe.narrative.row_of(target).items():
        role = roles.target_of(heading)
        text = scribe.text(cell, "line.text") if role is not None and role not in said else None
        if role is not None and text:
            said[role] = text.replace("\n", " ; ")
    return said


def printed_range(text: str | None) -> str | None:
    """The range that the words print as two amounts, `1 cp à 2 cp`; `1 cp à 1 cp` is none."""
    found = (one for one in _RANGE.finditer(text or "") if one[1] != one[3])
    return next((one[0] for one in found), None)


def frequency_words(scribe: Scribe, entry: "_Element") -> str | None:
    """The words that the time statements of an entry point at."""
    texts = (
        scribe.original(original, "phase.text", FindingCode.REFERENCE_UNRESOLVED)
        for stated in children(entry, "effectiveTime")
        for original in stated.iter("{*}originalText")
    )
    return _joined(texts)


def step_sentence(scribe: Scribe, step: "_Element") -> str | None:
    """The sentence that a subordinate entry points at: all that it says."""
    return scribe.original(child(step, "text"), "phase.text", FindingCode.REFERENCE_UNRESOLVED)


def step_words(
    scribe: Scribe, entry: "_Element", frequency: str | None, sentence: str | None = None
) -> str | None:
    """The words of one step: its sentence, then what it lacks of dose and frequency."""
    return _joined([sentence, *words_beside(scribe, entry, frequency, sentence)])


def words_beside(
    scribe: Scribe, entry: "_Element", frequency: str | None, sentence: str | None
) -> tuple[str, ...]:
    """The words of dose and frequency that a sentence does not contain."""
    parts = [amount_words(scribe, child(entry, "doseQuantity"), "phase.text"), frequency]
    return tuple(part for part in parts if part and part not in (sentence or ""))


def _joined(texts: "Iterable[str | None]") -> str | None:
    return ", ".join(dict.fromkeys(text for text in texts if text)) or None

"""The words of a posology: what the narrative prints for a line, and for each of its steps."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from connectors.cda.narrative import row_of, words
from connectors.cda.scribe import Scribe, child, children
from mappings.catalogue import table
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_ORDER = ("dose", "frequency", "rate", "period")
_SUFFIXES = ("posologie", "precondition")
"""IDs of the official examples: `med-001` names the product, `med-001-posologie` how it is taken.
Nothing in an unstructured entry points at the latter. Source: ANS eP-MED-DM 2022.01 to 2024.01."""


def line_words(scribe: Scribe, entry: "_Element", product: str | None) -> str | None:
    """The posology of a whole line as printed, its parts separated by ` ; `.

    Taken from the table row that prints the product, else from the IDs that the official
    examples use, else from the words that the entry itself points at.
    """
    reference = child(entry, "text", "reference")
    name = (reference.get("value") or "") if reference is not None else ""
    target = scribe.narrative.target(name)
    if target is None:
        inline = child(entry, "text")
        return words(inline) or None if inline is not None else None
    printed = _by_row(scribe, target)
    known = " ; ".join(printed)
    for suffix in _SUFFIXES:
        other = scribe.narrative.target(f"{name.strip()}-{suffix}")
        said = scribe.narrative.said(other, "line.text") if other is not None else None
        if said and said not in known:
            printed.append(said)
    if printed:
        return " ; ".join(printed)
    whole = scribe.text(target, "line.text")
    return None if whole == product else whole


def _by_row(scribe: Scribe, target: "_Element") -> list[str]:
    roles = table("cda/columns", scribe.site.name)
    cells: dict[str, _Element] = {}
    for heading, cell in row_of(target).items():
        role = roles.target_of(heading)
        if role is not None:
            cells.setdefault(role, cell)
    said = (scribe.text(cells[role], "line.text") for role in _ORDER if role in cells)
    return [text.replace("\n", " ; ") for text in said if text]


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
    """The words of one step: its sentence, then what it lacks of dose, frequency and rate."""
    parts = [
        _amount_words(scribe, entry, "doseQuantity"),
        frequency,
        _amount_words(scribe, entry, "rateQuantity"),
    ]
    others = (part for part in parts if part and part not in (sentence or ""))
    return _joined([sentence, *others])


def _amount_words(scribe: Scribe, entry: "_Element", name: str) -> str | None:
    """The words of a range: `1 cp à 2 cp`, or `1 cp` when both ends say the same."""
    stated = child(entry, name)
    if stated is None:
        return None
    texts = (
        scribe.original(original, "phase.text", FindingCode.REFERENCE_UNRESOLVED)
        for original in stated.iter("{*}originalText")
    )
    return _joined(texts, " à ")


def _joined(texts: "Iterable[str | None]", by: str = ", ") -> str | None:
    kept = dict.fromkeys(text for text in texts if text)
    return by.join(kept) or None

"""What a coded concept of a Dosage says to people: all its words, each once.

Source: FHIR R4 CodeableConcept: its codings and its text say the same thing in several ways. Where
they do not, each of them is shown and compared with the structure.
"""

from collections.abc import Iterable

from connectors.fhir.form.values import Element
from schemas.base import plain_decimal
from schemas.finding import FindingCode
from schemas.quantity import Quantity


def all_words_of(concept: Element, gives: str) -> tuple[str, ...]:
    """The text and the displays, each once. A code alone is a finding, and no words."""
    words = spoken(concept, gives)
    codes = [code for each in concept.children("coding") if (code := each.text("code", gives))]
    if codes and not words:
        rule = "a code without words: its meaning is not known here"
        concept.say(FindingCode.ELEMENT_UNREAD, "coding", rule, " ".join(codes))
    return words


def spoken(concept: Element, gives: str) -> tuple[str, ...]:
    """The text and the displays, each once; the codes are marked as used with them."""
    said = [concept.text("text", gives)]
    for coding in concept.children("coding"):
        _, _, display = (coding.text(name, gives) for name in ("system", "code", "display"))
        said.append(display)
    return distinct(text for text in said if text is not None)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, each once: capitals and white space make no other text."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(" ".join(text.split()).casefold(), text)
    return tuple(found.values())


def amount_words(quantity: Quantity) -> str:
    """`5 mg`; a code that is not the unit stands behind it, in brackets."""
    unit, code = quantity.unit, quantity.code
    coded = f"[{code}]" if unit is not None and code not in (None, unit) else ""
    parts = (plain_decimal(quantity.value), quantity.unit_label, coded)
    return " ".join(part for part in parts if part)

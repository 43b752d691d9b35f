"""What comes with a dispensed product: its order, instructions, notes, substitution, posology."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.cda.header import instance
from connectors.cda.narrative import BLANKS
from connectors.cda.posology.dose import amount_words
from connectors.cda.posology.said import frequency_words
from connectors.cda.scribe import Scribe, child, children, templates_of
from connectors.cda.templates import (
    INSTRUCTION_PATIENT,
    INSTRUCTION_PHARMACIST,
    ORDERED_LINE,
    SUBSTITUTED,
    TREATMENT,
)
from mappings.catalogue import table
from schemas.dispense import Substitution
from schemas.finding import FindingCode
from schemas.people import Identifier

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(slots=True)
class Beside:
    """What the relations of one supply say."""

    line: tuple[Identifier, ...] = ()
    documents: tuple[Identifier, ...] = ()
    text: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    substitution: Substitution | None = None


def read_beside(scribe: Scribe, supply: "_Element", orders: tuple[Identifier, ...]) -> Beside:
    """Every relation of a supply. `orders` are those that the header names."""
    beside = Beside()
    for relation in children(supply, "entryRelationship"):
        for target in relation.iterchildren("*"):
            if child(target, "templateId") is not None:
                _relation(scribe, target, beside, orders)
    return beside


def _relation(
    scribe: Scribe, target: "_Element", beside: Beside, orders: tuple[Identifier, ...]
) -> None:
    templates, code = templates_of(target), child(target, "code")
    name = code.get("code") if code is not None else None
    if ORDERED_LINE in templates:
        _order(scribe, target, beside, orders)
    elif name in (INSTRUCTION_PATIENT, INSTRUCTION_PHARMACIST):
        scribe.take(code, "code", "dispense.note")
        said = scribe.original(child(target, "text"), "dispense.note")
        kept = () if said is None or said in BLANKS else (said,)
        beside.text += kept if name == INSTRUCTION_PATIENT else ()
        beside.notes += kept if name == INSTRUCTION_PHARMACIST else ()
    elif SUBSTITUTED in templates:
        beside.substitution = _substitution(scribe, target)
    elif TREATMENT in templates:
        beside.text += _posology_words(scribe, target)
    else:
        rule = "this relation of a dispensed product is not read"
        scribe.doubt(FindingCode.ELEMENT_UNREAD, scribe.at(target), rule)


def _order(
    scribe: Scribe, order: "_Element", beside: Beside, orders: tuple[Identifier, ...]
) -> None:
    """The line of the prescription, and the document that it stands in."""
    lines = (instance(scribe, one, "dispense.line") for one in children(order, "id"))
    beside.line += tuple(found for found in lines if found is not None)
    for stated in children(order, "reference", "externalDocument", "id"):
        found = instance(scribe, stated, "dispense.prescription")
        if found is None:
            continue
        beside.documents += (found,)
        if orders and found not in orders:
            rule = "the prescription of a line should be one of inFulfillmentOf"
            scribe.doubt(FindingCode.STRUCTURE_INVALID, scribe.at(stated), rule, found.value)


def _substitution(scribe: Scribe, act: "_Element") -> Substitution | None:
    coded = child(act, "code")
    coding = scribe.coding(coded, "dispense.substitution")
    if coded is None or coding is None:
        return None
    said = scribe.original(child(coded, "originalText"), "dispense.substitution")
    done = table("cda/substitutions", scribe.site.name).target_of(coding.code)
    if done is None:
        rule = "the substitution code is not in the substitutions table"
        scribe.doubt(FindingCode.ELEMENT_UNREAD, f"{scribe.at(coded)}/@code", rule, coding.code)
    kind = coding if coding.display else coding.model_copy(update={"display": said})
    return Substitution(
        done=None if done is None else done == "true", kind=kind, location=scribe.at(act)
    )


def _posology_words(scribe: Scribe, entry: "_Element") -> tuple[str, ...]:
    """The words of a posology that the pharmacy changed; its structure is told of, not read."""
    rule = "the posology that comes with a dispensed product is kept in its words alone"
    scribe.doubt(FindingCode.ELEMENT_UNREAD, scribe.at(entry), rule)
    words = (
        scribe.original(child(entry, "text"), "dispense.text"),
        amount_words(scribe, child(entry, "doseQuantity"), "dispense.text"),
        frequency_words(scribe, entry),
        amount_words(scribe, child(entry, "rateQuantity"), "dispense.text"),
    )
    return tuple(dict.fromkeys(word for word in words if word))

"""What comes with a line beside its posology: instructions, quantity, substitution, renewals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.cda.narrative import BLANKS
from connectors.cda.posology.dose import quantity
from connectors.cda.posology.mode import is_step
from connectors.cda.scribe import Scribe, child, children, templates_of
from connectors.cda.templates import (
    COMMENT,
    EDQM,
    INSTRUCTION_PATIENT,
    INSTRUCTION_PHARMACIST,
    QUANTITY,
    SIMPLE_OBSERVATION,
    SUBSTITUTION,
)
from connectors.markup import local_name
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.prescription import Note
from schemas.quantity import Quantity

if TYPE_CHECKING:
    from lxml.etree import _Element

_YES, _NO = "true", "false"
_INSTRUCTIONS = (INSTRUCTION_PATIENT, INSTRUCTION_PHARMACIST)
_BESIDE = frozenset({"realmCode", "typeId", "templateId", "sequenceNumber", "seperatableInd"})
"""Parts of a relation that are not what it relates to."""


@dataclass(slots=True)
class Relations:
    """What the `entryRelationship` elements of a line say."""

    instructions: tuple[str, ...] = ()
    """Those for the patient and those for the pharmacist: both are compared with the posology."""
    quantity: Quantity | None = None
    substitution_allowed: bool | None = None
    indication: str | None = None
    notes: list[Note] = field(default_factory=list)


def read_relations(scribe: Scribe, entry: "_Element") -> Relations:
    """Every relation of a line but its steps. One that is not known is a finding."""
    relations = Relations()
    for relation, target in _targets(scribe, entry):
        _read(scribe, relation, target, relations)
    return relations


def step_instructions(scribe: Scribe, step: "_Element") -> tuple[str, ...]:
    """The instructions of a step. Steps have no steps, and nothing else of a line."""
    relations = Relations()
    for relation, target in _targets(scribe, step):
        code = child(target, "code")
        if is_step(relation, target):
            scribe.unsupported(target, "a step of a step")
        elif code is not None and code.get("code") in _INSTRUCTIONS:
            _instruction(scribe, target, code.get("code", ""), relations)
        else:
            scribe.doubt(
                FindingCode.ELEMENT_UNREAD, scribe.at(target), "this relation of a step is not read"
            )
    return relations.instructions


def _targets(scribe: Scribe, entry: "_Element") -> "Iterator[tuple[_Element, _Element]]":
    """Each relation with what it relates to; one that says *not*, or has two, is a finding."""
    for relation in children(entry, "entryRelationship"):
        targets = [each for each in relation.iterchildren("*") if local_name(each) not in _BESIDE]
        for target in targets[1:]:
            rule = "a relation must have one target"
            scribe.doubt(FindingCode.ELEMENT_FOREIGN, scribe.at(target), rule)
        for target in targets[:1]:
            _check_stated(scribe, relation, target)
            yield relation, target


def _check_stated(scribe: Scribe, relation: "_Element", target: "_Element") -> None:
    """A relation that is negated, a step that the line would be a part of: neither is in force."""
    stated = [scribe.flag(each, "negationInd", "line.action") for each in (relation, target)]
    turned = is_step(relation, target) and relation.get("inversionInd") == "true"
    if True in stated or turned:
        rule = "a relation of a line must not be negated, nor that of a step be inverted"
        scribe.doubt(FindingCode.STATUS_NOT_ACTIVE, scribe.at(relation), rule)


def _read(scribe: Scribe, relation: "_Element", target: "_Element", relations: Relations) -> None:
    templates = templates_of(target)
    code = child(target, "code")
    name = code.get("code") if code is not None else None
    if is_step(relation, target):
        return
    if name is not None and name in _INSTRUCTIONS:
        _instruction(scribe, target, name, relations)
    elif QUANTITY in templates:
        if relations.quantity is not None:
            rule = "a line must state one quantity to supply"
            scribe.doubt(FindingCode.ELEMENT_UNREAD, scribe.at(target), rule)
        relations.quantity = (
            read_supplied(scribe, target, "line.quantity_to_supply") or relations.quantity
        )
    elif SUBSTITUTION in templates:
        relations.substitution_allowed = _substitution(scribe, target, relations)
    elif SIMPLE_OBSERVATION in templates:
        _statement(scribe, target, relations)
    elif COMMENT in templates:
        _comment(scribe, target, relations)
    elif relation.get("typeCode") == "RSON":
        said = _indication(scribe, target)
        known = (relations.indication, said)
        relations.indication = " ; ".join(text for text in known if text) or None
    else:
        scribe.doubt(
            FindingCode.ELEMENT_UNREAD, scribe.at(target), "this relation of a line is not read"
        )


def _instruction(scribe: Scribe, act: "_Element", name: str, relations: Relations) -> None:
    scribe.take(child(act, "code"), "code", "line.notes")
    text = scribe.original(child(act, "text"), "line.notes", FindingCode.REFERENCE_UNRESOLVED)
    if not text or text in BLANKS:
        return
    relations.instructions += (text,)
    relations.notes.append(Note(text=text, scope=name, location=scribe.at(act)))


def _comment(scribe: Scribe, act: "_Element", relations: Relations) -> None:
    scribe.coding(child(act, "code"), "line.notes")
    text = scribe.original(child(act, "text"), "line.notes")
    if text and text not in BLANKS:
        relations.notes.append(Note(text=text, scope="comment", location=scribe.at(act)))


def read_supplied(scribe: Scribe, supply: "_Element", gives: str) -> Quantity | None:
    """How much a supply states; the unit is a packaging of the EDQM list, or a count of units."""
    stated = quantity(scribe, child(supply, "quantity"), gives)
    if stated is None or stated.code is None:
        return stated
    label = table("cda/packagings", scribe.site.name).target_of(stated.code)
    if stated.code.isdigit():
        return stated.model_copy(update={"unit": label, "system": EDQM})
    return stated if label is None else stated.model_copy(update={"unit": label})


def _substitution(scribe: Scribe, act: "_Element", relations: Relations) -> bool | None:
    coded = child(act, "code")
    coding = scribe.coding(coded, "line.substitution_allowed")
    if coded is None or coding is None:
        return None
    reason = scribe.original(child(coded, "originalText"), "line.notes")
    if reason:
        relations.notes.append(Note(text=reason, scope="substitution", location=scribe.at(act)))
    known = table("cda/substitutions", scribe.site.name).target_of(coding.code)
    if known is None:
        scribe.doubt(
            FindingCode.ELEMENT_UNREAD,
            f"{scribe.at(coded)}/@code",
            "the substitution code is not in the substitutions table",
            coding.code,
        )
    return None if known is None else known == _YES


def _statement(scribe: Scribe, observation: "_Element", relations: Relations) -> None:
    """A yes or no about the line (ALD, off-label); a plain *no* says nothing to a person."""
    coding = scribe.coding(child(observation, "code"), "line.notes")
    value = scribe.take(child(observation, "value"), "value", "line.notes")
    scribe.original(child(observation, "text"), "line.notes")
    if coding is None or value == _NO:
        return
    text = coding.display or coding.code
    relations.notes.append(
        Note(
            text=text if value == _YES else f"{text} : {value or '?'}",
            scope=coding.code,
            location=scribe.at(observation),
        )
    )


def _indication(scribe: Scribe, act: "_Element") -> str | None:
    coded = child(act, "code")
    coding = scribe.coding(coded, "line.indication")
    said = scribe.original(child(act, "text"), "line.indication")
    if coded is not None:
        printed = scribe.original(child(coded, "originalText"), "line.indication")
        said = said or (printed if printed not in BLANKS else None)
    return said or (coding.display or coding.code if coding is not None else None)


def read_renewals(scribe: Scribe, entry: "_Element") -> int | None:
    """How often the line may be supplied again; `None` when not limited (nullFlavor NI)."""
    stated = child(entry, "repeatNumber")
    if stated is None:
        return None
    scribe.take(stated, "nullFlavor", "line.renewals")
    value = scribe.take(stated, "value", "line.renewals")
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return int(value[:9])
    scribe.doubt(
        FindingCode.ELEMENT_UNREAD,
        f"{scribe.at(stated)}/@value",
        "repeatNumber must be a whole number",
        value,
    )
    return None

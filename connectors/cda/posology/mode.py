"""The dosing mode of a line, and which of its relations are its steps.

Source: IHE PCC *Medications*, dosing modes; ANS eP-MED-DM, FR-Traitement-prescrit.
"""

from typing import TYPE_CHECKING

from connectors.cda.scribe import Scribe, children, templates_of
from connectors.cda.templates import STEP, Mode
from connectors.markup import local_name
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_WITH_STEPS = frozenset({Mode.TAPERED, Mode.SPLIT, Mode.CONDITIONAL, Mode.COMBINED})


def is_step(relation: "_Element", target: "_Element") -> bool:
    """Whether a relation holds a step: an administration that is a component of the line.

    Its template is not asked for: a step that forgets it must not be lost.
    """
    administers = local_name(target) == "substanceAdministration"
    return administers and (relation.get("typeCode") == "COMP" or STEP in templates_of(target))


def steps_of(entry: "_Element") -> "list[_Element]":
    """The `entryRelationship` of each subordinate entry, in the order of the document."""
    return [
        relation
        for relation in children(entry, "entryRelationship")
        if any(is_step(relation, target) for target in relation.iterchildren("*"))
    ]


def read_mode(scribe: Scribe, entry: "_Element", has_steps: bool) -> Mode | None:
    """The mode that the line declares; none, several, or one that its steps deny is a finding."""
    declared = [mode for mode in Mode if mode in templates_of(entry)]
    if len(declared) != 1:
        code = FindingCode.TIMING_CONTRADICTED if declared else FindingCode.STRUCTURE_INVALID
        code = FindingCode.TIMING_INVALID if has_steps and not declared else code
        scribe.doubt(code, scribe.at(entry), "a line must declare exactly one dosing mode")
        return declared[0] if declared else None
    if (declared[0] in _WITH_STEPS) is not has_steps:
        scribe.doubt(
            FindingCode.TIMING_INVALID,
            scribe.at(entry),
            "tapered, split, conditional and combined doses have steps, other modes none",
        )
    return declared[0]

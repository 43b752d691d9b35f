"""A place in a message as the FHIRPath that R4 asks for in an OperationOutcome.

Source: FHIR R4 OperationOutcome.issue.expression ("simple FHIRPath": names, indexes, resolved
choices by their stem); FHIRPath 2.0.0 §4.1.
"""

import re
from functools import cache

from connectors.fhir.form.shapes import shapes
from mappings.catalogue import table

_STEP = re.compile(r"_?([A-Za-z][A-Za-z0-9]{0,63})(?:\[x])?(\[\d+])?")


def expression_of(location: str) -> str | None:
    """The FHIRPath of this place, as far as it has one; `None` for a line, a byte, an XPath.

    What JSON has beside a value (`_status`) is the element itself, `deceasedBoolean` is
    `deceased`. A name that R4 could not have ends the path: its parent is the place then, and
    nothing that a sender wrote for a name is repeated.
    """
    steps: list[str] = []
    for step in location.split("."):
        match = _STEP.fullmatch(step)
        if match is None or (steps and not _is_known(match[1])):
            break
        steps.append(_stems().get(match[1], match[1]) + (match[2] or ""))
    return ".".join(steps) if steps and steps[0] in _roots() else None


@cache
def _stems() -> dict[str, str]:
    """`deceasedBoolean`: `deceased`."""
    members = (shape for elements in shapes().values() for shape in elements.values())
    return {shape.name: shape.choice for shape in members if shape.choice}


@cache
def _names() -> frozenset[str]:
    known = {name for elements in shapes().values() for name in elements}
    declared = {row.code.partition(".")[2] for row in table("fhir/elements")}
    return frozenset((*known, *_stems().values(), *declared, "resourceType", "parameter"))


def _is_known(name: str) -> bool:
    return name in _names()


@cache
def _roots() -> frozenset[str]:
    return frozenset((*(name for name in shapes() if name[0].isupper()), "Parameters"))

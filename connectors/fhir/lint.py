"""Strict conformance of FHIR bytes: the elements and codes of R4, the models of fhir.resources,
the invariants of Timing and of Bundles. Nothing here asks what a pharmacy could do with it.
"""

from collections.abc import Iterable, Iterator

from connectors.fhir.dosage.timing_rules import check_repeat
from connectors.fhir.form.conform import conform
from connectors.fhir.form.invariants import broken_invariants
from connectors.fhir.form.shapes import shapes_of
from connectors.fhir.form.tree import (
    Json,
    Object,
    Unreadable,
    encoding_doubt,
    is_object,
    is_xml,
    load,
)
from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.form.wire import model_errors
from connectors.trail import Trail
from schemas.finding import Finding, FindingCode


def lint(data: bytes) -> tuple[Finding, ...]:
    """Every breach, in the order of the checks, each at its FHIRPath. Raises: nothing."""
    try:
        root = load(data)
    except Unreadable as unreadable:
        return (unreadable.finding,)
    name = str(root["resourceType"])
    tree, own = conform(root, name, strict=True)
    loose = _loose(root, name) if is_xml(data) else ()
    said = _Said((*(finding.location for finding in own), *loose))
    models = (_model(place, kind) for place, kind in model_errors(tree) if said.lacks(place))
    rules = (
        Finding(code=FindingCode.STRUCTURE_INVALID, location=place, message=rule)
        for place, rule in broken_invariants(tree, name)
    )
    return (*encoding_doubt(data), *own, *models, *_timings(root, name), *rules)


def _loose(value: Json, location: str) -> Iterator[str]:
    """Resources of XML of a type that our table lacks: nothing says what is a list there."""
    if isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _loose(item, f"{location}[{rank}]")
    if not is_object(value):
        return
    kind = value.get("resourceType")
    if isinstance(kind, str) and shapes_of(kind) is None:
        yield location
        return
    for name, item in value.items():
        yield from _loose(item, f"{location}.{name}")


class _Said:
    """Places that have a finding, and the places around them."""

    def __init__(self, places: Iterable[str]) -> None:
        self._places = frozenset(places)
        self._around = frozenset(outer for place in self._places for outer in _outer(place))

    def lacks(self, place: str) -> bool:
        """Whether no finding of ours is at this place, inside it, or around it."""
        return place not in self._around and not any(
            outer in self._places for outer in _outer(place)
        )


def _outer(place: str) -> Iterator[str]:
    """The place, and every place around it."""
    yield place
    for rank, letter in enumerate(place):
        if letter in ".[":
            yield place[:rank]


def _model(place: str, kind: str) -> Finding:
    rule = f"the model of this resource refuses it ({kind})"
    return Finding(code=FindingCode.STRUCTURE_INVALID, location=place, message=rule)


def _timings(value: Json, location: str) -> Iterator[Finding]:
    """tim-1 to tim-10 of every Timing, wherever it stands."""
    if isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _timings(item, f"{location}[{rank}]")
    if not is_object(value):
        return
    for name, item in value.items():
        here = f"{location}.{name}"
        if name == "repeat" and is_object(item):
            yield from _repeat(item, here)
        yield from _timings(item, here)


def _repeat(repeat: Object, here: str) -> Iterator[Finding]:
    doubts = Doubts(Trail())
    check_repeat(Element(here, repeat, doubts))
    return (f for f in doubts.findings if f.code is FindingCode.TIMING_INVALID)

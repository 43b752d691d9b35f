"""Strict conformance of FHIR bytes: the elements and codes of R4, the models of fhir.resources,
the invariants of Timing and of Bundles. Nothing here asks what a pharmacy could do with it.
"""

from collections.abc import Iterator

from connectors.fhir.dosage.timing_rules import check_repeat
from connectors.fhir.form.conform import conform
from connectors.fhir.form.invariants import broken_invariants
from connectors.fhir.form.tree import Json, Object, Unreadable, is_object, load
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
    tree, own = conform(root, name)
    said = [finding.location for finding in own]
    models = (_model(place, kind) for place, kind in model_errors(tree) if _new(place, said))
    rules = (
        Finding(code=FindingCode.STRUCTURE_INVALID, location=place, message=rule)
        for place, rule in broken_invariants(tree, name)
    )
    return (*own, *models, *_timings(root, name), *rules)


def _new(place: str, said: list[str]) -> bool:
    """Whether no finding of ours is at this place, inside it, or around it."""
    return not any(place.startswith(one) or one.startswith(place) for one in said)


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

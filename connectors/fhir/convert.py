"""A reading of any format as FHIR R4 bytes, with the report of all that is not in them.

Pure: ids follow from the seed. The Bundle is read again before it leaves, and what does not come
back is told (`received/losses.py`).
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from connectors.fhir.form.tree import Json, Object, is_object
from connectors.fhir.form.wire import Form, payload, write_as_xml, write_json
from connectors.fhir.read import read
from connectors.fhir.writing.received.account import account
from connectors.fhir.writing.received.bundle import Placed, fitted, received_bundle
from connectors.fhir.writing.received.fit import Fit
from connectors.fhir.writing.received.losses import Written
from connectors.fhir.writing.received.outcome import with_outcome
from schemas.base import Value
from schemas.connector import Reading
from schemas.conversion import Conversion
from schemas.prescription import Line, Prescription
from schemas.site import Site

_OWN = frozenset(("MedicationRequest", "MedicationAdministration", "MedicationDispense"))
"""Resources of one line or one fact; those of the other types may be shared."""


def convert(reading: Reading, site: Site, seed: str, form: Form = write_json) -> Conversion:
    """The Bundle and its report. Raises: `Defect` when the bytes would not be FHIR R4."""
    said = fitted(reading, Fit(reading.format, site.name, ZoneInfo(site.zone)), seed)
    bundle, written = _read_again(said, seed, site)
    hidden = frozenset(_hidden(said, written))
    if hidden:
        bundle, written = _read_again(said, seed, site, hidden)
    report = account(reading, written, bundle)
    return Conversion(content=payload(with_outcome(bundle, report, seed), form), report=report)


def convert_xml(reading: Reading, site: Site, seed: str) -> Conversion:
    """The same as FHIR XML."""
    return convert(reading, site, seed, write_as_xml)


def _read_again(
    said: Reading, seed: str, site: Site, doubted: frozenset[str] = frozenset()
) -> tuple[Object, tuple[Written, ...]]:
    bundle, placed = received_bundle(said, seed, site, doubted)
    again = read(write_json(bundle), site)
    return bundle, tuple(_written(again, bundle, placed))


def _hidden(said: Reading, written: tuple[Written, ...]) -> Iterator[str]:
    """The places of the lines that something blocks, and that come back without any block.

    What R4 cannot say of a line (a condition in words, two timings that disagree) leaves a request
    that is in order by itself, and says another thing than its sender.
    """
    silent = {each.location for each in written if _blocks(each.given) and not _blocks(each.again)}
    for prescription in said.prescriptions:
        whole = _blocks(prescription) and prescription.location in silent
        for line in prescription.lines:
            if whole or (_blocks(line) and line.location in silent):
                yield line.location


def _blocks(said: Value | None) -> bool:
    """Whether a reader doubts the header or the line so that nothing may be planned from it."""
    if isinstance(said, Line):
        phases = (found for phase in said.posology.phases for found in phase.findings)
        return any(found.blocks for found in (*said.findings, *phases))
    return isinstance(said, Prescription) and any(found.blocks for found in said.findings)


def _written(again: Reading, bundle: Object, placed: list[Placed]) -> Iterator[Written]:
    """Each header, line and fact with what came back of it and the resources that say it."""
    listed = bundle.get("entry")
    entries = [e for e in listed if is_object(e)] if isinstance(listed, list) else []
    by_url = {str(e["fullUrl"]): (rank, e["resource"]) for rank, e in enumerate(entries)}
    shared = [r for _, r in by_url.values() if is_object(r) and r["resourceType"] not in _OWN]
    lines, headers = _by_place(again)
    for one in placed:
        own = [by_url[str(reference["reference"])] for reference in one.references]
        places = [f"Bundle.entry[{rank}].resource" for rank, _ in own]
        known = headers if isinstance(one.given, Prescription) else lines
        back = next((known[place] for place in places if place in known), None)
        resources: list[Json] = [*shared, *(resource for _, resource in own)]
        yield Written(one.given, back, one.location, [r for r in resources if is_object(r)])


def _by_place(again: Reading) -> tuple[dict[str, Value], dict[str, Value]]:
    """What was read again at each place, and the header of each line's prescription."""
    read_back: dict[str, Value] = {each.location: each for each in again.intakes}
    read_back |= {each.location: each for each in again.dispenses}
    headers: dict[str, Value] = {}
    for prescription in again.prescriptions:
        header = prescription.model_copy(update={"lines": ()})
        for line in prescription.lines:
            read_back[line.location] = line
            headers[line.location] = header
    return read_back, headers

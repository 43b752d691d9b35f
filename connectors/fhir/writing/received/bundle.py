"""A whole reading as one FHIR R4 collection: everybody and everything that the message names."""

import re
import uuid
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connectors.fhir.form.tree import Object
from connectors.fhir.form.wire import clean
from connectors.fhir.writing.outgoing import URI_SYSTEM, Entries
from connectors.fhir.writing.people import is_reference, write_identifier
from connectors.fhir.writing.received.facts import add_dispense, add_intake, add_movement
from connectors.fhir.writing.received.fit import Fit
from connectors.fhir.writing.received.groups import add_group, add_header
from connectors.fhir.writing.received.line import Shared, add_line
from connectors.fhir.writing.received.people import (
    beside,
    encounter_of,
    requester_of,
    subject_of,
)
from connectors.fhir.writing.received.units import Units
from schemas.base import Value
from schemas.connector import Reading
from schemas.people import Identifier
from schemas.prescription import Line, Prescription
from schemas.site import Site

MESSAGE_SYSTEM = "urn:semainier:message"


_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class Placed(NamedTuple):
    """A header, a line or a fact, and the resources that are its own, by their references."""

    given: Value
    location: str
    references: tuple[Object, ...] = ()


def fitted(reading: Reading, fit: Fit, seed: str) -> Reading:
    """The reading in the words of R4, with a group for every prescription that needs one."""
    said = [fit.prescription(each) for each in reading.prescriptions]
    if reading.format != "fhir":
        ranked = enumerate(said)
        said = [_grouped(each, seed, rank, always=fit.is_pn13) for rank, each in ranked]
    return reading.model_copy(
        update={
            "prescriptions": tuple(said),
            "intakes": tuple(fit.intake(each) for each in reading.intakes),
            "dispenses": tuple(fit.dispense(each) for each in reading.dispenses),
        }
    )


def _grouped(given: Prescription, seed: str, rank: int, *, always: bool) -> Prescription:
    """With the number of the prescription as its group, else with one that we assign.

    The ConceptMap from PN13 asks for one always; elsewhere only several lines need it.
    """
    group = given.chain.group or next(iter(given.identifiers), None)
    if group is None and (always or len(given.lines) > 1):
        group = Identifier(value=f"urn:uuid:{_name(seed, f'group {rank}')}", authority=URI_SYSTEM)
    return given.model_copy(update={"chain": given.chain.model_copy(update={"group": group})})


def received_bundle(
    reading: Reading, seed: str, site: Site, doubted: frozenset[str] = frozenset()
) -> tuple[Object, list[Placed]]:
    """The Bundle, and what each of its resources says. Raises: nothing.

    `doubted` are the places of lines that must not be taken for orders in force.
    """
    out = Entries(seed)
    placed: list[Placed] = []
    for rank, prescription in enumerate(reading.prescriptions):
        shared_by = Units(reading.format, site.name)
        here = _Here(ZoneInfo(site.zone), shared_by, doubted)
        placed += _add_prescription(out, prescription, rank, here)
    for rank, intake in enumerate(reading.intakes):
        made = add_intake(out, intake, f"{rank}", site.name)
        placed.append(Placed(intake, intake.location, (made,)))
    for rank, dispense in enumerate(reading.dispenses):
        made = add_dispense(out, dispense, f"{rank}")
        placed.append(Placed(dispense, dispense.location, (made,)))
    for notice in reading.notices:
        if notice.patient is not None:
            subject_of(out, notice.patient)
        placed.append(Placed(notice, notice.location))
    for rank, movement in enumerate(reading.movements):
        add_movement(out, movement, f"{rank}")
        placed.append(Placed(movement, movement.location))
    number = reading.control_id
    bundle = clean(
        {
            "resourceType": "Bundle",
            "id": _name(seed, "Bundle"),
            "identifier": {"system": MESSAGE_SYSTEM, "value": number} if number else None,
            "type": "collection",
            "entry": out.listed(),
        }
    )
    return bundle, placed


def _name(seed: str, key: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:semainier:{seed}:{key}"))


class _Here(NamedTuple):
    """What one prescription is written with."""

    zone: ZoneInfo
    units: Units
    doubted: frozenset[str]


def _add_prescription(
    out: Entries, prescription: Prescription, rank: int, here: _Here
) -> list[Placed]:
    subject = subject_of(out, prescription.patient)
    stay, written = prescription.stay, prescription.authored_at
    employer = prescription.establishment
    if stay is not None and stay.establishment == employer:
        employer = None
    version = prescription.chain.version if len(prescription.lines) == 1 else None
    members: Object = {
        "meta": {"versionId": version} if version and _ID.fullmatch(version) else None,
        "subject": subject,
        "encounter": encounter_of(out, stay, subject),
        "authoredOn": written.isoformat() if written else None,
        "requester": requester_of(out, prescription.prescriber, employer),
        "groupIdentifier": _group_of(prescription),
    }
    supporting = tuple(beside(out, prescription, subject))
    shared = Shared(members, supporting, *here)
    requests = [
        add_line(out, line, f"{rank} {number}", shared)
        for number, line in enumerate(prescription.lines)
    ]
    if requests:
        add_group(out, prescription, requests, members)
    else:
        requests.append(add_header(out, prescription, members, f"{rank}"))
    header = prescription.model_copy(update={"lines": ()})
    lines = zip(prescription.lines, requests, strict=False)
    return [
        Placed(header, prescription.location, tuple(requests)),
        *(Placed(line, line.location, (request,)) for line, request in lines),
    ]


def _group_of(prescription: Prescription) -> Object | None:
    """The group as sent. A line alone may be its own: then its own name says so."""
    group, lines = prescription.chain.group, prescription.lines
    if group is None or _is_own(group, lines):
        return None
    return write_identifier(group)


def _is_own(group: Identifier, lines: tuple[Line, ...]) -> bool:
    return len(lines) == 1 and (is_reference(group) or group in lines[0].identifiers)

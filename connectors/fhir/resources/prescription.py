"""Lines gathered into prescriptions: one group, one patient, one prescriber."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.concepts import read_identifier
from connectors.fhir.resources.dates import read_when
from connectors.fhir.resources.groups import Said, read_groups
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.people import read_patient, reference_identifiers
from connectors.fhir.resources.professionals import read_practitioner
from connectors.fhir.resources.request import read_line
from connectors.fhir.resources.resource import Resource
from connectors.fhir.resources.stay import read_stay
from schemas.base import DateOrInstant, is_day
from schemas.finding import FindingCode
from schemas.people import Organization, Stay
from schemas.prescription import Chain, Line, Prescription
from schemas.site import Site


@dataclass(frozen=True, slots=True)
class _Key:
    """What the lines of one prescription share. Without a group, a line stands by itself."""

    group: str
    patient: str
    prescriber: str


def read_prescriptions(package: Package, site: Site) -> tuple[Prescription, ...]:
    """Every prescription of the message, in the order of its first line."""
    grouped: dict[_Key, list[Resource]] = {}
    for request in package.of_kind("MedicationRequest"):
        if request.acted_on:
            grouped.setdefault(_key(request, package, site), []).append(request)
    said = read_groups(package)
    split = _groups_split(list(grouped))
    return tuple(
        _prescription(requests, package, site, said, split.get(key))
        for key, requests in grouped.items()
    )


def _key(request: Resource, package: Package, site: Site) -> _Key:
    element = request.element
    group = read_identifier(element.child("groupIdentifier"), site, "chain.group")
    return _Key(
        group=f"{group.authority}|{group.value}" if group else element.at,
        patient=_target(element.child("subject"), request, package, site),
        prescriber=_target(element.child("requester"), request, package, site),
    )


def _target(reference: Element | None, within: Resource, package: Package, site: Site) -> str:
    """One name for what a reference leads to, however it points at it."""
    if reference is None:
        return ""
    found = package.resolve(reference, within, "patient")
    if found is not None and ".contained" not in found.element.at:
        return found.element.at
    if found is not None:
        identifier = next(iter(found.element.children("identifier")), None)
        return str(sorted(map(str, identifier.members.items()))) if identifier else found.element.at
    named = reference_identifiers(reference, site, "patient.identifiers")
    return "|".join(f"{name.authority}^{name.value}" for name in named)


def _groups_split(keys: Sequence[_Key]) -> dict[_Key, FindingCode]:
    """Groups whose lines name two patients, or one patient and two prescribers."""
    patients: dict[str, set[str]] = {}
    prescribers: dict[str, set[str]] = {}
    for key in keys:
        patients.setdefault(key.group, set()).add(key.patient)
        prescribers.setdefault(key.group, set()).add(key.prescriber)
    split: dict[_Key, FindingCode] = {}
    for key in keys:
        if len(patients[key.group]) > 1:
            split[key] = FindingCode.PATIENT_CONTRADICTED
        elif len(prescribers[key.group]) > 1:
            split[key] = FindingCode.PRESCRIBER_CONTRADICTED
    return split


def _prescription(
    requests: list[Resource],
    package: Package,
    site: Site,
    said: dict[str, Said],
    contradicted: FindingCode | None,
) -> Prescription:
    first = requests[0]
    doubts = Doubts(package.trail)
    if contradicted is not None:
        rule = "lines of one group must name one patient and one prescriber"
        doubts.say(contradicted, first.element.path("groupIdentifier"), rule)
    element = first.element
    patient = read_patient(element.child("subject"), first, package, site, doubts)
    requester = element.child("requester")
    prescriber, employer = read_practitioner(requester, first, package, site, doubts)
    stay = read_stay(first, package, site, doubts)
    authored = _authored(requests, site, doubts)
    lines = tuple(_line(request, package, site, said) for request in requests)
    chain = _chain(first, lines, site)
    return Prescription(
        location=element.at,
        identifiers=(chain.group,) if chain.group else (),
        chain=chain,
        patient=patient,
        stay=stay,
        prescriber=prescriber,
        establishment=_establishment(employer, stay),
        authored_at=authored,
        lines=lines,
        findings=tuple(dict.fromkeys(doubts.findings)),
    )


def _establishment(employer: Organization | None, stay: Stay | None) -> Organization | None:
    return employer or (stay.establishment if stay else None)


def _line(request: Resource, package: Package, site: Site, said: dict[str, Said]) -> Line:
    line = read_line(request, package, site)
    group = said.get(request.element.at)
    if group is None:
        return line
    return line.model_copy(
        update={
            "links": (*line.links, *group.links),
            "notes": (*line.notes, *group.notes),
            "findings": tuple(dict.fromkeys((*line.findings, *group.findings))),
        }
    )


def _authored(requests: list[Resource], site: Site, doubts: Doubts) -> DateOrInstant | None:
    """When it was written: the first line's word, if every line was written on the same day.

    Lines of different days leave it open: a start must not be taken from another line.
    """
    stated = [read_when(r.element, "authoredOn", "authored_at") for r in requests]
    written = [when for when in stated if when is not None]
    days = {_day(when, site) for when in written}
    if len(days) > 1:
        rule = "lines of one prescription are written on different days: none is used"
        doubts.say(FindingCode.ELEMENT_UNREAD, requests[-1].element.path("authoredOn"), rule)
        return None
    return written[0] if written and len(written) == len(stated) else None


def _day(when: DateOrInstant, site: Site) -> str:
    if is_day(when) or not isinstance(when, datetime):
        return when.isoformat()
    return when.astimezone(ZoneInfo(site.zone)).date().isoformat()


def _chain(first: Resource, lines: tuple[Line, ...], site: Site) -> Chain:
    """The group as sent; a line by itself is its own group, by the name that it keeps."""
    stated = read_identifier(first.element.child("groupIdentifier"), site, "chain.group")
    stable = (i for i in lines[0].identifiers if not i.value.startswith("urn:uuid:"))
    meta = first.element.child("meta")
    prior = first.element.child("priorPrescription")
    return Chain(
        group=stated or next(stable, None),
        version=meta.text("versionId", "chain.version") if meta and len(lines) == 1 else None,
        replaces=reference_identifiers(prior, site, "chain.replaces"),
    )

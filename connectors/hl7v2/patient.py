"""Who and where: PID and MRG give the patient, PV1 the stay. Source: HL7 v2.5.1 §3.4, PAM.fr."""

import re
from datetime import date, datetime

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.parties import kind_of
from connectors.hl7v2.source import Source
from mappings.authorities import identifier
from schemas.finding import FindingCode
from schemas.people import (
    Identifier,
    IdentifierKind,
    IdentityStatus,
    Organization,
    Patient,
    Sex,
    Stay,
)

_BIRTH_NAMES = ("L", "B", "M", None)
"""Types of XPN-7 that give the name of birth, best first. Table 0200; PAM.fr: L is that name."""

_USED_NAMES = ("D",)


def read_patient(source: Source) -> Patient | None:
    """The patient of the message: its first PID; a second one that differs is a finding."""
    segments = source.message.all("PID")
    if not segments:
        return None
    patient = patient_of(source, segments[0])
    for other in segments[1:]:
        if other.raw(3) != segments[0].raw(3):
            source.doubt(
                FindingCode.PATIENT_CONTRADICTED,
                other.where(3),
                "PID-3 differs from that of the first PID",
                other.raw(3),
            )
    return patient


def patient_of(source: Source, pid: Segment) -> Patient:
    """The patient of one PID, with every identifier and its authority."""
    identifiers = identifiers_of(source, pid, 3, "patient.identifiers")
    _check_one_each(source, pid, identifiers)
    birth, used = _names(source, pid, 5)
    return Patient(
        identifiers=identifiers,
        identity_status=_status(source, pid),
        birth_name=birth[0],
        used_name=used[0],
        given_names=birth[1] or used[1],
        birth_date=_birth_date(source, pid),
        birth_place=_birth_place(source, pid),
        sex=_sex(source, pid),
        location=pid.place,
    )


def merged_patient(source: Source, mrg: Segment) -> Patient:
    """The patient that a merge makes disappear, from MRG-1 and MRG-7."""
    birth, used = _names(source, mrg, 7)
    return Patient(
        identifiers=identifiers_of(source, mrg, 1, "merged.identifiers"),
        birth_name=birth[0],
        used_name=used[0],
        given_names=birth[1] or used[1],
        location=mrg.place,
    )


def identifiers_of(
    source: Source, segment: Segment, field: int, gives: str
) -> tuple[Identifier, ...]:
    """Every CX of a field. An authority that is known says the kind, else CX-5 does."""
    found = []
    for repetition in segment.repetitions(field):
        value = source.text(segment, field, gives, 1, repetition)
        name, oid, _ = (
            source.text(segment, field, gives, 4, repetition, part) for part in (1, 2, 3)
        )
        kind = kind_of(source, source.text(segment, field, gives, 5, repetition))
        if value is not None:
            found.append(identifier(value, oid or name, source.site.name, kind))
    return tuple(found)


def _check_one_each(source: Source, pid: Segment, found: tuple[Identifier, ...]) -> None:
    """Two national identities of one kind, or two numbers of one authority, are two patients."""
    seen: dict[tuple[IdentifierKind, str | None], str] = {}
    for one in found:
        key = (one.kind, one.authority)
        if one.kind is IdentifierKind.OTHER:
            continue
        if seen.setdefault(key, one.value) != one.value:
            source.doubt(
                FindingCode.PATIENT_CONTRADICTED,
                pid.where(3).removesuffix(".1"),
                "PID-3 gives two identifiers of one type and one authority",
                one.value,
            )


_Name = tuple[str | None, tuple[str, ...]]


def _names(source: Source, segment: Segment, field: int) -> tuple[_Name, _Name]:
    """(family, given names) of birth, and as used; XPN-3 repeats the first given name in PAM.fr."""
    by_type: dict[str | None, int] = {}
    for repetition in segment.repetitions(field):
        by_type.setdefault(segment.value(field, 7, repetition), repetition)
    birth = next((by_type[kind] for kind in _BIRTH_NAMES if kind in by_type), None)
    used = next((by_type[kind] for kind in _USED_NAMES if kind in by_type), None)
    return _name(source, segment, field, birth, "birth_name"), _name(
        source, segment, field, used, "used_name"
    )


def _name(
    source: Source, segment: Segment, field: int, repetition: int | None, gives: str
) -> _Name:
    if repetition is None:
        return None, ()
    family = source.text(segment, field, f"patient.{gives}", 1, repetition)
    first = source.text(segment, field, "patient.given_names", 2, repetition)
    further = source.text(segment, field, "patient.given_names", 3, repetition) or ""
    source.text(segment, field, f"patient.{gives}", 7, repetition)
    others = [name for name in re.split(r"[ ,]+", further) if name and name != first]
    return family, (*((first,) if first else ()), *others)


def _birth_date(source: Source, pid: Segment) -> date | None:
    read = source.timestamp(pid, 7, "patient.birth_date")
    if isinstance(read, datetime):
        # The wall date as sent: a change of zone must not move a birthday.
        text = pid.value(7) or ""
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    return read


def _birth_place(source: Source, pid: Segment) -> str | None:
    """XAD-9 of the address of type BDL: the INSEE code of the commune of birth."""
    for repetition in pid.repetitions(11):
        if pid.value(11, 7, repetition) == "BDL":
            source.text(pid, 11, "patient.birth_place", 7, repetition)
            return source.text(pid, 11, "patient.birth_place", 9, repetition)
    return None


def _sex(source: Source, pid: Segment) -> Sex | None:
    said = source.text(pid, 8, "patient.sex")
    if said is None:
        return None
    known = source.table("sexes").target_of(said)
    if known is None:
        source.doubt(
            FindingCode.STRUCTURE_INVALID, pid.where(8), "PID-8 is not in table 0001", said
        )
        return None
    return Sex(known)


def _status(source: Source, pid: Segment) -> IdentityStatus | None:
    """The status of PID-32. Beside `VALI`, a status that takes away certainty wins."""
    statuses = []
    for repetition in pid.repetitions(32):
        said = source.text(pid, 32, "patient.identity_status", 1, repetition)
        known = source.table("identity_statuses").target_of(said) if said else None
        if said and known is None:
            source.doubt(
                FindingCode.STRUCTURE_INVALID,
                pid.where(32, 1, repetition),
                "PID-32 is not in table 0445",
                said,
            )
        elif known is not None:
            statuses.append(IdentityStatus(known))
    uncertain = [status for status in statuses if status is not IdentityStatus.VALIDATED]
    return next(iter(uncertain or statuses), None)


def read_stay(source: Source, pv1: Segment | None) -> Stay | None:
    """Where the patient is, from PV1-3 and PV1-19."""
    if pv1 is None:
        return None
    visits = identifiers_of(source, pv1, 19, "stay.visit")
    unit, room, bed = (source.text(pv1, 3, f"stay.{name}", at) for at, name in _PLACES)
    name, number = (source.text(pv1, 3, "stay.establishment", 4, 1, part) for part in (1, 2))
    if not (visits or unit or room or bed or name or number):
        return None
    return Stay(
        visit=visits[0] if visits else None,
        establishment=_establishment(source, pv1, name, number),
        unit=unit,
        room=room,
        bed=bed,
    )


_PLACES = ((1, "unit"), (2, "room"), (3, "bed"))


def _establishment(
    source: Source, pv1: Segment, name: str | None, number: str | None
) -> Organization | None:
    if name is None and number is None:
        return None
    found = (identifier(number, name, source.site.name),) if number else ()
    return Organization(identifiers=found, name=name, location=pv1.where(3, 4))

"""ADT messages as movements. Sources: HL7 v2.5.1 §3.3 (events), IHE PAM.fr 2.11 (ZBE)."""

from collections.abc import Iterator
from datetime import datetime

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.patient import merged_patient, patient_of, read_patient, read_stay
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.movement import Movement, MovementKind
from schemas.people import Patient

_OCCURRED = {
    MovementKind.ADMIT: (("ZBE", 2), ("PV1", 44), ("EVN", 6), ("EVN", 2)),
    MovementKind.DISCHARGE: (("ZBE", 2), ("PV1", 45), ("EVN", 6), ("EVN", 2)),
}
_OTHERWISE = (("ZBE", 2), ("EVN", 6), ("EVN", 2))
"""Where the time of the event stands, best first; EVN-2 is when it was recorded."""

_CANCEL = "CANCEL"


def read_movements(source: Source, event: str) -> tuple[Movement, ...]:
    """The movement of one ADT message; a merge gives one for each pair of PID and MRG."""
    kind = MovementKind(source.table("movements").rows[event].target)
    if kind is MovementKind.MERGE:
        return tuple(_merges(source))
    patient = read_patient(source)
    if patient is None:
        source.doubt(FindingCode.PATIENT_MISSING, source.message.header.place, "PID is missing")
        return ()
    own = source.fork()
    _check_cancelled(own)
    pv1 = source.message.first("PV1")
    return (
        Movement(
            location=pv1.place if pv1 else patient.location,
            kind=kind,
            patient=patient,
            stay=read_stay(own, pv1),
            occurred_at=_occurred(own, kind),
            findings=tuple(own.doubts),
        ),
    )


def _merges(source: Source) -> Iterator[Movement]:
    occurred = _occurred(source, MovementKind.MERGE)
    for pid, mrg in _pairs(source.message.segments):
        own = source.fork()
        merged: Patient | None = None
        if mrg is None:
            own.doubt(FindingCode.ELEMENT_MISSING, pid.place, "a merge must hold MRG after PID")
        else:
            merged = merged_patient(own, mrg)
            if not merged.identifiers:
                rule = "MRG-1 must name the patient that disappears"
                own.doubt(FindingCode.ELEMENT_MISSING, mrg.where(1), rule)
        patient = patient_of(own, pid)
        yield Movement(
            location=pid.place,
            kind=MovementKind.MERGE,
            patient=patient,
            merged=merged,
            occurred_at=occurred,
            findings=tuple(own.doubts),
        )


def _pairs(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, Segment | None]]:
    """Each PID with the MRG that follows before the next PID."""
    pid: Segment | None = None
    mrg: Segment | None = None
    for segment in segments:
        if segment.name == "PID":
            if pid is not None:
                yield pid, mrg
            pid, mrg = segment, None
        elif segment.name == "MRG":
            mrg = mrg or segment
    if pid is not None:
        yield pid, mrg


def _check_cancelled(source: Source) -> None:
    zbe = source.message.first("ZBE")
    action = source.text(zbe, 4, "movement.kind") if zbe else None
    if zbe is not None and action == _CANCEL:
        rule = "ZBE-4 cancels the movement"
        source.doubt(FindingCode.STATUS_NOT_ACTIVE, zbe.where(4), rule, action)


def _occurred(source: Source, kind: MovementKind) -> datetime | None:
    for name, field in _OCCURRED.get(kind, _OTHERWISE):
        segment = source.message.first(name)
        if segment is not None and segment.value(field):
            return source.instant(segment, field, "movement.occurred_at")
    return None

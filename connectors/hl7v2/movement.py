"""ADT messages as movements. Sources: HL7 v2.5.1 §3.3 (events), IHE PAM.fr 2.11 (ZBE)."""

from collections.abc import Iterator
from datetime import datetime

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.parties import entity_of
from connectors.hl7v2.patient import merged_patient, patient_of, read_patient, read_stay
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.movement import Movement, MovementAction, MovementKind
from schemas.people import Identifier, Patient

_OCCURRED = {
    MovementKind.ADMIT: (("ZBE", 2), ("PV1", 44), ("EVN", 6), ("EVN", 2)),
    MovementKind.DISCHARGE: (("ZBE", 2), ("PV1", 45), ("EVN", 6), ("EVN", 2)),
}
_OTHERWISE = (("ZBE", 2), ("EVN", 6), ("EVN", 2))
"""Where the time of the event stands, best first; EVN-2 is when it was recorded."""
_OF_TWO = (MovementKind.MERGE, MovementKind.MOVE, MovementKind.RENUMBER)
"""Events whose message names another patient, or another number of one, in MRG."""
_UPDATED = "Z99"
"""PAM.fr: a movement is changed; ZBE-6 says which event it was."""


def read_movements(source: Source, event: str) -> tuple[Movement, ...]:
    """The movement of one ADT message; a merge gives one for each pair of PID and MRG.

    Nothing is given where the event, or the one that is changed, is none of `hl7v2/movements`.
    """
    kind = _kind(source, event)
    if kind is None:
        return ()
    if kind in _OF_TWO:
        return tuple(_of_two(source, kind))
    patient = read_patient(source)
    if patient is None:
        source.doubt(FindingCode.PATIENT_MISSING, source.message.header.place, "PID is missing")
        return ()
    own = source.fork()
    pv1, pv2 = (own.message.first(name) for name in ("PV1", "PV2"))
    back = pv2 is not None and kind is MovementKind.LEAVE and pv2.value(47)
    return (
        Movement(
            location=pv1.place if pv1 else patient.location,
            kind=kind,
            action=_action(own, event),
            identifiers=_identifiers(own),
            patient=patient,
            stay=read_stay(own, pv1),
            occurred_at=_occurred(own, kind),
            returns_at=own.instant(pv2, 47, "movement.returns_at") if pv2 and back else None,
            findings=tuple(own.doubts),
        ),
    )


def _kind(source: Source, event: str) -> MovementKind | None:
    """What the event is; `Z99` is the event that ZBE-6 names."""
    zbe = source.message.first("ZBE")
    said = event
    if event == _UPDATED:
        said = (source.text(zbe, 6, "movement.kind") if zbe else None) or ""
    known = source.table("movements").target_of(said)
    if known is not None:
        return MovementKind(known)
    place = zbe.where(6) if zbe else source.message.header.where(9, 2)
    rule = "ZBE-6 must name the event of the movement that is changed"
    source.doubt(FindingCode.ELEMENT_MISSING, place, rule, said or None)
    return None


def _action(source: Source, event: str) -> MovementAction:
    """What is done with the movement: what the event says, else ZBE-4, else it is new."""
    table, zbe = source.table("movement_actions"), source.message.first("ZBE")
    said = source.text(zbe, 4, "movement.action") if zbe else None
    stated = table.target_of(said) if said else None
    if zbe is not None and said and stated is None:
        rule = "ZBE-4 must be INSERT, UPDATE or CANCEL"
        source.doubt(FindingCode.CODE_INVALID, zbe.where(4), rule, said)
    meant = table.target_of(event)
    if stated == MovementAction.CANCEL and meant == MovementAction.PLAN:
        return MovementAction.CANCEL_PLAN
    return MovementAction(meant or stated or MovementAction.INSERT)


def _identifiers(source: Source) -> tuple[Identifier, ...]:
    zbe = source.message.first("ZBE")
    found = entity_of(source, zbe, 1, "movement.identifiers") if zbe else None
    return (found,) if found is not None else ()


def _of_two(source: Source, kind: MovementKind) -> Iterator[Movement]:
    occurred = _occurred(source, kind)
    for pid, mrg in _pairs(source.message.segments):
        own = source.fork()
        merged: Patient | None = None
        if mrg is None:
            own.doubt(FindingCode.ELEMENT_MISSING, pid.place, "the event must hold MRG after PID")
        else:
            merged = merged_patient(own, mrg)
            if not merged.identifiers:
                rule = "MRG-1 must name the patient, or the number, that was before"
                own.doubt(FindingCode.ELEMENT_MISSING, mrg.where(1), rule)
        patient = patient_of(own, pid)
        yield Movement(
            location=pid.place,
            kind=kind,
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


def _occurred(source: Source, kind: MovementKind) -> datetime | None:
    for name, field in _OCCURRED.get(kind, _OTHERWISE):
        segment = source.message.first(name)
        if segment is not None and segment.value(field):
            return source.instant(segment, field, "movement.occurred_at")
    return None

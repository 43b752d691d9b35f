"""The orders of one message as prescriptions: those of one placer group belong together.

Source: HL7 v2.5.1 §4.5.1.4 (ORC-4), §4.5.1.12 (ORC-12), table 0119 (RP, RO).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.content import Content, read_content
from connectors.hl7v2.orders.control import is_notice, needs_no_detail
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.notes import notes_of
from connectors.hl7v2.orders.notices import notices_of
from connectors.hl7v2.orders.order import line_of
from connectors.hl7v2.orders.vendor import vendor_group, with_vendor_fields
from connectors.hl7v2.parties import entity_of, kind_of, person_of
from connectors.hl7v2.patient import read_patient, read_stay
from connectors.hl7v2.source import Source
from connectors.hl7v2.unread import unread_findings
from mappings.authorities import identifier
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.notice import Notice
from schemas.people import Identifier, Organization, Patient, Practitioner, Stay
from schemas.prescription import Chain, Line, Note, Prescription

_GIVEN_UP = ("RP", "RU")
_REPLACEMENT = "RO"


@dataclass(frozen=True, slots=True)
class _People:
    patient: Patient | None
    stay: Stay | None
    notes: tuple[Note, ...]


def read_orders(source: Source, *, encoded: bool) -> tuple[Prescription | Notice, ...]:
    """One prescription for each placer group, else for each order number; and the notices.

    A group of segments that holds neither RXO nor RXE, and does not end or hold an order, is
    a finding of the message and no line. An order that is only spoken of is a notice; one with
    a detail is shown as a line too, for nobody knows here whether that order is known.
    """
    content = read_content(source)
    listed = [group for group in content.groups if _is_order(source, group)]
    spoken_of = any(is_notice(source, group) for group in content.groups)
    if not listed and not spoken_of:
        return ()
    people = _people(source, content)
    notices = tuple(notices_of(source, content, people.patient))
    found: dict[tuple[str | None, str], list[tuple[Group, Line]]] = {}
    for group, replaced in zip(listed, _given_up(listed), strict=True):
        line = line_of(source.fork(), group, encoded=encoded, replaces=replaced)
        line = with_vendor_fields(source.fork(), group, line)
        found.setdefault(_key(source, group), []).append((group, line))
    placed = [_prescription(source.fork(), people, members) for members in found.values()]
    return (*placed, *notices)


def _is_order(source: Source, group: Group) -> bool:
    if group.orc is None:
        rule = "an order must start with ORC"
        source.doubt(FindingCode.ELEMENT_MISSING, group.first.place, rule)
    if group.one("RXE") or group.one("RXO"):
        if group.shared:
            rule = "one ORC is followed by several orders; each is read with this ORC"
            source.doubt(FindingCode.STRUCTURE_INVALID, group.first.place, rule)
        return True
    other = next((one for one in group.segments if one.name in {"OBR", "ODS", "ODT"}), None)
    if other is not None:
        rule = f"an order with {other.name} is no medication order"
        source.doubt(FindingCode.MESSAGE_UNSUPPORTED, other.place, rule)
        return False
    if needs_no_detail(source, group):
        return True
    if is_notice(source, group):
        return False
    rule = "an order must hold RXO or RXE"
    source.doubt(FindingCode.ELEMENT_MISSING, group.first.place, rule)
    return False


def _people(source: Source, content: Content) -> _People:
    """The patient and the stay, once for the message; their doubts are the message's."""
    _check_alive(source)
    stay = read_stay(source, source.message.first("PV1"))
    return _People(read_patient(source), stay, tuple(notes_of(source, content.notes)))


def _check_alive(source: Source) -> None:
    """PID-29 and PID-30: nothing is prepared unasked for somebody who is stated as dead."""
    pid = source.message.first("PID")
    if pid is None or pid.value(30) == "N":
        return
    for field in (30, 29):
        said = source.text(pid, field, "patient")
        if said is not None:
            rule = "the patient is stated as deceased"
            source.doubt(FindingCode.STATUS_NOT_ACTIVE, pid.where(field), rule, said)
            return


def _given_up(listed: Sequence[Group]) -> Iterator[tuple[str, ...]]:
    """For each order, the orders that it replaces: RP or RU come before their RO."""
    pending: list[str] = []
    closed = False
    for group in listed:
        control = group.orc.value(1) if group.orc else None
        if control in _GIVEN_UP and group.orc is not None:
            pending = [] if closed else pending
            pending.append(group.orc.value(2) or group.orc.value(3) or group.orc.place)
            closed = False
        elif control == _REPLACEMENT:
            closed = True
        yield tuple(pending) if control == _REPLACEMENT else ()


def _key(source: Source, group: Group) -> tuple[str | None, str]:
    """What holds orders together: ORC-4, else a field of the sender's, ORC-2, ORC-3, the place."""
    own = vendor_group(source, group)
    if own is not None and not (group.orc and group.orc.value(4)):
        return "Z", own.value
    for field in (4, 2, 3):
        if group.orc is not None and group.orc.value(field):
            return f"ORC-{field}", group.orc.raw(field)
    return None, group.first.place


def _prescription(
    source: Source, people: _People, members: Sequence[tuple[Group, Line]]
) -> Prescription:
    orders = [group for group, _ in members]
    lines = tuple(line for _, line in members)
    first = orders[0]
    _check_identifiers(source, lines)
    prescriber = _prescriber(source, orders)
    authored = _authored(source, orders)
    chain = Chain(group=_group(source, first))
    establishment = _establishment(source, first.orc)
    lines = tuple(_with_unread(source, group, line) for group, line in members)
    return Prescription(
        location=first.first.place,
        identifiers=_identifiers(source, first),
        chain=chain,
        patient=people.patient,
        stay=people.stay,
        prescriber=prescriber,
        establishment=establishment,
        authored_at=authored,
        lines=lines,
        notes=people.notes,
        findings=tuple(source.doubts),
    )


def _with_unread(source: Source, group: Group, line: Line) -> Line:
    """The line with a finding for what nothing of the whole reading used."""
    _group(source, group)
    unread = tuple(unread_findings(source, group))
    return line.model_copy(update={"findings": (*line.findings, *unread)}) if unread else line


def _identifiers(source: Source, group: Group) -> tuple[Identifier, ...]:
    one = _group(source, group)
    return (one,) if one is not None else ()


def _group(source: Source, group: Group) -> Identifier | None:
    """The number that stays the same over versions and lines."""
    own = vendor_group(source, group)
    if own is not None and not (group.orc and group.orc.value(4)):
        return own
    for field in (4, 2, 3):
        if group.orc is not None and group.orc.value(field):
            return entity_of(source, group.orc, field, "prescription.chain.group")
    return None


def _check_identifiers(source: Source, lines: Sequence[Line]) -> None:
    for line in lines:
        if not line.identifiers:
            rule = "an order must have a placer or a filler number"
            source.doubt(FindingCode.ELEMENT_MISSING, f"{line.location}-2", rule)


def _prescriber(source: Source, orders: Sequence[Group]) -> Practitioner | None:
    """ORC-12 of the first order; another prescriber in a further order is a finding."""
    found: Practitioner | None = None
    for group in orders:
        if group.orc is None or not group.orc.raw(12):
            continue
        one = person_of(source, group.orc, 12, "prescription.prescriber")
        if found is None:
            found = one
        elif one is not None and not _same_person(found, one):
            rule = "ORC-12 names another prescriber than the first order"
            source.doubt(FindingCode.PRESCRIBER_CONTRADICTED, group.orc.where(12), rule)
    return found


def _same_person(first: Practitioner, other: Practitioner) -> bool:
    if first.identifiers and other.identifiers:
        return first.identifiers[0].value == other.identifiers[0].value
    return (first.family_name, first.given_name) == (other.family_name, other.given_name)


def _authored(source: Source, orders: Sequence[Group]) -> DateOrInstant | None:
    """When the order was written: RXE-32 if it is stated, else ORC-9 of the first order."""
    for group in orders:
        rxe = group.one("RXE")
        original = source.timestamp(rxe, 32, "prescription.authored_at") if rxe else None
        if original is not None:
            return original
    first = orders[0].orc
    return source.timestamp(first, 9, "prescription.authored_at") if first else None


def _establishment(source: Source, orc: Segment | None) -> Organization | None:
    """ORC-21, the facility that orders: name, number (XON-10, else XON-3), authority."""
    if orc is None:
        return None
    gives = "prescription.establishment"
    places = [(1, 1), (10, 1), (3, 1), (6, 1), (6, 2), (7, 1)]
    name, new, old, authority, oid, code = source.parts(orc, 21, gives, places, needed=3)
    number, kind = new or old, kind_of(source, code)
    if name is None and number is None:
        return None
    found = (identifier(number, oid or authority, source.site.name, kind),) if number else ()
    return Organization(identifiers=found, name=name, location=orc.where(21))

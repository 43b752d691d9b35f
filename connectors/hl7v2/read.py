"""Reads HL7 v2: bytes of one message, of several together, or of a batch file.

Source: HL7 v2.5.1 chapters 2, 3 and 4; tables `hl7v2/messages` and `hl7v2/order_control`.
"""

from typing import TypeAlias, TypeVar

from connectors.hl7v2.administration import read_intakes
from connectors.hl7v2.dispense import read_dispenses
from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message
from connectors.hl7v2.er7.tokeniser import File, tokenise
from connectors.hl7v2.header import check_header, is_of_another_zone
from connectors.hl7v2.movement import read_movements
from connectors.hl7v2.orders.notices import read_answers
from connectors.hl7v2.orders.prescription import read_orders
from connectors.hl7v2.source import Source
from connectors.trail import Trail
from schemas.connector import Reading
from schemas.dispense import Dispense
from schemas.finding import Finding, FindingCode
from schemas.intake import Intake
from schemas.movement import Movement
from schemas.notice import Notice
from schemas.prescription import Prescription
from schemas.site import Site

FORMAT = "hl7v2"
Content: TypeAlias = Prescription | Intake | Dispense | Notice | Movement
SEVERAL = "batch"
"""The `kind` of a file whose messages are of different kinds."""


def read(data: bytes, site: Site) -> Reading:
    """All that the bytes say, message by message. Raises: nothing for what a sender may send.

    Places are `RXE[1]-5`, and `message[2]/RXE[1]-5` when there are several messages.
    """
    decoded = decode(data, site.name)
    if decoded.text is None:
        return Reading(format=FORMAT, findings=decoded.findings)
    file = tokenise(decoded.text, decoded.codec)
    before = (*decoded.findings, *file.findings)
    trail = Trail()
    reader = _Reader(site, trail)
    for message in file.messages:
        reader.read(message, [finding for finding in before if _speaks_of(finding, message)])
    _walk_envelope(file, trail)
    return Reading(
        format=FORMAT,
        kind=_kind(file),
        control_id=_control_id(file),
        prescriptions=tuple(reader.prescriptions),
        intakes=tuple(reader.intakes),
        dispenses=tuple(reader.dispenses),
        notices=tuple(reader.notices),
        movements=tuple(reader.movements),
        findings=(*before, *reader.findings),
        sources=trail.sources(),
    )


def _speaks_of(finding: Finding, message: Message) -> bool:
    place = finding.location
    return place.startswith(message.prefix) or not place.startswith("message[")


class _Reader:
    """Collects what the messages of one file give.

    A doubt about a message as a whole is a doubt about all that it says: it stands with each
    prescription too, and with each intake, dispense and movement when it blocks.
    """

    def __init__(self, site: Site, trail: Trail) -> None:
        self.site = site
        self.trail = trail
        self.prescriptions: list[Prescription] = []
        self.intakes: list[Intake] = []
        self.dispenses: list[Dispense] = []
        self.notices: list[Notice] = []
        self.movements: list[Movement] = []
        self.findings: list[Finding] = []

    def read(self, message: Message, before: list[Finding]) -> None:
        source = Source(message, self.site, self.trail)
        source.walk()
        check_header(source)
        source.foreign = is_of_another_zone(source)
        found = self._content(source)
        if not found and not any(finding.blocks for finding in source.doubts):
            rule = "the message carries no order, administration, dispense, answer or movement"
            source.doubt(FindingCode.MESSAGE_EMPTY, message.header.place, rule)
        self._keep(found, (*before, *source.doubts))
        self.findings.extend(source.doubts)

    def _content(self, source: Source) -> tuple[Content, ...]:
        """What the kind of the message holds."""
        kind = _understood_kind(source)
        match source.table("messages").target_of(kind):
            case "encoded-order":
                return read_orders(source, encoded=True)
            case "order":
                return read_orders(source, encoded=False)
            case "administration":
                return read_intakes(source)
            case "dispense":
                return read_dispenses(source)
            case "answer":
                return read_answers(source)
            case "movement":
                return read_movements(source, kind.partition("^")[2])
            case _:
                rule = "MSH-9 must be a kind of message of the table hl7v2/messages"
                place = source.message.header.where(9)
                said = source.message.kind
                source.doubt(FindingCode.MESSAGE_UNSUPPORTED, place, rule, said)
                return ()

    def _keep(self, found: tuple[Content, ...], whole: tuple[Finding, ...]) -> None:
        blocking = tuple(finding for finding in whole if finding.blocks)
        for one in found:
            match one:
                case Prescription():
                    self.prescriptions.append(_with(one, whole))
                case Intake():
                    self.intakes.append(_with(one, blocking))
                case Dispense():
                    self.dispenses.append(_with(one, blocking))
                case Notice():
                    self.notices.append(_with(one, blocking))
                case Movement():
                    self.movements.append(_with(one, blocking))


def _understood_kind(source: Source) -> str:
    """MSH-9.1 and MSH-9.2; where they name no kind that is read, the structure or the type alone.

    Some senders write the structure in the place of the type, or leave out the event.
    """
    header, kinds = source.message.header, source.table("messages")
    kind = source.message.kind or ""
    structure, first = header.value(9, 3) or "", header.value(9) or ""
    for other in (kind, structure.replace("_", "^"), first.replace("_", "^"), first):
        if kinds.get(other) is not None and (other == kind or not header.value(9, 2)):
            if other != kind or "^" not in kind:
                rule = "MSH-9 must give a type in its first component and an event in its second"
                source.doubt(FindingCode.STRUCTURE_INVALID, header.where(9), rule, kind or None)
            return other
    return kind


Read = TypeVar("Read", Prescription, Intake, Dispense, Notice, Movement)


def _with(one: Read, findings: tuple[Finding, ...]) -> Read:
    if not findings:
        return one
    return one.model_copy(update={"findings": (*findings, *one.findings)})


def _walk_envelope(file: File, trail: Trail) -> None:
    for segment in file.envelope:
        for place, value in segment.leaves():
            trail.met(place, value)


def _kind(file: File) -> str | None:
    kinds = list(dict.fromkeys(message.kind for message in file.messages))
    if not kinds:
        return None
    return kinds[0] if len(kinds) == 1 else SEVERAL


def _control_id(file: File) -> str | None:
    """The id of the file or the batch (FHS-11, BHS-11), else MSH-10 of the first message."""
    for segment in file.envelope:
        if segment.name in {"FHS", "BHS"} and segment.value(11):
            return segment.value(11)
    return file.messages[0].header.value(10) if file.messages else None

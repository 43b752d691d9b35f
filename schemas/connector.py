"""The port of a format: what a connector reads and writes.

A reader takes bytes and a site and gives a `Reading`: it opens no socket, file or database,
asks no clock, and raises nothing for what a sender may send. Work that a reader cannot do is
a finding in the reading. A writer takes a validated snapshot and gives bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from schemas.base import Value
from schemas.conversion import Conversion
from schemas.dispense import Dispense
from schemas.export import Envelope, ExportKind
from schemas.finding import Finding
from schemas.intake import Intake
from schemas.movement import Movement
from schemas.notice import Notice
from schemas.prescription import Prescription
from schemas.site import Site


class SourceValue(NamedTuple):
    """One value of the source: where it stands, what it says, and what it became.

    `gives` names the field of the model; `None` means that nothing used the value.
    """

    location: str
    value: str
    gives: str | None = None


class Reading(Value):
    """All that one message says. Empty in everything, it always carries a finding.

    `kind` is the message type in its own standard (`RDE^O11`, `Bundle/transaction`).
    `control_id` is the sender's id of this message, for duplicates and acknowledgments.
    """

    format: str
    kind: str | None = None
    control_id: str | None = None
    prescriptions: tuple[Prescription, ...] = ()
    intakes: tuple[Intake, ...] = ()
    dispenses: tuple[Dispense, ...] = ()
    notices: tuple[Notice, ...] = ()
    movements: tuple[Movement, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[SourceValue, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read that the engine could store."""
        facts = (self.intakes, self.dispenses, self.notices, self.movements)
        return not self.prescriptions and not any(facts)

    @property
    def every_finding(self) -> tuple[Finding, ...]:
        """The doubts about the message, and those about each part of it, each once."""
        lines = [line for each in self.prescriptions for line in each.lines]
        reports = (self.intakes, self.dispenses, self.notices, self.movements)
        found = [
            *self.findings,
            *(finding for each in self.prescriptions for finding in each.findings),
            *(finding for line in lines for finding in line.findings),
            *(found for line in lines for each in line.posology.phases for found in each.findings),
            *(finding for kind in reports for each in kind for finding in each.findings),
        ]
        return tuple(dict.fromkeys(found))

    @property
    def unused(self) -> tuple[SourceValue, ...]:
        """The values of the source that nothing used."""
        return tuple(source for source in self.sources if source.gives is None)


class Peek(Value):
    """What can be known of bytes without reading them: enough to acknowledge and to order.

    `lane` is what keeps order inside a channel (patient or prescription group), when visible.
    """

    kind: str | None = None
    control_id: str | None = None
    lane: str | None = None


class Answer(Value):
    """What we tell a sender of a message: accepted or not, whether to come again, the findings.

    `enhanced` honours a sender's wish for HL7 enhanced acknowledgment; without it the answer is
    that of original mode, whatever the message asks for. `by_order` answers each order of a
    message with its own response message in place of the plain acknowledgment.
    """

    accepted: bool
    retry: bool = False
    enhanced: bool = True
    by_order: bool = False
    findings: tuple[Finding, ...] = ()


class Told(Value):
    """What a receiver's answer says: a code of its standard, and which message it is about."""

    code: str
    control_id: str


Reader: TypeAlias = Callable[[bytes, Site], Reading]
Detector: TypeAlias = Callable[[bytes], bool]
Linter: TypeAlias = Callable[[bytes], tuple[Finding, ...]]
Convert: TypeAlias = Callable[[Reading, Site, str], Conversion]
"""A reading of any format, its site, and a seed for the ids that the result needs."""
Acknowledger: TypeAlias = Callable[[bytes, Answer, Envelope], bytes]


@dataclass(frozen=True, slots=True)
class Writer:
    """One kind of export in one format. `suffix` names files, with its dot."""

    kind: ExportKind
    name: str
    media_type: str
    suffix: str
    write: Callable[[Any, Envelope], bytes]


@dataclass(frozen=True, slots=True)
class Converter:
    """A form of this format that any reading can be written in, as received (`json`, `xml`)."""

    name: str
    convert: Convert


@dataclass(frozen=True, slots=True)
class Connector:
    """A format: every function it offers. `registry` finds it by its folder.

    `detects` looks at the first bytes only. `read`, `lint` and `acknowledge` are `None` for a
    format that is only written; `told` reads the answer to a message that we sent.
    """

    name: str
    title: str
    detects: Detector
    read: Reader | None = None
    lint: Linter | None = None
    peek: Callable[[bytes], Peek] | None = None
    acknowledge: Acknowledger | None = None
    told: Callable[[bytes], Told | None] | None = None
    writers: tuple[Writer, ...] = ()
    converters: tuple[Converter, ...] = ()

    def converter(self, name: str) -> Converter | None:
        """The converter of this name."""
        return next((each for each in self.converters if each.name == name), None)

    def writer(self, kind: ExportKind, name: str | None = None) -> Writer | None:
        """The writer of this kind, the first one or the one of this name."""
        for writer in self.writers:
            if writer.kind is kind and name in (None, writer.name):
                return writer
        return None

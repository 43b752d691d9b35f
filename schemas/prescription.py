"""A prescription as one message gives it: header, lines, and where each came from."""

from enum import StrEnum

from schemas.base import DateOrInstant, Value, added
from schemas.codes import Coding, ProductCode
from schemas.finding import Finding
from schemas.people import Identifier, Organization, Patient, Practitioner, Stay
from schemas.posology import Posology
from schemas.quantity import Quantity, Strength


class LineAction(StrEnum):
    """What the sender wants done with a line.

    `INFORM` is an order that somebody else fills: shown, never prepared.
    """

    START = "start"
    CHANGE = "change"
    STOP = "stop"
    CANCEL = "cancel"
    HOLD = "hold"
    RESUME = "resume"
    REPLACE = "replace"
    INFORM = "inform"


class Ingredient(Value):
    """A component of a product that the sender lists.

    `carrier` is the vehicle of a mixture, `refers` the component that the dose is counted in.
    One that is not `active` is an excipient: it is shown, and makes no mixture of a product.
    """

    codes: tuple[ProductCode, ...] = ()
    text: str | None = None
    strength: Strength | None = None
    quantity: Quantity | None = None
    carrier: bool = False
    refers: bool = added(False)
    active: bool = added(True)


class Product(Value):
    """What is prescribed: every code as given, the words as sent."""

    codes: tuple[ProductCode, ...] = ()
    text: str | None = None
    form: Coding | None = None
    strengths: tuple[Strength, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    location: str = ""

    @property
    def label(self) -> str:
        """The product for people: the words as sent, else the first code."""
        if self.text:
            return self.text
        return self.codes[0].display or self.codes[0].value if self.codes else "?"


class LinkKind(StrEnum):
    """How one line stands to another."""

    ALTERNATIVE = "alternative"
    REPLACES = "replaces"
    MODIFIES = "modifies"
    ACCOMPANIES = "accompanies"
    OTHER = "other"


class LineLink(Value):
    """A stated relation to another line, by the identifier that the sender uses for it."""

    kind: LinkKind
    line: str
    location: str = ""


class Note(Value):
    """Words that come with a line or a prescription. `scope` is the sender's own label."""

    text: str
    scope: str | None = None
    location: str = ""
    author: Practitioner | None = added(None)


class Measure(Value):
    """A measure of the patient that comes with a prescription: weight, height, clearance.

    `code` is the sender's own (PN13 Code_rens_compl); `measured_at` and `recorded_at` as stated.
    """

    code: Coding
    value: Quantity
    measured_at: DateOrInstant | None = None
    recorded_at: DateOrInstant | None = None
    location: str = ""


class EventKind(StrEnum):
    """How a message speaks of an order: places it, changes it, or only reports on it."""

    NEW = "new"
    CHANGE = "change"
    REPORT = "report"


class LineEvent(Value):
    """What happened to the order, from a format that sends events and not states.

    `at` is when it happened, by the sender's own clock: a message may come after a later one.
    """

    kind: EventKind
    at: DateOrInstant | None = None


class Line(Value):
    """One prescribed product with its posology.

    `supplied` is what the sender asks of the pharmacy: `False` = do not supply. `text` is the
    sender's sentence for the whole line. `effective_at` is when `action` takes effect; `event` is
    what the sender tells of, and no part of a line whose format sends states.
    """

    location: str
    identifiers: tuple[Identifier, ...] = ()
    action: LineAction = LineAction.START
    effective_at: DateOrInstant | None = None
    event: LineEvent | None = added(None)
    product: Product
    text: str | None = None
    posology: Posology = Posology()
    route: Coding | None = None
    quantity_to_supply: Quantity | None = None
    renewals: int | None = None
    substitution_allowed: bool | None = None
    supplied: bool | None = None
    indication: str | None = None
    links: tuple[LineLink, ...] = ()
    notes: tuple[Note, ...] = ()
    kind: str | None = added(None)
    status: str | None = added(None)
    urgent: bool | None = added(None)
    findings: tuple[Finding, ...] = ()

    @property
    def identifier(self) -> str | None:
        """The identifier that other messages use for this line: the first one as sent."""
        return self.identifiers[0].value if self.identifiers else None


class Coverage(StrEnum):
    """How much of a treatment a message states: what it changes, or all of it."""

    CHANGES = "incremental"
    WHOLE = "recapitulative"


class Chain(Value):
    """Where this prescription stands among its versions.

    `group` is what stays the same over versions and lines (FHIR groupIdentifier, HL7 ORC-4
    or ORC-2, PN13 message, CDA setId). `version` is the sender's own number, when it has one.
    `complete` says that lines which are not here have ended (PN13 recapitulative mode).
    """

    group: Identifier | None = None
    version: str | None = None
    replaces: tuple[Identifier, ...] = ()
    complete: bool | None = None


class Prescription(Value):
    """What one prescriber ordered for one patient, as one message states it."""

    location: str
    identifiers: tuple[Identifier, ...] = ()
    chain: Chain = Chain()
    patient: Patient | None = None
    stay: Stay | None = None
    prescriber: Practitioner | None = None
    establishment: Organization | None = None
    authored_at: DateOrInstant | None = None
    lines: tuple[Line, ...] = ()
    notes: tuple[Note, ...] = ()
    measures: tuple[Measure, ...] = added(())
    findings: tuple[Finding, ...] = ()

"""What a pharmacy gave out: immutable facts beside the orders, never counted as taken."""

from enum import StrEnum

from schemas.base import Amount, DateOrInstant, Instant, Value, added
from schemas.codes import Coding
from schemas.finding import Finding
from schemas.people import Identifier, Organization, Patient, Practitioner
from schemas.prescription import Product
from schemas.quantity import Quantity


class DispenseKind(StrEnum):
    """What was done with the product.

    `DISPENSE`: given out for the order (RXD, MedicationDispense, eDISP). `GIVE`: made ready for
    one or more administrations that are still to come (RXG).
    """

    DISPENSE = "dispense"
    GIVE = "give"


class DispenseStatus(StrEnum):
    """How far it went. `NOT_DISPENSED`: nothing left, and the sender says so.

    Source: FHIR R4 medicationdispense-status, whose values the others have too.
    """

    PREPARED = "prepared"
    DISPENSED = "dispensed"
    PARTIAL = "dispensed-in-part"
    NOT_DISPENSED = "not-dispensed"
    HELD = "held"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class Substitution(Value):
    """Whether another product than the one ordered was given out, as the sender says it."""

    done: bool | None = None
    kind: Coding | None = None
    reason: Coding | None = None
    location: str = ""


class Lot(Value):
    """One batch of the product with its expiry, each as sent."""

    number: str | None = None
    expires_on: DateOrInstant | None = None


class Dispense(Value):
    """One report of one act of dispensing.

    `dispensed_at` is when it left the pharmacy, `prepared_at` when it was made ready, and
    `planned_at` the first administration that a `GIVE` is for. `line` are the identifiers that
    the sender uses for the prescription line, `prescription` those of the whole order, `ordered`
    the product of the order when the sender repeats it beside the one given out. `days_of_supply`
    is a number of days. `corrects` names an earlier report that this one replaces.
    """

    location: str
    kind: DispenseKind = DispenseKind.DISPENSE
    identifiers: tuple[Identifier, ...] = ()
    status: DispenseStatus = DispenseStatus.DISPENSED
    dispensed_at: DateOrInstant | None = None
    prepared_at: DateOrInstant | None = None
    planned_at: Instant | None = None
    dispensed_by: Practitioner | None = None
    dispenser: Organization | None = None
    patient: Patient | None = None
    line: tuple[Identifier, ...] = ()
    prescription: tuple[Identifier, ...] = added(())
    product: Product | None = None
    ordered: Product | None = None
    quantity: Quantity | None = None
    days_of_supply: Amount | None = None
    renewals_left: int | None = None
    substitution: Substitution | None = None
    lots: tuple[Lot, ...] = ()
    reason: Coding | None = None
    corrects: Identifier | None = None
    text: str | None = None
    note: str | None = None
    findings: tuple[Finding, ...] = ()

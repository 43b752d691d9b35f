"""What a sender tells about an order without ordering anything: answers, reports, requests."""

from enum import StrEnum

from schemas.base import DateOrInstant, Value
from schemas.codes import Coding
from schemas.finding import Finding
from schemas.people import Identifier, Patient
from schemas.prescription import Product


class NoticeKind(StrEnum):
    """What is told. None of them begins, changes or ends an order.

    `NUMBER_ASSIGNED`: the other side gave the order a number of its own, by which later messages
    may name it. `PARENT`: the order stays as it is, and others are made of it.
    """

    ACCEPTED = "accepted"
    DECLINED = "declined"
    RECEIVED = "received"
    STATUS = "status"
    STATUS_ASKED = "status-asked"
    NUMBER_ASSIGNED = "number-assigned"
    NUMBER_ASKED = "number-asked"
    REFILL_ASKED = "refill-asked"
    REFILLED = "refilled"
    PERFORMED = "performed"
    PARENT = "parent"
    ERROR = "error"


class Notice(Value):
    """One statement about one order, or about a whole message of ours.

    `code` is the sender's own word for it (ORC-1, else MSA-1), `answers` the control id of the
    message of ours that it answers, `order` the numbers by which the sender names the order,
    `status` its own word for the state of the order, and `told_at` when it happened.
    """

    location: str
    kind: NoticeKind
    code: str | None = None
    answers: str | None = None
    order: tuple[Identifier, ...] = ()
    status: Coding | None = None
    told_at: DateOrInstant | None = None
    patient: Patient | None = None
    product: Product | None = None
    reason: Coding | None = None
    text: str | None = None
    findings: tuple[Finding, ...] = ()

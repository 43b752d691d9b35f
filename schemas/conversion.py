"""What a conversion gives: the bytes of another format, and a report of all that is not in them."""

from enum import StrEnum
from typing import NamedTuple

from schemas.base import Value
from schemas.finding import Finding


class LossReason(StrEnum):
    """Why something of the source is not in the result. The list is closed.

    NOT_READ: no field of ours takes the value. NO_PLACE: the target has no element for it.
    STATE_ONLY: the target says how an order stands, not what is asked of it. SAID_LESS: the target
    has a narrower element, and words tell that it was left out. ENVELOPE: it speaks of the message
    and not of what is prescribed. NOT_MAPPED: nothing names where it goes, which is our fault.
    """

    NOT_READ = "not-read"
    NO_PLACE = "no-place"
    STATE_ONLY = "state-only"
    SAID_LESS = "said-less"
    ENVELOPE = "envelope"
    NOT_MAPPED = "not-mapped"


class LossArea(StrEnum):
    """What a loss is about. One of dose, time, product or identity may change what is taken."""

    DOSE = "dose"
    TIME = "time"
    PRODUCT = "product"
    IDENTITY = "identity"
    ORDER = "order"
    PEOPLE = "people"
    WORDS = "words"
    OTHER = "other"


GRAVE = frozenset({LossArea.DOSE, LossArea.TIME, LossArea.PRODUCT, LossArea.IDENTITY})
"""The areas whose losses end a conversion with status 1."""


class Loss(Value):
    """One value of the source that the result does not carry.

    `location` is its place in the source, or that of the line that it belongs to; `field` is the
    field of ours that it gave, absent when it gave none.
    """

    location: str
    field: str | None = None
    value: str
    reason: LossReason
    area: LossArea

    @property
    def is_grave(self) -> bool:
        """Whether it may change who takes what, how much and when."""
        return self.area in GRAVE


class Carried(NamedTuple):
    """One value of the source, and the element of the result that carries it."""

    location: str
    value: str
    element: str


class ConversionReport(Value):
    """What became of every value of one file that was written again in another format.

    `carried` and `losses` together are every value of the source, but for the `structure` that
    holds the message together: how many values those are. `findings` are those of the reading.
    """

    format: str
    kind: str | None = None
    control_id: str | None = None
    target: str
    entries: int
    values: int
    structure: int
    carried: tuple[Carried, ...] = ()
    losses: tuple[Loss, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def grave(self) -> tuple[Loss, ...]:
        """The losses that may change who takes what, how much and when."""
        return tuple(loss for loss in self.losses if loss.is_grave)


class Conversion(Value):
    """The bytes and their report."""

    content: bytes
    report: ConversionReport

"""What the queue prints with `--json`: a row of the list, an item in full, a decision made."""

from schemas.adherence import AdherenceResult
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.base import Instant, Value
from schemas.decision import Decision
from schemas.finding import Finding
from schemas.ids import ReleaseId, Sha256
from schemas.offer import Interpretation, Offer
from schemas.people import Patient
from schemas.review import LineChange


class QueueRow(Value):
    """One item of the list. `blocking` counts the findings that must be answered."""

    item: str
    subject: str
    subject_id: str
    state: str
    blocking: int
    lines: int
    opened_at: Instant
    content_sha256: Sha256
    format: str | None = None
    patient: Patient | None = None


class NumberedFinding(Finding):
    """A finding by the number that answers it; `line` is that of its line, if it has one."""

    number: int
    line: str | None = None


class QueueItem(Value):
    """One item: what the decision is about, its doubts, what changed, what was decided."""

    item: str
    state: str
    content_sha256: Sha256
    source_sha256: Sha256
    content: AssessedPrescription | AdherenceResult | None = None
    findings: tuple[NumberedFinding, ...] = ()
    changes: tuple[LineChange, ...] = ()
    decisions: tuple[Decision, ...] = ()


class QueueDecision(Value):
    """A decision just made, the state it led to, and the release when it let something out."""

    decision: Decision
    state: str
    release: ReleaseId | None = None


class QueueOffer(Value):
    """The text of one line as cells to answer; `line` is its rank from 1.

    `text_sha256` in the offer and `offer_sha256` are what the answers name. `earlier` is what a
    pharmacist read in the same text of an older version: to be answered again, never applied.
    """

    item: str
    line: int
    product: str
    content_sha256: Sha256
    offer_sha256: Sha256
    offer: Offer
    earlier: Interpretation | None = None


class QueueInterpretation(Value):
    """A reading just kept, and the line as it now lies on the desk, still to be decided on."""

    interpretation: Interpretation
    item: str
    state: str
    content_sha256: Sha256
    line: AssessedLine

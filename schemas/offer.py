"""A posology text offered to a pharmacist cell by cell, and what the pharmacist answers.

An offer plans nothing and no schedule is made of it. Only the answers to all of its cells make a
posology: `engine.posology.offer.confirm`.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from schemas.base import DateOrInstant, Instant, Value
from schemas.decision import Decider
from schemas.finding import Finding
from schemas.ids import InterpretationId, PrescriptionId, Sha256
from schemas.posology import Limits, Posology, Rhythm
from schemas.quantity import Duration, Quantity
from schemas.schedule import Slot

RowId: TypeAlias = Annotated[str, Field(pattern=r"^[A-H][0-9]{1,3}$")]
CellId: TypeAlias = Annotated[str, Field(pattern=r"^[A-H][0-9]{1,3}\.[a-z0-9]{1,9}$")]
StretchId: TypeAlias = Annotated[str, Field(pattern=r"^[A-H]\.u[0-9]{1,4}$")]
CandidateId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]$")]
"""Names of a narrow form: what somebody types in their place is refused before it is repeated."""


class Origin(StrEnum):
    """Where what a cell shows comes from.

    SITE: a table of the site filled in what the text leaves open. SENDER: stated in structure,
    beside the text. SILENCE: nothing says it, and the cell shows what silence would mean.
    """

    TEXT = "text"
    SITE = "site"
    SENDER = "sender"
    SILENCE = "silence"


class Days(Value):
    """On which days. A rhythm without a frequency and without days is every day."""

    kind: Literal["days"] = "days"
    rhythm: Rhythm = Rhythm()


class DoseAt(Value):
    """One intake of a day. Without a place it can only be as needed, or every so many hours."""

    kind: Literal["dose"] = "dose"
    place: Slot | None = None
    quantity: Quantity | None = None


class Starts(Value):
    """When a row starts by itself."""

    kind: Literal["start"] = "start"
    start: DateOrInstant


class Ends(Value):
    """When a row ends: on a day, after a length of time, or never when neither is given."""

    kind: Literal["end"] = "end"
    end: DateOrInstant | None = None
    end_included: bool = True
    duration: Duration | None = None


class Condition(Value):
    """The row is taken as needed, and this is when."""

    kind: Literal["condition"] = "condition"
    reasons: tuple[str, ...]


Content: TypeAlias = Annotated[
    Days | DoseAt | Starts | Ends | Condition, Field(discriminator="kind")
]


class Cell(Value):
    """One statement to answer. `words` are those of the text that it was read from.

    With `doubts` it cannot be confirmed as it stands: a person must state it.
    """

    id: CellId
    holds: Content
    words: tuple[str, ...] = ()
    origin: Origin = Origin.TEXT
    doubts: tuple[Finding, ...] = ()


class Row(Value):
    """One phase: its days, the intakes of such a day, its start, its end, its condition.

    Rows of equal `sequence` run together, those of a higher one follow.
    """

    id: RowId
    sequence: int | None = None
    cells: tuple[Cell, ...]

    def cell(self, name: str) -> Cell:
        """The cell of this name within the row: `days`, `end`. Raises: `KeyError`."""
        return {cell.id.partition(".")[2]: cell for cell in self.cells}[name]


class Stretch(Value):
    """Words that no cell accounts for."""

    id: StretchId
    words: str


class Candidate(Value):
    """One reading of the whole text."""

    id: CandidateId
    rows: tuple[Row, ...] = ()
    unread: tuple[Stretch, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell, row by row."""
        return tuple(cell for row in self.rows for cell in row.cells)


class Offer(Value):
    """The readings of one text at one site. `limits` are the sender's, and hold for every row.

    `aside` are words that change no dose (how to swallow, whom to call): shown, not asked.
    """

    text: str
    text_sha256: Sha256
    site: str
    limits: Limits = Limits()
    candidates: tuple[Candidate, ...] = Field(min_length=1)
    aside: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What the pharmacist says of a cell."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    REMOVED = "removed"


class CellAnswer(Value):
    """The answer to one cell. A correction says what holds instead; all but a confirmation, why."""

    cell: CellId
    verdict: Verdict
    correction: Content | None = None
    reason: str | None = None


class StretchAnswer(Value):
    """Why unread words change nothing in the posology as answered."""

    stretch: StretchId
    reason: str


class AddedDose(Value):
    """An intake that the offer does not show, in one of its rows."""

    row: RowId
    dose: DoseAt
    reason: str


class AddedRow(Value):
    """A phase that the offer does not show."""

    sequence: int | None = None
    days: Days = Days()
    doses: tuple[DoseAt, ...] = Field(min_length=1)
    start: Starts | None = None
    end: Ends = Ends()
    condition: Condition | None = None
    reason: str


class Answers(Value):
    """A pharmacist's answers to one candidate of one offer, both named by their digests.

    `start` is when the treatment starts; a day alone has no hour.
    """

    text_sha256: Sha256
    offer_sha256: Sha256
    candidate: CandidateId
    start: DateOrInstant | None = None
    cells: tuple[CellAnswer, ...] = ()
    unread: tuple[StretchAnswer, ...] = ()
    doses: tuple[AddedDose, ...] = ()
    rows: tuple[AddedRow, ...] = ()


class Interpretation(Value):
    """A pharmacist's reading of the text of one line: kept for ever, and never a decision.

    `prescription` is the version that was read, `line` the rank in it from 1, `line_key` what
    other messages call the line. The text that was read is that of `answers.text_sha256`.
    `findings` say where the reading is not what the text was surely read to say.
    """

    id: InterpretationId
    prescription: PrescriptionId
    line: int
    line_key: str
    interpreted_by: Decider
    interpreted_at: Instant
    answers: Answers
    posology: Posology
    findings: tuple[Finding, ...] = ()
    software: str

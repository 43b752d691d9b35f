"""A professional's decision, and the interventions that answer a finding."""

from enum import StrEnum

from schemas.base import Instant, Value, added
from schemas.ids import DecisionId, Sha256, UserName
from schemas.prescription import Line


class Role(StrEnum):
    """What a user is. Only a pharmacist validates."""

    OWNER = "owner"
    PHARMACIST = "pharmacist"
    PREPARER = "preparer"
    NURSE = "nurse"
    INTEGRATOR = "integrator"
    OPERATOR = "operator"


class DecisionKind(StrEnum):
    """What was decided on one queue item."""

    VALIDATE = "validate"
    HOLD = "hold"
    CLARIFY = "clarify"
    REJECT = "reject"


class InterventionList(StrEnum):
    """Which SFPC list a code belongs to. The same number means different things in each."""

    HOSPITAL = "sfpc-hospital"
    OFFICINE = "sfpc-officine"


class Intervention(Value):
    """A pharmacist's intervention, coded by the SFPC lists."""

    code_list: InterventionList
    problem: str
    intervention: str
    outcome: str | None = None
    comment: str | None = None


class Answer(Value):
    """The answer to one finding, named by code and location: why it may pass."""

    finding_code: str
    location: str
    intervention: Intervention | None = None
    comment: str | None = None


class LineVerdict(StrEnum):
    """What was decided on one line of a validated prescription."""

    VALIDATED = "validated"
    REFUSED = "refused"


class LineDecision(Value):
    """The verdict on one line; a refused line plans nothing and is reported as refused."""

    line: str
    verdict: LineVerdict
    comment: str | None = None


class ProposalKind(StrEnum):
    """What a pharmacist proposes beside an analysed line.

    SUGGESTION: the line is validated, another way of taking it is suggested. MODIFICATION: the
    line is not, the same product taken otherwise is proposed. SUBSTITUTION: another product.
    """

    SUGGESTION = "suggestion"
    MODIFICATION = "modification"
    SUBSTITUTION = "substitution"


class ProposedLine(Value):
    """A line that a pharmacist proposes to the prescriber for the line of rank `line`.

    It is no order: nothing is planned or prepared from it until a prescriber sends it.
    """

    line: str
    kind: ProposalKind
    proposed: Line
    comment: str | None = None


class Decider(Value):
    """Who decided, as the account stood at that moment."""

    user: UserName
    name: str
    role: Role
    rpps: str | None = None
    finess: str


class Decision(Value):
    """What a named person decided on exactly one content.

    `content_sha256` is the digest of the canonical JSON of what was decided on (schedules with
    their findings, or an adherence result) and `source_sha256` that of the bytes received.
    """

    id: DecisionId
    kind: DecisionKind
    decided_by: Decider
    decided_at: Instant
    content_sha256: Sha256
    source_sha256: Sha256
    lines: tuple[LineDecision, ...] = ()
    answers: tuple[Answer, ...] = ()
    reason: str | None = None
    comment: str | None = None
    proposals: tuple[ProposedLine, ...] = added(())
    software: str

"""What a failure means to each who hears of it: one table, and nobody else knows its numbers."""

from dataclasses import dataclass

from schemas.errors import Kind


@dataclass(frozen=True, slots=True)
class Outcome:
    """For one kind of failure: is it tried again, and what is each protocol told.

    `hl7_accept` is MSA-1 in enhanced mode, `hl7_application` in original mode. `issue` is the
    OperationOutcome issue code. `exit_status` is that of a command.
    """

    retried: bool
    hl7_accept: str
    hl7_application: str
    http_status: int
    issue: str
    exit_status: int


OUTCOMES: dict[Kind, Outcome] = {
    Kind.PERMANENT: Outcome(False, "CR", "AE", 422, "invalid", 1),
    Kind.TRANSIENT: Outcome(True, "CE", "AR", 503, "transient", 3),
    Kind.AMBIGUOUS: Outcome(False, "CE", "AE", 504, "timeout", 3),
    Kind.FORBIDDEN: Outcome(False, "CR", "AR", 403, "forbidden", 1),
    Kind.DEFECT: Outcome(False, "CE", "AE", 500, "exception", 3),
}
"""Sources: HL7 v2.5.1 table 0008; FHIR R4 issue-type value set; RFC 9110."""


def kind_told(code: str) -> Kind | None:
    """What a receiver's MSA-1 means for our delivery: the first row that would say so.

    `None` when it was taken (AA, CA). A code that is in no table may mean anything: AMBIGUOUS.
    """
    if code in ("AA", "CA"):
        return None
    said = (kind for kind, row in OUTCOMES.items() if code in (row.hl7_accept, row.hl7_application))
    return next(said, Kind.AMBIGUOUS)


FIRST_DELAY, LONGEST_DELAY, ATTEMPTS = 5.0, 900.0, 8
"""Seconds before the second attempt, the longest wait, and how many attempts are made."""


def delay_before(attempt: int) -> float:
    """Seconds to wait after the `attempt`-th failed attempt: doubled each time, bounded."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** (attempt - 1))

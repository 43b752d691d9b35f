"""What ends when a sender says that a message is the whole treatment (PN13 recapitulative mode).

Lines of the same prescription are ended by leaving them out. Those of the sender's other
prescriptions of this stay end here: each gets a version with its lines stopped, which waits for a
pharmacist; what is in force stays in force until that decision.
"""

from collections.abc import Callable, Sequence

from engine.pipeline.merge import ENDED
from engine.store.prescriptions import StoredPrescription
from engine.store.standing import StandingVersion
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, Prescription


def ended_by(
    made: StoredPrescription,
    standing: Sequence[StandingVersion],
    channel_of: Callable[[str], str | None],
) -> tuple[tuple[StandingVersion, Prescription], ...]:
    """The newest version of each other prescription that `made` ends, with its lines stopped.

    `channel_of` gives the channel of a message. Prescriptions of the same message, of another
    channel or of another stay are another matter, and so are those that their sender groups.
    """
    whole = made.content.prescription
    if whole.chain.complete is not True or whole.chain.group is not None:
        return ()
    own = channel_of(made.message_id)
    newest = {each.stored.group_key: each for each in standing}
    return tuple(
        (version, _stopped(version, made))
        for group, version in newest.items()
        if group != made.group_key
        and version.stored.message_id != made.message_id
        and version.stored.content.prescription.chain.group is None
        and channel_of(version.stored.message_id) == own
        and _may_be_one_stay(whole, version.stored.content.prescription)
        and any(line.line.action not in ENDED for line in version.stored.content.lines)
    )


def _may_be_one_stay(one: Prescription, other: Prescription) -> bool:
    """Whether nothing says that the stays are two: a message without a stay is of any."""
    visits = [each.stay.visit.value for each in (one, other) if each.stay and each.stay.visit]
    return len(set(visits)) < 2


def _stopped(version: StandingVersion, by: StoredPrescription) -> Prescription:
    before = version.stored.content.as_read
    named = {each.value for line in by.content.lines for each in line.line.identifiers}
    lines = (line if line.action in ENDED else _ended(line, named) for line in before.lines)
    return before.model_copy(update={"lines": tuple(lines)})


def _ended(line: Line, named: set[str]) -> Line:
    here = any(each.value in named for each in line.identifiers)
    said = Finding(
        code=FindingCode.LINE_STOPPED,
        location=line.location,
        message="action: a newer message is the whole treatment, and "
        + ("states this line itself" if here else "leaves this line out"),
        quoted=line.product.label,
    )
    stopped = {"action": LineAction.STOP, "effective_at": None, "findings": (said,)}
    return line.model_copy(update=stopped)

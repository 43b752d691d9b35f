"""The lines that a pharmacist proposes to the prescriber with a decision. None is an order."""

from collections.abc import Sequence

from schemas.decision import (
    DecisionKind,
    LineDecision,
    LineVerdict,
    ProposalKind,
    ProposedLine,
)
from schemas.errors import Refused
from schemas.ids import DecisionId
from schemas.people import Identifier


def check_proposals(
    kind: DecisionKind,
    proposals: Sequence[ProposedLine],
    verdicts: Sequence[LineDecision],
    lines: Sequence[str],
) -> None:
    """Nothing when every proposal goes with its decision. Raises: `Refused` naming the rule.

    A suggestion goes beside a line that is validated; a modification or a substitution stands in
    place of one that is not. A hold tells the prescriber nothing, so that it proposes nothing.
    """
    if proposals and kind is DecisionKind.HOLD:
        raise Refused("proposals: a hold tells the prescriber nothing")
    refused = {one.line for one in verdicts if one.verdict is LineVerdict.REFUSED}
    for proposal in proposals:
        if proposal.line not in lines:
            raise Refused(f"proposals: {proposal.line} is not a line of this item")
        passes = kind is DecisionKind.VALIDATE and proposal.line not in refused
        if passes and proposal.kind is not ProposalKind.SUGGESTION:
            raise Refused(f"proposals: {proposal.kind.value} needs a line that is refused")
        if not passes and proposal.kind is ProposalKind.SUGGESTION:
            raise Refused("proposals: a suggestion needs a line that is validated")
        _check_line(proposal)


def _check_line(proposal: ProposedLine) -> None:
    """A proposal says what to give, and how in words or in structure."""
    line = proposal.proposed
    if not (line.product.text or line.product.codes):
        raise Refused("proposals: the proposed line names no product")
    if not (line.text or line.posology.text or line.posology.phases):
        raise Refused("proposals: the proposed line says nothing of how to take it")


def named(proposals: Sequence[ProposedLine], decision: DecisionId) -> tuple[ProposedLine, ...]:
    """The proposals, each line under a number of its own: other messages then name it.

    A number that the line brings is that of another message, and is not kept.
    """
    return tuple(
        proposal.model_copy(
            update={
                "proposed": proposal.proposed.model_copy(
                    update={"identifiers": (Identifier(value=f"{decision}-{rank}"),)}
                )
            }
        )
        for rank, proposal in enumerate(proposals, start=1)
    )

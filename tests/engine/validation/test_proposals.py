"""What a pharmacist may propose beside a decision, and under which number it leaves."""

import pytest
from builders import a_line, a_phase

from engine.validation.proposals import check_proposals, named
from schemas.decision import DecisionKind, LineDecision, LineVerdict, ProposalKind, ProposedLine
from schemas.errors import Refused
from schemas.ids import DecisionId
from schemas.prescription import Line

VALIDATED, REFUSED = LineVerdict.VALIDATED, LineVerdict.REFUSED
SUGGESTION, MODIFICATION, SUBSTITUTION = ProposalKind


def checked(
    kind: DecisionKind,
    proposal: ProposalKind,
    verdict: LineVerdict | None = None,
    *,
    line: str = "1",
    proposed: Line | None = None,
) -> None:
    given = ProposedLine(
        line=line, kind=proposal, proposed=proposed or a_line(a_phase(moments=["MORN"]))
    )
    verdicts = [LineDecision(line="1", verdict=verdict)] if verdict else []
    check_proposals(kind, [given], verdicts, ["1"])


@pytest.mark.parametrize(
    ("kind", "proposal", "verdict"),
    [
        (DecisionKind.VALIDATE, SUGGESTION, VALIDATED),
        (DecisionKind.VALIDATE, MODIFICATION, REFUSED),
        (DecisionKind.VALIDATE, SUBSTITUTION, REFUSED),
        (DecisionKind.CLARIFY, MODIFICATION, None),
        (DecisionKind.REJECT, SUBSTITUTION, None),
    ],
)
def test_a_proposal_that_goes_with_its_decision_passes(
    kind: DecisionKind, proposal: ProposalKind, verdict: LineVerdict | None
) -> None:
    checked(kind, proposal, verdict)


@pytest.mark.parametrize(
    ("kind", "proposal", "verdict", "rule"),
    [
        (DecisionKind.VALIDATE, SUGGESTION, REFUSED, "needs a line that is validated"),
        (DecisionKind.VALIDATE, MODIFICATION, VALIDATED, "needs a line that is refused"),
        (DecisionKind.VALIDATE, SUBSTITUTION, VALIDATED, "needs a line that is refused"),
        (DecisionKind.CLARIFY, SUGGESTION, None, "needs a line that is validated"),
        (DecisionKind.REJECT, SUGGESTION, None, "needs a line that is validated"),
        (DecisionKind.HOLD, MODIFICATION, None, "a hold tells the prescriber nothing"),
    ],
)
def test_a_proposal_that_contradicts_its_decision_is_refused(
    kind: DecisionKind, proposal: ProposalKind, verdict: LineVerdict | None, rule: str
) -> None:
    with pytest.raises(Refused, match=rule):
        checked(kind, proposal, verdict)


def test_a_proposal_for_no_line_of_the_item_is_refused() -> None:
    with pytest.raises(Refused, match="2 is not a line"):
        checked(DecisionKind.VALIDATE, SUGGESTION, VALIDATED, line="2")


def test_a_proposal_says_what_to_give_and_how() -> None:
    nothing = a_line(product="")
    product = a_line()

    with pytest.raises(Refused, match="names no product"):
        checked(DecisionKind.REJECT, MODIFICATION, proposed=nothing)
    with pytest.raises(Refused, match="how to take it"):
        checked(DecisionKind.REJECT, MODIFICATION, proposed=product)


def test_a_proposed_line_leaves_under_a_number_that_no_other_line_has() -> None:
    given = [
        ProposedLine(line=line, kind=SUGGESTION, proposed=a_line(text="1 le soir"))
        for line in ("1", "2")
    ]

    lines = [each.proposed for each in named(given, DecisionId("dec_7"))]

    assert [[one.value for one in line.identifiers] for line in lines] == [["dec_7-1"], ["dec_7-2"]]

"""A decision on one item: checked against every rule, then made."""

from datetime import datetime

from engine.validation.answers import names, outstanding
from engine.validation.interventions import check_intervention
from engine.validation.permission import require_pharmacist
from engine.validation.proposals import check_proposals, named
from engine.validation.reasons import check_reason
from engine.validation.states import ItemState, decided
from schemas.base import Value
from schemas.decision import (
    Answer,
    Decider,
    Decision,
    DecisionKind,
    InterventionList,
    LineDecision,
    LineVerdict,
    ProposedLine,
)
from schemas.errors import Refused
from schemas.finding import Finding
from schemas.ids import DecisionId, Sha256
from schemas.review import LineChange


class ItemLine(Value):
    """One line on the desk: the name its verdict uses, whether it can be planned, its doubts."""

    line: str
    computable: bool
    findings: tuple[Finding, ...] = ()


class Item(Value):
    """What lies on the desk now. An adherence result is an item without lines.

    `findings` are those of the header. `content_sha256` is the digest of what the pharmacist
    must have seen, `source_sha256` that of the bytes received.
    """

    state: ItemState
    content_sha256: Sha256
    source_sha256: Sha256
    lines: tuple[ItemLine, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The doubts of the header, then those of each line."""
        return self.findings + tuple(f for line in self.lines for f in line.findings)


class Request(Value):
    """What a person asks for. `expected_sha256` is the digest of the content they saw."""

    kind: DecisionKind
    expected_sha256: Sha256
    lines: tuple[LineDecision, ...] = ()
    answers: tuple[Answer, ...] = ()
    proposals: tuple[ProposedLine, ...] = ()
    reason: str | None = None
    comment: str | None = None


class Stale(Refused):
    """The content changed since it was shown; `changes` says how."""

    def __init__(
        self, expected: Sha256, current: Sha256, changes: tuple[LineChange, ...] = ()
    ) -> None:
        super().__init__(
            f"the decision is about another version: expected {expected}, current {current}"
        )
        self.expected = expected
        self.current = current
        self.changes = changes


class Unanswered(Refused):
    """Findings wait for an answer; `findings` are those."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        listed = ", ".join(f"{finding.code.value} at {finding.location}" for finding in findings)
        super().__init__(
            "every blocking finding needs an SFPC problem and intervention, every other an "
            f"acknowledgment: {listed}"
        )
        self.findings = findings


def check_current(expected: Sha256, current: Sha256, changes: tuple[LineChange, ...] = ()) -> None:
    """Nothing when both digests are the same. Raises: `Stale` with the changes."""
    if expected != current:
        raise Stale(expected, current, changes)


def check_decision(
    item: Item,
    request: Request,
    decider: Decider,
    *,
    code_list: InterventionList = InterventionList.OFFICINE,
    changes: tuple[LineChange, ...] = (),
) -> ItemState:
    """The state that the item takes when this decision is made. Nothing is made here.

    `changes` are given to whoever decided on an older version. Raises: `Forbidden` for a
    person who is no pharmacist; `Stale`, `Unanswered` or `Refused` naming the rule.
    """
    require_pharmacist(decider)
    check_current(request.expected_sha256, item.content_sha256, changes)
    after = decided(item.state, request.kind)
    _check_answers(item, request.answers, code_list)
    _check_known_lines(item, request.lines)
    check_proposals(
        request.kind, request.proposals, request.lines, [one.line for one in item.lines]
    )
    if request.kind is DecisionKind.VALIDATE:
        _check_verdicts(item, request.lines)
        unanswered = outstanding(item.all_findings, request.answers, code_list)
        if unanswered:
            raise Unanswered(unanswered)
    else:
        check_reason(request.kind, request.reason, request.comment)
    return after


def decide(
    item: Item,
    request: Request,
    decider: Decider,
    *,
    decision_id: DecisionId,
    now: datetime,
    software: str,
    code_list: InterventionList = InterventionList.OFFICINE,
    changes: tuple[LineChange, ...] = (),
) -> Decision:
    """The decision, bound to the digests of the item. Raises: as `check_decision`."""
    check_decision(item, request, decider, code_list=code_list, changes=changes)
    return Decision(
        id=decision_id,
        kind=request.kind,
        decided_by=decider,
        decided_at=now,
        content_sha256=item.content_sha256,
        source_sha256=item.source_sha256,
        lines=request.lines,
        answers=request.answers,
        reason=request.reason,
        comment=request.comment,
        proposals=named(request.proposals, decision_id),
        software=software,
    )


def _check_answers(item: Item, answers: tuple[Answer, ...], code_list: InterventionList) -> None:
    findings = item.all_findings
    for answer in answers:
        if not any(names(answer, finding) for finding in findings):
            raise Refused(
                f"answer {answer.finding_code} at {answer.location} is to no finding of this item"
            )
        if answer.intervention is not None:
            check_intervention(answer.intervention, code_list)


def _check_known_lines(item: Item, verdicts: tuple[LineDecision, ...]) -> None:
    named = [verdict.line for verdict in verdicts]
    known = {line.line for line in item.lines}
    for name in named:
        if name not in known:
            raise Refused(f"lines: {name} is not a line of this item")
        if named.count(name) > 1:
            raise Refused(f"lines: {name} has two verdicts")


def _check_verdicts(item: Item, verdicts: tuple[LineDecision, ...]) -> None:
    by_line = {verdict.line: verdict.verdict for verdict in verdicts}
    without = [line.line for line in item.lines if line.line not in by_line]
    if without:
        raise Refused(f"lines: every line needs a verdict, missing: {', '.join(without)}")
    for line in item.lines:
        if not line.computable and by_line[line.line] is LineVerdict.VALIDATED:
            raise Refused(f"lines: {line.line} has no computable schedule, it can only be refused")

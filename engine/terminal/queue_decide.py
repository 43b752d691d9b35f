"""`semainier queue validate`, `hold`, `clarify`, `reject`: one decision, as typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from engine.terminal.queue import Desk, proposal_words, show_changes, show_findings
from engine.terminal.shell import Status, finish, print_json

if TYPE_CHECKING:
    from engine.pipeline.decide import Decided
    from schemas.decision import DecisionKind


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decides, as typed."""

    kind: "DecisionKind"
    answers: Sequence[str] = ()
    acknowledged: str | None = None
    refused: Sequence[str] = ()
    proposed: Sequence[str] = ()
    seen: str | None = None
    reason: str | None = None
    comment: str | None = None


def decide_item(desk: Desk, item_id: str, choice: Choice) -> None:
    """Make the decision. Ends with status 1 and the difference when the version is stale."""
    from engine.pipeline.consult import shown
    from engine.pipeline.context import open_context
    from engine.pipeline.decide import decide_on
    from engine.terminal.answers import answers, verdicts
    from engine.terminal.proposals import proposals
    from engine.validation.decide import Request, Stale, Unanswered
    from mappings.catalogue import load_site
    from schemas.decision import DecisionKind
    from schemas.ids import Sha256

    context = open_context(desk.data)
    found = shown(context, desk.user, item_id)
    findings = [finding for _, finding in found.findings]
    lines = found.prescription.content.as_read.lines if found.prescription else ()
    request = Request(
        kind=choice.kind,
        expected_sha256=Sha256(choice.seen or found.item.content_sha256),
        lines=verdicts(len(lines), choice.refused) if choice.kind is DecisionKind.VALIDATE else (),
        answers=answers(findings, choice.answers, choice.acknowledged),
        proposals=proposals(lines, choice.proposed, load_site(found.site) if found.site else None),
        reason=choice.reason,
        comment=choice.comment,
    )
    try:
        decided = decide_on(context, desk.user, item_id, request)
    except Stale as stale:
        show_changes(stale.changes, found.site, desk.say)
        typer.echo(f"semainier: {stale}", err=True)
        finish(Status.REFUSED)
    except Unanswered:
        show_findings(found, desk.say)
        raise
    else:
        _show_decided(desk, decided)


def _show_decided(desk: Desk, decided: "Decided") -> None:
    if desk.as_json:
        from schemas.desk import QueueDecision

        print_json(
            QueueDecision(
                decision=decided.decision, state=decided.state.value, release=decided.release
            )
        )
        return
    say = desk.say
    by = decided.decision.decided_by
    typer.echo(f"{say(decided.state.value)}: {by.name} ({say(by.role.value)})")
    typer.echo(f"{say('Decision')}: {decided.decision.id}")
    for each in decided.decision.proposals:
        typer.echo(proposal_words(each, say))
    if decided.release:
        typer.echo(f"{say('Release')}: {decided.release}")

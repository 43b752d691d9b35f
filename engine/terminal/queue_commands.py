"""The commands of `semainier queue`. Each is one call into `engine.terminal`."""

from typing import Annotated, Literal

import typer

from engine.terminal.options import HERE, Data, Json, Lang, User

app = typer.Typer(help="The pharmacist's queue, as a named user.", no_args_is_help=True)

ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="The id of a queue item.")]
Reason = Annotated[
    str, typer.Option("--reason", help="A coded reason: see docs/commands.md, or give a wrong one.")
]
Comment = Annotated[str | None, typer.Option("--comment", help="In your own words.")]
Answers = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        metavar="N=PROBLEM/INTERVENTION",
        help="Answer finding N with SFPC officine codes; a comment may follow after a space.",
    ),
]
Proposals = Annotated[
    list[str] | None,
    typer.Option(
        "--propose",
        metavar="LINE=KIND WORDS",
        help="Propose a suggestion, modification or substitution of a line: in words, or @FILE.",
    ),
]


@app.command("list")
def list_items(
    user: User,
    subject: Annotated[
        Literal["prescription", "adherence"], typer.Option("--list", help="Which list.")
    ] = "prescription",
    ended: Annotated[bool, typer.Option("--all", help="Ended items too.")] = False,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show what waits for a decision, the longest waiting first."""
    from engine.terminal.queue import Desk, list_items

    list_items(Desk(data, user, as_json, lang), subject, ended=ended)


@app.command()
def show(
    item: ItemId,
    user: User,
    source: Annotated[bool, typer.Option("--source", help="The bytes as received, too.")] = False,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show one item: what was read, the week, the differences, every finding with its number."""
    from engine.terminal.queue import Desk, show_item

    show_item(Desk(data, user, as_json, lang), item, source=source)


@app.command()
def validate(
    item: ItemId,
    user: User,
    answer: Answers = None,
    acknowledge: Annotated[
        str | None,
        typer.Option("--acknowledge", metavar="N,N|all", help="Findings that were acknowledged."),
    ] = None,
    refuse: Annotated[
        list[str] | None,
        typer.Option("--refuse", metavar="LINE", help="A line that is not validated, and why."),
    ] = None,
    propose: Proposals = None,
    seen: Annotated[
        str | None,
        typer.Option("--seen", metavar="SHA256", help="The content that you saw in `show`."),
    ] = None,
    comment: Comment = None,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Validate exactly this content; every blocking finding must be answered."""
    from engine.terminal.queue import Desk
    from engine.terminal.queue_decide import Choice, decide_item
    from schemas.decision import DecisionKind

    choice = Choice(
        DecisionKind.VALIDATE,
        answer or (),
        acknowledge,
        refuse or (),
        propose or (),
        seen,
        None,
        comment,
    )
    decide_item(Desk(data, user, as_json, lang), item, choice)


@app.command()
def hold(
    item: ItemId,
    user: User,
    reason: Reason,
    comment: Comment = None,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Set the item aside, with a coded reason."""
    from engine.terminal.queue import Desk
    from engine.terminal.queue_decide import Choice, decide_item
    from schemas.decision import DecisionKind

    choice = Choice(DecisionKind.HOLD, reason=reason, comment=comment)
    decide_item(Desk(data, user, as_json, lang), item, choice)


@app.command()
def clarify(
    item: ItemId,
    user: User,
    reason: Reason,
    answer: Answers = None,
    propose: Proposals = None,
    comment: Comment = None,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Ask the prescriber, with a coded reason and the question as comment."""
    from engine.terminal.queue import Desk
    from engine.terminal.queue_decide import Choice, decide_item
    from schemas.decision import DecisionKind

    choice = Choice(
        DecisionKind.CLARIFY, answer or (), proposed=propose or (), reason=reason, comment=comment
    )
    decide_item(Desk(data, user, as_json, lang), item, choice)


@app.command()
def reject(
    item: ItemId,
    user: User,
    reason: Reason,
    answer: Answers = None,
    propose: Proposals = None,
    comment: Comment = None,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Refuse the prescription as it is, with a coded reason."""
    from engine.terminal.queue import Desk
    from engine.terminal.queue_decide import Choice, decide_item
    from schemas.decision import DecisionKind

    choice = Choice(
        DecisionKind.REJECT, answer or (), proposed=propose or (), reason=reason, comment=comment
    )
    decide_item(Desk(data, user, as_json, lang), item, choice)

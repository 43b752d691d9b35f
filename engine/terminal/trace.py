"""`semainier trace`: the chain from any id back to the bytes, and forward to what left."""

from pathlib import Path
from typing import TYPE_CHECKING

from engine.language import Language, Say, speaker
from engine.terminal.shell import console, print_json

if TYPE_CHECKING:
    from rich.tree import Tree

    from schemas.trace import Trace, TracedPrescription


def show_trace(identifier: str, data: Path, *, as_json: bool, language: Language | None) -> None:
    """The chain as a tree, then the journal."""
    from engine.pipeline.context import open_context
    from engine.pipeline.trace import trace

    found = trace(open_context(data), identifier)
    if as_json:
        print_json(found)
        return
    say = speaker(language)
    out = console()
    out.print(_tree(found, say))
    out.print(_journal(found, say))


def _tree(found: "Trace", say: Say) -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    root = Tree(Text(found.asked, style="bold"))
    for message in found.messages:
        branch = root.add(
            Text(
                f"{say('Message')} {message.id} {message.channel} {message.format or ''} "
                f"{say(message.state.value)} sha256 {message.sha256[:12]}"
            )
        )
        for intake in found.intakes:
            branch.add(Text(f"{say('Intake')} {intake}"))
        for dispense in found.dispenses:
            branch.add(Text(f"{say('Dispense')} {dispense}"))
        for notice in found.notices:
            branch.add(Text(f"{say('Notice')} {notice}"))
    for prescription in found.prescriptions:
        _branch(root, prescription, say)
    return root


def _branch(root: "Tree", prescription: "TracedPrescription", say: Say) -> None:
    from rich.text import Text

    branch = root.add(
        Text(
            f"{say('Prescription')} {prescription.id} v{prescription.version} "
            f"sha256 {prescription.content_sha256[:12]}"
        )
    )
    reading = prescription.interpretation
    if reading is not None:
        branch.add(
            Text(
                f"{say('Reading of a text')} {reading.id} {say('line')} {reading.line} "
                f"{reading.by} {reading.at:%Y-%m-%d %H:%M} sha256 {reading.text_sha256[:12]}"
            )
        )
    if prescription.item:
        branch.add(Text(f"{say('Item')} {prescription.item} {say(prescription.state or '')}"))
    for decision in prescription.decisions:
        branch.add(
            Text(
                f"{say('Decision')} {decision.id} {say(decision.kind.value)} "
                f"{decision.decided_by.name} {decision.decided_at:%Y-%m-%d %H:%M}"
            )
        )
    if prescription.release:
        branch.add(Text(f"{say('Release')} {prescription.release}"))
    for delivery in prescription.deliveries:
        branch.add(
            Text(
                f"{say('Delivery')} {delivery.id} {delivery.format} {delivery.receiver} "
                f"{say(delivery.state.value)} sha256 {delivery.sha256[:12]}"
            )
        )


def _journal(found: "Trace", say: Say) -> object:
    from rich.text import Text

    from engine.terminal.tables import table_of

    table = table_of(
        say("Journal"), "#", say("When"), say("Event"), say("Who"), say("About"), say("Detail")
    )
    for entry in found.journal:
        detail = " ".join(f"{name}={value}" for name, value in sorted(entry.detail.items()))
        table.add_row(
            str(entry.number),
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            entry.event.value,
            Text(entry.actor),
            entry.subject,
            Text(detail),
        )
    return table

"""The whole chain from any id back to the bytes, and forward to what left because of them."""

from engine.pipeline.context import Context
from engine.store import (
    audit,
    dispenses,
    inbox,
    intakes,
    interpretations,
    notices,
    outbox,
    prescriptions,
    queue,
    releases,
    tracing,
)
from engine.store.unit import Unit
from schemas.decision import Decision
from schemas.errors import Refused
from schemas.message import Message
from schemas.offer import Interpretation
from schemas.trace import Trace, TracedInterpretation, TracedPrescription


def trace(context: Context, identifier: str) -> Trace:
    """Everything that hangs together with this id: ids, digests, states and the journal.

    Nothing of the content, and no free text: whoever runs the installation may follow the chain.

    Raises: `Refused` when no row has it.
    """
    with context.store.unit(context.tenant) as unit:
        messages = tracing.messages_behind(unit, identifier)
        if not messages:
            raise Refused(
                "id: no message, prescription, item, reading, decision, release or delivery has it"
            )
        found = [inbox.message(unit, each) for each in messages]
        chains = [_chain(unit, message) for message in found if message is not None]
        return Trace(
            asked=identifier,
            messages=tuple(message for message in found if message is not None),
            prescriptions=tuple(each for chain in chains for each in chain),
            intakes=tuple(each for name in messages for each in intakes.of_message(unit, name)),
            dispenses=tuple(each for name in messages for each in dispenses.of_message(unit, name)),
            notices=tuple(each for name in messages for each in notices.of_message(unit, name)),
            journal=audit.entries_about(unit, _subjects(unit, messages, chains)),
        )


def _chain(unit: Unit, message: Message) -> tuple[TracedPrescription, ...]:
    return tuple(
        _traced(unit, identifier) for identifier in prescriptions.of_message(unit, message.id)
    )


def _traced(unit: Unit, identifier: str) -> TracedPrescription:
    stored = prescriptions.prescription(unit, identifier)
    item = queue.item_about(unit, queue.Subject.PRESCRIPTION, identifier)
    decisions = queue.decisions_on(unit, item.id) if item else ()
    return TracedPrescription(
        id=identifier,
        version=stored.version if stored else 0,
        content_sha256=stored.content_sha256 if stored else "",
        interpretation=_reading(interpretations.that_made(unit, identifier)),
        item=item.id if item else None,
        state=item.state.value if item else None,
        decisions=tuple(_without_words(each) for each in decisions),
        release=releases.release_id_of(unit, queue.Subject.PRESCRIPTION, identifier),
        deliveries=outbox.about_decision(unit, tuple(each.id for each in decisions)),
    )


def _reading(made: Interpretation | None) -> TracedInterpretation | None:
    if made is None:
        return None
    return TracedInterpretation(
        id=made.id,
        read=made.prescription,
        line=made.line,
        by=made.interpreted_by.name,
        at=made.interpreted_at,
        text_sha256=made.answers.text_sha256,
    )


def _without_words(decision: Decision) -> Decision:
    """The decision without what people wrote: a trace shows what hangs together, no content."""
    return decision.model_copy(
        update={
            "comment": None,
            "lines": tuple(line.model_copy(update={"comment": None}) for line in decision.lines),
            "answers": tuple(
                answer.model_copy(
                    update={
                        "comment": None,
                        "intervention": answer.intervention
                        and answer.intervention.model_copy(update={"comment": None}),
                    }
                )
                for answer in decision.answers
            ),
        }
    )


def _subjects(
    unit: Unit, messages: tuple[str, ...], chains: list[tuple[TracedPrescription, ...]]
) -> tuple[str, ...]:
    ids: list[str] = [*messages]
    for message in messages:
        ids += intakes.of_message(unit, message)
        ids += dispenses.of_message(unit, message)
        ids += notices.of_message(unit, message)
    for chain in chains:
        for each in chain:
            ids += [each.id, each.item or "", each.release or ""]
            ids += [each.interpretation.id] if each.interpretation else []
            ids += [decision.id for decision in each.decisions]
            ids += [delivery.id for delivery in each.deliveries]
    return tuple(name for name in ids if name)

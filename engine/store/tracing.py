"""Finds the messages behind any id."""

from sqlalchemy import Select, select, union

from engine.store.tables import (
    adherence_results,
    decisions,
    deliveries,
    dispenses,
    intakes,
    interpretations,
    messages,
    movements,
    notices,
    prescriptions,
    queue_items,
    releases,
    schedules,
)
from engine.store.unit import Unit


def messages_behind(unit: Unit, identifier: str) -> tuple[str, ...]:
    """The messages that brought the row of this id, or what it was decided or sent about.

    For an adherence result, and all that follows from one: the messages of the intakes that it
    was computed from.
    """
    prescription = (
        select(prescriptions.c.message_id)
        .where(prescriptions.c.tenant == unit.tenant)
        .where(prescriptions.c.id.in_(_subjects(identifier)))
    )
    direct = [
        select(table.c.message_id).where(table.c.tenant == unit.tenant, table.c.id == identifier)
        for table in (prescriptions, intakes, dispenses, notices, movements)
    ]
    line = (
        select(prescriptions.c.message_id)
        .join(schedules, schedules.c.prescription_id == prescriptions.c.id)
        .where(schedules.c.tenant == unit.tenant, schedules.c.id == identifier)
    )
    reading = (
        select(prescriptions.c.message_id)
        .join(interpretations, interpretations.c.made_id == prescriptions.c.id)
        .where(interpretations.c.tenant == unit.tenant, interpretations.c.id == identifier)
    )
    itself = select(messages.c.id).where(
        messages.c.tenant == unit.tenant, messages.c.id == identifier
    )
    of_intakes = (
        select(intakes.c.message_id)
        .join(adherence_results, adherence_results.c.patient_id == intakes.c.patient_id)
        .where(
            intakes.c.tenant == unit.tenant,
            adherence_results.c.id.in_(_subjects(identifier)),
            intakes.c.received_at <= adherence_results.c.computed_at,
        )
    )
    found = unit.connection.execute(union(itself, *direct, line, reading, prescription, of_intakes))
    return tuple(sorted(row[0] for row in found))


def _subjects(identifier: str) -> Select[tuple[str]]:
    """What an item, a decision, a release or a delivery is about."""
    item = select(queue_items.c.subject_id).where(queue_items.c.id == identifier)
    decision = select(decisions.c.subject_id).where(decisions.c.id == identifier)
    release = select(releases.c.subject_id).where(releases.c.id == identifier)
    delivery = (
        select(decisions.c.subject_id)
        .join(deliveries, deliveries.c.decision_id == decisions.c.id)
        .where(deliveries.c.id == identifier)
    )
    itself = select(adherence_results.c.id).where(adherence_results.c.id == identifier)
    every = union(item, decision, release, delivery, itself).subquery()
    return select(every.c[0])

"""Reads one claimed message and stores what it says, in one transaction with its settlement."""

from collections.abc import Sequence

from connectors import registry
from engine.pipeline.assess import assess_prescription
from engine.pipeline.beside import lines_beside
from engine.pipeline.context import Context
from engine.pipeline.earlier import recalled
from engine.pipeline.elsewhere import Around, around
from engine.pipeline.facts import Facts
from engine.pipeline.identity import Identities
from engine.pipeline.known import KnownOrders
from engine.pipeline.merge import merged, without
from engine.pipeline.products import Lookup
from engine.pipeline.receive import ENGINE
from engine.pipeline.whole import ended_by
from engine.review.elsewhere import replaces_what_is_here
from engine.store import (
    audit,
    inbox,
    prescriptions,
    queue,
)
from engine.store.inbox import Claimed
from engine.store.prescriptions import StoredPrescription
from engine.store.queue import Item
from engine.store.unit import Overtaken, Unit
from engine.validation.states import Event, ItemState, happened
from mappings.catalogue import load_site
from schemas.connector import Connector, Reading
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.ids import PatientId
from schemas.message import MessageState
from schemas.prescription import Prescription
from schemas.site import Site


def read(context: Context, claimed: Claimed) -> MessageState:
    """What became of the message. Everything it brought is stored, or nothing is.

    A message that brings nothing is refused, with the findings that say why. When the lease
    was lost meanwhile, nothing is stored: another worker has the message. Raises: `Overtaken`
    when another worker stored a version of the same prescription, or the same patient, first, or
    a person decided on the version before meanwhile.
    """
    connector = registry.connector(claimed.message.format or "")
    site = load_site(claimed.site)
    reading = _reading(context, connector, claimed, site)
    with context.store.unit(context.tenant) as unit:
        blocking = [found for found in reading.findings if found.blocks]
        refused = reading.is_empty
        error = blocking[0].code.value if refused and blocking else None
        state = MessageState.REFUSED if refused else MessageState.READ
        if not inbox.settle(unit, claimed, state, error=error):
            return claimed.message.state
        _Keeper(context, unit, claimed, site).keep(reading)
        if refused:
            audit.record(
                unit,
                AuditEvent.MESSAGE_REFUSED,
                actor=ENGINE,
                subject=claimed.message.id,
                at=context.clock(),
                error=error or "",
            )
        unit.commit()
    return state


def _reading(context: Context, connector: Connector, claimed: Claimed, site: Site) -> Reading:
    """The reading; on a strict channel, what lint refuses is not read at all."""
    if connector.read is None:
        raise Refused("format: this one is only written")
    strict = context.channel(claimed.message.channel).conformance == "strict"
    if strict and connector.lint is not None:
        faults = connector.lint(claimed.raw)
        if faults:
            return Reading(format=connector.name, findings=faults)
    return connector.read(claimed.raw, site)


class _Keeper:
    """Stores the parts of one reading inside one unit."""

    def __init__(self, context: Context, unit: Unit, claimed: Claimed, site: Site) -> None:
        self.unit = unit
        self.message = claimed.message
        self.site = site
        self.now = context.clock()
        self.identities = Identities(unit, claimed.message.channel, self.now)
        self.latest: dict[str, StoredPrescription | None] = {}
        self.around: dict[PatientId | None, Around] = {}
        self.known = KnownOrders(unit)
        self.products = Lookup(unit)

    def keep(self, reading: Reading) -> None:
        """Findings of the message, then movements, prescriptions, intakes and dispenses.

        What is known of all prescriptions is asked before the first is stored, so that their
        rows are written together.
        """
        prescriptions.store_findings(self.unit, self.message.id, reading.findings)
        facts = Facts(self.unit, self.identities, self.message.id, self.now, self._record)
        facts.keep_movements(reading)
        for patient_id in sorted(facts.joined):
            self._around(patient_id).reopen(self.now, ENGINE)
        self.products.ask(reading.prescriptions)
        for prescription in reading.prescriptions:
            self._look_up(prescription)
        for prescription in reading.prescriptions:
            self._prescription(prescription, reading.prescriptions)
        for stands in self.around.values():
            stands.retell(self.now, ENGINE)
        facts.keep_reports(reading)

    def _record(self, event: AuditEvent, subject: str, **detail: str) -> None:
        audit.record(
            self.unit,
            event,
            actor=ENGINE,
            subject=subject,
            at=self.now,
            message=self.message.id,
            **detail,
        )

    def _look_up(self, incoming: Prescription) -> None:
        """Ask for the patient, what stands of them, and the newest version of a named group."""
        patient_id, _ = self.identities.of(incoming.patient)
        self._around(patient_id)
        if incoming.chain.group is not None:
            self._latest(self._group(incoming, patient_id))

    def _around(self, patient_id: PatientId | None) -> Around:
        """What stands of the patient; of nobody, nothing."""
        if patient_id not in self.around:
            known = patient_id is not None and patient_id not in self.identities.new
            self.around[patient_id] = (
                around(self.unit, patient_id, self.products)
                if patient_id is not None and known
                else Around(self.unit, self.products)
            )
        return self.around[patient_id]

    def _latest(self, group: str) -> StoredPrescription | None:
        if group not in self.latest:
            self.latest[group] = prescriptions.latest_of(self.unit, group)
        return self.latest[group]

    def _prescription(self, incoming: Prescription, others: Sequence[Prescription]) -> None:
        """Store it, with what it ends of the patient's others when nobody doubts who that is."""
        patient_id, doubts = self.identities.of(incoming.patient)
        stands = self._around(patient_id)
        known = [*others, *(each.stored.content.as_read for each in stands.versions)]
        absent = replaces_what_is_here(incoming, known if patient_id else others)
        said = (*incoming.findings, *doubts, *absent)
        incoming = incoming.model_copy(update={"findings": said})
        group = self._group(incoming, patient_id)
        base = self._standing(self._latest(group))
        incoming = self.known.beside(incoming, patient_id, base) if base else incoming
        if not incoming.lines and base:
            return  # it only reports on orders that are known: its notices are kept
        whole = merged(base.content.as_read, incoming) if base else incoming
        made = self._version(whole, base, group, patient_id, others)
        if not doubts:
            self._end_others(made, incoming, stands)

    def _end_others(self, made: StoredPrescription, incoming: Prescription, stands: Around) -> None:
        """A version of each other prescription of the patient, without what this one ends of it.

        The tables of another site would date its other lines anew: it stays as it is, and the new
        one says that it stands.
        """
        for version, ranks in stands.given_up(made):
            origin = inbox.origin(self.unit, version.stored.id)
            if origin is not None and origin.site == self.site.name:
                ended = without(version.stored.content.as_read, ranks, incoming)
                group = version.stored.group_key
                self._version(ended, version.stored, group, made.patient_id)
        for version, stopped in ended_by(made, stands.versions, self._channel_of):
            self._version(stopped, version.stored, version.stored.group_key, made.patient_id)

    def _version(
        self,
        whole: Prescription,
        base: StoredPrescription | None,
        group: str,
        patient_id: PatientId | None,
        others: Sequence[Prescription] = (),
    ) -> StoredPrescription:
        """The next version of the group, made of `base`, stored and waiting."""
        latest = self._latest(group)
        item = self._item_about(latest)
        validated = prescriptions.last_validated(self.unit, group) if latest else None
        self.products.ask([whole])
        previous = validated.content.as_understood if validated else None
        beside = lines_beside(whole, others)
        assessed = assess_prescription(whole, self.site, previous, self.products, beside)
        assessed = recalled(self.unit, assessed, group, base.content if base else None)
        assessed = self._around(patient_id).said_of(assessed, group, self.message.id)
        stored = self.latest[group] = prescriptions.store(
            self.unit,
            assessed,
            message_id=self.message.id,
            source_sha256=self.message.sha256,
            patient_id=patient_id,
            group_key=group,
            version=latest.version + 1 if latest else 1,
            at=self.now,
        )
        self._wait(stored, len(assessed.blocking))
        if item is not None:
            self._supersede(item)
        return stored

    def _wait(self, stored: StoredPrescription, blocking: int) -> None:
        """Put the version before a pharmacist."""
        item = queue.open_item(
            self.unit,
            queue.Subject.PRESCRIPTION,
            stored.id,
            patient_id=stored.patient_id,
            content_sha256=stored.content_sha256,
            source_sha256=stored.source_sha256,
            blocking=blocking,
            at=self.now,
        )
        if stored.patient_id is not None:
            self._around(stored.patient_id).put(stored, item)
        self._record(AuditEvent.PRESCRIPTION_STORED, stored.id, sha256=stored.content_sha256)

    def _channel_of(self, message_id: str) -> str | None:
        message = inbox.message(self.unit, message_id)
        return message.channel if message is not None else None

    def _group(self, incoming: Prescription, patient_id: PatientId | None) -> str:
        """What stays the same over the versions of a prescription, within one patient.

        The sender's group, else the group in which one of the lines is known, else the first
        line, else the message itself: an order that nobody can name again.
        """
        owner = patient_id or f"message:{self.message.id}"
        group = incoming.chain.group
        if group is not None:
            named = f"{owner}|group:{group.authority or ''}:{group.value}"
            if self._latest(named) is not None:
                return named
            again = self.known.group_of(incoming, patient_id, self._around(patient_id).versions)
            return again or named
        lines = [line.identifier for line in incoming.lines if line.identifier]
        if not lines:
            return f"{owner}|message:{self.message.id}:{incoming.location}"
        known = prescriptions.group_of_lines(self.unit, patient_id, lines) if patient_id else None
        return known or f"{owner}|line:{lines[0]}"

    def _item_about(self, stored: StoredPrescription | None) -> Item | None:
        if stored is None:
            return None
        return queue.item_about(self.unit, queue.Subject.PRESCRIPTION, stored.id)

    def _standing(self, latest: StoredPrescription | None) -> StoredPrescription | None:
        """The version that a new message adds to: the newest that nobody rejected."""
        item = self._item_about(latest)
        if latest is not None and item is not None and item.state is ItemState.REJECTED:
            return prescriptions.last_validated(self.unit, latest.group_key)
        return latest

    def _supersede(self, older: Item) -> None:
        """An undecided older version leaves the queue; a validated one stays until release."""
        if older.state.is_open:
            if not queue.move(self.unit, older, happened(older.state, Event.SUPERSEDED)):
                raise Overtaken("queue: the older version was decided on meanwhile")
            self._record(AuditEvent.PRESCRIPTION_SUPERSEDED, older.subject_id)

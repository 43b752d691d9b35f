"""What else stands of a patient: said on a new prescription, and on those that still wait.

A prescription that waits is said anew, as a further version on the same item, whenever what
stands beside it changes: so nobody decides on a content that no longer tells what there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.pipeline.assess import record_of
from engine.pipeline.products import Lookup
from engine.review.case import ENDED
from engine.review.elsewhere import (
    ELSEWHERE,
    Standing,
    replaced,
    replacing,
    with_elsewhere,
)
from engine.review.lines import product_keys
from engine.store import audit, patients, prescriptions, queue, standing
from engine.store.prescriptions import StoredPrescription
from engine.store.standing import StandingVersion
from engine.store.unit import Overtaken, Unit
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.events import AuditEvent
from schemas.ids import PatientId
from schemas.prescription import Product
from schemas.reference import ProductRecord


@dataclass(frozen=True, slots=True)
class _Marks:
    """By what two prescriptions may have to do with each other; most have nothing in common."""

    products: frozenset[str]
    names: frozenset[str]
    replaces: frozenset[str]

    def meet(self, other: "_Marks") -> bool:
        """Whether they share a product, or one of them may replace the other."""
        return bool(
            self.products & other.products
            or self.replaces & other.names
            or other.replaces & self.names
        )


@dataclass(slots=True)
class Around:
    """What stands of one patient, as this unit found it and has changed it since."""

    unit: Unit
    products: Lookup
    versions: list[StandingVersion] = field(default_factory=list)
    marks: dict[str, _Marks] = field(default_factory=dict)

    def said_of(
        self, content: AssessedPrescription, group_key: str, message_id: str
    ) -> AssessedPrescription:
        """The prescription of this group, with what stands beside it."""
        others = self._others(self._marks(content), group_key, message_id)
        if not others and not _says(content):
            return content
        return with_elsewhere(content, others, self._record)

    def _others(self, own: _Marks, group_key: str, message_id: str) -> list[Standing]:
        """Those that have anything in common with it, but for what its own message states."""
        return [
            _standing(
                version,
                self._newest(version),
                same_message=version.stored.message_id == message_id,
            )
            for version in self.versions
            if version.stored.group_key != group_key and own.meet(self._marks_of(version))
        ]

    def _marks_of(self, version: StandingVersion) -> _Marks:
        identifier = version.stored.id
        if identifier not in self.marks:
            self.marks[identifier] = self._marks(version.stored.content)
        return self.marks[identifier]

    def _marks(self, content: AssessedPrescription) -> _Marks:
        header, lines = content.prescription, [each.line for each in content.lines]
        group = (header.chain.group,) if header.chain.group else ()
        named = [*header.identifiers, *group, *(i for line in lines for i in line.identifiers)]
        links = [link.line for line in lines for link in replacing(line)]
        products = [line.product for line in lines]
        return _Marks(
            products=frozenset(k for p in products for k in product_keys(p, self._record(p))),
            names=frozenset(each.value for each in named),
            replaces=frozenset((*(each.value for each in header.chain.replaces), *links)),
        )

    def _record(self, product: Product) -> ProductRecord | None:
        return record_of(self.products, product)

    def _newest(self, version: StandingVersion) -> StandingVersion:
        """The version of the same prescription that waits, when this one is in force."""
        group = version.stored.group_key
        return next((each for each in self.waiting if each.stored.group_key == group), version)

    @property
    def waiting(self) -> list[StandingVersion]:
        """The versions that somebody still decides on."""
        return [each for each in self.versions if each.item.state.is_open]

    def put(self, stored: StoredPrescription, item: queue.Item) -> None:
        """A version that waits from now on, in the place of one of its group that waited."""
        self.versions = [
            each
            for each in self.versions
            if each.in_force or each.stored.group_key != stored.group_key
        ]
        self.versions.append(StandingVersion(stored, item))

    def retell(self, at: datetime, actor: str) -> tuple[StoredPrescription, ...]:
        """A further version of each one that waits, where what stands beside it has changed.

        Raises: `Overtaken` when somebody decided on one of them meanwhile.
        """
        made = [self.retold(version, at, actor) for version in self.waiting]
        return tuple(each for each in made if each is not None)

    def retold(
        self, version: StandingVersion, at: datetime, actor: str
    ) -> StoredPrescription | None:
        """The further version of one that waits, on the same item; `None`: nothing changed."""
        before = version.stored
        content = self.said_of(before.content, before.group_key, before.message_id)
        if content == before.content:
            return None
        made = self._further(before, content, before.version, at)
        blocking = len(content.blocking)
        if not queue.point(self.unit, version.item, made.id, made.content_sha256, blocking):
            raise Overtaken("queue: another person decided on a prescription beside it meanwhile")
        self._journal(made, before, version.item.id, at, actor)
        item = queue.item(self.unit, version.item.id)
        if item is not None:
            self.put(made, item)
        return made

    def reopen(self, at: datetime, actor: str) -> None:
        """A version, on an item of its own, of each one in force beside which something new stands.

        It stays in force; where a newer version waits already, that one tells it.
        """
        waiting = {each.stored.group_key for each in self.waiting}
        for before in [each.stored for each in self.versions if each.in_force]:
            content = self.said_of(before.content, before.group_key, before.message_id)
            if before.group_key in waiting or content == before.content:
                continue
            latest = prescriptions.latest_of(self.unit, before.group_key) or before
            made = self._further(before, content, latest.version, at)
            item = queue.open_item(
                self.unit,
                queue.Subject.PRESCRIPTION,
                made.id,
                patient_id=made.patient_id,
                content_sha256=made.content_sha256,
                source_sha256=made.source_sha256,
                blocking=len(content.blocking),
                at=at,
            )
            self._journal(made, before, item.id, at, actor)
            self.put(made, item)

    def _further(
        self, before: StoredPrescription, content: AssessedPrescription, latest: int, at: datetime
    ) -> StoredPrescription:
        """The next version after `latest`, of the same message as the one before."""
        return prescriptions.store(
            self.unit,
            content,
            message_id=before.message_id,
            source_sha256=before.source_sha256,
            patient_id=before.patient_id,
            group_key=before.group_key,
            version=latest + 1,
            at=at,
        )

    def _journal(
        self,
        made: StoredPrescription,
        before: StoredPrescription,
        item: str,
        at: datetime,
        actor: str,
    ) -> None:
        audit.record(
            self.unit,
            AuditEvent.PRESCRIPTION_STORED,
            actor=actor,
            subject=made.id,
            at=at,
            message=before.message_id,
            sha256=made.content_sha256,
            item=item,
            before=before.id,
        )

    def given_up(
        self, made: StoredPrescription
    ) -> tuple[tuple[StandingVersion, frozenset[int]], ...]:
        """The newest version of each prescription in force of which `made` replaces lines.

        With the ranks of these lines. What its own message states as an order is not given up by
        it, and what nobody validated yet needs no end: both stay with their findings.
        """
        found = []
        for version in self.versions:
            newest = self._newest(version)
            own = newest.stored.group_key == made.group_key
            if not version.in_force or own or newest.stored.message_id == made.message_id:
                continue
            every = frozenset(range(1, len(newest.stored.content.lines) + 1)) - newest.refused
            ranks = replaced(made.content, Standing(newest.item.id, newest.stored.content, every))
            if ranks:
                found.append((newest, ranks))
        return tuple(found)


def around(unit: Unit, patient_id: PatientId, products: Lookup | None = None) -> Around:
    """What stands of this patient, whom nobody else works on until this unit ends."""
    known = patients.merged_into(unit, patients.lock(unit, patient_id))
    found = standing.of_patients(unit, known)
    products = products or Lookup(unit)
    products.ask(each.stored.content.as_read for each in found)
    return Around(unit, products, list(found))


def _says(content: AssessedPrescription) -> bool:
    findings = (*content.findings, *(each for line in content.lines for each in line.findings))
    return any(each.code in ELSEWHERE for each in findings)


def _standing(version: StandingVersion, newest: StandingVersion, *, same_message: bool) -> Standing:
    """The lines of a version that stand.

    Of one in force these are the lines that were not refused; those that the newer one, which
    waits, still has are said there.
    """
    content = version.stored.content
    lines = frozenset(range(1, len(content.lines) + 1)) - version.refused
    ending: frozenset[int] = frozenset()
    if newest is not version:
        kept = frozenset(
            rank
            for rank, line in enumerate(content.lines, start=1)
            if _goes_on(line, newest.stored.content.lines)
        )
        lines = ending = lines - kept
    return Standing(
        item=version.item.id,
        content=content,
        lines=lines,
        ending=ending,
        same_message=same_message,
    )


def _goes_on(line: AssessedLine, newer: Sequence[AssessedLine]) -> bool:
    names = {each.value for each in line.line.identifiers}
    keys = product_keys(line.line.product)
    same = [each.line for each in newer if names & {i.value for i in each.line.identifiers}]
    same = same or [each.line for each in newer if keys & product_keys(each.line.product)]
    return any(each.action not in ENDED for each in same)

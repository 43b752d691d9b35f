"""The statements of the road from bytes to a stored schedule, each built once.

Building one costs more than running it. What each answers stands with the function that runs it;
each finds its rows through an index on both databases, which the tests read off the query plan.
"""

from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from engine.store.tables import (
    audit,
    decisions,
    findings,
    messages,
    patient_identifiers,
    patients,
    prescriptions,
    queue_items,
    reference_codes,
    reference_products,
    reference_releases,
    releases,
    schedules,
)
from engine.validation.states import ItemState
from schemas.message import Message, MessageState

TENANT: BindParameter[str] = bindparam("tenant")
NOW: BindParameter[datetime] = bindparam("now")


def _written_text(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'")


def _written(state: MessageState) -> ColumnElement[str]:
    """The state as text of the statement: only so is an index of the rows in this state used."""
    return _written_text(state.value)


# The inbox.

SHOWN = tuple(messages.c[name] for name in Message.model_fields)
"""The columns of a `Message`."""

MESSAGE_KEYED = select(*SHOWN, messages.c.answer).where(
    messages.c.tenant == TENANT,
    messages.c.channel == bindparam("channel"),
    messages.c.dedupe_key == bindparam("dedupe_key"),
)

MESSAGE = select(*SHOWN).where(messages.c.tenant == TENANT, messages.c.id == bindparam("id"))

STORE_MESSAGE = insert(messages).inline()

_older = messages.alias("older")
_HEAD_WAITS = (
    select(_older.c.seq)
    .where(
        _older.c.tenant == messages.c.tenant,
        _older.c.channel == messages.c.channel,
        _older.c.lane == messages.c.lane,
        _older.c.seq < messages.c.seq,
        _older.c.state.in_([_written(MessageState.RECEIVED), _written(MessageState.PARKED)]),
    )
    .exists()
)

FREE = (
    select(messages.c.seq)
    .where(
        messages.c.tenant == bindparam("claimant"),
        messages.c.state == _written(MessageState.RECEIVED),
        or_(messages.c.not_before.is_(None), messages.c.not_before <= NOW),
        or_(messages.c.lease_until.is_(None), messages.c.lease_until <= NOW),
        ~_HEAD_WAITS,
    )
    .order_by(messages.c.seq)
    .limit(literal_column("1"))
)

_CLAIM = (
    update(messages)
    .values(
        lease_token=bindparam("token"),
        lease_until=bindparam("until"),
        attempts=messages.c.attempts + literal_column("1"),
    )
    .returning(*SHOWN, messages.c.site, messages.c.raw)
)

CLAIM = {
    "sqlite": _CLAIM.where(messages.c.seq == FREE.scalar_subquery()),
    "postgresql": _CLAIM.where(
        messages.c.seq == FREE.with_for_update(skip_locked=True).scalar_subquery()
    ),
}
"""By dialect: where writers do not exclude each other, a claim passes rows that another takes."""

SETTLE = (
    update(messages)
    .where(
        messages.c.tenant == bindparam("owner"),
        messages.c.id == bindparam("claimed"),
        messages.c.lease_token == bindparam("token"),
    )
    .values(
        state=bindparam("became"),
        error=bindparam("error"),
        not_before=bindparam("not_before"),
        lease_token=None,
        lease_until=None,
    )
)

ANSWERED = (
    update(messages)
    .where(messages.c.tenant == bindparam("receiver"), messages.c.id == bindparam("message"))
    .values(acknowledgement=bindparam("said"), answer=bindparam("sent"))
)

# Patients.

PATIENT_KEYED = select(patient_identifiers.c.patient_id).where(
    patient_identifiers.c.tenant == TENANT,
    patient_identifiers.c.authority == bindparam("authority"),
    patient_identifiers.c.value == bindparam("value"),
)

PATIENT = select(patients.c.content).where(
    patients.c.tenant == TENANT, patients.c.id == bindparam("id")
)

LOCK_PATIENT = (
    select(patients.c.merged_into)
    .where(patients.c.tenant == TENANT, patients.c.id == bindparam("id"))
    .with_for_update(key_share=True)
)
"""PostgreSQL: whoever else works on this patient waits until this transaction ends."""

MERGED_INTO = select(patients.c.id).where(
    patients.c.tenant == TENANT, patients.c.merged_into == bindparam("id")
)

STORE_PATIENT = insert(patients).inline()

DESCRIBE_PATIENT = (
    update(patients)
    .where(patients.c.tenant == bindparam("owner"), patients.c.id == bindparam("described"))
    .values(content=bindparam("content"), updated_at=NOW)
)

STORE_IDENTIFIER = insert(patient_identifiers).inline()

# Prescriptions.

STORE_PRESCRIPTION = insert(prescriptions).inline()

STORE_SCHEDULE = insert(schedules).inline()

STORE_FINDING = insert(findings).inline()

FINDINGS_OF_MESSAGE = (
    select(findings)
    .where(
        findings.c.tenant == TENANT,
        findings.c.message_id == bindparam("message_id"),
        findings.c.prescription_id.is_(None),
    )
    .order_by(findings.c.number)
)

LATEST_OF_GROUP = (
    select(prescriptions)
    .where(prescriptions.c.tenant == TENANT, prescriptions.c.group_key == bindparam("group_key"))
    .order_by(prescriptions.c.version.desc())
    .limit(literal_column("1"))
)

_RELEASED = (
    select(releases.c.id)
    .where(releases.c.tenant == prescriptions.c.tenant, releases.c.subject_id == prescriptions.c.id)
    .exists()
)

LAST_VALIDATED_OF_GROUP = LATEST_OF_GROUP.where(_RELEASED)

GROUP_OF_LINES = (
    select(prescriptions.c.group_key)
    .join(schedules, schedules.c.prescription_id == prescriptions.c.id)
    .where(
        schedules.c.tenant == TENANT,
        schedules.c.line_key.in_(bindparam("lines", expanding=True)),
        prescriptions.c.tenant == TENANT,
        prescriptions.c.patient_id == bindparam("patient_id"),
    )
    .order_by(prescriptions.c.stored_at.desc(), prescriptions.c.version.desc())
    .limit(literal_column("1"))
)

_STANDS = [
    _written_text(state)
    for state in (
        ItemState.TO_VALIDATE,
        ItemState.HELD,
        ItemState.CLARIFICATION,
        ItemState.VALIDATED,
    )
]
"""As the index of them says it."""

STANDING_OF_PATIENT = (
    select(
        prescriptions,
        queue_items.c.id.label("item"),
        queue_items.c.state,
        queue_items.c.blocking,
        queue_items.c.opened_at,
        queue_items.c.row_version,
        decisions.c.content.label("decision"),
    )
    .select_from(queue_items)
    .join(prescriptions, prescriptions.c.id == queue_items.c.subject_id)
    .outerjoin(
        releases, and_(releases.c.tenant == TENANT, releases.c.subject_id == prescriptions.c.id)
    )
    .outerjoin(decisions, decisions.c.id == releases.c.decision_id)
    .where(
        queue_items.c.tenant == TENANT,
        queue_items.c.patient_id.in_(bindparam("patients", expanding=True)),
        queue_items.c.state.in_(_STANDS),
        prescriptions.c.tenant == TENANT,
    )
)
"""Unsorted: an order would make SQLite go through all prescriptions of the tenant.

An item about an adherence result finds no prescription of its id.
"""

# The product reference, which has no tenant.

_RELEASE_IN_FORCE = (
    select(reference_releases.c.id).where(reference_releases.c.in_force).scalar_subquery()
)

PRODUCTS_CODED = (
    select(
        reference_codes.c.system,
        reference_codes.c.value,
        reference_codes.c.cis,
        reference_products.c.record,
    )
    .join(
        reference_products,
        and_(
            reference_products.c.release_id == reference_codes.c.release_id,
            reference_products.c.cis == reference_codes.c.cis,
        ),
    )
    .where(
        reference_codes.c.release_id == _RELEASE_IN_FORCE,
        reference_codes.c.value.in_(bindparam("codes", expanding=True)),
    )
)

# The queue and the journal.

OPEN_ITEM = insert(queue_items).inline()

ITEM_ABOUT = select(queue_items).where(
    queue_items.c.tenant == TENANT,
    queue_items.c.kind == bindparam("kind"),
    queue_items.c.subject_id == bindparam("subject_id"),
)

NEWEST_ENTRY = (
    select(audit.c.number, audit.c.digest)
    .where(audit.c.tenant == TENANT)
    .order_by(audit.c.number.desc())
    .limit(literal_column("1"))
)

LOCK_JOURNAL = select(func.pg_advisory_xact_lock(func.hashtext(TENANT)))
"""PostgreSQL: the tenant's other writers wait until this transaction ends."""

STORE_ENTRY = insert(audit).inline()

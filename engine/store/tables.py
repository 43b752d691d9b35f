"""The tables. Every row has its tenant; what a person decided or reported is never changed.

The tables of the product reference have no tenant: they hold what an authority publishes of
products, no row of them is about a person or a pharmacy, and all pharmacies of an installation
read the same release. `SHARED` names them, so that no other table can do without a tenant.

The migrations make them; `engine.store.migrations.check` compares both. The guards that refuse
a release without its decision, and any change of a fact, are triggers: see the migrations.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.types import UtcInstant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Number = BigInteger().with_variant(Integer, "sqlite")
"""A growing number; SQLite counts only columns of type INTEGER by itself."""

SHA256 = String(64)
ID = String(64)


def _tenant() -> Column[str]:
    return Column("tenant", String(32), nullable=False)


def _of_message() -> tuple[Column[str], ...]:
    """What each thing that a message brings has: an id, whose it is, the message, the patient."""
    return (
        Column("id", ID, primary_key=True),
        _tenant(),
        Column("message_id", ID, ForeignKey("messages.id"), nullable=False, index=True),
        Column("patient_id", ID, ForeignKey("patients.id")),
    )


accounts = Table(
    "accounts",
    metadata,
    _tenant(),
    Column("name", String(64), nullable=False),
    Column("full_name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("rpps", String(11)),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", UtcInstant, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)

messages = Table(
    "messages",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("id", ID, nullable=False, unique=True),
    _tenant(),
    Column("channel", String(64), nullable=False),
    Column("site", String(64), nullable=False),
    Column("format", String(32)),
    Column("kind", String(64)),
    Column("control_id", Text),
    Column("dedupe_key", Text, nullable=False),
    Column("lane", Text),
    Column("sha256", SHA256, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", UtcInstant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("acknowledgement", String(16), nullable=False),
    Column("answer", LargeBinary),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("not_before", UtcInstant),
    Column("lease_token", String(64)),
    Column("lease_until", UtcInstant),
    Column("error", Text),
    UniqueConstraint("tenant", "channel", "dedupe_key"),
    Index(
        "ix_messages_waiting",
        "tenant",
        "seq",
        sqlite_where=text("state = 'received'"),
        postgresql_where=text("state = 'received'"),
    ),
    Index(
        "ix_messages_lane",
        "tenant",
        "channel",
        "lane",
        "seq",
        sqlite_where=text("state IN ('received', 'parked')"),
        postgresql_where=text("state IN ('received', 'parked')"),
    ),
)

patients = Table(
    "patients",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("content", Text, nullable=False),
    Column("updated_at", UtcInstant, nullable=False),
    Column("merged_into", ID, ForeignKey("patients.id")),
    Index(
        "ix_patients_merged",
        "tenant",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

patient_identifiers = Table(
    "patient_identifiers",
    metadata,
    _tenant(),
    Column("kind", String(24), nullable=False),
    Column("authority", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("patient_id", ID, ForeignKey("patients.id"), nullable=False, index=True),
    PrimaryKeyConstraint("tenant", "authority", "value"),
)

prescriptions = Table(
    "prescriptions",
    metadata,
    *_of_message(),
    Column("group_key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_sha256", SHA256, nullable=False),
    Column("source_sha256", SHA256, nullable=False),
    Column("stored_at", UtcInstant, nullable=False),
    UniqueConstraint("tenant", "group_key", "version"),
    Index("ix_prescriptions_patient", "tenant", "patient_id"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("prescription_id", ID, ForeignKey("prescriptions.id"), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("line_key", Text, nullable=False),
    Column("computable", Boolean, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", SHA256, nullable=False),
    UniqueConstraint("prescription_id", "line_no"),
    Index("ix_schedules_line", "tenant", "line_key"),
)

findings = Table(
    "findings",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _tenant(),
    Column("message_id", ID, ForeignKey("messages.id"), nullable=False, index=True),
    Column("prescription_id", ID, ForeignKey("prescriptions.id"), index=True),
    Column("line_no", Integer),
    Column("code", String(48), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("location", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("quoted", Text),
)

queue_items = Table(
    "queue_items",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("kind", String(16), nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("patient_id", ID, ForeignKey("patients.id")),
    Column("content_sha256", SHA256, nullable=False),
    Column("source_sha256", SHA256, nullable=False),
    Column("state", String(16), nullable=False),
    Column("blocking", Integer, nullable=False),
    Column("opened_at", UtcInstant, nullable=False),
    Column("review_on", UtcInstant),
    Column("row_version", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("tenant", "kind", "subject_id"),
    Index("ix_queue_items_open", "tenant", "kind", "state", "opened_at", "id"),
    Index(
        "ix_queue_items_standing",
        "tenant",
        "patient_id",
        sqlite_where=text("state IN ('to-validate', 'held', 'clarification', 'validated')"),
        postgresql_where=text("state IN ('to-validate', 'held', 'clarification', 'validated')"),
    ),
)

interpretations = Table(
    "interpretations",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("item_id", ID, ForeignKey("queue_items.id"), nullable=False, index=True),
    Column("prescription_id", ID, ForeignKey("prescriptions.id"), nullable=False, index=True),
    Column("made_id", ID, ForeignKey("prescriptions.id"), nullable=False, unique=True),
    Column("line_no", Integer, nullable=False),
    Column("line_key", Text, nullable=False),
    Column("text_sha256", SHA256, nullable=False),
    Column("interpreted_by", String(64), nullable=False),
    Column("interpreted_at", UtcInstant, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", SHA256, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("item_id", ID, ForeignKey("queue_items.id"), nullable=False, index=True),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", UtcInstant, nullable=False),
    Column("content_sha256", SHA256, nullable=False),
    Column("source_sha256", SHA256, nullable=False),
    Column("content", Text, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("patient_id", ID, ForeignKey("patients.id"), nullable=False, index=True),
    Column("decision_id", ID, ForeignKey("decisions.id"), nullable=False, unique=True),
    Column("content_sha256", SHA256, nullable=False),
    Column("source_sha256", SHA256, nullable=False),
    Column("released_at", UtcInstant, nullable=False),
    CheckConstraint("subject_kind IN ('prescription', 'adherence')", name="subject_kind"),
    Index("ix_releases_subject", "tenant", "subject_id"),
)

superseded_releases = Table(
    "superseded_releases",
    metadata,
    Column("release_id", ID, ForeignKey("releases.id"), primary_key=True),
    _tenant(),
    Column("by_release_id", ID, ForeignKey("releases.id"), nullable=False),
    Column("superseded_at", UtcInstant, nullable=False),
)

intakes = Table(
    "intakes",
    metadata,
    *_of_message(),
    Column("identity", Text, nullable=False),
    Column("taken_at", UtcInstant),
    Column("received_at", UtcInstant, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", SHA256, nullable=False),
    UniqueConstraint("tenant", "identity"),
    Index("ix_intakes_patient", "tenant", "patient_id", "taken_at"),
)

dispenses = Table(
    "dispenses",
    metadata,
    *_of_message(),
    Column("identity", Text, nullable=False),
    Column("received_at", UtcInstant, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", SHA256, nullable=False),
    UniqueConstraint("tenant", "identity"),
    Index("ix_dispenses_patient", "tenant", "patient_id", "received_at"),
)

notices = Table(
    "notices",
    metadata,
    *_of_message(),
    Column("kind", String(16), nullable=False),
    Column("received_at", UtcInstant, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", SHA256, nullable=False),
    Index("ix_notices_patient", "tenant", "patient_id", "received_at"),
)

movements = Table(
    "movements",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("message_id", ID, ForeignKey("messages.id"), nullable=False, index=True),
    Column("patient_id", ID, ForeignKey("patients.id"), index=True),
    Column("kind", String(16), nullable=False),
    Column("occurred_at", UtcInstant),
    Column("content", Text, nullable=False),
)

adherence_results = Table(
    "adherence_results",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("patient_id", ID, ForeignKey("patients.id"), nullable=False, index=True),
    Column("content", Text, nullable=False),
    Column("content_sha256", SHA256, nullable=False),
    Column("source_sha256", SHA256, nullable=False),
    Column("computed_at", UtcInstant, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("patient_id", ID, ForeignKey("patients.id"), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("signed_on", String(10), nullable=False),
    Column("document", Text, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UtcInstant, nullable=False),
    Column("withdrawn_at", UtcInstant),
    Index("ix_consents_patient", "tenant", "patient_id", "receiver"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("consent_id", ID, ForeignKey("consents.id"), nullable=False, index=True),
    Column("patient_id", ID, ForeignKey("patients.id"), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("granted_by", String(64), nullable=False),
    Column("granted_at", UtcInstant, nullable=False),
    Column("revoked_at", UtcInstant),
    Index("ix_grants_patient", "tenant", "patient_id", "receiver"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("kind", String(16), nullable=False),
    Column("format", String(32), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("patient_id", ID, ForeignKey("patients.id"), nullable=False),
    Column("decision_id", ID, ForeignKey("decisions.id"), nullable=False, index=True),
    Column("release_id", ID, ForeignKey("releases.id"), index=True),
    Column("grant_id", ID, ForeignKey("grants.id"), nullable=False),
    Column("initiated_by", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("sha256", SHA256, nullable=False),
    Column("created_at", UtcInstant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("delivered_at", UtcInstant),
    CheckConstraint("kind = 'analysis' OR release_id IS NOT NULL", name="needs_release"),
)

audit = Table(
    "audit",
    metadata,
    _tenant(),
    Column("number", Number, nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("event", String(48), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("subject", ID, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", SHA256, nullable=False),
    Column("digest", SHA256, nullable=False),
    PrimaryKeyConstraint("tenant", "number"),
    Index("ix_audit_subject", "tenant", "subject"),
)

reference_releases = Table(
    "reference_releases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("published", String(10), nullable=False),
    Column("sha256", SHA256, nullable=False, unique=True),
    Column("loaded_at", UtcInstant, nullable=False),
    Column("in_force", Boolean, nullable=False),
    Column("report", Text, nullable=False),
    Index(
        "uq_reference_releases_in_force",
        "in_force",
        unique=True,
        sqlite_where=text("in_force = 1"),
        postgresql_where=text("in_force"),
    ),
)

reference_products = Table(
    "reference_products",
    metadata,
    Column("release_id", ID, ForeignKey("reference_releases.id"), nullable=False),
    Column("cis", String(8), nullable=False),
    Column("record", Text, nullable=False),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("release_id", "cis"),
)

reference_codes = Table(
    "reference_codes",
    metadata,
    Column("release_id", ID, nullable=False),
    Column("value", String(16), nullable=False),
    Column("system", String(8), nullable=False),
    Column("cis", String(8), nullable=False),
    PrimaryKeyConstraint("release_id", "value", "system", "cis"),
    ForeignKeyConstraint(
        ["release_id", "cis"], ["reference_products.release_id", "reference_products.cis"]
    ),
)

SHARED = frozenset({reference_releases, reference_products, reference_codes})
"""The tables of every pharmacy."""

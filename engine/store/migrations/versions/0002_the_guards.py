"""The guards: the database itself refuses what must never happen.

A validation needs an active pharmacist's account. A release needs a positive decision on exactly
its content, and the content must be that of the stored row. A delivery needs a consent and a grant
in force, and a decision of the same patient. Facts are never changed nor deleted.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FACTS = (
    "prescriptions",
    "schedules",
    "findings",
    "decisions",
    "releases",
    "superseded_releases",
    "intakes",
    "movements",
    "adherence_results",
    "audit",
)
KEYED = ("prescriptions", "schedules", "decisions", "releases", "intakes", "adherence_results",
         "deliveries", "messages")

DECISION_HOLDS = """EXISTS (
    SELECT 1 FROM queue_items q
    WHERE q.id = NEW.item_id AND q.tenant = NEW.tenant AND q.kind = NEW.subject_kind
      AND q.subject_id = NEW.subject_id
      AND q.content_sha256 = NEW.content_sha256 AND q.source_sha256 = NEW.source_sha256
) AND EXISTS (
    SELECT 1 FROM accounts a
    WHERE a.tenant = NEW.tenant AND a.name = NEW.decided_by AND a.active
      AND a.role IN ('pharmacist', 'owner')
)"""

RELEASE_HOLDS = """EXISTS (
    SELECT 1 FROM decisions d
    WHERE d.id = NEW.decision_id AND d.tenant = NEW.tenant AND d.kind = 'validate'
      AND d.subject_kind = NEW.subject_kind AND d.subject_id = NEW.subject_id
      AND d.content_sha256 = NEW.content_sha256 AND d.source_sha256 = NEW.source_sha256
) AND (
    NEW.subject_kind = 'prescription' AND EXISTS (
        SELECT 1 FROM prescriptions p JOIN messages m ON m.id = p.message_id
        WHERE p.id = NEW.subject_id AND p.tenant = NEW.tenant AND p.patient_id = NEW.patient_id
          AND p.content_sha256 = NEW.content_sha256 AND p.source_sha256 = NEW.source_sha256
          AND m.sha256 = NEW.source_sha256
    ) OR NEW.subject_kind = 'adherence' AND EXISTS (
        SELECT 1 FROM adherence_results r
        WHERE r.id = NEW.subject_id AND r.tenant = NEW.tenant AND r.patient_id = NEW.patient_id
          AND r.content_sha256 = NEW.content_sha256 AND r.source_sha256 = NEW.source_sha256
    )
)"""

DELIVERY_HOLDS = """EXISTS (
    SELECT 1 FROM grants g JOIN consents c ON c.id = g.consent_id
    WHERE g.id = NEW.grant_id AND g.tenant = NEW.tenant AND g.patient_id = NEW.patient_id
      AND g.receiver = NEW.receiver AND c.receiver = NEW.receiver
      AND c.patient_id = NEW.patient_id AND g.revoked_at IS NULL AND c.withdrawn_at IS NULL
) AND EXISTS (
    SELECT 1 FROM decisions d JOIN queue_items q ON q.id = d.item_id
    WHERE d.id = NEW.decision_id AND d.tenant = NEW.tenant AND q.patient_id = NEW.patient_id
) AND (NEW.release_id IS NULL OR EXISTS (
    SELECT 1 FROM releases r
    WHERE r.id = NEW.release_id AND r.tenant = NEW.tenant AND r.decision_id = NEW.decision_id
      AND r.patient_id = NEW.patient_id
))"""

GUARDS = (
    ("decisions", DECISION_HOLDS, "decision refused: not an active pharmacist, or other content"),
    ("releases", RELEASE_HOLDS, "release refused: no positive decision on exactly this content"),
    ("deliveries", DELIVERY_HOLDS, "delivery refused: no consent, grant or release in force"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table in KEYED:
        # INSERT OR REPLACE deletes without firing the delete trigger: a taken id is refused.
        _sqlite_trigger(table, "once", "INSERT",
                        f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)", "the id is taken")
    for table, holds, message in GUARDS:
        _sqlite_trigger(table, "guard", "INSERT", f"NOT ({holds})", message)
    for table in FACTS:
        _sqlite_trigger(table, "no_update", "UPDATE", "1", f"{table} are facts")
        _sqlite_trigger(table, "no_delete", "DELETE", "1", f"{table} are facts")
    _sqlite_trigger(
        "messages", "kept", "UPDATE",
        "NEW.raw IS NOT OLD.raw OR NEW.sha256 <> OLD.sha256 OR NEW.id <> OLD.id "
        "OR NEW.tenant <> OLD.tenant", "the bytes of a message are facts")
    for table in ("messages", "deliveries"):
        _sqlite_trigger(table, "no_delete", "DELETE", "1", f"{table} are facts")
    _sqlite_trigger(
        "deliveries", "kept", "UPDATE",
        "NEW.payload IS NOT OLD.payload OR NEW.sha256 <> OLD.sha256 OR NEW.receiver <> OLD.receiver "
        "OR NEW.decision_id <> OLD.decision_id OR NEW.release_id IS NOT OLD.release_id",
        "the bytes of a delivery are facts")


def _sqlite_trigger(table: str, name: str, action: str, when: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {action} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql() -> None:
    for table, holds, message in GUARDS:
        _postgresql_trigger(table, "guard", "INSERT", f"NOT ({holds})", message)
    for table in FACTS:
        _postgresql_trigger(table, "no_update", "UPDATE", "TRUE", f"{table} are facts")
        _postgresql_trigger(table, "no_delete", "DELETE", "TRUE", f"{table} are facts")
    _postgresql_trigger(
        "messages", "kept", "UPDATE",
        "NEW.raw IS DISTINCT FROM OLD.raw OR NEW.sha256 <> OLD.sha256 OR NEW.id <> OLD.id "
        "OR NEW.tenant <> OLD.tenant", "the bytes of a message are facts")
    for table in ("messages", "deliveries"):
        _postgresql_trigger(table, "no_delete", "DELETE", "TRUE", f"{table} are facts")
    _postgresql_trigger(
        "deliveries", "kept", "UPDATE",
        "NEW.payload IS DISTINCT FROM OLD.payload OR NEW.sha256 <> OLD.sha256 "
        "OR NEW.receiver <> OLD.receiver OR NEW.decision_id <> OLD.decision_id "
        "OR NEW.release_id IS DISTINCT FROM OLD.release_id",
        "the bytes of a delivery are facts")
    for table in (*FACTS, "messages", "deliveries"):
        op.execute(
            f"CREATE FUNCTION {table}_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{table} are facts'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_no_truncate()"
        )


def _postgresql_trigger(table: str, name: str, action: str, when: str, message: str) -> None:
    row = "OLD" if action == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {when} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {action} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_{name}()"
    )

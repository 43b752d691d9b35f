"""The interpretations: how a pharmacist read the text of a line, cell by cell.

Each is a fact, as a decision is. The database takes none but of an active pharmacist, about the
version that lies on the desk, and for a newer version of the same prescription from the same bytes.
"""

from alembic import op
import sqlalchemy as sa
import engine.store.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "interpretations"

HOLDS = """EXISTS (
    SELECT 1 FROM queue_items q
    WHERE q.id = NEW.item_id AND q.tenant = NEW.tenant AND q.kind = 'prescription'
      AND q.subject_id = NEW.prescription_id
      AND q.state IN ('to-validate', 'held', 'clarification')
) AND EXISTS (
    SELECT 1 FROM prescriptions p JOIN prescriptions n ON n.group_key = p.group_key
    WHERE p.id = NEW.prescription_id AND p.tenant = NEW.tenant
      AND n.id = NEW.made_id AND n.tenant = NEW.tenant
      AND n.version > p.version AND n.message_id = p.message_id
      AND n.source_sha256 = p.source_sha256
) AND EXISTS (
    SELECT 1 FROM accounts a
    WHERE a.tenant = NEW.tenant AND a.name = NEW.interpreted_by AND a.active
      AND a.role IN ('pharmacist', 'owner')
)"""

REFUSED = "interpretation refused: not an active pharmacist, or not the version on the desk"
FACTS = f"{TABLE} are facts"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("prescription_id", sa.String(length=64), nullable=False),
        sa.Column("made_id", sa.String(length=64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("line_key", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("interpreted_by", sa.String(length=64), nullable=False),
        sa.Column("interpreted_at", engine.store.types.UtcInstant(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"],
                                name=op.f("fk_interpretations_item_id")),
        sa.ForeignKeyConstraint(["prescription_id"], ["prescriptions.id"],
                                name=op.f("fk_interpretations_prescription_id")),
        sa.ForeignKeyConstraint(["made_id"], ["prescriptions.id"],
                                name=op.f("fk_interpretations_made_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretations")),
        sa.UniqueConstraint("made_id", name=op.f("uq_interpretations_made_id")),
    )
    op.create_index(op.f("ix_interpretations_item_id"), TABLE, ["item_id"])
    op.create_index(op.f("ix_interpretations_prescription_id"), TABLE, ["prescription_id"])
    if op.get_bind().dialect.name == "sqlite":
        # INSERT OR REPLACE deletes without firing the delete trigger: a taken id is refused.
        _sqlite("once", "INSERT", f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id "
                "OR made_id = NEW.made_id)", "the id is taken")
        _sqlite("guard", "INSERT", f"NOT ({HOLDS})", REFUSED)
        _sqlite("no_update", "UPDATE", "1", FACTS)
        _sqlite("no_delete", "DELETE", "1", FACTS)
    else:
        _postgresql("guard", "INSERT", f"NOT ({HOLDS})", REFUSED)
        _postgresql("no_update", "UPDATE", "TRUE", FACTS)
        _postgresql("no_delete", "DELETE", "TRUE", FACTS)
        op.execute(
            f"CREATE FUNCTION {TABLE}_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{FACTS}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_no_truncate()"
        )


def _sqlite(name: str, action: str, when: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {action} ON {TABLE} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(name: str, action: str, when: str, message: str) -> None:
    row = "OLD" if action == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {TABLE}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {when} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {action} ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_{name}()"
    )

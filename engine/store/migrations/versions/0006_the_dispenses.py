"""The dispenses: what a pharmacy reports to have given out. Facts, as intakes are."""

from alembic import op
import sqlalchemy as sa
import engine.store.types
from engine.store.migrations.facts import keep

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "dispenses"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=True),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("received_at", engine.store.types.UtcInstant(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_dispenses_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_dispenses_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispenses")),
        sa.UniqueConstraint("tenant", "identity", name=op.f("uq_dispenses_tenant_identity")),
    )
    op.create_index(op.f("ix_dispenses_message_id"), TABLE, ["message_id"])
    op.create_index("ix_dispenses_patient", TABLE, ["tenant", "patient_id", "received_at"])
    keep(TABLE)

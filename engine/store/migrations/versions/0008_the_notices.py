"""The notices: what senders tell about orders without ordering anything. Facts."""

from alembic import op
import sqlalchemy as sa
import engine.store.types
from engine.store.migrations.facts import keep

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "notices"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("received_at", engine.store.types.UtcInstant(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"],
                                name=op.f("fk_notices_message_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"],
                                name=op.f("fk_notices_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_message_id"), TABLE, ["message_id"])
    op.create_index("ix_notices_patient", TABLE, ["tenant", "patient_id", "received_at"])
    keep(TABLE)

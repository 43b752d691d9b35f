"""The indexes of what stands of a patient: in force or waiting, however long the past.

And of who was merged into whom: what was stored of a merged patient stays with them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    stands = sa.text("state IN ('to-validate', 'held', 'clarification', 'validated')")
    op.create_index("ix_queue_items_standing", "queue_items", ["tenant", "patient_id"],
                    sqlite_where=stands, postgresql_where=stands)
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_patients_merged", "patients", ["tenant", "merged_into"],
                    sqlite_where=merged, postgresql_where=merged)

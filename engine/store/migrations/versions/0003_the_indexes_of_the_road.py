"""The indexes of the road: the next message, the head of a lane, the releases of a prescription.

Both parts of a claim go through the open messages alone, however many lie finished beside them
or wait in front.
"""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_messages_waiting", table_name="messages")
    received = sa.text("state = 'received'")
    op.create_index("ix_messages_waiting", "messages", ["tenant", "seq"],
                    sqlite_where=received, postgresql_where=received)
    unfinished = sa.text("state IN ('received', 'parked')")
    op.create_index("ix_messages_lane", "messages", ["tenant", "channel", "lane", "seq"],
                    sqlite_where=unfinished, postgresql_where=unfinished)
    op.create_index("ix_releases_subject", "releases", ["tenant", "subject_id"])

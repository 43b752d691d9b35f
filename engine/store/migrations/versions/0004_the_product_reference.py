"""The product reference: its releases, their products, and the codes that lead to them.

What is published of products is about nobody and is read by every pharmacy: no tenant. At most one
release is in force, which the database itself keeps.
"""

from alembic import op
import sqlalchemy as sa
import engine.store.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reference_releases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("published", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", engine.store.types.UtcInstant(timezone=True), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_releases")),
        sa.UniqueConstraint("sha256", name=op.f("uq_reference_releases_sha256")),
    )
    op.create_index("uq_reference_releases_in_force", "reference_releases", ["in_force"],
                    unique=True, sqlite_where=sa.text("in_force = 1"),
                    postgresql_where=sa.text("in_force"))
    op.create_table(
        "reference_products",
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("cis", sa.String(length=8), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["reference_releases.id"],
                                name=op.f("fk_reference_products_release_id")),
        sa.PrimaryKeyConstraint("release_id", "cis", name=op.f("pk_reference_products")),
    )
    op.create_table(
        "reference_codes",
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("system", sa.String(length=8), nullable=False),
        sa.Column("cis", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["release_id", "cis"],
                                ["reference_products.release_id", "reference_products.cis"],
                                name=op.f("fk_reference_codes_release_id")),
        sa.PrimaryKeyConstraint("release_id", "value", "system", "cis",
                                name=op.f("pk_reference_codes")),
    )

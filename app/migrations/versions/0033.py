"""Ledgers taken in piece by piece: which rows count for nobody yet, and how far the work has come."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "unfinished",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unfinished")),
    )
    op.create_index("ix_unfinished_rows", "unfinished", ["list", "first_id", "last_id"])
    op.create_index("ix_unfinished_work", "unfinished", ["work"])
    op.add_column("import_batch", sa.Column("pieces", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("import_batch", sa.Column("pieces_done", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("import_batch", sa.Column("moved_at", sa.DateTime(), nullable=True))

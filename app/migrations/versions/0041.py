"""Which state the tables are in that hold what stands, such as limits, holidays and who works where."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    edition = op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.bulk_insert(edition, [{"id": 1, "mark": "0" * 16}])

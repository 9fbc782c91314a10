"""How long it took to answer a need and to close it, and when it was accepted."""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

SQLITE = "CAST(strftime('%s', {later}) AS INTEGER) - CAST(strftime('%s', {earlier}) AS INTEGER)"
POSTGRESQL = "CAST(EXTRACT(EPOCH FROM ({later} - {earlier})) AS INTEGER)"
ACCEPTED = (
    "(SELECT MIN(step.at) FROM step WHERE step.community_id = need.community_id AND step.list = 'needs' "
    "AND step.row_id = need.id AND step.move = 'accept')"
)


def upgrade() -> None:
    """Go forward; what is known of the needs there are is filled in."""
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.add_column(sa.Column('response_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('accepted_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('resolution_minutes', sa.Integer(), nullable=True))
        batch_op.create_index('ix_need_accepted', ['community_id', 'accepted_at'], unique=False)
        batch_op.create_index('ix_need_closed', ['community_id', 'closed_at'], unique=False)
        batch_op.create_index('ix_need_response', ['community_id', 'response_due'], unique=False)
    seconds = SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL
    answer = seconds.format(later='answered_at', earlier='received_at')
    work = seconds.format(later='closed_at', earlier='accepted_at')
    op.execute(f"UPDATE need SET accepted_at = {ACCEPTED}")
    op.execute(f"UPDATE need SET response_minutes = ({answer}) / 60 WHERE answered_at >= received_at")
    op.execute(
        f"UPDATE need SET resolution_minutes = ({work}) / 60 - paused_minutes "
        f"WHERE closed_at >= accepted_at AND ({work}) / 60 >= paused_minutes"
    )

"""Since when the clock of doing runs, so that a due date can be reckoned anew."""

import sqlalchemy as sa
from alembic import op


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.add_column(sa.Column('work_since', sa.DateTime(), nullable=True))
    _since_when()


def _since_when() -> None:
    """Of the needs there are it runs since they were reopened last, or else since they were taken on or referred."""
    need = sa.table('need', *(sa.column(name) for name in (
        'id', 'community_id', 'work_since', 'resolution_due', 'accepted_at', 'received_at',
    )))
    step = sa.table('step', *(sa.column(name) for name in ('community_id', 'list', 'row_id', 'move', 'at')))
    of_it = sa.and_(step.c.community_id == need.c.community_id, step.c.list == 'needs', step.c.row_id == need.c.id)
    reopened = sa.select(sa.func.max(step.c.at)).where(of_it, step.c.move == 'reopen').scalar_subquery()
    referred = sa.select(sa.func.min(step.c.at)).where(of_it, step.c.move == 'refer').scalar_subquery()
    first = sa.case((referred < need.c.accepted_at, referred), else_=sa.func.coalesce(need.c.accepted_at, referred))
    op.execute(need.update().where(need.c.resolution_due.is_not(None)).values(
        work_since=sa.func.coalesce(reopened, first, need.c.received_at),
    ))

"""Sealed columns: addresses and phones stand encrypted, phones are found by a blind index."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.accounts.models import Account
from app.core import sealing
from app.needs.models import Need


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

LEAVES_TRACES = True
"""What stood there in plain text must not stay behind in the files of the database."""
AT_ONCE = 1000
COLUMNS = {Account: ('phone',), Need: ('address', 'reporter_phone')}


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('uq_account_phone'), type_='unique')
        batch_op.alter_column('phone', existing_type=sa.String(length=20), type_=sa.Text())
        batch_op.add_column(sa.Column('phone_index', sa.String(length=330), nullable=True))
        batch_op.create_unique_constraint(op.f('uq_account_phone_index'), ['phone_index'])
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.alter_column('address', existing_type=sa.String(length=120), type_=sa.Text())
        batch_op.alter_column('reporter_phone', existing_type=sa.String(length=32), type_=sa.Text())
        batch_op.add_column(sa.Column('reporter_phone_index', sa.String(length=330), nullable=True))
        batch_op.create_index('ix_need_reporter_phone', ['community_id', 'reporter_phone_index'], unique=False)
    for model, names in COLUMNS.items():
        seal(model, names)


def seal(model: Any, names: tuple[str, ...]) -> None:
    """Encrypt what stands in these columns, row by row, in the one transaction of the step."""
    indexed = [name + sealing.INDEX for name in names if sealing.columns(model)[name].found_by]
    table = sa.table(model.__tablename__, *(sa.column(name) for name in ('id', 'uid', *names, *indexed)))
    filled = sa.or_(*(table.c[name].is_not(None) for name in names))
    wanted = sa.select(*(table.c[name] for name in ('id', 'uid', *names))).where(filled).order_by(table.c.id)
    connection, last = op.get_bind(), 0
    change = sa.update(table).where(table.c.id == sa.bindparam('row'))
    change = change.values({name: sa.bindparam(name) for name in (*names, *indexed)})
    while rows := connection.execute(wanted.where(table.c.id > last).limit(AT_ONCE)).mappings().all():
        shut = [stored(row) for row in sealing.shut_rows(model, [dict(row) for row in rows])]
        connection.execute(change, shut)
        last = rows[-1]['id']


def stored(row: dict) -> dict:
    """Return a row as this statement writes it."""
    found = {name: getattr(value, 'token', value) for name, value in row.items() if name not in ('id', 'uid')}
    return found | {'row': row['id']}

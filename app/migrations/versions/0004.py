"""History: one chain per community, the ends of the chains, and the keys of sensitive values."""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER history_not_changed BEFORE UPDATE ON history
    BEGIN SELECT RAISE(ABORT, 'history is only added to'); END""",
    """CREATE TRIGGER history_not_deleted BEFORE DELETE ON history
    BEGIN SELECT RAISE(ABORT, 'history is only added to'); END""",
    """CREATE TRIGGER history_in_order BEFORE INSERT ON history
    WHEN NOT EXISTS (SELECT 1 FROM chain_head WHERE chain = NEW.chain AND seq = NEW.seq - 1)
    BEGIN SELECT RAISE(ABORT, 'history goes on where its chain ends'); END""",
    """CREATE TRIGGER history_moves_end AFTER INSERT ON history
    BEGIN UPDATE chain_head SET seq = NEW.seq, hash = NEW.hash WHERE chain = NEW.chain; END""",
    """CREATE TRIGGER chain_head_not_deleted BEFORE DELETE ON chain_head
    BEGIN SELECT RAISE(ABORT, 'history is only added to'); END""",
)

POSTGRESQL = (
    """CREATE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'history is only added to'; END $$""",
    """CREATE FUNCTION history_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE chain_head SET seq = NEW.seq, hash = NEW.hash WHERE chain = NEW.chain AND seq = NEW.seq - 1;
        IF NOT FOUND THEN RAISE EXCEPTION 'history goes on where its chain ends'; END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER history_not_changed BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION history_stays()""",
    """CREATE TRIGGER history_not_emptied BEFORE TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION history_stays()""",
    """CREATE TRIGGER history_moves_end AFTER INSERT ON history
    FOR EACH ROW EXECUTE FUNCTION history_goes_on()""",
    """CREATE TRIGGER chain_head_not_deleted BEFORE DELETE ON chain_head
    FOR EACH ROW EXECUTE FUNCTION history_stays()""",
)


def upgrade() -> None:
    """Go forward."""
    op.create_table('chain_head',
    sa.Column('chain', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('chain', name=op.f('pk_chain_head'))
    )
    op.create_table('history',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chain', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('list', sa.String(length=32), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=True),
    sa.Column('row_uid', sa.String(length=32), nullable=True),
    sa.Column('step_uid', sa.String(length=32), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_label', sa.String(length=64), nullable=False),
    sa.Column('roles', sa.String(length=200), nullable=False),
    sa.Column('request', sa.String(length=32), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.Column('changes', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history')),
    sa.UniqueConstraint('chain', 'seq', name=op.f('uq_history_chain_seq'))
    )
    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.create_index('ix_history_row', ['list', 'row_id', 'id'], unique=False)
        batch_op.create_index('ix_history_actor', ['actor_id', 'id'], unique=False)
    op.create_table('subject_key',
    sa.Column('row_uid', sa.String(length=32), nullable=False),
    sa.Column('wrapped', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('row_uid', name=op.f('pk_subject_key'))
    )
    guards = SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL
    for statement in guards:
        op.execute(statement)

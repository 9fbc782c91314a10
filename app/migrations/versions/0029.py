"""Ledgers on their way into the lists."""

import sqlalchemy as sa
from alembic import op


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('import_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('asked', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('history', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('fault', sa.String(length=32), nullable=True),
    sa.Column('fault_text', sa.String(length=300), nullable=True),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.Column('applied_at', sa.DateTime(), nullable=True),
    sa.Column('applied_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('forgotten_on', sa.Date(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['applied_by_id'], ['account.id'], name=op.f('fk_import_batch_applied_by_id_account')),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_import_batch_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_import_batch_community_id_community')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['account.id'], name=op.f('fk_import_batch_undone_by_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch')),
    sa.UniqueConstraint('uid', name=op.f('uq_import_batch_uid'))
    )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.create_index('ix_import_batch_digest', ['community_id', 'digest'], unique=False)
        batch_op.create_index('ix_import_batch_newest', ['community_id', 'id'], unique=False)

    op.create_table('import_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_part_batch_id_import_batch')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_import_part_community_id_community')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_part')),
    sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_import_part_batch_id_number'))
    )
    op.create_table('import_trace',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('list', sa.String(length=32), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(length=32), nullable=True),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_trace_batch_id_import_batch')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_import_trace_community_id_community')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_trace'))
    )
    with op.batch_alter_table('import_trace', schema=None) as batch_op:
        batch_op.create_index('ix_import_trace_batch', ['batch_id', 'list', 'row_id'], unique=False)
        batch_op.create_index('ix_import_trace_print', ['community_id', 'list', 'fingerprint'], unique=False)

    op.create_table('ledger_word',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ledger', sa.String(length=32), nullable=False),
    sa.Column('heading', sa.String(length=60), nullable=False),
    sa.Column('column', sa.String(length=32), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_ledger_word_community_id_community')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_word')),
    sa.UniqueConstraint('community_id', 'ledger', 'heading', name=op.f('uq_ledger_word_community_id_ledger_heading'))
    )

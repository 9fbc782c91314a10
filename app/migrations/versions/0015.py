"""A grant names the party it is bound to."""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('account_grant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_account_grant_subject_id_party'), 'party', ['subject_id'], ['id'])
        batch_op.create_index('ix_account_grant_subject', ['community_id', 'subject_id'], unique=False)
    op.execute(
        "UPDATE account_grant SET subject_id = (SELECT party.id FROM party WHERE party.uid = account_grant.subject_uid)"
    )
    with op.batch_alter_table('account_grant', schema=None) as batch_op:
        batch_op.drop_column('subject_kind')
        batch_op.drop_column('subject_uid')

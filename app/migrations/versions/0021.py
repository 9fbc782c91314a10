"""Vulnerable groups and talents."""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('vulnerability',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=32), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('situation', sa.Text(), nullable=True),
    sa.Column('in_charge_id', sa.Integer(), nullable=True),
    sa.Column('checked_on', sa.Date(), nullable=True),
    sa.Column('next_check', sa.Date(), nullable=True),
    sa.Column('measures', sa.String(length=500), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=True),
    *_recorded('vulnerability'),
    sa.ForeignKeyConstraint(['in_charge_id'], ['account.id'], name=op.f('fk_vulnerability_in_charge_id_account')),
    sa.ForeignKeyConstraint(['person_id'], ['party.id'], name=op.f('fk_vulnerability_person_id_party')),
    )
    in_use = sa.text('archived_at IS NULL AND ended_on IS NULL')
    with op.batch_alter_table('vulnerability', schema=None) as batch_op:
        batch_op.create_index('ix_vulnerability_category_once', ['community_id', 'person_id', 'category'], unique=True, sqlite_where=in_use, postgresql_where=in_use)
        batch_op.create_index('ix_vulnerability_check', ['community_id', 'ended_on', 'next_check', 'id'], unique=False)
        batch_op.create_index('ix_vulnerability_group', ['community_id', 'category', 'id'], unique=False)
        batch_op.create_index('ix_vulnerability_in_charge', ['community_id', 'in_charge_id', 'id'], unique=False)
        batch_op.create_index('ix_vulnerability_newest', ['community_id', 'archived_at', 'id'], unique=False)

    op.create_table('talent',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('found_by', sa.String(length=32), nullable=True),
    sa.Column('found_on', sa.Date(), nullable=True),
    sa.Column('field', sa.String(length=32), nullable=False),
    sa.Column('profession', sa.String(length=60), nullable=True),
    sa.Column('speciality', sa.String(length=200), nullable=True),
    sa.Column('certificates', sa.JSON(), nullable=True),
    sa.Column('availability', sa.String(length=120), nullable=True),
    sa.Column('think_tank', sa.Boolean(), nullable=False),
    sa.Column('service_group', sa.Boolean(), nullable=False),
    sa.Column('remark', sa.String(length=200), nullable=True),
    *_recorded('talent'),
    sa.ForeignKeyConstraint(['person_id'], ['party.id'], name=op.f('fk_talent_person_id_party')),
    )
    in_use = sa.text('archived_at IS NULL')
    with op.batch_alter_table('talent', schema=None) as batch_op:
        batch_op.create_index('ix_talent_field', ['community_id', 'field', 'id'], unique=False)
        batch_op.create_index('ix_talent_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_talent_person', ['community_id', 'person_id'], unique=True, sqlite_where=in_use, postgresql_where=in_use)
        batch_op.create_index('ix_talent_state', ['community_id', 'state', 'id'], unique=False)


def _recorded(table: str) -> list[sa.schema.SchemaItem]:
    """Return the columns every list has."""
    return [
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archive_reason', sa.String(length=200), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f(f'fk_{table}_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f(f'fk_{table}_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f(f'fk_{table}_created_by_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    sa.UniqueConstraint('uid', name=op.f(f'uq_{table}_uid')),
    ]

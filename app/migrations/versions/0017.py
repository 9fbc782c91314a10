"""Service projects, and the project an order stands under."""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('service_project',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=True),
    sa.Column('audience', sa.String(length=120), nullable=True),
    sa.Column('duty_boundary', sa.String(length=500), nullable=True),
    sa.Column('schedule', sa.JSON(), nullable=True),
    sa.Column('funding', sa.String(length=120), nullable=True),
    sa.Column('owner', sa.String(length=60), nullable=True),
    sa.Column('phone', sa.String(length=32), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archive_reason', sa.String(length=200), nullable=True),
    sa.Column('sought', sa.String(length=600), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_service_project_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_service_project_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_service_project_created_by_id_account')),
    sa.ForeignKeyConstraint(['provider_id'], ['party.id'], name=op.f('fk_service_project_provider_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_project')),
    sa.UniqueConstraint('uid', name=op.f('uq_service_project_uid'))
    )
    with op.batch_alter_table('service_project', schema=None) as batch_op:
        batch_op.create_index('ix_service_project_kind', ['community_id', 'kind', 'id'], unique=False)
        batch_op.create_index('ix_service_project_name', ['community_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_service_project_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_service_project_provider', ['community_id', 'provider_id', 'id'], unique=False)
        batch_op.create_index('ix_service_project_state', ['community_id', 'state', 'id'], unique=False)

    for name in ('category', 'resource', 'need'):
        op.create_table(f'service_project_{name}',
        sa.Column('service_project_id', sa.Integer(), nullable=False),
        sa.Column(f'{name}_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([f'{name}_id'], [f'{name}.id'], name=op.f(f'fk_service_project_{name}_{name}_id_{name}')),
        sa.ForeignKeyConstraint(['service_project_id'], ['service_project.id'], name=op.f(f'fk_service_project_{name}_service_project_id_service_project')),
        sa.PrimaryKeyConstraint('service_project_id', f'{name}_id', name=op.f(f'pk_service_project_{name}'))
        )
        with op.batch_alter_table(f'service_project_{name}', schema=None) as batch_op:
            batch_op.create_index(f'ix_service_project_{name}_{name}', [f'{name}_id', 'service_project_id'], unique=False)

    with op.batch_alter_table('fulfilment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('project_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_fulfilment_project', ['community_id', 'project_id', 'id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_fulfilment_project_id_service_project'), 'service_project', ['project_id'], ['id'])

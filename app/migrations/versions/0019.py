"""The person in full: documents, home, work, consent and guardian; found by the last four digits of a phone."""

import hashlib
import hmac
import json
import re

import sqlalchemy as sa
from alembic import op

from app.core import keyring


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

AT_ONCE = 1000
MOBILE = re.compile(r'1[3-9]\d{9}', re.ASCII)
TEXTS = {'id_number': None, 'address': None, 'door': None, 'registered_address': None, 'guardian_phone': None}
LENGTHS = {
    'former_name': 40, 'id_type': 32, 'id_number_index': 330, 'sex': 32, 'birth': 10, 'phone_tails': 80,
    'residence_kind': 32, 'household_no': 20, 'head_name': 40, 'relation_to_head': 32, 'ethnic': 32, 'education': 32,
    'political': 32, 'marital': 32, 'unit_name': 80, 'job': 40, 'consent': 32, 'consent_version': 20,
    'guardian_name': 40, 'guardian_relation': 32, 'remark': 500,
}
DAYS = ('consent_on', 'guardian_consent_on')


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('person', schema=None) as batch_op:
        for name in TEXTS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
        for name, length in LENGTHS.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))
        for name in DAYS:
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('tags', sa.JSON(), nullable=True))
        batch_op.create_index('ix_person_name', ['community_id', 'name', 'id'], unique=False)
        batch_op.create_index(
            'ix_person_id_number', ['community_id', 'id_number_index', 'id_type'], unique=True,
            sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'),
        )
    keep_tails()


def keep_tails() -> None:
    """Let the people who are there already be found by the last four digits of their mobile numbers."""
    person = sa.table('person', *(sa.column(name) for name in ('id', 'uid', 'community_id', 'phones', 'phone_tails')))
    wanted = sa.select(person).where(person.c.phones.is_not(None)).order_by(person.c.id).limit(AT_ONCE)
    change = sa.update(person).where(person.c.id == sa.bindparam('row')).values(phone_tails=sa.bindparam('tails'))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(wanted.where(person.c.id > last)).all():
        connection.execute(change, [{'row': row.id, 'tails': tails(row)} for row in rows])
        last = rows[-1].id


def tails(row) -> str | None:
    """Return the keyed digests of the tails of a person's mobile numbers."""
    held = keyring.ring().open('sealed columns', row.phones, f'person|phones|{row.uid}')
    numbers = [number for number in json.loads(held or '[]') if MOBILE.fullmatch(number)]
    found = [digest(row.community_id, tail) for tail in dict.fromkeys(number[-4:] for number in numbers)]
    return ' '.join(found[:5]) or None


def digest(community_id: int, tail: str) -> str:
    """Return what stands for these four digits in a community."""
    said = f'person|phone_tails|{community_id}|{tail}'.encode()
    return hmac.digest(keyring.fixed('blind index'), said, hashlib.sha256).hex()[:12]

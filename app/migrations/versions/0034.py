"""An index of parts of words for the lists that grow, and the indexes by which needs are counted and ordered."""

import itertools
import re

import sqlalchemy as sa
from alembic import op


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

LISTS = ('need', 'person', 'party', 'resource', 'service_project')
AT_ONCE = 2_000
PARTED = chr(0xE0FF)
SIGNS = {code: 0xE000 + code for code in range(128) if not chr(code).isalnum()}
PHONE = re.compile(r'(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)')
NUMBER = re.compile(r'(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)')

GRAMS = """
CREATE FUNCTION sidan_grams(community integer, words text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
  SELECT coalesce(array_agg(DISTINCT community || ':' || gram), '{}')
  FROM (
    SELECT unnest(ARRAY[a, a || b, CASE WHEN a || b || c ~ '^[0-9a-z]{3}$' THEN a || b || c END]) AS gram
    FROM (
      SELECT sign AS a, lead(sign) OVER (ORDER BY at) AS b, lead(sign, 2) OVER (ORDER BY at) AS c
      FROM unnest(string_to_array(words, NULL)) WITH ORDINALITY AS signs(sign, at)
    ) AS beside
  ) AS cut
  WHERE gram IS NOT NULL
$$
"""


def upgrade() -> None:
    """Go forward."""
    op.add_column('need', sa.Column('sought', sa.Text(), server_default=sa.text("''"), nullable=False))
    for name in ('ix_need_state', 'ix_need_due'):
        op.drop_index(name, table_name='need')
    op.create_index('ix_need_state', 'need', ['community_id', 'archived_at', 'state', 'received_at', 'id'])
    op.create_index('ix_need_due', 'need', ['community_id', 'archived_at', 'state', 'resolution_due', 'id'])
    op.create_index('ix_need_late', 'need', ['community_id', 'archived_at', 'state', 'response_due'])
    op.create_index('ix_need_channel', 'need', ['community_id', 'archived_at', 'channel', 'state'])
    op.create_index('ix_need_by_state', 'need', ['community_id', 'archived_at', 'state', 'id'])
    op.create_index('ix_need_by_due', 'need', ['community_id', 'archived_at', 'resolution_due', 'id'])
    op.create_index('ix_need_by_urgency', 'need', ['community_id', 'archived_at', 'urgency', 'id'])
    connection = op.get_bind()
    fill_words(connection)
    if connection.dialect.name == 'postgresql':
        keep_on_postgresql()
    else:
        keep_on_sqlite(connection)


def fill_words(connection) -> None:
    """Say of each need what it is found by."""
    need = sa.table('need', sa.column('id'), sa.column('title'), sa.column('text'), sa.column('code'), sa.column('sought'))
    wanted = sa.select(need.c.id, need.c.title, need.c.text, need.c.code)
    written = sa.update(need).where(need.c.id == sa.bindparam('pk')).values(sought=sa.bindparam('words'))
    for some in batches(connection, wanted, need.c.id):
        connection.execute(written, [{'pk': row.id, 'words': tidied(row.title, row.text, row.code)} for row in some])


def tidied(*texts) -> str:
    """Return the words of a need, with the numbers of people masked."""
    joined = '\n'.join(text for text in texts if text)
    return PHONE.sub(r'\1****\2', NUMBER.sub(r'\1***********\2', joined)).lower()


def batches(connection, wanted, key):
    """Yield the rows of a query some thousands at a time."""
    last = 0
    while some := connection.execute(wanted.where(key > last).order_by(key).limit(AT_ONCE)).all():
        yield some
        last = some[-1].id


def keep_on_postgresql() -> None:
    """Index an expression; few changes wait, so that no search has to look through many."""
    op.execute(GRAMS)
    for table in LISTS:
        using = f'CREATE INDEX ix_{table}_grams ON {table} USING gin (sidan_grams(community_id, sought))'
        op.execute(f'{using} WITH (gin_pending_list_limit = 64)')
    using = "CREATE INDEX ix_person_tails_grams ON person USING gin (string_to_array(phone_tails, ' '))"
    op.execute(f'{using} WITH (gin_pending_list_limit = 64)')


def keep_on_sqlite(connection) -> None:
    """Fill a table of grams beside each list."""
    for table in LISTS:
        options = "content='', detail=none, columnsize=0, tokenize='ascii'"
        connection.execute(sa.text(f'CREATE VIRTUAL TABLE {table}_grams USING fts5(grams, {options})'))
        columns = ['id', 'community_id', 'sought', *(['phone_tails'] if table == 'person' else [])]
        rows = sa.table(table, *(sa.column(name) for name in columns))
        into = sa.text(f'INSERT INTO {table}_grams(rowid, grams) VALUES (:rowid, :grams)')
        for some in batches(connection, sa.select(*(rows.c[name] for name in columns)), rows.c.id):
            connection.execute(into, [{'rowid': row.id, 'grams': kept(row)} for row in some])


def kept(row) -> str:
    """Return what FTS5 is given of a row."""
    whole = {PARTED + word for word in (getattr(row, 'phone_tails', None) or '').split()}
    return ' '.join(f'{row.community_id}{PARTED}{gram.translate(SIGNS)}' for gram in sorted(grams(row.sought) | whole))


def grams(text) -> set:
    """Return all grams of a text: each sign, each two, and of Latin letters and digits each three."""
    pairs = (a + b for a, b in itertools.pairwise(text))
    threes = (text[at:at + 3] for at in range(len(text) - 2))
    return {*text, *pairs, *(three for three in threes if three.isascii() and three.isalnum())}

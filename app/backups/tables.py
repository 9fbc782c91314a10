"""The tables of one version in an empty database, and the time in which they take rows as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import Connection, func, inspect, select, text

from app.backups.rows import Shape
from app.core import revisions

TRIGGERS: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
REFERENCES: Final = """
SELECT conrelid::regclass::text AS name, quote_ident(conname) AS called, pg_get_constraintdef(oid) AS says
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
GUARDED: Final = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
COUNTER: Final = "SELECT pg_get_serial_sequence(:name, :column)"
"""Asks for the sequence that numbers the rows of a table."""


def there(connection: Connection) -> bool:
    """Tell whether the database has any tables."""
    return bool(inspect(connection).get_table_names())


def bring_to(connection: Connection, wanted: str) -> None:
    """Make the tables of a version, or bring them up to it, within the caller's transaction."""
    from alembic.config import Config  # noqa: PLC0415 - only here, and not in every process that serves
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    script = ScriptDirectory(str(revisions.MIGRATIONS))

    def steps(standing: Any, context: Any) -> Any:
        return script._upgrade_revs(wanted, standing)  # noqa: SLF001 - the way alembic's own commands go

    with EnvironmentContext(Config(), script, fn=steps, destination_rev=wanted) as environment:
        environment.configure(connection=connection, target_metadata=Model.metadata, render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """Let rows be put back in any order and history as it is: no trigger acts, no reference is asked about.

    Both are there again at the end, within the same transaction. References are asked about then: on PostgreSQL by
    themselves, on SQLite by `broken_references`.
    """
    own = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    with own(connection):
        yield


@contextmanager
def _sqlite(connection: Connection) -> Iterator[None]:
    triggers = connection.execute(text(TRIGGERS)).all()
    for name, _says in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, says in triggers:
        connection.exec_driver_sql(says)


@contextmanager
def _postgresql(connection: Connection) -> Iterator[None]:
    references, guarded = connection.execute(text(REFERENCES)).all(), connection.scalars(text(GUARDED)).all()
    for name in guarded:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    for name, called, _says in references:
        connection.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {called}")
    yield
    for name, called, says in references:
        connection.exec_driver_sql(f"ALTER TABLE {name} ADD CONSTRAINT {called} {says}")
    for name in guarded:
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def broken_references(connection: Connection) -> bool:
    """Tell whether some row of a SQLite database names a row that is not there."""
    if connection.dialect.name != "sqlite":
        return False
    return connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None


def count_on(connection: Connection, shape: Shape) -> None:
    """Let PostgreSQL number new rows after those that were put back; SQLite does so by itself."""
    if connection.dialect.name == "sqlite" or len(shape.key) != 1:
        return
    (column,) = shape.key
    counter = connection.scalar(text(COUNTER), {"name": shape.name, "column": column})
    if counter:
        highest = connection.scalar(select(func.max(shape.kept.c[column])))
        connection.execute(select(func.setval(counter, highest or 1, highest is not None)))

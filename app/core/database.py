"""The database: SQLite settings, transactions whose failures are words, and the state of the migrations."""

import enum
import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final, cast

from flask import Flask, current_app, request
from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import Pool

from app.core import resting, revisions, seeking  # noqa: F401 - to rest is listened to
from app.core.moves import Stale
from app.extensions import db

_READY: Final = "sidan.database-is-current"
_ONLY_READ: Final = "sidan.only-read"
_HAS_ROOM: Final = "sidan.has-room"
USUAL_ROOM: Final = 2_000
"""How many KiB of pages SQLite keeps in memory by itself."""
ROOM: Final = 64_000
"""How many KiB it keeps while thousands of rows are written."""
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the system says that there is no room."""
DISK_FULL: Final = "53100"
"""The same, in PostgreSQL's code."""

# What is deleted is overwritten at once, or a key that was destroyed would still stand in the file.
PRAGMAS: Final = ("journal_mode=WAL", "busy_timeout=15000", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")

# SQLite takes the writer's lock at the first write; a reader that turns writer then may find its view outdated and
# fails at once. Whatever is going to write therefore takes the lock at the start; only reads say otherwise.
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Clash(Exception):
    """The database refused the rows: a unique or foreign key does not hold. No SQL is shown to anybody."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class Unavailable(Exception):
    """The database cannot be reached or is too busy just now."""


class NotMigrated(Exception):
    """The tables are not those of this code; `flask db upgrade` brings them up to it."""


class DatabaseNewer(Exception):
    """The database was made by a newer version of the portal."""


@enum.unique
class Migrations(enum.Enum):
    """How the tables compare with the code."""

    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


def only_reading(reading: bool = True) -> None:
    """Say whether what follows in this context only reads."""
    _reading.set(reading)


@contextmanager
def writing() -> Iterator[None]:
    """Let the block write although the request only reads."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Let what begins in the block only read although the request writes, so that nobody who writes waits for it."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@event.listens_for(Model.metadata, "before_create")
def _only_by_migrations(*_about: Any, **_more: Any) -> None:
    """FAB's own command would make tables that no migration knows, and the next one would fail."""
    raise RuntimeError("tables are made by `flask db upgrade` only")


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, record: Any) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    # The driver's own idea of when a transaction begins is switched off; `_begin` says it.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def make_room() -> None:
    """Let the current transaction, which writes thousands of rows, keep in memory what it changes.

    With the little that SQLite keeps by itself the same pages of the indexes are written and read again and again.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{ROOM}")
        connection.info[_HAS_ROOM] = True


@event.listens_for(Pool, "checkin")
def _give_room_back(connection: Any, record: Any) -> None:
    if record.info.pop(_HAS_ROOM, False) and connection is not None:
        connection.execute(f"PRAGMA cache_size=-{USUAL_ROOM}")
        connection.execute("PRAGMA shrink_memory")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
    connection.info[_ONLY_READ] = connection.dialect.name == "postgresql"


@event.listens_for(Engine, "before_cursor_execute")
def _see_writes(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
    if not statement.startswith("SELECT"):
        connection.info[_ONLY_READ] = False


@event.listens_for(Engine, "rollback")
def _keep_plans(connection: Connection) -> None:
    """End a transaction that has only read by a commit, after which there is nothing left to roll back.

    With a rollback psycopg forgets what PostgreSQL has prepared, and each page plans its statements anew: a third of
    the page of a need.
    """
    if not connection.invalidated and connection.info.pop(_ONLY_READ, False):
        # That a connection is gone the rollback says itself.
        with suppress(connection.dialect.loaded_dbapi.Error):
            cast("Any", connection.connection.driver_connection).commit()


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or roll all of it back and say why in our own words.

    Raises Stale when somebody else changed a row meanwhile, Clash when a unique key is taken, Unavailable when the
    database does not answer.
    """
    try:
        yield
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        raise Stale from None
    except IntegrityError as error:
        db.session.rollback()
        raise Clash(_constraint(error)) from None
    except BaseException as error:
        db.session.rollback()
        if is_passing(error):
            raise Unavailable from error
        raise


def rewrite(*tables: str) -> bool:
    """Write the files of the database anew, so that they no longer hold what its rows no longer say.

    On PostgreSQL only those of the tables. False where somebody else keeps it from being done now.
    """
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name != "sqlite":
            driver.autocommit = True
            driver.execute(f"VACUUM (FULL) {', '.join(tables)}")
            driver.autocommit = False
            return True
        try:
            seeking.tidy(driver)
            driver.execute("VACUUM")
            busy, *_pages = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        return not busy


def is_passing(error: BaseException | None) -> bool:
    """Tell whether an error lies in the state of database or disk, so that the same may succeed later."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError | InterfaceError | PoolTimeout) or is_full(error)


def is_full(error: BaseException | None) -> bool:
    """Tell whether there was no room to write: on the disk, or in the share of it one may use."""
    if isinstance(error, OSError):
        return error.errno in FULL
    origin = getattr(error, "orig", None)
    said = getattr(origin, "sqlite_errorcode", None), getattr(origin, "sqlstate", None)
    return sqlite3.SQLITE_FULL in said or DISK_FULL in said


def let_go(error: BaseException | None) -> None:
    """Give the connection back at the end of a request or command, also one that is gone.

    Runs before the framework's own goodbye, whose failure would turn a finished answer into an error of ours.
    """
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()
        db.session.remove()


def _constraint(error: IntegrityError) -> str:
    """Return the name of the violated constraint, or SQLite's columns such as `place.name`."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or error.orig).removeprefix("UNIQUE constraint failed: ")


def migrations(app: Flask) -> Migrations:
    """Compare the database's revision with the newest one in the code."""
    with app.app_context(), db.engine.connect() as connection:
        found = revisions.of(connection)
    if found == revisions.newest():
        return Migrations.CURRENT
    return Migrations.NEWER if found and found not in revisions.steps() else Migrations.BEHIND


def is_current(app: Flask) -> bool:
    """Tell whether the tables are those of this code."""
    return migrations(app) is Migrations.CURRENT


def upgrade(app: Flask) -> None:
    """Bring the tables up to this code; forward only.

    Raises DatabaseNewer when the database was made by a newer version.
    """
    state = migrations(app)
    if state is Migrations.NEWER:
        raise DatabaseNewer
    if state is Migrations.BEHIND:
        from app.core import migrating  # noqa: PLC0415 - Alembic is 4 MB, which who only serves does not need

        migrating.upgrade(app)


def require_current() -> None:
    """Answer 503 with one sentence while the tables are not those of this code."""
    if current_app.extensions.get(_READY) or request.endpoint == "static":
        return
    try:
        current_app.extensions[_READY] = is_current(current_app)
    except DBAPIError as error:
        raise Unavailable from error
    if not current_app.extensions[_READY]:
        raise NotMigrated

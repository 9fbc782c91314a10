"""Replacing the data key while the portal runs: everything encrypted is encrypted anew, batch by batch.

Each value names its key, so what is done is seen from the values themselves: a rotation that was killed goes on where
it stopped. An old key is removed only when nothing names it any more, in a moment in which nobody can write.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import Any, Final

from flask import current_app
from sqlalchemy import Connection, TableClause, and_, bindparam, column, or_, select, table, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ColumnElement

from app import instance
from app.core import keyring, sealing, subject_keys
from app.core.sealed import bound_to
from app.core.subject_keys import SubjectKey
from app.extensions import db

AT_ONCE: Final = 500
"""So many rows are encrypted anew in one transaction."""
TRIES: Final = 60

log: Final = logging.getLogger("sidan.sealing")


@dataclass(frozen=True)
class Target:
    """A table with encrypted columns, and how one of its values is bound."""

    model: Any
    key: str
    columns: tuple[str, ...]

    @property
    def purpose(self) -> keyring.Purpose:
        """What its values are encrypted for."""
        return subject_keys.PURPOSE if self.model is SubjectKey else sealing.PURPOSE

    @property
    def uid(self) -> str:
        """The column that says which row a value belongs to."""
        return "row_uid" if self.model is SubjectKey else "uid"

    @cached_property
    def kept(self) -> TableClause:
        """The table with its columns as they stand, none of them opened."""
        names = dict.fromkeys((self.key, self.uid, *self.columns))
        return table(self.model.__tablename__, *(column(name) for name in names))

    def place(self, name: str, uid: str) -> str:
        """Return where a value belongs."""
        return uid if self.model is SubjectKey else bound_to(self.model, name, uid)


@dataclass
class Outcome:
    """What a rotation has done so far."""

    done: int = 0
    unreadable: int = 0
    removed: list[str] = field(default_factory=list)


def targets() -> list[Target]:
    """Return every table with encrypted columns."""
    found = [Target(model, "id", tuple(sealing.columns(model))) for model in sealing.models()]
    return [*found, Target(SubjectKey, "row_uid", ("wrapped",))]


def rotate() -> Iterator[Outcome]:
    """Make a new data key unless a rotation was left unfinished, encrypt everything under it, and remove the old ones.

    Yields after each batch; whoever stops listening leaves it unfinished, and the next call goes on.
    """
    folder, outcome = Path(current_app.config["INSTANCE"]), Outcome()
    by_files = not keyring.keyring().by_environment
    if by_files and len(instance.ring_files(folder / "keys")) == 1:
        instance.add_to_ring(folder)
    old = instance.ring_files(folder / "keys")[1:] if by_files else []
    for target in targets():
        for done in _batches(target):
            outcome.done += done
            yield outcome
    with _nobody_writes() as connection:
        outcome.done += sum(_rest(connection, target) for target in targets())
        outcome.unreadable = sum(_count(connection, target, _not_newest(target)) for target in targets())
    outcome.removed = _remove(old)
    yield outcome


def strays(connection: Connection) -> bool:
    """Tell whether some value stands under a key that is not here."""
    return any(_count(connection, target, _under_none(target)) for target in targets())


def _batches(target: Target) -> Iterator[int]:
    """Encrypt a table anew, a transaction per batch, and yield how many rows each was."""
    last: Any = "" if target.key == "row_uid" else 0
    while True:
        with db.engine.begin() as connection:
            rows = _older(connection, target, last)
            done = _renew(connection, target, rows)
        if not rows:
            return
        last = rows[-1][target.key]
        log.info("%s rows of %s encrypted under the new key, up to %s", done, target.model.__tablename__, last)
        yield done


def _rest(connection: Connection, target: Target) -> int:
    """Encrypt what was written under an old key since its batch went by."""
    last: Any = "" if target.key == "row_uid" else 0
    done = 0
    while rows := _older(connection, target, last):
        done, last = done + _renew(connection, target, rows), rows[-1][target.key]
    return done


def _older(connection: Connection, target: Target, last: Any) -> list[Any]:
    """Return the next rows with a value that is not under the newest key, locked."""
    kept = target.kept
    wanted = select(kept).where(kept.c[target.key] > last, _not_newest(target))
    found = connection.execute(wanted.order_by(kept.c[target.key]).limit(AT_ONCE).with_for_update())
    return [*found.mappings()]


def _renew(connection: Connection, target: Target, rows: list[Any]) -> int:
    """Encrypt the values of rows under the newest key; what does not open stays as it is."""
    kept = target.kept
    changed = [found for row in rows if (found := _renewed(target, row)) is not None]
    if changed:
        values: dict[str, Any] = {name: bindparam(name) for name in target.columns}
        connection.execute(update(kept).where(kept.c[target.key] == bindparam("row")).values(values), changed)
    return len(changed)


def _renewed(target: Target, row: Any) -> dict[str, Any] | None:
    ring = keyring.ring()
    found = {name: _token(ring, target, name, row) for name in target.columns}
    return found | {"row": row[target.key]} if found != {name: row[name] for name in target.columns} else None


def _token(ring: keyring.Ring, target: Target, name: str, row: Any) -> str | None:
    token: str | None = row[name]
    if token is None or keyring.used_by(token) == ring.newest:
        return token
    place = target.place(name, row[target.uid])
    plain = ring.open(target.purpose, token, place)
    return token if plain is None else ring.seal(target.purpose, plain, place)


def _not_newest(target: Target) -> ColumnElement[bool]:
    return _without(target, [keyring.ring().newest])


def _under_none(target: Target) -> ColumnElement[bool]:
    # A value that names no key stands under the root.
    return _without(target, keyring.ring().names, named=".")


def _without(target: Target, keys: list[str], named: str = "") -> ColumnElement[bool]:
    """Return the SQL for the rows that have a value under none of these keys."""
    values = [target.kept.c[name] for name in target.columns]
    return or_(*(and_(one.contains(named), *(~one.startswith(f"{key}.") for key in keys)) for one in values))


def _count(connection: Connection, target: Target, where: ColumnElement[bool]) -> int:
    return len(connection.execute(select(target.kept.c[target.key]).where(where)).all())


@contextmanager
def _nobody_writes() -> Iterator[Connection]:
    """Give a transaction in which nobody else writes an encrypted value; it waits for those that are under way."""
    for _try in range(TRIES):
        with db.engine.connect() as connection, connection.begin():
            if _locked(connection):
                yield connection
                return
        sleep(0.5)
    raise TimeoutError("the tables with encrypted columns are never free")


def _locked(connection: Connection) -> bool:
    # SQLite lets one write at a time anyway.
    if connection.dialect.name == "sqlite":
        return True
    names = ", ".join(target.model.__tablename__ for target in targets())
    # Shorter than PostgreSQL waits before it ends a deadlock, so that this gives way and nobody else.
    connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
    try:
        with connection.begin_nested():
            connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    except DBAPIError:
        return False
    return True


def _remove(files: list[Path]) -> list[str]:
    """Remove the files of old keys, unless a value that does not open still names one."""
    removed = []
    for file in files:
        name = keyring.key_id(file.read_text(encoding="ascii").strip())
        if not _is_named(name):
            file.unlink()
            removed.append(file.name)
    return removed


def _is_named(key: str) -> bool:
    with db.engine.connect() as connection:
        return any(_count(connection, target, _names(target, key)) for target in targets())


def _names(target: Target, key: str) -> ColumnElement[bool]:
    kept = target.kept
    return or_(*(kept.c[name].startswith(f"{key}.") for name in target.columns))

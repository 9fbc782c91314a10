"""Trying a backup out beside the portal, and putting it in the place of what is there.

What is there is never removed: on SQLite and in the folder it is put aside, on PostgreSQL its schema gets another name.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from flask import current_app
from flask_appbuilder import Model
from flask_babel import gettext
from sqlalchemy import Connection

from app import instance
from app.backups import tables
from app.backups.loading import Loaded, beside, load, opened
from app.backups.making import locked
from app.core import clock, database, heads, revisions
from app.core.files import vault
from app.extensions import db
from app.jobs import worker
from config import Refusal

ASIDE: Final = "before-restore-{:%Y%m%d-%H%M%S}"
DATABASE: Final = "sidan.db"
WORKSHOP: Final = ".restore-"
LOCK: Final = "restore.lock"


class NotWhole(Refusal):
    """A backup that can be read, but in which something is wrong."""


def verify(path: Path) -> Loaded:
    """Put a backup into an empty place beside, look at everything, remove the place again, and return what was found.

    The place is a SQLite database, whichever the portal uses. Raises BadBackup.
    """
    with opened(path) as backup, _workshop() as place, beside(place / DATABASE) as connection:
        return load(backup, connection, place)


def restore(path: Path, replace: bool = False, anyway: bool = False) -> Loaded:
    """Put a backup in the place of what is there, whole or not at all, and return what was found.

    `replace`: also where there are data, which are put aside; `anyway`: also where something is wrong. Raises
    AlreadyRunning while the portal runs, BadBackup, NotWhole, Refusal.
    """
    with alone(), opened(path) as backup, _workshop() as place:
        filled = _is_filled()
        if filled and not replace:
            raise Refusal(gettext("There are data here already: with --replace they are put aside first."))
        with _Swap(place, filled) as swap, _empty_database(place) as connection:
            loaded = _sound(load(backup, connection, place), anyway)
            swap.folders()
            # On SQLite the new file is whole once it is closed, on PostgreSQL at the commit: both come now.
        is_older = backup.manifest["version"] != revisions.newest()
    instance.mark(Path(current_app.config["INSTANCE"]))
    if is_older:
        # Older tables may have held in plain words what stands encrypted now.
        database.rewrite(*Model.metadata.tables)
    return loaded


@contextmanager
def alone() -> Iterator[None]:
    """Keep portal, worker and backups from starting inside the block. Raises AlreadyRunning where one of them runs."""
    where = Path(current_app.config["INSTANCE"])
    with ExitStack() as held:
        for lock in (instance.Lock(where), worker.lock(current_app)):
            held.enter_context(closing(lock))
            lock.take("")
        held.enter_context(closing(locked()))
        yield


@contextmanager
def _workshop() -> Iterator[Path]:
    """Give an empty folder on the disk of the instance, which is gone at the end. Raises AlreadyRunning."""
    where = Path(current_app.config["INSTANCE"])
    said = gettext("A backup is just being made or put back: wait until it is done.")
    with closing(instance.Lock(where, LOCK, said)) as lock:
        lock.take("")
        for left in where.glob(f"{WORKSHOP}*"):
            # Somebody was killed here.
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=WORKSHOP, dir=where) as place:
            yield Path(place)


def _is_filled() -> bool:
    """Tell whether there are data here: tables, or contents of files."""
    with database.reading(), db.engine.connect() as connection:
        if tables.there(connection):
            return True
    stored = Path(current_app.config["INSTANCE"]) / vault.FOLDER
    return any(path.name != vault.STAGED for path in stored.glob("*"))


def _sound(loaded: Loaded, anyway: bool) -> Loaded:
    if loaded.complaints and not anyway:
        told = " ".join(map(str, loaded.complaints))
        raise NotWhole(gettext("The backup is not whole, nothing was changed: %(told)s", told=told))
    return loaded


@contextmanager
def _empty_database(place: Path) -> Iterator[Connection]:
    """Give the database to put a backup into: a new file, or on PostgreSQL the schema, what stood there put aside."""
    if db.engine.dialect.name == "sqlite":
        with beside(place / DATABASE) as connection:
            yield connection
        return
    with db.engine.connect() as connection, connection.begin():
        if tables.there(connection):
            connection.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{_aside()}"')
            connection.exec_driver_sql("CREATE SCHEMA public")
        yield connection


def _aside() -> str:
    return ASIDE.format(clock.local(clock.now()))


class _Swap:
    """Puts what stands in the workshop in the place of what is there, and undoes it where the rest fails."""

    def __init__(self, place: Path, filled: bool) -> None:
        self.place, self.filled = place, filled
        self.instance = Path(current_app.config["INSTANCE"])
        self.aside = self.instance / _aside()
        self._moved: list[tuple[Path, Path]] = []

    def __enter__(self) -> "_Swap":
        return self

    def __exit__(self, kind: type[BaseException] | None, *more: object) -> None:
        try:
            if kind is None:
                self._database()
        except BaseException:
            self._undo()
            raise
        if kind is not None:
            self._undo()

    def folders(self) -> None:
        """Put files and daily ends in their places."""
        for name in (vault.FOLDER, heads.FOLDER):
            self._put(self.place / name, self.instance / name)

    def _database(self) -> None:
        """Put the file of the database in its place; a server has its own."""
        if db.engine.dialect.name != "sqlite":
            return
        db.session.remove()
        db.engine.dispose()
        target = Path(str(db.engine.url.database))
        for tail in ("-wal", "-shm", ""):
            if not self.filled:
                # Looking whether there are tables has made an empty file.
                Path(f"{target}{tail}").unlink(missing_ok=True)
            self._put(Path(f"{self.place / DATABASE}{tail}"), Path(f"{target}{tail}"))

    def _put(self, source: Path, target: Path) -> None:
        if target.exists():
            self.aside.mkdir(mode=0o700, exist_ok=True)
            self._move(target, self.aside / target.name)
        if source.exists():
            self._move(source, target)

    def _move(self, source: Path, target: Path) -> None:
        shutil.move(source, target)
        self._moved.append((source, target))

    def _undo(self) -> None:
        for source, target in reversed(self._moved):
            shutil.move(target, source)

"""Making a backup while people write: one view of the database, all of it and its files, encrypted into one file.

Both databases are read in one transaction that sees nothing of what is written after it began, and hinders nobody.
While it is read no content of a file is removed (`app.core.files.vault` looks at the lock), so that each row that was
seen finds its content.
"""

import contextlib
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from flask import current_app
from flask_babel import gettext
from sqlalchemy import Connection, func, select, text

from app import instance
from app.backups import folder, rows
from app.backups.pieces import LAST, Writer
from app.core import clock, database, heads, revisions, rotation
from app.core.files import service as files
from app.core.files import vault
from app.core.files.models import Attachment
from app.extensions import db
from config import MEGABYTE, Refusal

MANIFEST, TABLE, ROWS, END, HEADS, FILE, BLOCK = b"M", b"T", b"R", b"E", b"H", b"F", b"B"
"""What the pieces are: see `put_all`."""
TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was just made."""

    path: Path
    rows: int
    files: int
    missing: int
    """How many attachments missed their content already."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.path.stat().st_size


def create() -> Made:
    """Make a backup in the folder of the backups, whole or not at all, and return it.

    Raises Refusal where another one is being made, there is no room, or the database is not of this version.
    """
    with contextlib.closing(locked()):
        made = _made(folder.place())
    # What was not removed meanwhile goes now; looking for it keeps nobody from writing.
    with database.reading():
        files.sweep()
        db.session.rollback()
    return made


def locked() -> instance.Lock:
    """Take the lock that one who makes or puts back a backup holds. Raises AlreadyRunning."""
    said = gettext("A backup is just being made or put back: wait until it is done.")
    mine = instance.Lock(Path(current_app.config["INSTANCE"]), folder.LOCK, said)
    for left in reversed(range(TRIES)):
        try:
            mine.take("")
            break
        except instance.AlreadyRunning:
            # Whoever only looks whether it is held holds it for that moment.
            if not left:
                raise
            time.sleep(0.05)
    return mine


def _made(where: Path) -> Made:
    moment = clock.now()
    _clear(where)
    # What is kept of the ends of history must not be ahead of what is seen of it.
    ends = heads.contents()
    path = where / folder.name_of(moment)
    part = path.with_name(path.name + folder.PART)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, snapshot() as connection:
            _require_room(connection, where)
            found = put_all(connection, Writer(file, moment), moment, ends)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        vault.settle(where)
    finally:
        part.unlink(missing_ok=True)
    return Made(path, *found)


def _clear(where: Path) -> None:
    """Remove what is left of a backup that was broken off; nobody else makes one now."""
    for part in where.glob(f"sidan-*{folder.PART}"):
        part.unlink()


@contextlib.contextmanager
def snapshot() -> Iterator[Connection]:
    """Give the database as it is at this moment, for reading, whoever writes meanwhile. Raises Refusal."""
    how: dict[str, Any] = {}
    if db.engine.dialect.name != "sqlite":
        how = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.reading(), db.engine.connect().execution_options(**how) as connection, connection.begin():
        if revisions.of(connection) != revisions.newest():
            raise Refusal(gettext("The database is not of this version: run flask --app app db upgrade first."))
        yield connection


def _require_room(connection: Connection, where: Path) -> None:
    """Keep a backup from filling the disk on which people work."""
    size = "SELECT pg_database_size(current_database())"
    if connection.dialect.name == "sqlite":
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    needed = int(connection.scalar(text(size)) or 0) + int(connection.scalar(select(func.sum(Attachment.size))) or 0)
    if shutil.disk_usage(where).free < needed:
        asked = {"folder": where, "size": -(-needed // MEGABYTE)}
        raise Refusal(gettext("There is no room for a backup: %(folder)s needs %(size)s MB.", **asked))


def put_all(connection: Connection, writer: Writer, moment: datetime, ends: dict[str, str]) -> tuple[int, int, int]:
    """Write everything, and return how many rows and files it was, and how many attachments miss their content.

    First the manifest; of each table a beginning, its rows and an end with count and sum; the daily ends of history;
    each file with its blocks; at the end how many files there were. `ends`: the texts of the daily files.
    """
    shapes = rows.shapes(connection)
    manifest = _manifest(connection, shapes, moment)
    writer.say(MANIFEST, manifest)
    for shape in shapes:
        _put_table(connection, writer, shape)
    writer.say(HEADS, ends)
    count, missing = _put_files(connection, writer)
    writer.say(LAST, {"files": count, "missing": missing})
    return sum(manifest["tables"].values()), count, len(missing)


def _manifest(connection: Connection, shapes: list[rows.Shape], moment: datetime) -> dict[str, Any]:
    return {
        "made_at": moment.isoformat(),
        "version": revisions.of(connection),
        "database": connection.dialect.name,
        "tables": {shape.name: rows.count(connection, shape) for shape in shapes},
        "ends": {str(number): list(end) for number, end in heads.ends_of(connection).items()},
        "unreadable": rotation.strays(connection),
    }


def _put_table(connection: Connection, writer: Writer, shape: rows.Shape) -> None:
    writer.say(TABLE, {"name": shape.name, "columns": list(shape.columns)})
    total, found = rows.Sum(), rows.read(connection, shape)
    while lines := [total.add(row) for row in islice(found, shape.at_once)]:
        writer.put(ROWS, zlib.compress("\n".join(lines).encode()))
    writer.say(END, {"rows": total.rows, "sum": total.value})


def _put_files(connection: Connection, writer: Writer) -> tuple[int, list[str]]:
    """Write the contents as they stand, encrypted, and return how many, and the attachments that miss theirs."""
    count, missing = 0, []
    asked = select(Attachment.uid).order_by(Attachment.uid)
    for uid in connection.scalars(asked, execution_options={"yield_per": rows.AT_ONCE}):
        found = [name for name in (uid, uid + files.THUMB) if _put_file(writer, name)]
        count += len(found)
        missing += [] if uid in found else [uid]
    return count, missing


def _put_file(writer: Writer, name: str) -> bool:
    try:
        content = vault.path_of(name).read_bytes()
    except FileNotFoundError:
        return False
    writer.say(FILE, {"name": name, "size": len(content)})
    for start in range(0, len(content), MEGABYTE):
        writer.put(BLOCK, content[start : start + MEGABYTE])
    return True

"""Putting a backup into an empty place: tables of its version, its rows, its files; then everything is looked at.

The place is a database nobody else sees yet, and a folder; so whatever turns out to be wrong, nothing has changed.
"""

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import Connection, NullPool, create_engine

from app.backups import rows, tables
from app.backups.making import BLOCK, END, FILE, HEADS, MANIFEST, ROWS, TABLE
from app.backups.pieces import LAST, BadBackup, Reader, changed
from app.core import heads, revisions, rotation, seeking, verifying
from app.core.fields import Text
from app.core.files import service as files
from app.core.files import vault

CONTENT: Final = re.compile(r"[0-9a-f]{32}(\.t)?")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
SHOWN: Final = 5


@dataclass
class Backup:
    """A backup that was opened, and what its beginning says."""

    manifest: dict[str, Any]
    pieces: Iterator[tuple[bytes, bytes]]


@dataclass
class Loaded:
    """What was put into a place, and what is wrong with it."""

    rows: int = 0
    files: int = 0
    entries: int = 0
    """Entries of history that were walked."""
    complaints: list[Text] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Open a backup. Raises BadBackup where it is none, is damaged, of other keys or of a newer version."""
    try:
        file = path.open("rb")
    except OSError:
        raise BadBackup(gettext("%(path)s cannot be read.", path=path)) from None
    with file:
        # All of it is looked at before anything is begun.
        for _piece in Reader(file):
            pass
        file.seek(0)
        pieces = iter(Reader(file))
        kind, content = next(pieces)
        manifest = json.loads(content) if kind == MANIFEST else {}
        if manifest.get("version", "") not in revisions.steps():
            raise BadBackup(gettext("The backup is of a newer version: update the program first."))
        yield Backup(manifest, pieces)


@contextmanager
def beside(path: Path) -> Iterator[Connection]:
    """Give a new SQLite database in one transaction, which is committed at the end of the block."""
    engine = create_engine(f"sqlite:///{path.as_posix()}", hide_parameters=True, poolclass=NullPool)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        # SQLite changes a table by making it anew; the references to it must not be followed meanwhile.
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            yield connection


def load(backup: Backup, connection: Connection, place: Path) -> Loaded:
    """Put a backup into an empty database and an empty folder, look at everything, and return what was found.

    The tables are brought up to this program's version. Raises BadBackup where the file is not what was written.
    """
    tables.bring_to(connection, backup.manifest["version"])
    loading = _Loading(backup, connection, place)
    with tables.unguarded(connection):
        loading.take()
    loading.compare()
    tables.bring_to(connection, revisions.newest())
    seeking.keep_anew(connection)
    loaded = Loaded(sum(loading.counts.values()), loading.files, complaints=loading.complaints)
    _look_at(loaded, connection, backup, place)
    return loaded


class _Loading:
    """The state of putting back: what was counted, and what does not fit."""

    def __init__(self, backup: Backup, connection: Connection, place: Path) -> None:
        self.connection, self.place, self.pieces = connection, place, backup.pieces
        self.wanted: dict[str, int] = backup.manifest["tables"]
        self.shapes = {shape.name: shape for shape in rows.shapes(connection)}
        self.ends: dict[str, dict[str, Any]] = {}
        self.counts: dict[str, int] = {}
        self.files = 0
        self.complaints: list[Text] = []

    def take(self) -> None:
        """Take in all pieces. Raises BadBackup."""
        for shape in self.shapes.values():
            rows.empty(self.connection, shape)
        for kind, content in self.pieces:
            said = json.loads(content)
            if kind == TABLE:
                self._table(said)
            elif kind == HEADS:
                self._heads(said)
            elif kind == FILE:
                self._file(said)
            elif kind != LAST or said["files"] != self.files:
                raise changed()

    def _table(self, said: dict[str, Any]) -> None:
        shape = self.shapes.get(said["name"])
        if shape is None or [*shape.columns] != said["columns"]:
            raise changed()
        rows.write(self.connection, shape, self._rows_of(shape.name))
        tables.count_on(self.connection, shape)

    def _rows_of(self, name: str) -> Iterator[rows.Plain]:
        for kind, content in self.pieces:
            if kind == END:
                self.ends[name] = json.loads(content)
                return
            if kind != ROWS:
                raise changed()
            yield from (json.loads(line) for line in zlib.decompress(content).decode().split("\n"))

    def _heads(self, said: dict[str, str]) -> None:
        where = self.place / heads.FOLDER
        where.mkdir(mode=0o700)
        for name, content in said.items():
            if DAY.fullmatch(name):
                (where / name).write_text(content, encoding="utf-8")

    def _file(self, said: dict[str, Any]) -> None:
        name, left = said["name"], said["size"]
        if not CONTENT.fullmatch(name):
            raise changed()
        path = self.place / vault.FOLDER / name[:2] / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            while left > 0:
                kind, content = next(self.pieces)
                if kind != BLOCK:
                    raise changed()
                left -= file.write(content)
        path.chmod(0o600)
        self.files += 1

    def compare(self) -> None:
        """Read every table again, and compare it with what was read when the backup was made."""
        for name, shape in self.shapes.items():
            found, told = rows.summed(self.connection, shape), self.ends.get(name, {})
            self.counts[name] = found.rows
            if found.rows != self.wanted.get(name):
                asked = {"name": name, "found": found.rows, "wanted": self.wanted.get(name, 0)}
                self.complaints.append(gettext("Table %(name)s has %(found)s rows instead of %(wanted)s.", **asked))
            elif found.value != told.get("sum"):
                self.complaints.append(gettext("The rows of table %(name)s are not those that were saved.", name=name))


def _look_at(loaded: Loaded, connection: Connection, backup: Backup, place: Path) -> None:
    """Look at what was put back as a whole: references, history, keys and files."""
    if tables.broken_references(connection):
        loaded.complaints.append(gettext("Some rows name rows that are not there."))
    if rotation.strays(connection) and not backup.manifest["unreadable"]:
        loaded.complaints.append(
            gettext("Some values stand under a key that is missing: restore it from the key backup.")
        )
    ends = {int(number): (end[0], end[1]) for number, end in backup.manifest["ends"].items()}
    loaded.entries, wrong = history(connection, place / heads.FOLDER, ends)
    loaded.complaints += wrong + contents(connection, place / vault.FOLDER)


def history(connection: Connection, kept: Path, ends: heads.Ends) -> tuple[int, list[Text]]:
    """Walk all chains of history; return how many entries there are, and what is wrong."""
    walked = [*verifying.verify(connection, files=[*heads.kept(kept)])]
    wrong: list[Text] = [
        gettext("History %(chain)s is not whole from entry %(seq)s on.", chain=one.chain, seq=one.finding.seq)
        for one in walked
        if one.finding is not None
    ]
    if heads.ends_of(connection) != ends:
        wrong.append(gettext("History does not end where it ended."))
    return sum(one.entries for one in walked), wrong


def contents(connection: Connection, where: Path) -> list[Text]:
    """Open the content of every attachment and compare it with its row; return what is wrong."""
    wrong = [pk for pk, good in files.opened(connection, where) if not good]
    if not wrong:
        return []
    some = "、".join(map(str, wrong[:SHOWN]))
    return [gettext("%(count)s files are missing or damaged (numbers %(some)s).", count=len(wrong), some=some)]

"""`db copy`: the rows of this installation into an empty PostgreSQL database, all or none, and the proof that they are.

The folder of the instance stays where it is: files, keys and daily ends of history go on to be used from there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from flask_babel import gettext
from sqlalchemy import Connection, NullPool, create_engine

from app.backups import rows, tables
from app.backups.loading import contents, history
from app.backups.making import snapshot
from app.backups.restoring import NotWhole, alone
from app.core import heads, revisions
from app.core.fields import Text
from app.core.files import vault
from config import Refusal


@dataclass
class Copied:
    """What was copied and found to be the same."""

    tables: dict[str, int] = field(default_factory=dict)
    """Rows by table."""
    entries: int = 0
    complaints: list[Text] = field(default_factory=list)


def copy(address: str, done: Callable[[str, int], None]) -> Copied:
    """Copy every row of this database into the empty one at a PostgreSQL address, and prove it before it is kept.

    `done` hears of each table. Raises AlreadyRunning while the portal runs, Refusal where the other database is not
    empty, NotWhole where something there is not what is here; then nothing is kept there.
    """
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1), **_HOW)
    with alone(), snapshot() as source, engine.connect() as target, target.begin():
        if tables.there(target):
            raise Refusal(gettext("The other database is not empty: make a new one for the copy."))
        tables.bring_to(target, revisions.newest())
        copied = Copied()
        with tables.unguarded(target):
            _copy_all(source, target, copied, done)
        _look_at(source, target, copied)
        if copied.complaints:
            told = " ".join(map(str, copied.complaints))
            raise NotWhole(gettext("The copy is not the same, nothing was kept there: %(told)s", told=told))
    return copied


_HOW = {"hide_parameters": True, "poolclass": NullPool, "connect_args": {"connect_timeout": 5}}


def _copy_all(source: Connection, target: Connection, copied: Copied, done: Callable[[str, int], None]) -> None:
    there = {shape.name: shape for shape in rows.shapes(target)}
    for shape in there.values():
        rows.empty(target, shape)
    for shape in rows.shapes(source):
        total = rows.Sum()
        rows.write(target, there[shape.name], _summing(rows.read(source, shape), total))
        tables.count_on(target, there[shape.name])
        found = rows.summed(target, there[shape.name])
        if (found.rows, found.value) != (total.rows, total.value):
            copied.complaints.append(
                gettext("The rows of table %(name)s are not those that were saved.", name=shape.name)
            )
        copied.tables[shape.name] = found.rows
        done(shape.name, found.rows)


def _summing(given: Iterator[rows.Plain], total: rows.Sum) -> Iterator[rows.Plain]:
    for row in given:
        total.add(row)
        yield row


def _look_at(source: Connection, target: Connection, copied: Copied) -> None:
    where = Path(current_app.config["INSTANCE"])
    copied.entries, wrong = history(target, where / heads.FOLDER, heads.ends_of(source))
    copied.complaints += wrong + contents(target, where / vault.FOLDER)

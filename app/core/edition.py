"""What stands until somebody changes it, such as limits, holidays and who works where: asked once and then kept.

It rests upon tables that are named here by whoever keeps something. Whatever writes to one of them, by any door of any
process, leaves another mark with its own commit. A request learns the mark in the statement that says who acts, and
what was kept under the same mark is what asking anew would find. Only the answers to a community's questions are kept,
never what somebody may see (decision 0051).
"""

import re
import secrets
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar
from weakref import WeakSet

from flask import g, has_app_context
from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, String, event, inspect, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.unfinished import Unfinished, seen

MOST_KEPT: Final = 2000
LENGTH: Final = 16

Found = TypeVar("Found")


class Edition(Model):
    """The one row that says which state the tables are in."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(LENGTH))
    """Drawn anew with each change: the same mark means the same rows."""


ONLY: Final = 1
"""The number of the row."""
MARK: Final = select(Edition.mark).where(Edition.id == ONLY).scalar_subquery().label("mark")
"""For the statement that says who acts."""

_TOUCHED: Final = "sidan.edition-touched"
_WRITTEN: Final = re.compile(r'\b(?:INTO|UPDATE|FROM)\s+"?(\w+)')
_tables: Final[set[str]] = {Unfinished.__tablename__}
_kept: Final[dict[Hashable, tuple[str, Any]]] = {}
_ready: Final[WeakSet[Engine]] = WeakSet()
"""Where the table is known to be there: older migrations write before it is made."""


def rests_on(*models: Any) -> None:
    """Say that what is kept is read from the tables of these models."""
    _tables.update(model.__tablename__ for model in models)


def tables() -> frozenset[str]:
    """Return the names of the tables that what is kept rests upon."""
    return frozenset(_tables)


def learn(mark: str | None) -> None:
    """Let what was kept under a mark be taken for the rest of the request."""
    g.edition = mark


def kept(about: Hashable, make: Callable[[], Found]) -> Found:
    """Return what was made about the same, or make it; nobody may change it, and it is the same whoever asks."""
    mark = g.get("edition") if has_app_context() else None
    if mark is None:
        return make()
    key = (seen(), about)
    under, found = _kept.get(key, ("", None))
    if under == mark:
        same: Found = found
        return same
    made = make()
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (mark, made)
    return made


@event.listens_for(Engine, "before_cursor_execute")
def _touch(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
    """Notice who is about to write; for the rest of the request everything is asked anew."""
    if statement.startswith("SELECT") or _tables.isdisjoint(_WRITTEN.findall(statement)):
        return
    connection.info[_TOUCHED] = True
    if has_app_context():
        learn(None)


@event.listens_for(Engine, "commit")
def _mark(connection: Connection) -> None:
    """Draw another mark right before the commit, so that nobody waits for the row longer than that takes."""
    if connection.info.pop(_TOUCHED, False) and _is_there(connection):
        connection.execute(update(Edition.__table__).values(mark=secrets.token_hex(LENGTH // 2)))


@event.listens_for(Engine, "rollback")
def _untouched(connection: Connection) -> None:
    # Of a connection that is gone nothing can be asked.
    if not connection.invalidated:
        connection.info.pop(_TOUCHED, None)


@event.listens_for(Engine, "engine_disposed")
def _forget(engine: Engine) -> None:
    """Whatever database comes next may have the same mark for other rows."""
    _kept.clear()
    _ready.discard(engine)


def _is_there(connection: Connection) -> bool:
    if connection.engine not in _ready and inspect(connection).has_table(Edition.__tablename__):
        _ready.add(connection.engine)
    return connection.engine in _ready

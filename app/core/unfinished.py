"""Rows that are there and count for nobody yet: they are written in pieces and seen all at once, or never.

Who writes many rows piece by piece says of each piece which ids it has; until that word is taken back, in one small
transaction, nobody sees the rows by any door (`app.core.scope`), and nobody sees their history or their timeline. The
same word hides rows that are put away piece by piece. Almost always the table is empty, and costs a statement next to
nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import Index, String, and_, delete, exists, insert, literal_column, or_
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import ColumnElement

from app.extensions import db

AT_ONCE: Final = 500


class Unfinished(Model):
    """Ids of one list, from the first to the last, that some piece of work has not finished with."""

    __tablename__ = "unfinished"
    __table_args__ = (Index("ix_unfinished_rows", "list", "first_id", "last_id"), Index("ix_unfinished_work", "work"))

    id: Mapped[int] = mapped_column(primary_key=True)
    work: Mapped[int]
    """Whose word it is: the number of a batch of rows."""
    list: Mapped[str] = mapped_column(String(32))
    first_id: Mapped[int]
    last_id: Mapped[int]


_TABLE: Final[Any] = Unfinished.__table__
_seen: ContextVar[int] = ContextVar("unfinished work that is seen", default=0)


def seen() -> int:
    """Return whose unfinished rows are seen all the same; 0 for nobody's."""
    return _seen.get()


@contextmanager
def seeing(work: int) -> Iterator[None]:
    """Let who works on the rows see them."""
    token = _seen.set(work)
    try:
        yield
    finally:
        _seen.reset(token)


def key_of(model: Any) -> str:
    """Return under which name the rows of a model are told of."""
    return getattr(model, "list_name", "") or str(model.__tablename__)


def finished(listing: Any, row_id: Any, work: int = 0) -> ColumnElement[bool]:
    """Return the SQL for rows nobody is at work with; `listing`: the name of their list, or the column that says it.

    Whether there are any at all is asked once in a statement, and only then of each row.
    """
    if isinstance(listing, str):
        # Names of lists stand in the code; as a parameter each would be looked after anew with every statement.
        listing = literal_column(f"'{listing}'")
    own = [_TABLE.c.work != work] if work else []
    some = exists().select_from(_TABLE).where(*own)
    this = exists().select_from(_TABLE).correlate_except(_TABLE)
    covers = and_(_TABLE.c.list == listing, _TABLE.c.first_id <= row_id, _TABLE.c.last_id >= row_id)
    return or_(~some, ~this.where(covers, *own))


def hide(work: int, listing: str, ids: Iterable[int]) -> None:
    """Let nobody see these rows until the work is finished; part of the current transaction."""
    spans = [{"work": work, "list": listing, "first_id": first, "last_id": last} for first, last in runs(ids)]
    for start in range(0, len(spans), AT_ONCE):
        db.session.connection().execute(insert(_TABLE), spans[start : start + AT_ONCE])


def show(work: int) -> None:
    """Let everybody see what has been finished; part of the current transaction."""
    db.session.connection().execute(delete(_TABLE).where(_TABLE.c.work == work))


def runs(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last of each run of numbers that follow each other."""
    found: list[tuple[int, int]] = []
    for number in sorted(ids):
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found

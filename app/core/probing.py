"""Probe, then choose: how a search is answered quickly, whether few rows of a large list are found or very many.

The database chooses wrongly by itself, for it does not know how often a word occurs. So the index is asked for a
thousand ids. If that is all, the page is made of these; if there are more, the list is walked in its own order and
each row looked into, for then the next page full is never far.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, union_all
from sqlalchemy.sql import ColumnElement

from app.core import selects
from app.extensions import db

MOST: Final = 1_000
"""So many rows are found by their ids, and counted; beyond it the page says “more than 1,000”."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: the SQL for its rows, and how many there are; None where there are more than MOST.

    `is_counted`: False where nobody probed, because the list has no index; it is small.
    """

    where: ColumnElement[bool]
    total: int | None = None
    is_counted: bool = True


def probe(model: Any, text: str, *where: ColumnElement[bool]) -> Found:
    """Return how the rows in the actor's scope that are found by a text, among those of `where`, are best asked for."""
    if not getattr(model, "indexed", False):
        return Found(selects.holds(model, text), is_counted=False)
    ids = _ids(model, text, where)
    if len(ids) > MOST:
        return Found(model.showing(text))
    return Found(model.id.in_(ids), len(ids))


def _ids(model: Any, text: str, where: tuple[ColumnElement[bool], ...]) -> set[int]:
    parts = [select(model.id).where(*where, way).limit(MOST + 1).subquery() for way in model.ways(text)]
    wanted = union_all(*(select(part.c.id) for part in parts)) if len(parts) > 1 else select(parts[0].c.id)
    return {*db.session.scalars(wanted)}

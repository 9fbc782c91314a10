"""How many rows wait under the quick filters of the lists: one statement for menu, list and home page together."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from flask import current_app, g
from sqlalchemy import func, select

from app.core import fresh, repeating
from app.core.access import may

MOST: Final = 999
"""Waiting rows are counted up to here; beyond it the page says “999+”."""

Tallies = dict[tuple[str, str], int]

_COUNTED: Final[dict[str, Callable[[], Any]]] = {}


def counted(name: str, rows: Callable[[], Any]) -> None:
    """Let the rows of another query be counted in the same statement; they stand under the empty list."""
    _COUNTED[name] = rows


def tell(*views: Any) -> None:
    """Let the page being made tell how many rows stand under each quick filter of these lists."""
    g.tallied = views


def tallies() -> Tallies:
    """Return the number of rows under the quick filters the page tells of, by list and filter.

    These are the badges of the menu, and what the page was told to `tell`; nothing else is counted.
    """
    if "tallies" not in g:
        names = tuple(view.list_name for view in g.get("tallied", ()))
        g.tallies = fresh.kept(("tallies", names), _count)
    found: Tallies = g.tallies
    return found


def none() -> None:
    """Let the page being made ask nothing: what it says holds whatever waits."""
    g.tallies = Counter()


def _count() -> Tallies:
    views = [view for view in current_app.extensions["appbuilder"].list_views() if may("v", view.guard)]
    told = {id(view) for view in g.get("tallied", ())}
    asked = [(view, name) for view in views for name in (view.quick_filters if id(view) in told else view.badges)]
    keys = *((view.list_name, name) for view, name in asked), *(("", name) for name in _COUNTED)
    if not keys:
        return {}
    counts = repeating.numbers(keys, lambda: select(*map(_counting, _rows(asked))))
    return dict(zip(keys, counts, strict=True))


def _rows(asked: list[tuple[Any, str]]) -> Iterator[Any]:
    yield from (_under(view, name) for view, name in asked)
    yield from (rows() for rows in _COUNTED.values())


def _under(view: Any, name: str) -> Any:
    model = view.model
    return select(model.id).where(model.archived_at.is_(None), view.quick_filters[name].where())


def _counting(rows: Any) -> Any:
    return select(func.count()).select_from(rows.limit(MOST + 1).subquery()).scalar_subquery()


def figure(count: int) -> str:
    """Return a count as it is shown."""
    return f"{MOST}+" if count > MOST else str(count)


def waiting(view: Any) -> int:
    """Return how many rows of a list wait for the actor: those under its `badges`."""
    return waiting_in([view])[0]


def waiting_in(views: Iterable[Any]) -> tuple[int, ...]:
    """Return how many rows of each list wait for the actor."""
    found = tallies()
    return tuple(sum(found.get((view.list_name, name), 0) for name in view.badges) for view in views)

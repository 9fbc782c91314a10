"""How many rows wait under each quick filter of each list: one statement for menu, list and home page together."""

from typing import Any, Final

from flask import current_app, g
from sqlalchemy import func, select

from app.core.access import may
from app.extensions import db

MOST: Final = 999
"""Waiting rows are counted up to here; beyond it the page says “999+”."""

Tallies = dict[tuple[str, str], int]


def tallies() -> Tallies:
    """Return the number of rows under each quick filter, by list and filter, of the lists the actor may see."""
    if "tallies" not in g:
        g.tallies = _count()
    found: Tallies = g.tallies
    return found


def _count() -> Tallies:
    views = [view for view in current_app.extensions["appbuilder"].list_views() if may("v", view.guard)]
    asked = [(view, name) for view in views for name in view.quick_filters]
    if not asked:
        return {}
    counts = db.session.execute(select(*(_counting(view, name) for view, name in asked))).one()
    return {(view.list_name, name): count for (view, name), count in zip(asked, counts, strict=True)}


def _counting(view: Any, name: str) -> Any:
    model = view.model
    rows = select(model.id).where(model.archived_at.is_(None), view.quick_filters[name].where()).limit(MOST + 1)
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def figure(count: int) -> str:
    """Return a count as it is shown."""
    return f"{MOST}+" if count > MOST else str(count)


def waiting(view: Any) -> int:
    """Return how many rows of a list wait for the actor: those under its `badge` filters."""
    return sum(tallies().get((view.list_name, name), 0) for name in view.badge_filters)

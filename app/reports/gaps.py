"""The gap view: what residents ask for and nobody has taken on, against what is offered and nobody uses.

By category and by place, both of a month; in the present one what lies idle today. Each number opens its rows.
"""

import calendar
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from app.communities.models import Category, Place
from app.core import access, clock
from app.core.addresses import NOT_SET, BadQuery, month_of
from app.core.errors import answer
from app.core.gate import requires
from app.extensions import db
from app.matching.parts import idle, idle_in, unmet
from app.needs.models import Need
from app.reports.figures import Number, Period
from app.resources.models import Resource, resource_category

gap_pages: Final = Blueprint("gaps", __name__)

TOP_SEGMENT: Final = 10


NOTHING: Final = Number(0)


@dataclass(slots=True)
class Row:
    """A category with what is missing in it and what lies idle, by place and in all.

    `places`: both numbers for each place; a resource stands at the place it serves, or at none.
    """

    name: str
    child: bool
    places: list[tuple[Number, Number]] = field(default_factory=list)
    unmet: Number = NOTHING
    idle: Number = NOTHING

    @property
    def verdict(self) -> str:
        """Return in a word what the numbers mean: a gap, idle resources, or both to be brought together."""
        if self.unmet.count and not self.idle.count:
            return gettext("No resource")
        if self.idle.count and not self.unmet.count:
            return gettext("No need")
        return gettext("Bring together") if self.unmet.count else ""


@gap_pages.get("/boards/gaps")
@requires("v", Need.list_name)
def index() -> ResponseReturnValue:
    """Show the gaps of a month."""
    try:
        month = _month(request.args.get("month", ""))
    except BadQuery as bad:
        return answer(400, bad.sentence)
    places = _places()
    rows = _Gaps(month, places).rows()
    shown = {"month": f"{month.first:%Y-%m}", "places": [name for _path, name, _pk in places], "rows": rows}
    return render_template("gaps.html", **shown)


def _month(given: str) -> Period:
    """Read a month such as 2026-11; the present one where none is said. Raises BadQuery."""
    first = month_of(given) if given else clock.today().replace(day=1)
    return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _places() -> list[tuple[str, str, Any]]:
    """Return path, name and id of the places directly in the communities, and one for what has none.

    A resource without a place serves the whole community.
    """
    top = select(Place.path, Place.name, Place.id).where(Place.parent_id.is_(None), Place.closed_on.is_(None))
    found = [(path, name, pk) for path, name, pk in db.session.execute(top.order_by(Place.path).limit(40))]
    return [*found, ("", gettext("Whole community, or not set"), NOT_SET)]


class _Gaps:
    """One reading of the gaps of a month."""

    def __init__(self, month: Period, places: list[tuple[str, str, Any]]) -> None:
        self.month, self.places = month, places
        self.is_past = month.last < clock.today()
        views = {view.model: view for view in current_app.extensions["appbuilder"].list_views()}
        self.needs, self.resources = views[Need], views[Resource]
        self.unmet = self._unmet()
        self.idle = self._idle(Category.id), self._idle(func.coalesce(Category.parent_id, Category.id))

    def rows(self) -> list[Row]:
        """Return the categories that have a gap or something idle, each upper one before its own."""
        order = (
            func.coalesce(Category.parent_id, Category.id),
            Category.parent_id.is_not(None),
            Category.sort,
            Category.id,
        )
        found = [(one, self._row(one)) for one in db.session.scalars(select(Category).order_by(*order))]
        return [row for _category, row in found if row.unmet.count or row.idle.count]

    def _row(self, category: Category) -> Row:
        child = category.parent_id is not None
        row = Row(category.name, child)
        row.places = [
            (self._need_number(category, path, pk), self._idle_number(category, path, pk))
            for path, _name, pk in self.places
        ]
        total = sum(number for (key, _path), number in self.unmet.items() if self._belongs(key, category))
        row.unmet = Number(total, self._needs_address(category))
        idle_here = (n for (key, _path), n in self._idle_of(category).items() if key == category.id)
        row.idle = Number(sum(idle_here), self._resources_address(category))
        return row

    def _idle_of(self, category: Category) -> dict[tuple[int, str], int]:
        return self.idle[0 if category.parent_id is not None else 1]

    def _idle_number(self, category: Category, path: str, pk: Any) -> Number:
        count = self._idle_of(category).get((category.id, path), 0)
        return Number(count, self._resources_address(category, place=pk))

    def _resources_address(self, category: Category, **more: Any) -> str:
        if not access.may("v", Resource.guard()):
            return ""
        quick = f"idle:{self.month.first:%Y-%m}" if self.is_past else "idle"
        found: str = self.resources.url("list", quick=quick, categories=category.id, **more)
        return found

    def _need_number(self, category: Category, path: str, pk: Any) -> Number:
        found = (n for (key, place), n in self.unmet.items() if place == path and self._belongs(key, category))
        return Number(sum(found), self._needs_address(category, place=pk))

    def _belongs(self, key: tuple[int, int], category: Category) -> bool:
        return category.id in key

    def _needs_address(self, category: Category, **more: Any) -> str:
        days = {"received_at_from": self.month.first, "received_at_to": self.month.last}
        found: str = self.needs.url("list", quick="unmet", category=category.id, **days, **more)
        return found

    def _unmet(self) -> dict[tuple[tuple[int, int], str], int]:
        """Return how many needs nobody has taken on, by category with the upper one, and by place."""
        rows = (
            select(Category.id.label("one"), func.coalesce(Category.parent_id, Category.id).label("top"))
            .add_columns(_top_of(Need).label("place"))
            .select_from(Need)
            .join(Category, Category.id == Need.category_id)
            .where(Need.archived_at.is_(None), unmet(), self.month.holds(Need.received_at))
            .subquery()
        )
        key = (rows.c.one, rows.c.top, rows.c.place)
        counted = db.session.execute(select(*key, func.count()).group_by(*key))
        return {((one, top), path): count for one, top, path, count in counted}

    def _idle(self, group: Any) -> dict[tuple[int, str], int]:
        """Return how many resources lie idle by category and by place; one of several categories counts in each."""
        rows = (
            select(group.label("key"), _top_of(Resource).label("place"), Resource.id.label("resource"))
            .select_from(Resource)
            .join(resource_category, resource_category.c.resource_id == Resource.id)
            .join(Category, Category.id == resource_category.c.category_id)
            .where(Resource.archived_at.is_(None), idle_in(self.month.first) if self.is_past else idle())
            .subquery()
        )
        key = (rows.c.key, rows.c.place)
        counted = db.session.execute(select(*key, func.count(rows.c.resource.distinct())).group_by(*key))
        return {(category, path): count for category, path, count in counted}


def _top_of(model: Any) -> Any:
    """Return the SQL for the path of the place directly in the community where a row lies; empty where it has none."""
    top = select(func.substr(Place.path, 1, TOP_SEGMENT)).where(Place.id == model.place_id).scalar_subquery()
    return func.coalesce(top, "")

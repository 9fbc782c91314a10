"""The gap view: what residents ask for and nobody has taken on, against what is offered and nobody uses.

By category, and of the needs also by place, for a month. Each number opens exactly its rows.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from app.communities.models import Category, Place
from app.core import checks, clock
from app.core.errors import answer
from app.core.gate import requires
from app.core.listing import NOT_SET, BadQuery
from app.extensions import db
from app.matching.parts import idle, unmet
from app.needs.models import Need
from app.reports.figures import Number, Period
from app.resources.models import Resource, resource_category

gap_pages: Final = Blueprint("gaps", __name__)

TOP_SEGMENT: Final = 10


NOTHING: Final = Number(0)


@dataclass(slots=True)
class Row:
    """A category with what is missing in it, by place and in all, and what lies idle."""

    name: str
    child: bool
    places: list[Number] = field(default_factory=list)
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
    try:
        first = date.fromisoformat(f"{given}-01") if given else clock.today().replace(day=1)
    except ValueError:
        raise BadQuery(gettext("This is not a month; write it like 2026-11.")) from None
    if checks.plausible(first) is not None:
        raise BadQuery(gettext("This is not a month; write it like 2026-11."))
    return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _places() -> list[tuple[str, str, Any]]:
    """Return path, name and id of the places directly in the communities, and one for what has none."""
    top = select(Place.path, Place.name, Place.id).where(Place.parent_id.is_(None), Place.closed_on.is_(None))
    found = [(path, name, pk) for path, name, pk in db.session.execute(top.order_by(Place.path).limit(40))]
    return [*found, ("", gettext("Not set"), NOT_SET)]


class _Gaps:
    """One reading of the gaps of a month."""

    def __init__(self, month: Period, places: list[tuple[str, str, Any]]) -> None:
        self.month, self.places = month, places
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
        row.places = [self._need_number(category, path, pk) for path, _name, pk in self.places]
        total = sum(number for (key, _path), number in self.unmet.items() if self._belongs(key, category))
        row.unmet = Number(total, self._needs_address(category))
        count = self.idle[0 if child else 1].get(category.id, 0)
        row.idle = Number(count, self.resources.url("list", quick="idle", categories=category.id))
        return row

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
        place = select(func.substr(Place.path, 1, TOP_SEGMENT)).where(Place.id == Need.place_id).scalar_subquery()
        rows = (
            select(Category.id.label("one"), func.coalesce(Category.parent_id, Category.id).label("top"))
            .add_columns(func.coalesce(place, "").label("place"))
            .select_from(Need)
            .join(Category, Category.id == Need.category_id)
            .where(Need.archived_at.is_(None), unmet(), self.month.holds(Need.received_at))
            .subquery()
        )
        key = (rows.c.one, rows.c.top, rows.c.place)
        counted = db.session.execute(select(*key, func.count()).group_by(*key))
        return {((one, top), path): count for one, top, path, count in counted}

    def _idle(self, group: Any) -> dict[int, int]:
        """Return how many resources lie idle by category; one of several categories counts in each."""
        rows = (
            select(group.label("key"), Resource.id.label("resource"))
            .select_from(Resource)
            .join(resource_category, resource_category.c.resource_id == Resource.id)
            .join(Category, Category.id == resource_category.c.category_id)
            .where(Resource.archived_at.is_(None), idle())
            .subquery()
        )
        counted = select(rows.c.key, func.count(rows.c.resource.distinct())).group_by(rows.c.key)
        return {row[0]: row[1] for row in db.session.execute(counted)}

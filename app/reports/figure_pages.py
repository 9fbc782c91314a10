"""The pages of figures: all of them at a glance, and each one by place, category, person in charge and community."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import access, checks
from app.core.actor import Actor, acting, current, system
from app.core.errors import answer
from app.core.fields import Text
from app.core.gate import requires
from app.core.listing import NOT_SET, BadQuery
from app.extensions import db
from app.needs.models import Need
from app.reports import figures
from app.reports.figures import NEEDS, Counts, Figure, Ground, Number, Period, Value

figure_pages: Final = Blueprint("figures", __name__)

FILTERS: Final = ("place", "category", "in_charge")
TOP_SEGMENT: Final = 10
"""The length of the path of a place that lies directly in its community."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of figures is asked for: the list, the period, the filters, and of which rows only totals are due."""

    view: Any
    period: Period
    filters: dict[str, str]
    where: tuple[Any, ...]
    picked: Any
    totals: bool = False

    @property
    def ground(self) -> Ground:
        """Return the rows the figures are made of."""
        return Ground(Need, self.view.offer.quick, self.period, self.where)

    def address(self, figure: Figure, part: str, **more: Any) -> str:
        """Return the address of the list that opens the rows of a set; empty where only the number may be seen."""
        if self.totals:
            return ""
        days = {f"{figure.day}_from": self.period.first, f"{figure.day}_to": self.period.last}
        found: str = self.view.url("list", quick=part, **(days | self.filters | more))
        return found

    def here(self, endpoint: str, **more: Any) -> str:
        """Return the address of a page of figures with the same period and filters."""
        return self.over(self.period, endpoint, more.get("code"))

    def over(self, period: Period, endpoint: str, code: str | None = None) -> str:
        """Return the address of a page of figures of another period, with the same filters."""
        days: dict[str, Any] = {"from": period.first, "to": period.last}
        return url_for(endpoint, code=code, **(days | self.filters))


@figure_pages.get("/figures/")
@requires("v", Need.list_name)
def index() -> ResponseReturnValue:
    """Show all figures of the period."""
    try:
        asked = _asked(request.args)
    except BadQuery as bad:
        return answer(400, bad.sentence)
    with acting(_reader(asked)):
        values = _values(asked)
    return render_template("figures.html", asked=asked, values=values, periods=figures.named_periods(), filters=FILTERS)


@figure_pages.get("/figures/<code>")
@requires("v", Need.list_name)
def one(code: str) -> ResponseReturnValue:
    """Show one figure, in all and by place, category and person in charge."""
    figure = next((figure for figure in NEEDS if figure.code == code), None)
    if figure is None:
        raise access.OutOfScope
    try:
        asked = _asked(request.args)
    except BadQuery as bad:
        return answer(400, bad.sentence)
    with acting(_reader(asked)):
        (value,) = _values(asked, (figure,))
        tables = [(dimension.title, _table(asked, figure, dimension)) for dimension in _dimensions(asked)]
    return render_template("figure.html", asked=asked, value=value, tables=tables, periods=figures.named_periods())


# -- what is asked --------------------------------------------------------------------------------------------------


def _asked(args: MultiDict[str, str]) -> Asked:
    """Read an address. Raises BadQuery."""
    view = next(view for view in current_app.extensions["appbuilder"].list_views() if view.model is Need)
    period = _period(args)
    filters = {name: args[name] for name in FILTERS if args.get(name)}
    query = view.asked(MultiDict(filters))
    supervised = _supervised(view.guard)
    where = (*query.where, Need.community_id.in_(supervised)) if supervised else query.where
    return Asked(view, period, filters, tuple(where), query, totals=bool(supervised))


def _period(args: MultiDict[str, str]) -> Period:
    usual = figures.this_month()
    found = Period(_day(args, "from") or usual.first, _day(args, "to") or usual.last)
    if found.last < found.first:
        raise BadQuery(gettext("The last day lies before the first day."))
    return found


def _day(args: MultiDict[str, str], name: str) -> date | None:
    given = args.get(name, "").strip()
    try:
        found = date.fromisoformat(given) if given else None
    except ValueError:
        raise BadQuery(gettext("This is not a date; write it like 2026-11-22.")) from None
    if found is not None and checks.plausible(found) is not None:
        raise BadQuery(gettext("This is not a date; write it like 2026-11-22."))
    return found


def _supervised(guard: str) -> list[int]:
    """Return the communities of which the actor sees only totals; none for who works with the rows themselves."""
    actor = current()
    clauses = list(access.clauses(actor, guard, "v")) if actor is not None else []
    if any(not rule.rows.startswith("totals") for _held, rule in clauses):
        return []
    return [held.community_id for held, _rule in clauses if held.community_id is not None]


def _reader(asked: Asked) -> Actor | None:
    """Return who counts: the viewer, within the own scope; for totals the system, within the named communities."""
    return system("figures") if asked.totals else current()


# -- values ---------------------------------------------------------------------------------------------------------


def _values(asked: Asked, wanted: tuple[Figure, ...] = NEEDS) -> list[Value]:
    found = asked.ground.counts(wanted)[None]
    return [_value(asked, figure, found, _times(asked, figure).get(None, ())) for figure in wanted]


def _times(asked: Asked, figure: Figure, group: Any = None) -> dict[Any, tuple[int, ...]]:
    return asked.ground.percentiles(figure, group) if figure.minutes else {}


def _value(asked: Asked, figure: Figure, found: Counts, times: tuple[int, ...], **more: Any) -> Value:
    numbers = [Number(found[figure, name], asked.address(figure, name, **more)) for name in figure.sets]
    return Value(figure, numbers[0], numbers[1] if figure.whole else None, times)


# -- by place, category, person and community -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a figure is parted by: the SQL of the group, the filter that opens one, and the words of the groups."""

    title: Text
    group: Any
    filter: str
    named: Any


def _dimensions(asked: Asked) -> list[Dimension]:
    by_person = Dimension(_("Person in charge"), Need.in_charge_id, "in_charge", _people)
    by_community = Dimension(_("Community"), Need.community_id, "community", _communities)
    if asked.totals:
        return [by_community]
    place = select(func.substr(Place.path, 1, TOP_SEGMENT)).where(Place.id == Need.place_id).scalar_subquery()
    top = func.coalesce(Category.parent_id, Category.id)
    category = select(top).where(Category.id == Need.category_id).scalar_subquery()
    return [
        Dimension(_("Place"), place, "place", _places),
        Dimension(_("Category"), category, "category", _categories),
        by_person,
        *([by_community] if len(_seen_communities()) > 1 else []),
    ]


def _seen_communities() -> frozenset[int]:
    actor = current()
    return actor.communities if actor is not None else frozenset()


def _table(asked: Asked, figure: Figure, dimension: Dimension) -> list[tuple[str, Value]]:
    """Return each group in words with what the figure says of it, the largest first."""
    found = asked.ground.counts((figure,), dimension.group)
    times = _times(asked, figure, dimension.group)
    named = dimension.named(key for key in found if key is not None)
    rows = []
    for key, numbers in found.items():
        words, pk = named.get(key, (gettext("Not set"), NOT_SET))
        value = _value(asked, figure, numbers, times.get(key, ()), **{dimension.filter: pk})
        if (value.whole or value.part).count:
            rows.append((words, value))
    return sorted(rows, key=lambda row: -(row[1].whole or row[1].part).count)


def _places(paths: Any) -> dict[Any, tuple[str, int]]:
    rows = db.session.execute(select(Place.path, Place.name, Place.id).where(Place.path.in_(list(paths))))
    return {path: (name, pk) for path, name, pk in rows}


def _categories(ids: Any) -> dict[Any, tuple[str, int]]:
    rows = db.session.execute(select(Category.id, Category.name).where(Category.id.in_(list(ids))))
    return {pk: (name, pk) for pk, name in rows}


def _people(ids: Any) -> dict[Any, tuple[str, int]]:
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(list(ids))))
    return {pk: (name, pk) for pk, name in rows}


def _communities(ids: Any) -> dict[Any, tuple[str, int]]:
    rows = db.session.execute(select(Community.id, Community.name).where(Community.id.in_(list(ids))))
    return {pk: (name, pk) for pk, name in rows}

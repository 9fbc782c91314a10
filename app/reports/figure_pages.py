"""The pages of figures: all of them at a glance, and each one by place, category, person, provider and community."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.core import access, checks, fresh
from app.core.actor import Actor, acting, current, system
from app.core.addresses import NOT_SET, BadQuery
from app.core.errors import answer
from app.core.gate import requires
from app.needs.models import Need
from app.reports import figures
from app.reports.figures import Counts, Figure, Ground, Number, Period, Value
from app.reports.subjects import SUBJECTS, Dimension, Subject, subject_of

ONLY_COUNTED: Final = ("totals", "counts")
"""How the role table begins to say of which rows somebody sees only how many there are."""

figure_pages: Final = Blueprint("figures", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of figures is asked for: the list, the period, the filters, and of which rows only totals are due."""

    subject: Subject
    view: Any
    period: Period
    filters: dict[str, str]
    where: tuple[Any, ...]
    picked: Any
    totals: bool = False

    @property
    def ground(self) -> Ground:
        """Return the rows the figures are made of."""
        return Ground(self.subject.model, self.view.offer.quick, self.period, self.where)

    def address(self, figure: Figure, part: str, **more: Any) -> str:
        """Return the address of the list that opens the rows of a set; empty where only the number may be seen."""
        if self.totals:
            return ""
        days = {f"{figure.day}_from": self.period.first, f"{figure.day}_to": self.period.last} if figure.day else {}
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
    """Show all figures of the period, list by list."""
    try:
        everything = concerned(request.args)
    except BadQuery as bad:
        return answer(400, bad.sentence)
    # Whoever looks at figures goes back and forth between them.
    sections = fresh.kept(("figures", tuple(request.args.items(multi=True))), lambda: _drawn(everything))
    periods = figures.named_periods()
    several = is_of_several()
    return render_template("figures.html", asked=everything[0], sections=sections, periods=periods, several=several)


def _drawn(everything: list[Asked]) -> Markup:
    made = render_template("figure_sections.html", sections=told_all(everything))
    return Markup(made)  # noqa: S704 - the template has escaped it


def is_of_several() -> bool:
    """Tell whether the viewer works in more than one community, and so compares them."""
    actor = current()
    return actor is not None and (actor.everywhere or len(actor.communities) > 1)


def concerned(args: MultiDict[str, str]) -> list[Asked]:
    """Return what an address asks of each list it concerns. Raises BadQuery."""
    return [_asked(subject, args) for subject in SUBJECTS if _concerns(subject, args)]


def _concerns(subject: Subject, args: MultiDict[str, str]) -> bool:
    """Tell whether the viewer sees the list, and whether each filter that is asked for narrows it; needs always."""
    foreign = {name for other in SUBJECTS for name in other.filters if args.get(name)} - {*subject.filters}
    return subject is SUBJECTS[0] or (_sees_others(subject.model.guard()) and not foreign)


def _sees_others(guard: str) -> bool:
    """Tell whether the viewer sees more of a list than what is about himself or herself."""
    actor = current()
    return actor is not None and any(rule.rows != "self" for _held, rule in access.clauses(actor, guard, "v"))


def told_all(everything: list[Asked]) -> list[tuple[Asked, list[Value]]]:
    """Return what all figures say: one statement for who reads them, another for what only the system counts."""
    found: dict[int, list[Value]] = {}
    for totals in (False, True):
        alike = [asked for asked in everything if asked.totals == totals]
        if alike:
            with acting(reader(alike[0])):
                counts = figures.counts_of([(asked.ground, asked.subject.figures) for asked in alike])
                found |= {id(one): _values_of(one, counted) for one, counted in zip(alike, counts, strict=True)}
    return [(asked, found[id(asked)]) for asked in everything]


@figure_pages.get("/figures/<code>")
@requires("v", Need.list_name)
def one(code: str) -> ResponseReturnValue:
    """Show one figure, in all and by what it is parted by."""
    try:
        asked, figure = found(code, request.args)
    except BadQuery as bad:
        return answer(400, bad.sentence)
    with acting(reader(asked)):
        counts = asked.ground.counts((figure,))[None]
        value = value_of(asked, figure, counts, times_of(asked, figure).get(None, ()))
        tables = [(dimension.title, table(asked, figure, dimension)) for dimension in dimensions(asked, figure)]
    return render_template("figure.html", asked=asked, value=value, tables=tables, periods=figures.named_periods())


def found(code: str, args: MultiDict[str, str]) -> tuple[Asked, Figure]:
    """Return what an address asks of one figure. Raises BadQuery, and OutOfScope where the viewer has none of it."""
    known = subject_of(code)
    if known is None or not (known[0] is SUBJECTS[0] or _sees_others(known[0].model.guard())):
        raise access.OutOfScope
    return _asked(known[0], args), known[1]


# -- what is asked --------------------------------------------------------------------------------------------------


def _asked(subject: Subject, args: MultiDict[str, str]) -> Asked:
    """Read an address. Raises BadQuery."""
    view = next(view for view in current_app.extensions["appbuilder"].list_views() if view.model is subject.model)
    period = _period(args)
    filters = {name: args[name] for name in subject.filters if args.get(name)}
    query = view.asked(MultiDict(filters))
    supervised = _supervised(view.guard)
    where = (*query.where, subject.community.in_(supervised)) if supervised else query.where
    return Asked(subject, view, period, filters, tuple(where), query, totals=bool(supervised))


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
    if any(not rule.rows.startswith(ONLY_COUNTED) for _held, rule in clauses):
        return []
    return [held.community_id for held, _rule in clauses if held.community_id is not None]


def reader(asked: Asked) -> Actor | None:
    """Return who counts: the viewer, within the own scope; for totals the system, within the named communities."""
    return system("figures") if asked.totals else current()


# -- values ---------------------------------------------------------------------------------------------------------


def values(asked: Asked, wanted: tuple[Figure, ...]) -> list[Value]:
    """Return what some figures say of all rows."""
    counts = asked.ground.counts(wanted)[None]
    return [value_of(asked, figure, counts, times_of(asked, figure).get(None, ())) for figure in wanted]


def _values_of(asked: Asked, found: Counts) -> list[Value]:
    return [value_of(asked, one, found, times_of(asked, one).get(None, ())) for one in asked.subject.figures]


def times_of(asked: Asked, figure: Figure, group: Any = None) -> dict[Any, tuple[int, ...]]:
    """Return median and 90th percentile of a duration by group; nothing for a figure that is none."""
    return asked.ground.percentiles(figure, group) if figure.minutes else {}


def value_of(asked: Asked, figure: Figure, found: Counts, times: tuple[int, ...], **more: Any) -> Value:
    """Return what a figure says by these counts; `more`: what its addresses narrow the rows by."""
    numbers = [Number(found[figure, name], asked.address(figure, name, **more)) for name in figure.sets]
    total = found[figure, figure.total] if figure.total else 0
    return Value(figure, numbers[0], numbers[1] if figure.whole else None, times, total)


# -- what it is parted by -------------------------------------------------------------------------------------------


def dimensions(asked: Asked, figure: Figure) -> list[Dimension]:
    """Return by what a figure is parted for the viewer."""
    by_community = asked.subject.by_community
    apart = [by_community] if by_community is not None else []
    if asked.totals:
        return apart
    actor = current()
    several = actor is not None and len(actor.communities) > 1
    parted = [one for one in asked.subject.dimensions if not one.only or figure.code in one.only]
    return [*parted, *(apart if several else [])]


def table(asked: Asked, figure: Figure, dimension: Dimension) -> list[tuple[str, Value]]:
    """Return each group in words with what the figure says of it, the largest first."""
    group = dimension.group()
    found = asked.ground.counts((figure,), group)
    times = times_of(asked, figure, group)
    named = dimension.named(key for key in found if key is not None)
    rows = []
    for key, numbers in found.items():
        words, pk = named.get(key, (gettext("Not set"), NOT_SET))
        value = value_of(asked, figure, numbers, times.get(key, ()), **{dimension.filter: pk})
        if (value.whole or value.part).count:
            rows.append((words, value))
    return sorted(rows, key=lambda row: -(row[1].whole or row[1].part).count)

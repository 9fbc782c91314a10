"""Communities side by side: what each figure says in each of them, in as few statements as for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.communities.models import Community
from app.core import fresh
from app.core.actor import acting, current
from app.core.addresses import BadQuery
from app.core.errors import answer
from app.core.gate import requires
from app.extensions import db
from app.needs.models import Need
from app.reports import figures
from app.reports.figure_pages import Asked, concerned, figure_pages, reader, times_of, value_of
from app.reports.figures import Counts, Figure, Value


@dataclass(frozen=True, slots=True)
class Line:
    """A figure and what it says in each community, in the order of the columns."""

    figure: Figure
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Side:
    """A community as a column of the table; `unused`: the lines of the role table it does without."""

    key: int
    name: str
    unused: frozenset[str]

    def uses(self, asked: Asked) -> bool:
        """Return whether the community uses the list that is counted: else there is no number to compare."""
        return asked.view.guard not in self.unused


Compared = list[tuple[Asked, list[Line]]]


@figure_pages.get("/figures/compared")
@requires("v", Need.list_name)
def compared() -> ResponseReturnValue:
    """Show the figures of the period for each community the viewer works in, side by side."""
    try:
        asked = concerned(MultiDict({name: request.args.get(name, "") for name in ("from", "to")}))
    except BadQuery as bad:
        return answer(400, bad.sentence)
    communities = in_sight()
    key = ("compared", asked[0].period)
    sections = fresh.kept(key, lambda: side_by_side(asked, [side.key for side in communities]))
    periods = figures.named_periods()
    return render_template("compared.html", asked=asked[0], sections=sections, communities=communities, periods=periods)


def in_sight() -> list[Side]:
    """Return the communities the viewer works in; all of them for who works in none by name."""
    actor = current()
    wanted = select(Community.id, Community.name, Community.unused).order_by(Community.code)
    if actor is not None and not actor.everywhere:
        wanted = wanted.where(Community.id.in_(actor.communities))
    found = db.session.execute(wanted)
    return [Side(pk, name, unused.lines if unused is not None else frozenset()) for pk, name, unused in found]


def side_by_side(everything: Sequence[Asked], keys: Sequence[int]) -> Compared:
    """Return the figures of each list by community: one statement for who reads them, one for what is only counted."""
    parted = [asked for asked in everything if asked.subject.by_community is not None]
    found: dict[int, list[Line]] = {}
    for totals in (False, True):
        alike = [asked for asked in parted if asked.totals == totals]
        if alike and keys:
            with acting(reader(alike[0])):
                grounds = [(one.ground, one.subject.community, one.subject.figures) for one in alike]
                counts = figures.counts_apart(grounds, Community.id, keys)
                found |= {id(one): _lines(one, told, keys) for one, told in zip(alike, counts, strict=True)}
    return [(asked, found[id(asked)]) for asked in parted if id(asked) in found]


def _lines(asked: Asked, counts: dict[int, Counts], keys: Sequence[int]) -> list[Line]:
    return [Line(figure, _values(asked, figure, counts, keys)) for figure in asked.subject.figures]


def _values(asked: Asked, figure: Figure, counts: dict[int, Counts], keys: Sequence[int]) -> list[Value]:
    times: dict[Any, tuple[int, ...]] = times_of(asked, figure, asked.subject.community)
    return [value_of(asked, figure, counts[key], times.get(key, ()), community=key) for key in keys]

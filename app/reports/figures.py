"""The figures of the loop: what each counts, of what, and how that is computed within what the viewer may see.

A figure is a rate (two named sets of rows, one within the other), a count, or a duration. All rates and counts of a
list come from one statement; each number carries the address that opens exactly its rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Date, Integer, Subquery, and_, case, func, literal, or_, select, true

from app.core import clock
from app.core.fields import Text
from app.core.listing import Quick
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `part` of `whole` (none: a plain count), in the period by the column `day` (none: as of now).

    `minutes` names the column of a duration, of which median and 90th percentile are told instead of a rate; `total`
    the column whose sum is told, in `unit`; `once`: how many different ones there are of it instead of their sum, so
    that somebody who stands in several rows counts once.
    """

    code: str
    # Two figures are told apart by their codes; to ask what they are called each time would cost more than to count.
    name: Text = field(compare=False)
    formula: Text = field(compare=False)
    part: str
    day: str = ""
    whole: str = ""
    excluded: Text = field(default="", compare=False)
    minutes: str = ""
    total: str = ""
    unit: Text = field(default="", compare=False)
    once: bool = False

    @property
    def sets(self) -> tuple[str, ...]:
        """Return the names of the sets that are counted."""
        return (self.part, self.whole) if self.whole else (self.part,)


PERCENTILES: Final = (50, 90)

Holding = dict[tuple[str, str], ColumnElement[bool]]
"""The SQL for the rows of a set in the period, by the set and the column of the day."""

Counts = dict[tuple[Figure, str], int]
"""How many rows a set of a figure has; by the name of the column, what the sum of a total is."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    first: date
    last: date

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Return the SQL for the rows whose moment, or day, lies in the period."""
        if isinstance(column.type, Date):
            return and_(column >= self.first, column <= self.last)
        return and_(column >= clock.day_starts(self.first), column < clock.day_ends(self.last))


def this_month() -> Period:
    """Return the days of the month so far."""
    return Period(clock.today().replace(day=1), clock.today())


def named_periods() -> list[tuple[Text, Period]]:
    """Return the periods people ask for most."""
    today = clock.today()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        (_("This week"), Period(today - timedelta(days=today.weekday()), today)),
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(before.replace(day=1), before)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
    ]


@dataclass(frozen=True, slots=True)
class Number:
    """How many rows a set has; `address` opens them, empty where the viewer may see only the number."""

    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure says: the numbers of its sets, and the percentiles of a duration in minutes."""

    figure: Figure
    part: Number
    whole: Number | None = None
    percentiles: tuple[int, ...] = ()
    total: int = 0

    @property
    def is_rate(self) -> bool:
        """Tell whether a share is told, and no sum, count or duration."""
        return self.whole is not None

    @property
    def is_count(self) -> bool:
        """Tell whether nothing but a number of rows is told."""
        return not (self.is_rate or self.figure.minutes or self.figure.total)

    @property
    def rate(self) -> float | None:
        """Return the share; None where there is nothing to divide by, and of what is no rate."""
        return self.part.count / self.whole.count if self.whole is not None and self.whole.count else None

    @property
    def percent(self) -> str:
        """Return the rate with one decimal; a dash where there is nothing to divide by."""
        return "—" if self.rate is None else f"{100 * self.rate:.1f}%"


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows that figures are made of: a list, its named sets, the period and what narrows the rows further."""

    model: Any
    sets: Mapping[str, Quick]
    period: Period
    where: tuple[ColumnElement[bool], ...] = ()

    def counts(self, figures: Iterable[Figure], group: Any = None) -> dict[Any, Counts]:
        """Return how many rows each set of each figure has, in one statement; by `group` (None: of all rows)."""
        asked = list(_sets(figures))
        rows, added = self.added(asked, group)
        statement = select(rows.c.key, *added).group_by(rows.c.key)
        found = {row[0]: _counted(asked, row[1:]) for row in db.session.execute(statement)}
        return found or {None: _counted(asked, [0] * len(asked))}

    def added(self, asked: Sequence[tuple[Figure, str]], group: Any = None) -> tuple[Subquery, list[Any]]:
        """Return the rows with what each adds to these sets, and the SQL for what they come to."""
        figures = [*dict.fromkeys(figure for figure, _name in asked)]
        holding = self._holding(figures)
        counting = (self._counting(figure, name, holding) for figure, name in asked)
        rows = self._rows(group, *counting, where=(self._concerned(figures, holding),))
        return rows, [_added(*one) for one in zip(asked, list(rows.c)[1:], strict=True)]

    def percentiles(self, figure: Figure, group: Any = None) -> dict[Any, tuple[int, ...]]:
        """Return the minutes below which 50 and 90 of 100 rows lie (nearest rank), by `group` (None: of all rows)."""
        holding = self._holding((figure,))[figure.part, figure.day]
        rows = self._rows(group, getattr(self.model, figure.minutes), where=(holding,))
        rank = func.row_number().over(partition_by=rows.c.key, order_by=rows.c.n0)
        count = func.count().over(partition_by=rows.c.key)
        ranked = select(rows.c.key, rows.c.n0, rank.label("rank"), count.label("count")).subquery()
        places = [(ranked.c.count * share + 99) // 100 for share in PERCENTILES]
        wanted = select(ranked.c.key, ranked.c.n0).where(or_(*(ranked.c.rank == place for place in places)))
        found: dict[Any, list[int]] = {}
        for key, minutes in db.session.execute(wanted.order_by(ranked.c.rank)):
            found.setdefault(key, []).append(minutes)
        # Of few rows one may be both.
        return {key: (minutes[0], minutes[-1]) for key, minutes in found.items()}

    def _concerned(self, figures: Sequence[Figure], holding: Holding) -> ColumnElement[bool]:
        """Return the SQL for the rows that can add something, so that those of other years are not gone through."""
        days = dict.fromkeys(figure.day for figure in figures)
        spans = [self.period.holds(getattr(self.model, day)) for day in days if day]
        timeless = {name for figure in figures if not figure.day for name in figure.sets}
        return or_(*spans, *(holding[name, ""] for name in sorted(timeless)))

    def _counting(self, figure: Figure, name: str, holding: Holding) -> Any:
        """Return the SQL for what a row adds: itself, or its part of a total."""
        if name == figure.total and figure.once:
            return case((holding[figure.part, figure.day], getattr(self.model, name)))
        if name == figure.total:
            part = func.coalesce(getattr(self.model, name), 0)
            return case((holding[figure.part, figure.day], part), else_=0)
        return case((holding[name, figure.day], 1), else_=0)

    def _holding(self, figures: Iterable[Figure]) -> Holding:
        """Return the SQL for the rows of each set in the period; what several figures ask for is said once."""
        asked = dict.fromkeys((name, figure.day) for figure in figures for name in figure.sets)
        sets = {name: self.sets[name].where() for name, _day in asked}
        spans = {day: self.period.holds(getattr(self.model, day)) for _name, day in asked if day}
        return {(name, day): and_(sets[name], spans[day]) if day else sets[name] for name, day in asked}

    def _rows(self, group: Any, *columns: Any, where: tuple[ColumnElement[bool], ...] = ()) -> Subquery:
        """Return the rows in sight with their group: found first, so that no database sees two spellings of it."""
        key = (group if group is not None else literal(None, Integer)).label("key")
        numbered = [column.label(f"n{index}") for index, column in enumerate(columns)]
        found = select(key, *numbered).select_from(self.model).where(self.model.archived_at.is_(None))
        return found.where(*self.where, *where).subquery()


def counts_of(grounds: Sequence[tuple[Ground, Iterable[Figure]]]) -> list[Counts]:
    """Return what `Ground.counts` says of several lists without groups, in one statement for all of them."""
    parts = [(at, part) for at, (_ground, figures) in enumerate(grounds) for part in _by_day(figures)]
    lines = []
    for at, wanted in parts:
        _rows, added = grounds[at][0].added(wanted)
        lines.append(select(*(one.label(f"n{index}") for index, one in enumerate(added))).subquery())
    statement = select(*(column for line in lines for column in line.c)).select_from(lines[0])
    for line in lines[1:]:
        # Each is one row.
        statement = statement.join(line, true())
    numbers = iter(db.session.execute(statement).one())
    found: list[Counts] = [{} for _ground in grounds]
    for at, wanted in parts:
        found[at] |= _counted(wanted, [next(numbers) for _one in wanted])
    return found


def counts_apart(
    grounds: Sequence[tuple[Ground, Any, Iterable[Figure]]], by: Any, keys: Sequence[int]
) -> list[dict[int, Counts]]:
    """Return what `Ground.counts` says of several lists for each of these keys, in one statement for all of them.

    Each ground comes with the column that says to which key a row belongs; `by` is the column of the keys themselves.
    """
    parts = [(at, part) for at, (_ground, _group, figures) in enumerate(grounds) for part in _by_day(figures)]
    lines = []
    for at, wanted in parts:
        ground, group, _figures = grounds[at]
        rows, added = ground.added(wanted, group)
        numbered = (one.label(f"n{index}") for index, one in enumerate(added))
        lines.append(select(rows.c.key, *numbered).group_by(rows.c.key).subquery())
    statement = select(by, *(column for line in lines for column in list(line.c)[1:])).where(by.in_(keys))
    for line in lines:
        statement = statement.outerjoin(line, line.c.key == by)
    found: list[dict[int, Counts]] = [{} for _ground in grounds]
    for key, *told in db.session.execute(statement):
        numbers = iter(told)
        for at, wanted in parts:
            found[at].setdefault(key, {}).update(_counted(wanted, [next(numbers) for _one in wanted]))
    return found


def _by_day(figures: Iterable[Figure]) -> list[list[tuple[Figure, str]]]:
    """Return the sets of figures, those that go by the same day together: each day has an index of its own."""
    found: dict[str, list[tuple[Figure, str]]] = {}
    for figure, name in _sets(figures):
        found.setdefault(figure.day, []).append((figure, name))
    return [*found.values()]


def _sets(figures: Iterable[Figure]) -> Iterator[tuple[Figure, str]]:
    """Yield each figure with each of its sets, and the column of its total."""
    for figure in figures:
        for name in (*figure.sets, *filter(None, (figure.total,))):
            yield figure, name


def _added(asked: tuple[Figure, str], column: Any) -> Any:
    """Return the SQL for what the rows of a group come to."""
    figure, name = asked
    return func.count(func.distinct(column)) if figure.once and name == figure.total else func.sum(column)


def _counted(asked: Iterable[tuple[Figure, str]], numbers: Iterable[Any]) -> Counts:
    return dict(zip(asked, (int(number or 0) for number in numbers), strict=True))

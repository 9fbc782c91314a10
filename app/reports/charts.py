"""The charts of the home page. Each figure is the count of exactly the rows its link opens."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import case, func, or_, select
from sqlalchemy.sql import ColumnElement

from app.communities.models import Category
from app.core import clock
from app.extensions import db
from app.needs.choices import NeedState
from app.needs.models import Need

WEEKS: Final = 8
DAYS: Final = 30
MOST: Final = 8
"""How many bars a chart of categories has at most."""

Row = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with labels; each row is label, count and the address of the rows it counts."""

    title: str
    rows: list[Row]
    lying: bool = False

    @property
    def drawn(self) -> dict[str, Any]:
        """Return what the page's script draws."""
        labels, counts, addresses = ([row[index] for row in self.rows] for index in range(3))
        return {"labels": labels, "counts": counts, "addresses": addresses, "lying": self.lying}

    @property
    def spoken(self) -> str:
        """Return the chart in words, for those who do not see it."""
        return gettext(", ").join(f"{label} {count}" for label, count, _address in self.rows)


def charts(view: Any) -> list[Chart]:
    """Return the charts of a list; none where nothing was received lately."""
    if view.model is not Need:
        return []
    made = [_by_week(view), _by_state(view), _by_category(view)]
    return [chart for chart in made if any(count for _label, count, _address in chart.rows)]


def _by_week(view: Any) -> Chart:
    monday = clock.today() - timedelta(days=clock.today().weekday())
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    sums = [func.sum(case((_in_week(week), 1), else_=0)) for week in weeks]
    counts = db.session.execute(select(*sums).where(Need.archived_at.is_(None), _since(weeks[0]))).one()
    rows = [(f"{week:%m-%d}", count or 0, _week(view, week)) for week, count in zip(weeks, counts, strict=True)]
    return Chart(gettext("Needs received per week"), rows)


def _in_week(week: date) -> ColumnElement[bool]:
    return (Need.received_at >= clock.day_starts(week)) & (Need.received_at < clock.day_ends(week + timedelta(days=6)))


def _week(view: Any, week: date) -> str:
    address: str = view.url("list", received_at_from=week, received_at_to=week + timedelta(days=6))
    return address


def _since(day: date) -> ColumnElement[bool]:
    return Need.received_at >= clock.day_starts(day)


def _by_state(view: Any) -> Chart:
    since = clock.today() - timedelta(days=DAYS)
    counted = select(Need.state, func.count()).where(Need.archived_at.is_(None), _since(since)).group_by(Need.state)
    found = _pairs(counted)
    rows = [
        (str(state.label), found[state], view.url("list", state=state.value, received_at_from=since))
        for state in NeedState
        if state in found
    ]
    return Chart(gettext("Needs of the last 30 days by state"), rows, lying=True)


def _pairs(statement: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _by_category(view: Any) -> Chart:
    """Count by upper category: the link of one opens the needs of those below it as well."""
    since = clock.today() - timedelta(days=DAYS)
    counted = select(Need.category_id, func.count()).where(Need.archived_at.is_(None), _since(since))
    grouped = counted.where(Need.category_id.is_not(None)).group_by(Need.category_id)
    counts = _pairs(grouped)
    sums: Counter[int] = Counter()
    names: dict[int, str] = {}
    for category in db.session.scalars(
        select(Category).where(or_(Category.id.in_(counts), Category.parent_id.is_(None)))
    ):
        sums[category.parent_id or category.id] += counts.get(category.id, 0)
        names[category.id] = category.name
    rows = [
        (names[pk], count, view.url("list", category=pk, received_at_from=since))
        for pk, count in sums.most_common(MOST)
        if count
    ]
    return Chart(gettext("Needs of the last 30 days by category"), rows, lying=True)

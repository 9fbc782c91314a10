"""How soon a need must be answered and done: limits per category and urgency, as each community sets them.

The words of a limit are data here: whatever is read is printed in one way, which reads the same.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from app.communities.models import Category
from app.communities.worktime import WorkCalendar
from app.core.fields import NotUnderstood, Text, Worded, WordedText, about
from app.core.model import Recorded, Scoped
from app.core.rules import RowRule
from app.needs.choices import Urgency

LENGTH: Final = 16
"""Of the longest stored form."""
MOST: Final[Mapping[str, int]] = {"h": 24 * 366, "d": 366, "wh": 24 * 366, "wd": 366}
"""The longest limit in each unit: about a year."""
UNITS: Final[Mapping[str, str]] = {"h": "小时", "d": "天", "wh": "个工作小时", "wd": "个工作日"}
"""Hours and days pass at night and on holidays too; working hours and days only while the office works."""

_UNIT: Final = "(个?工作[日天]|wd)|(个?工作小?时|wh)|(个?小?时|h)|(个?[天日]|d)"
_LIMIT: Final = re.compile(rf"(\d{{1,5}})(?:{_UNIT})", re.ASCII)
_ORDER: Final = ("wd", "wh", "h", "d")

NO_LIMIT: Final = _("Write a limit like 2小时, 7天, 3个工作日 or 4个工作小时.")
TOO_LONG: Final = _("A limit is longer than nothing and at most a year.")


@dataclass(frozen=True, slots=True)
class Limit(Worded):
    """So much time, passing always or only while the office works. Stored as 2h, 7d, 4wh or 3wd."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    amount: int
    unit: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read 2小时, 24h, 7天, 3个工作日 or 4个工作小时. Raises NotUnderstood."""
        tidy = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
        if not tidy:
            return None
        found = _LIMIT.fullmatch(tidy)
        if found is None:
            raise NotUnderstood(NO_LIMIT)
        unit = next(unit for unit, said in zip(_ORDER, found.groups()[1:], strict=True) if said)
        if not 0 < int(found[1]) <= MOST[unit]:
            raise NotUnderstood(TOO_LONG)
        return cls(int(found[1]), unit)

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read what is stored or sent by programs. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, str):
            raise NotUnderstood(NO_LIMIT)
        return cls.read(given)

    @property
    def works(self) -> bool:
        """Tell whether the time passes only while the office works."""
        return self.unit in ("wh", "wd")

    def after(self, moment: datetime, calendar: WorkCalendar) -> datetime:
        """Return the moment at which the limit is reached that begins to run at `moment`."""
        if self.unit == "wd":
            return calendar.after(moment, self.amount * calendar.hours.minutes)
        if self.unit == "wh":
            return calendar.after(moment, self.amount * 60)
        return moment + (timedelta(days=self.amount) if self.unit == "d" else timedelta(hours=self.amount))

    def plain(self) -> str:
        """Return it as it is stored and sent."""
        return f"{self.amount}{self.unit}"

    def __str__(self) -> str:
        return f"{self.amount}{UNITS[self.unit]}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How soon somebody must answer, from when a need was received; and how soon it must be done, once taken on."""

    response: Limit
    resolution: Limit


DEFAULTS: Final[Mapping[Urgency, Limits]] = {
    Urgency.CRITICAL: Limits(Limit(2, "h"), Limit(24, "h")),
    Urgency.URGENT: Limits(Limit(24, "h"), Limit(7, "d")),
    Urgency.NORMAL: Limits(Limit(3, "wd"), Limit(15, "d")),
}
"""What holds where a community sets nothing (workflows: Default limits)."""


def says_something(limit: "TimeLimit") -> dict[str, Text] | None:
    """A line that sets neither limit changes nothing."""
    if limit.response is not None or limit.resolution is not None:
        return None
    return {"response": _("Say within what time it is to be answered, or done.")}


def one_line_each(limit: "TimeLimit") -> dict[str, Text] | None:
    """A category has one line for each urgency."""
    session = object_session(limit)
    if session is None:
        return None
    category = limit.category.id if limit.category is not None else limit.category_id
    same = select(TimeLimit.id).where(TimeLimit.community_id == (limit.community_id or limit.community.id))
    same = same.where(TimeLimit.urgency == limit.urgency, TimeLimit.category_id == category, TimeLimit.id != limit.id)
    if session.scalar(same.limit(1)) is None:
        return None
    return {"urgency": _("There is a line for this category and urgency already; change that one.")}


class TimeLimit(Recorded, Scoped, Model):
    """The limits a community sets for one urgency, in all categories or in one."""

    __tablename__ = "time_limit"
    __table_args__ = (UniqueConstraint("community_id", "category_id", "urgency"),)
    list_name = "limits"
    guarded_by = "places"
    archivable = False
    open_to_members = True
    rules: ClassVar[tuple[RowRule, ...]] = (says_something, one_line_each)

    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    category: Mapped[Category | None] = relationship(
        lazy="joined", info=about(_("Category"), _("Empty: every category without a line of its own."), listed=True)
    )
    urgency: Mapped[Urgency] = mapped_column(default=Urgency.NORMAL, info=about(_("Urgency"), listed=True))
    response: Mapped[Limit | None] = mapped_column(
        WordedText(Limit, LENGTH),
        info=about(
            _("To be answered within"),
            _("For example 2小时 or 3个工作日. Empty: what holds for all categories."),
            listed=True,
        ),
    )
    resolution: Mapped[Limit | None] = mapped_column(
        WordedText(Limit, LENGTH),
        info=about(
            _("To be done within"),
            _("From when it is accepted, without pauses. Empty: what holds for all categories."),
            listed=True,
        ),
    )
    note: Mapped[str | None] = mapped_column(String(200), info=about(_("Remark"), listed=True))

    def __str__(self) -> str:
        return f"{self.category.name if self.category is not None else '—'} {self.urgency.label}"

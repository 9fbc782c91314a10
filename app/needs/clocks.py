"""The two clocks of a need: when it must be answered, and when it must be done (workflows: Default limits).

The first runs from when a need was received until somebody answers. The second runs from when it was taken on, is held
still while the need is on hold, and runs anew when it is taken up again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import PassiveFlag
from sqlalchemy.orm.attributes import get_history

from app.communities import service as communities
from app.communities.defaults import WORKING_HOURS
from app.communities.models import Category, Community, Holiday
from app.communities.worktime import WorkCalendar
from app.core import clock, edition, scope
from app.core.actor import acting, system
from app.core.plans import Plain
from app.core.reads import KEPT
from app.extensions import db
from app.needs.choices import Urgency
from app.needs.limits import DEFAULTS, Limit, Limits, TimeLimit

MINUTE: Final = 60

edition.rests_on(TimeLimit, Category, Holiday, Community)


class Book:
    """The limits and the calendar of one community, each asked once."""

    def __init__(self, community_id: int) -> None:
        self.community_id = community_id
        # Of thousands of needs of one ledger most ask the same.
        self.limits = cache(self._limits)
        self.after = cache(self._after)
        self.answer = cache(self._answer)
        self.work = cache(self._work)

    def _limits(self, urgency: Urgency, category_id: int | None) -> Limits:
        """Return what holds for an urgency in a category: its own line, that of the one above, that of all."""
        above = [category_id, self._parents.get(category_id), None] if category_id is not None else [None]
        known = [self._lines[one, urgency] for one in dict.fromkeys(above) if (one, urgency) in self._lines]
        usual = DEFAULTS[urgency]
        return Limits(
            _first((response for response, _resolution in known), usual.response),
            _first((resolution for _response, resolution in known), usual.resolution),
        )

    def _after(self, limit: Limit, moment: datetime) -> datetime:
        """Return when a limit is reached that begins to run at `moment`; the calendar is asked only where it counts."""
        return limit.after(moment, self.calendar) if limit.works else limit.after(moment, ANY_TIME)

    def _answer(self, urgency: Urgency, category_id: int | None, begun: datetime) -> tuple[datetime, bool]:
        """Return when such a need must be answered, and whether that is guessed."""
        limit = self.limits(urgency, category_id).response
        due = self.after(limit, begun)
        return due, self.guesses(limit, due)

    def _work(self, urgency: Urgency, category_id: int | None, begun: datetime) -> tuple[datetime, bool]:
        """Return when such a need must be done, and whether that is guessed."""
        limit = self.limits(urgency, category_id).resolution
        due = self.after(limit, begun)
        return due, self.guesses(limit, due)

    def guesses(self, limit: Limit, due: datetime) -> bool:
        """Tell whether a limit was reckoned without the holidays of the year it is due in."""
        return limit.works and not self.calendar.knows(clock.local(due).year)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Return when the office works."""
        return self._kept("calendar", lambda: communities.calendar_of(db.session.get_one(Community, self.community_id)))

    @cached_property
    def _lines(self) -> dict[tuple[int | None, Urgency], tuple[Limit | None, Limit | None]]:
        found = self._kept("limits", lambda: scope.columns(_limits(), {"community": self.community_id}))
        return {(category_id, urgency): (response, resolution) for category_id, urgency, response, resolution in found}

    @cached_property
    def _parents(self) -> dict[int, int | None]:
        if not any(category_id is not None for category_id, _urgency in self._lines):
            return {}
        own = select(Category.id, Category.parent_id).where(Category.community_id == self.community_id)
        return dict(self._kept("parents", lambda: db.session.execute(own).all()))

    def _kept(self, what: str, ask: Callable[[], Any]) -> Any:
        return edition.kept((what, self.community_id), lambda: asked(ask))


@cache
def _limits() -> Any:
    columns = (TimeLimit.category_id, TimeLimit.urgency, TimeLimit.response, TimeLimit.resolution)
    # Of two lines for all categories, which two people wrote at the same moment, the first holds.
    own = select(*columns).where(TimeLimit.community_id == bindparam("community")).order_by(TimeLimit.id.desc())
    return own.execution_options(**{KEPT: True})


def asked(question: Any) -> Any:
    """Ask what holds for everybody of a community, whoever acts: a resident by code reads no settings."""
    with acting(system("clocks")), db.session.no_autoflush:
        return question()


def _first(limits: Iterable[Limit | None], usual: Limit) -> Limit:
    return next((limit for limit in limits if limit is not None), usual)


ANY_TIME: Final = WorkCalendar(WORKING_HOURS)
"""For limits that do not ask when the office works."""


def book_of(need: Any) -> Book:
    """Return the limits and the calendar that hold for a need."""
    return Book(need.community_id or need.community.id)


def limits_of(need: Any, book: Book) -> Limits:
    """Return the limits of a need by what is known of it now."""
    return book.limits(need.urgency, _category_id(need))


def _category_id(need: Any) -> int | None:
    """Return the category as it will be written: of a relation that was set the key follows only then."""
    if isinstance(need, Plain):
        own: int | None = vars(need).get("category_id")
        return own
    change = get_history(need, "category", PassiveFlag.PASSIVE_NO_INITIALIZE)
    if not change.has_changes():
        return need.category_id
    category = next(iter(change.added or ()), None)
    return category.id if category is not None else None


def answer_from(need: Any, begun: datetime, book: Book | None = None) -> None:
    """Let the clock of answering run from `begun`."""
    book = book or book_of(need)
    need.response_due, need.is_guessed = book.answer(need.urgency, _category_id(need), begun)


def work_from(need: Any, begun: datetime, book: Book | None = None) -> None:
    """Let the clock of doing run from `begun`."""
    book = book or book_of(need)
    need.work_since = begun
    need.resolution_due, need.is_guessed = book.work(need.urgency, _category_id(need), begun)


def work_anew(need: Any, pauses: Iterable[tuple[datetime, datetime]]) -> None:
    """Let the clock of doing be due by what is known of the need now, as if that had been known when it began.

    `pauses`: from when to when it was held still since then, in order.
    """
    book, begun = book_of(need), need.work_since
    limit = limits_of(need, book).resolution
    due = book.after(limit, begun)
    for paused_at, moment in pauses:
        due = _after_pause(due, paused_at, moment, limit, book)
    need.resolution_due = due
    need.is_guessed = book.guesses(limit, due)


def go_on(need: Any, paused_at: datetime) -> None:
    """Let the clock of doing run on."""
    if need.resolution_due is None:
        return
    book = book_of(need)
    limit = limits_of(need, book).resolution
    need.resolution_due = _after_pause(need.resolution_due, paused_at, clock.now(), limit, book)
    need.is_guessed = book.guesses(limit, need.resolution_due)


def _after_pause(due: datetime, paused_at: datetime, moment: datetime, limit: Limit, book: Book) -> datetime:
    """Return when it is due after it was held still: what was left is left again, what was late is as late."""
    if due > paused_at and limit.works:
        return book.calendar.after(moment, book.calendar.between(paused_at, due))
    return moment + (due - paused_at)


def minutes(begun: datetime, ended: datetime) -> int:
    """Return the whole minutes from one moment to a later one; never fewer than none."""
    return max(0, int((ended - begun).total_seconds()) // MINUTE)

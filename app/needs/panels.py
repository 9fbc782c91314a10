"""What the page of a need shows besides its columns: its two clocks, and what was merged into it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import clock
from app.core.display import duration
from app.core.fields import Text
from app.core.specification import Panel
from app.extensions import db
from app.needs.choices import Holder, NeedState
from app.needs.clocks import minutes
from app.needs.models import Need
from app.needs.segments import due_of

SHOWN: Final = 50
"""How many of the needs merged into one are named at most."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time a need lay with somebody; `ended` None: it still does. `late`: when it was due in it."""

    holder: Holder
    name: str | None
    begun: datetime
    ended: datetime | None
    late: bool

    @property
    def lasted(self) -> str:
        """Return how long it lasted, or has lasted until now."""
        return duration(minutes(self.begun, self.ended or clock.now()))


@dataclass(frozen=True, slots=True)
class Dial:
    """One clock: until when, and how it went or stands."""

    label: Text
    due: datetime
    said: Text
    late: bool


def overdue_said(need: Need) -> Text:
    """Return by how much a need is late, in words."""
    return _("Overdue by %(time)s", time=_until(need.due_at, clock.now()))


def left_said(need: Need) -> Text:
    """Return how much time is left, in words."""
    return _("%(time)s left", time=_until(clock.now(), need.due_at))


def _until(begun: datetime | None, ended: datetime | None) -> str:
    return duration(minutes(begun, ended)) if begun is not None and ended is not None else ""


def dials(need: Need) -> list[Dial]:
    """Return the clocks of a need that run or ran."""
    found = [_dial(_("Answer"), need.response_due, need.answered_at, need.state is NeedState.SUBMITTED)]
    running = due_of(need) is not None and need.state is not NeedState.SUBMITTED
    ended = need.closed_at or (need.delivered_at if need.state is NeedState.DELIVERED else None)
    found.append(_dial(_("Work"), need.resolution_due, ended, running))
    return [one for one in found if one is not None]


def _dial(label: Text, due: datetime | None, ended: datetime | None, running: bool) -> Dial | None:
    if due is None:
        return None
    moment = clock.now() if running else ended
    if moment is None:
        return Dial(label, due, _("Stands still"), late=False)
    late, apart = moment > due, duration(minutes(min(due, moment), max(due, moment)))
    if running:
        said = _("Overdue by %(time)s", time=apart) if late else _("%(time)s left", time=apart)
    else:
        said = _("Late by %(time)s", time=apart) if late else _("In time")
    return Dial(label, due, said, late)


def stretches(need: Need) -> list[Stretch]:
    """Return with whom a need has lain, the oldest first, the one it lies with now included."""
    passed = [
        Stretch(one.holder, one.name, one.begun_at, one.ended_at, one.due_at is not None and one.ended_at > one.due_at)
        for one in need.segments
    ]
    if need.holder is None:
        return passed
    since = need.holder_since or need.accepted_at or need.received_at
    return [*passed, Stretch(need.holder, need.holder_name, since, None, need.is_overdue)]


def guessed_said(year: int) -> Text:
    """Return what is said of a due date that was reckoned without holidays."""
    return _(
        "When this was reckoned no holidays of %(year)s were entered: Monday to Friday counted as working days.",
        year=year,
    )


def clocks_panel(need: Need) -> list[Panel]:
    """Return the section of the clocks."""
    unknown = guessed_said(clock.local(need.due_at).year) if need.is_guessed and need.due_at is not None else None
    shown = {
        "dials": dials(need),
        "stretches": stretches(need),
        "unknown": unknown,
        "paused": duration(need.paused_minutes),
    }
    return [("needs/clocks.html", shown)]


def merged_panel(need: Need, view: Any) -> list[Panel]:
    """Return the section of the needs that were merged into this one: each keeps its asker."""
    if not need.merged_here:
        return []
    of_it = select(Need).where(Need.community_id == need.community_id, Need.merged_into_id == need.id)
    merged = list(db.session.scalars(of_it.order_by(Need.id).limit(SHOWN)))
    return [("needs/merged.html", {"merged": merged, "view": view})] if merged else []

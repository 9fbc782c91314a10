"""What happens with call-backs beyond one row: which are drawn, and what follows from the resident's word."""

import secrets
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import func, select

from app.callbacks.models import Callback, CallbackReason, CallbackState
from app.communities import defaults
from app.communities.models import Community
from app.communities.service import next_working_day
from app.core import clock
from app.core.actor import acting, current
from app.core.moves import moved, perform
from app.core.rules import Violation
from app.extensions import db
from app.needs.choices import ANSWERABLE, AskedHow, NeedState, Outcome
from app.needs.models import Need
from app.needs.service import resident

OPENED: Final = (NeedState.DELIVERED, NeedState.REFERRED, NeedState.CLOSED_UNCONFIRMED)
"""Where a word of the resident closes a need."""


def waiting(need: Need) -> Callback | None:
    """Return the call that is to be made about a need, if there is one."""
    wanted = select(Callback).filter_by(need_id=need.id, state=CallbackState.OPEN).order_by(Callback.id)
    with db.session.no_autoflush:
        found: Callback | None = db.session.scalars(wanted).first()
    return found


def ask_for(need: Need, why: CallbackReason, **columns: Any) -> Callback:
    """Let somebody call about a need by the next working day; the caller commits.

    Where a call is to be made anyway, it takes over what is said anew: another number, other words.
    """
    with db.session.no_autoflush:
        known = waiting(need)
        if known is not None:
            for name, value in columns.items():
                if value is not None:
                    setattr(known, name, value)
            return known
        due = next_working_day(need.community, clock.today())
        callback = Callback(need=need, community=need.community, why=why, due_on=due, **columns)
        db.session.add(callback)
    return callback


def register(need: Need | None, **columns: Any) -> Callback:
    """Note that a resident wants to be called. Raises Violation where no need is named."""
    if need is None:
        raise Violation({"need": [gettext("Please fill this in.")]})
    columns["due_on"] = columns.get("due_on") or clock.today()
    callback = Callback(need=need, community=need.community, **columns | {"why": CallbackReason.ASKED})
    db.session.add(callback)
    db.session.flush()
    return callback


def drawn(share: int) -> bool:
    """Draw one of a hundred lots, of which `share` mean a call."""
    return secrets.randbelow(100) < share


@moved.connect_via(Need)
def draw(sender: type[Need], row: Need, move: str, values: dict[str, Any]) -> None:
    """Let some of those that were closed by code, or without an answer, be called back."""
    by_code = move == "close" and values.get("asked_how") is AskedHow.CODE
    if (by_code or move == "close_unconfirmed") and drawn(row.community.share_called):
        ask_for(row, CallbackReason.RANDOM if by_code else CallbackReason.SILENT)


@moved.connect_via(Callback)
def follow(sender: type[Callback], row: Callback, move: str, values: dict[str, Any]) -> None:
    """Count a call in vain; where the resident was reached, let the need follow the word."""
    actor = current()
    row.called_at, row.called_by_id = clock.now(), actor.user_id if actor else None
    if move == "not_reached":
        row.tries += 1
        return
    _obey(row, values["outcome"])


def _obey(callback: Callback, outcome: Outcome) -> None:
    """Close or reopen the need as the resident says, who speaks here through the one who writes it down."""
    need, actor = callback.need, current()
    # Nothing is written while the resident speaks: the call itself is the caller's to write.
    with acting(resident(need, actor.user_id if actor else None)), db.session.no_autoflush:
        if outcome is not Outcome.UNMET and need.state in OPENED:
            word = {"outcome": outcome, "satisfaction": callback.satisfaction, "asked_how": AskedHow.PHONE}
            perform(need, "close", word)
        elif outcome is Outcome.UNMET and need.state in ANSWERABLE:
            perform(need, "reopen", {"reason": callback.said or gettext("Said on the telephone: not solved.")})


def this_week(community_id: int) -> tuple[int, int]:
    """Return how many calls the office should make this week, and how many it has made."""
    monday = clock.day_starts(clock.today() - timedelta(days=clock.today().weekday()))
    made = select(func.count(Callback.id)).where(Callback.community_id == community_id, Callback.called_at >= monday)
    asked = select(Community.callback_quota, made.scalar_subquery()).where(Community.id == community_id)
    quota, count = db.session.execute(asked).one()
    return defaults.CALLBACK_QUOTA if quota is None else quota, count

"""What follows from the moves of a need, through whatever door they are made."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import access, clock
from app.core.actor import acting, current, system
from app.core.moves import moved
from app.core.rules import Violation
from app.extensions import db
from app.needs import clocks
from app.needs.choices import OPEN_STATES
from app.needs.models import Need
from app.needs.service import require_hands
from app.roles import Role

LONGEST: Final = timedelta(days=366)
"""Nobody puts anything on hold for longer than a year."""


def _answered(need: Need) -> None:
    """The first answer stops the clock of answering, once for all."""
    if need.answered_at is None:
        need.answered_at = clock.now()
        need.response_minutes = clocks.minutes(need.received_at, need.answered_at)


def _taken_on(need: Need, values: dict[str, Any]) -> None:
    """The clock of doing runs from when somebody took it on; one that runs already runs on."""
    _answered(need)
    need.accepted_at = need.accepted_at or clock.now()
    if need.resolution_due is None:
        clocks.work_from(need, clock.now())


def _rejected(need: Need, values: dict[str, Any]) -> None:
    _answered(need)
    need.reject_reason = values["reason"]


def _referred(need: Need, values: dict[str, Any]) -> None:
    """To say who takes care of it is an answer; from here it is the other body's time that passes."""
    _answered(need)
    if need.resolution_due is None:
        clocks.work_from(need, clock.now())


def _merged(need: Need, values: dict[str, Any]) -> None:
    """Those merged into it before follow it to where it goes, so that nobody has to follow a chain."""
    target = need.merged_into
    if target is None:
        raise access.OutOfScope
    # Two needs that are merged into each other at the same moment come one after the other.
    both = select(Need.id).where(Need.id.in_((need.id, target.id))).order_by(Need.id)
    with db.session.no_autoflush:
        db.session.execute(both.with_for_update())
        db.session.refresh(target, ["state", "merged_here"])
    if target.id == need.id or target.state not in OPEN_STATES or target.archived_at is not None:
        raise Violation({"merged_into": [_("Choose another need that is open; this one cannot take it up.")]})
    with acting(system("merge")), db.session.no_autoflush:
        before = select(Need).where(Need.community_id == need.community_id, Need.merged_into_id == need.id)
        for one in db.session.scalars(before):
            one.merged_into = target
    target.merged_here += 1 + need.merged_here
    need.merged_here = 0


def _planned(need: Need, values: dict[str, Any]) -> None:
    require_hands(need)
    if need.planned_on is not None and need.planned_on < clock.today():
        raise Violation({"planned_on": [_("The date lies in the past.")]})


def _delivered(need: Need, values: dict[str, Any]) -> None:
    actor = current()
    need.done_on = values.get("done_on") or clock.today()
    need.delivered_by_id = actor.user_id if actor else None


def _held(need: Need, values: dict[str, Any]) -> None:
    """Its time stands still; for longer than the community allows only the secretary lets it."""
    days = values["resume_on"] - clock.today()
    if not timedelta() < days <= LONGEST:
        raise Violation({"resume_on": [_("Give a day from tomorrow on, within a year.")]})
    longest = need.community.longest_hold
    if days > longest and not _is_secretary(need):
        complaint = _("Only the secretary puts a need on hold for more than %(days)s days.", days=longest.days)
        raise Violation({"resume_on": [complaint]})
    need.held_at = clock.now()


def _is_secretary(need: Need) -> bool:
    actor = current()
    return actor is not None and (actor.unbounded or Role.SECRETARY in access.roles_for("m", need, actor))


def _resumed(need: Need, values: dict[str, Any]) -> None:
    if need.held_at is not None:
        clocks.go_on(need, need.held_at)
    _off_hold(need, values)


def _off_hold(need: Need, values: dict[str, Any]) -> None:
    need.held_at = need.held_from = need.resume_on = None


def _closed(need: Need, values: dict[str, Any]) -> None:
    need.closed_at = clock.now()
    if need.accepted_at is not None:
        need.resolution_minutes = max(0, clocks.minutes(need.accepted_at, need.closed_at) - need.paused_minutes)


def _explained(need: Need, values: dict[str, Any]) -> None:
    need.closed_at = clock.now()


def _reopened(need: Need, values: dict[str, Any]) -> None:
    need.reopened_count += 1
    clocks.work_from(need, clock.now())
    need.closed_at = need.resolution_minutes = need.outcome = need.satisfaction = need.asked_how = None


def _escalated(need: Need, values: dict[str, Any]) -> None:
    need.escalated_at = clock.now()
    need.street_answered_at = need.street_answer = None


def _street_answered(need: Need, values: dict[str, Any]) -> None:
    need.street_answered_at = clock.now()


AFTER: Final[dict[str, Callable[[Need, dict[str, Any]], None]]] = {
    "accept": _taken_on,
    "reject": _rejected,
    "merge": _merged,
    "refer": _referred,
    "return_referral": _taken_on,
    "plan": _planned,
    "deliver": _delivered,
    "hold": _held,
    "resume": _resumed,
    "close": _closed,
    "close_unconfirmed": _closed,
    "reopen": _reopened,
    "withdraw": _off_hold,
    "explain": _explained,
    "escalate": _escalated,
    "answer_escalation": _street_answered,
}


@moved.connect_via(Need)
def follow(sender: type[Need], row: Need, move: str, values: dict[str, Any]) -> None:
    """Let follow from a move what must."""
    if move in AFTER:
        AFTER[move](row, values)

"""What happens with needs beyond a single column: registering, due dates, and what follows from a move."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts import staff
from app.accounts.models import Account, Grant
from app.communities.models import Community
from app.core import access, clock
from app.core.access import OutOfScope
from app.core.actor import Actor, Errand, Held, acting, current, system
from app.core.codes import next_code
from app.core.database import transaction
from app.core.moves import Refused, Stale, moved, perform
from app.core.rules import Violation
from app.core.timeline import add_step
from app.extensions import db
from app.needs.choices import NeedState, Urgency
from app.needs.models import Need

PREFIX: Final = "XQ"

RESPONSE: Final[dict[Urgency, timedelta]] = {
    Urgency.CRITICAL: timedelta(hours=2),
    Urgency.URGENT: timedelta(hours=24),
    Urgency.NORMAL: timedelta(days=3),
}
"""How soon somebody must answer, in plain calendar time from when the need was received."""

RESOLUTION: Final[dict[Urgency, timedelta]] = {
    Urgency.CRITICAL: timedelta(hours=24),
    Urgency.URGENT: timedelta(days=7),
    Urgency.NORMAL: timedelta(days=15),
}
"""How soon it must be done, in plain calendar time from when it was accepted or reopened."""


def register(**columns: Any) -> Need:
    """Register a need as `submitted`: give it its code, its answer-by date and its first line in the timeline."""
    need = Need(**columns)
    need.title = need.title or first_sentence(need.text or "")
    need.received_at = need.received_at or clock.now()
    need.urgency = need.urgency or Urgency.NORMAL
    if need.community is None:
        raise Violation({"community": [_("Please fill this in.")]})
    need.state = NeedState.SUBMITTED
    need.response_due = _response_due(need)
    need.recorded_by = need.recorded_by or _own_name()
    with db.session.no_autoflush:
        need.code = next_code(db.session, need.community.id, PREFIX, clock.today())
    db.session.add(need)
    db.session.flush()
    add_step(db.session, need, "register", None, need.state.value)
    return need


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, at most 80 characters."""
    for mark in "。！？!?\n":
        text = text.split(mark, maxsplit=1)[0]
    return text.strip()[:80]


def _response_due(need: Need) -> datetime:
    received: datetime = need.received_at
    return received + RESPONSE[need.urgency]


def _own_name() -> str | None:
    actor = current()
    person = db.session.get(Account, actor.user_id) if actor and actor.user_id else None
    return person.name if person else None


def due_anew(need: Need) -> None:
    """Let the answer to a need nobody has answered be due by what is known of it now."""
    if need.state is NeedState.SUBMITTED and need.received_at is not None and need.urgency is not None:
        need.response_due = _response_due(need)


HANDS: Final = staff.roles_with("m", Need.list_name)
"""The roles that can be in charge of a need."""


def _finds(need: Need, person: Account) -> bool:
    """Tell whether the person, once in charge, sees the need and may make moves on it."""
    given = select(Grant).filter_by(account_id=person.id, community_id=need.community_id).where(Grant.holding())
    grants = db.session.scalars(given.options(joinedload(Grant.place)))
    held = tuple(Held(one.role.role, one.community_id, one.place.path if one.place else None) for one in grants)
    hands = Actor(f"person:{person.id}", person.id, held)
    return access.may_row("v", need, hands) and access.may_row("m", need, hands)


def _answered(need: Need) -> None:
    """The first answer stops the clock of answering, once for all."""
    if need.answered_at is None:
        need.answered_at = clock.now()
        need.response_minutes = _minutes(need.received_at, need.answered_at)


def _minutes(begun: datetime, ended: datetime) -> int:
    return max(0, int((ended - begun).total_seconds()) // 60)


def resident(need: Need, writer: int | None = None) -> Actor:
    """Return who speaks for this one need: the resident, by code, or on the telephone with `writer` writing it down.

    Nothing else is within reach: the need, its orders and call-backs, and where it is.
    """
    own = (("need_id", need.id),)
    here = (("community_id", need.community_id),)
    errands = [
        Errand("needs", "vm", (("id", need.id),)),
        Errand("callbacks", "vcem", own),
        Errand("fulfilments", "vm", own),
    ]
    errands += [Errand("communities", "v", (("id", need.community_id),)), Errand("holidays", "v", here)]
    errands += [Errand("places", "v", (("id", need.place_id),))] if need.place_id else []
    return Actor("resident", writer, errands=tuple(errands))


def close_silent(moment: datetime) -> int:
    """Close what was delivered and has not been answered for as long as its community waits; return how many.

    Doing it again changes nothing. Each need is a transaction of its own.
    """
    silent = [pk for community in db.session.scalars(select(Community)) for pk in _silent(community, moment)]
    db.session.rollback()
    return sum(_close_silent(pk) for pk in silent)


def _silent(community: Community, moment: datetime) -> list[int]:
    waiting = select(Need.id).where(Need.community_id == community.id, Need.state == NeedState.DELIVERED)
    long_ago = (Need.delivered_at <= moment - community.silence, Need.archived_at.is_(None))
    return list(db.session.scalars(waiting.where(*long_ago).order_by(Need.id)))


def _close_silent(pk: int) -> bool:
    try:
        with transaction():
            perform(db.session.get_one(Need, pk), "close_unconfirmed", {})
    except (Refused, Stale):
        # Somebody answered meanwhile.
        return False
    return True


def _accepted(need: Need, values: dict[str, Any]) -> None:
    _answered(need)
    need.accepted_at = need.accepted_at or clock.now()
    need.resolution_due = clock.now() + RESOLUTION[need.urgency]


def _rejected(need: Need, values: dict[str, Any]) -> None:
    _answered(need)
    need.reject_reason = values["reason"]


def _planned(need: Need, values: dict[str, Any]) -> None:
    _require_hands(need)
    if need.planned_on is not None and need.planned_on < clock.today():
        raise Violation({"planned_on": [_("The date lies in the past.")]})


def _require_hands(need: Need) -> None:
    """Only somebody who works in this community, and whose grant reaches the need, can be put in charge."""
    if need.in_charge is None:
        raise OutOfScope
    with acting(system("check")), db.session.no_autoflush:
        works_here = staff.holding(need.community_id, HANDS)
        found = db.session.scalar(select(Account.id).where(Account.id == need.in_charge.id, *works_here))
        need.in_charge_id = need.in_charge.id
        finds = found is not None and _finds(need, need.in_charge)
    if found is None:
        raise Violation({"in_charge": [_("This person does not work in the community (any more); choose another.")]})
    if not finds:
        raise Violation({"in_charge": [_("This need lies outside what the person looks after; choose another.")]})


def hand_over(need: Need, person: Account) -> None:
    """Put somebody else in charge of an open need, as it stands, because who was in charge leaves (S2-14).

    Raises Violation of `in_charge` where the person cannot be in charge of it.
    """
    need.in_charge = person
    _require_hands(need)
    db.session.flush()
    add_step(db.session, need, "hand_over", need.state.value, need.state.value, in_charge=person.name)


def _delivered(need: Need, values: dict[str, Any]) -> None:
    actor = current()
    need.done_on = values.get("done_on") or clock.today()
    need.delivered_by_id = actor.user_id if actor else None


def _closed(need: Need, values: dict[str, Any]) -> None:
    need.closed_at = clock.now()
    if need.accepted_at is not None:
        need.resolution_minutes = max(0, _minutes(need.accepted_at, need.closed_at) - need.paused_minutes)


def _reopened(need: Need, values: dict[str, Any]) -> None:
    need.reopened_count += 1
    need.resolution_due = clock.now() + RESOLUTION[need.urgency]
    need.closed_at = need.resolution_minutes = need.outcome = need.satisfaction = need.asked_how = None


AFTER: Final[dict[str, Callable[[Need, dict[str, Any]], None]]] = {
    "accept": _accepted,
    "reject": _rejected,
    "plan": _planned,
    "deliver": _delivered,
    "close": _closed,
    "close_unconfirmed": _closed,
    "reopen": _reopened,
}


@moved.connect_via(Need)
def follow(sender: type[Need], row: Need, move: str, values: dict[str, Any]) -> None:
    """Let follow from a move what must, through whatever door it was made."""
    if move in AFTER:
        AFTER[move](row, values)

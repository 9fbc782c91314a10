"""What happens with needs beyond a single move: registering, handing over, and what the system does by itself."""

from datetime import date, datetime
from functools import cache
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.accounts import staff
from app.accounts.models import Account, Grant
from app.communities.models import Community
from app.core import access, clock
from app.core.access import OutOfScope
from app.core.actor import Actor, Errand, Held, acting, current, system
from app.core.bulk import Bulk
from app.core.codes import next_code
from app.core.database import transaction
from app.core.moves import Refused, Stale, perform
from app.core.plans import fresh, named
from app.core.reads import KEPT
from app.core.rules import Violation
from app.core.timeline import Step, add_step, stepped
from app.extensions import db
from app.needs import clocks
from app.needs.choices import NeedState, Urgency
from app.needs.models import Need
from app.needs.segments import set_up

PREFIX: Final = "XQ"
REGISTER: Final = "register"


def register(**columns: Any) -> Need:
    """Register a need as `submitted`: give it its code, its answer-by date and its first line in the timeline."""
    need = Need(**columns)
    _begin(need)
    with db.session.no_autoflush:
        need.code = _next_code(need)
    db.session.add(need)
    db.session.flush()
    add_step(db.session, need, REGISTER, None, need.state.value)
    return need


def register_plainly(**columns: Any) -> Need:
    """Register a need in the same way past the session, which takes half as long; the row returned is a plain one.

    What it names it names by rows, which were found within the scope.
    """
    need: Need = named(Need, columns)
    _begin(need)
    set_up(need)
    need.code = _next_code(need)
    bulk = Bulk(single=True)
    made = bulk.add(need, REGISTER, need.state.value)
    bulk.write()
    stepped.send(Need, row=need, step=fresh(Step, made.step or {}))
    return need


def _begin(need: Need) -> None:
    need.title = need.title or first_sentence(need.text or "")
    need.received_at = need.received_at or clock.now()
    need.urgency = need.urgency or Urgency.NORMAL
    if need.community is None:
        raise Violation({"community": [_("Please fill this in.")]})
    need.state = NeedState.SUBMITTED
    clocks.answer_from(need, need.received_at)
    need.recorded_by = need.recorded_by or _own_name()


def _next_code(need: Need) -> str:
    return next_code(db.session, need.community.id, PREFIX, clock.today())


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, at most 80 characters."""
    for mark in "。！？!?\n":
        text = text.split(mark, maxsplit=1)[0]
    return text.strip()[:80]


def _own_name() -> str | None:
    actor = current()
    if actor is None or not actor.user_id:
        return None
    name: str | None = actor.name or db.session.scalar(_name_of(), {"me": actor.user_id})
    return name


@cache
def _name_of() -> Any:
    return select(Account.name).where(Account.id == bindparam("me")).execution_options(**{KEPT: True})


HANDS: Final = staff.roles_with("m", Need.list_name)
"""The roles that can be in charge of a need."""


def _finds(need: Need, person: Account) -> bool:
    """Tell whether the person, once in charge, sees the need and may make moves on it."""
    given = select(Grant).filter_by(account_id=person.id, community_id=need.community_id).where(Grant.holding())
    grants = db.session.scalars(given.options(joinedload(Grant.place)))
    held = tuple(Held(one.role.role, one.community_id, one.place.path if one.place else None) for one in grants)
    hands = Actor(f"person:{person.id}", person.id, held)
    return access.may_row("v", need, hands) and access.may_row("m", need, hands)


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
    return sum(_by_itself(pk, "close_unconfirmed") for pk in silent)


def resume_held(today: date) -> int:
    """Let go on what was put on hold until today or an earlier day; return how many.

    Doing it again changes nothing. Each need is a transaction of its own.
    """
    held = (Need.state == NeedState.ON_HOLD, Need.resume_on <= today, Need.archived_at.is_(None))
    waiting = db.session.scalars(select(Need.id).where(*held).order_by(Need.id)).all()
    db.session.rollback()
    return sum(_by_itself(pk, "resume") for pk in waiting)


def _silent(community: Community, moment: datetime) -> list[int]:
    waiting = select(Need.id).where(Need.community_id == community.id, Need.state == NeedState.DELIVERED)
    long_ago = (Need.delivered_at <= moment - community.silence, Need.archived_at.is_(None))
    return list(db.session.scalars(waiting.where(*long_ago).order_by(Need.id)))


def _by_itself(pk: int, move: str) -> bool:
    try:
        with transaction():
            perform(db.session.get_one(Need, pk), move, {})
    except (Refused, Stale):
        # Somebody was faster.
        return False
    return True


def require_hands(need: Need) -> None:
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
    require_hands(need)
    db.session.flush()
    add_step(db.session, need, "hand_over", need.state.value, need.state.value, in_charge=person.name)

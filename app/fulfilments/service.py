"""What happens with orders: offering, and what follows from each move, for the order, its provider and its need."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import access, clock, moves
from app.core.actor import acting, current, system
from app.core.codes import next_code
from app.core.database import transaction
from app.core.fields import Text
from app.core.moves import Refused, moved, settled
from app.core.rules import Violation
from app.core.timeline import add_step
from app.extensions import db
from app.fulfilments import booking, stock
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.flow import FLOW
from app.fulfilments.following import need_of
from app.fulfilments.models import Fulfilment
from app.needs.choices import WORKING_STATES
from app.people.models import Person
from app.volunteers.service import out_of_service

PREFIX: Final = "LD"
_EMPTY: Final = _("Please fill this in.")


def offer(**columns: Any) -> Fulfilment:
    """Offer a need to a provider; with `said_by` the provider has agreed by telephone and the order counts as taken.

    Raises Refused where the need takes no orders now or the provider has no time, Forbidden where the actor may not
    note that somebody agreed, and Violation for a column.
    """
    if columns.get("provider") is None and columns.get("resource") is not None:
        columns["provider"] = columns["resource"].provider
    order = Fulfilment(**columns)
    _require(order)
    order.community, order.community_id = order.need.community, order.need.community_id
    booking.lock(order, order.need)
    if order.need.state not in WORKING_STATES:
        state = order.need.state.label
        raise Refused(
            _("A need takes orders while it is accepted, planned or in progress; it is “%(state)s”.", state=state)
        )
    order.place = order.place or order.need.place
    booking.set_end(order)
    booking.require_free(order)
    stock.require_offerable(order)
    _answer_by(order)
    return _written(order)


def _require(order: Fulfilment) -> None:
    missing: dict[str, list[Text]] = {name: [_EMPTY] for name in ("need", "provider") if getattr(order, name) is None}
    if missing:
        raise Violation(missing)


def _answer_by(order: Fulfilment) -> None:
    order.expires_at = order.expires_at or clock.now() + order.community.answer_time
    if order.expires_at <= clock.now():
        raise Violation({"expires_at": [_("The time lies in the past.")]})


def _written(order: Fulfilment) -> Fulfilment:
    name = "assign" if order.said_by else "offer"
    if order.said_by:
        _require_assigner(order)
        order.state, order.quantity_committed = FulfilmentState.CLAIMED, order.quantity_asked
    else:
        order.state = FulfilmentState.OFFERED
    with db.session.no_autoflush:
        order.code = next_code(db.session, order.community.id, PREFIX, clock.today())
    db.session.add(order)
    db.session.flush()
    stock.settle(order, 0)
    add_step(db.session, order, name, None, order.state.value, **moves.told({"said_by": order.said_by}))
    settled.send(Fulfilment, row=order, move=name, values={})
    return order


def _require_assigner(order: Fulfilment) -> None:
    """Only who may make the move `assign` writes down that somebody agreed."""
    actor = current()
    if actor is None or not moves.may_make(order, FLOW.by_name["assign"], actor):
        raise access.Forbidden


# -- what follows from a move ---------------------------------------------------------------------------------------


def _taken(order: Fulfilment, values: dict[str, Any]) -> None:
    if order.resource is None and (reason := out_of_service(order.provider)) is not None:
        raise Refused(reason)
    if order.quantity_committed is None:
        order.quantity_committed = order.quantity_asked
    _require_not_more(order, "quantity")
    order.taker = order.taker or _who_comes(order)
    booking.require_free(order)
    stock.require_room(order)


def _require_not_more(order: Fulfilment, name: str) -> None:
    taken, offered = order.quantity_committed, order.quantity_asked
    if taken is not None and offered is not None and taken > offered:
        raise Violation({name: [_("At most %(most)s were offered.", most=offered)]})


def _who_comes(order: Fulfilment) -> Person | None:
    """The one who takes an order for a provider, where the community knows this person."""
    actor = current()
    if actor is None or actor.user_id is None or not moves.may_make(order, FLOW.by_name["claim"], actor):
        return None
    with acting(system("orders")), db.session.no_autoflush:
        mine = select(Person).filter_by(account_id=actor.user_id, community_id=order.community_id)
        found: Person | None = db.session.scalars(mine).first()
    return found


def _scheduled(order: Fulfilment, values: dict[str, Any]) -> None:
    order.place = order.place or need_of(order).place
    booking.set_end(order)
    if order.scheduled_at is not None and order.scheduled_at < clock.now() - timedelta(days=1):
        raise Violation({"scheduled_at": [_("The date lies in the past.")]})
    booking.require_free(order)
    stock.require_room(order)


def _started(order: Fulfilment, values: dict[str, Any]) -> None:
    order.started_on = order.started_on or clock.today()


def _delivered(order: Fulfilment, values: dict[str, Any]) -> None:
    actor = current()
    order.delivered_on = values.get("delivered_on") or clock.today()
    order.started_on = min(order.started_on or order.delivered_on, order.delivered_on)
    order.delivered_by_id = actor.user_id if actor else None


def _disputed(order: Fulfilment, values: dict[str, Any]) -> None:
    """The appointment is over; its time is not taken a second time, for somebody else may have it by now."""
    order.ends_at = None


def _reversed(order: Fulfilment, values: dict[str, Any]) -> None:
    order.reversed_on = clock.today()


AFTER: Final[dict[str, Callable[[Fulfilment, dict[str, Any]], None]]] = {
    "claim": _taken,
    "assign": _taken,
    "schedule": _scheduled,
    "start": _started,
    "deliver": _delivered,
    "dispute": _disputed,
    "reverse": _reversed,
}


@moved.connect_via(Fulfilment)
def follow(sender: type[Fulfilment], row: Fulfilment, move: str, values: dict[str, Any]) -> None:
    """Let follow from a move what must, through whatever door it was made."""
    booking.lock(row, need_of(row))
    held = stock.held_before(row)
    if move in AFTER:
        with db.session.no_autoflush:
            AFTER[move](row, values)
    stock.settle(row, held)


# -- the system and the resident ------------------------------------------------------------------------------------


def expire_offers(moment: datetime) -> int:
    """Let the offers nobody answered until `moment` run out, each in a transaction of its own; return how many."""
    unanswered = select(Fulfilment.id).where(
        Fulfilment.state == FulfilmentState.OFFERED, Fulfilment.expires_at <= moment, Fulfilment.archived_at.is_(None)
    )
    with acting(system("expire_offers")):
        return sum(_let_run_out(pk) for pk in db.session.scalars(unanswered.order_by(Fulfilment.id)).all())


def _let_run_out(pk: int) -> bool:
    try:
        with transaction():
            order = db.session.get_one(Fulfilment, pk)
            moves.perform(order, "expire", {})
    except (moves.Refused, moves.Stale):
        # Somebody answered at the last moment.
        return False
    return True

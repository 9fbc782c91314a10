"""Needs and their orders follow each other, in the transaction of the move (workflows: State from orders)."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.core import clock, moves
from app.core.actor import Actor, Held, acting, current, system
from app.core.moves import settled
from app.core.timeline import add_step
from app.extensions import db
from app.fulfilments.choices import DONE, LIVE, FulfilmentState
from app.fulfilments.hands import done_by, forget
from app.fulfilments.models import Fulfilment
from app.fulfilments.states import FOLLOWING, state_from_orders
from app.needs.choices import NeedState
from app.needs.models import Need, own
from app.needs.orders import orders

SEEN: Final = (*LIVE, FulfilmentState.CONFIRMED)
"""A provider sees the need behind an order from the offer on, and behind what it has done."""

ENDED: Final = frozenset({"withdrawn", "merged", "unresolvable"})
"""A need that ends so takes its orders along."""


def need_of(order: Fulfilment) -> Need:
    """Return the need an order answers, whoever asks."""
    with acting(system("orders")), db.session.no_autoflush:
        return order.need or db.session.get_one(Need, order.need_id)


def orders_of(need: Need) -> list[Fulfilment]:
    """Return every order a need has or had, whoever asks."""
    of_it = select(Fulfilment).filter_by(community_id=need.community_id, need_id=need.id).order_by(Fulfilment.id)
    with acting(system("orders")), db.session.no_autoflush:
        return list(db.session.scalars(of_it))


def still_asked(need: Need, standing: Iterable[Fulfilment] | None = None) -> int | None:
    """Return how many pieces of a need nobody has taken on or carried out yet; None where they are not counted.

    `standing`: its orders, where they are known.
    """
    if need.quantity_asked is None:
        return None
    known = orders_of(need) if standing is None else standing
    return max(0, need.quantity_asked - sum(_answers(order) for order in known))


def _answers(order: Fulfilment) -> int:
    if order.state in DONE:
        return 0 if order.doubted_on else order.quantity_delivered or 0
    return order.quantity or 0 if order.state in LIVE else 0


@settled.connect_via(Fulfilment)
def follow(sender: type[Fulfilment], row: Fulfilment, move: str, values: dict[str, Any]) -> None:
    """Let the need of an order that has moved stand where its orders say; the step is that of `system:orders`."""
    forget(current())
    need, standing = need_of(row), orders_of(need_of(row))
    with acting(system("orders")):
        if need.live_orders != (live := sum(one.state in LIVE for one in standing)):
            need.live_orders = live
        if need.state in FOLLOWING:
            _bring(need, state_from_orders(standing, need.quantity_asked), row)
        db.session.flush()


def _bring(need: Need, target: NeedState, order: Fulfilment) -> None:
    source = need.state
    if source is target:
        return
    need.state = target
    if target is NeedState.DELIVERED:
        _tell_done(need, order)
    add_step(db.session, need, "orders", source.value, target.value, order=order.code)


def _tell_done(need: Need, order: Fulfilment) -> None:
    """Let a delivered need say what was done for it, as the order says."""
    need.done_on, need.done_text = order.delivered_on or clock.today(), order.measures
    need.delivered_by_id = order.delivered_by_id


# -- when the need moves --------------------------------------------------------------------------------------------


@settled.connect_via(Need)
def take_along(sender: type[Need], row: Need, move: str, values: dict[str, Any]) -> None:
    """Let the orders of a need follow where it ends or is taken up again."""
    if row.state is NeedState.CLOSED:
        confirm_all(row, values.get("satisfaction"))
    elif row.state.value in ENDED:
        _cancel_all(row)
    elif move == "resume" and row.state is NeedState.DELIVERED:
        # It was carried out while the need was on hold.
        _tell_done(row, [order for order in orders_of(row) if order.state in DONE][-1])
    elif move == "reopen":
        _doubt_all(row)
        dispute_all(row, values["reason"])


def confirm_all(need: Need, satisfaction: int | None = None) -> None:
    """Confirm what was carried out for a need, by whoever acts: the resident or a verifier."""
    for order in _carried_out(need):
        moves.perform(order, "confirm", {"satisfaction": satisfaction})


def dispute_all(need: Need, reason: str) -> None:
    """Dispute what was carried out for a need, because the resident says that it is not solved."""
    for order in _carried_out(need):
        with acting(_judge(order, "dispute")):
            moves.perform(order, "dispute", {"reason": reason})


def _doubt_all(need: Need) -> None:
    """Note on what was confirmed that it did not help after all; its figures stay, it answers the need no longer."""
    with acting(system("orders")):
        for order in orders_of(need):
            if order.state is FulfilmentState.CONFIRMED and order.doubted_on is None:
                order.doubted_on = clock.today()
        db.session.flush()


def _carried_out(need: Need) -> list[Fulfilment]:
    return [order for order in orders_of(need) if order.state is FulfilmentState.DELIVERED]


def _judge(order: Fulfilment, name: str) -> Actor | None:
    """Return who acts; the system where this person must not judge the order but may take the need up again."""
    actor, move = current(), Fulfilment.flow.by_name[name]
    if actor is None or (moves.may_make(order, move, actor) and moves.refusal(order, move, actor) is None):
        return actor
    return system("orders")


def _cancel_all(need: Need) -> None:
    reason = gettext("The need is now “%(state)s”.", state=need.state.label)
    with acting(system("orders")):
        for order in orders_of(need):
            if order.state in LIVE:
                moves.perform(order, "cancel", {"reason": reason})


# -- what needs ask -------------------------------------------------------------------------------------------------


def did(need: Need, actor: Actor) -> bool:
    """Tell whether somebody has a hand in what was carried out for a need."""
    return need.id in done_by(Fulfilment, actor).needs


def stands(need: Need) -> NeedState | None:
    """Return where a need stands by its orders; None where it never had any."""
    standing = orders_of(need)
    return state_from_orders(standing, need.quantity_asked) if standing else None


def reopens_to(need: Need) -> NeedState | None:
    """Return where a reopened need goes, once what was carried out is disputed; None where it never had an order."""
    standing = orders_of(need)
    if any(order.state is FulfilmentState.DELIVERED for order in standing):
        return NeedState.IN_PROGRESS
    unfinished = [order for order in standing if order.state is not FulfilmentState.CONFIRMED]
    return state_from_orders(unfinished, need.quantity_asked) if standing else None


# The plain table: what one may see is itself part of the scope.
_ORDERS: Final = Fulfilment.__table__.c


def offered_and_own(need: Any, actor: Actor, held: Held) -> Any:
    """The own needs, and those of which an order was offered to the party the grant is bound to."""
    if need is Need:
        return own(need, actor, held) | Need.id.in_(_offered_to(held))
    session = object_session(need)
    return own(need, actor, held) or (session is not None and need.id in session.scalars(_offered_to(held)).all())


def _offered_to(held: Held) -> Any:
    here = (_ORDERS.community_id == held.community_id, _ORDERS.state.in_(SEEN))
    return select(_ORDERS.need_id).where(*here, _ORDERS.provider_id == (held.subject or 0))


def attend() -> None:
    """Take the place needs keep for their orders."""
    orders.did, orders.stands, orders.reopens_to = did, stands, reopens_to
    Need.row_sets["offered and own"] = offered_and_own

"""What an order holds of the resource it uses: from the moment it is taken until it is given back or done."""

from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy import inspect as sa_inspect

from app.core.actor import acting, system
from app.core.moves import Refused
from app.extensions import db
from app.fulfilments.choices import BOOKED, DONE, FulfilmentState
from app.fulfilments.models import Fulfilment
from app.resources import service as resources
from app.resources.choices import QuantityMode
from app.resources.models import Resource

HOLDING: Final = (*BOOKED, *DONE)
"""In these an order holds something of its resource."""


def held(state: FulfilmentState, taken: int | None, done: int | None) -> int:
    """Return how many pieces an order holds: what was taken on, and once it is confirmed only what was carried out.

    Until then it may be disputed, and nobody else may have taken what is left over meanwhile.
    """
    if state is FulfilmentState.CONFIRMED and done is not None:
        return done
    least = done or 0 if state is FulfilmentState.DELIVERED else 0
    return max(taken or 1, least) if state in HOLDING else 0


def holds(order: Fulfilment) -> int:
    """Return how many pieces the order holds as it now is."""
    return held(order.state, order.quantity_committed, order.quantity_delivered)


def held_before(order: Fulfilment) -> int:
    """Return how many pieces the order held before it was changed."""
    return held(*(_was(order, name) for name in ("state", "quantity_committed", "quantity_delivered")))


def _was(order: Fulfilment, name: str) -> Any:
    attrs: Any = sa_inspect(order).attrs
    before = attrs[name].history.deleted
    return before[0] if before else getattr(order, name)


def require_offerable(order: Fulfilment) -> None:
    """Stop with Refused where the resource cannot be offered for the order's time and quantity."""
    if order.resource is None:
        return
    resource = resources.lock(order.resource)
    reason = resources.offerable(resource, order.scheduled_at, order.quantity_asked)
    if reason is not None:
        raise Refused(reason)


def settle(order: Fulfilment, before: int) -> None:
    """Promise or give back what the order now holds more or less of its resource. Raises Refused."""
    resource, more = _resource(order), holds(order) - before
    if resource is None:
        return
    if more > 0:
        resources.reserve(resource, more)
    elif more < 0:
        resources.free(resource, -more)


def require_room(order: Fulfilment) -> None:
    """Stop with Refused where the resource is shut at the order's time, or others have taken its room."""
    resource = _resource(order)
    if resource is None or resource.quantity_mode is not QuantityMode.SCHEDULED or order.scheduled_at is None:
        return
    found = resources.window_at(resources.lock(resource), order.scheduled_at)
    if found is None:
        raise Refused(_("It is not open then; it is open %(windows)s.", windows=resource.windows))
    capacity = found.window.capacity
    left = None if capacity is None else capacity - _pieces(resource, found.begins, found.ends, order.id)
    if left is not None and left < (order.quantity_committed or 1):
        raise Refused(_("At that time there is room for only %(number)s more.", number=max(left, 0)))


def _resource(order: Fulfilment) -> Resource | None:
    if order.resource_id is None and order.resource is None:
        return None
    with acting(system("orders")), db.session.no_autoflush:
        return order.resource or db.session.get_one(Resource, order.resource_id)


@resources.counts_taken
def taken(resource: Resource, begins: datetime, ends: datetime) -> int:
    """Return how many pieces of a resource are taken by the orders dated between two moments."""
    return _pieces(resource, begins, ends, 0)


def _pieces(resource: Resource, begins: datetime, ends: datetime, besides: int) -> int:
    pieces = func.coalesce(Fulfilment.quantity_committed, 1)
    dated = (Fulfilment.scheduled_at >= begins, Fulfilment.scheduled_at < ends)
    mine = (Fulfilment.resource_id == resource.id, Fulfilment.state.in_(HOLDING), Fulfilment.id != besides)
    found = select(func.sum(pieces)).where(Fulfilment.community_id == resource.community_id, *mine, *dated)
    # How much room is left is for everybody to know, whoever sees the orders that take it.
    with acting(system("orders")), db.session.no_autoflush:
        return db.session.scalar(found) or 0

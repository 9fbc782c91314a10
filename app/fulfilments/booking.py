"""A provider's time: nobody is booked twice at one time, however many take orders at once."""

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.actor import acting, system
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.fulfilments.choices import BOOKED
from app.fulfilments.models import LONGEST, USUAL_MINUTES, Fulfilment
from app.needs.models import Need
from app.parties.models import Party
from app.resources.choices import QuantityMode

_FOLLOWED: Final = ("state", "version", "live_orders", "quantity_asked", "in_charge_id", "delivered_by_id")
"""What is read of a need after it has been locked."""


def lock(order: Fulfilment, need: Need) -> None:
    """Let nobody else move orders of this need, or book this provider, until the transaction is over.

    The need is always locked first and the provider after it, so that two transactions never wait for each other.
    SQLite has one writer at a time anyway.
    """
    with acting(system("orders")), db.session.no_autoflush:
        # What is changing already was locked when it was written, or will be checked by its version.
        if not db.session.is_modified(need):
            db.session.refresh(need, _FOLLOWED, with_for_update=True)
        db.session.scalar(select(Party.id).where(Party.id == order.provider.id).with_for_update())


def set_end(order: Fulfilment) -> None:
    """Let the end of the appointment follow from its beginning and how long it takes."""
    if order.minutes is None:
        order.minutes = USUAL_MINUTES
    if not 1 <= order.minutes <= LONGEST:
        raise Violation({"minutes": [_("Give 1 to %(most)s minutes.", most=LONGEST)]})
    order.ends_at = order.scheduled_at + timedelta(minutes=order.minutes) if order.scheduled_at else None


def require_free(order: Fulfilment) -> None:
    """Stop with Refused where the provider has another appointment in the order's time."""
    if order.scheduled_at is None:
        return
    meanwhile = (Fulfilment.scheduled_at < order.ends_at, Fulfilment.ends_at > order.scheduled_at)
    other = select(Fulfilment).where(
        Fulfilment.community_id == order.community.id,
        Fulfilment.provider_id == order.provider.id,
        Fulfilment.state.in_(BOOKED),
        Fulfilment.archived_at.is_(None),
        Fulfilment.id != (order.id or 0),
        *_elsewhere(order),
        *meanwhile,
    )
    with acting(system("orders")), db.session.no_autoflush:
        clash = db.session.scalars(other.order_by(Fulfilment.scheduled_at).limit(1)).first()
    if clash is not None:
        raise Refused(_taken(clash))


def _elsewhere(order: Fulfilment) -> list[ColumnElement[bool]]:
    """Those that keep the provider from this order: not those of the same resource, whose windows say for how many."""
    if order.resource is None or order.resource.quantity_mode is not QuantityMode.SCHEDULED:
        return []
    return [or_(Fulfilment.resource_id.is_(None), Fulfilment.resource_id != order.resource.id)]


def _taken(clash: Fulfilment) -> str:
    begins, ends = (f"{clock.local(moment):%H:%M}" for moment in (clash.scheduled_at, clash.ends_at) if moment)
    day = f"{clock.local(clash.scheduled_at):%Y-%m-%d}" if clash.scheduled_at else ""
    return _(
        "At this time the provider has the order %(code)s: %(day)s, %(begins)s to %(ends)s. Choose another time.",
        code=clash.code,
        day=day,
        begins=begins,
        ends=ends,
    )

"""The sets of rows the gap view counts: needs nobody has taken on, and resources nobody uses."""

import calendar
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.listing import Quick
from app.core.timeline import Step
from app.fulfilments.choices import LIVE, FulfilmentState
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState
from app.needs.models import Need
from app.resources.choices import ResourceState
from app.resources.models import RECHECK, Resource

IDLE_DAYS: Final = 30
WAITING: Final = (NeedState.SUBMITTED, NeedState.ACCEPTED, NeedState.PLANNED)


def _orders_of(column: Any, owner: Any, *states: FulfilmentState) -> Any:
    orders = Fulfilment.__table__.c
    found = select(orders.id).where(orders.community_id == owner.community_id, orders[column] == owner.id)
    return found.where(orders.state.in_(states))


def unmet() -> ColumnElement[bool]:
    """The needs that wait and that no order answers, and those that were not accepted."""
    waits = and_(Need.state.in_(WAITING), ~_orders_of("need_id", Need, *LIVE).exists())
    return or_(waits, Need.state == NeedState.REJECTED)


def idle() -> ColumnElement[bool]:
    """The resources that can be offered and that no order has used for 30 days."""
    today = clock.today()
    offered = and_(Resource.state == ResourceState.AVAILABLE, Resource.checked_on >= today - RECHECK)
    in_term = or_(Resource.valid_to.is_(None), Resource.valid_to >= today)
    lately = _orders_of("resource_id", Resource, *LIVE, FulfilmentState.CONFIRMED)
    since = clock.day_starts(today - timedelta(days=IDLE_DAYS))
    used = lately.where(Fulfilment.__table__.c.created_at >= since)
    return and_(offered, in_term, ~used.exists())


def idle_in(first: date) -> ColumnElement[bool]:
    """The resources that were offered when a month ended, and that no order used in it."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    begins, ends = clock.day_starts(first), clock.day_ends(last)
    held = and_(Resource.created_at < ends, _stood(ends) == ResourceState.AVAILABLE.value)
    in_term = and_(
        or_(Resource.valid_from.is_(None), Resource.valid_from <= last),
        or_(Resource.valid_to.is_(None), Resource.valid_to >= last),
    )
    orders = Fulfilment.__table__.c
    used = _orders_of("resource_id", Resource, *LIVE, FulfilmentState.CONFIRMED).where(
        or_(
            and_(orders.created_at >= begins, orders.created_at < ends),
            and_(orders.scheduled_at >= begins, orders.scheduled_at < ends),
        )
    )
    return and_(held, in_term, ~used.exists())


def _stood(moment: datetime) -> Any:
    """Return the SQL for the state a resource was in at a moment: where the step before it led, or the next began."""
    steps = Step.__table__.c
    of_it = (steps.community_id == Resource.community_id, steps.list == Resource.list_name)
    before = select(steps.target).where(*of_it, steps.row_id == Resource.id, steps.at < moment)
    after = select(steps.source).where(*of_it, steps.row_id == Resource.id, steps.at >= moment)
    led = before.where(steps.target.is_not(None)).order_by(steps.id.desc()).limit(1).scalar_subquery()
    began = after.where(steps.source.is_not(None)).order_by(steps.id).limit(1).scalar_subquery()
    return func.coalesce(led, began, Resource.state)


NEED_PARTS: Final = {"unmet": Quick(_("Nobody has taken it on"), unmet)}
RESOURCE_PARTS: Final = {"idle": Quick(_("Offered and not used"), idle, idle_in)}

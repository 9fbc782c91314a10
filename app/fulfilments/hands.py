"""Whose hands an order was in: who did the work or wrote it down does not judge it (M4)."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam, or_, select, union
from sqlalchemy.sql import ColumnElement

from app.communities.models import Community
from app.core import reads
from app.core.actor import Actor, acting, system
from app.core.reads import KEPT
from app.extensions import db
from app.fulfilments.choices import DONE
from app.needs.choices import NeedState
from app.needs.models import Need
from app.people.models import Person

_KEY: Final = "orders done"


@dataclass(frozen=True, slots=True)
class Done:
    """Ids of the orders somebody had a hand in whose needs are still open, and of these needs."""

    orders: frozenset[int] = frozenset()
    needs: frozenset[int] = frozenset()


def done_by(model: Any, actor: Actor) -> Done:
    """Return the carried out orders the actor wrote down, came for, or did as one of the provider's people."""
    if actor.user_id is None:
        return Done()
    if _KEY not in actor.memo:
        actor.memo[_KEY] = _asked(model, actor)
    found: Done = actor.memo[_KEY]  # type: ignore[assignment]  # the memo holds anything
    return found


def forget(actor: Actor | None) -> None:
    """Ask anew after an order has moved."""
    if actor is not None:
        actor.memo.pop(_KEY, None)


def _asked(model: Any, actor: Actor) -> Done:
    # The provider's people need not see every order of theirs to have had a hand in it.
    with acting(system("hands")), db.session.no_autoflush:
        rows = db.session.execute(_wanted(model), {"me": actor.user_id, "bound": _bound(actor)}).all()
    return Done(frozenset(row[0] for row in rows), frozenset(row[1] for row in rows))


@cache
def _wanted(model: Any) -> Any:
    me: Any = bindparam("me")
    bound: Any = bindparam("bound", expanding=True)
    still_open = reads.is_among(model, "need_id", Need, Need.state != NeedState.CLOSED)
    # Each by an index of its own, which begins with the community: together they would read all orders there are.
    ways = (model.delivered_by_id == me, model.taker_id.in_(_oneself(me)), *_provided(model, me, bound))
    anywhere = model.community_id.in_(select(Community.id))
    done = select(model.id, model.need_id).where(anywhere, model.state.in_(DONE), still_open)
    return union(*(done.where(way) for way in ways)).execution_options(**{KEPT: True})


def _oneself(me: Any) -> Any:
    return select(Person.id).where(Person.account_id == me)


def _bound(actor: Actor) -> list[int]:
    return [held.subject for held in actor.held if held.subject is not None]


def _provided(model: Any, me: Any, bound: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # A person has the same number among the parties.
    return model.provider_id.in_(bound), model.provider_id.in_(_oneself(me))


def speaks_for(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the SQL for the orders of whom the actor speaks for: the own unit, organisation or team, or herself."""
    return or_(*_provided(model, actor.user_id, _bound(actor)))


def has_a_hand(order: Any, actor: Actor) -> bool:
    """Tell whether the actor has a hand in what was carried out."""
    return order.id in done_by(type(order), actor).orders

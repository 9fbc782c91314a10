"""Whose hands an order was in: who did the work or wrote it down does not judge it (M4)."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.sql import ColumnElement

from app.core.actor import Actor, acting, system
from app.extensions import db
from app.fulfilments.choices import DONE
from app.needs.choices import NeedState
from app.needs.models import Need
from app.parties.models import Party
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
    open_ones = select(Need.id).where(Need.state != NeedState.CLOSED)
    mine = or_(model.delivered_by_id == actor.user_id, model.taker_id.in_(_oneself(actor)), speaks_for(model, actor))
    found = select(model.id, model.need_id).where(model.state.in_(DONE), model.need_id.in_(open_ones), mine)
    # The provider's people need not see every order of theirs to have had a hand in it.
    with acting(system("hands")), db.session.no_autoflush:
        rows = db.session.execute(found).all()
    return Done(frozenset(row[0] for row in rows), frozenset(row[1] for row in rows))


def _oneself(actor: Actor) -> Any:
    return select(Person.id).where(Person.account_id == actor.user_id)


def speaks_for(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the SQL for the orders of whom the actor speaks for: the own unit, organisation or team, or herself."""
    bound = [held.subject for held in actor.held if held.subject is not None]
    parties = select(Party.id).where(or_(Party.id.in_(bound), Party.id.in_(_oneself(actor))))
    found: ColumnElement[bool] = model.provider_id.in_(parties)
    return found


def has_a_hand(order: Any, actor: Actor) -> bool:
    """Tell whether the actor has a hand in what was carried out."""
    return order.id in done_by(type(order), actor).orders

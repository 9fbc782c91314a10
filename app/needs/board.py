"""The boards of needs: what stands where, with the next step at hand; and what is late, by place, person and holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.communities.models import Place
from app.core import clock
from app.core.addresses import NOT_SET
from app.core.display import duration
from app.core.fields import Text
from app.extensions import db
from app.needs.choices import OPEN_STATES, Holder, NeedState
from app.needs.clocks import minutes
from app.needs.models import Need, overdue

SHOWN: Final = 20
"""How many needs a column of the board shows; what is due first stands first."""
LINES: Final = 50
"""How many places or people the board of what is late tells of."""
TOP_SEGMENT: Final = 10
"""The length of the path of a place that lies directly in its community."""


@dataclass(frozen=True, slots=True)
class Column:
    """The needs of one state: the first of them, and how many there are."""

    state: NeedState
    rows: list[Need]
    count: int


@dataclass(frozen=True, slots=True)
class Late:
    """How many needs of a place or person are late, and for how long the oldest has been."""

    name: Text
    count: int
    longest: str
    asked: dict[str, Any]
    """What opens exactly these in the list."""


def columns(options: Sequence[Any], *where: ColumnElement[bool]) -> list[Column]:
    """Return the open needs by state, in two statements."""
    open_ones = (Need.archived_at.is_(None), *where)
    firsts = [_first(state, open_ones) for state in OPEN_STATES]
    ids = union_all(*(select(first.c.id) for first in firsts)).subquery()
    found = select(Need).where(Need.id.in_(select(ids.c.id))).order_by(*_ORDER).options(*options)
    rows = list(db.session.scalars(found))
    counted = select(Need.state, func.count(Need.id)).where(Need.state.in_(OPEN_STATES), *open_ones)
    counts = dict(db.session.execute(counted.group_by(Need.state)).all())
    return [Column(state, [row for row in rows if row.state is state], counts.get(state, 0)) for state in OPEN_STATES]


_ORDER: Final = (Need.due_at.is_(None), Need.due_at, Need.id)


def _first(state: NeedState, where: Sequence[ColumnElement[bool]]) -> Any:
    return select(Need.id).where(Need.state == state, *where).order_by(*_ORDER).limit(SHOWN).subquery()


def late_by_place() -> list[Late]:
    """Return how many are late by the place below the community they lie in."""
    area = aliased(Place)
    within = func.substr(Place.path, 1, TOP_SEGMENT) == area.path
    lying = select(area.id, area.name, *_COUNTED).select_from(Need).outerjoin(Place, Place.id == Need.place_id)
    found = _late((area.id, area.name), lying.outerjoin(area, within))
    return [_line(name or _("Without a place"), pk or NOT_SET, "place", rest) for pk, name, *rest in found]


def late_by_person() -> list[Late]:
    """Return how many are late by who is in charge."""
    held = select(Account.id, Account.name, *_COUNTED).select_from(Need)
    found = _late((Account.id, Account.name), held.outerjoin(Account, Account.id == Need.in_charge_id))
    return [_line(name or _("Nobody in charge"), pk or NOT_SET, "in_charge", rest) for pk, name, *rest in found]


def late_by_holder() -> list[Late]:
    """Return how many are late by whose time it is that passes."""
    found = _late((Need.holder,), select(Need.holder, *_COUNTED))
    return [_line(holder.label, holder.value, "holder", rest) for holder, *rest in found if isinstance(holder, Holder)]


_COUNTED: Final = (func.count(Need.id), func.min(Need.due_at))


def _late(groups: Sequence[Any], statement: Any) -> list[Any]:
    late = statement.where(Need.archived_at.is_(None), overdue()).group_by(*groups)
    return list(db.session.execute(late.order_by(func.count(Need.id).desc(), func.min(Need.due_at)).limit(LINES)))


def _line(name: Text, value: Any, column: str, counted: Sequence[Any]) -> Late:
    count, oldest = counted
    since: datetime = oldest
    return Late(name, count, duration(minutes(since, clock.now())), {"quick": "overdue", column: value})

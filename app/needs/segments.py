"""With whom a need lay, and for how long: a segment is written when it changes hands (two clocks with segments).

Whatever moves a need ends here, at the flush: page, job, order, code and import. The segment that still runs stands in
the need itself (`holder`, `holder_since`); what is written is over and is never changed.
"""

from datetime import datetime
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, event, select, true
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.core import clock, reads
from app.core.actor import Actor
from app.core.model import Scoped
from app.extensions import db
from app.needs.choices import RUNNING_STATES, WORKING_STATES, Holder, NeedState
from app.needs.clocks import asked, minutes
from app.needs.models import Need

NAMED: Final = ("in_charge", "in_charge_id", "referred_body")
"""The columns that say who has a need in hand."""
DUE: Final = ("state", "response_due", "resolution_due")
"""The columns from which it follows when it is due."""


class Segment(Scoped, Model):
    """A stretch of time a need lay with somebody. Segments are only ever added."""

    __tablename__ = "need_segment"
    __table_args__ = (Index("ix_need_segment_need", "community_id", "need_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    holder: Mapped[Holder]
    name: Mapped[str | None] = mapped_column(String(80))
    """Who it was: the person in charge or the other body."""
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When the clock that ran was due; None where none ran."""

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """The segments of the needs the actor sees."""
        if actor.unbounded:
            return true()
        return reads.is_among(cls, "need_id", Need, Need.visible(actor))

    def writable(self, actor: Actor, verbs: str) -> bool:
        """A segment is added together with its need, which is checked by itself; nobody changes it later."""
        return verbs == "c"

    @property
    def minutes(self) -> int:
        """Return how long it was."""
        return minutes(self.begun_at, self.ended_at)


def holder_of(need: Need) -> Holder | None:
    """Return with whom a need lies by its state; None where it is at an end."""
    if need.state in (NeedState.SUBMITTED, NeedState.ACCEPTED):
        return Holder.OFFICE
    if need.state in WORKING_STATES:
        return Holder.PROVIDER if need.live_orders else Holder.IN_CHARGE
    others = {
        NeedState.REFERRED: Holder.BODY,
        NeedState.ON_HOLD: Holder.NOBODY,
        NeedState.DELIVERED: Holder.RESIDENT,
    }
    return others.get(need.state)


def due_of(need: Need) -> datetime | None:
    """Return when the clock that runs is due; None while none runs."""
    if need.state is NeedState.SUBMITTED:
        return need.response_due
    return need.resolution_due if need.state in RUNNING_STATES else None


def set_up(need: Need) -> None:
    """Let a new need lie where its state says, for as long as it has been there."""
    need.state = need.state or NeedState.SUBMITTED
    need.holder = holder_of(need)
    need.holder_name = _name(need)
    need.holder_since = need.holder_since or need.received_at or clock.now()
    need.due_at = due_of(need)


def _name(need: Need) -> str | None:
    if need.holder is Holder.BODY:
        return need.referred_body
    return _name_of(need) if need.holder is Holder.IN_CHARGE else None


def _name_of(need: Need) -> str | None:
    """Return who is in charge; by the system, for not everybody who moves a need reads the accounts."""
    person = vars(need).get("in_charge")
    if person is not None or need.in_charge_id is None:
        return person.name if person is not None else None
    found: str | None = asked(lambda: db.session.scalar(select(Account.name).where(Account.id == need.in_charge_id)))
    return found


@event.listens_for(Session, "before_flush", insert=True)
def _follow(session: Session, context: Any, instances: Any) -> None:
    """Let each written need lie where its state says, before the scope and history look at it."""
    with session.no_autoflush:
        for need in [row for row in session.new if isinstance(row, Need)]:
            set_up(need)
        for need in [row for row in session.dirty if isinstance(row, Need)]:
            _turn(session, need)


def _turn(session: Session, need: Need) -> None:
    due = need.due_at
    if _changed(need, DUE):
        need.due_at = due_of(need)
    holder = holder_of(need)
    if holder is not need.holder or _changed(need, NAMED):
        _hand_on(session, need, holder, due)


def _changed(need: Need, names: tuple[str, ...]) -> bool:
    attributes: Any = sa_inspect(need).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _hand_on(session: Session, need: Need, holder: Holder | None, due: datetime | None) -> None:
    """Write down with whom the need lay until now, if it lies with somebody else from now on."""
    before, name, begun = need.holder, need.holder_name, need.holder_since or need.accepted_at or need.received_at
    need.holder = holder
    need.holder_name = _name(need)
    if (before, name) == (need.holder, need.holder_name):
        return
    need.holder_since = ended = clock.now()
    if before is None:
        return
    passed = Segment(holder=before, name=name, begun_at=min(begun, ended), ended_at=ended, due_at=due)
    passed.community_id, passed.need_id = need.community_id, need.id
    session.add(passed)
    if before is Holder.NOBODY:
        need.paused_minutes += passed.minutes

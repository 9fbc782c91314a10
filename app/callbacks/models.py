"""The call-back: which need it is about, why somebody calls, and what the resident said."""

import enum
from datetime import date, datetime
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.core import checks, clock, masking, reads
from app.core.actor import Actor, Held
from app.core.fields import Labelled, Text, about
from app.core.flow import Ask, Flow, Move
from app.core.model import Recorded, RowSet, Scoped
from app.core.sealing import Sealed
from app.core.timeline import keeps_timeline
from app.needs.choices import Outcome
from app.needs.guards import not_the_deliverer
from app.needs.models import Need
from app.roles import OFFICE

TRIES: Final = 3
"""After so many calls in vain nobody is expected to call again."""


@enum.unique
class CallbackState(Labelled):
    """Whether the resident has been reached."""

    OPEN = "open", _("To be called"), "info", "telephone"
    REACHED = "reached", _("Called back"), "good", "check-circle"
    UNREACHED = "unreached", _("Not reached"), "calm", "slash-circle"


@enum.unique
class CallbackReason(Labelled):
    """Why somebody calls."""

    ASKED = "asked", _("The resident asked for it")
    RANDOM = "random", _("Drawn from those closed by code")
    SILENT = "silent", _("Drawn from those closed without an answer")


def not_by_the_deliverer(callback: "Callback", actor: Actor) -> Text | None:
    """Who did the work does not ask whether it is well done (M4)."""
    return not_the_deliverer(callback.need, actor)


def after_a_vain_call(callback: "Callback") -> CallbackState:
    """The third call in vain is the last."""
    return CallbackState.UNREACHED if callback.tries + 1 >= TRIES else CallbackState.OPEN


FLOW: Final = Flow(
    "state",
    (
        Move(
            "reached",
            _("Reached"),
            (CallbackState.OPEN,),
            CallbackState.REACHED,
            by=OFFICE,
            asks=(Ask("outcome"), Ask("satisfaction", required=False), Ask("said", required=False)),
            guards=(not_by_the_deliverer,),
            tone="strong",
            help=_("Ask three things: is it solved, how satisfied are you, is there anything else?"),
        ),
        Move(
            "not_reached",
            _("Nobody answered"),
            (CallbackState.OPEN,),
            after_a_vain_call,
            by=OFFICE,
            guards=(not_by_the_deliverer,),
        ),
    ),
)


def _through_need(reaches: RowSet) -> RowSet:
    """Return the call-backs of a set of needs as a set."""

    def of_those(callback: Any, actor: Actor, held: Held) -> Any:
        if isinstance(callback, type):
            return reads.is_among(Callback, "need_id", Need, reaches(Need, actor, held))
        return reaches(callback.need, actor, held)

    return of_those


_WHY, _CALL = _("Why"), _("The call")


@keeps_timeline
class Callback(Recorded, Scoped, Model):
    """One call to be made, or made, about one need."""

    __tablename__ = "callback"
    __table_args__ = (
        Index("ix_callback_due", "community_id", "state", "due_on", "id"),
        Index("ix_callback_need", "community_id", "need_id"),
        Index("ix_callback_called", "community_id", "called_at"),
    )
    list_name = "callbacks"
    guarded_by = "needs"
    archivable = False
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {words: _through_need(reaches) for words, reaches in Need.row_sets.items()}

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    need: Mapped[Need] = relationship(lazy="joined", info=about(_("Need"), listed=True, group=_WHY))
    why: Mapped[CallbackReason] = mapped_column(
        default=CallbackReason.ASKED, info=about(_("Why"), listed=True, edited=False, group=_WHY)
    )
    wish: Mapped[str | None] = mapped_column(String(500), info=about(_("What the resident wants to say"), group=_WHY))
    phone: Mapped[str | None] = mapped_column(
        Sealed(32),
        info=about(_("Phone"), _("Empty: the one of the need."), mask=masking.phone, check=checks.phone, group=_WHY),
    )
    due_on: Mapped[date] = mapped_column(default=clock.today, info=about(_("To be called by"), listed=True, group=_WHY))
    state: Mapped[CallbackState] = mapped_column(
        default=CallbackState.OPEN, info=about(_("State"), listed=True, edited=False, group=_CALL)
    )
    tries: Mapped[int] = mapped_column(
        default=0, info=about(_("Calls in vain"), listed=True, edited=False, group=_CALL)
    )
    outcome: Mapped[Outcome | None] = mapped_column(info=about(_("Outcome"), listed=True, edited=False, group=_CALL))
    satisfaction: Mapped[int | None] = mapped_column(
        info=about(
            _("Satisfaction"),
            _("1 to 5 points; 5 is very satisfied."),
            listed=True,
            edited=False,
            check=checks.stars,
            group=_CALL,
        )
    )
    said: Mapped[str | None] = mapped_column(
        String(500), info=about(_("What the resident said"), edited=False, group=_CALL)
    )
    called_at: Mapped[datetime | None] = mapped_column(info=about(_("Called at"), edited=False, group=_CALL))
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    called_by: Mapped[Account | None] = relationship(
        foreign_keys=[called_by_id], info=about(_("Called by"), edited=False, sheet=False, group=_CALL)
    )

    def __str__(self) -> str:
        return str(self.need)

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the call-backs about the needs it reaches."""
        whole = super().within(held)
        return whole if held.place_path is None else whole & reads.is_among(cls, "need_id", Need, Need.within(held))

    def is_within(self, held: Held) -> bool:
        """Tell whether the grant reaches the need it is about."""
        return super().is_within(held) and self.need.is_within(held)

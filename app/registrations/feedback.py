"""Quarterly feedback (季度反馈): what a member did in a quarter, told to the unit the member belongs to (S2-21)."""

import enum
from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import checks, reads
from app.core.actor import Actor, Held
from app.core.fields import Labelled, Text, about
from app.core.flow import Flow, Move
from app.core.model import Recorded, RowSet, Scoped
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.parties.models import Party, is_bound
from app.registrations.models import Member
from app.roles import OFFICE, Role


@enum.unique
class FeedbackState(Labelled):
    """Where a feedback stands on its way to the unit."""

    DRAFTED = "drafted", _("Drafted"), "info", "inbox"
    SIGNED = "signed", _("Signed by the secretary"), "plan", "check-lg"
    SENT = "sent", _("Sent to the unit"), "plan", "send"
    ACKNOWLEDGED = "acknowledged", _("Acknowledged by the unit"), "good", "check2-all"


_DRAFTED, _SIGNED, _SENT, _ACKNOWLEDGED = FeedbackState

FLOW: Final = Flow(
    "state",
    (
        Move("sign", _("Sign the feedback"), (_DRAFTED,), _SIGNED, by=(Role.SECRETARY,), tone="strong"),
        Move("send", _("Send to the unit"), (_SIGNED,), _SENT, by=(Role.LIAISON, *OFFICE), tone="strong"),
        Move("acknowledge", _("Acknowledge"), (_SENT,), _ACKNOWLEDGED, by=(Role.LIAISON,), tone="strong"),
    ),
)


def own_unit(feedback: Any, actor: Actor, held: Held) -> Any:
    """The feedback to the unit a grant is bound to."""
    return is_bound(feedback, "unit", held)


def about_oneself(feedback: Any, actor: Actor, held: Held) -> Any:
    """The feedback about the person a grant is bound to."""
    if isinstance(feedback, type):
        return reads.is_among(Feedback, "member_id", Member, Member.person_id == (held.subject or 0))
    return is_bound(feedback.member, "person", held)


def a_quarter(value: int) -> Text | None:
    """One of the four quarters of a year."""
    return None if 1 <= value <= 4 else _("A year has the quarters 1 to 4.")


def a_year(value: int) -> Text | None:
    """A year of this century."""
    return None if 2000 <= value <= 2100 else _("The year must lie between 2000 and 2100.")


def stays_as_signed(feedback: "Feedback") -> dict[str, Text] | None:
    """What the secretary has signed is not rewritten."""
    attrs: Any = sa_inspect(feedback).attrs
    signed = feedback.state is not _DRAFTED and not attrs["state"].history.has_changes()
    if signed and attrs["summary"].history.has_changes():
        return {"summary": _("The feedback has been signed already.")}
    return None


_WHO, _DONE = _("About whom and when"), _("What was done in the quarter")


@keeps_timeline
class Feedback(Recorded, Scoped, Model):
    """One member in one quarter: counted from the orders carried out, signed, sent and acknowledged."""

    __tablename__ = "quarter_feedback"
    __table_args__ = (
        UniqueConstraint("community_id", "member_id", "year", "quarter"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        Index("ix_quarter_feedback_newest", "community_id", "archived_at", "id"),
        Index("ix_quarter_feedback_unit", "community_id", "unit_id", "id"),
        Index("ix_quarter_feedback_state", "community_id", "state", "id"),
        Index("ix_quarter_feedback_year", "community_id", "year", "id"),
    )
    list_name = "feedbacks"
    archivable = False
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"own unit": own_unit, "self": about_oneself}
    rules: ClassVar[tuple[RowRule, ...]] = (stays_as_signed,)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    member: Mapped[Member] = relationship(lazy="joined", info=about(_("Member"), listed=True, group=_WHO))
    unit_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    unit: Mapped[Party] = relationship(
        foreign_keys=[unit_id], info=about(_("Unit"), listed=True, edited=False, group=_WHO)
    )
    year: Mapped[int] = mapped_column(info=about(_("Year"), listed=True, check=a_year, group=_WHO, width=6))
    quarter: Mapped[int] = mapped_column(
        info=about(_("Quarter"), _("1 to 4."), listed=True, check=a_quarter, group=_WHO, width=6)
    )
    state: Mapped[FeedbackState] = mapped_column(
        default=_DRAFTED, info=about(_("State"), listed=True, edited=False, group=_WHO)
    )
    orders: Mapped[int] = mapped_column(
        default=0, info=about(_("Services carried out by the member"), listed=True, edited=False, group=_DONE)
    )
    person_times: Mapped[int] = mapped_column(
        default=0, info=about(_("Person-times"), listed=True, edited=False, group=_DONE)
    )
    unit_orders: Mapped[int] = mapped_column(
        default=0, info=about(_("Services carried out by the unit"), edited=False, group=_DONE)
    )
    summary: Mapped[str | None] = mapped_column(
        String(500),
        info=about(_("Word of the community"), _("How the member did, before the secretary signs."), group=_DONE),
    )
    acknowledged_on: Mapped[date | None] = mapped_column(
        info=about(_("Acknowledged on"), edited=False, check=checks.not_future, group=_DONE)
    )

    def __str__(self) -> str:
        return gettext("%(member)s, quarter %(quarter)s of %(year)s", member=self.member, **self._when())

    def _when(self) -> dict[str, int]:
        return {"year": self.year, "quarter": self.quarter}

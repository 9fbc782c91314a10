"""The need: its columns, its states and the moves between them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, event, false, or_, select
from sqlalchemy import Text as LongText
from sqlalchemy import text as literal_text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.communities.models import Category, Place, Placed
from app.communities.rules import category_in_use, place_in_use
from app.core import checks, clock, masking, normal, seeking
from app.core.actor import Actor, Held
from app.core.fields import Text, about
from app.core.flow import Flow
from app.core.model import Recorded, RowSet, Sought, recorded_by
from app.core.rules import RowRule
from app.core.sealing import BLIND, Sealed
from app.core.timeline import keeps_timeline
from app.needs.choices import (
    AskedHow,
    Channel,
    Holder,
    NeedKind,
    NeedState,
    Outcome,
    Urgency,
    VulnerableGroup,
)
from app.needs.flow import FLOW

if TYPE_CHECKING:
    from app.needs.segments import Segment

SOON: Final = timedelta(days=1)
"""From when on something is due soon."""


def own(need: Any, actor: Actor, held: Held) -> Any:
    """The needs the actor recorded or is in charge of."""
    return recorded_by(need, actor) | (need.in_charge_id == (actor.user_id or 0))


def open_to_volunteers(need: Any, actor: Actor, held: Held) -> Any:
    """The needs opened to volunteers, and the coordinator's own: who writes or works on a row must read it."""
    return own(need, actor, held) | (need.open_to_volunteers == True)  # noqa: E712 - the same words make the SQL


def escalated(need: Any, actor: Actor, held: Held) -> Any:
    """The needs for which the street's help was called."""
    return need.escalated_at != None  # noqa: E711 - the same words make the SQL


def done_after_received(need: "Need") -> dict[str, Text] | None:
    """Nothing is done before it was asked for."""
    if need.done_on and need.received_at and need.done_on < clock.local(need.received_at).date():
        return {"done_on": _("It cannot be done before it was received.")}
    return None


def stays_sorted(need: "Need") -> dict[str, Text] | None:
    """What was set when the need was accepted is not emptied again."""
    if need.state in (NeedState.SUBMITTED, NeedState.REJECTED, NeedState.WITHDRAWN):
        return None
    emptied = [name for name in ("category", "place") if vars(need).get(name, need) is None]
    emptied = [name for name in emptied if getattr(need, f"{name}_id") is not None]
    return dict.fromkeys(emptied, _("After a need has been accepted this cannot be left empty.")) if emptied else None


_WHAT, _WHO, _WHERE, _HOW = _("What is needed"), _("Who asks"), _("Where and what about"), _("How it is handled")
_RESULT, _RECORD = _("Result"), _("Record")


@keeps_timeline
class Need(Recorded, Sought, Placed, Model):
    """One need of one or more residents."""

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        Index("ix_need_newest", "community_id", "archived_at", "received_at", "id"),
        Index("ix_need_state", "community_id", "archived_at", "state", "received_at", "id"),
        Index("ix_need_due", "community_id", "archived_at", "state", "resolution_due", "id"),
        Index("ix_need_late", "community_id", "archived_at", "state", "response_due"),
        Index("ix_need_channel", "community_id", "archived_at", "channel", "state"),
        Index("ix_need_by_state", "community_id", "archived_at", "state", "id"),
        Index("ix_need_by_due", "community_id", "archived_at", "resolution_due", "id"),
        Index("ix_need_by_urgency", "community_id", "archived_at", "urgency", "id"),
        Index("ix_need_due_at", "community_id", "due_at", "id"),
        Index("ix_need_escalated", "community_id", "escalated_at", "id"),
        Index("ix_need_accepted", "community_id", "accepted_at"),
        Index("ix_need_closed", "community_id", "closed_at"),
        Index("ix_need_response", "community_id", "response_due"),
        Index("ix_need_place", "community_id", "place_id", "id"),
        Index("ix_need_in_charge", "community_id", "in_charge_id", "state"),
        Index("ix_need_reporter_phone", "community_id", "reporter_phone_index"),
    )
    list_name = "needs"
    named_by = (
        *("code", "title", "community_id", "place_id"),
        *("created_by_id", "in_charge_id", "open_to_volunteers", "escalated_at"),
    )
    sought_in = ("title", "text", "code")
    indexed = True
    attachments = True
    flow: ClassVar[Flow] = FLOW
    rules: ClassVar[tuple[RowRule, ...]] = (done_after_received, category_in_use, place_in_use, stays_sorted)
    acts: ClassVar[dict[str, Text]] = {
        "orders": _("Follows its service orders"),
        "code": _("New code printed for the person who asked"),
        "hand_over": _("Handed over with a post"),
        "asked_again": _("Somebody else asks for the same"),
        "same_as": _("The same as another need"),
        "due_anew": _("Due date reckoned anew"),
        "due_sooner": _("Due date reckoned anew"),
    }
    row_sets: ClassVar[dict[str, RowSet]] = {
        "own": own,
        "offered and own": own,
        "of needs open to volunteers": open_to_volunteers,
        "totals and escalated rows": escalated,
    }

    code: Mapped[str] = mapped_column(
        String(40), info=about(_("Code"), listed=True, searched=True, edited=False, group=_WHAT)
    )
    title: Mapped[str] = mapped_column(
        String(80),
        info=about(_("Need"), _("One sentence, as the person put it."), listed=True, searched=True, group=_WHAT),
    )
    text: Mapped[str | None] = mapped_column(String(5000), info=about(_("In detail"), searched=True, group=_WHAT))
    kind: Mapped[NeedKind] = mapped_column(default=NeedKind.HELP, info=about(_("Kind"), group=_WHAT))
    urgency: Mapped[Urgency] = mapped_column(default=Urgency.NORMAL, info=about(_("Urgency"), listed=True, group=_WHAT))
    state: Mapped[NeedState] = mapped_column(
        default=NeedState.SUBMITTED, info=about(_("State"), listed=True, edited=False, group=_WHAT)
    )
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(
        info=about(_("Place"), _("As exactly as it is known."), listed=True, group=_WHERE)
    )
    address: Mapped[str | None] = mapped_column(
        Sealed(120), info=about(_("Address"), mask=masking.address, group=_WHERE)
    )
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    category: Mapped[Category | None] = relationship(info=about(_("Category"), listed=True, group=_WHERE))
    category_text: Mapped[str | None] = mapped_column(
        String(60), info=about(_("Category in the ledger's words"), edited=False, group=_WHERE)
    )
    reporter_name: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Reporter"), mask=masking.name, group=_WHO)
    )
    reporter_phone: Mapped[str | None] = mapped_column(
        Sealed(32, found_by=normal.phone),
        info=about(_("Phone"), mask=masking.phone, check=checks.phone, group=_WHO),
    )
    reporter_phone_index: Mapped[str | None] = mapped_column(BLIND)
    anonymous: Mapped[bool] = mapped_column(
        default=False, info=about(_("Anonymous"), _("The reporter does not want to be named."), group=_WHO)
    )
    consent: Mapped[str | None] = mapped_column(
        String(20),
        info=about(_("Consent"), _("The version of the text the person agreed to."), edited=False, group=_WHO),
    )
    code_issued_at: Mapped[datetime | None] = mapped_column(
        info=about(
            _("Code issued at"),
            _("When the person was given the code to look it up and answer."),
            edited=False,
            group=_WHO,
        )
    )
    beneficiary: Mapped[str | None] = mapped_column(
        String(80),
        info=about(_("For whom"), _("If it is not the reporter: a neighbour, a household, a corridor."), group=_WHO),
    )
    collective: Mapped[bool] = mapped_column(default=False, info=about(_("For several households"), group=_WHO))
    vulnerable_group: Mapped[VulnerableGroup | None] = mapped_column(
        info=about(_("Group in difficulty"), mask=masking.hidden, group=_WHO)
    )
    quantity_asked: Mapped[int | None] = mapped_column(
        info=about(_("How many"), _("Of what is asked for, if it can be counted."), check=checks.positive, group=_WHAT)
    )
    channel: Mapped[Channel] = mapped_column(default=Channel.OTHER, info=about(_("Channel"), group=_RECORD))
    received_at: Mapped[datetime] = mapped_column(
        default=clock.now, info=about(_("Received at"), listed=True, check=checks.not_future, group=_RECORD)
    )
    recorded_by: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Collected by"), _("Empty: you."), group=_RECORD)
    )
    response_due: Mapped[datetime | None] = mapped_column(info=about(_("Answer due"), edited=False, group=_HOW))
    answered_at: Mapped[datetime | None] = mapped_column(info=about(_("Answered at"), edited=False, group=_HOW))
    response_minutes: Mapped[int | None] = mapped_column()
    """From received to first answered, in minutes of the calendar."""
    accepted_at: Mapped[datetime | None] = mapped_column(info=about(_("Accepted at"), edited=False, group=_HOW))
    """When it was accepted first; reopening does not change it."""
    resolution_minutes: Mapped[int | None] = mapped_column()
    """From accepted to closed, in minutes of the calendar without pauses; empty while it is open."""
    resolution_due: Mapped[datetime | None] = mapped_column(info=about(_("Due"), edited=False, group=_HOW))
    work_since: Mapped[datetime | None] = mapped_column()
    """From when the clock of doing runs: since it was taken on or referred, or since it was reopened last."""
    due_at: Mapped[datetime | None] = mapped_column(
        info=about(
            _("Due at"),
            _("Of the clock that runs: to be answered, or to be done. Empty while none runs."),
            listed=True,
            edited=False,
            sheet=False,
            group=_HOW,
        )
    )
    holder: Mapped[Holder | None] = mapped_column(
        info=about(_("Lies with"), _("Whose time it is that passes."), edited=False, sheet=False, group=_HOW)
    )
    holder_name: Mapped[str | None] = mapped_column(String(80))
    holder_since: Mapped[datetime | None] = mapped_column()
    in_charge_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    in_charge: Mapped[Account | None] = relationship(
        foreign_keys=[in_charge_id], info=about(_("Person in charge"), listed=True, edited=False, group=_HOW)
    )
    planned_on: Mapped[date | None] = mapped_column(info=about(_("To be done by"), edited=False, group=_HOW))
    held_at: Mapped[datetime | None] = mapped_column(info=about(_("On hold since"), edited=False, group=_HOW))
    held_from: Mapped[NeedState | None] = mapped_column()
    """The state it goes back to when it is resumed."""
    resume_on: Mapped[date | None] = mapped_column(info=about(_("Resumes on"), edited=False, group=_HOW))
    open_to_volunteers: Mapped[bool] = mapped_column(
        default=False, info=about(_("Open to volunteers"), edited=False, group=_HOW)
    )
    escalated_at: Mapped[datetime | None] = mapped_column(info=about(_("Escalated at"), edited=False, group=_HOW))
    escalation: Mapped[str | None] = mapped_column(
        String(500), info=about(_("Why the subdistrict was called"), edited=False, group=_HOW)
    )
    street_answered_at: Mapped[datetime | None] = mapped_column(
        info=about(_("Subdistrict answered at"), edited=False, group=_HOW)
    )
    street_answer: Mapped[str | None] = mapped_column(
        String(500), info=about(_("Answer of the subdistrict"), edited=False, group=_HOW)
    )
    referred_body: Mapped[str | None] = mapped_column(
        String(80), info=about(_("Referred to"), edited=False, group=_HOW)
    )
    referred_phone: Mapped[str | None] = mapped_column(
        String(32), info=about(_("Phone of that body"), edited=False, check=checks.phone, group=_HOW)
    )
    done_text: Mapped[str | None] = mapped_column(
        String(1000), info=about(_("What was done"), edited=False, group=_RESULT)
    )
    done_on: Mapped[date | None] = mapped_column(
        info=about(_("Done on"), _("Empty: today."), edited=False, check=checks.not_future, group=_RESULT)
    )
    delivered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    delivered_by: Mapped[Account | None] = relationship(
        foreign_keys=[delivered_by_id], info=about(_("Delivered by"), edited=False, sheet=False, group=_RESULT)
    )
    delivered_at: Mapped[datetime | None] = mapped_column(
        info=about(_("Delivered at"), _("Since when the person has been able to answer."), edited=False, group=_RESULT)
    )
    outcome: Mapped[Outcome | None] = mapped_column(info=about(_("Outcome"), edited=False, group=_RESULT))
    satisfaction: Mapped[int | None] = mapped_column(
        info=about(
            _("Satisfaction"), _("1 to 5 points; 5 is very satisfied."), edited=False, check=checks.stars, group=_RESULT
        )
    )
    asked_how: Mapped[AskedHow | None] = mapped_column(info=about(_("Asked how"), edited=False, group=_RESULT))
    closed_at: Mapped[datetime | None] = mapped_column(info=about(_("Closed at"), edited=False, group=_RESULT))
    reject_reason: Mapped[str | None] = mapped_column(
        String(500), info=about(_("Why not accepted"), edited=False, group=_RESULT)
    )
    who_can_help: Mapped[str | None] = mapped_column(
        String(200), info=about(_("Who can help instead"), edited=False, group=_RESULT)
    )
    explanation: Mapped[str | None] = mapped_column(
        String(1000), info=about(_("Explanation"), _("The person who asked reads it."), edited=False, group=_RESULT)
    )
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    merged_into: Mapped["Need | None"] = relationship(
        remote_side="Need.id", info=about(_("Merged into"), edited=False, group=_RESULT)
    )
    reopened_count: Mapped[int] = mapped_column(default=0, info=about(_("Times reopened"), edited=False, group=_RESULT))
    paused_minutes: Mapped[int] = mapped_column(default=0, info=about(_("Minutes paused"), edited=False, group=_HOW))
    source_sheet: Mapped[str | None] = mapped_column(
        String(80), info=about(_("From the ledger"), edited=False, group=_RECORD)
    )
    live_orders: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many service orders for it are under way; kept by the list of orders."""
    sought: Mapped[str] = mapped_column(LongText, default="", server_default=literal_text("''"), deferred=True)

    def found_by(self) -> str:
        """Return what the need is found by: its own words as everybody may read them."""
        return seeking.tidied((self.title, self.text, self.code))

    @classmethod
    def ways(cls, text: str) -> Sequence[ColumnElement[bool]]:
        """A need is found by its own words, and by what its place is called."""
        return [cls.holding(text), cls.at_place(text)]

    @classmethod
    def showing(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the same needs, for rows that are looked into one by one."""
        return or_(super().showing(text), cls.at_place(text))

    @classmethod
    def at_place(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the needs whose place's name holds a text."""
        return cls.place_id.in_(select(Place.id).where(Place.name.icontains(text, autoescape=True)))

    merged_here: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many needs were merged into it."""
    is_guessed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the running clock is due in a year of which no holidays were known when that was reckoned."""
    segments: Mapped[list["Segment"]] = relationship(
        "Segment",
        primaryjoin="and_(Need.id == foreign(Segment.need_id), Need.community_id == foreign(Segment.community_id))",
        viewonly=True,
        order_by="Segment.id",
    )
    """With whom it has lain, the oldest first; the stretch that runs is not among them."""

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def as_said(self) -> str:
        """Return how a timeline names the need: by its number, for its words stay with who may read it."""
        return self.code

    @property
    def is_overdue(self) -> bool:
        """Tell whether an answer or the work is late."""
        return self.due_at is not None and self.due_at < clock.now()

    @property
    def is_due_soon(self) -> bool:
        """Tell whether an answer or the work is due within a day and not late yet."""
        return self.due_at is not None and clock.now() <= self.due_at <= clock.now() + SOON


@event.listens_for(Need.state, "set")
def _remember(need: Need, state: NeedState, before: Any, _initiator: Any) -> None:
    """From delivery on the resident's time to answer runs, by whatever door; what is on hold goes back where it was."""
    if state is NeedState.DELIVERED and before is not NeedState.DELIVERED:
        need.delivered_at = clock.now()
    if state is NeedState.ON_HOLD and isinstance(before, NeedState) and before is not state:
        need.held_from = before


def overdue() -> ColumnElement[bool]:
    """Return the SQL for the needs whose answer or work is late."""
    return Need.due_at < clock.now()


def due_soon() -> ColumnElement[bool]:
    """Return the SQL for the needs whose answer or work is due within a day."""
    moment = clock.now()
    return and_(Need.due_at >= moment, Need.due_at <= moment + SOON)

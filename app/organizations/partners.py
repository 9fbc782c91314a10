"""Community partners (社区合伙人, S0-05): organisations that pledge something to the community for a term."""

import enum
from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import checks, clock
from app.core.actor import Actor, Held
from app.core.fields import Labelled, Text, about
from app.core.flow import Ask, Flow, Move
from app.core.model import Recorded, RowSet, Scoped, Sought
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.organizations.choices import Grade
from app.organizations.rules import in_order
from app.parties.models import Party, PartyKind, chosen, is_bound
from app.roles import OFFICE, Role


@enum.unique
class PartnerOrigin(Labelled):
    """How a partnership began."""

    APPLIED = "applied", _("The partner applied")
    INVITED = "invited", _("The community invited it")


@enum.unique
class PartnerState(Labelled):
    """Where a partnership stands."""

    APPLIED = "applied", _("Partnership applied for"), "info", "inbox"
    INVITED = "invited", _("Invited as a partner"), "info", "send"
    REVIEWED = "reviewed", _("Approved as a partner"), "plan", "check-lg"
    SIGNED = "signed", _("Pledge signed"), "plan", "file-earmark-text"
    ACTIVE = "active", _("Partner in service"), "good", "play-circle"
    REVIEWED_YEARLY = "reviewed_yearly", _("Reviewed this year"), "good", "star"
    RENEWED = "renewed", _("Renewed for another term"), "calm", "arrow-repeat"
    ENDED = "ended", _("Partnership ended"), "calm", "slash-circle"


_APPLIED, _INVITED, _REVIEWED, _SIGNED, _ACTIVE, _YEARLY, _RENEWED, _ENDED = PartnerState
CURRENT: Final = (_SIGNED, _ACTIVE, _YEARLY)
"""In these somebody is a partner of the community."""
PROPOSED: Final = (_APPLIED, _INVITED)
OPEN: Final = (_APPLIED, _INVITED, _REVIEWED, *CURRENT)
"""In these a partnership stands or is about to; an organisation has one of them at a time."""
_REASON: Final = Ask("reason", label=_("Reason"))


def pledges_something(partner: Any, actor: Actor) -> Text | None:
    """Who is approved has said what is done for the community."""
    return None if partner.pledge else _("Write down the pledge first.")


def has_a_term(partner: Any, actor: Actor) -> Text | None:
    """What is signed says from when to when it holds, and that it is not over."""
    if partner.begins_on is None or partner.ends_on is None:
        return _("Write down the term first.")
    return _("The term is over already; change it first.") if partner.ends_on < clock.today() else None


def has_begun(partner: Any, actor: Actor) -> Text | None:
    """Nobody serves before the first day of the term."""
    if partner.begins_on is None or partner.begins_on <= clock.today():
        return None
    return _("The term begins on %(day)s.", day=partner.begins_on)


FLOW: Final = Flow(
    "state",
    (
        Move(
            "review",
            _("Approve"),
            PROPOSED,
            _REVIEWED,
            by=OFFICE,
            guards=(pledges_something,),
            tone="strong",
            help=_("Licence, reputation and pledge were looked at."),
        ),
        Move(
            "sign",
            _("Sign the pledge"),
            (_REVIEWED,),
            _SIGNED,
            by=(Role.SECRETARY,),
            asks=(Ask("signed_on", required=False),),
            guards=(has_a_term,),
            tone="strong",
            help=_("A certificate with a number is issued."),
        ),
        Move("begin", _("Begin to serve"), (_SIGNED,), _ACTIVE, by=OFFICE, guards=(has_begun,), tone="strong"),
        Move(
            "evaluate",
            _("Review the year"),
            (_ACTIVE,),
            _YEARLY,
            by=(Role.SECRETARY,),
            asks=(Ask("grade"), Ask("evaluated_on", required=False)),
        ),
        Move("carry_on", _("Carry on"), (_YEARLY,), _ACTIVE, by=(Role.SECRETARY,)),
        Move(
            "renew",
            _("Renew for another term"),
            (_YEARLY,),
            _RENEWED,
            by=(Role.SECRETARY,),
            tone="strong",
            help=_("The same pledge goes on as a new entry, to be signed."),
        ),
        Move(
            "end",
            _("End the partnership"),
            OPEN,
            _ENDED,
            by=(Role.PARTNER, *OFFICE),
            asks=(_REASON, Ask("ended_on", required=False)),
            tone="grave",
        ),
        Move("run_out", _("Let the term run out"), CURRENT, _ENDED, by_system=True),
        Move("remind", _("Remind of the end of the term"), CURRENT, by_system=True),
    ),
)


def own(partner: Any, actor: Actor, held: Held) -> Any:
    """The partnerships of the organisation a grant is bound to."""
    return is_bound(partner, "unit", held)


def term_in_order(partner: "Partner") -> dict[str, Text] | None:
    """A term ends after it begins."""
    days = [("begins_on", partner.begins_on), ("ends_on", partner.ends_on)]
    return in_order(days, _("The last day lies before the first."))


SIGNED_COLUMNS: Final = ("unit_id", "pledge", "receives", "begins_on", "ends_on")
_BEFORE: Final = (_APPLIED, _INVITED, _REVIEWED)


def signed_stays(partner: "Partner") -> dict[str, Text] | None:
    """What both sides have signed is changed by neither."""
    state: Any = sa_inspect(partner)
    if not state.persistent or partner.state in _BEFORE:
        return None
    changed = [name for name in SIGNED_COLUMNS if state.attrs[name].history.has_changes()]
    said = _("What was signed stays as it is; renew the partnership or end it.")
    return {name.removesuffix("_id"): said for name in changed} or None


_WHO, _WHAT, _TERM = _("The partner"), _("Pledge"), _("Term")


@keeps_timeline
class Partner(Recorded, Sought, Scoped, Model):
    """An organisation as a partner of the community: what it pledges, from when to when, and what became of it."""

    __tablename__ = "partner"
    __table_args__ = (
        Index("ix_partner_newest", "community_id", "archived_at", "id"),
        Index("ix_partner_unit", "community_id", "unit_id", "id"),
        Index("ix_partner_state", "community_id", "state", "ends_on", "id"),
        Index("ix_partner_ends", "community_id", "ends_on", "id"),
    )
    list_name = "partners"
    acts: ClassVar[dict[str, Text]] = {"invite": _("Invited")}
    sought_in = ("pledge",)
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"own": own}
    rules: ClassVar[tuple[RowRule, ...]] = (chosen("unit", PartyKind.ORGANIZATION), term_in_order, signed_stays)

    unit_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    unit: Mapped[Party] = relationship(
        foreign_keys=[unit_id],
        lazy="joined",
        info=about(_("Partner organisation"), _("An organisation of the list of units."), listed=True, group=_WHO),
    )
    origin: Mapped[PartnerOrigin] = mapped_column(
        default=PartnerOrigin.APPLIED, info=about(_("How it began"), listed=True, group=_WHO)
    )
    state: Mapped[PartnerState] = mapped_column(
        default=_APPLIED, info=about(_("State"), listed=True, edited=False, group=_WHO)
    )
    certificate: Mapped[str | None] = mapped_column(
        String(20), info=about(_("Certificate number"), edited=False, searched=True, group=_WHO)
    )
    pledge: Mapped[str | None] = mapped_column(
        String(500),
        info=about(
            _("Pledge"),
            _("What is done for residents, how often, at what price."),
            searched=True,
            group=_WHAT,
            width=40,
        ),
    )
    receives: Mapped[str | None] = mapped_column(
        String(300), info=about(_("What the community does for it"), _("Rooms, publicity, a plate."), group=_WHAT)
    )
    begins_on: Mapped[date | None] = mapped_column(info=about(_("From"), listed=True, group=_TERM))
    ends_on: Mapped[date | None] = mapped_column(
        info=about(_("Until"), _("The last day it holds."), listed=True, group=_TERM)
    )
    signed_on: Mapped[date | None] = mapped_column(
        info=about(_("Signed on"), _("Empty: today."), edited=False, check=checks.not_future, group=_TERM)
    )
    grade: Mapped[Grade | None] = mapped_column(info=about(_("Yearly review"), edited=False, group=_TERM))
    evaluated_on: Mapped[date | None] = mapped_column(
        info=about(_("Reviewed on"), _("Empty: today."), edited=False, check=checks.not_future, group=_TERM)
    )
    ended_on: Mapped[date | None] = mapped_column(
        info=about(_("Ended on"), _("Empty: today."), edited=False, check=checks.not_future, group=_TERM)
    )
    reminded_on: Mapped[date | None]
    """When partner and secretary were told that the term ends."""

    def __str__(self) -> str:
        return gettext("Partner %(name)s", name=self.unit)

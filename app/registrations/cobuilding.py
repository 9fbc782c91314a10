"""Co-building agreements (共建协议) of a unit and the community, link by link (六联, S4-13)."""

import enum
from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from app.core import checks
from app.core.actor import Actor, Held
from app.core.fields import Labelled, Text, about
from app.core.flow import Ask, Flow, Move
from app.core.model import Recorded, RowSet, Scoped, Sought
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.organizations.models import Organization
from app.organizations.rules import in_order
from app.parties.models import Party, PartyKind, chosen, is_bound
from app.roles import OFFICE, Role


@enum.unique
class AgreementState(Labelled):
    """Where an agreement stands."""

    DRAFT = "draft", _("To be signed"), "info", "inbox"
    SIGNED = "signed", _("In force"), "good", "check-circle"
    ENDED = "ended", _("Ended agreement"), "calm", "slash-circle"
    RENEWED = "renewed", _("Renewed by another"), "calm", "arrow-repeat"


_DRAFT, _SIGNED, _ENDED, _RENEWED = AgreementState

LINKS: Final = (
    "organisations_linked",
    "members_managed",
    "activities_run",
    "talents_raised",
    "resources_shared",
    "services_done",
)
"""The six links, by column."""


def says_something(agreement: Any, actor: Actor) -> Text | None:
    """What is signed names at least one item of one link, and how long it holds."""
    if not any(getattr(agreement, name) for name in LINKS):
        return _("Write down at least one item of one of the six links first.")
    if agreement.begins_on is None or agreement.ends_on is None:
        return _("Write down the term first.")
    return None


def unit_has_reported(agreement: Any, actor: Actor) -> Text | None:
    """The community signs with units it has received."""
    unit = agreement.reporting_unit()
    if unit is None or unit.received_on is None:
        return _("The community has not received the unit yet; it must report in first.")
    return None


FLOW: Final = Flow(
    "state",
    (
        Move(
            "sign",
            _("Sign the agreement"),
            (_DRAFT,),
            _SIGNED,
            by=(Role.SECRETARY,),
            asks=(Ask("signed_on", required=False),),
            guards=(says_something, unit_has_reported),
            tone="strong",
        ),
        Move("renew", _("Renew the agreement"), (_SIGNED, _ENDED), _RENEWED, by=OFFICE),
        Move(
            "finish",
            _("End the agreement"),
            (_SIGNED,),
            _ENDED,
            by=(Role.SECRETARY,),
            asks=(Ask("reason", label=_("Reason")),),
            tone="grave",
        ),
        Move("run_out", _("Let the term run out"), (_SIGNED,), _ENDED, by_system=True),
        Move("remind", _("Remind of the end of the term"), (_SIGNED,), by_system=True),
    ),
)


def own_unit(agreement: Any, actor: Actor, held: Held) -> Any:
    """The agreements of the unit a grant is bound to."""
    return is_bound(agreement, "unit", held)


def term_in_order(agreement: "Agreement") -> dict[str, Text] | None:
    """A term ends after it begins."""
    days = [("begins_on", agreement.begins_on), ("ends_on", agreement.ends_on)]
    return in_order(days, _("The last day lies before the first."))


_WITH, _LINKS, _TERM = _("Parties to the agreement"), _("The six links"), _("Term")


def _link(label: Text, help_: Text) -> Any:
    return mapped_column(String(500), info=about(label, help_, group=_LINKS))


@keeps_timeline
class Agreement(Recorded, Sought, Scoped, Model):
    """What a unit and the community do together, and until when."""

    __tablename__ = "agreement"
    __table_args__ = (
        Index("ix_agreement_newest", "community_id", "archived_at", "id"),
        Index("ix_agreement_unit", "community_id", "unit_id", "id"),
        Index("ix_agreement_state", "community_id", "state", "ends_on", "id"),
        Index("ix_agreement_ends", "community_id", "ends_on", "id"),
    )
    list_name = "agreements"
    sought_in = ("title",)
    option_order: ClassVar[tuple[Any, ...]] = ()
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"own unit": own_unit}
    rules: ClassVar[tuple[RowRule, ...]] = (chosen("unit", PartyKind.ORGANIZATION), term_in_order)

    title: Mapped[str] = mapped_column(
        String(80), info=about(_("Agreement"), _("For example 2026年度党建共建协议."), searched=True, group=_WITH)
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    unit: Mapped[Party] = relationship(
        foreign_keys=[unit_id], info=about(_("Unit of the agreement"), _("A unit that has reported in."), group=_WITH)
    )
    state: Mapped[AgreementState] = mapped_column(default=_DRAFT, info=about(_("State"), edited=False, group=_WITH))
    organisations_linked: Mapped[str | None] = _link(
        _("Organisations linked"), _("Party lessons, theme days and meetings held together.")
    )
    members_managed: Mapped[str | None] = _link(
        _("Members looked after together"), _("Members who report in, their posts and feedback.")
    )
    activities_run: Mapped[str | None] = _link(_("Activities run together"), _("Festivals, lectures, clinics."))
    talents_raised: Mapped[str | None] = _link(_("Talents raised together"), _("Training, tutors, internships."))
    resources_shared: Mapped[str | None] = _link(_("Resources shared"), _("Rooms, vehicles, equipment, funds."))
    services_done: Mapped[str | None] = _link(
        _("Services done together"), _("What residents get of it, and how often.")
    )
    signed_on: Mapped[date | None] = mapped_column(
        info=about(_("Signed on"), _("Empty: today."), edited=False, check=checks.not_future, group=_TERM)
    )
    begins_on: Mapped[date | None] = mapped_column(info=about(_("From"), group=_TERM))
    ends_on: Mapped[date | None] = mapped_column(info=about(_("Until"), _("The last day it holds."), group=_TERM))
    reminded_on: Mapped[date | None]
    """When the unit was told that the term ends."""

    def __str__(self) -> str:
        return self.title

    def reporting_unit(self) -> Organization | None:
        """Return the own row of the unit, if there is one the actor sees."""
        session = object_session(self)
        return session.get(Organization, self.unit_id) if session is not None and self.unit_id is not None else None


Agreement.option_order = (Agreement.title, Agreement.id)

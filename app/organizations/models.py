"""Organisations and teams: who the community works with."""

from datetime import date
from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.communities.models import Place, all_rows
from app.core import checks, masking, normal
from app.core.fields import about
from app.core.flow import Flow
from app.core.model import Recorded, RowSet, Sought
from app.core.rules import RowRule
from app.core.sealing import BLIND, Sealed
from app.core.timeline import keeps_timeline
from app.organizations.choices import Grade, TeamKind, UnitKind, UnitState
from app.organizations.flow import FLOW
from app.organizations.rules import credit_code, name_is_free, registration_in_order
from app.parties.models import Partied, Party, PartyKind, bound, chosen

_WHO, _DUAL = _("Contact"), _("Dual registration")


@keeps_timeline
class Organization(Partied, Recorded, Sought, Model):
    """An organisation that works with the community: a unit reporting in (S2-21), a company, an association."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("community_id", "credit_code"),
        Index("ix_organization_newest", "community_id", "archived_at", "id"),
        Index("ix_organization_name", "community_id", "name", "id"),
        Index("ix_organization_kind", "community_id", "kind", "id"),
        Index("ix_organization_contact_phone", "community_id", "contact_phone_index"),
        Index("ix_organization_state", "community_id", "state", "id"),
    )
    list_name = "units"
    sought_in = ("name", "party_org")
    party_kind = PartyKind.ORGANIZATION
    option_order: ClassVar[tuple[Any, ...]] = ()
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"own unit": bound}
    rules: ClassVar[tuple[RowRule, ...]] = (name_is_free, registration_in_order)

    name: Mapped[str] = mapped_column(String(80), info=about(_("Name"), listed=True, searched=True))
    kind: Mapped[UnitKind] = mapped_column(info=about(_("Kind"), listed=True))
    credit_code: Mapped[str | None] = mapped_column(
        String(18),
        info=about(_("Credit code"), _("18 digits and capital letters, as on the licence."), check=credit_code),
    )
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(info=about(_("Place"), _("Where it is, if it lies in the community.")))
    member_count: Mapped[int | None] = mapped_column(
        info=about(_("Party members"), _("How many members report in with it."), check=checks.not_negative)
    )
    head_name: Mapped[str | None] = mapped_column(String(40), info=about(_("Head"), mask=masking.name, group=_WHO))
    contact_name: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Contact person"), listed=True, mask=masking.name, group=_WHO)
    )
    contact_phone: Mapped[str | None] = mapped_column(
        Sealed(32, found_by=normal.phone),
        info=about(_("Contact phone"), listed=True, mask=masking.phone, check=checks.phone, group=_WHO),
    )
    contact_phone_index: Mapped[str | None] = mapped_column(BLIND)
    party_org: Mapped[str | None] = mapped_column(
        String(80),
        info=about(
            _("Its party organisation"),
            _("As its seal reads, for example 区财政局机关党支部."),
            searched=True,
            group=_DUAL,
        ),
    )
    state: Mapped[UnitState | None] = mapped_column(
        info=about(_("State"), _("Only of units that report in."), listed=True, edited=False, group=_DUAL)
    )
    reported_on: Mapped[date | None] = mapped_column(
        info=about(_("Reported in on"), _("Empty: today."), edited=False, check=checks.not_future, group=_DUAL)
    )
    receipt: Mapped[str | None] = mapped_column(String(20), info=about(_("Receipt number"), edited=False, group=_DUAL))
    received_on: Mapped[date | None] = mapped_column(
        info=about(_("Received on"), _("Empty: today."), edited=False, check=checks.not_future, group=_DUAL)
    )
    grade: Mapped[Grade | None] = mapped_column(info=about(_("Yearly evaluation"), edited=False, group=_DUAL))
    votes_excellent: Mapped[int | None] = mapped_column(
        info=about(_("Votes: excellent"), edited=False, check=checks.not_negative, group=_DUAL, width=8)
    )
    votes_qualified: Mapped[int | None] = mapped_column(
        info=about(_("Votes: qualified"), edited=False, check=checks.not_negative, group=_DUAL, width=8)
    )
    votes_fair: Mapped[int | None] = mapped_column(
        info=about(_("Votes: fair"), edited=False, check=checks.not_negative, group=_DUAL, width=8)
    )
    evaluated_on: Mapped[date | None] = mapped_column(
        info=about(_("Evaluated on"), _("Empty: today."), edited=False, check=checks.not_future, group=_DUAL)
    )
    ended_on: Mapped[date | None] = mapped_column(
        info=about(_("Ended on"), _("Empty: today."), edited=False, check=checks.not_future, group=_DUAL)
    )
    lapse_asked_on: Mapped[date | None] = mapped_column(
        info=about(
            _("Nothing done, asked on"),
            _("For a year nothing has happened; the secretary keeps the registration or lets it lapse."),
            edited=False,
            group=_DUAL,
        )
    )
    kept_on: Mapped[date | None]
    """When the secretary last kept a registration that was idle."""

    def __str__(self) -> str:
        return self.name

    @validates("credit_code")
    def _capitals(self, key: str, value: str | None) -> str | None:
        return (value or "").strip().upper() or None


Organization.option_order = (Organization.name, Organization.id)


class Team(Partied, Recorded, Sought, Model):
    """A team that serves the community: volunteers of one kind, a micro team (微团队), a club."""

    __tablename__ = "team"
    __table_args__ = (
        Index("ix_team_newest", "community_id", "archived_at", "id"),
        Index("ix_team_name", "community_id", "name", "id"),
        Index("ix_team_organization", "community_id", "organization_id"),
    )
    list_name = "teams"
    guarded_by = "volunteers"
    party_kind = PartyKind.TEAM
    option_order: ClassVar[tuple[Any, ...]] = ()
    row_sets: ClassVar[dict[str, RowSet]] = {"names": all_rows, "self": bound}
    rules: ClassVar[tuple[RowRule, ...]] = (
        name_is_free,
        chosen("leader", PartyKind.PERSON),
        chosen("organization", PartyKind.ORGANIZATION),
    )

    name: Mapped[str] = mapped_column(String(60), info=about(_("Name"), listed=True, searched=True))
    kind: Mapped[TeamKind] = mapped_column(info=about(_("Kind"), listed=True))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    leader: Mapped[Party | None] = relationship(
        foreign_keys=[leader_id], info=about(_("Leader"), _("A person of the list of people."), listed=True)
    )
    speciality: Mapped[str | None] = mapped_column(
        String(120), info=about(_("Speciality"), _("What it does best."), listed=True, searched=True)
    )
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    organization: Mapped[Party | None] = relationship(
        foreign_keys=[organization_id], info=about(_("Belongs to the unit"), _("If a unit stands behind it."))
    )

    def __str__(self) -> str:
        return self.name


Team.option_order = (Team.name, Team.id)

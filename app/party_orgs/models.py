"""Party organisations (党组织) and who belongs to them."""

from datetime import date
from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Column, ForeignKey, Index, String, Table, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.communities.models import Place
from app.core import checks, clock, reads
from app.core.actor import Actor, Held
from app.core.fields import about
from app.core.model import Recorded, RowSet, Scoped, Sought
from app.core.rules import RowRule
from app.parties.models import Party, PartyKind, chosen
from app.party_orgs.choices import PartyOrgKind
from app.party_orgs.rules import (
    belongs_to_one,
    days_in_order,
    is_a_member,
    lies_in_an_upper_one,
    name_is_free,
    organization_is_there,
)
from app.people.models import Person

party_org_place = Table(
    "party_org_place",
    Model.metadata,
    Column("party_org_id", ForeignKey("party_org.id"), primary_key=True),
    Column("place_id", ForeignKey("place.id"), primary_key=True),
    Index("ix_party_org_place_place", "place_id", "party_org_id"),
)


class PartyOrg(Recorded, Sought, Scoped, Model):
    """A party organisation of the community in its tree, bound to places: 党委–党总支–党支部–党小组 (S3-15, S2-16)."""

    __tablename__ = "party_org"
    __table_args__ = (
        Index("ix_party_org_newest", "community_id", "archived_at", "id"),
        Index("ix_party_org_name", "community_id", "name", "id"),
        Index("ix_party_org_parent", "community_id", "parent_id"),
    )
    list_name = "party_orgs"
    guarded_by = "posts"
    open_to_members = True
    option_order: ClassVar[tuple[Any, ...]] = ()
    rules: ClassVar[tuple[RowRule, ...]] = (
        name_is_free,
        lies_in_an_upper_one,
        chosen("secretary", PartyKind.PERSON),
    )

    name: Mapped[str] = mapped_column(String(60), info=about(_("Party organisation"), searched=True))
    kind: Mapped[PartyOrgKind] = mapped_column(info=about(_("Kind")))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("party_org.id"))
    parent: Mapped["PartyOrg | None"] = relationship(
        remote_side="PartyOrg.id",
        lazy="joined",
        join_depth=1,
        info=about(_("Organisation above"), _("The organisation above it; empty: the uppermost here.")),
    )
    places: Mapped[list[Place]] = relationship(
        secondary=party_org_place,
        order_by=Place.path,
        info=about(_("Places"), _("The grids, buildings or compounds it is for.")),
    )
    secretary_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    secretary: Mapped[Party | None] = relationship(
        foreign_keys=[secretary_id],
        info=about(_("Its secretary"), _("Of a group its leader; from the list of people.")),
    )
    founded_on: Mapped[date | None] = mapped_column(info=about(_("Founded on"), check=checks.not_future))
    phone: Mapped[str | None] = mapped_column(
        String(32), info=about(_("Office phone"), _("Everybody sees it."), check=checks.phone)
    )

    def __str__(self) -> str:
        return self.name


PartyOrg.option_order = (PartyOrg.name, PartyOrg.id)


def oneself(row: Any, actor: Actor, held: Held) -> Any:
    """What is kept of the person who acts."""
    own = select(Person.id).where(Person.account_id == (actor.user_id or 0))
    if isinstance(row, type):
        model: Any = row
        return model.person_id.in_(own)
    return row.person is not None and row.person.account_id == actor.user_id


class PartyMember(Recorded, Scoped, Model):
    """That somebody belongs to a party organisation, from a day to a day (S2-16).

    It says of a person what `political` says, so it is read and written by who reads and writes that person; everybody
    else sees counts.
    """

    __tablename__ = "party_member"
    __table_args__ = (
        Index("ix_party_member_newest", "community_id", "archived_at", "id"),
        Index("ix_party_member_org", "community_id", "org_id", "until"),
        Index("ix_party_member_person", "community_id", "person_id"),
    )
    list_name = "party_members"
    guarded_by = "people"
    row_sets: ClassVar[dict[str, RowSet]] = {"self": oneself}
    rules: ClassVar[tuple[RowRule, ...]] = (is_a_member, days_in_order, organization_is_there, belongs_to_one)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship(
        lazy="joined", info=about(_("Member"), _("Whose record says party member, or probationary member."))
    )
    org_id: Mapped[int] = mapped_column(ForeignKey("party_org.id"))
    org: Mapped[PartyOrg] = relationship(lazy="joined", info=about(_("Party organisation")))
    since: Mapped[date] = mapped_column(default=clock.today, info=about(_("From")))
    until: Mapped[date | None] = mapped_column(info=about(_("Until"), _("The last day; empty: still a member.")))

    def __str__(self) -> str:
        return gettext("%(name)s in %(org)s", name=self.person, org=self.org)

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the members among the people it reaches."""
        whole = super().within(held)
        if held.place_path is None:
            return whole
        return and_(whole, reads.is_among(cls, "person_id", Person, Person.within(held)))

    def is_within(self, held: Held) -> bool:
        """Tell whether the grant reaches this row."""
        reached = held.place_path is None or (self.person is not None and self.person.is_within(held))
        return reached and super().is_within(held)

    @classmethod
    def current(cls) -> ColumnElement[bool]:
        """Return the SQL for who belongs to an organisation today."""
        today = clock.today()
        return and_(cls.archived_at.is_(None), cls.since <= today, or_(cls.until.is_(None), cls.until >= today))

"""The entry of one person in one group, and who may see it."""

from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String, and_, cast, column, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.core import checks, clock, masking
from app.core.actor import Actor, Held
from app.core.fields import about
from app.core.model import Recorded, RowSet, Scoped
from app.core.rules import RowRule
from app.core.sealing import Sealed
from app.extensions import db
from app.parties.models import Party, PartyKind, chosen
from app.people.models import Person
from app.vulnerabilities.choices import Group, Level
from app.vulnerabilities.rules import carer_works_here, dates_in_order, end_is_explained, group_is_new

_WHO, _CARE, _END = _("Who and why"), _("Care"), _("End")
_IN_USE: Final = and_(column("archived_at").is_(None), column("ended_on").is_(None))


def assigned(row: Any, actor: Actor, held: Held) -> Any:
    """The entries of the people the actor looks after."""
    return row.in_charge_id == (actor.user_id or 0)


class Vulnerability(Recorded, Scoped, Model):
    """That somebody belongs to a group that needs attention (S3-08). It is part of the file of the person."""

    __tablename__ = "vulnerability"
    __table_args__ = (
        Index("ix_vulnerability_newest", "community_id", "archived_at", "id"),
        Index("ix_vulnerability_group", "community_id", "category", "id"),
        Index("ix_vulnerability_check", "community_id", "ended_on", "next_check", "id"),
        Index("ix_vulnerability_in_charge", "community_id", "in_charge_id", "id"),
        Index(
            "ix_vulnerability_category_once",
            *("community_id", "person_id", "category"),
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
    )
    list_name = "vulnerabilities"
    archivable = False
    personal: ClassVar[frozenset[str]] = frozenset({"person", "category", "level"})
    row_sets: ClassVar[dict[str, RowSet]] = {"if assigned": assigned, "assigned only": assigned}
    rules: ClassVar[tuple[RowRule, ...]] = (
        chosen("person", PartyKind.PERSON),
        group_is_new,
        carer_works_here,
        dates_in_order,
        end_is_explained,
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    person: Mapped[Party] = relationship(
        lazy="joined", info=about(_("Person"), _("A person of the list of people."), listed=True, group=_WHO)
    )
    category: Mapped[Group] = mapped_column(
        info=about(_("Group"), _("One entry for each group a person is in."), listed=True, group=_WHO)
    )
    level: Mapped[Level | None] = mapped_column(
        info=about(_("Level"), _("How much attention it takes."), listed=True, group=_WHO)
    )
    situation: Mapped[str | None] = mapped_column(
        Sealed(500),
        info=about(_("Situation"), _("Only what a visit needs to know."), mask=masking.hidden, group=_WHO),
    )
    in_charge_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    in_charge: Mapped[Account | None] = relationship(
        foreign_keys=[in_charge_id],
        info=about(_("Looked after by"), _("Who visits; he or she may read the entry."), listed=True, group=_CARE),
    )
    checked_on: Mapped[date | None] = mapped_column(
        info=about(_("Last checked on"), check=checks.not_future, listed=True, group=_CARE)
    )
    next_check: Mapped[date | None] = mapped_column(info=about(_("Next check"), listed=True, group=_CARE))
    measures: Mapped[str | None] = mapped_column(
        String(500), info=about(_("Measures"), _("What helps."), mask=masking.hidden, group=_CARE)
    )
    ended_on: Mapped[date | None] = mapped_column(
        info=about(_("Left the group on"), _("Since when it no longer holds."), check=checks.not_future, group=_END)
    )
    end_reason: Mapped[str | None] = mapped_column(String(200), info=about(_("Why it ended"), group=_END))

    @hybrid_property
    def counted_as(self) -> int:
        """What totals over communities count once; see `app.people.tying`."""
        return self.person_id

    @counted_as.inplace.expression
    @classmethod
    def _counted_as(cls) -> ColumnElement[str]:
        token = select(Person.same_as).where(Person.id == cls.person_id).scalar_subquery()
        return func.coalesce(token, cast(cls.person_id, String))

    def __str__(self) -> str:
        return f"{self.person} · {self.category}"

    @property
    def is_overdue(self) -> bool:
        """Tell whether somebody should have looked by now."""
        return self.ended_on is None and self.next_check is not None and self.next_check < clock.today()

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the entries of the people it reaches: where it names a place, of those who live there."""
        whole = super().within(held)
        if held.place_path is None:
            return whole
        people = Person.__table__
        lives_there = select(people.c.id).where(people.c.id == cls.person_id, Person.within(held)).correlate(cls)
        return and_(whole, lives_there.exists())

    def is_within(self, held: Held) -> bool:
        """Tell whether the grant reaches the person."""
        if not super().is_within(held) or held.place_path is None:
            return super().is_within(held)
        return _lives_within(self.person_id, held)


def _lives_within(person_id: int, held: Held) -> bool:
    people = Person.__table__
    found = select(people.c.id).where(people.c.id == person_id, Person.within(held))
    return db.session.scalar(found) is not None

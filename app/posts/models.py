"""The post: who has which duty, where, from when to when."""

from datetime import date, datetime
from typing import ClassVar, Final

from flask_appbuilder import Model
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Column, ForeignKey, Index, String, Table, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Grant
from app.communities.models import Place
from app.core import checks, clock
from app.core.fields import Text, about
from app.core.model import Recorded, Scoped, Sought
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.parties.models import Party, PartyKind, chosen
from app.posts.choices import PostDuty
from app.posts.rules import days_in_order, is_held_once, is_somewhere, names_company, places_are_there, role_fits

post_place: Final = Table(
    "post_place",
    Model.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("place_id", ForeignKey("place.id"), primary_key=True),
    Index("ix_post_place_place", "place_id", "post_id"),
)
post_grant: Final = Table(
    "post_grant",
    Model.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("grant_id", ForeignKey("account_grant.id"), primary_key=True),
)

_WHO, _WHERE, _WHEN = _("Who and what for"), _("For which places"), _("From when to when")


@keeps_timeline
class Post(Recorded, Sought, Scoped, Model):
    """A duty somebody has for places of the community, from a day to a day (S2-11, S2-14, S2-20, S2-23, S4-01).

    One person may have several posts and one post several places. Who does the community's work is no secret in it:
    everybody of the community reads who has which post.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_newest", "community_id", "archived_at", "id"),
        Index("ix_post_duty", "community_id", "duty", "until"),
        Index("ix_post_person", "community_id", "person_id", "duty"),
    )
    list_name = "posts"
    sought_in = ("scope", "company")
    acts: ClassVar[dict[str, Text]] = {"register": _("Appointed"), "end": _("Post ended")}
    rules: ClassVar[tuple[RowRule, ...]] = (
        chosen("person", PartyKind.PERSON),
        is_somewhere,
        names_company,
        days_in_order,
        places_are_there,
        is_held_once,
        role_fits,
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    person: Mapped[Party] = relationship(
        lazy="joined",
        info=about(
            _("Person"), _("A person of the list of people; everybody of the community reads the name."), group=_WHO
        ),
    )
    duty: Mapped[PostDuty] = mapped_column(info=about(_("Duty"), group=_WHO))
    company: Mapped[str | None] = mapped_column(
        String(80),
        info=about(_("Company"), _("Whom a part-time worker works for."), searched=True, group=_WHO),
    )
    places: Mapped[list[Place]] = relationship(
        secondary=post_place,
        order_by=Place.path,
        info=about(
            _("Places"),
            _("One or several; for mediators, delegates and people of the office empty: the whole community."),
            group=_WHERE,
        ),
    )
    scope: Mapped[str | None] = mapped_column(
        String(120), info=about(_("Part of it"), _("For example 1–3单元."), searched=True, group=_WHERE)
    )
    households: Mapped[int | None] = mapped_column(
        info=about(_("Households"), _("Empty: those of the places together."), check=checks.not_negative, group=_WHERE)
    )
    since: Mapped[date] = mapped_column(default=clock.today, info=about(_("From"), group=_WHEN))
    until: Mapped[date | None] = mapped_column(
        info=about(_("Until"), _("The last day; empty: until it is ended."), group=_WHEN)
    )
    gives_role: Mapped[bool] = mapped_column(
        default=False,
        info=about(
            _("Gives the role"),
            _("Heads and workers of grids who sign in: the role for these places, as long as the post lasts."),
            group=_WHEN,
        ),
    )
    from_ledger: ClassVar[bool] = False
    """Whether the row is just being taken over from a ledger; set on the row itself."""
    ended_at: Mapped[datetime | None]
    """When it was ended on or after its last day; the rest of that day is then no longer part of it."""
    grants: Mapped[list[Grant]] = relationship(secondary=post_grant, order_by=Grant.id)

    def __str__(self) -> str:
        return gettext("%(duty)s %(name)s", duty=self.duty.label, name=self.person) if self.duty else str(self.person)

    @classmethod
    def in_force(cls, day: date | None = None) -> ColumnElement[bool]:
        """Return the SQL for the posts held on a day, today unless said otherwise."""
        day = day or clock.today()
        last_day = cls.until == day
        if day == clock.today():
            last_day = and_(last_day, cls.ended_at.is_(None))
        return and_(cls.archived_at.is_(None), cls.since <= day, or_(cls.until.is_(None), cls.until > day, last_day))

    def is_in_force(self) -> bool:
        """Tell whether the post is held today."""
        return self.archived_at is None and self.since <= clock.today() and not self.is_over()

    def is_over(self) -> bool:
        """Tell whether the post has ended."""
        today = clock.today()
        return self.until is not None and (self.until < today or (self.until == today and self.ended_at is not None))

    @classmethod
    def holding(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the posts found by a text: by the name of who holds them, the part, the company."""
        named = select(Party.id).where(Party.holding(text))
        found: ColumnElement[bool] = or_(super().holding(text), cls.person_id.in_(named))
        return found

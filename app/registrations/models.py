"""Members who report in to the community (双报到, S2-21), and the service posts they claim."""

from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from app.communities.models import Community, Place
from app.communities.rules import place_in_use
from app.core import checks
from app.core.actor import Actor, Held, acting, system
from app.core.fields import Text, WordedType, about
from app.core.flow import Flow
from app.core.model import Recorded, RowSet, Scoped, Sought
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.organizations.choices import Grade
from app.organizations.rules import in_order
from app.parties.models import Party, PartyKind, chosen, is_bound
from app.people.models import Person
from app.registrations.choices import LEFT, MemberState, PostKind, PostState, SecondState
from app.registrations.flow import FLOW, POST_FLOW
from app.registrations.kinds import PostKinds

_WHAT, _HOW, _WHO, _STANDS = (
    _("What is done"),
    _("Where and how long"),
    _("The member"),
    _("How it stands"),
)


def term_in_order(post: "ServicePost") -> dict[str, Text] | None:
    """A term does not end before it begins."""
    days = [("begins_on", post.begins_on), ("ends_on", post.ends_on)]
    return in_order(days, _("The last day lies before the first."))


def seats_suffice(post: "ServicePost") -> dict[str, Text] | None:
    """There are no fewer seats than members who hold one."""
    if post.taken is None or post.wanted is None or post.wanted >= post.taken:
        return None
    return {"wanted": _("%(taken)s members hold the post already.", taken=post.taken)}


@keeps_timeline
class ServicePost(Recorded, Sought, Scoped, Model):
    """A service post (服务岗位) that members claim; everybody who has to do with members sees it."""

    __tablename__ = "service_post"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= wanted", name="taken"),
        Index("ix_service_post_newest", "community_id", "archived_at", "id"),
        Index("ix_service_post_title", "community_id", "title", "id"),
        Index("ix_service_post_kind", "community_id", "kind", "id"),
        Index("ix_service_post_state", "community_id", "state", "id"),
    )
    list_name = "service_posts"
    sought_in = ("title",)
    option_order: ClassVar[tuple[Any, ...]] = ()
    flow: ClassVar[Flow] = POST_FLOW
    rules: ClassVar[tuple[RowRule, ...]] = (term_in_order, seats_suffice, place_in_use)

    title: Mapped[str] = mapped_column(
        String(60), info=about(_("Post"), _("For example 楼道安全巡逻岗."), searched=True, group=_WHAT)
    )
    kind: Mapped[PostKind] = mapped_column(info=about(_("Kind"), group=_WHAT))
    state: Mapped[PostState] = mapped_column(default=PostState.DRAFT, info=about(_("State"), edited=False, group=_WHAT))
    duties: Mapped[str | None] = mapped_column(
        String(500), info=about(_("Duties"), _("What is to be done, and how often."), searched=True, group=_WHAT)
    )
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(info=about(_("Place"), _("Empty: the whole community."), group=_HOW))
    wanted: Mapped[int] = mapped_column(
        default=1, info=about(_("Members wanted"), check=checks.positive, group=_HOW, width=8)
    )
    taken: Mapped[int] = mapped_column(default=0, info=about(_("Members found"), edited=False, group=_HOW, width=8))
    begins_on: Mapped[date | None] = mapped_column(info=about(_("From"), group=_HOW))
    ends_on: Mapped[date | None] = mapped_column(info=about(_("Until"), _("Empty: for good."), group=_HOW))

    def __str__(self) -> str:
        return self.title


ServicePost.option_order = (ServicePost.title, ServicePost.id)


def own_unit(member: Any, actor: Actor, held: Held) -> Any:
    """The members of the unit a grant is bound to."""
    return is_bound(member, "unit", held)


def oneself(member: Any, actor: Actor, held: Held) -> Any:
    """The registration of the person a grant is bound to."""
    return is_bound(member, "person", held)


def days_in_order(member: "Member") -> dict[str, Text] | None:
    """Somebody joins the party, then reports in, then leaves."""
    joined = [("party_joined_on", member.party_joined_on), ("reported_on", member.reported_on)]
    left = [("reported_on", member.reported_on), ("left_on", member.left_on)]
    return in_order(joined, _("This cannot lie before the day on which the member joined the party.")) or in_order(
        left, _("This cannot lie before the day on which the member reported in.")
    )


def stays_the_same_person(member: "Member") -> dict[str, Text] | None:
    """A registration is that of one person for good; another person registers anew."""
    state: Any = sa_inspect(member)
    history = state.attrs.person_id.history
    if not state.persistent or not history.deleted or history.deleted == history.added:
        return None
    return {"person": _("A registration stays that of the same person; register the other one.")}


@keeps_timeline
class Member(Recorded, Scoped, Model):
    """An in-service party member who reports in to the community of the own home, once; again on the same row."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("community_id", "person_id"),
        Index("ix_member_newest", "community_id", "archived_at", "id"),
        Index("ix_member_unit", "community_id", "unit_id", "id"),
        Index("ix_member_state", "community_id", "state", "id"),
        Index("ix_member_reported", "community_id", "reported_on", "id"),
        Index("ix_member_post", "community_id", "post_id", "id"),
        Index("ix_member_second", "community_id", "second", "id"),
    )
    list_name = "members"
    personal: ClassVar[frozenset[str]] = frozenset({"party_joined_on", "skills", "service_posts"})
    acts: ClassVar[dict[str, Text]] = {
        "by_poster": _("Reported in by the QR code"),
        "by_poster_again": _("Reported in by the QR code once more"),
    }
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"own unit": own_unit, "self": oneself}
    rules: ClassVar[tuple[RowRule, ...]] = (
        chosen("person", PartyKind.PERSON),
        chosen("unit", PartyKind.ORGANIZATION),
        stays_the_same_person,
        days_in_order,
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    person: Mapped[Party] = relationship(
        foreign_keys=[person_id],
        lazy="joined",
        info=about(_("Member"), _("A person of the list of people."), listed=True, group=_WHO),
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    unit: Mapped[Party] = relationship(
        foreign_keys=[unit_id],
        info=about(_("Unit"), _("Where the member works and pays party dues."), listed=True, group=_WHO),
    )
    party_joined_on: Mapped[date | None] = mapped_column(
        info=about(_("Joined the party on"), check=checks.not_future, group=_WHO)
    )
    reported_on: Mapped[date | None] = mapped_column(
        info=about(_("Reported in on"), _("Empty: today."), listed=True, check=checks.not_future, group=_WHO)
    )
    service_posts: Mapped[PostKinds | None] = mapped_column(
        WordedType(PostKinds),
        info=about(
            _("Posts wished for"),
            _("In words, for example 法律援助、健康医疗; what is none of the eight kinds counts as other."),
            listed=True,
            group=_WHO,
        ),
    )
    skills: Mapped[str | None] = mapped_column(
        String(120), info=about(_("Skills"), _("What the member does best."), searched=True, group=_WHO)
    )
    state: Mapped[MemberState] = mapped_column(
        default=MemberState.REPORTED_IN, info=about(_("State"), listed=True, edited=False, group=_STANDS)
    )
    post_id: Mapped[int | None] = mapped_column(ForeignKey("service_post.id"))
    post: Mapped[ServicePost | None] = relationship(
        foreign_keys=[post_id], info=about(_("Service post"), listed=True, edited=False, group=_STANDS)
    )
    receipt: Mapped[str | None] = mapped_column(
        String(20), info=about(_("Receipt number"), edited=False, searched=True, group=_STANDS)
    )
    received_on: Mapped[date | None] = mapped_column(info=about(_("Received on"), edited=False, group=_STANDS))
    grade: Mapped[Grade | None] = mapped_column(info=about(_("Yearly evaluation"), edited=False, group=_STANDS))
    evaluated_on: Mapped[date | None] = mapped_column(
        info=about(_("Evaluated on"), _("Empty: today."), edited=False, check=checks.not_future, group=_STANDS)
    )
    left_on: Mapped[date | None] = mapped_column(
        info=about(_("Left on"), _("Empty: today."), edited=False, check=checks.not_future, group=_STANDS)
    )
    lapse_asked_on: Mapped[date | None] = mapped_column(
        info=about(
            _("Nothing done, asked on"),
            _("For a year nothing has happened; the secretary keeps the registration or lets the member leave."),
            edited=False,
            group=_STANDS,
        )
    )
    kept_on: Mapped[date | None]
    """When the secretary last kept a registration that was idle."""
    second: Mapped[SecondState | None]
    """Whether the secretary here agrees that the member is registered in another community too; None: nobody asks."""
    other_community: Mapped[str | None] = mapped_column(String(60))
    """The name of that community, for the secretary who is asked."""

    freed: ClassVar[Any] = None
    """The post whose seat becomes free, while the move is being made."""

    def __str__(self) -> str:
        return str(self.person)

    def elsewhere(self) -> "list[Member]":
        """Return the registrations of the same person, by the number of the document, in other communities.

        Nobody is told of them; only that there are some.
        """
        session = object_session(self)
        if session is None or self.person_id is None:
            return []
        with acting(system("registrations")), session.no_autoflush:
            person = session.get(Person, self.person_id)
            if person is None or not person.id_number_index:
                return []
            return list(session.scalars(_registrations_of(person)))


def _registrations_of(person: Person) -> Any:
    """Return the query; it names the communities, so that the index of each is used."""
    other = select(Community.id).where(Community.id != person.community_id)
    same = (Person.community_id == Member.community_id) & (Person.id == Member.person_id)
    found = select(Member).join(Person, same)
    return found.where(
        Person.community_id.in_(other),
        Person.id_number_index == person.id_number_index,
        Person.id_type == person.id_type,
        Member.archived_at.is_(None),
        Member.state.not_in(LEFT),
    )


HOLDING: Final = (MemberState.POST_CLAIMED, MemberState.ACTIVE, MemberState.EVALUATED)
"""Members in one of these hold the seat of their post."""

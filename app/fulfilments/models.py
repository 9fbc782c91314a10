"""The order (单): who was asked to answer a need, what was taken on, and what came of it."""

from datetime import date, datetime
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, and_, or_, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.communities.models import Place, Placed, all_rows
from app.communities.rules import points_anew
from app.core import checks, clock
from app.core.actor import Actor, Held, acting, system
from app.core.fields import Text, about
from app.core.flow import Flow
from app.core.model import Recorded, RowSet
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.flow import FLOW
from app.needs.models import Need
from app.organizations.models import Team
from app.parties.models import Party, PartyKind, is_bound
from app.people.models import Person
from app.projects.models import ServiceProject
from app.projects.service import offerable
from app.resources.models import Resource
from app.volunteers.service import out_of_service

USUAL_MINUTES: Final = 60
"""How long an appointment takes unless somebody says otherwise."""
LONGEST: Final = 24 * 60

FIGURES: Final = ("quantity_delivered", "person_times", "persons", "households", "cost", "delivered_on")
"""What a report counts of an order."""


def own(order: Any, actor: Actor, held: Held) -> Any:
    """The orders of the party the grant is bound to: the own unit, organisation or team, or oneself."""
    return is_bound(order, "provider", held)


def quantities_in_order(order: "Fulfilment") -> dict[str, Text] | None:
    """No more is taken on than was offered, and no more carried out than taken on."""
    offered, taken, done = order.quantity_asked, order.quantity_committed, order.quantity_delivered
    if offered is not None and taken is not None and taken > offered:
        return {"quantity_committed": _("At most %(most)s were offered.", most=offered)}
    if taken is not None and done is not None and done > taken:
        more = _("At most %(most)s were taken on; offer what came on top as an order of its own.", most=taken)
        return {"quantity_delivered": more}
    return None


def done_after_started(order: "Fulfilment") -> dict[str, Text] | None:
    """Nothing is carried out before it began."""
    if order.started_on and order.delivered_on and order.delivered_on < order.started_on:
        return {"delivered_on": _("It cannot be carried out before it began.")}
    return None


def persons_in_order(order: "Fulfilment") -> dict[str, Text] | None:
    """Each person was served at least once."""
    if order.persons and order.person_times is not None and order.person_times < order.persons:
        return {"person_times": _("There cannot be fewer services than persons served.")}
    return None


def resource_is_the_providers(order: "Fulfilment") -> dict[str, Text] | None:
    """What is used belongs to who does it."""
    if order.resource is None or order.resource.provider_id == order.provider_id:
        return None
    return {"resource": _("This resource belongs to another provider; choose one of the provider's own.")}


def project_runs(order: "Fulfilment") -> dict[str, Text] | None:
    """A new order, or one that is placed there later, stands under a project that runs; later it may end."""
    if not points_anew(order, "project_id") or order.project is None:
        return None
    reason = offerable(order.project)
    return {"project": reason} if reason is not None else None


def project_is_the_providers(order: "Fulfilment") -> dict[str, Text] | None:
    """An order under a project goes to who carries the project out, or to a team of that unit."""
    name = next((one for one in ("project", "provider") if points_anew(order, f"{one}_id")), None)
    if name is None or order.project is None or order.project.provider_id in (None, order.provider_id):
        return None
    if order.provider is None or _unit_behind(order) == order.project.provider_id:
        return None
    return {name: _("This project is carried out by %(name)s; choose that one.", name=order.project.provider)}


def _unit_behind(order: "Fulfilment") -> int | None:
    """Return the unit the provider belongs to, where it is a team."""
    session = object_session(order)
    if session is None or order.provider.kind is not PartyKind.TEAM:
        return None
    with acting(system("orders")), session.no_autoflush:
        found: int | None = session.scalar(select(Team.organization_id).where(Team.id == order.provider_id))
    return found


def provider_serves(order: "Fulfilment") -> dict[str, Text] | None:
    """Work is given to a person who serves as a volunteer; what somebody shares may be anybody's."""
    if not points_anew(order, "provider_id") or order.provider is None or order.resource is not None:
        return None
    reason = out_of_service(order.provider)
    return {"provider": reason} if reason is not None else None


FINAL: Final = {
    FulfilmentState.CONFIRMED: _("This is confirmed; reverse it and offer it anew."),
    FulfilmentState.REVERSED: _("This was reversed and stays as it was; offer it anew."),
}
"""In which states what a report counts is not rewritten, and why."""


def stays_final(order: "Fulfilment") -> dict[str, Text] | None:
    """What was confirmed is not rewritten: a wrong one is reversed, and what was reversed stays what was wrong."""
    attrs: Any = sa_inspect(order).attrs
    if order.state not in FINAL or attrs["state"].history.has_changes():
        return None
    rewritten = [name for name in FIGURES if attrs[name].history.has_changes()]
    return dict.fromkeys(rewritten, FINAL[order.state]) or None


_WHAT, _WHEN, _DONE, _RECORD = _("What is asked for"), _("Appointment"), _("What was done"), _("Record")


@keeps_timeline
class Fulfilment(Recorded, Placed, Model):
    """One order: a need, or a part of it, in the hands of one provider."""

    __tablename__ = "fulfilment"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        CheckConstraint("quantity_asked >= 0", name="asked"),
        CheckConstraint("quantity_committed >= 0 AND quantity_committed <= quantity_asked", name="committed"),
        CheckConstraint("quantity_delivered >= 0 AND quantity_delivered <= quantity_committed", name="delivered"),
        CheckConstraint("person_times >= 0 AND persons >= 0 AND households >= 0", name="people"),
        CheckConstraint("cost >= 0", name="cost"),
        Index("ix_fulfilment_newest", "community_id", "archived_at", "id"),
        Index("ix_fulfilment_need", "community_id", "need_id", "state"),
        Index("ix_fulfilment_provider", "community_id", "provider_id", "state", "scheduled_at"),
        Index("ix_fulfilment_delivered_by", "community_id", "delivered_by_id"),
        Index("ix_fulfilment_taker", "community_id", "taker_id"),
        Index("ix_fulfilment_state", "community_id", "state", "expires_at"),
        Index("ix_fulfilment_place", "community_id", "place_id", "id"),
        Index("ix_fulfilment_resource", "community_id", "resource_id", "scheduled_at"),
        Index("ix_fulfilment_project", "community_id", "project_id", "id"),
    )
    list_name = "fulfilments"
    attachments = True
    flow: ClassVar[Flow] = FLOW
    rules: ClassVar[tuple[RowRule, ...]] = (
        quantities_in_order,
        done_after_started,
        persons_in_order,
        resource_is_the_providers,
        project_runs,
        project_is_the_providers,
        provider_serves,
        stays_final,
    )
    row_sets: ClassVar[dict[str, RowSet]] = {"own": own, "own places": all_rows}
    acts: ClassVar[dict[str, Text]] = {"offer": _("Offered to a provider")}

    code: Mapped[str] = mapped_column(
        String(40), info=about(_("Code"), listed=True, searched=True, edited=False, group=_WHAT)
    )
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    need: Mapped[Need] = relationship(foreign_keys=[need_id], info=about(_("Need"), listed=True, group=_WHAT))
    provider_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    provider: Mapped[Party] = relationship(
        foreign_keys=[provider_id],
        info=about(_("Provider"), _("The unit, team or person that is to do it."), listed=True, group=_WHAT),
    )
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    resource: Mapped[Resource | None] = relationship(
        foreign_keys=[resource_id],
        info=about(_("Resource used"), _("What of the shared resources is used, if anything."), group=_WHAT),
    )
    project_id: Mapped[int | None] = mapped_column(ForeignKey("service_project.id"))
    project: Mapped[ServiceProject | None] = relationship(
        foreign_keys=[project_id],
        info=about(_("Under the project"), _("The running service project it belongs to, if any."), group=_WHAT),
    )
    state: Mapped[FulfilmentState] = mapped_column(
        default=FulfilmentState.OFFERED, info=about(_("State"), listed=True, edited=False, group=_WHAT)
    )
    quantity_asked: Mapped[int | None] = mapped_column(
        info=about(
            _("Quantity offered"), _("Empty: what cannot be counted."), check=checks.positive, group=_WHAT, width=8
        )
    )
    quantity_committed: Mapped[int | None] = mapped_column(
        info=about(
            _("Quantity taken on"), _("Empty: all that was offered."), edited=False, check=checks.positive, group=_WHAT
        )
    )
    quantity_delivered: Mapped[int | None] = mapped_column(
        info=about(_("Quantity carried out"), edited=False, check=checks.not_negative, group=_WHAT)
    )
    expires_at: Mapped[datetime | None] = mapped_column(
        info=about(_("Answer by"), _("Empty: in two days."), listed=True, group=_WHAT)
    )
    said_by: Mapped[str | None] = mapped_column(
        String(80),
        info=about(
            _("Agreed by telephone with"),
            _("Who agreed for the provider; the order then counts as taken."),
            group=_WHAT,
        ),
    )
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taker: Mapped[Person | None] = relationship(
        foreign_keys=[taker_id], info=about(_("Who comes"), _("The person who takes the work on."), group=_WHAT)
    )
    scheduled_at: Mapped[datetime | None] = mapped_column(info=about(_("Appointed for"), listed=True, group=_WHEN))
    minutes: Mapped[int] = mapped_column(
        default=USUAL_MINUTES,
        info=about(_("Minutes"), _("How long it takes; nobody is booked twice at one time."), group=_WHEN),
    )
    ends_at: Mapped[datetime | None]
    """When the appointment is over; follows from the two above."""
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(
        foreign_keys=[place_id], info=about(_("Place"), _("Empty: where the need is."), listed=True, group=_WHEN)
    )
    started_on: Mapped[date | None] = mapped_column(info=about(_("Begun on"), edited=False, group=_DONE))
    delivered_on: Mapped[date | None] = mapped_column(
        info=about(_("Carried out on"), _("Empty: today."), edited=False, check=checks.not_future, group=_DONE)
    )
    measures: Mapped[str | None] = mapped_column(
        String(1000), info=about(_("What was done"), _("As one would tell the neighbours."), group=_DONE)
    )
    person_times: Mapped[int | None] = mapped_column(
        info=about(_("Person-times"), check=checks.not_negative, group=_DONE, width=8)
    )
    persons: Mapped[int | None] = mapped_column(
        info=about(_("Persons"), check=checks.not_negative, group=_DONE, width=8)
    )
    households: Mapped[int | None] = mapped_column(
        info=about(_("Households"), check=checks.not_negative, group=_DONE, width=8)
    )
    cost: Mapped[float | None] = mapped_column(
        Numeric(12, 2, asdecimal=False), info=about(_("Cost in yuan"), check=checks.not_negative, group=_DONE)
    )
    fund: Mapped[str | None] = mapped_column(
        String(80), info=about(_("Paid from"), _("The fund or sponsor that pays."), group=_DONE)
    )
    satisfaction: Mapped[int | None] = mapped_column(
        info=about(
            _("Satisfaction"), _("1 to 5 points; 5 is very satisfied."), edited=False, check=checks.stars, group=_DONE
        )
    )
    delivered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    delivered_by: Mapped[Account | None] = relationship(
        foreign_keys=[delivered_by_id], info=about(_("Reported by"), edited=False, sheet=False, group=_RECORD)
    )
    doubted_on: Mapped[date | None] = mapped_column(
        info=about(
            _("Not solved after all, said on"),
            _("The need was taken up again after this was confirmed; it answers the need no longer."),
            edited=False,
            group=_RECORD,
        )
    )
    reversed_on: Mapped[date | None] = mapped_column(info=about(_("Reversed on"), edited=False, group=_RECORD))
    """The contra entry: its figures count on `delivered_on` and are taken off again on this day."""

    def __str__(self) -> str:
        return self.code

    @property
    def quantity(self) -> int | None:
        """How many there is to take on; what the form of the move begins with."""
        return self.quantity_committed or self.quantity_asked

    @property
    def is_overdue(self) -> bool:
        """Tell whether nobody answered in time, or nobody has begun although the appointment is over."""
        due = self.expires_at if self.state is FulfilmentState.OFFERED else self.ends_at
        waits = self.state in (FulfilmentState.OFFERED, FulfilmentState.SCHEDULED)
        return waits and due is not None and due < clock.now()


def overdue() -> ColumnElement[bool]:
    """Return the SQL for the orders nobody answered in time, or nobody has begun although the appointment is over."""
    moment = clock.now()
    unanswered = and_(Fulfilment.state == FulfilmentState.OFFERED, Fulfilment.expires_at < moment)
    return or_(unanswered, and_(Fulfilment.state == FulfilmentState.SCHEDULED, Fulfilment.ends_at < moment))

"""The shared resource: its columns, its states and the moves between them."""

from datetime import date, timedelta
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.communities.models import Category, Place
from app.communities.rules import categories_in_use, place_in_use
from app.core import checks, clock, masking
from app.core.actor import Actor, Held
from app.core.fields import Text, WordedType, about
from app.core.flow import Ask, Flow, Move
from app.core.model import Recorded, RowSet, Scoped, Sought, recorded_by
from app.core.rules import RowRule
from app.core.sealing import Sealed
from app.core.timeline import keeps_timeline
from app.parties.models import Party, PartyKind, chosen, is_bound
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.rules import covers_commitments, mode_is_complete, provider_is_own, term_in_order
from app.resources.windows import Windows, complaint
from app.roles import OFFICE, Role

RECHECK: Final = timedelta(days=90)
"""How long a resource is offered after somebody last asked whether it is still there."""
REMIND: Final = timedelta(days=14)
"""How long before that the provider is reminded, and before its last day a resource counts as ending soon."""


def own(resource: Any, actor: Actor, held: Held) -> Any:
    """The resources the actor's unit or organisation provides, and those the actor recorded."""
    return is_bound(resource, "provider", held) | recorded_by(resource, actor)


def in_term(resource: "Resource", actor: Actor) -> Text | None:
    """What is over is not offered again before its term is set anew."""
    if resource.valid_to is not None and resource.valid_to < clock.today():
        return _("Its term ended on %(day)s; change the last day first.", day=resource.valid_to)
    return None


_PROVIDERS: Final = (*OFFICE, Role.LIAISON, Role.PARTNER)
_DRAFT, _REVIEWED, _AVAILABLE, _PAUSED, _EXHAUSTED, _EXPIRED = ResourceState

FLOW: Final = Flow(
    "state",
    (
        Move("review", _("Review"), (_DRAFT,), _REVIEWED, by=OFFICE, tone="strong"),
        Move("publish", _("Publish"), (_REVIEWED,), _AVAILABLE, by=OFFICE, guards=(in_term,), tone="strong"),
        Move("recheck", _("Still there"), (_AVAILABLE, _PAUSED), _AVAILABLE, by=_PROVIDERS, guards=(in_term,)),
        Move("pause", _("Pause"), (_AVAILABLE,), _PAUSED, by=_PROVIDERS),
        Move("exhaust", _("Nothing left"), (_AVAILABLE,), _EXHAUSTED, by=OFFICE),
        Move(
            "restock",
            _("There is more"),
            (_EXHAUSTED,),
            _AVAILABLE,
            by=OFFICE,
            asks=(Ask("quantity", required=False, help=_("In all, with what is promised already.")),),
            tone="strong",
        ),
        Move("expire", _("End the term"), (_AVAILABLE, _PAUSED), _EXPIRED, by_system=True),
    ),
)

resource_category: Final = Table(
    "resource_category",
    Model.metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("category_id", ForeignKey("category.id"), primary_key=True),
    Index("ix_resource_category_category", "category_id", "resource_id"),
)

_WHAT, _WHEN, _HOW, _CONTACT, _STANDS = (
    _("What is shared"),
    _("How much and when"),
    _("For whom and how"),
    _("Contact"),
    _("How it stands"),
)


@keeps_timeline
class Resource(Recorded, Sought, Scoped, Model):
    """Something somebody shares with the community (S3-03, S1-09).

    It serves a place and all below it, or the whole community; so it is seen in the whole community, whatever place a
    grant names.
    """

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("committed >= 0", name="committed"),
        CheckConstraint(
            "quantity_mode <> 'countable' OR (quantity IS NOT NULL AND committed <= quantity)", name="quantity"
        ),
        Index("ix_resource_newest", "community_id", "archived_at", "id"),
        Index("ix_resource_name", "community_id", "name", "id"),
        Index("ix_resource_state", "community_id", "state", "id"),
        Index("ix_resource_checked", "community_id", "state", "checked_on", "id"),
        Index("ix_resource_term", "community_id", "state", "valid_to", "id"),
        Index("ix_resource_provider", "community_id", "provider_id", "id"),
    )
    list_name = "resources"
    indexed = True
    sought_in = ("name", "text")
    flow: ClassVar[Flow] = FLOW
    option_order: ClassVar[tuple[Any, ...]] = ()
    row_sets: ClassVar[dict[str, RowSet]] = {"own": own}
    rules: ClassVar[tuple[RowRule, ...]] = (
        mode_is_complete,
        covers_commitments,
        term_in_order,
        chosen("provider", *PartyKind),
        provider_is_own,
        place_in_use,
        categories_in_use,
    )

    name: Mapped[str] = mapped_column(
        String(60), info=about(_("Resource"), _("What it is called in the list."), searched=True, group=_WHAT)
    )
    provider_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    provider: Mapped[Party] = relationship(
        info=about(_("Provided by"), _("An organisation, a team or a person."), group=_WHAT)
    )
    kind: Mapped[ResourceKind] = mapped_column(info=about(_("Kind"), group=_WHAT))
    categories: Mapped[list[Category]] = relationship(
        secondary=resource_category,
        order_by=Category.id,
        info=about(_("Answers to"), _("The categories of needs it can help with."), group=_WHAT),
    )
    text: Mapped[str | None] = mapped_column(
        String(1000), info=about(_("In detail"), _("What residents get."), searched=True, group=_WHAT)
    )
    state: Mapped[ResourceState] = mapped_column(
        default=ResourceState.DRAFT, info=about(_("State"), edited=False, group=_WHAT)
    )
    quantity_mode: Mapped[QuantityMode] = mapped_column(
        default=QuantityMode.UNLIMITED, info=about(_("How much"), group=_WHEN)
    )
    quantity: Mapped[int | None] = mapped_column(
        info=about(_("Quantity"), _("In all, with what is promised already."), check=checks.positive, group=_WHEN)
    )
    unit_of_measure: Mapped[str | None] = mapped_column(
        String(10), info=about(_("Counted in"), _("Sets, portions, times."), group=_WHEN)
    )
    committed: Mapped[int] = mapped_column(
        default=0, info=about(_("Promised"), _("What orders hold of it."), edited=False, sheet=False, group=_WHEN)
    )
    windows: Mapped[Windows | None] = mapped_column(
        WordedType(Windows),
        info=about(
            _("Opening times"),
            _("For example 周六 9:00-11:30（2人）；每周三、五 下午2点到4点."),
            check=complaint,
            group=_WHEN,
        ),
    )
    valid_from: Mapped[date | None] = mapped_column(info=about(_("Available from"), group=_WHEN))
    valid_to: Mapped[date | None] = mapped_column(
        info=about(_("Offered until"), _("Empty: until further notice."), group=_WHEN)
    )
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(
        info=about(_("Place served"), _("With all that lies in it. Empty: the whole community."), group=_HOW)
    )
    eligibility: Mapped[str | None] = mapped_column(
        String(120), info=about(_("Who may use it"), _("Empty: everybody."), group=_HOW)
    )
    conditions: Mapped[str | None] = mapped_column(String(500), info=about(_("Conditions"), group=_HOW))
    fee: Mapped[str | None] = mapped_column(String(60), info=about(_("Fee"), _("Empty: free."), group=_HOW))
    contact_name: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Contact person"), mask=masking.name, group=_CONTACT)
    )
    contact_phone: Mapped[str | None] = mapped_column(
        Sealed(32), info=about(_("Contact phone"), mask=masking.phone, check=checks.phone, group=_CONTACT)
    )
    checked_on: Mapped[date | None] = mapped_column(
        info=about(
            _("Last checked on"),
            _("When somebody last asked whether it is still there; after 90 days it is no longer offered."),
            check=checks.not_future,
            group=_STANDS,
        )
    )
    reminded_on: Mapped[date | None] = mapped_column(
        info=about(_("Provider reminded on"), edited=False, sheet=False, group=_STANDS)
    )

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int | None:
        """Return how many are left; None where they are not counted."""
        if self.quantity_mode is not QuantityMode.COUNTABLE:
            return None
        return (self.quantity or 0) - (self.committed or 0)


Resource.option_order = (Resource.name, Resource.id)


def to_check() -> ColumnElement[bool]:
    """Return the SQL for the offered resources somebody should soon ask about."""
    late = Resource.checked_on <= clock.today() - RECHECK + REMIND
    return and_(Resource.state == ResourceState.AVAILABLE, or_(Resource.checked_on.is_(None), late))


def is_to_check(resource: Resource) -> bool:
    """Tell the same of one resource."""
    late = resource.checked_on is None or resource.checked_on <= clock.today() - RECHECK + REMIND
    return resource.state is ResourceState.AVAILABLE and late


def ending() -> ColumnElement[bool]:
    """Return the SQL for the resources whose term is soon over."""
    going = Resource.state.in_((ResourceState.AVAILABLE, ResourceState.PAUSED))
    return and_(going, Resource.valid_to <= clock.today() + REMIND)

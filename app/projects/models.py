"""The service project: its columns, its states and the moves between them."""

from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import Column, ForeignKey, Index, String, Table
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.communities.models import Category
from app.communities.rules import categories_in_use
from app.core import checks
from app.core.fields import Text, WordedType, about
from app.core.flow import Flow, Move
from app.core.model import Recorded, Scoped, Sought
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.needs.models import Need
from app.parties.models import Party, PartyKind, chosen
from app.projects.choices import ProjectKind, ProjectState
from app.projects.schedule import Schedule
from app.resources.models import Resource
from app.roles import OFFICE, Role

_DRAFT, _APPROVED, _RUNNING, _SUSPENDED, _FINISHED = ProjectState

FLOW: Final = Flow(
    "state",
    (
        Move("approve", _("Approve"), (_DRAFT,), _APPROVED, by=(Role.SECRETARY,), tone="strong"),
        Move("start", _("Start the service"), (_APPROVED,), _RUNNING, by=OFFICE, tone="strong"),
        Move("suspend", _("Suspend"), (_RUNNING,), _SUSPENDED, by=OFFICE),
        Move("resume", _("Resume"), (_SUSPENDED,), _RUNNING, by=OFFICE, tone="strong"),
        Move("finish", _("Finish"), (_RUNNING, _SUSPENDED), _FINISHED, by=(Role.SECRETARY,), tone="grave"),
    ),
)


def _between(name: str) -> Table:
    """Return the table between projects and the rows of another table they name."""
    return Table(
        f"service_project_{name}",
        Model.metadata,
        Column("service_project_id", ForeignKey("service_project.id"), primary_key=True),
        Column(f"{name}_id", ForeignKey(f"{name}.id"), primary_key=True),
        Index(f"ix_service_project_{name}_{name}", f"{name}_id", "service_project_id"),
    )


project_category: Final = _between("category")
project_resource: Final = _between("resource")
project_need: Final = _between("need")


def resources_are_there(project: Any) -> dict[str, Text] | None:
    """What is newly used has not been archived."""
    added = sa_inspect(project).attrs["resources"].history.added or ()
    gone = [resource for resource in added if resource.archived_at is not None]
    return {"resources": _("This is archived; choose another.")} if gone else None


_WHAT, _HOW, _WHO = _("What is offered"), _("When and with what"), _("Who answers for it")


@keeps_timeline
class ServiceProject(Recorded, Sought, Scoped, Model):
    """A service the community offers for good (S3-09), perhaps because needs asked for it (S0-14).

    It is for everybody of the community to see, so nothing in it is masked: its phone is one of the office.
    """

    __tablename__ = "service_project"
    __table_args__ = (
        Index("ix_service_project_newest", "community_id", "archived_at", "id"),
        Index("ix_service_project_name", "community_id", "name", "id"),
        Index("ix_service_project_state", "community_id", "state", "id"),
        Index("ix_service_project_kind", "community_id", "kind", "id"),
        Index("ix_service_project_provider", "community_id", "provider_id", "id"),
    )
    list_name = "projects"
    indexed = True
    flow: ClassVar[Flow] = FLOW
    option_order: ClassVar[tuple[Any, ...]] = ()
    rules: ClassVar[tuple[RowRule, ...]] = (chosen("provider", *PartyKind), categories_in_use, resources_are_there)

    name: Mapped[str] = mapped_column(
        String(60),
        info=about(
            _("Project"), _("What it is called in the list; no names of residents."), searched=True, group=_WHAT
        ),
    )
    kind: Mapped[ProjectKind] = mapped_column(
        info=about(_("Kind"), _("Featured: what only this community offers."), group=_WHAT)
    )
    state: Mapped[ProjectState] = mapped_column(
        default=ProjectState.DRAFT, info=about(_("State"), edited=False, group=_WHAT)
    )
    section: Mapped[str | None] = mapped_column(
        String(40), info=about(_("Section"), _("The part of the list it stands in."), searched=True, group=_WHAT)
    )
    audience: Mapped[str | None] = mapped_column(
        String(120), info=about(_("Target groups"), _("Empty: all residents."), searched=True, group=_WHAT)
    )
    categories: Mapped[list[Category]] = relationship(
        secondary=project_category,
        order_by=Category.id,
        info=about(_("Answers to"), _("The categories of needs it can help with."), group=_WHAT),
    )
    duty_boundary: Mapped[str | None] = mapped_column(
        String(500),
        info=about(_("Duty boundary"), _("What belongs to it and what does not."), searched=True, group=_WHAT),
    )
    schedule: Mapped[Schedule | None] = mapped_column(
        WordedType(Schedule),
        info=about(
            _("How often"), _("In words, for example 每月第一个周六, 每周三、五下午 or 每季度一次."), group=_HOW
        ),
    )
    resources: Mapped[list[Resource]] = relationship(
        secondary=project_resource,
        order_by=Resource.id,
        info=about(_("Resources used"), _("What of the shared resources it uses."), group=_HOW),
    )
    funding: Mapped[str | None] = mapped_column(
        String(120), info=about(_("Funding"), _("The fund or sponsor that pays."), group=_HOW)
    )
    owner: Mapped[str | None] = mapped_column(
        String(60), info=about(_("Project owner"), _("Who answers for it, by name."), searched=True, group=_WHO)
    )
    phone: Mapped[str | None] = mapped_column(
        String(32), info=about(_("Office phone"), _("Everybody sees it."), check=checks.phone, group=_WHO)
    )
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    provider: Mapped[Party | None] = relationship(
        info=about(_("Carried out by"), _("The unit, team or person orders go to; empty: it differs."), group=_WHO)
    )
    asked_by: Mapped[list[Need]] = relationship(
        secondary=project_need,
        order_by=Need.id,
        info=about(_("Asked for by"), _("The needs it was made from."), edited=False, group=_("Record")),
    )

    def __str__(self) -> str:
        return self.name


ServiceProject.option_order = (ServiceProject.name, ServiceProject.id)

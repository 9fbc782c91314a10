"""The page of the service projects: only what differs from every other list."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import false, or_
from sqlalchemy.sql import ColumnElement

from app.communities.service import category_choices
from app.core.actor import current
from app.core.fields import Labelled
from app.core.listing import Quick
from app.core.specification import Panel
from app.core.views import ListView, ScopedInterface
from app.projects import service
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import FLOW, ServiceProject
from app.roles import Role

SHOWN: Final = 50
"""How many of the needs that asked for a project its page shows at most."""


def _in(*states: ProjectState) -> Any:
    return lambda: ServiceProject.state.in_(states)


def _running(kind: ProjectKind) -> Any:
    return lambda: (ServiceProject.kind == kind) & (ServiceProject.state == ProjectState.RUNNING)


def waiting_for_me() -> ColumnElement[bool]:
    """The projects the actor is to approve or to start."""
    actor = current()
    held = actor.held if actor is not None else ()
    found = ((one, _decides(one.role)) for one in held)
    mine = (ServiceProject.within(one) & ServiceProject.state.in_(states) for one, states in found if states)
    return or_(false(), *mine)


def _decides(role: Role) -> list[Labelled]:
    """Return the states a role leads a new project out of."""
    moves = [FLOW.by_name[name] for name in ("approve", "start")]
    return [source for move in moves if role in move.by for source in move.sources if source is not None]


class ServiceProjectView(ListView):
    """服务项目清单."""

    datamodel = ScopedInterface(ServiceProject)
    list_title = _("Service projects")
    menu_group = _("The four lists")
    icon = "journal-check"
    short_title = _("Projects")
    add_hint = _("Add a project")
    empty_hint = _("No project matches. Add what the community offers, or clear the filters.")
    list_columns = ["name", "kind", "section", "audience", "schedule", "provider", "owner", "phone", "state"]
    link_column = "name"
    narrow_columns = ("phone",)
    filter_columns = ("state", "kind", "categories", "provider", "resources")
    quiet_filters = ("asked_by",)
    order_names = ("name", "kind", "state")
    quick_filters = {
        "running": Quick(_("In operation"), _in(ProjectState.RUNNING)),
        "featured": Quick(_("Featured"), lambda: ServiceProject.kind == ProjectKind.FEATURED),
        "mine": Quick(_("Waiting for me"), waiting_for_me),
        "suspended": Quick(_("Suspended"), _in(ProjectState.SUSPENDED)),
    }
    parts = {
        "regular_running": Quick(_("Regular, in operation"), _running(ProjectKind.REGULAR)),
        "featured_running": Quick(_("Featured, in operation"), _running(ProjectKind.FEATURED)),
    }
    badge_filters = ("mine",)
    bulk_moves = ("approve", "start")

    def create(self, values: dict[str, Any]) -> ServiceProject:
        """Record it."""
        return service.register(**values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the categories in use."""
        return category_choices(text) if name == "categories" else super().choices(name, text)

    def worth_showing(self, row: ServiceProject) -> list[str]:
        """Of the columns show those that say something; the needs that asked for it have a section of their own."""
        said = [name for name in super().worth_showing(row) if getattr(row, name) not in (None, "", [])]
        return [name for name in said if name != "asked_by"]

    def lead(self, row: ServiceProject) -> list[Panel]:
        """Say when it takes place next."""
        said = service.next_in_words(row)
        return [("projects/next.html", {"said": said})] if said else []

    def panels(self, row: ServiceProject) -> list[Panel]:
        """Show the needs that asked for it, as far as the actor sees them."""
        # The scope has left out of the relation what the actor does not see.
        needs = row.asked_by[: -SHOWN - 1 : -1]
        return [("projects/needs.html", {"needs": needs})] if needs else []

"""What a need shows of the projects it led to (S0-14: asked, now offered)."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam, select

from app.core import access
from app.core.hanging import may_hang
from app.core.reads import KEPT
from app.core.specification import Panel
from app.extensions import db
from app.needs.models import Need
from app.projects.models import ServiceProject, project_need
from app.projects.service import newest_from

SHOWN: Final = 20
PROJECTS: Final = "projects"


def projects_panel(view: Any) -> Callable[[Need], list[Panel]]:
    """Return what makes the panel of a need, with the pages of `view`."""

    def panels(need: Need) -> list[Panel]:
        is_asked = may_hang(need, PROJECTS) and access.may("v", view.guard)
        projects = _projects(need) if is_asked else []
        return [("projects/panel.html", {"projects": projects, "view": view})] if projects else []

    return panels


def projects_of(need: Any) -> Any:
    """Return the query for the projects made from the need a model stands for."""
    made = select(ServiceProject.id).join(project_need, project_need.c.service_project_id == ServiceProject.id)
    return made.where(ServiceProject.community_id == need.community_id, project_need.c.need_id == need.id)


def _projects(need: Need) -> list[ServiceProject]:
    return list(db.session.scalars(_from_need(), {"community": need.community_id, "need": need.id}))


@cache
def _from_need() -> Any:
    made = select(project_need.c.service_project_id).where(project_need.c.need_id == bindparam("need"))
    own = (ServiceProject.community_id == bindparam("community"), ServiceProject.id.in_(made))
    newest = select(ServiceProject).where(*own).order_by(ServiceProject.id.desc()).limit(SHOWN)
    return newest.execution_options(**{KEPT: True})


def to_the_project(view: Any) -> Callable[[Need], str | None]:
    """Return what leads from a need to the project just made from it."""

    def address(need: Need) -> str | None:
        pk = newest_from(need)
        return view.url("show", pk=pk) if pk is not None else None

    return address

"""Service projects (服务项目清单): what the community offers for good, regular and featured (S3-09, S0-14)."""

from typing import Any

from app.needs.models import Need
from app.notices import news as notices
from app.projects.models import ServiceProject
from app.projects.news import NEWS
from app.projects.panel import PROJECTS, projects_of, projects_panel, to_the_project
from app.projects.service import MAKING
from app.projects.views import ServiceProjectView


def register(appbuilder: Any) -> None:
    """Add the list of projects to the portal, and let each need show and lead to those made from it."""
    notices.declare(ServiceProject.list_name, NEWS)
    appbuilder.add_view(ServiceProjectView, "m.projects")
    views = {view.list_name: view for view in appbuilder.list_views()}
    view, needs = views[ServiceProject.list_name], views[Need.list_name]
    needs.guests.append(projects_panel(view))
    needs.hanging[PROJECTS] = projects_of
    needs.leads[MAKING] = to_the_project(view)

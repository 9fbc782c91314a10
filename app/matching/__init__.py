"""Finding a helper (供需匹配): who can answer a need, and which needs a resource could answer, each with its reasons.

A rule score, explained in plain words; nothing is offered without a click (M3).
"""

from typing import Any

from flask import current_app

from app.matching.asking import CANDIDATES, NEEDS
from app.matching.parts import NEED_PARTS, RESOURCE_PARTS
from app.matching.views import matching_pages, need_panel, resource_panel
from app.needs.models import Need
from app.resources.models import Resource


def register(appbuilder: Any) -> None:
    """Add the pages of matching, and the ways to them on each need and each resource."""
    current_app.register_blueprint(matching_pages)
    views = {view.list_name: view for view in appbuilder.list_views()}
    views[Need.list_name].guests.append(need_panel)
    views[Resource.list_name].guests.append(resource_panel)
    views[Need.list_name].name_parts(NEED_PARTS)
    views[Resource.list_name].name_parts(RESOURCE_PARTS)
    views[Need.list_name].ask("candidates", CANDIDATES)
    views[Resource.list_name].ask("needs", NEEDS)

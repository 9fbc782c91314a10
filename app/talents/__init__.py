"""Talents (社区人才库): residents whose profession or craft helps the community (S2-12)."""

from typing import Any

from app.talents.models import Talent
from app.talents.parts import PARTS
from app.talents.views import TalentView


def register(appbuilder: Any) -> None:
    """Add the list to the portal."""
    appbuilder.add_view(TalentView, "m.talents")
    views = {view.list_name: view for view in appbuilder.list_views()}
    views[Talent.list_name].name_parts(PARTS)

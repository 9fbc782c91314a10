"""Talents (社区人才库): residents whose profession or craft helps the community (S2-12)."""

from typing import Any, Final

from app.people import belongings
from app.people.belongings import Belonging
from app.talents.models import Talent
from app.talents.parts import PARTS
from app.talents.views import TalentView

KEPT: Final = frozenset({"person", "field", "think_tank", "service_group"})
"""What stays of an entry whose person was erased: what it counted as, and none of the words."""


def register(appbuilder: Any) -> None:
    """Add the list to the portal."""
    belongings.declare(Belonging(Talent, "person", KEPT))
    appbuilder.add_view(TalentView, "m.talents")
    views = {view.list_name: view for view in appbuilder.list_views()}
    views[Talent.list_name].name_parts(PARTS)

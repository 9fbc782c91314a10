"""Units and teams (单位和队伍): the organisations that work with the community, and the teams that serve it (S3-05)."""

from typing import Any

from app.organizations.views import TeamView, UnitView


def register(appbuilder: Any) -> None:
    """Add the lists of units and teams to the portal."""
    appbuilder.add_view(UnitView, "m.units")
    appbuilder.add_view(TeamView, "m.teams")

"""Units and teams (单位和队伍): the organisations that work with the community, and the teams that serve it (S3-05)."""

from typing import Any

from app.jobs.registry import declare
from app.notices import news as notices
from app.organizations import partnering
from app.organizations.partners import Partner
from app.organizations.views import PartnerView, TeamView, UnitView


def register(appbuilder: Any) -> None:
    """Add the lists of units and teams to the portal."""
    appbuilder.add_view(UnitView, "m.units")
    appbuilder.add_view(TeamView, "m.teams")
    notices.declare(Partner.list_name, partnering.NEWS)
    declare(partnering.TERMS)
    appbuilder.add_view(PartnerView, "m.partners")

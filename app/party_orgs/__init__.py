"""Party organisations (党组织): the tree 党委–党总支–党支部–党小组, bound to places, and who belongs to it."""

from typing import Any

from app.party_orgs.coverage import UNPLACED
from app.party_orgs.views import PartyMemberView, PartyOrgView
from app.people.models import Person


def register(appbuilder: Any) -> None:
    """Add both lists to the portal, and let people be asked for members without an organisation."""
    appbuilder.add_view(PartyOrgView, "m.party_orgs")
    appbuilder.add_view(PartyMemberView, "m.party_members")
    views = {view.list_name: view for view in appbuilder.list_views()}
    views[Person.list_name].name_parts(UNPLACED)

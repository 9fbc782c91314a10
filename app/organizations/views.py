"""The pages of units and teams: only what differs from every other list."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core.listing import Quick
from app.core.views import ListView, ScopedInterface
from app.organizations.choices import UnitState
from app.organizations.flow import REPORTING
from app.organizations.models import Organization, Team
from app.parties.models import PartyKind, choices

GROUP: Final = _("People and units")
_KINDS: Final = {"leader": PartyKind.PERSON, "organization": PartyKind.ORGANIZATION}


def _in(*states: UnitState) -> Any:
    return lambda: Organization.state.in_(states)


class UnitView(ListView):
    """单位."""

    datamodel = ScopedInterface(Organization)
    list_title = _("Units")
    menu_group = GROUP
    icon = "briefcase"
    add_hint = _("Register a unit")
    empty_hint = _("No unit is registered yet.")
    link_column = "name"
    narrow_columns = ("contact_name", "contact_phone")
    filter_columns = ("kind", "place", "state")
    order_names = ("id", "name", "member_count")
    quick_filters = {
        "reporting": Quick(_("Reporting in"), _in(*REPORTING)),
        "to_receive": Quick(_("To be received"), _in(UnitState.REPORTED_IN)),
        "lapsed": Quick(_("Lapsed"), _in(UnitState.LAPSED)),
    }


class TeamView(ListView):
    """队伍."""

    datamodel = ScopedInterface(Team)
    list_title = _("Teams")
    menu_group = GROUP
    icon = "flag"
    add_hint = _("Register a team")
    empty_hint = _("No team is registered yet.")
    link_column = "name"
    filter_columns = ("kind",)
    quiet_filters = ("community", "created_at")
    parts = {"formed": Quick(_("Formed"), lambda: Team.id.is_not(None))}
    order_names = ("id", "name")

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer people as leaders and units as those a team belongs to."""
        return choices(text, _KINDS[name]) if name in _KINDS else super().choices(name, text)

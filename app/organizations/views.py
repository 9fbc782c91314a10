"""The pages of units and teams: only what differs from every other list."""

from typing import Any, Final

from flask_appbuilder import expose
from flask_babel import lazy_gettext as _
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.actor import current
from app.core.gate import requires
from app.core.listing import Quick
from app.core.specification import Page, Panel
from app.core.views import ListView, ScopedInterface
from app.extensions import db
from app.organizations import partnering
from app.organizations.choices import HERE, UnitKind, UnitState
from app.organizations.flow import REPORTING
from app.organizations.models import Organization, Team
from app.organizations.partners import CURRENT, PROPOSED, Partner
from app.parties.models import Party, PartyKind, choices
from app.roles import Role

GROUP: Final = _("People and units")
CERTIFICATE: Final = _("Certificate of a community partner")
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
    quiet_filters = ("community",)
    order_names = ("id", "name", "member_count")
    quick_filters = {
        "reporting": Quick(_("Reporting in"), _in(*REPORTING)),
        "to_receive": Quick(_("To be received"), _in(UnitState.REPORTED_IN)),
        "idle": Quick(_("Nothing done for a year"), lambda: Organization.lapse_asked_on.is_not(None)),
        "lapsed": Quick(_("Lapsed"), _in(UnitState.LAPSED)),
    }
    parts = {
        "here": Quick(_("Units of the district"), lambda: Organization.kind.in_(HERE)),
        "hospitals": Quick(_("Hospitals"), lambda: Organization.kind == UnitKind.HOSPITAL),
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


def ending_soon() -> ColumnElement[bool]:
    """The partners whose term ends within 30 days."""
    return Partner.state.in_(CURRENT) & (Partner.ends_on <= clock.today() + partnering.REMIND)


def is_partner() -> ColumnElement[bool]:
    """The partners the community has today."""
    return Partner.state.in_(CURRENT)


class PartnerView(ListView):
    """社区合伙人."""

    datamodel = ScopedInterface(Partner)
    list_title = _("Community partners")
    short_title = _("Partners")
    menu_group = GROUP
    icon = "award"
    add_hint = _("Propose a partner")
    empty_hint = _("No partner matches. Invite an organisation, or clear the filters.")
    link_column = "unit"
    filter_columns = ("state", "origin", "unit", "ends_on")
    quiet_filters = ("community",)
    order_names = ("id", "ends_on", "state")
    quick_filters = {
        "current": Quick(_("Partners today"), is_partner),
        "to_review": Quick(_("To be approved"), lambda: Partner.state.in_(PROPOSED)),
        "ending": Quick(_("Ending soon"), ending_soon),
    }
    badge_filters = ("to_review",)
    waits_for = {"to_review": "review"}
    loud_filters = ("ending",)
    edit_names = ("pledge", "receives", "begins_on", "ends_on")

    def create(self, values: dict[str, Any]) -> Partner:
        """Write down an application or an invitation."""
        return partnering.propose(**values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer organisations."""
        return choices(text, PartyKind.ORGANIZATION) if name == "unit" else super().choices(name, text)

    def begin(self, form: Any) -> None:
        """A partner applies for the own organisation."""
        actor = current()
        bound = {held.subject for held in actor.held if held.role is Role.PARTNER} if actor is not None else set()
        mine = [party for pk in bound if pk is not None and (party := db.session.get(Party, pk)) is not None]
        form.unit.data = mine[0] if len(mine) == 1 else None

    def panels(self, row: Partner) -> list[Panel]:
        """Lead to the certificate, once there is one."""
        return [("organizations/partner.html", {})] if row.certificate else []

    @expose("/certificate/<pk>", methods=["GET"])
    @requires("v")
    def certificate(self, pk: str) -> Page:
        """Print the certificate (社区合伙人证书) of a partner; before the pledge is signed it has no number yet."""
        row = self.row(pk, names=self.show_columns)
        return self.render_template("organizations/certificate.html", title=CERTIFICATE, view=self, row=row)

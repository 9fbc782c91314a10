"""The pages of party organisations and their members: only what differs from every other list."""

from typing import Any, Final

from flask import current_app
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _
from sqlalchemy import false, select

from app.communities.service import place_choices
from app.core import access, clock, selects
from app.core.fields import Text
from app.core.gate import requires
from app.core.listing import Quick
from app.core.specification import Page, Panel
from app.core.views import ListView, ScopedInterface
from app.extensions import db
from app.parties import models as parties
from app.parties.models import PartyKind, reads_names_somewhere
from app.party_orgs import coverage, parts, service
from app.party_orgs.models import PartyMember, PartyOrg
from app.people.models import Person

TREE: Final = _("Tree and coverage")
SHOWN: Final = 50


class PartyOrgView(ListView):
    """党组织."""

    datamodel = ScopedInterface(PartyOrg)
    list_title = _("Party organisations")
    menu_group = _("People and units")
    icon = "diagram-3"
    add_hint = _("Add a party organisation")
    list_columns = ["name", "kind", "parent", "places", "secretary", "phone"]
    link_column = "name"
    narrow_columns = ("phone",)
    filter_columns = ("kind", "parent", "places", "secretary")
    quiet_filters = ("community",)
    parts = parts.ORGS
    order_names = ("name", "kind")

    def create(self, values: dict[str, Any]) -> PartyOrg:
        """Write it."""
        return service.found(**values)

    def change(self, row: PartyOrg, values: dict[str, Any]) -> None:
        """Change it, while nobody else turns the tree round."""
        service.change(row, values)

    def put_away(self, row: Any, reason: str, version: int | None = None) -> None:
        """Archive it once nothing lies in it and nobody belongs to it."""
        service.require_empty(row)
        super().put_away(row, reason, version)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer open places, and people as secretaries."""
        if name == "places":
            return place_choices(text)
        return parties.choices(text, PartyKind.PERSON) if name == "secretary" else super().choices(name, text)

    def beside(self) -> list[tuple[Text, str]]:
        """The tree."""
        return [(TREE, self.url("tree"))]

    def panels(self, row: PartyOrg) -> list[Panel]:
        """Show what lies in it, and to who reads people who belongs to it."""
        below = select(PartyOrg).where(PartyOrg.parent_id == row.id, PartyOrg.archived_at.is_(None))
        orgs = [*db.session.scalars(below.order_by(PartyOrg.name).limit(SHOWN))]
        return [("party_orgs/panel.html", {"orgs": orgs, "members": _members(row)})]

    @expose("/tree")
    @requires("v")
    def tree(self) -> Page:
        """Show the organisations as a tree, how many members each has, and who is left out."""
        views = {view.model: view for view in current_app.extensions["appbuilder"].list_views()}
        people = views[Person] if access.may("v", Person.list_name) and reads_names_somewhere() else None
        return self.render_template("party_orgs/tree.html", title=TREE, view=self, read=coverage.read(), people=people)


def _members(org: PartyOrg) -> str | None:
    """Return the address of the members of an organisation, for who reads people."""
    if not (access.may("v", Person.list_name) and reads_names_somewhere()):
        return None
    views = {view.model: view for view in current_app.extensions["appbuilder"].list_views()}
    address: str = views[PartyMember].url("list", quick="current", org=org.id)
    return address


class PartyMemberView(ListView):
    """党员组织关系."""

    datamodel = ScopedInterface(PartyMember)
    list_title = _("Members of party organisations")
    menu_group = _("People and units")
    icon = "person-check"
    add_hint = _("Let a member join")
    empty_hint = _("Nobody belongs to an organisation yet.")
    list_columns = ["person", "org", "since", "until"]
    link_column = "person"
    filter_columns = ("org", "since", "until")
    quiet_filters = ("community",)
    parts = parts.MEMBERS
    edit_names = ("since", "until")
    order_names = ("since", "until")
    quick_filters = {
        "current": Quick(_("Members today"), PartyMember.current),
        "left": Quick(_("Left"), lambda: PartyMember.until < clock.today()),
    }

    def create(self, values: dict[str, Any]) -> PartyMember:
        """Let somebody join."""
        return service.join(**values)

    def change(self, row: PartyMember, values: dict[str, Any]) -> None:
        """Change the days."""
        service.change_member(row, values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the members among the people, to who reads their names."""
        if name != "person":
            return super().choices(name, text)
        found = coverage.is_member() if reads_names_somewhere() else false()
        return selects.offered(Person, text, found)

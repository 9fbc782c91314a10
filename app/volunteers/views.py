"""The pages of volunteers: only what differs from every other list."""

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.service import place_choices
from app.core import access, display, masking, payload, revealing
from app.core.actor import current
from app.core.database import Clash
from app.core.errors import CLASH
from app.core.fields import Text
from app.core.forms import PortalForm
from app.core.gate import requires
from app.core.listing import Quick
from app.core.questions import Question, Schema, object_of
from app.core.specification import Page, Panel
from app.core.views import ListView, ScopedInterface
from app.parties.models import PartyKind, choices, reads_names_somewhere
from app.people import finding
from app.people.by_name import ByName
from app.people.ledger import IN_TEMPLATES
from app.volunteers import forms, service
from app.volunteers.choices import VolunteerState
from app.volunteers.forms import EnrolForm
from app.volunteers.models import OWN_COLUMNS, Volunteer, ending, writes_whole

CONTACT_TITLE: Final = _("Phone of the volunteer")
BLANK_LINES: Final = 5
"""How many empty lines the printed form leaves for further trainings."""


def _in(*states: VolunteerState) -> Any:
    return lambda: Volunteer.state.in_(states)


def _called(row: Volunteer) -> str | None:
    """Return the number by which the volunteer is called first; the look is written down."""
    actor = current()
    if actor is None or actor.user_id is None:
        raise access.Forbidden
    person = service.person_of(row)
    told = {"column": "phones", "reason": revealing.Purpose.SERVICE, "text": row.number}
    revealing.write_down(person, actor.user_id, **told)
    return next(iter(finding.own_numbers(person)), None)


def _told(row: Volunteer) -> Mapping[str, Any]:
    return {"phone": payload.spoken(_called(row))}


_PHONE: Final[Schema] = {"type": ["string", "null"], "description": CONTACT_TITLE}
CONTACT: Final = Question(CONTACT_TITLE, _told, object_of({"phone": _PHONE}, ("phone",)), verbs="R", told=True)


class VolunteerView(ByName, ListView):
    """志愿者."""

    template_more = IN_TEMPLATES
    datamodel = ScopedInterface(Volunteer)
    list_title = _("Volunteers")
    menu_group = _("People and units")
    icon = "person-check"
    add_hint = _("Register a volunteer")
    empty_hint = _("No volunteer matches. Register who wants to help, or clear the filters.")
    list_columns = ["number", "person", "skills", "availability", "insurance_until", "state"]
    link_column = "number"
    narrow_columns = ("number",)
    filter_columns = ("state", "teams", "places", "insurance_until", "registered_on")
    quiet_filters = ("community",)
    order_names = ("number", "state", "registered_on", "insurance_until")
    quick_filters = {
        "applied": Quick(_("To be admitted"), _in(VolunteerState.APPLIED)),
        "approved": Quick(_("To begin service"), _in(VolunteerState.APPROVED)),
        "active": Quick(_("In service"), _in(VolunteerState.ACTIVE)),
        "insurance": Quick(_("Insurance ends"), ending),
    }
    parts = {"registered": Quick(_("Registered"), lambda: Volunteer.id.is_not(None))}
    badge_filters = ("applied",)
    waits_for = {"applied": "approve"}
    alarm_column = "insurance_until"
    bulk_moves = ("approve", "activate", "resume")
    edit_names = (
        *("registered_on", "teams", *OWN_COLUMNS),
        *("insurance_until", "training", "guardian", "guardian_agreed_on"),
    )
    questions: Mapping[str, Question] = {"contact": CONTACT}
    by_name_form = EnrolForm
    who = forms.WHO
    who_title = _("The volunteer")
    who_errors: Mapping[str, str] = {"person": "name", "guardian": "guardian_name"}

    def create(self, values: dict[str, Any]) -> Volunteer:
        """Register somebody who is among the people."""
        return service.register(**values)

    def names_to_edit(self, row: Volunteer) -> tuple[str, ...]:
        """Of the own row volunteers change when, where and with what they help."""
        actor = current()
        return self.edit_names if actor is not None and writes_whole(row, actor) else OWN_COLUMNS

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer people whose names one reads, and the open places."""
        if name == "person":
            return choices(text, PartyKind.PERSON)
        return place_choices(text) if name == "places" else super().choices(name, text)

    def alarms(self, row: Volunteer) -> Text | None:
        """Say that the insurance ends or has ended."""
        if not row.ends_soon:
            return None
        return _("Insurance ends soon") if row.is_insured else _("Insurance has ended")

    def worth_showing(self, row: Volunteer) -> list[str]:
        """Show what says something."""
        return [name for name in super().worth_showing(row) if getattr(row, name) not in (None, "", [])]

    def panels(self, row: Volunteer) -> list[Panel]:
        """Lead to the form on paper, and to the phone for who may look."""
        return [("volunteers/more.html", {"may_call": access.may_row("R", row)})]

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Return the complaint for a person two registered at the same moment."""
        return {"person": [CLASH]} if "person" in error.constraint else super().clash(error)

    def above_form(self, form: Any) -> list[Panel]:
        """Lead from the form that names a person to the one that asks for name and phone."""
        return [("people/lead_by_name.html", {})] if "person" in form else []

    @expose("/add", methods=["GET", "POST"])
    @requires("c")
    def add(self) -> Page:
        """Register a volunteer; who may not read the people is led to the form that asks for name and phone."""
        if request.method == "GET" and not reads_names_somewhere():
            return redirect(self.url("enrol"))
        return super().add()

    # -- by name and phone ------------------------------------------------------------------------------------------

    @expose("/enrol", methods=["GET", "POST"])
    @requires("c")
    def enrol(self) -> Page:
        """Register somebody by name and phone, who may be among the people or not; nothing of a record is shown."""
        return self.enrol_page()

    def enrol_row(self, community: Any, who: dict[str, Any], columns: dict[str, Any]) -> Volunteer:
        """Register a volunteer by name and phone."""
        return service.enrol(community, who, **columns, guardian=who["guardian_name"])

    # -- on paper, and by telephone ---------------------------------------------------------------------------------

    @expose("/paper/<pk>", methods=["GET"])
    @requires("v")
    def paper(self, pk: str) -> Page:
        """Print the registration form (志愿者登记表): what is masked in print is left to be written by hand."""
        row = self.row(pk, names=self.show_columns)
        title = gettext("Registration form of a volunteer")
        name = masking.name(row.person.name)
        shown = {"name": name, "lines": range(BLANK_LINES)}
        return render_template("volunteers/paper.html", view=self, title=title, row=row, **shown)

    @expose("/contact/<pk>", methods=["GET", "POST"])
    @requires("R")
    def contact(self, pk: str) -> Page:
        """Ask first, then show for a while by which number the volunteer is called."""
        row = self.row(pk, "R")
        phone = (_called(row) or display.EMPTY) if request.method == "POST" else None
        shown = {"phone": phone, "seconds": revealing.SHOWN}
        title = CONTACT_TITLE
        return render_template("volunteers/contact.html", view=self, row=row, title=title, form=PortalForm(), **shown)

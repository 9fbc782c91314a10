"""The pages of members and service posts: only what differs from every other list."""

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _
from sqlalchemy import false, or_
from sqlalchemy.sql import ColumnElement

from app.communities.service import place_choices
from app.core import access, clock, selects
from app.core.actor import current
from app.core.database import Clash
from app.core.errors import CLASH
from app.core.fields import Text, facts
from app.core.gate import requires
from app.core.listing import Quick
from app.core.rules import Violation
from app.core.specification import Page, Panel
from app.core.timeline import Step
from app.core.views import ListView, Moves, ScopedInterface
from app.extensions import db
from app.organizations.views import GROUP
from app.parties.models import Party, PartyKind, choices, reads_names_somewhere
from app.people.by_name import ByName
from app.people.ledger import IN_TEMPLATES
from app.registrations import agreeing, service, telling
from app.registrations.choices import OPEN_POSTS, MemberState, PostState, SecondState
from app.registrations.cobuilding import Agreement, AgreementState
from app.registrations.feedback import Feedback, FeedbackState
from app.registrations.flow import HERE
from app.registrations.forms import EnrolForm
from app.registrations.models import Member, ServicePost
from app.roles import OFFICE, Role

_KINDS: Final = {"person": PartyKind.PERSON, "unit": PartyKind.ORGANIZATION}


def _in(*states: MemberState) -> Any:
    return lambda: Member.state.in_(states)


def waiting_for_me() -> ColumnElement[bool]:
    """The members the actor is to receive or to confirm on a post, or whose second community waits for an answer."""
    actor = current()
    held = actor.held if actor is not None else ()
    office = (Member.within(one) & _to_decide() for one in held if one.role in OFFICE)
    asked = Member.second == SecondState.ASKED
    secretary = (Member.within(one) & asked for one in held if one.role is Role.SECRETARY)
    return or_(false(), *office, *secretary)


def _to_decide() -> ColumnElement[bool]:
    return Member.state.in_((MemberState.REPORTED_IN, MemberState.POST_CLAIMED))


class MemberView(ByName, ListView):
    """双报到党员."""

    template_more = IN_TEMPLATES
    datamodel = ScopedInterface(Member)
    list_title = _("Members reporting in")
    short_title = _("Members")
    menu_group = GROUP
    icon = "person-badge"
    add_hint = _("Let a member report in")
    empty_hint = _("No member matches. Let one report in, or clear the filters.")
    link_column = "person"
    list_columns = ["person", "unit", "reported_on", "service_posts", "post", "grade", "state"]
    narrow_columns = ("person",)
    filter_columns = ("state", "unit", "post", "grade", "reported_on")
    quiet_filters = ("community",)
    order_names = ("reported_on", "state")
    quick_filters = {
        "here": Quick(_("Registered now"), _in(*HERE)),
        "mine": Quick(_("Waiting for me"), waiting_for_me),
        "without": Quick(_("Without a post"), _in(MemberState.RECEIVED)),
        "idle": Quick(_("Nothing done for a year"), lambda: Member.lapse_asked_on.is_not(None)),
        "left": Quick(_("Left"), _in(MemberState.TRANSFERRED, MemberState.WITHDRAWN)),
    }
    badge_filters = ("mine",)
    bulk_moves = ("receive", "confirm_post", "withdraw")
    edit_names = ("unit", "party_joined_on", "reported_on", "service_posts", "skills")
    by_name_form = EnrolForm
    who = who_names = service.WHO
    who_title = _("The member")
    who_errors: Mapping[str, str] = {"person": "name"}

    def create(self, values: dict[str, Any]) -> Member:
        """Let the member report in, or report in again; by the texts of a program where no person is chosen."""
        who = {name: values.pop(name) for name in self.who if name in values}
        if not who:
            return service.register(**values)
        if values.pop("person", None) is not None:
            raise Violation({name: [_("Name either the person or who it is, not both.")] for name in who})
        community = values.pop("community", None)
        if community is None:
            raise Violation({"community": [_("Please fill this in.")]})
        return service.enrol(community, who, **values)

    @expose("/add", methods=["GET", "POST"])
    @requires("c")
    def add(self) -> Page:
        """Let a member report in; who may not read the people is led to the form that asks for name and phone."""
        actor = current()
        asks = request.method == "GET" and not reads_names_somewhere()
        if asks and actor is not None and service.may_enrol(actor):
            return redirect(self.url("enrol"))
        return super().add()

    @expose("/enrol", methods=["GET", "POST"])
    @requires("c")
    def enrol(self) -> Page:
        """Let somebody report in by name and phone; who speaks only for herself is not asked for others."""
        actor = current()
        if actor is None or not service.may_enrol(actor):
            return redirect(self.url("add"))
        return self.enrol_page()

    def begin_by_name(self, form: Any) -> None:
        """A liaison reports members of the own unit."""
        form.reported_on.data = clock.today()
        mine = _bound_to(PartyKind.ORGANIZATION)
        form.unit.data = mine[0] if len(mine) == 1 else None

    def enrol_row(self, community: Any, who: dict[str, Any], columns: dict[str, Any]) -> Member:
        """Let somebody report in by name and phone."""
        return service.enrol(community, who, **columns)

    def above_form(self, form: Any) -> list[Panel]:
        """Lead from the form that names a person to the one that asks for name and phone."""
        actor = current()
        leads = "person" in form and actor is not None and service.may_enrol(actor)
        return [("people/lead_by_name.html", {})] if leads else []

    def begin(self, form: Any) -> None:
        """A liaison reports members of the own unit, a volunteer herself."""
        form.reported_on.data = clock.today()
        for name, kind in _KINDS.items():
            mine = _bound_to(kind)
            form[name].data = mine[0] if len(mine) == 1 else None

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer people as members, organisations as units, and posts that have a seat left."""
        if name in _KINDS:
            return choices(text, _KINDS[name])
        if name == "post":
            free = ServicePost.state.in_(OPEN_POSTS), ServicePost.taken < ServicePost.wanted
            return selects.offered(ServicePost, text, *free)
        return super().choices(name, text)

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Say beside the member that somebody else let the same one report in at this moment."""
        return {"person": [CLASH]}

    def row_moves(self, row: Member) -> Moves:
        """Return none for the list: whether somebody is registered elsewhere too is looked up on the page."""
        return []

    def step_said(self, step: Step) -> list[tuple[Text, str]]:
        """A step by the QR code says the number of the receipt its page showed, and what was written in vain."""
        if step.move not in (service.BY_POSTER, service.AGAIN):
            return super().step_said(step)
        written = [(facts(Member)[name].label, step.said[name]) for name in service.WRITTEN if name in step.said]
        return [(_("Number of the page's receipt"), str(step.said.get("number"))), *written]

    def lead(self, row: Member) -> list[Panel]:
        """Tell the secretary of another community that asks."""
        held = access.roles_for("m", row, actor) if (actor := current()) is not None else set()
        if row.second is None or Role.SECRETARY not in held:
            return []
        return [("registrations/second.html", {"name": row.other_community, "state": row.second})]


def _bound_to(kind: PartyKind) -> list[Party]:
    """Return the parties of a kind the actor's grants are bound to."""
    actor = current()
    bound = {held.subject for held in actor.held if held.subject is not None} if actor is not None else set()
    found = [party for pk in bound if (party := db.session.get(Party, pk)) is not None]
    return [party for party in found if party.kind is kind]


def open_now() -> ColumnElement[bool]:
    """The posts that can be claimed now."""
    return ServicePost.state.in_(OPEN_POSTS) & (ServicePost.taken < ServicePost.wanted)


class ServicePostView(ListView):
    """服务岗位."""

    datamodel = ScopedInterface(ServicePost)
    list_title = _("Service posts")
    menu_group = GROUP
    icon = "clipboard-check"
    add_hint = _("Add a service post")
    empty_hint = _("No post matches. Add what is to be done, or clear the filters.")
    link_column = "title"
    list_columns = ["title", "kind", "place", "wanted", "taken", "ends_on", "state"]
    filter_columns = ("kind", "state", "place")
    order_names = ("title", "kind", "state")
    quick_filters = {
        "open": Quick(_("Open to be claimed"), open_now),
        "to_publicise": Quick(_("To be publicised"), lambda: ServicePost.state == PostState.CONFIRMED),
    }
    bulk_moves = ("offer", "publicise")

    def create(self, values: dict[str, Any]) -> ServicePost:
        """Record it, to be offered."""
        return service.add_post(**values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the places in use."""
        return place_choices(text) if name == "place" else super().choices(name, text)


def ending_soon() -> ColumnElement[bool]:
    """The agreements in force whose term ends within 30 days."""
    return (Agreement.state == AgreementState.SIGNED) & (Agreement.ends_on <= clock.today() + agreeing.REMIND)


class AgreementView(ListView):
    """共建协议."""

    datamodel = ScopedInterface(Agreement)
    list_title = _("Co-building agreements")
    short_title = _("Agreements")
    menu_group = GROUP
    icon = "file-earmark-text"
    add_hint = _("Draw up an agreement")
    empty_hint = _("No agreement matches. Draw one up, or clear the filters.")
    link_column = "title"
    list_columns = ["title", "unit", "begins_on", "ends_on", "state"]
    filter_columns = ("state", "unit", "ends_on")
    order_names = ("title", "ends_on", "state")
    quick_filters = {
        "in_force": Quick(_("In force"), lambda: Agreement.state == AgreementState.SIGNED),
        "ending": Quick(_("Ending soon"), ending_soon),
    }
    loud_filters = ("ending",)

    def create(self, values: dict[str, Any]) -> Agreement:
        """Draw it up."""
        return agreeing.draft(**values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer organisations as units."""
        return choices(text, PartyKind.ORGANIZATION) if name == "unit" else super().choices(name, text)

    def row_moves(self, row: Agreement) -> Moves:
        """Return none for the list: whether the unit has reported in is looked up on the page."""
        return []


def to_sign_or_acknowledge() -> ColumnElement[bool]:
    """The feedback the actor is to sign, to send or to acknowledge."""
    actor = current()
    held = actor.held if actor is not None else ()
    states = {
        Role.SECRETARY: (FeedbackState.DRAFTED, FeedbackState.SIGNED),
        Role.WORKER: (FeedbackState.SIGNED,),
        Role.LIAISON: (FeedbackState.SENT,),
    }
    mine = (Feedback.within(one) & Feedback.state.in_(states[one.role]) for one in held if one.role in states)
    return or_(false(), *mine)


class FeedbackView(ListView):
    """季度反馈."""

    datamodel = ScopedInterface(Feedback)
    list_title = _("Quarterly feedback")
    short_title = _("Feedback")
    menu_group = GROUP
    icon = "journal-text"
    add_hint = _("Draft a feedback")
    empty_hint = _("No feedback matches. It is drafted at the beginning of each quarter.")
    link_column = "member"
    filter_columns = ("state", "unit")
    order_names = ("year", "state")
    quick_filters = {
        "mine": Quick(_("Waiting for me"), to_sign_or_acknowledge),
        "open": Quick(_("Not acknowledged yet"), lambda: Feedback.state != FeedbackState.ACKNOWLEDGED),
    }
    badge_filters = ("mine",)
    bulk_moves = ("sign", "send", "acknowledge")
    add_names = ("member", "year", "quarter", "summary")
    edit_names = ("summary",)

    def create(self, values: dict[str, Any]) -> Feedback:
        """Draft it from what was done."""
        values.pop("community", None)
        return telling.draft(**values)

    def begin(self, form: Any) -> None:
        """The last quarter is what is usually told."""
        form.year.data, form.quarter.data = telling.last_quarter(clock.today())

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Say beside the member that somebody else drafted the same one at this moment."""
        return {"member": [CLASH]}

"""The page of the needs: only what differs from every other list."""

from collections.abc import Iterable
from typing import Any, Final

from flask import has_request_context, render_template, request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, false, or_
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement

from app.accounts import staff
from app.communities.models import Place, in_subtree
from app.communities.service import category_choices, place_choices
from app.core import access, selects
from app.core.actor import current
from app.core.display import duration
from app.core.fields import Text, facts
from app.core.gate import requires
from app.core.listing import Quick
from app.core.messaging import Messaging
from app.core.specification import Page, Panel
from app.core.timeline import Step
from app.core.views import ListView, ScopedInterface
from app.needs import board, service, similar
from app.needs.choices import OPEN_STATES, Channel, NeedState
from app.needs.flow import CALLABLE
from app.needs.models import Need, due_soon, overdue
from app.needs.panels import clocks_panel, left_said, merged_panel, overdue_said
from app.needs.parts import PARTS
from app.needs.reckoning import DUE_STEPS, moved_said
from app.needs.story import story
from app.roles import Role

BOARD: Final = _("Board")
LATE: Final = _("What is late")


def waiting() -> ColumnElement[bool]:
    """The needs nobody has answered yet."""
    return Need.state == NeedState.SUBMITTED


def at_posters() -> ColumnElement[bool]:
    """What residents reported at posters and nobody has looked at yet."""
    return waiting() & (Need.channel == Channel.QR)


def mine() -> ColumnElement[bool]:
    """The open needs the actor is in charge of."""
    actor = current()
    return (Need.in_charge_id == (actor.user_id if actor else 0)) & Need.state.in_(CALLABLE)


def called() -> ColumnElement[bool]:
    """The needs for which the subdistrict was called and has not answered yet."""
    unanswered = and_(Need.escalated_at.is_not(None), Need.street_answered_at.is_(None))
    return and_(unanswered, Need.state.in_(CALLABLE))


def unfinished() -> ColumnElement[bool]:
    """The needs that are not at an end."""
    return Need.state.in_(OPEN_STATES)


class NeedView(Messaging, ListView):
    """群众需求清单."""

    datamodel = ScopedInterface(Need)
    list_title = _("Residents' needs")
    menu_group = _("The four lists")
    icon = "chat-left-text"
    short_title = _("Needs")
    add_hint = _("Register a need")
    empty_hint = _("No need matches. Register what a resident told you, or clear the filters.")
    list_columns = [
        "code",
        "title",
        "category",
        "place",
        "urgency",
        "state",
        "in_charge",
        "received_at",
        "due_at",
    ]
    filter_columns = ("state", "category", "place", "urgency", "holder", "channel", "kind", "received_at", "due_at")
    quiet_filters = ("community", "in_charge", "response_due", "resolution_due", "accepted_at", "closed_at")
    order_names = ("received_at", "due_at", "resolution_due", "code", "urgency", "state")
    default_order = ("received_at", "desc")
    quick_filters = {
        "open": Quick(_("Open"), unfinished),
        "waiting": Quick(_("To be accepted"), waiting),
        "scanned": Quick(_("From posters, to be looked at"), at_posters),
        "mine": Quick(_("In my charge"), mine),
        "soon": Quick(_("Due within a day"), due_soon),
        "overdue": Quick(_("Overdue"), overdue),
        "called": Quick(_("Called to the subdistrict"), called),
    }
    parts = PARTS
    alarm_column = "due_at"
    loud_filters = ("overdue",)
    soon_filters = ("soon",)
    waits_for = {"waiting": "accept"}
    bulk_moves = ("accept",)

    @property
    def badge_filters(self) -> tuple[str, ...]:  # type: ignore[override]  # by who looks
        """Return what waits for who looks: the subdistrict answers what it was called for, the others work on needs."""
        actor = current()
        is_street = actor is not None and any(held.role is Role.SUPERVISOR for held in actor.held)
        return ("called",) if is_street else ("waiting", "mine")

    def told_outside(self, row: Need) -> list[tuple[Text, str]]:
        """What a resident or a group may be told."""
        return story(row)

    def create(self, values: dict[str, Any]) -> Need:
        """Register it, and note of which open need it is the same where somebody said so."""
        need = service.register(**values)
        if _same_as():
            similar.same(need, selects.find(Need, _same_as()))
        return need

    def create_from_form(self, values: dict[str, Any]) -> Need:
        """Register it past the session, unless it is at once merged into another one."""
        return self.create(values) if _same_as() else service.register_plainly(**values)

    def above_form(self, form: Any) -> list[Panel]:
        """Show which open needs of the place may be the same; the form of a need there already asks nothing."""
        if getattr(form, "version", None) is not None:
            return []
        found = similar.similar(form.place.data, form.title.data or "", form.text.data or "")
        return [("needs/similar.html", {"found": found})]

    @expose("/similar", methods=["POST"])
    @requires("c")
    def similar(self) -> Page:
        """Return the part of the form that shows which open needs may be the same as what is being typed."""
        place = selects.find(Place, request.form.get("place", ""))
        title, text = (request.form.get(name, "")[:5000] for name in ("title", "text"))
        found = similar.similar(place, title, text)
        return render_template("needs/similar.html", values={"found": found})

    def beside(self) -> list[tuple[Text, str]]:
        """The boards: what stands where, and what is late."""
        return [(BOARD, self.url("board")), (LATE, self.url("late"))]

    @expose("/board")
    @requires("v")
    def board(self) -> Page:
        """Show the open needs by state, each with its next step; all, or those the actor is in charge of."""
        is_mine = request.args.get("mine") == "1"
        shown = board.columns(self.relations(self.list_columns), *([mine()] if is_mine else []))
        asked = {"quick": "mine"} if is_mine else {}
        return self.render_template(
            "needs/board.html", title=BOARD, view=self, columns=shown, mine=is_mine, asked=asked
        )

    @expose("/late")
    @requires("v")
    def late(self) -> Page:
        """Show how much is late, by place, by who is in charge and by whose time it is."""
        tables = [
            ("place", _("Place"), board.late_by_place()),
            ("person", _("Person in charge"), board.late_by_person()),
            ("holder", _("Lies with"), board.late_by_holder()),
        ]
        return self.render_template("needs/late.html", title=LATE, view=self, tables=tables)

    def relations(self, names: Iterable[str]) -> list[Any]:
        """With the whole of a need come the segments, in the same statement."""
        whole = [joinedload(Need.segments)] if [*names] == self.show_columns else []
        return [*super().relations(names), *whole]

    def alarms(self, row: Need) -> Text | None:
        """Say by how much a need is late."""
        return overdue_said(row) if row.is_overdue else None

    def hint(self, row: Need) -> tuple[Text, str, str] | None:
        """Say what is due within a day, and that the time of what is on hold stands still."""
        if row.is_due_soon:
            return left_said(row), "busy", "clock"
        return (_("Paused"), "calm", "pause-circle") if row.state is NeedState.ON_HOLD else None

    def beside_value(self, row: Need, name: str) -> Text:
        """Say how long it was on hold in days and hours."""
        return duration(row.paused_minutes) if name == "paused_minutes" and row.paused_minutes else ""

    def panels(self, row: Need) -> list[Panel]:
        """Show both clocks: with whom the need has lain, for how long, and how that compares with its limits."""
        return [*clocks_panel(row), *merged_panel(row, self)]

    def step_said(self, step: Step) -> list[tuple[Text, str]]:
        """A step of the orders says where it brought the need; a move says so by its name."""
        if step.move in DUE_STEPS:
            return [moved_said(step)]
        said = super().step_said(step)
        if step.move != "orders" or step.source is None or step.target is None:
            return said
        words = {one.value: str(one.label) for one in NeedState}
        return [*said, (facts(Need)["state"].label, f"{words[step.source]} → {words[step.target]}")]

    def _said_label(self, step: Step, name: str) -> Text:
        own = {"order": _("Service order"), "need": _("Need")}
        return own[name] if name in own else super()._said_label(step, name)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the open places, the categories in use, and the people of the community as persons in charge."""
        if name == "in_charge":
            return staff.choices(text, service.HANDS)
        if name == "merged_into":
            return selects.offered(Need, text, Need.state.in_(OPEN_STATES))
        if name == "place":
            return place_choices(text, _within_reach())
        if name == "category":
            return category_choices(text)
        return super().choices(name, text)


def _within_reach() -> ColumnElement[bool]:
    """Return the SQL for the places where the actor may write needs: who has a grid is offered that grid."""
    actor = current()
    grants = [held for verb in "cem" for held, _rule in access.clauses(actor, Need.guard(), verb)] if actor else []
    return or_(false(), *(Place.within(held) & in_subtree(held.place_path or "/") for held in dict.fromkeys(grants)))


def _same_as() -> str:
    """Return of which open need the form says that it is the same, if it does."""
    return request.form.get("same_as", "") if has_request_context() else ""

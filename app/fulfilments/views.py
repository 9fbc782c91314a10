"""The page of the orders: only what differs from every other list."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from sqlalchemy import false
from sqlalchemy.sql import ColumnElement

from app.communities.service import place_choices
from app.core import selects
from app.core.actor import current
from app.core.forms import RowForm
from app.core.listing import Quick
from app.core.specification import Page
from app.core.views import ListView, ScopedInterface
from app.fulfilments import service
from app.fulfilments.choices import BEFORE_DONE, FulfilmentState
from app.fulfilments.contact import Contacting
from app.fulfilments.following import still_asked
from app.fulfilments.hands import speaks_for
from app.fulfilments.models import Fulfilment, overdue
from app.fulfilments.parts import PARTS
from app.needs.choices import WORKING_STATES
from app.needs.models import Need
from app.parties.models import Party
from app.projects.choices import ProjectState
from app.projects.models import ServiceProject
from app.resources.choices import ResourceState
from app.resources.models import Resource


def _in(*states: FulfilmentState) -> Any:
    return lambda: Fulfilment.state.in_(states)


def ours() -> ColumnElement[bool]:
    """The orders in the hands of whom the actor speaks for that are not done yet."""
    actor = current()
    mine = speaks_for(Fulfilment, actor) if actor else false()
    return mine & Fulfilment.state.in_(BEFORE_DONE)


def _provider_of(form: RowForm) -> Party | None:
    """Who provides the resource an order begins with, else who carries out its project."""
    begun = form.resource.data or form.project.data
    return begun.provider if begun is not None else None


class FulfilmentView(Contacting, ListView):
    """服务落地清单."""

    datamodel = ScopedInterface(Fulfilment)
    list_title = _("Services delivered")
    menu_group = _("The four lists")
    icon = "truck"
    short_title = _("Orders")
    add_hint = _("Offer a need to a provider")
    empty_hint = _("No order matches. Open a need and offer it to a provider, or clear the filters.")
    link_column = "code"
    list_columns = ["code", "need", "provider", "state", "scheduled_at", "expires_at", "place"]
    filter_columns = ("state", "provider", "project", "place", "scheduled_at", "delivered_on")
    quiet_filters = ("community", "created_at")
    order_names = ("code", "scheduled_at", "expires_at", "state")
    default_order = ("id", "desc")
    quick_filters = {
        "offered": Quick(_("To be answered"), _in(FulfilmentState.OFFERED)),
        "taken": Quick(_("Date to be agreed"), _in(FulfilmentState.CLAIMED)),
        "running": Quick(_("Under way"), _in(FulfilmentState.SCHEDULED, FulfilmentState.IN_PROGRESS)),
        "carried_out": Quick(_("To be confirmed"), _in(FulfilmentState.DELIVERED)),
        "ours": Quick(_("Our orders"), ours),
        "late": Quick(_("Late"), overdue),
    }
    parts = PARTS
    badge_filters = ("ours",)
    alarm_column = "expires_at"
    loud_filters = ("late",)
    add_names = (
        "need",
        "provider",
        "resource",
        "project",
        "quantity_asked",
        "expires_at",
        "scheduled_at",
        "minutes",
        "place",
        "said_by",
    )
    edit_names = ("project", "taker", "measures", "person_times", "persons", "households", "cost", "fund")
    other_names = {"quantity": "quantity_asked"}

    def create(self, values: dict[str, Any]) -> Fulfilment:
        """Offer it."""
        values.pop("community", None)
        return service.offer(**values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the needs that take orders, the open places, and each provider with what it is."""
        if name == "need":
            return selects.offered(Need, text, Need.state.in_(WORKING_STATES))
        if name == "resource":
            return selects.offered(Resource, text, Resource.state == ResourceState.AVAILABLE)
        if name == "project":
            return selects.offered(ServiceProject, text, ServiceProject.state == ProjectState.RUNNING)
        if name == "place":
            return place_choices(text)
        return super().choices(name, text)

    def worth_showing(self, row: Fulfilment) -> list[str]:
        """Of the many columns show those that say something."""
        return [name for name in super().worth_showing(row) if getattr(row, name) not in (None, "", [])]

    def _form_page(self, form: RowForm, row: Any = None, status: int = 200) -> Page:
        """The form of a new order begins with the need it was opened from."""
        if row is None and request.method == "GET":
            need = selects.find(Need, request.args.get("need", ""))
            if need is not None:
                form.need.data, form.quantity_asked.data = need, still_asked(need) or need.quantity_asked
            form.resource.data = selects.find(Resource, request.args.get("resource", ""))
            form.project.data = selects.find(ServiceProject, request.args.get("project", ""))
            form.provider.data = selects.find(Party, request.args.get("provider", "")) or _provider_of(form)
        return super()._form_page(form, row, status)

"""The page of approvals: who wants to take out what with sensitive values open, and who decided."""

from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _
from sqlalchemy import false, or_
from sqlalchemy.sql import ColumnElement

from app.core import revealing
from app.core.actor import current
from app.core.fields import facts
from app.core.gate import requires
from app.core.listing import Quick
from app.core.questions import Question
from app.core.sheets.exporting import ENDINGS
from app.core.sheets.pages import unused
from app.core.sheets.sending import streamed
from app.core.specification import Page, Panel
from app.core.views import ListView, Moves, ScopedInterface
from app.exports import service
from app.exports.choices import WHOLES, Listing, RequestState
from app.exports.files import LONGEST, views
from app.exports.models import DECIDING, ExportRequest
from app.roles import Role


def _me() -> int:
    actor = current()
    return actor.user_id or 0 if actor is not None else 0


def to_decide() -> ColumnElement[bool]:
    """The requests the actor is to decide on as the second person."""
    actor = current()
    held = [one for one in actor.held if one.role in DECIDING] if actor is not None else []
    office = (
        ExportRequest.within(one) & (ExportRequest.by_secretary.is_(True) if one.role is Role.WORKER else _not_mine())
        for one in held
    )
    return (ExportRequest.state == RequestState.ASKED) & _not_mine() & or_(false(), *office)


def _not_mine() -> ColumnElement[bool]:
    return ExportRequest.created_by_id.is_distinct_from(_me())


def to_fetch() -> ColumnElement[bool]:
    """The actor's own requests whose file can be fetched."""
    return (ExportRequest.state == RequestState.APPROVED) & (ExportRequest.created_by_id == _me())


def _mine() -> ColumnElement[bool]:
    return ExportRequest.created_by_id == _me()


class ApprovalView(ListView):
    """导出审批."""

    datamodel = ScopedInterface(ExportRequest)
    list_title = _("Approvals of exports")
    short_title = _("Approvals")
    menu_group = _("Administration")
    icon = "shield-check"
    add_hint = _("Ask for an export")
    empty_hint = _("Nobody has asked for an export with sensitive values open.")
    link_column = "listing"
    list_columns = ["listing", "reason", "ending", "row_count", "created_by", "state", "decided_by", "expires_at"]
    # The filter is told in words; its address is for the form and for programs that ask.
    show_columns = [name for name in facts(ExportRequest) if name != "asked"]
    filter_columns = ("state",)
    order_names = ("state",)
    quick_filters = {
        "to_decide": Quick(_("To be decided by me"), to_decide),
        "to_fetch": Quick(_("To be fetched by me"), to_fetch),
        "mine": Quick(_("Asked for by me"), _mine),
    }
    badge_filters = ("to_decide", "to_fetch")
    add_names = ("listing", "asked", "ending", "reason")
    questions = {
        "file": Question(
            _("Fetch the approved file, once"),
            lambda row: streamed(service.fetch(row)),
            {},
            told=True,
            files=tuple(ENDINGS.values()),
        )
    }

    @expose("/", methods=["GET"])
    @requires("v")
    def index(self) -> Page:
        """Show the list; the address people are told."""
        found: Page = self.list()
        return found

    @expose("/fetch/<pk>", methods=["POST"])
    @requires("v")
    def fetch(self, pk: str) -> Page:
        """Hand out the file of an approved request, once."""
        return streamed(service.fetch(self.row(pk)))

    def create(self, values: dict[str, Any]) -> ExportRequest:
        """Ask for it."""
        return service.ask(values.pop("listing"), values.pop("community", None), **values)

    def begin(self, form: Any) -> None:
        """Take over the list and the filter one comes from."""
        if (name := request.args.get("list", "")) in views():
            form.listing.data = Listing(name)
        form.asked.data = request.args.get("query", "")[:LONGEST] or None

    def row_moves(self, row: ExportRequest) -> Moves:
        """Return none for the list: who decides reads first what it is needed for."""
        return []

    def lead(self, row: ExportRequest) -> list[Panel]:
        """Let who asked fetch the file."""
        by_page = row.listing.name not in WHOLES and service.is_ready(row)
        return [("exports/fetch.html", {"until": row.expires_at})] if by_page else []


def offer() -> None:
    """Let the lists lead to the request: those that somebody exports and of which something stands masked."""
    for view in views().values():
        if revealing.sensitive(view.model) and "export_xlsx" not in unused(view.model):
            view.raw_door = "/approvals/add"

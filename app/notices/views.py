"""The page of notices: what waits for me, and what I was told; and the switches of the profile."""

import logging
from collections import defaultdict
from typing import Any, Final

from flask import Blueprint, abort, after_this_request, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import Account
from app.core import display, tallies, telling
from app.core.access import may
from app.core.actor import current
from app.core.database import Unavailable, transaction, writing
from app.core.errors import answer
from app.core.fields import Text, facts
from app.core.gate import members
from app.core.hanging import may_hang
from app.core.views import opened
from app.extensions import db
from app.notices import service
from app.notices.kinds import known
from app.notices.models import Notice

notice_pages: Final = Blueprint("notices", __name__, template_folder="templates")

SIZE: Final = 30
HEADLINE: Final = ("code", "title", "name")
"""The columns a row is told by; what is masked for the reader stays masked."""

log: Final = logging.getLogger("sidan.notices")


@notice_pages.get("/notices/")
@members
def index() -> ResponseReturnValue:
    """Show what waits, counted now, and the messages, the newest first."""
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 10):
        return answer(400, gettext("This list has no filter “%(name)s”.", name="before"))
    found = service.page(int(before) if before else None, SIZE)
    older = url_for("notices.index", before=found[SIZE - 1].id) if len(found) > SIZE else ""
    return render_template("notices/index.html", duties=_duties(), lines=_lines(found[:SIZE]), older=older)


def _duties() -> list[tuple[Text, Text, str, int]]:
    """Return list, words, address and number of what waits for the actor in each list."""
    counts = tallies.tallies()
    views = [view for view in _views().values() if may("v", view.guard)]
    found = [(view, name, counts.get((view.list_name, name), 0)) for view in views for name in view.badges]
    return [
        (view.list_title, view.quick_filters[name].label, view.url("list", quick=name), count)
        for view, name, count in found
        if count
    ]


def _views() -> dict[str, Any]:
    return {view.list_name: view for view in current_app.extensions["appbuilder"].list_views()}


def _lines(found: list[Notice]) -> list[dict[str, Any]]:
    rows = _rows(found)
    names = telling.Names()
    for notice in found:
        names.ask(Account, notice.by_id)
    names.load()
    return [_line(notice, rows.get((notice.list, notice.row_id)), names) for notice in found]


def _rows(found: list[Notice]) -> dict[tuple[str, int | None], Any]:
    """Return the rows the notices are about, as far as the reader sees them: one statement per list."""
    asked: defaultdict[str, set[int]] = defaultdict(set)
    for notice in found:
        if notice.row_id is not None:
            asked[notice.list].add(notice.row_id)
    models = {name: view.model for name, view in _views().items()}
    return {
        (name, row.id): row
        for name, ids in asked.items()
        if name in models
        for row in db.session.scalars(select(models[name]).where(models[name].id.in_(ids)))
    }


def _line(notice: Notice, row: Any, names: telling.Names) -> dict[str, Any]:
    kind = known().get(notice.kind)
    view = _views().get(notice.list)
    moved = notice.move if view is not None and kind is not None and not kind.fixed else None
    return {
        "notice": notice,
        "kind": kind,
        "move": telling.act_label(view.model, moved) if view is not None and moved else "",
        "about": _headline(row) if row is not None else "",
        "gone": notice.row_id is not None and row is None,
        "address": view.url("show", pk=row.id) if view is not None and row is not None else "",
        "by": names.person(notice.by_id) if notice.by_id is not None else "",
    }


def _headline(row: Any) -> str:
    return " ".join(display.shown(row, name) for name in HEADLINE if name in facts(type(row)))


@notice_pages.post("/notices/read/<int:notice_id>")
@members
def read(notice_id: int) -> ResponseReturnValue:
    """Mark one as read."""
    with transaction():
        service.read(notice_id)
    return redirect(url_for("notices.index"))


@notice_pages.post("/notices/read")
@members
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    with transaction():
        service.read_all()
    return redirect(url_for("notices.index"))


@notice_pages.post("/notices/choose")
@members
def choose() -> ResponseReturnValue:
    """Say which kinds one wants to be told of."""
    if "asked" not in request.form:
        # Nothing ticked means none at all; so it must be the form of the profile that says it.
        abort(422)
    with transaction():
        service.choose(request.form.getlist("kind"))
    flash(gettext("Saved."), "success")
    return redirect(url_for("accounts.profile"))


def panel() -> tuple[str, dict[str, Any]]:
    """Return the section of the profile with the switches."""
    return "notices/choices.html", {"choices": service.choices()}


@opened.connect
def _read_with_row(sender: type[Any], row: Any) -> None:
    """Opening a row reads what one was told of it, once the page is made: it shows the row as it was read."""
    actor = current()
    if actor is None or actor.user_id is None or not may_hang(row, service.UNREAD):
        return
    listing, row_id = row.list_name, row.id

    @after_this_request
    def mark(response: Response) -> Response:
        _mark(listing, row_id)
        return response


def _mark(listing: str, row_id: int) -> None:
    db.session.rollback()
    try:
        with writing(), transaction():
            service.read_of(listing, row_id)
    except Unavailable:
        # The row was shown, which is what was asked for; the notice is read the next time.
        log.warning("notices about %s %s stay unread: the database is busy", listing, row_id)

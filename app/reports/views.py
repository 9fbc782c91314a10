"""The home page (工作台), the search over all lists, and the views people keep of a list."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.core import checks, clock, saved, tallies
from app.core.access import may
from app.core.addresses import BadQuery
from app.core.database import transaction
from app.core.errors import answer
from app.core.gate import members
from app.reports.charts import charts

home_pages = Blueprint("home", __name__)

HITS = 8
"""How many rows of each list the search over all lists shows."""
LONGEST_NAME = 20


@home_pages.get("/")
@members
def index() -> str:
    """Show what waits, per list the person may see, and the figures of the last weeks."""
    lists = [view for view in _views() if view.quick_filters]
    tallies.tell(*lists)
    drawn = [chart for view in lists for chart in charts(view)]
    return render_template("home.html", lists=lists, charts=drawn, today=f"{clock.today():%Y-%m-%d}")


def _views() -> list[Any]:
    return [view for view in current_app.extensions["appbuilder"].list_views() if may("v", view.guard)]


@home_pages.get("/search")
@members
def search() -> ResponseReturnValue:
    """Show what is found in each list the person may see."""
    text = request.args.get("q", "").strip()
    if checks.visible(text) is not None:
        return answer(400, gettext("There are invisible control characters in the address."))
    found = [(view, _hits(view, text)) for view in _views() if text and view.may_search()]
    return render_template("search.html", text=text, found=[(view, rows) for view, rows in found if rows])


def _hits(view: Any, text: str) -> list[Any]:
    query = view.asked(MultiDict({"q": text, "size": str(HITS)}))
    rows: list[Any] = query.rows()
    return rows


@home_pages.post("/views/save")
@members
def save_view() -> ResponseReturnValue:
    """Keep the filters of a list under a name."""
    view = next((view for view in _views() if view.list_name == request.form.get("list")), None)
    name, query = request.form.get("name", "").strip(), request.form.get("query", "")
    if view is None or len(query) > 1000:
        abort(404)
    if not name or len(name) > LONGEST_NAME or checks.visible(name) is not None:
        flash(gettext("Give the view a name of 1 to %(most)s characters.", most=LONGEST_NAME), "warning")
    elif _understood(view, query):
        with transaction():
            saved.keep(view.list_name, name, query)
        flash(gettext("The view is kept; only you see it."), "success")
    return redirect(f"{view.url('list')}?{query}")


def _understood(view: Any, query: str) -> bool:
    try:
        view.asked(MultiDict(parse_qsl(query)))
    except (BadQuery, ValueError):
        abort(400)
    return True


@home_pages.post("/views/forget/<int:view_id>")
@members
def forget_view(view_id: int) -> ResponseReturnValue:
    """Forget one of the own views."""
    with transaction():
        listing = saved.forget(view_id)
    view = next((view for view in _views() if view.list_name == listing), None)
    if view is None:
        abort(404)
    return redirect(view.url("list"))

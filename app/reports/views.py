"""The home page (工作台), the search over all lists, and the views people keep of a list."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from werkzeug.datastructures import MultiDict

from app.core import access, checks, clock, saved, tallies
from app.core.access import may
from app.core.addresses import BadQuery
from app.core.database import transaction
from app.core.errors import answer
from app.core.fields import Text
from app.core.gate import members
from app.reports.charts import charts

home_pages = Blueprint("home", __name__)

HITS = 8
"""How many rows of each list the search over all lists shows."""
NUMBER = re.compile(r"\+?\d[\d -]{5,28}[\dXx]")
"""What may be a telephone or identity number somebody looks for."""
LONGEST_NAME = 20
PRESSING = ("loud_filters", "soon_filters", "badge_filters")
"""Which quick filters of a list tell what is to be done first."""


@home_pages.get("/")
@members
def index() -> str:
    """Show what waits, per list the person may see, and the figures of the last weeks."""
    lists = [view for view in _views() if view.quick_filters]
    tallies.tell(*lists)
    drawn = [chart for view in lists for chart in charts(view)]
    today = format_date(clock.today(), "yyyy-MM-dd EEEE")
    waits = {"pressing": _pressing(lists), "groups": _grouped(lists)}
    adding = next((view for view in lists if may("c", view.guard)), None)
    partly = any(access.only_some("v", view.guard) for view in lists)
    return render_template("home.html", **waits, adding=adding, charts=drawn, today=today, partly=partly)


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many rows of a list are late or wait for somebody; the address shows exactly these."""

    title: Text
    label: Text
    address: str
    count: int
    loud: bool


def _pressing(lists: list[Any]) -> list[Pressing]:
    """Return what is to be done first: what is late, what soon will be, what waits; each in the order of the menu."""
    kinds = [(view, name) for kind in PRESSING for view in lists for name in getattr(view, kind) if view.concerns(name)]
    counts = tallies.tallies()
    return [
        Pressing(
            view.list_title,
            view.quick_filters[name].label,
            view.url("list", quick=name),
            count,
            name in view.loud_filters,
        )
        for view, name in dict.fromkeys(kinds)
        if (count := counts[(view.list_name, name)])
    ]


def _grouped(lists: list[Any]) -> list[tuple[Text, list[Any]]]:
    """Return the lists by the group of the menu they stand in; those in no group come last."""
    groups = dict.fromkeys(sorted((view.in_group for view in lists), key=lambda group: not group))
    return [(group, [view for view in lists if view.in_group == group]) for group in groups]


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
    sealed = [view for view in _views() if view.findable and may("R", view.guard)] if NUMBER.fullmatch(text) else []
    shown = {"found": [(view, rows) for view, rows in found if rows], "sealed": sealed}
    return render_template("search.html", text=text, **shown)


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

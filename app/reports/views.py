"""The home page (工作台): what waits for me today."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template
from werkzeug.datastructures import MultiDict

from app.core.access import may
from app.core.fields import Text
from app.core.gate import members
from app.core.listing import COUNTED, read

home_pages = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the home page, and the list of exactly the rows it counts."""

    label: Text
    count: int
    address: str
    loud: bool

    @property
    def figure(self) -> str:
        """Return the number, or that it is beyond counting."""
        return f"{COUNTED:,}+" if self.count > COUNTED else str(self.count)


@home_pages.get("/")
@members
def index() -> str:
    """Show what waits, per list the person may see."""
    views = [view for view in current_app.extensions["appbuilder"].list_views() if view.quick_filters]
    seen = [view for view in views if may("v", view.guard)]
    return render_template("home.html", lists=[(view, _tiles(view)) for view in seen])


def _tiles(view: Any) -> list[Tile]:
    return [_tile(view, name) for name in view.quick_filters]


def _tile(view: Any, name: str) -> Tile:
    count = read(view.offer, MultiDict({"quick": name})).count()
    return Tile(view.quick_filters[name].label, count, view.url("list", quick=name), name in view.loud_filters)

"""The pages of communities, places, categories and holidays: only what differs from every other list."""

from typing import Any, Final

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.sql import ColumnElement

from app.communities import service
from app.communities.models import Category, Community, Holiday, Place, PlaceKind, in_subtree
from app.communities.settings import UNSET
from app.core import access, checks, clock, selects
from app.core.actor import current
from app.core.database import transaction
from app.core.deeds import Deed, NothingAsked
from app.core.fields import Text
from app.core.forms import Day, Flag, Kept, Line, Number, PortalForm, RowForm
from app.core.gate import requires
from app.core.listing import Quick
from app.core.moves import Refused, Stale
from app.core.rules import Violation, too_long
from app.core.selects import RemoteSelect
from app.core.specification import Page
from app.core.views import ListView, ScopedInterface
from app.extensions import db

SETTINGS: Final = _("Community settings")
SHOWN_BELOW: Final = 200
LONGEST_REASON: Final = 200


class CommunityView(ListView):
    """社区."""

    datamodel = ScopedInterface(Community)
    list_title = _("Communities")
    menu_group = SETTINGS
    icon = "building"
    add_hint = _("Set up a community")
    order_names = ("code", "name")
    default_order = ("code", "asc")
    parts = {"set_up": Quick(_("Set up"), lambda: Community.archived_at.is_(None))}
    edit_names = (
        "name",
        "code",
        "street",
        "district",
        "city",
        "founded_on",
        "area_km2",
        "boundary",
        "slogan",
        "level_names",
        "reference_date",
        "phone",
        "working_hours",
        "hold_days",
        "reopen_days",
        "silence_days",
        "offer_hours",
        "callback_share",
        "callback_quota",
        "unused",
        "words",
    )

    def when_unset(self, name: str) -> Text:
        """Say what holds as long as the community sets nothing itself."""
        return UNSET.get(name, "")

    def beside(self) -> list[tuple[Text, str]]:
        """The eight questions, for who may set up a community."""
        return [(_("Set up by eight questions"), f"{self.route_base}/setup/")] if access.may("c", self.guard) else []

    def create(self, values: dict[str, Any]) -> Community:
        """Open it, so that who opens it gets access to it."""
        if not values["level_names"]:
            del values["level_names"]
        return service.open_community(**values)


class RelocateForm(PortalForm):
    """Where a place goes."""

    parent = RemoteSelect(_("Lies in"), target=Place, description=_("Empty: directly below the community."))
    sort = Number(_("Order"), description=_("Empty: after its new neighbours."))
    version = Kept()


class CloseForm(PortalForm):
    """When and why a place is closed."""

    closed_on = Day(_("Last day"), default=clock.today)
    reason = Line(_("Reason for closing"), render_kw={"aria-required": "true"})
    with_children = Flag(_("Close everything below it too"))
    version = Kept()


def _relocate(place: Place, form: Any) -> None:
    service.move_place(place, form.parent.data, form.sort.data)


def _close(place: Place, form: Any) -> None:
    day, reason = form.closed_on.data, form.reason.data or ""
    wrong: dict[str, list[Text]] = {}
    if day is None or checks.plausible(day) is not None:
        wrong["closed_on"] = [_("Please fill this in.")]
    complaint = (too_long(reason, LONGEST_REASON) or checks.visible(reason)) if reason else _("Please fill this in.")
    if complaint is not None:
        wrong["reason"] = [complaint]
    if wrong:
        raise Violation(wrong)
    service.close_place(place, day, reason, with_children=form.with_children.data)


def _reopen(place: Place, form: Any) -> None:
    service.reopen_place(place)


MOVES: Final = {
    "relocate": Deed(_("Move this place"), RelocateForm, _relocate, help=_("Everything below it moves along.")),
    "close": Deed(
        _("Close this place"), CloseForm, _close, tone="grave", help=_("Old rows keep it; new ones cannot choose it.")
    ),
    "reopen": Deed(_("Reopen this place"), NothingAsked, _reopen),
}


def open_places(kind: PlaceKind) -> ColumnElement[bool]:
    """The places of a kind in use today."""
    return (Place.kind == kind) & or_(Place.closed_on.is_(None), Place.closed_on > clock.today())


class PlaceView(ListView):
    """The tree of places, in its order: each place stands right below the one it lies in."""

    datamodel = ScopedInterface(Place)
    list_title = _("Places")
    menu_group = SETTINGS
    icon = "diagram-3"
    add_hint = _("Add a place")
    list_columns = ["name", "kind", "parent", "households", "closed_on"]
    link_column = "name"
    filter_columns = ("kind", "parent", "closed_on")
    order_names = ("name", "level", "households")
    default_order = ("path", "asc")
    quiet_filters = ("community",)
    parts = {
        "grids": Quick(_("Grids in use"), lambda: open_places(PlaceKind.GRID)),
        "compounds": Quick(_("Compounds in use"), lambda: open_places(PlaceKind.COMPOUND)),
    }
    edit_names = ("name", "kind", "level", "aliases", "code", "households", "opened_on")
    deeds = MOVES

    def depth(self, row: Place) -> int:
        """Return how deep in the tree a row stands."""
        return row.depth

    def create(self, values: dict[str, Any]) -> Place:
        """Add it, by default one level below its parent and after its neighbours."""
        community = values.pop("community", None)
        if community is None:
            raise Violation({"community": [_("Please fill this in.")]})
        return service.add_place(community, values.pop("name") or "", values.pop("parent"), **values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the open places, in any spelling."""
        return service.place_choices(text) if name == "parent" else super().choices(name, text)

    def panels(self, row: Place) -> list[tuple[str, dict[str, Any]]]:
        """Show what lies in the place and what can be done with it."""
        lying = select(Place).where(Place.community_id == row.community_id, in_subtree(row.path), Place.id != row.id)
        children = db.session.scalars(lying.order_by(Place.path).limit(SHOWN_BELOW)).all()
        # What packages above add is done with places in use.
        names = [name for name in self.deeds if name != "reopen"] if row.is_open else ["reopen"]
        offered = {name: self.deeds[name] for name in names} if access.may_row("e", row) else {}
        may_add = row.is_open and access.may_row("c", row)
        return [("communities/place.html", {"children": children, "moves": offered, "may_add": may_add})]

    def _form_page(self, form: RowForm, row: Any = None, status: int = 200) -> Page:
        """The form of a new place starts below the place it was asked for at."""
        if row is None and request.method == "GET" and form.parent.data is None:
            form.parent.data = selects.find(Place, request.args.get("parent", ""))
        return super()._form_page(form, row, status)

    @expose("/move/<name>/<pk>", methods=["GET", "POST"])
    @requires("e")
    def rearrange(self, name: str, pk: str) -> Page:
        """Ask what is needed to move, close or reopen a place, and do it."""
        row = self.row(pk, "e")
        if name not in self.deeds:
            raise access.OutOfScope
        form = self.deeds[name].form(parent=row.parent, version=str(row.version))
        if request.method == "GET" or not form.validate():
            return self._ask(form, row, name, 200 if request.method == "GET" else 422)
        return self._do(form, row, name)

    def _do(self, form: PortalForm, row: Place, name: str) -> Page:
        if form.version.data != str(row.version):
            raise Stale
        try:
            with transaction():
                self.deeds[name].make(row, form)
        except Violation as error:
            form.complain(error.errors)
            return self._ask(form, row, name, 422)
        except Refused as refused:
            form.complain({"": [refused.reason]})
            return self._ask(form, row, name, 409)
        flash(gettext("Done: %(move)s.", move=self.deeds[name].label), "success")
        return redirect(self.url("show", pk=row.id))

    def _ask(self, form: PortalForm, row: Place, name: str, status: int) -> Page:
        asks = [field.name for field in form if field.type not in ("Kept", "CSRFTokenField")]
        values = {"view": self, "form": form, "row": row, "move": self.deeds[name], "asks": asks}
        return self.render_template("move.html", title=self.deeds[name].label, **values), status


class CategoryView(ListView):
    """Categories in two levels, in the order of their tree."""

    datamodel = ScopedInterface(Category)
    list_title = _("Categories")
    menu_group = SETTINGS
    icon = "tags"
    add_hint = _("Add a category")
    list_columns = ["name", "parent", "closed_on"]
    link_column = "name"
    filter_columns = ("parent",)
    order_names = ("name",)
    default_order = ("in_tree", "asc")

    def depth(self, row: Category) -> int:
        """Return how deep in the tree a row stands."""
        return 0 if row.parent_id is None else 1

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the top categories in use."""
        return selects.offered(Category, text, Category.parent_id.is_(None), Category.closed_on.is_(None))


class HolidayView(ListView):
    """Days on which the office is closed, or open although its weekday is free."""

    datamodel = ScopedInterface(Holiday)
    list_title = _("Holidays")
    menu_group = SETTINGS
    icon = "calendar-event"
    add_hint = _("Add a holiday")
    empty_hint = _("No holidays yet: the office works Monday to Friday.")
    list_columns = ["day", "name", "works"]
    link_column = "name"
    filter_columns = ("day", "works")
    order_names = ("day",)
    default_order = ("day", "desc")

    def remark(self) -> Text | None:
        """Say of which year nobody has entered the holidays, so that nobody relies on dates reckoned without them."""
        actor = current()
        year = service.unknown_year(actor.communities) if actor is not None else None
        return service.unknown_said(year) if year is not None else None

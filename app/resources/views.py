"""The page of the shared resources: only what differs from every other list."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_
from sqlalchemy.sql import ColumnElement

from app.communities.service import category_choices, place_choices
from app.core import selects
from app.core.actor import current
from app.core.fields import Text
from app.core.listing import Quick
from app.core.model import recorded_by
from app.core.views import ListView, ScopedInterface
from app.parties.models import Party, is_bound
from app.resources import service
from app.resources.choices import ResourceState
from app.resources.models import Resource, ending, is_to_check, to_check


def available() -> ColumnElement[bool]:
    """The resources that can be offered."""
    return Resource.state == ResourceState.AVAILABLE


def unreviewed() -> ColumnElement[bool]:
    """The resources nobody has looked at yet, or that are not published yet."""
    return Resource.state.in_((ResourceState.DRAFT, ResourceState.REVIEWED))


def ours() -> ColumnElement[bool]:
    """The resources of those the actor speaks for, and those the actor recorded."""
    actor = current()
    if actor is None:
        return Resource.id.is_(None)
    return or_(recorded_by(Resource, actor), *(is_bound(Resource, "provider", held) for held in actor.held))


class ResourceView(ListView):
    """资源共享清单."""

    datamodel = ScopedInterface(Resource)
    list_title = _("Shared resources")
    menu_group = _("The four lists")
    icon = "box-seam"
    short_title = _("Resources")
    add_hint = _("Share a resource")
    empty_hint = _("No resource matches. Record what a unit can share, or clear the filters.")
    list_columns = [
        "name",
        "provider",
        "kind",
        "place",
        "state",
        "quantity",
        "committed",
        "valid_to",
        "checked_on",
    ]
    link_column = "name"
    filter_columns = ("state", "kind", "categories", "provider", "place", "quantity_mode", "valid_to", "checked_on")
    order_names = ("name", "state", "valid_to", "checked_on")
    quick_filters = {
        "available": Quick(_("Can be offered"), available),
        "review": Quick(_("To be reviewed"), unreviewed),
        "check": Quick(_("To be checked again"), to_check),
        "ending": Quick(_("Ending soon"), ending),
        "ours": Quick(_("Ours"), ours),
    }
    parts = {"listed": Quick(_("All entries"), lambda: Resource.id.is_not(None))}
    badge_filters = ("review", "check")
    waits_for = {"review": "review", "check": "recheck"}
    alarm_column = "checked_on"
    loud_filters = ("check",)
    bulk_moves = ("review", "publish", "recheck")

    def create(self, values: dict[str, Any]) -> Resource:
        """Offer it."""
        return service.offer(**values)

    def change(self, row: Resource, values: dict[str, Any]) -> None:
        """Change it."""
        service.change(row, values)

    def begin(self, form: Any) -> None:
        """Who speaks for one unit offers what that unit provides."""
        form.provider.data = service.own_provider()

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the open places, the categories in use, and the own provider to who speaks for one."""
        if name == "place":
            return place_choices(text)
        if name == "categories":
            return category_choices(text)
        if name == "provider":
            bound = service.own_parties()
            return selects.offered(Party, text, *(() if bound is None else (bound,)))
        return super().choices(name, text)

    def alarms(self, row: Resource) -> Text | None:
        """Say that somebody should ask whether it is still there."""
        return _("To be checked again") if is_to_check(row) else None

    def worth_showing(self, row: Resource) -> list[str]:
        """Of the many columns show those that say something."""
        return [name for name in super().worth_showing(row) if getattr(row, name) not in (None, "", [])]

    def lead(self, row: Resource) -> list[tuple[str, dict[str, Any]]]:
        """Say what is left of it, and why it is not offered."""
        said = {"left": service.left_in_words(row), "reason": service.offerable(row)}
        return [("resources/left.html", said)]

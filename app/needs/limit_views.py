"""The page of the limits: only what differs from every other list."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.service import category_choices
from app.communities.views import SETTINGS
from app.core.fields import Text
from app.core.views import ListView, ScopedInterface
from app.needs.limits import DEFAULTS, TimeLimit


class LimitView(ListView):
    """办理时限: how soon a need is to be answered and done, by category and urgency."""

    datamodel = ScopedInterface(TimeLimit)
    list_title = _("Limits of time")
    menu_group = SETTINGS
    icon = "hourglass-split"
    add_hint = _("Add a limit")
    empty_hint = _("No limits of your own yet: those above hold.")
    list_columns = ["category", "urgency", "response", "resolution", "note"]
    link_column = "urgency"
    filter_columns = ("category", "urgency")
    order_names = ("urgency",)
    default_order = ("id", "asc")

    def remark(self) -> Text | None:
        """Say what holds where the community has set nothing."""
        lines = [
            gettext(
                "%(urgency)s: answer within %(response)s, done within %(resolution)s",
                urgency=urgency.label,
                response=usual.response,
                resolution=usual.resolution,
            )
            for urgency, usual in DEFAULTS.items()
        ]
        return gettext("Where nothing is set: %(lines)s.", lines=gettext("; ").join(lines))

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the categories in use."""
        return category_choices(text) if name == "category" else super().choices(name, text)


def register(appbuilder: Any) -> None:
    """Add the limits to the portal, beside what else a community sets."""
    appbuilder.add_view(LimitView, "m.limits")

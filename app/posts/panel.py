"""What a need and a place show of who is responsible there (S2-14)."""

from collections.abc import Callable
from typing import Any

from app.communities.models import Place
from app.core import access, clock
from app.core.specification import Panel
from app.posts import responsible


def here_panel(view: Any) -> Callable[[Any], list[Panel]]:
    """Return what makes the panel of a place, or of a row that has one, with the pages of `view`."""

    def panels(row: Any) -> list[Panel]:
        place = row if isinstance(row, Place) else row.place
        if place is None or not access.may("v", view.guard):
            return []
        return [("posts/panel.html", {"chain": responsible.chain(place, clock.today()), "view": view, "place": place})]

    return panels

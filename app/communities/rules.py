"""What must hold for communities, places and categories before they are written."""

import re
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.orm import PassiveFlag, object_session
from sqlalchemy.orm.attributes import get_history

from app.communities import naming
from app.core.fields import Text
from app.core.plans import Plain

LONGEST_PATH: Final = 255
_CLOSED: Final = _("This category is no longer in use; choose another.")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,31}")


def code_form(value: str) -> Text | None:
    """A code that can stand in an address and on a command line."""
    if _CODE.fullmatch(value):
        return None
    return _("A code has 2 to 32 letters, digits and hyphens, and starts with a letter or digit.")


def level_list(names: list[str]) -> Text | None:
    """The names of the levels, from the community itself downwards."""
    if not 2 <= len(names) <= 12:
        return _("Name 2 to 12 levels; the first is the community itself.")
    return (
        _("Each level needs a name of its own.") if len({name.strip() for name in names} - {""}) < len(names) else None
    )


def order_form(value: int) -> Text | None:
    """A place in an order of at most 4096."""
    return None if 0 <= value <= 4095 else _("Give a number from 0 to 4095.")


def share_form(value: int) -> Text | None:
    """A share of a hundred."""
    return None if 0 <= value <= 100 else _("Give a number from 0 to 100.")


def days_form(value: int) -> Text | None:
    """A number of days up to a year."""
    return None if 1 <= value <= 366 else _("Give a number of days from 1 to 366.")


def hold_form(value: int) -> Text | None:
    """A number of days up to two months; none at all too."""
    return None if 0 <= value <= 60 else _("Give a number of days from 0 to 60.")


def hours_form(value: int) -> Text | None:
    """A number of hours up to a month."""
    return None if 1 <= value <= 744 else _("Give a number of hours from 1 to 744.")


def dates_in_order(row: Any) -> dict[str, Text] | None:
    """A thing ends after it began."""
    if row.opened_on and row.closed_on and row.closed_on < row.opened_on:
        return {"closed_on": _("The last day lies before the first.")}
    return None


def parent_fits(place: Any) -> dict[str, Text] | None:
    """A place lies below a place of its community that is not itself below it and stays open as long."""
    above = place.parent
    if above is None:
        return None
    # A row of a ledger says only by its number in which community it will lie.
    if above.community is not place.community and (above.community_id or 0) != place.community_id:
        return {"parent": _("The place above belongs to another community.")}
    if above.path.startswith(place.path):
        return {"parent": _("A place cannot lie below itself.")}
    if above.closed_on and (place.closed_on is None or place.closed_on > above.closed_on):
        return {"parent": _("The place above is closed; choose an open one.")}
    return None


def path_fits(place: Any) -> dict[str, Text] | None:
    """The path follows from the place above; an existing place changes it only by being moved."""
    if place.path != place.own_path():
        return {"parent": _("Move the place instead of editing what lies above it.")}
    return {"parent": _("The tree is too deep here.")} if len(place.path) > LONGEST_PATH else None


def level_fits(place: Any) -> dict[str, Text] | None:
    """The level is one the community names, and not above that of the place above."""
    if place.community is None:
        return None
    deepest = len(place.community.level_names) - 1
    if not 1 <= place.level <= deepest:
        return {"level": _("The community names the levels 1 to %(deepest)s.", deepest=deepest)}
    if place.parent is not None and place.level < place.parent.level:
        return {"level": _("The level must not be above that of the place it lies in.")}
    return None


def name_is_free(row: Any) -> dict[str, Text] | None:
    """No open neighbour below the same parent has the same name, in whatever spelling."""
    key = naming.key(row.name or "")
    if row.closed_on is not None or not key:
        return None
    if any(naming.key(other.name) == key for other in _siblings(row) if other.closed_on is None):
        return {"name": _("This name is already in use here.")}
    return None


def _beside(row: Any, other: Any) -> bool:
    return other.community is row.community and other.parent is row.parent


def _siblings(row: Any) -> list[Any]:
    """The other rows below the same parent, stored or about to be."""
    session = object_session(row)
    if session is None or row.community is None:
        return []
    model = type(row)
    coming = [other for other in session.new if type(other) is model and other is not row and _beside(row, other)]
    new_below = row.parent is not None and row.parent.id is None
    if row.community.id is None or new_below:
        return coming
    below = model.parent_id == (row.parent.id if row.parent is not None else None)
    stored = select(model).where(model.community_id == row.community.id, below)
    return [*coming, *(other for other in session.scalars(stored) if other is not row)]


def category_in_use(row: Any) -> dict[str, Text] | None:
    """A category that is closed is not chosen any more; rows that have it keep it."""
    if points_anew(row, "category_id") and row.category is not None and not row.category.is_open:
        return {"category": _CLOSED}
    return None


def categories_in_use(row: Any) -> dict[str, Text] | None:
    """The same for a row that names several."""
    chosen = sa_inspect(row).attrs["categories"].history.added or ()
    return {"categories": _CLOSED} if any(not category.is_open for category in chosen) else None


def place_in_use(row: Any) -> dict[str, Text] | None:
    """A place that is closed is not chosen any more; rows that have it keep it."""
    if points_anew(row, "place_id") and row.place is not None and not row.place.is_open:
        return {"place": _("This place is closed; choose another.")}
    return None


def points_anew(row: Any, key: str) -> bool:
    """Tell whether the row is about to point at something it did not point at before."""
    if isinstance(row, Plain):
        return True
    # What `inspect` builds for all columns of a row is too much for thousands of rows.
    return bool(get_history(row, key, PassiveFlag.PASSIVE_NO_INITIALIZE).has_changes())


def category_fits(category: Any) -> dict[str, Text] | None:
    """Categories have two levels, and the upper one is of the same community and still in use."""
    above = category.parent
    if above is None:
        return None
    if above.community is not category.community:
        return {"parent": _("The category above belongs to another community.")}
    if above is category or above.parent is not None or _has_children(category):
        return {"parent": _("Categories have two levels: choose a top category.")}
    if above.closed_on and category.closed_on is None:
        return {"parent": _("The category above is no longer in use.")}
    return None


def closes_last(category: Any) -> dict[str, Text] | None:
    """A top category stays in use as long as one that belongs to it."""
    if category.closed_on is not None and _has_children(category, type(category).closed_on.is_(None)):
        return {"closed_on": _("Categories that belong to it are still in use; close them first.")}
    return None


def _has_children(category: Any, *where: Any) -> bool:
    session = object_session(category)
    if session is None or category.id is None:
        return False
    model = type(category)
    below = select(model.id).where(model.parent_id == category.id, *where)
    return session.scalar(below.limit(1)) is not None

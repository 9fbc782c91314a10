"""Where a value of a row leads: to the page of the row it names, for those who may open that."""

from typing import Any, Final

from flask import current_app

from app.core import access
from app.core.display import careful, hides, words
from app.core.fields import RELATED, facts, shape
from app.core.model import Recorded

NOTED: Final = frozenset({*vars(Recorded), "community"})
"""What the portal notes of every row by itself; it leads nowhere, or every page would be full of links."""


def named(row: Any, name: str) -> list[tuple[str, str | None]]:
    """Return the rows a column names, in words, each with the address of its page where the actor may open it."""
    model = type(row)
    if name in NOTED or shape(model, name).kind not in RELATED or hides(row, facts(model)[name]):
        return []
    value = getattr(row, name)
    rows = value if isinstance(value, list) else [value] if value is not None else []
    return [(careful(words(one), row), address(one, row)) for one in rows]


def address(row: Any, beside: Any) -> str | None:
    """Return the address of the page of a row that is named beside another; None where there is none for the actor."""
    views = current_app.extensions["appbuilder"].list_views()
    # What stands for rows of several lists says itself in which, and whether the actor may open that one.
    page = getattr(row, "page", None) or type(row).list_name
    view = next((view for view in views if view.list_name == page), None)
    if view is None:
        return None
    opens = row.opens(view.guard, beside) if hasattr(row, "opens") else access.may_row("v", row)
    return view.url("show", pk=row.id) if opens else None

"""The menu of every page: the lists the actor may see, by group, each with how many of its rows wait."""

from functools import lru_cache
from itertools import islice
from typing import Any

from flask import current_app, request
from flask_babel import gettext
from markupsafe import Markup, escape

from app.called import own_words
from app.core import tallies
from app.core.access import may
from app.core.actor import Actor, current
from app.core.rows import icon

# Inside the module `groups` are those of the menu.
Groups = list[tuple[str, list[Any]]]


def groups() -> Groups:
    """Return the lists the actor may see, by group, in menu order."""
    actor = current()
    return _found(current_app.extensions["appbuilder"], actor) if actor is not None else []


@lru_cache(maxsize=64)
def _found(appbuilder: Any, _actor: Actor) -> Groups:
    """Return the same for the current actor; it follows from the grants, so the next request finds it again."""
    found: dict[str, list[Any]] = {}
    for view in appbuilder.list_views():
        if view.in_group and may("v", view.guard) and view.in_menu():
            found.setdefault(view.in_group, []).append(view)
    return list(found.items())


def first_views() -> list[Any]:
    """Return the list that stands in the bar of the phone."""
    short = (view for _group, views in groups() for view in views if view.short_title)
    return [*islice(short, 1)]


def lines(views: list[Any], sprite: str) -> Markup:
    """Return the lines of some lists in the menu as HTML."""
    waits = tallies.waiting_in(views)
    here = next((at for at, view in enumerate(views) if request.path.startswith(f"{view.route_base}/")), None)
    return _lines(tuple(views), own_words(), waits, here, sprite)


@lru_cache(maxsize=500)
def _lines(
    views: tuple[Any, ...], _own: frozenset[tuple[str, str]], waits: tuple[int, ...], here: int | None, sprite: str
) -> Markup:
    """Return the lines. They say what is given, in the own words given, so they may be kept whoever looks."""
    made = [
        _line(view, str(view.list_title), wait, at == here, sprite)
        for at, (view, wait) in enumerate(zip(views, waits, strict=True))
    ]
    return Markup("\n".join(made))  # noqa: S704 - every line was escaped where it was made


def _line(view: Any, title: str, waits: int, is_here: bool, sprite: str) -> str:
    """Return one line."""
    here = ' aria-current="page"' if is_here else ""
    label = escape(gettext("Waits for you"))
    badge = f'<span class="badge rounded-pill" title="{label}">{tallies.figure(waits)}</span>' if waits else ""
    return f'<a href="{escape(view.url("list"))}"{here}>{icon(sprite, view.icon)}{escape(title)}{badge}</a>'

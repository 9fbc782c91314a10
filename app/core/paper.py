"""A row as the form on paper it replaces (A4): every column in its group, empty ones as blanks, lines to sign.

Printed as exports are: what is masked for anybody is masked on paper for everybody, for paper leaves the portal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from app.core import display
from app.core.actor import Actor, acting
from app.core.fields import RELATED, Text, facts, shape

NOBODY: Final = Actor("paper")
"""Who holds a sheet of paper: nobody the portal knows, so names stand as they do for strangers."""
LONG: Final = 24
"""Longer than this a value takes a whole line of the form."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form: what is asked, what was filled in, and whether it takes a whole line."""

    label: Text
    said: str
    wide: bool


def boxes(row: Any, names: Iterable[str]) -> list[Box]:
    """Return the boxes of some columns of a row, in their order."""
    return [_box(row, name) for name in names]


def _box(row: Any, name: str) -> Box:
    form = shape(type(row), name)
    said = _related(row, name) if form.kind in RELATED else display.masked(row, name)
    said = "" if said == display.EMPTY else said
    wide = len(said) > LONG or form.kind in ("list", "many", "worded") or (form.limit or 0) > 120
    return Box(facts(type(row))[name].label, said, wide)


def _related(row: Any, name: str) -> str:
    # Loaded by who prints; read by nobody in particular.
    value = getattr(row, name)
    with acting(NOBODY):
        return display.words(list(value) if isinstance(value, list) else value)


def title(row: Any) -> str:
    """Return what the row is called on paper."""
    with acting(NOBODY):
        return display.careful(str(row), row)


def lines(found: list[Box]) -> list[list[Box]]:
    """Return the boxes by the lines of the form: two short ones side by side, a wide one alone."""
    laid: list[list[Box]] = []
    for box in found:
        beside = laid and len(laid[-1]) == 1 and not laid[-1][0].wide and not box.wide
        if beside:
            laid[-1].append(box)
        else:
            laid.append([box])
    return laid

"""The facts of one row as HTML: made column by column in Python, as the rows of a list are."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from flask_babel import gettext
from markupsafe import Markup, escape

from app.core import display, leading, revealing
from app.core.fields import Text
from app.core.rows import tagged

WIDE: Final = 60
"""Signs: a longer value takes the whole width."""


class Line(NamedTuple):
    """One column: its name, what the actor may see of it, and what stands beside that."""

    label: Text
    said: Markup
    is_wide: bool
    beside: Text
    reveals: str
    """The address under which the actor may see the masked value; empty where nothing is masked, or not for them."""


def sections(view: Any, row: Any, sprite: str) -> Iterator[tuple[Text, list[Line]]]:
    """Yield the sections of a detail page with their lines; a section that says nothing is left out."""
    worth = {*view.worth_showing(row)}
    for title, names in view.groups(view.show_columns):
        if seen := [name for name in names if name in worth]:
            yield title, [_line(view, row, name, sprite) for name in seen]


def _line(view: Any, row: Any, name: str, sprite: str) -> Line:
    said = _said(row, name, sprite)
    if said == display.EMPTY and (holds := view.when_unset(name)):
        said = escape(holds)
    reveals = view.url("reveal", pk=row.id, name=name) if revealing.can_reveal(row, name) else ""
    # Without its tags it is never longer.
    is_wide = len(said) > WIDE and len(said.striptags()) > WIDE
    return Line(view.labels[name], said, is_wide, view.beside_value(row, name), reveals)


def _said(row: Any, name: str, sprite: str) -> Markup:
    if led := leading.named(row, name):
        return escape(gettext(", ")).join(_link(words, address) for words, address in led)
    told = tagged(display.shown(row, name), display.marks(row, name), sprite)
    return Markup(told.strip())  # noqa: S704 - escaped where it was made


def _link(words: str, address: str | None) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, words) if address else escape(words)

"""The rows of a list page as HTML: the one part of it that is made hundreds of times, cell by cell.

In a template each cell costs a macro's call; the rest of the page stands in templates.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask_babel import gettext
from markupsafe import Markup, escape

from app.core import display
from app.core.fields import Labelled, Text
from app.core.listing import Query

Button = Callable[[Any, Any, Any, bool], str]
"""Makes the button of a move: of the list's page, the row, the move, and whether it is small."""
_NONE: Final = escape(display.EMPTY)


class Rows:
    """The rows of one page. `narrow`: the columns kept on one line; `bulk`: whether rows are ticked."""

    def __init__(self, view: Any, query: Query, labels: dict[str, str], narrow: set[str], sprite: str) -> None:
        self.view, self.query, self.sprite = view, query, sprite
        self.labels = {name: escape(words) for name, words in labels.items()}
        self.narrow = narrow
        self.in_own_order = query.order == view.default_order

    def html(self, rows: list[Any], bulk: bool, button: Button | None) -> Markup:
        """Return the rows; `button` where moves are offered beside them."""
        return Markup("\n").join(self._row(at, row, bulk, button) for at, row in enumerate(rows))

    def _row(self, at: int, row: Any, bulk: bool, button: Button | None) -> Markup:
        alarm = self.view.alarms(row)
        parts = ['<tr class="alarm">' if alarm else "<tr>", self._tick(row) if bulk else ""]
        parts += [self._cell(at, row, name, alarm) for name in self.view.list_columns]
        if button is not None:
            moves = "".join(button(self.view, row, move, True).strip() for move in self.view.row_moves(row))
            parts.append(f"<td class=do>{moves}")
        return Markup("".join(parts))  # noqa: S704 - every part was escaped where it was made

    def _tick(self, row: Any) -> str:
        label = escape(gettext("Select %(row)s", row=self.view.crumb(row)))
        # Unquoted: what every row repeats is what makes a page heavy.
        box = f"<input type=checkbox form=bulk name=rowid value={row.id}"
        return f'<td class=tick>{box} aria-label="{label}">'

    def _cell(self, at: int, row: Any, name: str, alarm: Text | None) -> str:
        said, leads = marked(row, name, self.sprite), name == self.view.link_column
        sign = self._sign(row, alarm) if name == self.view.alarm_column else ""
        if said == _NONE and not (leads or sign):
            return f"<td class=none>{said}"
        if leads:
            address = escape(f"{self.view.url('show', pk=row.id)}?{urlencode(self.query.at_row(at))}")
            return f'<td{self._depth(row)}><a href="{address}">{said}</a>'
        if sign:
            # On a phone the cell lays label and value side by side: sign and value are one of them.
            said = f"<span>{sign}<br>{said}</span>" if said != _NONE else sign
        kept = " class=code" if name in self.narrow else ""
        return f'<td data-label="{self.labels[name]}"{kept}>{said}'

    def _sign(self, row: Any, alarm: Text | None) -> str:
        """Return what alarms of a row, or else is worth knowing, as HTML; empty where nothing is."""
        hint = (alarm, "danger", "exclamation-triangle-fill") if alarm is not None else self.view.hint(row)
        if hint is None:
            return ""
        words, tone, name = hint
        return f'<span class="tag {tone}">{icon(self.sprite, name)}{escape(words)}</span>'

    def _depth(self, row: Any) -> str:
        depth = self.view.depth(row) if self.in_own_order else 0
        return f' class="main depth-{depth}"' if depth else " class=main"


def marked(row: Any, name: str, sprite: str) -> str:
    """Return what the actor may see of a column as HTML, with tone and icon where it is a choice that has them."""
    return tagged(display.shown(row, name), display.marks(row, name), sprite)


def tagged(text: str, mark: Labelled | None, sprite: str) -> str:
    """Return a text as HTML, with tone and icon where it is a choice that has them."""
    words = escape(text)
    return f'<span class="tag {mark.tone}">{icon(sprite, mark.icon)}{words}</span>' if mark is not None else words


def icon(sprite: str, name: str) -> str:
    """Return one of the icons of the sprite."""
    return f'<svg aria-hidden=true><use href="{escape(sprite)}#{name}"/></svg>'

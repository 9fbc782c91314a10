"""A text about a row for a resident or a group, ready to be copied into a messenger; masked for everybody."""

from typing import Any

from flask import render_template
from flask_appbuilder import expose
from flask_babel import gettext

from app.core import display
from app.core.fields import Text
from app.core.gate import requires
from app.core.specification import Page, Specification


class Messaging(Specification):
    """A list whose rows can be told to people outside of the portal."""

    tells_outside = True

    def told_outside(self, row: Any) -> list[tuple[Text, str]]:
        """Return what is told of a row, line by line: label and words, each masked already."""
        # Only a list knows what of its rows may be told outside.
        raise NotImplementedError

    @expose("/message/<pk>", methods=["GET"])
    @requires("v")
    def message(self, pk: str) -> Page:
        """Show the text."""
        row = self.row(pk, names=self.show_columns)
        lines = [f"{label}{gettext(': ')}{words}" for label, words in self.told_outside(row) if words != display.EMPTY]
        text = "\n".join([gettext("[%(community)s] %(list)s", community=row.community, list=self.list_title), *lines])
        return render_template("message.html", view=self, row=row, text=text)

"""The same files for programs."""

from collections.abc import Callable
from typing import Any, Final

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.api import expose
from flask_babel import gettext

from app.core import payload
from app.core.addresses import BadQuery
from app.core.errors import answer
from app.core.gate import requires
from app.core.sheets.sending import streamed
from app.core.sheets.templates import template

TAKER: Final = "sidan.take-in"
Taker = Callable[[str], ResponseReturnValue]


def taker() -> Taker:
    """Return what answers a program that sends a ledger to a list."""
    found: Taker = current_app.extensions[TAKER]
    return found


class SheetDoors:
    """What of a list programs fetch as a file."""

    view: Any

    @expose("/import", methods=["POST"])
    @requires("i")
    def take_in(self) -> ResponseReturnValue:
        """Read a ledger into this list; the package above all lists that does it answers."""
        return taker()(self.view.list_name)

    @expose("/template.xlsx", methods=["GET"])
    @requires("i")
    def template_xlsx(self) -> ResponseReturnValue:
        """Return an empty workbook to be filled in and imported."""
        return streamed(template(self.view))

    @expose("/export.xlsx", methods=["GET"])
    @requires("x")
    def export_xlsx(self) -> ResponseReturnValue:
        """Return the rows that are asked for as a workbook."""
        return self._file("xlsx")

    @expose("/export.csv", methods=["GET"])
    @requires("x")
    def export_csv(self) -> ResponseReturnValue:
        """Return the rows that are asked for as a csv file."""
        return self._file("csv")

    def _file(self, ending: str) -> ResponseReturnValue:
        try:
            args, after = payload.address(request.args)
        except BadQuery as bad:
            return answer(400, bad.sentence)
        if after:
            return answer(400, gettext("A file holds all rows; ask for none that follow a row."))
        found: ResponseReturnValue = self.view.handed_out(ending, args)
        return found

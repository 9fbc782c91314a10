"""The addresses of a list under which its rows are handed out as files, and its template."""

from typing import Any, Final

from flask import redirect, request, url_for
from flask_appbuilder import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core import access
from app.core.addresses import BadQuery
from app.core.errors import answer
from app.core.gate import requires
from app.core.sheets import chosen
from app.core.sheets.cells import names_of
from app.core.sheets.exporting import export
from app.core.sheets.sending import streamed
from app.core.sheets.templates import template
from app.core.specification import Page, Specification

FILES: Final = {"take_in": "i", "template_xlsx": "i", "export_xlsx": "x", "export_csv": "x"}
"""The addresses of files, and the verb one needs for each."""


class Sheets(Specification):
    """What of a list is handed out as a file."""

    asked: Any

    @property
    def seen_in_files(self) -> list[str]:
        """Return the columns of the list page that its files have."""
        known = names_of(self.model)
        return [name for name in self.list_columns if name in known]

    def _unused(self) -> set[str]:
        return super()._unused() | unused(self.model)

    @expose("/import", methods=["GET"])
    @requires("i")
    def take_in(self) -> Page:
        """Lead to where ledgers are sent, for this list."""
        return redirect(url_for("imports.index", list=self.list_name))

    @expose("/template.xlsx", methods=["GET"])
    @requires("i")
    def template_xlsx(self) -> Page:
        """Hand out an empty workbook to be filled in and imported."""
        return streamed(template(self))

    @expose("/export.xlsx", methods=["GET"])
    @requires("x")
    def export_xlsx(self) -> Page:
        """Hand out the rows that are asked for as a workbook."""
        return self.handed_out("xlsx", request.args)

    @expose("/export.csv", methods=["GET"])
    @requires("x")
    def export_csv(self) -> Page:
        """Hand out the rows that are asked for as a csv file."""
        return self.handed_out("csv", request.args)

    def is_handed_out(self, name: str) -> bool:
        """Tell whether the actor may open one of the addresses below."""
        return name not in unused(self.model) and access.may(FILES[name], self.guard)

    def handed_out(self, ending: str, args: MultiDict[str, str]) -> Page:
        """Answer with the file of what an address asks for; 400 for what the list does not have."""
        try:
            query = chosen.asked_of(self, args)
        except BadQuery as bad:
            return answer(400, bad.sentence)
        # Who only asks what there would be takes nothing out.
        return Response(status=200) if request.method == "HEAD" else streamed(export(self, query, ending))


def unused(model: Any) -> set[str]:
    """Return the addresses of files that no role may open."""
    return {name for name, verb in FILES.items() if not access.somebody_may(verb, model.guard())}

"""The pages of a list that show what is masked: one value for a reason, and the rows an exact value finds."""

from typing import Any

from flask import render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access, display, revealing
from app.core.errors import answer
from app.core.fields import facts
from app.core.forms import ChoiceField, Line, PortalForm
from app.core.gate import requires
from app.core.rules import Violation
from app.core.specification import Page, Specification


class RevealForm(PortalForm):
    """Why a value must be seen."""

    reason = ChoiceField(_("Why you look at it"), revealing.Purpose, render_kw={"aria-required": "true"})
    text = Line(_("Which reason"), description=_("Only for “another reason”."))


class Disclosing(Specification):
    """What is masked, shown to who may see it."""

    def _unused(self) -> set[str]:
        unused = {"reveal": not revealing.revealable(self.model), "find": not self.findable}
        return super()._unused() | {page for page, is_unused in unused.items() if is_unused}

    @property
    def findable(self) -> list[str]:
        """Return the columns whose exact values can be looked for."""
        return revealing.findable(self.model)

    @expose("/reveal/<pk>/<name>", methods=["GET", "POST"])
    @requires("R")
    def reveal(self, pk: str, name: str) -> Page:
        """Ask why, and show one masked value for a while."""
        row = self.row(pk, "R")
        if name not in revealing.revealable(self.model):
            raise access.OutOfScope
        form = RevealForm()
        if request.method == "GET":
            return self._reveal_page(form, row, name)
        if not form.validate():
            return self._reveal_page(form, row, name, 422)
        try:
            value = revealing.reveal(row, name, form.reason.data, form.text.data or "")
        except Violation as error:
            form.complain(error.errors)
            return self._reveal_page(form, row, name, 422)
        return self._reveal_page(form, row, name, value=display.words(value))

    def _reveal_page(self, form: RevealForm, row: Any, name: str, status: int = 200, value: str | None = None) -> Page:
        words = {"label": facts(self.model)[name].label, "value": value, "seconds": revealing.SHOWN}
        return render_template("reveal.html", view=self, title=gettext("Show"), form=form, row=row, **words), status

    @expose("/find", methods=["POST"])
    @requires("R")
    def find(self) -> Page:
        """Show the rows a whole phone or identity number finds; it never stands in an address."""
        name = next((name for name in self.findable if name in request.form), "")
        try:
            rows = self.found(name, request.form.get(name, ""))
        except Violation as error:
            return answer(422, " ".join(str(text) for texts in error.errors.values() for text in texts))
        values = {"view": self, "title": gettext("Found"), "rows": rows, "label": facts(self.model)[name].label}
        return render_template("find.html", **values)

    def found(self, name: str, value: str) -> list[Any]:
        """Return the rows whose sealed column is this value, of those the actor may reveal. Raises Violation."""
        if name not in self.findable:
            raise Violation({name[:40]: [gettext("This list cannot be searched by this.")]})
        return revealing.find(self.model, name, value.strip(), *self.narrowed())

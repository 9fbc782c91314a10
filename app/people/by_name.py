"""The page by which a list registers somebody by name and phone, for who may not read the people (`finding`)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import flash, redirect, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms.validators import StopValidation

from app.core import access
from app.core.database import Clash, transaction
from app.core.editing import Editing, not_held
from app.core.errors import CLASH
from app.core.fields import Text, facts
from app.core.forms import Line, RowForm
from app.core.model import new_uid
from app.core.rules import Violation
from app.core.specification import Page
from app.people import finding
from app.people.models import Person

_ATTRIBUTES: Final = {"autocomplete": "off"}


def _checked(form: Any, field: Any) -> None:
    """Stop what would be refused, beside the field it was typed into."""
    wrong = finding.complaint(field.name, field.data)
    if wrong is not None:
        raise StopValidation(str(wrong))


def line(name: str, label: Text = "", help_: Text = "") -> Line:
    """Return the field for one of the texts somebody is found by."""
    needed = {"aria-required": "true"} if name in finding.NEEDED else {}
    attributes = {"validators": [_checked], "render_kw": _ATTRIBUTES | needed}
    return Line(label or facts(Person)[name].label, description=help_, **attributes)


# What is mixed into a list is no list by itself; only the type checker needs to know of which it is.
if TYPE_CHECKING:
    _Pages = Editing
else:
    _Pages = object


class ByName(_Pages):
    """The pages of a list that registers people by name and phone; nothing of a record is shown."""

    by_name_form: type[RowForm]
    who: tuple[str, ...] = ()
    """What the form asks of the person; everything else is asked of the row."""
    who_title: Text = ""
    who_errors: Mapping[str, str] = {}
    """Beside which field of the form stands what is wrong with a column."""

    def enrol_row(self, community: Any, who: dict[str, Any], columns: dict[str, Any]) -> Any:
        """Register somebody; each list says how. Raises Violation."""
        # Only a list knows what its rows need beside the person.
        raise NotImplementedError

    def begin_by_name(self, form: Any) -> None:
        """Fill into the empty form what a new row of the actor most likely says."""

    def enrol_page(self) -> Page:
        """Ask for name and phone, and register somebody who may be among the people or not."""
        form: Any = self.by_name_form()
        if not self._choose_community(form):
            del form.community
        if request.method == "POST":
            return self._enrolled(form) or self._enrol(form)
        return self._gone_back(form) or self._enrol_blank(form)

    def _enrol_blank(self, form: Any) -> Page:
        self.begin_by_name(form)
        return self._enrol_page(form)

    def _enrolled(self, form: Any) -> Page | None:
        """Return the way to whom this very form has registered, if it has; another name is somebody else."""
        row = self._made(form)
        if row is None:
            return None
        if not form.validate() or not_held(form, row) or form.name.data != row.person.name:
            form.uid.data = new_uid()
            return None
        return self._saved_before(row)

    def _enrol(self, form: Any) -> Page:
        community = self._community_value(form).get("community") if form.validate() else None
        if form.errors or community is None:
            if not form.errors:
                form.complain({"community": [_("Please fill this in.")]})
            return self._enrol_page(form, 422)
        who = {name: form[name].data for name in self.who}
        columns = form.values() | {"uid": form.uid.data or new_uid()}
        try:
            with transaction():
                row = self.enrol_row(community, who, columns)
        except (Violation, Clash, access.OutOfScope) as error:
            return self._enrolled(form) or self._enrol_refused(form, error)
        flash(gettext("Saved."), "success")
        self.warn(columns)
        return redirect(self.url("show", pk=row.id))

    def _enrol_refused(self, form: Any, error: Exception) -> Page:
        if isinstance(error, Violation):
            form.complain({self.who_errors.get(name, name): said for name, said in error.errors.items()})
        else:
            form.complain({"name": [CLASH]})
        return self._enrol_page(form, 422)

    def _enrol_page(self, form: Any, status: int = 200) -> Page:
        groups = self.groups(form.described())
        # What the list itself says of the person stands with name and phone, not under the same words once more.
        also = [name for title, names in groups if str(title) == str(self.who_title) for name in names]
        others = [(title, names) for title, names in groups if str(title) != str(self.who_title)]
        shown = {"view": self, "form": form, "groups": others, "who": self.who, "also": also}
        shown |= {"who_title": self.who_title}
        return self.render_template("people/by_name.html", title=self.add_hint, **shown), status

"""Adding and changing rows: nothing typed is lost, a double click makes one row, a conflict shows both texts."""

from functools import cache
from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response

from app.core import access, display, moves, rules, scope, selects
from app.core.actor import current
from app.core.database import Clash, transaction
from app.core.errors import CLASH, LEAVES, NO_PLACE, STALE
from app.core.fields import Text, shape
from app.core.forms import NEEDED, RowForm
from app.core.gate import requires
from app.core.meanwhile import give_way
from app.core.model import new_uid
from app.core.reads import KEPT
from app.core.rules import Violation
from app.core.specification import Page, Specification
from app.extensions import db

_SAVED_BEFORE: Final = _("This form was saved already, as what you see here; nothing was registered twice.")
_HERE_IT_CHANGES: Final = _(
    "This form was saved already. Here you change what it registered; nothing is registered twice."
)

Names = list[str]


class Editing(Specification):
    """The forms of a list."""

    @expose("/add", methods=["GET", "POST"])
    @requires("c")
    def add(self) -> Page:
        """Register a row. The key in the form makes a double click one row."""
        form = self.add_form()
        if self._scoped and not self._choose_community(form):
            del form.community
        if self._needs_place(form):
            form.place.render_kw = {**(form.place.render_kw or {}), **NEEDED}
        if request.method == "POST":
            return self._add(form)
        return self._gone_back(form) or self._blank(form)

    def _needs_place(self, form: RowForm) -> bool:
        """Tell whether the actor adds rows at some places only, and so must say at which."""
        return "place" in form and access.only_at_places("c", self.guard)

    def _blank(self, form: RowForm) -> Page:
        self.begin(form)
        return self._form_page(form)

    def _gone_back(self, form: RowForm) -> Response | None:
        """Return the way to what the form has made, for who goes back to it; else give the form its key."""
        # Once a form was sent the page carries its key in the address: a browser that goes back asks for it again.
        form.uid.data = _key(request.args.get("key"))
        row = self._made(form) if "key" in request.args else None
        if row is None:
            return None
        changing = self.editable(row) and row.archived_at is None
        flash(_HERE_IT_CHANGES if changing else _SAVED_BEFORE, "info")
        return redirect(self.url("edit" if changing else "show", pk=row.id))

    def _made(self, form: RowForm) -> Any:
        """Return the row this very form has already made, if it has."""
        # Almost never is there one: only its id is asked for.
        made = scope.columns(_made(self.model), {"uid": _key(form.uid.data), "me": _me()})
        return db.session.get(self.model, made[0].id) if made else None

    def _twice(self, form: RowForm) -> Page | None:
        """Return the way to the row this very form, which holds nothing wrong, has already made, if it has."""
        row = self._made(form)
        if row is None:
            return None
        if differing := not_held(form, row):
            return self._asked_again(form, row, differing)
        return self._saved_before(row)

    def _saved_before(self, row: Any) -> Response:
        flash(_SAVED_BEFORE, "info")
        return redirect(self._onward(row.id))

    def _onward(self, pk: int) -> str:
        """Return where one goes from a row just registered."""
        return self.url("add") if request.form.get("then") == "next" else self.url("show", pk=pk)

    def _asked_again(self, form: RowForm, row: Any, differing: Names) -> Page:
        """Ask whether what was typed after going back changes the row the form has made, or is one of its own."""
        if "photos" in form:
            form.photos.put_aside()
        form.uid.data = new_uid()
        changing = self.editable(row) and row.archived_at is None and {*differing} <= {*self.names_to_edit(row)}
        pairs = [(name, display.words(form[name].data), display.shown(row, name)) for name in differing]
        values = {"view": self, "form": form, "row": row, "differing": pairs, "changing": changing}
        return render_template("again.html", title=self.list_title, **values), 409

    def _add(self, form: RowForm) -> Page:
        values = form.values() if form.validate() else None
        if values is None:
            form.complain(self._no_place(form))
            return self._form_page(form, status=422)
        values |= {"uid": _key(form.uid.data)} | self._community_value(form)
        try:
            with transaction():
                row = self.create_from_form(values)
                # Of a form sent twice the key is taken: that is told here, before anything else is done.
                db.session.flush()
                if "photos" in form:
                    form.photos.keep(row, "register")
                # Asked afterwards, the whole row would be read again.
                pk = row.id
        except (Violation, Clash, access.OutOfScope, moves.Refused) as error:
            return self._twice(form) or self._refused(form, error)
        flash(gettext("Saved."), "success")
        self.warn(values)
        return redirect(self._onward(pk))

    def _choose_community(self, form: RowForm) -> bool:
        """Tell whether the person must say in which community the row belongs."""
        form.community.data = form.community.data or None
        return self._only_community() is None

    def _only_community(self) -> int | None:
        """Return the community the actor's rows of this list belong to, if there is only one."""
        actor = current()
        found = {held.community_id for held, _rule in access.clauses(actor, self.guard, "c")} if actor else set()
        return found.pop() if len(found) == 1 else None

    def _community_value(self, form: RowForm) -> dict[str, Any]:
        if not self._scoped:
            return {}
        chosen = (form.community.data if "community" in form else None) or self.usual_community()
        return {"community": chosen} if chosen is not None else {}

    def usual_community(self) -> Any:
        """Return the community the actor's new rows belong to; None where there is a choice."""
        only = self._only_community()
        return selects.find(shape(self.model, "community").target, str(only)) if only is not None else None

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @requires("e")
    def edit(self, pk: str) -> Page:
        """Change a row; a row somebody else has changed meanwhile is shown beside what was typed."""
        row = self.row(pk, "e", self.edit_names)
        if row.archived_at is not None:
            raise moves.Refused(moves.ARCHIVED)
        form = self._form_of(row)
        if request.method == "GET":
            return self._form_page(form, row)
        if not form.validate():
            return self._form_page(form, row, status=422)
        if form.version.data != str(row.version):
            return self._conflict(form, row)
        return self._edit(form, row)

    def _form_of(self, row: Any) -> RowForm:
        """Return the form of a row with what the actor may change of it."""
        form: RowForm = self.edit_form(row)
        for name in {*form.described()} - {*self.names_to_edit(row)}:
            del form[name]
        return form

    def _edit(self, form: RowForm, row: Any) -> Page:
        values = form.values(row)
        try:
            with transaction():
                self.change(row, values)
        except moves.Stale:
            return self._conflict(form, row)
        except (Violation, Clash, access.OutOfScope) as error:
            return self._refused(form, error, row)
        flash(gettext("Saved."), "success")
        self.warn(values)
        return redirect(self.url("show", pk=row.id))

    def _refused(self, form: RowForm, error: Exception, row: Any = None) -> Page:
        """Show the form again with everything typed and what is wrong beside it."""
        if isinstance(error, Violation):
            form.complain(error.errors)
        elif isinstance(error, Clash):
            form.complain(self.clash(error))
        elif isinstance(error, moves.Refused):
            form.complain({"": [error.reason]})
            return self._form_page(form, row, status=409)
        else:
            # Whether a row is in sight is asked before its rules; what these say is told at once all the same.
            form.complain(rules.errors_of_values(self.model, form.values(row)))
            no_place = self._no_place(form) if row is None else {}
            form.complain(no_place or {"place" if "place" in form else "": [LEAVES]})
        return self._form_page(form, row, status=422)

    def _no_place(self, form: RowForm) -> dict[str, list[Text]]:
        """Return the complaint where a new row lacks the place at which alone the actor may add it."""
        is_missing = self._needs_place(form) and form.place.data is None and not form.place.errors
        return {"place": [NO_PLACE]} if is_missing else {}

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Return the complaint for a unique key that is taken, beside the field it is about."""
        name = next((name for name in self.add_names if name in error.constraint.replace(".", "_")), "")
        return {name: [CLASH]}

    def _form_page(self, form: RowForm, row: Any = None, status: int = 200) -> Page:
        if status == 422 and "photos" in form:
            form.photos.put_aside()
        names = [name for name in form.described() if name in form]
        values = {"view": self, "form": form, "row": row, "groups": self.groups(names)}
        template = "appbuilder/general/model/add.html" if row is None else "appbuilder/general/model/edit.html"
        return render_template(template, title=self.list_title, **values), status

    def _conflict(self, form: RowForm, row: Any) -> Page:
        """Show what was typed beside what somebody else has saved meanwhile."""
        db.session.rollback()
        form.renew_masks(row)
        give_way(form, row)
        mine = form.values(row)
        pairs = [(name, display.words(mine[name]), display.shown(row, name)) for name in mine]
        differing = [pair for pair in pairs if pair[1] != pair[2]]
        form.version.data = str(row.version)
        form.version.raw_data = [form.version.data]
        return render_template(
            "conflict.html", view=self, title=self.list_title, row=row, form=form, differing=differing, stale=STALE
        ), 409


def not_held(form: RowForm, row: Any) -> Names:
    """Return what was typed into the form and the row does not hold, however it was tidied up."""
    typed = {name: display.words(value).lower() for name, value in form.values().items() if value}
    return [name for name, words in typed.items() if words != display.words(getattr(row, name)).lower()]


@cache
def _made(model: Any) -> Any:
    own = (model.uid == bindparam("uid"), model.created_by_id == bindparam("me"))
    return select(model.id).where(*own).execution_options(**{KEPT: True})


def _me() -> int:
    actor = current()
    return actor.user_id or 0 if actor else 0


def _key(given: str | None) -> str:
    """Return the form's key if it looks like one of ours, else a new one."""
    good = given and len(given) == 32 and all(digit in "0123456789abcdef" for digit in given)
    return given if good and given else new_uid()

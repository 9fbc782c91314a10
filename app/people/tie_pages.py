"""On the page of a person: whether the record is counted as one with that of another community."""

from typing import TYPE_CHECKING, Any, Final

from flask import flash, redirect
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access
from app.core.database import transaction
from app.core.deeds import Deed, NothingAsked
from app.core.editing import Editing
from app.core.errors import answer
from app.core.gate import requires
from app.core.moves import Refused
from app.core.specification import Page, Panel
from app.people import tying
from app.people.models import Person


def _agree(row: Person, form: Any) -> None:
    tying.answer(row, agrees=True)


def _refuse(row: Person, form: Any) -> None:
    tying.answer(row, agrees=False)


DEEDS: Final = {
    "same": Deed(_("Count as one person with the other community's record"), NothingAsked, _agree),
    "not_same": Deed(_("Do not count as one person"), NothingAsked, _refuse),
}


# What is mixed into the one list of people is no list by itself; only the type checker needs to know of which it is.
if TYPE_CHECKING:
    _Pages = Editing
else:
    _Pages = object


class TyingPages(_Pages):
    """What the list of people has for people of two communities."""

    @expose("/tie/<pk>/<name>", methods=["POST"])
    @requires("a")
    def tie(self, pk: str, name: str) -> Page:
        """Answer whether the record is counted as one with that of the other community; nothing of it is shown."""
        row = self.row(pk, "a")
        if name not in DEEDS:
            raise access.OutOfScope
        try:
            with transaction():
                tying.answer(row, agrees=name == "same")
        except Refused as refused:
            return answer(409, str(refused.reason))
        flash(gettext("Saved."), "success")
        return redirect(self.url("show", pk=pk))

    def tied(self, row: Person) -> list[Panel]:
        """Ask, or say what was answered, to who may answer."""
        ties = tying.ties_of(row) if row.archived_at is None else []
        return [("people/ties.html", {"ties": ties, "deeds": DEEDS})] if ties else []

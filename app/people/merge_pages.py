"""The pages on which records of one person are found, merged, told apart and parted again."""

from typing import TYPE_CHECKING, Any, Final

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import selects
from app.core.database import transaction
from app.core.deeds import Deed, NothingAsked
from app.core.editing import Editing
from app.core.errors import answer
from app.core.fields import facts
from app.core.forms import Kept, Line, PortalForm
from app.core.gate import requires
from app.core.moves import Refused, Stale
from app.core.questions import Question, object_of
from app.core.rules import Violation
from app.core.selects import RemoteSelect
from app.core.specification import Page, Panel
from app.people import duplicates, likeness, merging, parting
from app.people.models import Person

LONGEST_NAME: Final = 40


class OtherForm(PortalForm):
    """Which other record is meant."""

    other = RemoteSelect(_("The other record"), target=Person, render_kw={"aria-required": "true"})
    version = Kept()


class MergeForm(OtherForm):
    """Which record is merged into this one, and where it holds."""

    take = Line(
        _("Taken from the other"), description=_("The columns in which the other record holds, separated by commas.")
    )


def _other(form: Any) -> Person:
    if form.other.data is None:
        raise Violation({"other": [_("Please fill this in.")]})
    person: Person = form.other.data
    return person


def _merge(row: Person, form: Any) -> None:
    taken = [name.strip() for name in (form.take.data or "").split(",") if name.strip()]
    merging.merge(row, _other(form), taken)


def _part(row: Person, form: Any) -> dict[str, Any]:
    return {"kept": parting.part(row)}


def _tell_apart(row: Person, form: Any) -> None:
    merging.tell_apart(row, _other(form))


DEEDS: Final = {
    "merge": Deed(_("Merge another record into this one"), MergeForm, _merge, tone="grave"),
    "part": Deed(_("Undo the merging"), NothingAsked, _part),
    "apart": Deed(_("These are two people"), OtherForm, _tell_apart),
}


def _likely(person: Person) -> dict[str, Any]:
    found = likeness.like(person)
    return {"likely": [{"id": one.person.id, "reasons": [str(reason) for reason in one.reasons]} for one in found]}


LIKELY: Final = Question(
    _("Records that may be of the same person"),
    _likely,
    object_of(
        {
            "likely": {
                "type": "array",
                "items": object_of(
                    {"id": {"type": "integer"}, "reasons": {"type": "array", "items": {"type": "string"}}},
                    ("id", "reasons"),
                ),
            }
        },
        ("likely",),
    ),
    verbs="a",
)


# What is mixed into the one list of people is no list by itself; only the type checker needs to know of which it is.
if TYPE_CHECKING:
    _Pages = Editing
else:
    _Pages = object


class MergingPages(_Pages):
    """What the list of people has beyond other lists."""

    @expose("/duplicates", methods=["GET"])
    @requires("a")
    def duplicates(self) -> Page:
        """Show the records that may stand twice, some at a time."""
        after = request.args.get("after", "")[:LONGEST_NAME].replace("\0", "")
        community = self._only_community()
        found = duplicates.find(community, after) if community is not None else duplicates.Found([], None)
        return render_template("people/duplicates.html", view=self, found=found, after=after)

    @expose("/merge/<pk>", methods=["GET", "POST"])
    @requires("a")
    def merge(self, pk: str) -> Page:
        """Show what two records say, and make one of them."""
        kept = self.row(pk, "a")
        form = MergeForm(version=str(kept.version))
        if request.method == "GET":
            form.other.data = selects.find(Person, request.args.get("other", ""))
            return self._merge_page(form, kept)
        form.take.data = ",".join(request.form.getlist("take"))
        if not form.validate():
            return self._merge_page(form, kept, 422)
        return self._done(form, kept, "merge")

    @expose("/apart/<pk>", methods=["POST"])
    @requires("a")
    def apart(self, pk: str) -> Page:
        """Keep that two records are of two people."""
        form = OtherForm()
        if not form.validate():
            return answer(422, gettext("This choice does not exist (any more); choose again."))
        with transaction():
            _tell_apart(self.row(pk, "a"), form)
        flash(gettext("Kept: these are two people."), "success")
        return redirect(self.url("duplicates"))

    @expose("/part/<pk>", methods=["POST"])
    @requires("a")
    def part(self, pk: str) -> Page:
        """Make two records again of what was merged."""
        gone = self.row(pk, "a")
        try:
            with transaction():
                stays = parting.part(gone)
        except Refused as refused:
            return answer(409, str(refused.reason))
        flash(gettext("The two records stand on their own again."), "success")
        if stays:
            labels = gettext(", ").join(str(facts(Person)[name].label) for name in stays)
            flash(gettext("Changed since, and so left as it is: %(columns)s", columns=labels), "info")
        return redirect(self.url("show", pk=pk))

    def _done(self, form: Any, kept: Person, name: str) -> Page:
        if form.version.data != str(kept.version):
            raise Stale
        try:
            with transaction():
                _merge(kept, form)
        except Violation as error:
            form.complain(error.errors)
            return self._merge_page(form, self.row(str(kept.id), "a"), 422)
        except Refused as refused:
            form.complain({"": [refused.reason]})
            return self._merge_page(form, self.row(str(kept.id), "a"), 409)
        flash(gettext("The two records are one now; it can be undone on the page of the other one."), "success")
        return redirect(self.url("show", pk=kept.id))

    def _merge_page(self, form: Any, kept: Person, status: int = 200) -> Page:
        other = form.other.data
        proposed = merging.proposal(kept, other) if other is not None and other.id != kept.id else None
        taken = set((form.take.data or "").split(","))
        values = {"form": form, "row": kept, "other": other, "proposed": proposed, "taken": taken}
        return self.render_template("people/merge.html", view=self, labels=facts(Person), **values), status

    def merged(self, row: Person) -> list[Panel]:
        """Show which records were merged into this one, or into which one it was merged."""
        into = row.merged_into if row.merged_into_id is not None else None
        absorbed = parting.absorbed(row) if row.archived_at is None else []
        return [("people/merged.html", {"into": into, "absorbed": absorbed})] if into or absorbed else []

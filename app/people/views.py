"""The pages of people: only what differs from every other list."""

from collections.abc import Mapping
from typing import Any

from flask import flash, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access, clock, display
from app.core.database import Clash
from app.core.errors import CLASH
from app.core.fields import NotUnderstood, Text, facts
from app.core.listing import Quick
from app.core.specification import Page, Panel
from app.core.views import ListView, ScopedInterface
from app.parties.models import reads_names_somewhere
from app.people import identity, likeness, tying
from app.people.merge_pages import DEEDS, LIKELY, MergingPages
from app.people.models import Person
from app.people.parts import PARTS
from app.people.rules import UNSAID
from app.people.tie_pages import DEEDS as TIE_DEEDS
from app.people.tie_pages import TyingPages


class PersonView(MergingPages, TyingPages, ListView):
    """人员."""

    datamodel = ScopedInterface(Person)
    list_title = _("People")
    menu_group = _("People and units")
    icon = "person"
    add_hint = _("Register a person")
    empty_hint = _("Nobody is registered yet.")
    list_columns = ["name", "sex", "phones", "place", "residence_kind"]
    link_column = "name"
    narrow_columns = ("name", "phones")
    parts = PARTS
    deeds = DEEDS | TIE_DEEDS
    quick_filters = {"same": Quick(_("In another community too?"), tying.waiting)}
    questions = {"likely": LIKELY}
    filter_columns = (
        "place",
        "sex",
        "residence_kind",
        "political",
        "education",
        "marital",
        "ethnic",
        "relation_to_head",
        "consent",
    )
    quiet_filters = ("community",)
    order_names = ("id",)

    @property
    def is_searched(self) -> bool:
        """People are found by name, initials and the last four digits of a mobile number."""
        return True

    def may_search(self) -> bool:
        """Who reads names masked could guess them by searching."""
        return reads_names_somewhere()

    def beside(self) -> list[tuple[Text, str]]:
        """Lead to the records that may stand twice."""
        found: list[tuple[Text, str]] = [(_("Records that may stand twice"), self.url("duplicates"))]
        return found if access.may("a", self.guard) else []

    def above_form(self, form: Any) -> list[Panel]:
        """Show who it may be that is about to be registered again."""
        found = getattr(form, "likely", [])
        return [("people/likely.html", {"found": found, "key": likeness.key(found)})] if found else []

    def _add(self, form: Any) -> Page:
        """Register a person, once it is said of those who look like the same that they are others."""
        if form.validate():
            community = self._community_value(form).get("community")
            form.likely = self._likely(form, community) if community is not None else []
            if not likeness.are_others(form.likely, request.form.get("another", "")):
                # The first half of a double click may have saved meanwhile; that is nobody else.
                return self._twice(form) or self._form_page(form, status=422)
        return super()._add(form)

    def _likely(self, form: Any, community: Any) -> list[likeness.Likely]:
        likeness.take_turns(community.id)
        return likeness.likely(form.values(), community)

    def panels(self, row: Person) -> list[Panel]:
        """Show what the record was made one with, here and in other communities."""
        return [*self.merged(row), *self.tied(row)]

    def beside_value(self, row: Person, name: str) -> Text:
        """Say beside the birth how old the person is, where the birth itself is read."""
        if name != "birth" or row.birth is None or display.hides(row, facts(Person)["birth"]):
            return ""
        return gettext("(%(age)s)", age=row.birth.age(clock.today()))

    def warn(self, values: Mapping[str, Any]) -> None:
        """Say also what was filled in from the number of the document."""
        super().warn(values)
        try:
            said = identity.read(values.get("id_number") or "", values.get("id_type"))
        except NotUnderstood:
            return
        if said.upgraded:
            flash(gettext("The old number of 15 digits is kept as that of 18 digits."), "warning")
        empty = (said.sex and values.get("sex") in UNSAID) or (said.birth and values.get("birth") != said.birth)
        if empty:
            flash(gettext("Sex and date of birth were filled in from the number of the document."), "info")

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Return the complaint for a number two people registered at the same moment, beside the number."""
        return {"id_number": [CLASH]} if "id_number" in error.constraint else super().clash(error)

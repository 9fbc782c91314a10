"""The pages of the vulnerable groups: only what differs from every other list."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from sqlalchemy.sql import ColumnElement

from app.accounts import staff
from app.core import selects
from app.core.actor import current as actor_now
from app.core.database import Clash
from app.core.errors import CLASH
from app.core.fields import Text
from app.core.listing import Quick
from app.core.views import ListView, ScopedInterface
from app.parties.models import PartyKind, choices
from app.people.models import Person
from app.vulnerabilities.models import Vulnerability
from app.vulnerabilities.parts import current, to_check
from app.vulnerabilities.rules import CARERS


def mine() -> ColumnElement[bool]:
    """The entries of the people the actor looks after."""
    actor = actor_now()
    return current() & (Vulnerability.in_charge_id == ((actor.user_id if actor else None) or 0))


class VulnerabilityView(ListView):
    """困难群众分类台账."""

    datamodel = ScopedInterface(Vulnerability)
    list_title = _("Vulnerable groups")
    menu_group = _("People and units")
    icon = "heart"
    add_hint = _("Enter a person into a group")
    empty_hint = _("Nobody is entered here. Enter who needs attention, or clear the filters.")
    link_column = "person"
    filter_columns = ("category", "level", "in_charge", "person", "next_check")
    quiet_filters = ("community",)
    order_names = ("next_check", "id")
    alarm_column = "next_check"
    quick_filters = {
        "now": Quick(_("In the groups now"), current),
        "check": Quick(_("To be checked"), to_check),
        "mine": Quick(_("Looked after by me"), mine),
        "ended": Quick(_("Ended"), lambda: Vulnerability.ended_on.is_not(None)),
    }
    badge_filters = ("check",)
    loud_filters = ("check",)

    def begin(self, form: Any) -> None:
        """Begin with the person whose page it was opened from."""
        person = selects.find(Person, request.args.get("person", ""))
        if person is not None:
            form.person.data = person.party

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer people, and those who work here to look after them."""
        if name == "person":
            return choices(text, PartyKind.PERSON)
        return staff.choices(text, CARERS) if name == "in_charge" else super().choices(name, text)

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Return the complaint for an entry two people made at the same moment."""
        return {"category": [CLASH]} if "category" in error.constraint else super().clash(error)

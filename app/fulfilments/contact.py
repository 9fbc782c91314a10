"""Whom to reach and where: shown, one look at a time and written down, to who goes there once a date is agreed."""

from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access, display, masking, payload, revealing
from app.core.actor import current
from app.core.fields import Text, facts
from app.core.forms import PortalForm
from app.core.gate import requires
from app.core.moves import Refused
from app.core.questions import Question, Schema, object_of
from app.core.specification import Page, Panel, Specification
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.following import need_of
from app.fulfilments.models import Fulfilment
from app.needs.models import Need
from app.roles import Role

SHOWN_IN: Final = (FulfilmentState.SCHEDULED, FulfilmentState.IN_PROGRESS)
WHEN: Final = _("The contact is shown from when a date is agreed until the order is carried out.")
SHOWN: Final = ("reporter_name", "reporter_phone", "address")
ARRANGING: Final = {"reporter_name": masking.given_name, "address": masking.address}
"""What stands for the name and the address to who arranges an order and does not go there."""


_TITLE: Final = _("Contact and address")


def _seen(row: Fulfilment) -> Need:
    """Return the need with what only who goes there may see; the look is written down. Raises Refused."""
    if row.state not in SHOWN_IN or row.archived_at is not None:
        raise Refused(WHEN)
    actor, need = current(), need_of(row)
    if actor is None or actor.user_id is None:
        raise access.Forbidden
    told = {"column": "reporter_phone", "reason": revealing.Purpose.SERVICE, "text": row.code}
    revealing.write_down(need, actor.user_id, **told)
    return need


def _contact(row: Fulfilment, need: Need) -> dict[str, str | None]:
    """Return whom to reach and where; who only arranges it, like a coordinator, reads given name and building."""
    found = {name: getattr(need, name) for name in SHOWN}
    actor = current()
    if actor is None or access.roles_for("m", row, actor) - {Role.COORDINATOR}:
        return found
    return found | {name: said(found[name]) for name, said in ARRANGING.items() if found[name]}


def _lines(row: Fulfilment, need: Need) -> list[tuple[Text, str]]:
    place = str(need.place) if need.place is not None else display.EMPTY
    labels, found = facts(Need), _contact(row, need)
    return [(gettext("Place"), place), *((labels[name].label, display.words(found[name])) for name in SHOWN)]


def _told(row: Fulfilment) -> Mapping[str, Any]:
    need = _seen(row)
    return {"place": need.place_id} | {name: payload.spoken(told) for name, told in _contact(row, need).items()}


def _described() -> Schema:
    labels = facts(Need)
    texts = {name: {"type": ["string", "null"], "description": labels[name].label} for name in SHOWN}
    place = {"type": ["integer", "null"], "description": labels["place"].label}
    return object_of({"place": place} | texts, ("place", *SHOWN))


CONTACT: Final = Question(_TITLE, _told, _described(), verbs="m", told=True)


class Contacting(Specification):
    """The page of the contact of an order, and its door for programs."""

    questions: Mapping[str, Question] = {"contact": CONTACT}

    def panels(self, row: Fulfilment) -> list[Panel]:
        """Say that the contact can be seen, or from when on."""
        if not access.may_row("m", row) or row.archived_at is not None:
            return []
        open_now = row.state in SHOWN_IN
        waits = row.state in (FulfilmentState.OFFERED, FulfilmentState.CLAIMED)
        return [("fulfilments/contact_panel.html", {"open": open_now})] if open_now or waits else []

    @expose("/contact/<pk>", methods=["GET", "POST"])
    @requires("m")
    def contact(self, pk: str) -> Page:
        """Ask first, then show name, phone and address of who waits for the order, for a while."""
        row: Fulfilment = self.row(pk, "m")
        if request.method == "GET":
            return self._contact_page(row, None)
        return self._contact_page(row, _lines(row, _seen(row)))

    def _contact_page(self, row: Fulfilment, lines: list[tuple[Text, str]] | None) -> Page:
        reason = None if row.state in SHOWN_IN else WHEN
        words = {"lines": lines, "reason": reason, "seconds": revealing.SHOWN, "title": _TITLE}
        return render_template("fulfilments/contact.html", view=self, row=row, form=PortalForm(), **words)

"""The page of the call-backs: only what differs from every other list."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload, undefer
from sqlalchemy.sql import ColumnElement

from app.callbacks import service
from app.callbacks.models import Callback, CallbackReason, CallbackState
from app.core import clock
from app.core.actor import current
from app.core.fields import Text
from app.core.listing import Quick
from app.core.views import ListView, Moves, ScopedInterface
from app.needs.choices import Outcome
from app.needs.models import Need
from app.roles import OFFICE, Role

CALLERS = frozenset({*OFFICE, Role.GRID_LEAD, Role.AUDITOR})
"""Who finds the list in the menu; others see single call-backs at most."""


def waiting() -> ColumnElement[bool]:
    """The calls that are still to be made."""
    return Callback.state == CallbackState.OPEN


def late() -> ColumnElement[bool]:
    """The calls that should have been made."""
    return waiting() & (Callback.due_on < clock.today())


def asked() -> ColumnElement[bool]:
    """The calls residents asked for and wait for."""
    return waiting() & (Callback.why == CallbackReason.ASKED)


def unsolved() -> ColumnElement[bool]:
    """The calls in which the resident said that it is not solved."""
    return Callback.outcome == Outcome.UNMET


class CallbackView(ListView):
    """回访."""

    datamodel = ScopedInterface(Callback)
    list_title = _("Call-backs")
    menu_group = _("The four lists")
    icon = "telephone"
    add_hint = _("Note a call to be made")
    empty_hint = _("Nobody is to be called.")
    list_columns = ["need", "why", "state", "due_on", "tries", "outcome", "satisfaction"]
    link_column = "need"
    filter_columns = ("state", "why", "outcome", "due_on", "called_at")
    order_names = ("due_on", "called_at", "state")
    default_order = ("due_on", "asc")
    edit_names = ("wish", "phone", "due_on")
    quick_filters = {
        "waiting": Quick(_("To be called"), waiting),
        "late": Quick(_("Overdue"), late),
        "asked": Quick(_("Asked for"), asked),
        "unsolved": Quick(_("Not solved"), unsolved),
    }
    badge_filters = ("waiting",)
    waits_for = {"waiting": "reached", "late": "reached"}
    loud_filters = ("late",)

    def create(self, values: dict[str, Any]) -> Callback:
        """Note it."""
        del values["community"]
        return service.register(values.pop("need"), **values)

    def relations(self, names: Iterable[str]) -> list[Any]:
        """Load the need's place too: whether a grid's people reach a call-back lies in it."""
        whole = joinedload(Callback.need).options(undefer("*"), joinedload(Need.place))
        return [*super().relations(names), whole]

    def row_moves(self, row: Callback) -> Moves:
        """Return none for the list: who calls opens the call first, which says what it is about."""
        return []

    def in_menu(self) -> bool:
        """Tell whether the actor makes calls or looks over those who do."""
        actor = current()
        return actor is not None and any(held.role in CALLERS for held in actor.held)

    def remark(self) -> Text | None:
        """Say how many calls are to be made this week, and how many have been."""
        actor = current()
        held = actor.held if actor else ()
        office = {grant.community_id for grant in held if grant.role in OFFICE and grant.community_id}
        if len(office) != 1:
            return None
        quota, made = service.this_week(office.pop())
        said: Text = gettext("This week: %(quota)s calls to be made, %(made)s made.", quota=quota, made=made)
        return said

    def panels(self, row: Callback) -> list[tuple[str, dict[str, Any]]]:
        """Show the need it is about."""
        return [("callbacks/need.html", {"need": row.need})]

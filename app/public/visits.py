"""The page behind the code of a need: how it stands in plain words, and the one answer of the resident."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.accounts import sign_in
from app.core import clock, display
from app.core.actor import acting
from app.core.database import transaction
from app.core.errors import STALE
from app.core.fields import Text
from app.core.moves import Refused, Stale
from app.core.rules import Violation
from app.core.specification import Page
from app.needs.models import Need
from app.needs.service import resident
from app.needs.story import NEXT, STANDS, building
from app.public import answering, tickets
from app.public.answering import Answer
from app.public.forms import AnswerForm
from app.public.notices import Notice, notice
from app.public.points import office_of
from app.public.tickets import Ticket

THANKS: Final[dict[Answer, Text]] = {
    Answer.SOLVED: _("Thank you. It is closed as solved."),
    Answer.UNSOLVED: _("Thank you for telling us. It is taken up again."),
    Answer.CALL: _("Somebody will call you."),
    Answer.WITHDRAW: _("It is withdrawn."),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that happened, and on which day; `day` None: not yet."""

    label: Text
    day: date | None


def page(ticket: Ticket) -> Page:
    """Show how a need stands, and take an answer."""
    with acting(resident(ticket.need)):
        return _ticket(AnswerForm(), ticket) if request.method == "GET" else _answered(ticket)


def _answered(ticket: Ticket) -> Page:
    given = next((one for one in Answer if one == request.form.get("answer")), None)
    form = AnswerForm()
    if sign_in.worked_here():
        return notice(Notice.STAFF, office_of(ticket.need.community))
    if given is None or not form.validate():
        return _ticket(form, ticket, given, 422)
    if answering.is_done(ticket.need, given):
        return _back(given)
    return _answer(form, ticket, given)


def _answer(form: AnswerForm, ticket: Ticket, given: Answer) -> Page:
    try:
        with transaction():
            answering.answer(ticket.need, given, form.said(), form.seen())
            tickets.note_use(ticket.id)
    except Violation as error:
        form.complain(error.errors)
        return _ticket(form, ticket, given, 422)
    except Refused as refused:
        form.complain({"": [refused.reason]})
        return _ticket(form, ticket, given, 409)
    except Stale:
        return _overtaken(form, ticket, given)
    return _back(given)


def _overtaken(form: AnswerForm, ticket: Ticket, given: Answer) -> Page:
    """Somebody moved the need meanwhile: the same answer a moment ago, or the people who work on it."""
    if answering.is_done(ticket.need, given) or answering.has_just_said(ticket.need, given):
        return _back(given)
    form.complain({"": [STALE]})
    return _ticket(form, ticket, given, 409)


def _back(given: Answer) -> Page:
    """Show the page anew, so that loading it again sends nothing twice."""
    code = (request.view_args or {})["code"]
    return redirect(url_for("public.at", code=code, said=given.value), 303)


def _ticket(form: AnswerForm, ticket: Ticket, given: Answer | None = None, status: int = 200) -> Page:
    need = ticket.need
    form.version.data = str(need.version)
    form.version.raw_data = [form.version.data]
    values: dict[str, Any] = {
        "need": need,
        "office": office_of(need.community),
        "where": building(need.place),
        "form": form,
        "given": given,
        "told": told(need),
        "stages": stages(need),
        "offered": [] if sign_in.worked_here() else answering.offered(need),
        "staff": sign_in.worked_here(),
        "call_due": answering.call_due(need),
        "reopens_until": answering.reopens_until(need),
        "thanks": _thanks(status),
    }
    return render_template("public/ticket.html", title=gettext("What became of it"), **values), status


def _thanks(status: int) -> Text | None:
    said = next((one for one in Answer if one == request.args.get("said")), None)
    return THANKS[said] if said is not None and status == 200 else None


def told(need: Need) -> list[tuple[Text, str]]:
    """Return where a need stands in plain words; no name, no telephone, no door, nobody of the staff."""
    lines: list[tuple[Text, str]] = [
        (_("Where it stands"), str(STANDS[need.state])),
        (_("What we did"), display.masked(need, "done_text")),
        (_("Why not"), display.masked(need, "reject_reason")),
        (_("Who can help instead"), need.who_can_help or display.EMPTY),
        (_("What comes next"), str(NEXT[need.state])),
    ]
    return [(label, words) for label, words in lines if words != display.EMPTY]


def stages(need: Need) -> list[Stage]:
    """Return what happened so far, in order, with the days."""
    planned = [Stage(_("To be done by"), need.planned_on)] if need.planned_on and need.delivered_at is None else []
    found = [
        Stage(_("Received"), _day(need.received_at)),
        Stage(_("Taken on"), _day(need.accepted_at)),
        *planned,
        Stage(_("Done"), _day(need.delivered_at)),
        Stage(_("Closed"), _day(need.closed_at)),
    ]
    return [stage for stage in found if stage.day is not None]


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment is not None else None

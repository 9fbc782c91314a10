"""The page behind the code of a need: how it stands in plain words, and the one answer of the resident."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import redirect, render_template, request, session, url_for
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
from app.core.timeline import steps_of
from app.extensions import db
from app.needs.choices import NeedState
from app.needs.models import Need
from app.needs.service import resident
from app.needs.story import building, instead, standing
from app.public import answering, tickets
from app.public.answering import Answer
from app.public.forms import AGAIN, AnswerForm
from app.public.notices import Notice, notice
from app.public.points import office_of
from app.public.tickets import Ticket

THANKS: Final[dict[Answer, Text]] = {
    Answer.SOLVED: _("Thank you. It is closed as solved."),
    Answer.UNSOLVED: _("Thank you for telling us. It is taken up again."),
    Answer.CALL: _("Somebody will call you."),
    Answer.WITHDRAW: _("It is withdrawn."),
}

THANKED: Final = "thanked"
"""What the session carries from an answer to the page that thanks for it, and no further."""
OVER: Final = (NeedState.DELIVERED, NeedState.CLOSED, NeedState.CLOSED_UNCONFIRMED)
"""Where something has been done and has not been taken up again."""
NONE_OF_THESE: Final[Text] = _("Please choose one of the answers below.")


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that happened, and on which day; `day` None: not yet."""

    label: Text
    day: date | None


def page(ticket: Ticket) -> Page:
    """Show how a need stands, and take an answer."""
    with acting(resident(ticket.need)):
        return _answered(ticket) if request.method == "POST" else _ticket(AnswerForm(), ticket)


def _answered(ticket: Ticket) -> Page:
    given = next((one for one in Answer if one == request.form.get("answer")), None)
    form = AnswerForm()
    if sign_in.worked_here():
        return notice(Notice.STAFF, office_of(ticket.need.community))
    if not form.validate() or given is None:
        complaint = AGAIN if "csrf_token" in form.errors else NONE_OF_THESE if given is None else None
        form.complain({"": [complaint]} if complaint is not None else {})
        return _ticket(form, ticket, given, 422)
    if answering.has_just_said(ticket.need, given, form.said()):
        return _back(ticket, given)
    return _answer(form, ticket, given)


def _answer(form: AnswerForm, ticket: Ticket, given: Answer) -> Page:
    try:
        with transaction():
            answering.answer(ticket, given, form.said(), form.seen())
            tickets.note_use(ticket.id)
    except Violation as error:
        form.complain(error.errors)
        return _ticket(form, ticket, given, 422)
    except Refused as refused:
        form.complain({"": [refused.reason]})
        return _ticket(form, ticket, given, 409)
    except Stale:
        return _overtaken(form, ticket, given)
    return _back(ticket, given)


def _overtaken(form: AnswerForm, ticket: Ticket, given: Answer) -> Page:
    """Somebody moved the need meanwhile: the same answer a moment ago, or the people who work on it."""
    if answering.has_just_said(ticket.need, given, form.said()):
        return _back(ticket, given)
    form.complain({"": [STALE]})
    return _ticket(form, ticket, given, 409)


def _back(ticket: Ticket, given: Answer) -> Page:
    """Show the page anew, so that loading it again sends nothing twice."""
    session[THANKED] = [ticket.mark, given.value]
    return redirect(url_for("public.at", code=(request.view_args or {})["code"]), 303)


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
        "offered": [] if sign_in.worked_here() else answering.offered(ticket),
        "hearsay": answering.hearsay(ticket),
        "staff": sign_in.worked_here(),
        "call_due": answering.call_due(need),
        "has_number": answering.has_number(need),
        "reopens_until": answering.reopens_until(need),
        "thanks": _thanks(ticket),
    }
    return render_template("public/ticket.html", title=gettext("What became of it"), **values), status


def _thanks(ticket: Ticket) -> Text | None:
    """Thank once, for what was really answered just now and by this browser."""
    if request.method != "GET" or THANKED not in session:
        return None
    mark, said = session.pop(THANKED)
    return THANKS[Answer(said)] if mark == ticket.mark else None


def told(need: Need) -> list[tuple[Text, str]]:
    """Return where a need stands in plain words; no name, no telephone, no door, nobody of the staff."""
    stands, follows = standing(need)
    lines: list[tuple[Text, str]] = [
        (_("Where it stands"), str(stands)),
        (_("What we did"), display.masked(need, "done_text") if need.state in OVER else display.EMPTY),
        *instead(need),
        (_("What comes next"), str(_too_late(need) if answering.is_late(need) else follows)),
    ]
    return [(label, words) for label, words in lines if words != display.EMPTY]


def _too_late(need: Need) -> Text:
    days = need.community.still_open.days
    return _(
        "It was closed more than %(days)s days ago; if something is wrong again, please report it anew.", days=days
    )


def stages(need: Need) -> list[Stage]:
    """Return what happened so far, in order, with the days."""
    planned = [Stage(_("To be done by"), need.planned_on)] if need.planned_on and need.delivered_at is None else []
    found = [
        Stage(_("Received"), _day(need.received_at)),
        Stage(_("Taken on"), _day(need.accepted_at)),
        *planned,
        Stage(_("Taken up again"), _reopened(need)),
        Stage(_("Done"), _day(need.delivered_at) if need.state in OVER else None),
        Stage(_("Closed"), _day(need.closed_at)),
    ]
    return [stage for stage in found if stage.day is not None]


def _reopened(need: Need) -> date | None:
    """Return on which day it was taken up again the last time."""
    if not need.reopened_count:
        return None
    return next((_day(step.at) for step in reversed(steps_of(db.session, need)) if step.move == "reopen"), None)


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment is not None else None

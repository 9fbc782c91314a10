"""One answer of the resident, by code: solved, not solved, please call, or never mind (S0-03, S4-07)."""

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.accounts import reach
from app.callbacks import service as callbacks
from app.callbacks.models import CallbackReason
from app.core import clock, moves
from app.core.actor import Actor
from app.core.fields import Text
from app.core.moves import Refused, perform
from app.core.rules import Violation
from app.core.timeline import steps_of
from app.extensions import db
from app.needs.choices import AskedHow, Outcome
from app.needs.guards import not_the_deliverer
from app.needs.models import Need
from app.public.tickets import Ticket


@enum.unique
class Answer(enum.StrEnum):
    """What can be said with a code."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    CALL = "call"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Said:
    """What came with an answer."""

    points: int | None = None
    words: str | None = None
    phone: str | None = None


SPEAKER: Final = "resident"
"""The label of who speaks by a code."""
SAME_CLICK: Final = timedelta(seconds=30)
_MOVES: Final = {Answer.SOLVED: "close", Answer.UNSOLVED: "reopen", Answer.WITHDRAW: "withdraw"}
_WORDLESS: Final[dict[Answer, Text]] = {
    Answer.UNSOLVED: _("Said by code: not solved."),
    Answer.WITHDRAW: _("Said by code: no longer needed."),
}
NO_PHONE: Final[Text] = _("We have no number of yours yet; at which number may we call?")
FROM_WHO_DID_IT: Final[Text] = _(
    "This slip was printed by somebody who did the work, so it cannot say that it is solved. "
    "Call the community, or ask for a new slip from somebody else."
)
FROM_WHO_WORKS: Final[Text] = _(
    "This slip was printed by somebody who works on it, so it cannot withdraw it. "
    "Call the community, or ask for a new slip from somebody else."
)
_ENDING: Final = {Answer.SOLVED: FROM_WHO_DID_IT, Answer.WITHDRAW: FROM_WHO_WORKS}
"""The answers that end a need, and what is said of them where they come from who works on it."""


def offered(ticket: Ticket) -> list[Answer]:
    """Return what whoever acts can answer now; a call can be asked for at any time."""
    possible = {move.name for move in moves.possible(ticket.need)}
    found = [answer for answer in Answer if answer is Answer.CALL or _MOVES[answer] in possible]
    return [answer for answer in found if _ENDING.get(answer) is None or not _is_hearsay(ticket)]


def hearsay(ticket: Ticket) -> Text | None:
    """Return why this code does not end the need: somebody who works on it, or did the work, has printed it (M4)."""
    possible = {move.name for move in moves.possible(ticket.need)}
    said = next((words for answer, words in _ENDING.items() if _MOVES[answer] in possible), None)
    return said if said is not None and _is_hearsay(ticket) else None


def _is_hearsay(ticket: Ticket) -> bool:
    need, printer = ticket.need, ticket.issued_by_id
    if printer is None:
        return False
    found = reach.working(need.community_id, (), (printer,))
    # Whoever has no grant any more may still have been in charge.
    actor = found[0] if found else Actor(f"person:{printer}", printer)
    return not_the_deliverer(need, actor) is not None


def call_due(need: Need) -> date | None:
    """Return by when somebody calls about the need, if that is to be done."""
    waiting = callbacks.waiting(need)
    return waiting.due_on if waiting is not None else None


def has_number(need: Need) -> bool:
    """Tell whether there is a number to call, of the need or of the call that is to be made."""
    waiting = callbacks.waiting(need)
    return need.reporter_phone is not None or (waiting is not None and waiting.phone is not None)


def reopens_until(need: Need) -> datetime | None:
    """Return until when a closed need can be taken up again."""
    return need.closed_at + need.community.still_open if need.closed_at is not None else None


def is_late(need: Need) -> bool:
    """Tell whether it was closed so long ago that it must be reported anew."""
    until = reopens_until(need)
    return until is not None and clock.now() > until


def answer(ticket: Ticket, given: Answer, said: Said, version: int | None = None) -> None:
    """Let the need follow the answer; part of the caller's transaction, by the resident who acts.

    Raises Refused and Stale as every move does, and Violation under “words”, “points” or “phone”.
    """
    if given in _ENDING and _is_hearsay(ticket):
        raise Refused(_ENDING[given])
    try:
        if given is Answer.CALL:
            _call(ticket.need, said)
        else:
            # What was carried out for it is confirmed, disputed or cancelled along.
            perform(ticket.need, _MOVES[given], _values(given, said), version)
    except Violation as error:
        named = {"reason": "words", "satisfaction": "points", "wish": "words"}
        raise Violation({named.get(name, name): texts for name, texts in error.errors.items()}) from None


def has_just_said(need: Need, given: Answer, said: Said) -> bool:
    """Tell whether the last thing people did with the need is this very answer, by code and a moment ago.

    That is the second half of a double click. Whoever says anything else, or gives other points, is answered anew.
    """
    made = [step for step in steps_of(db.session, need) if step.move in Need.flow.by_name]
    last = next((step for step in reversed(made) if not step.by_label.startswith("system:")), None)
    # Somebody of the office who writes down a call speaks for the resident too, but has an id.
    if last is None or (last.by_label, last.by_id) != (SPEAKER, None) or clock.now() - last.at > SAME_CLICK:
        return False
    return last.move == _MOVES.get(given) and last.said == moves.told(_values(given, said))


def _values(given: Answer, said: Said) -> dict[str, Any]:
    """Return what the move is given."""
    if given is not Answer.SOLVED:
        return {"reason": said.words or str(_WORDLESS[given])}
    points = {"satisfaction": said.points} if said.points is not None else {}
    return {"outcome": Outcome.MET, "asked_how": AskedHow.CODE, **points}


def _call(need: Need, said: Said) -> None:
    """Let somebody call, at the number that is given or the one we have."""
    if said.phone is None and not has_number(need):
        raise Violation({"phone": [NO_PHONE]})
    callbacks.ask_for(need, CallbackReason.ASKED, wish=said.words, phone=said.phone)
    db.session.flush()

"""One answer of the resident, by code: solved, not solved, please call, or never mind (S0-03, S4-07)."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.callbacks import service as callbacks
from app.callbacks.models import Callback, CallbackReason, CallbackState
from app.core import clock, moves
from app.core.fields import Text
from app.core.moves import perform
from app.core.rules import Violation
from app.core.timeline import steps_of
from app.extensions import db
from app.needs.choices import AskedHow, NeedState, Outcome
from app.needs.flow import STILL_OPEN
from app.needs.models import Need


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
_LEADS_TO: Final = {Answer.SOLVED: (NeedState.CLOSED,), Answer.WITHDRAW: (NeedState.WITHDRAWN,)}


def offered(need: Need) -> list[Answer]:
    """Return what whoever acts can answer now; a call can be asked for at any time."""
    possible = {move.name for move in moves.possible(need)}
    return [answer for answer in Answer if answer is Answer.CALL or _MOVES[answer] in possible]


def call_due(need: Need) -> date | None:
    """Return by when somebody calls about the need, if that is to be done."""
    waiting = select(Callback.due_on).where(Callback.need_id == need.id, Callback.state == CallbackState.OPEN)
    found: date | None = db.session.scalars(waiting.limit(1)).first()
    return found


def reopens_until(need: Need) -> datetime | None:
    """Return until when a closed need can be taken up again."""
    return need.closed_at + STILL_OPEN if need.closed_at is not None else None


def answer(need: Need, given: Answer, said: Said, version: int | None = None) -> None:
    """Let the need follow the answer; part of the caller's transaction, by the resident who acts.

    Raises Refused and Stale as every move does, and Violation under “words”, “points” or “phone”.
    """
    try:
        _DO[given](need, said, version)
    except Violation as error:
        named = {"reason": "words", "satisfaction": "points", "wish": "words"}
        raise Violation({named.get(name, name): texts for name, texts in error.errors.items()}) from None


def is_done(need: Need, given: Answer) -> bool:
    """Tell whether the need already stands where this answer leads: the second half of a double click."""
    return need.state in _LEADS_TO.get(given, ())


def has_just_said(need: Need, given: Answer) -> bool:
    """Tell whether the last thing that happened is this answer, a moment ago."""
    last = next(iter(reversed(steps_of(db.session, need))), None)
    if last is None or last.by_label != SPEAKER or clock.now() - last.at > SAME_CLICK:
        return False
    return last.move == _MOVES.get(given)


def _solved(need: Need, said: Said, version: int | None) -> None:
    """Close it; what was carried out for it is confirmed along."""
    points = {"satisfaction": said.points} if said.points is not None else {}
    perform(need, "close", {"outcome": Outcome.MET, "asked_how": AskedHow.CODE, **points}, version)


def _unsolved(need: Need, said: Said, version: int | None) -> None:
    """Take it up again; what was carried out for it is disputed along."""
    perform(need, "reopen", {"reason": said.words or gettext("Said by code: not solved.")}, version)


def _withdraw(need: Need, said: Said, version: int | None) -> None:
    perform(need, "withdraw", {"reason": said.words or gettext("Said by code: no longer needed.")}, version)


def _call(need: Need, said: Said, version: int | None) -> None:
    """Let somebody call, at the number that is given or the one of the need."""
    if said.phone is None and need.reporter_phone is None:
        raise Violation({"phone": [NO_PHONE]})
    callbacks.ask_for(need, CallbackReason.ASKED, wish=said.words, phone=said.phone)
    db.session.flush()


NO_PHONE: Final[Text] = _("We have no number of yours yet; at which number may we call?")
_DO: Final[dict[Answer, Callable[[Need, Said, int | None], None]]] = {
    Answer.SOLVED: _solved,
    Answer.UNSOLVED: _unsolved,
    Answer.CALL: _call,
    Answer.WITHDRAW: _withdraw,
}

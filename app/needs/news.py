"""Who is told what of a need: by its steps as they are made, and by the job that looks at due dates."""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, exists, select
from sqlalchemy.sql import ColumnElement

from app.core import database
from app.core.fields import Text
from app.extensions import db
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Every
from app.needs.choices import NeedState
from app.needs.models import Need, due_soon, overdue
from app.notices import service
from app.notices.kinds import Kind
from app.notices.models import Notice
from app.notices.news import Told
from app.notices.service import Whom
from app.roles import OFFICE, Role

_ANSWERED = ("accept", "reject", "merge", "refer", "withdraw", "archive")
_ENDED = ("deliver", "close", "merge", "explain", "withdraw", "archive")

TO_ACCEPT: Final = Kind("to_accept", _("A need waits to be accepted"), fixed=True, done_by=_ANSWERED, icon="inbox")
IN_CHARGE: Final = Kind(
    "in_charge", _("You are in charge of this need"), fixed=True, done_by=_ENDED, icon="person-check", tone="plan"
)
IN_CHARGE_AGAIN: Final = Kind(
    "resumed", _("A need in your charge goes on"), fixed=True, done_by=_ENDED, icon="play-circle", tone="plan"
)
SOONER: Final = Kind(
    "due_sooner",
    _("A need in your charge is due sooner, or overdue already"),
    fixed=True,
    done_by=(*_ENDED, "hold"),
    icon="clock",
    tone="danger",
)
REOPENED: Final = Kind(
    "reopened",
    _("A need you were in charge of was reopened"),
    fixed=True,
    done_by=_ENDED,
    icon="arrow-counterclockwise",
    tone="busy",
)
PROGRESS: Final = Kind("progress", _("A need you recorded went on"), icon="chat-dots")
DUE: Final = Kind("due", _("A need is due within a day"), done_by=(*_ENDED, "hold"), icon="clock", tone="busy")
OVERDUE: Final = Kind(
    "overdue", _("A need is overdue"), fixed=True, done_by=(*_ENDED, "reject", "hold"), icon="alarm", tone="danger"
)
CALLED: Final = Kind(
    "called", _("A community calls for help"), fixed=True, done_by=("answer_escalation", *_ENDED), icon="megaphone"
)
STREET_ANSWERED: Final = Kind("street_answered", _("The subdistrict has answered"), fixed=True, icon="reply")

_RESPONSIBLE = Whom(roles=(*OFFICE, Role.GRID_LEAD))
_HANDS = Whom(people=("in_charge_id",))
_RECORDER = Whom(people=("created_by_id",))
_REMINDED = Whom(roles=OFFICE, people=("in_charge_id",))

PROGRESSED: Final = (
    *("accept", "reject", "merge", "refer", "return_referral", "deliver"),
    *("hold", "resume", "close", "reopen", "explain"),
)
"""The steps of which hears who recorded a need."""

NEWS: Final = (
    Told("register", TO_ACCEPT, _RESPONSIBLE),
    Told("plan", IN_CHARGE, _HANDS),
    Told("reopen", REOPENED, _HANDS),
    Told("resume", IN_CHARGE_AGAIN, _HANDS),
    Told("due_sooner", SOONER, _HANDS),
    Told("escalate", CALLED, Whom(roles=(Role.SUPERVISOR,))),
    Told("answer_escalation", STREET_ANSWERED, Whom(roles=(Role.SECRETARY,), people=("in_charge_id",))),
    *(Told(step, PROGRESS, _RECORDER) for step in PROGRESSED),
)
"""Whom each step is told."""

AT_ONCE: Final = 100


def remind() -> Counts:
    """Tell who is in charge and the office of what is due within a day and what is overdue, once per due date."""
    return {"due": _remind(DUE, _due_within_a_day()), "overdue": _remind(OVERDUE, overdue())}


def _due_within_a_day() -> ColumnElement[bool]:
    """Of what nobody has answered the office was told when it came in."""
    return and_(Need.state != NeedState.SUBMITTED, due_soon())


def _remind(kind: Kind, where: ColumnElement[bool]) -> int:
    """Tell of each need that has not been told of; a transaction each, so that what was told stays told."""
    told, last = 0, 0
    while ids := _untold(kind, where, last):
        told += sum(_tell_one(kind, pk) for pk in ids)
        last = ids[-1]
    return told


def _untold(kind: Kind, where: ColumnElement[bool], after: int) -> list[int]:
    told = and_(Notice.list == Need.list_name, Notice.row_id == Need.id, Notice.kind == kind.code)
    wanted = select(Need.id).where(Need.archived_at.is_(None), where, Need.id > after)
    found = wanted.where(~exists().where(told, Notice.for_at == Need.due_at)).order_by(Need.id).limit(AT_ONCE)
    ids = list(db.session.scalars(found))
    db.session.rollback()
    return ids


def _tell_one(kind: Kind, pk: int) -> int:
    with database.transaction():
        need = db.session.get_one(Need, pk)
        return len(service.tell(kind, need, _REMINDED, for_at=need.due_at))


_COUNTS: dict[str, Text] = {"due": _("Reminders of what is due"), "overdue": _("Reminders of what is overdue")}
REMINDERS: Final = Job(
    "reminders",
    _("Reminders"),
    _("Tells who is in charge and the office what is due within a day or overdue."),
    remind,
    Every(15),
    _COUNTS,
)

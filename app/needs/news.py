"""Who is told what of a need: by its steps as they are made, and by the job that looks at due dates."""

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, case, exists, select
from sqlalchemy.sql import ColumnElement

from app.core import clock, database
from app.core.fields import Text
from app.extensions import db
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Every
from app.needs.choices import WORKING_STATES, NeedState
from app.needs.models import Need, overdue
from app.notices import service
from app.notices.kinds import Kind
from app.notices.models import Notice
from app.notices.news import Told
from app.notices.service import Whom
from app.roles import OFFICE, Role

_ANSWERED = ("accept", "reject", "withdraw", "archive")
_ENDED = ("deliver", "close", "withdraw", "archive")

TO_ACCEPT: Final = Kind("to_accept", _("A need waits to be accepted"), fixed=True, done_by=_ANSWERED, icon="inbox")
IN_CHARGE: Final = Kind(
    "in_charge", _("You are in charge of this need"), fixed=True, done_by=_ENDED, icon="person-check", tone="plan"
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
DUE: Final = Kind("due", _("A need is due within a day"), done_by=_ENDED, icon="clock", tone="busy")
OVERDUE: Final = Kind(
    "overdue", _("A need is overdue"), fixed=True, done_by=(*_ENDED, "reject"), icon="alarm", tone="danger"
)

_RESPONSIBLE = Whom(roles=(*OFFICE, Role.GRID_LEAD))
_HANDS = Whom(people=("in_charge_id",))
_RECORDER = Whom(people=("created_by_id",))
_REMINDED = Whom(roles=OFFICE, people=("in_charge_id",))

NEWS: Final = (
    Told("register", TO_ACCEPT, _RESPONSIBLE),
    Told("plan", IN_CHARGE, _HANDS),
    Told("reopen", REOPENED, _HANDS),
    *(Told(step, PROGRESS, _RECORDER) for step in ("accept", "reject", "deliver", "close", "reopen")),
)
"""Whom each step is told."""

AT_ONCE: Final = 100
SOON: Final = timedelta(days=1)
_DUE_AT: Final = case((Need.state == NeedState.SUBMITTED, Need.response_due), else_=Need.resolution_due)


def remind() -> Counts:
    """Tell who is in charge and the office of what is due within a day and what is overdue, once per due date."""
    return {"due": _remind(DUE, _due_within_a_day()), "overdue": _remind(OVERDUE, overdue())}


def _due_within_a_day() -> ColumnElement[bool]:
    moment = clock.now()
    soon = and_(Need.resolution_due >= moment, Need.resolution_due <= moment + SOON)
    return and_(Need.state.in_(WORKING_STATES), soon)


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
    found = wanted.where(~exists().where(told, Notice.for_at == _DUE_AT)).order_by(Need.id).limit(AT_ONCE)
    ids = list(db.session.scalars(found))
    db.session.rollback()
    return ids


def _tell_one(kind: Kind, pk: int) -> int:
    with database.transaction():
        need = db.session.get_one(Need, pk)
        due = need.response_due if need.state is NeedState.SUBMITTED else need.resolution_due
        return len(service.tell(kind, need, _REMINDED, for_at=due))


_COUNTS: dict[str, Text] = {"due": _("Reminders of what is due"), "overdue": _("Reminders of what is overdue")}
REMINDERS: Final = Job(
    "reminders",
    _("Reminders"),
    _("Tells who is in charge and the office what is due within a day or overdue."),
    remind,
    Every(15),
    _COUNTS,
)

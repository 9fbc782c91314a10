"""Planning, asking for and making runs. A run is taken by one guarded statement, so that nobody makes it twice."""

import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.actor import acting, system
from app.core.database import Clash, transaction, writing
from app.extensions import db
from app.jobs.models import JobRun, Outcome
from app.jobs.registry import Job, known

RETRIES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""How long to wait before a run that failed is tried again; after the last one it stays failed."""

KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 200
_SENT: Final = "sidan.jobs"

log: Final = logging.getLogger("sidan.jobs")


# -- planning and asking --------------------------------------------------------------------------------------------


def ask(name: str, row_id: int | None = None) -> JobRun:
    """Let a job run soon, for a row or as a whole; part of the caller's transaction."""
    run = _new(name, f"{name}#{secrets.token_hex(8)}", clock.now())
    run.row_id = row_id
    db.session.add(run)
    db.session.flush()
    db.session().info.setdefault(_SENT, []).append(run.id)
    return run


def _new(name: str, slot: str, moment: datetime) -> JobRun:
    return JobRun(job=name, slot=slot, planned_at=moment, due_at=clock.now(), outcome=Outcome.WAITING, tries=0)


@event.listens_for(Session, "after_commit")
def _send(session: Session) -> None:
    for run_id in session.info.pop(_SENT, ()):
        send(run_id)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_SENT, None)


def send(run_id: int) -> None:
    """Tell the worker of a run; where it cannot be told it will find the run itself."""
    from app.jobs.queue import queue  # noqa: PLC0415 - a megabyte, from when something first waits for the worker

    try:
        queue().send(run_id)
    except Exception as error:  # noqa: BLE001 - whatever a storage raises, what was saved stays saved
        log.warning("run %s could not be queued: %s", run_id, type(error).__name__)


def plan() -> None:
    """Write down the runs whose moment has come. Of those missed while nobody worked only the last is made up for."""
    moment = clock.now()
    due = {f"{job.name}@{slot:%Y-%m-%dT%H:%M}": (job, slot) for job, slot in _slots(moment)}
    busy = select(JobRun.job).where(JobRun.outcome.in_((Outcome.WAITING, Outcome.RUNNING)))
    taken = {*db.session.scalars(select(JobRun.slot).where(JobRun.slot.in_(due)))}
    waiting = {*db.session.scalars(busy)}
    db.session.rollback()
    for name, (job, slot) in due.items():
        if name not in taken and job.name not in waiting:
            _plan_one(_new(job.name, name, slot))


def _slots(moment: datetime) -> Iterable[tuple[Job, datetime]]:
    return [(job, job.schedule.last(moment)) for job in known().values() if job.schedule is not None]


def _plan_one(run: JobRun) -> None:
    try:
        with writing(), transaction():
            db.session.add(run)
    except Clash:
        # Another worker on the same database was quicker.
        log.info("%s was planned already", run.slot)


def ready() -> list[int]:
    """Return the runs that may start now, the oldest first."""
    wanted = select(JobRun.id).where(JobRun.outcome == Outcome.WAITING, JobRun.due_at <= clock.now())
    return list(db.session.scalars(wanted.order_by(JobRun.id).limit(AT_ONCE)))


def recover() -> int:
    """Let the runs of a worker that died start again, and return how many; those that always kill it fail."""
    with transaction():
        left = update(JobRun).where(JobRun.outcome == Outcome.RUNNING)
        gone = left.where(JobRun.tries > len(RETRIES))
        db.session.execute(gone.values(outcome=Outcome.FAILED, ended_at=clock.now(), error="Killed"))
        found = db.session.execute(left.values(outcome=Outcome.WAITING, due_at=clock.now()))
    return int(found.rowcount)


# -- making a run ---------------------------------------------------------------------------------------------------


def execute(run_id: int) -> Outcome | None:
    """Make a run and return where it stands then; None when it is not there to be made (any more)."""
    run = _claim(run_id)
    if run is None:
        return None
    name, row_id, tries = run.job, run.row_id, run.tries
    job = known().get(name)
    try:
        with acting(system(name)):
            counts = _call(job, row_id)
    except Exception as error:
        db.session.rollback()
        log.exception("job %s failed in run %s", name, run_id)
        return _failed(run_id, tries, type(error).__name__)
    log.info("job %s done in run %s", name, run_id)
    return _end(run_id, Outcome.DONE, counts=counts, error=None)


def _call(job: Job | None, row_id: int | None) -> dict[str, int]:
    if job is None:
        raise LookupError
    return job.run() if row_id is None else job.run(row_id)


def _claim(run_id: int) -> JobRun | None:
    mine = update(JobRun).where(JobRun.id == run_id, JobRun.outcome == Outcome.WAITING, JobRun.due_at <= clock.now())
    taken = mine.values(outcome=Outcome.RUNNING, started_at=clock.now(), ended_at=None, tries=JobRun.tries + 1)
    with transaction():
        found = db.session.execute(taken, execution_options={"synchronize_session": False})
        run = db.session.get(JobRun, run_id, populate_existing=True) if found.rowcount == 1 else None
        if run is not None:
            db.session.expunge(run)
    return run


def _failed(run_id: int, tries: int, error: str) -> Outcome:
    if tries > len(RETRIES):
        return _end(run_id, Outcome.FAILED, error=error[:80])
    return _end(run_id, Outcome.WAITING, error=error[:80], due_at=clock.now() + RETRIES[tries - 1])


def _end(run_id: int, outcome: Outcome, **columns: Any) -> Outcome:
    with transaction():
        ended = update(JobRun).where(JobRun.id == run_id)
        db.session.execute(ended.values(outcome=outcome, ended_at=clock.now(), **columns))
    return outcome


# -- looking --------------------------------------------------------------------------------------------------------


def latest() -> dict[str, JobRun]:
    """Return the last run of each job that has begun, by job."""
    newest = select(func.max(JobRun.id)).where(JobRun.started_at.is_not(None)).group_by(JobRun.job)
    return {run.job: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}


def recent(most: int) -> list[JobRun]:
    """Return the last runs of all jobs, the newest first."""
    return list(db.session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(most)))


def forget_old() -> int:
    """Remove the runs that ended a month ago, and return how many."""
    old = delete(JobRun).where(JobRun.ended_at < clock.now() - KEPT, JobRun.outcome.in_((Outcome.DONE, Outcome.FAILED)))
    return int(db.session.execute(old).rowcount)

"""The jobs from the command line; acts as `system:<job>`."""

import contextlib
import time

import click
from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.commanding import Commands
from app.core.database import transaction
from app.core.display import words
from app.core.fields import Text
from app.extensions import db
from app.instance import AlreadyRunning
from app.jobs import service, worker
from app.jobs.models import JobRun, Outcome
from app.jobs.registry import Job, known
from app.jobs.telling import counted

jobs = Commands("jobs", _("What the portal does by itself."))


@jobs.command("list")
def list_jobs() -> None:
    """Show each job: what it does, when it ran and how that ended, and when it runs next."""
    latest = service.latest()
    for job in known().values():
        click.echo(f"{job.name}  {job.title}: {job.does}")
        for label, said in _lines(job, latest.get(job.name)):
            click.echo(f"    {label}: {said}")


def _lines(job: Job, run: JobRun | None) -> list[tuple[Text, Text]]:
    told: list[tuple[Text, Text]] = [(gettext("Schedule"), job.schedule or gettext("when asked"))]
    if run is not None:
        told += [(gettext("Last run"), words(run.started_at)), (gettext("How it ended"), _outcome(run))]
    if job.schedule is not None:
        told.append((gettext("Next run"), words(job.schedule.next(clock.now()))))
    return told


def _outcome(run: JobRun) -> str:
    return " ".join([str(run.outcome.label), *counted(run), *([run.error] if run.error else [])])


@jobs.command("run")
@click.argument("name", required=False)
@click.option("--once", is_flag=True, help="make what is due, and end")
@click.option("--supervised", is_flag=True, help="end together with the program that started it")
def run(name: str | None, once: bool, supervised: bool) -> None:
    """Be the worker: make the jobs that are due until stopped. With a name: make that job now, and end."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the application behind Flask's proxy
    if name is not None:
        _now(name)
    elif once:
        worker.once(app)
    else:
        worker.work(app, supervised)


def _now(name: str) -> None:
    if name not in known():
        raise click.ClickException(gettext("There is no job “%(name)s”.", name=name))
    with transaction():
        run_id = service.ask(name).id
    made = _made(run_id)
    click.echo(f"{known()[name].title}: {_outcome(made)}")
    if made.outcome is not Outcome.DONE:
        raise SystemExit(1)


def _made(run_id: int) -> JobRun:
    """Make the run here, or let the worker make it where there is one, and return it when it has been tried."""
    with contextlib.closing(worker.lock(current_app)) as mine:
        with contextlib.suppress(AlreadyRunning):
            mine.take("")
            service.execute(run_id)
        return _waited(run_id)


def _waited(run_id: int) -> JobRun:
    while True:
        found = db.session.get_one(JobRun, run_id, populate_existing=True)
        db.session.rollback()
        found = db.session.get_one(JobRun, run_id)
        if found.ended_at is not None and found.outcome is not Outcome.RUNNING:
            return found
        db.session.rollback()
        time.sleep(0.2)

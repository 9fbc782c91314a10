"""The page of the jobs: what the portal does by itself, when it did so last, and how that ended."""

from typing import Any, Final

from flask import Blueprint, render_template

from app.core import clock
from app.core.gate import requires
from app.jobs import service
from app.jobs.models import JobRun
from app.jobs.registry import Job, known
from app.jobs.telling import counted

job_pages: Final = Blueprint("jobs", __name__, template_folder="templates")

SHOWN: Final = 50


@job_pages.get("/jobs/")
@requires("e", "communities")
def index() -> str:
    """Show the jobs and their last runs."""
    from app.jobs.queue import worker_is_alive  # noqa: PLC0415 - as in `service.send`

    latest = service.latest()
    jobs = [_job(job, latest.get(job.name)) for job in known().values()]
    titles = {job.name: job.title for job in known().values()}
    runs = [(run, titles.get(run.job, run.job), counted(run)) for run in service.recent(SHOWN)]
    return render_template("jobs/index.html", jobs=jobs, runs=runs, alive=worker_is_alive())


def _job(job: Job, run: JobRun | None) -> dict[str, Any]:
    upcoming = job.schedule.next(clock.now()) if job.schedule is not None else None
    return {"job": job, "run": run, "next": upcoming, "counts": counted(run) if run is not None else []}

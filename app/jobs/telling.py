"""Runs in the words of the interface."""

from app.jobs.models import JobRun
from app.jobs.registry import known


def counted(run: JobRun) -> list[str]:
    """Return what a run dealt with, one text per count that is not nought."""
    job = known().get(run.job)
    said = job.counts if job is not None else {}
    return [f"{said[name]} {count}" for name, count in run.counts.items() if count and name in said]

"""What the tests of jobs use: a job that counts how often it did its work, and a look at the runs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import actor
from app.extensions import db
from app.jobs import registry
from app.jobs.models import JobRun
from app.jobs.queue import queue
from app.jobs.registry import Job
from app.jobs.schedule import Daily


class Work:
    """Counts its runs and remembers for whom; fails as often as it is told."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.actors: list[str] = []
        self.fails = 0

    def __call__(self, *row: int) -> dict[str, int]:
        acting = actor.current()
        self.actors.append(acting.label if acting else "")
        if self.fails:
            self.fails -= 1
            raise ValueError("13800000001 must not be kept")
        self.done.append(row)
        return {"rows": 2, "nothing": 0}


@pytest.fixture
def work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """The only job there is, daily at 06:30."""
    made = Work()
    job = Job("work", "干活", "做一点事。", made, Daily(6, 30), {"rows": "条"})
    monkeypatch.setattr(registry, "_JOBS", {"work": job})
    with app.app_context():
        queue().huey.storage.flush_queue()
        yield made


@pytest.fixture
def runs(app: Flask) -> Callable[[], list[JobRun]]:
    """Return all runs, the oldest first."""

    def read() -> list[JobRun]:
        db.session.rollback()
        return list(db.session.scalars(select(JobRun).order_by(JobRun.id)))

    return read

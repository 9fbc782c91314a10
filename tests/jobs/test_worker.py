"""The worker as it is: a process of its own, started, killed and started again."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app
from app.accounts.traces import Brake
from app.core import database
from app.core.database import transaction
from app.extensions import db
from app.jobs import service
from app.jobs.models import JobRun, Outcome
from app.jobs.queue import queue
from tests.jobs.slow import UNITS
from tests.test_start import PATIENCE, refusal, started, surroundings

SLOW = Path(__file__).with_name("slow.py")
"""A worker with a job of some units of work, each done once."""


def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    for _time in range(PATIENCE * 20):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("waited in vain")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Flask]:
    """An instance of its own, in this process only to look at."""
    app = create_app({"TESTING": True, "INSTANCE": tmp_path / "instance", "DATABASE_URL": None, "NOW": None})
    database.upgrade(app)
    with app.app_context():
        yield app
        queue().close()
        db.session.remove()
        db.engine.dispose()


@contextlib.contextmanager
def worker(app: Flask, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until the block ends; `more`: other than the command."""
    command = more or ("-m", "flask", "--app", "app", "jobs", "run", "--supervised")
    environ = surroundings(SIDAN_INSTANCE=str(app.config["INSTANCE"]), PYTHONPATH=str(config.ROOT))
    with subprocess.Popen([sys.executable, *command], env=environ, cwd=config.ROOT, stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            if process.stdin:
                process.stdin.close()
            assert process.wait(timeout=PATIENCE) in (0, -9)


def outcomes() -> list[Outcome]:
    db.session.rollback()
    found = list(db.session.scalars(select(JobRun.outcome).order_by(JobRun.id)))
    db.session.rollback()
    return found


def units() -> int:
    count = int(db.session.scalar(select(func.count()).select_from(Brake)) or 0)
    db.session.rollback()
    return count


def test_a_worker_makes_what_is_due_and_ends_with_who_started_it(portal):
    with worker(portal) as process:
        until(lambda: len(outcomes()) > 1 and set(outcomes()) == {Outcome.DONE})
        assert queue().silence() < 60
        said = refusal("-m", "flask", "--app", "app", "jobs", "run", SIDAN_INSTANCE=str(portal.config["INSTANCE"]))
        assert said.startswith("这个门户的后台程序已经在运行")
    assert process.returncode == 0


def test_what_is_asked_for_on_a_page_starts_without_waiting_for_the_next_look(portal):
    with worker(portal, str(SLOW)):
        until(lambda: outcomes()[:2] == [Outcome.DONE, Outcome.DONE])
        with transaction():
            service.ask("slow")
        until(lambda: units() > 0)
        until(lambda: outcomes()[-1] is Outcome.DONE)


@pytest.mark.skipif("sys.platform == 'win32'", reason="there is no such signal on Windows")
def test_a_job_killed_midway_is_made_again_and_does_nothing_twice(portal):
    with transaction():
        service.ask("slow")
    with worker(portal, str(SLOW)) as first:
        until(lambda: units() == 2)
        first.kill()
    assert outcomes()[0] is Outcome.RUNNING
    with worker(portal, str(SLOW)):
        until(lambda: outcomes()[0] is Outcome.DONE)
    assert units() == UNITS
    run = db.session.scalars(select(JobRun).filter_by(job="slow")).one()
    assert (run.tries, run.counts) == (2, {"units": UNITS})


def holder(folder: Path) -> int | None:
    """Return the process that works beside the portal."""
    try:
        return int(json.loads((folder / "worker.lock").read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError):
        return None


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended and was not looked after yet lives no more.
    return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


@pytest.mark.skipif("sys.platform != 'linux'", reason="looks at processes as Linux shows them")
def test_the_portal_keeps_one_worker_and_takes_it_along(tmp_path):
    folder = tmp_path / "instance"
    with started(folder) as start:
        until(lambda: holder(folder))
        first = holder(folder)
        os.kill(first, signal.SIGKILL)
        until(lambda: (holder(folder) or first) != first)
        second = holder(folder)
        assert lives(second)
        assert start.get("/health")[0] == 200
    assert not lives(second)
    assert start.lines[-1] == "门户已停止。"


@pytest.mark.skipif("sys.platform != 'linux'", reason="looks at processes as Linux shows them")
def test_a_worker_does_not_outlive_a_portal_that_was_killed(tmp_path):
    folder = tmp_path / "instance"
    with started(folder) as start:
        until(lambda: holder(folder))
        left = holder(folder)
        start.process.kill()
        until(lambda: not lives(left))

"""The worker process: takes runs from the queue one after the other, plans those that are due, and shows it is alive.

It must be a process of its own: the consumer sets signal handlers, and a long job must not slow the pages down.
"""

import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask_babel import gettext

from app import instance
from app.core import arenas, database
from app.jobs import service
from app.jobs.models import Outcome
from app.jobs.queue import Queue, queue

LOCK: Final = "worker.lock"
PAUSE: Final = 20.0
"""Seconds between two heartbeats, each of which also looks for runs that are due."""
GRACE: Final = 10
"""Seconds a run has to end when the worker is stopped; what does not end is run again."""

log: Final = logging.getLogger("sidan.jobs")


def lock(app: Flask) -> instance.Lock:
    """Return the lock that one worker of an instance holds."""
    said = gettext("The worker of this portal is running already%(where)s.", where="{where}")
    return instance.Lock(Path(app.config["INSTANCE"]), LOCK, said)


def work(app: Flask, supervised: bool) -> None:
    """Work until stopped. Raises AlreadyRunning. `supervised`: also stop when who started it closes standard input."""
    with contextlib.closing(lock(app)) as mine:
        mine.take("")
        opened = _open(app)
        consumer = opened.huey.create_consumer(workers=1, periodic=False, max_delay=1.0, scheduler_interval=60)
        _beside(_tick_on, app, opened, consumer.stop_flag)
        if supervised:
            _beside(_until_left, consumer.stop_flag)
        arenas.settle()
        log.info("the worker has started")
        consumer.run()
        for _worker, thread in consumer.worker_threads:
            thread.join(GRACE)
        log.info("the worker has stopped")


def once(app: Flask) -> None:
    """Plan and make everything that is due, and return. Raises AlreadyRunning."""
    with contextlib.closing(lock(app)) as mine:
        mine.take("")
        _open(app)
        service.plan()
        for run_id in service.ready():
            service.execute(run_id)


def _open(app: Flask) -> Queue:
    """Open the queue, and let what a worker before left unfinished start again."""
    # What huey says of each message stands in the table; its warnings are wanted.
    logging.getLogger("huey").setLevel(logging.WARNING)
    found = queue()
    found.make = partial(_execute, app)
    if (again := service.recover()) > 0:
        log.warning("%s runs were left unfinished and start again", again)
    return found


def _execute(app: Flask, run_id: int) -> Outcome | None:
    with app.app_context():
        return service.execute(run_id)


def _beside(function: Callable[..., None], *more: Any) -> None:
    threading.Thread(target=function, args=more, daemon=True).start()


def _tick_on(app: Flask, opened: Queue, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            _tick(app, opened)
        except Exception:
            # The database may be away for a while; the next tick finds out.
            log.exception("the worker could not look for runs")
        stopped.wait(PAUSE)


def _tick(app: Flask, opened: Queue) -> None:
    opened.beat()
    database.only_reading()
    with app.app_context():
        service.plan()
        # While others wait their turn these are among them.
        for run_id in service.ready() if opened.is_empty else ():
            opened.send(run_id)


def _until_left(stopped: threading.Event) -> None:
    """Wait for the end of standard input, which comes even when who started us was killed."""
    sys.stdin.buffer.read()
    stopped.set()

"""The queue between pages and worker: numbers of runs, and the worker's heartbeat; in a file, or in Redis.

The table `job_run` is what counts: what is lost here, the worker finds there within half a minute.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, current_app
from huey import Huey
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import RedisStorage, SqliteStorage

from app.core import chain

FILE: Final = "jobs.db"
_EXTENSION: Final = "sidan.jobs"
_BEAT: Final = "heartbeat"
SILENT: Final = 120
"""Seconds without a heartbeat after which the worker counts as gone."""

log: Final = logging.getLogger("sidan.jobs")


class Plain(Serializer):
    """Messages as JSON: who can write to the queue must not be able to run code, as with huey's own pickles."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: Any) -> Any:
        return Message(*json.loads(bytes(data)))


class Queue:
    """Runs that wait to be started, by number; in the worker `make` makes them."""

    def __init__(self, app: Flask) -> None:
        # Results would stay in the file for ever; how a run ended stands in the table.
        self.huey = Huey(_name(app), results=False, serializer=Plain(), **_storage(app))
        self.make: Callable[[int], object] = _nowhere
        self.task = self.huey.task(name="execute")(self._execute)

    def _execute(self, run_id: int) -> None:
        self.make(run_id)

    def send(self, run_id: int) -> None:
        """Let a run start soon."""
        self.task(run_id)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self.huey.storage.queue_size()

    def beat(self) -> None:
        """Say that the worker is alive."""
        self.huey.storage.put_data(_BEAT, str(time.time()).encode())

    def silence(self) -> float | None:
        """Return for how many seconds the worker has said nothing; None if there never was one."""
        found = self.huey.storage.peek_data(_BEAT)
        return max(0.0, time.time() - float(bytes(found))) if isinstance(found, bytes | memoryview) else None

    def close(self) -> None:
        """Let go of the file or the connection."""
        self.huey.storage.close()


def _nowhere(run_id: int) -> None:
    log.error("run %s came to a process that is no worker", run_id)


def _name(app: Flask) -> str:
    """Several portals may share one Redis."""
    return f"sidan.{chain.derived(app.config['DATA_KEY'], 'jobs').hex()[:16]}"


def _storage(app: Flask) -> dict[str, Any]:
    if app.config["REDIS_URL"]:
        return {"storage_class": RedisStorage, "url": app.config["REDIS_URL"]}
    return {"storage_class": SqliteStorage, "filename": str(app.config["INSTANCE"] / FILE)}


def queue() -> Queue:
    """Return the queue of this portal, opened when it is first needed."""
    found: Queue | None = current_app.extensions.get(_EXTENSION)
    if found is None:
        found = current_app.extensions[_EXTENSION] = Queue(current_app)
    return found


def worker_is_alive() -> bool:
    """Tell whether a worker has been heard of in the last two minutes."""
    try:
        silence = queue().silence()
    except Exception as error:  # noqa: BLE001 - whatever a storage raises, nobody hears the worker
        log.warning("the queue cannot be read: %s", type(error).__name__)
        return False
    return silence is not None and silence < SILENT

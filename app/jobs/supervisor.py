"""Keeping one worker process alive beside the server: started, started again when it dies, stopped with the server."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import config
from app.jobs.worker import GRACE

LONGEST_PAUSE: Final = 60.0
STEADY: Final = 300.0
"""Seconds after which a worker counts as healthy, so that the next pause is short again."""

log: Final = logging.getLogger("sidan.jobs")


class Supervisor:
    """Runs the worker while the block runs."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.environ = os.environ | {"SIDAN_INSTANCE": str(settings["INSTANCE"])}
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        with self._starting:
            process = self.process
        if process is not None:
            _stop(process)
        self._thread.join()

    def _keep(self) -> None:
        pause = 1.0
        while (process := self._start()) is not None:
            began = time.monotonic()
            code = process.wait()
            if self._stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - began > STEADY else pause
            log.warning("the worker ended with %s and starts again in %d s", code, pause)
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._starting:
            if self._stopping.is_set():
                return None
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "jobs", "run", "--supervised"],
                cwd=config.ROOT,
                env=self.environ,
                # When this end closes, also because we were killed, the worker stops.
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                # Ctrl+C is for the server, which then stops the worker in order.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            return self.process


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(timeout=GRACE + 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

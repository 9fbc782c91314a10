"""The real program in a process of its own, as an admin starts it."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

import config

STARTED = "按 Ctrl+C 停止。"
PATIENCE = 120


class Start:
    """One run of `run.py`, and the lines it has said."""

    def __init__(self, folder: Path, *options: str, **environ: str) -> None:
        self.port = free_port()
        self.lines: list[str] = []
        self._said: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, str(config.ROOT / "run.py"), *options],
            env=surroundings(SIDAN_INSTANCE=str(folder), SIDAN_PORT=str(self.port)) | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self._said.put(line.rstrip("\n"))
        self._said.put(None)

    def until_started(self) -> "Start":
        while (line := self._said.get(timeout=PATIENCE)) is not None:
            self.lines.append(line)
            if line == STARTED:
                return self
        pytest.fail("the portal did not start:\n" + "\n".join(self.lines))

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGINT)
        code = self.process.wait(timeout=PATIENCE)
        self._listener.join(timeout=PATIENCE)
        while not self._said.empty():
            self.lines += filter(None, [self._said.get()])
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def line(self, beginning: str) -> str | None:
        return next((line for line in self.lines if line.startswith(beginning)), None)

    def get(self, path: str) -> tuple[int, str]:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()


def surroundings(**environ: str) -> dict[str, str]:
    """The environment of an admin who has set nothing but `environ`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIDAN_", "PYTEST_", "COV_"))}
    return kept | {"PYTHONUTF8": "1"} | environ


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextlib.contextmanager
def started(folder: Path, *options: str, **environ: str) -> Iterator[Start]:
    start = Start(folder, *options, **environ)
    try:
        yield start.until_started()
    finally:
        start.stop()

"""The real program in a process of its own, as an admin starts it."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self, TypeVar
from urllib.request import urlopen

import pytest

import config

STARTED = "按 Ctrl+C 停止。"
PATIENCE = 120

P = TypeVar("P", bound="Program")


class Program:
    """One run of a server, and the lines it has said; `started` stands in the line that says it answers."""

    def __init__(
        self, command: Sequence[str], started: str, port: int, cwd: Path = config.ROOT, **environ: str
    ) -> None:
        self.port, self.started = port, started
        self.lines: list[str] = []
        self._said: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=surroundings(SIDAN_PORT=str(port)) | environ,
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

    def until_started(self) -> Self:
        while (line := self._said.get(timeout=PATIENCE)) is not None:
            self.lines.append(line)
            if self.started in line:
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


class Start(Program):
    """One run of `run.py`."""

    def __init__(self, folder: Path, *options: str, **environ: str) -> None:
        command = [sys.executable, str(config.ROOT / "run.py"), *options]
        super().__init__(command, STARTED, free_port(), **{"SIDAN_INSTANCE": str(folder)} | environ)


def surroundings(**environ: str) -> dict[str, str]:
    """The environment of an admin who has set nothing but `environ`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIDAN_", "PYTEST_", "COV_"))}
    return kept | {"PYTHONUTF8": "1"} | environ


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextlib.contextmanager
def started(folder: Path, *options: str, **environ: str) -> Iterator[Start]:
    with running(Start(folder, *options, **environ)) as start:
        yield start


@contextlib.contextmanager
def running(program: P) -> Iterator[P]:
    """Give a program that answers, and stop it afterwards."""
    try:
        yield program.until_started()
    finally:
        program.stop()

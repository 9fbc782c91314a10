"""The portal served by several processes of gunicorn, as a district runs it."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import config
from tests.faults.house import House
from tests.program import PATIENCE, Program, free_port, running

PROCESSES: Final = 3
AT_ONCE: Final = 12
GUNICORN: Final = (sys.executable, "-m", "gunicorn", "--config", str(config.ROOT / "deploy" / "gunicorn.conf.py"))
TELLING: Final = ("--access-logfile", "-", "--access-logformat", "answered by %(p)s")
"""Lets each answer name the process that gave it."""
ANSWERED: Final = re.compile(r"answered by <(\d+)>")


class Crew(Program):
    """One run of gunicorn on a house."""

    def __init__(self, house: House, *options: str) -> None:
        url = str(house.stage.app.config["SQLALCHEMY_DATABASE_URI"])
        around = {"SIDAN_INSTANCE": str(house.folder), "SIDAN_DATABASE_URL": url, "WEB_CONCURRENCY": str(PROCESSES)}
        super().__init__([*GUNICORN, *TELLING, *options], "Booting worker", free_port(), **around)

    def answering(self) -> set[str]:
        """Return the processes that have answered since this was asked last."""
        found = set()
        while not self._said.empty():
            said = ANSWERED.search(self._said.get() or "")
            found |= {said[1]} if said else set()
        return found

    def everywhere(self, ask: Callable[[], Any]) -> list[Any]:
        """Ask the same until each process has answered; return all answers."""
        self.answering()
        seen: set[str] = set()
        answers: list[Any] = []
        until = time.monotonic() + PATIENCE
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while len(seen) < PROCESSES and time.monotonic() < until:
                answers += pool.map(lambda _turn: ask(), range(AT_ONCE))
                seen |= self.answering()
        assert len(seen) == PROCESSES, f"only {len(seen)} processes answer"
        return answers


@contextmanager
def crew_at(house: House) -> Iterator[Crew]:
    """Serve a house with several processes."""
    with running(Crew(house)) as crew:
        yield crew

"""PostgreSQL is restarted while people work: a few seconds of 503, never 500, and the portal itself stays up (R6)."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.faults.cluster import Cluster
from tests.faults.house import WRITERS, Caller, House, is_chinese

pytestmark = pytest.mark.faults
AT_MOST = 5.0
"""Seconds without service, after the database is back (R6)."""


@dataclass
class Watch:
    """What everybody was answered, and when."""

    seen: list[tuple[float, int]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def work(self, caller: Caller, number: int) -> None:
        """Read and write in turn until it is over."""
        turn = 0
        while not self.over.is_set():
            turn += 1
            title = f"{number}的第{turn}件"
            status, page = caller.call("POST", "/needs/add", {"title": title})
            if status == 302:
                self.kept.append(title)
            self.note(status, page)
            self.note(*caller.call("GET", "/needs/list/"))

    def note(self, status: int, page: str) -> None:
        """Remember an answer."""
        self.seen.append((time.monotonic(), status))
        if status not in (200, 302, 503) or (status == 503 and not is_chinese(page)):
            self.strange.append(f"{status}: {page[:200]}")


@contextmanager
def at_work(callers: list[Caller]) -> Iterator[Watch]:
    """Let everybody work during the block."""
    watch = Watch()
    with ThreadPoolExecutor(len(callers)) as pool:
        for number, caller in enumerate(callers):
            pool.submit(watch.work, caller, number)
        try:
            yield watch
        finally:
            watch.over.set()


def test_a_restart_of_the_database_is_a_few_seconds_of_patience(cluster: Cluster, district: House, figure):
    with district.open() as start:
        callers = [Caller(start.port).sign_in(login) for login in WRITERS]
        with at_work(callers) as watch:
            _wait_for(watch, 20)
            for _time in range(2):
                cluster.stop()
                _wait_for(watch, len(watch.seen) + 20)
                cluster.start()
                back = time.monotonic()
                _wait_for(watch, len(watch.seen) + 100)
        assert start.process.poll() is None
        refused = [moment for moment, status in watch.seen if status == 503]
        assert watch.strange == []
        assert refused
        figure("seconds of 503 after the last restart", round(max([0.0, *(m - back for m in refused)]), 2))
        assert all(moment - back <= AT_MOST for moment in refused)
        assert callers[0].register("一切如常") == 302
    stored = district.titles()
    assert set(watch.kept) <= stored.keys()
    assert set(stored.values()) == {1}
    assert district.complaints() == []


def _wait_for(watch: Watch, answers: int) -> None:
    """Wait until so many answers have come."""
    for _tick in range(600):
        if len(watch.seen) >= answers:
            return
        time.sleep(0.05)
    pytest.fail("nobody is answered any more")

"""The power goes, or somebody kills the portal: what was acknowledged is there, and the database opens whole (R1)."""

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.house import WRITERS, Caller, House
from tests.program import Start

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]
ENOUGH = 24
"""So many acknowledged needs, and the portal is killed."""
MOST = 200


def write_until_the_end(callers: list[Caller], start: Start, begin: int) -> set[str]:
    """Register needs until the portal is killed amid it; return the titles that were acknowledged."""
    kept: set[str] = set()
    enough = threading.Event()

    def work(number: int) -> None:
        for turn in range(MOST):
            title = f"第{begin}次{number}的事{turn}"
            if callers[number].register(title) != 302:
                break
            kept.add(title)
            if len(kept) >= ENOUGH:
                enough.set()

    with ThreadPoolExecutor(len(callers)) as pool:
        for number in range(len(callers)):
            pool.submit(work, number)
        assert enough.wait(60)
        start.process.send_signal(signal.SIGKILL)
    return kept


def test_no_acknowledged_need_is_lost_when_the_portal_is_killed_twice(house: House):
    kept: set[str] = set()
    for time in range(2):
        with house.open() as start:
            callers = [Caller(start.port).sign_in(login) for login in WRITERS]
            kept |= write_until_the_end(callers, start, time)
            assert start.process.wait(timeout=30) == -signal.SIGKILL
        stored = house.titles()
        assert kept <= stored.keys()
        assert set(stored.values()) == {1}
        assert house.complaints() == []
    with house.open() as start:
        assert Caller(start.port).sign_in("worker").register("又能登记了") == 302

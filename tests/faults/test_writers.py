"""Many who write at once: every write kept, none doubled, no errors (R2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.house import WRITERS, Caller, House, nth, timed
from tests.program import Start

pytestmark = pytest.mark.faults
EACH = 6


def crowd(start: Start, times: int) -> list[Caller]:
    """Sign eight people in, each with so many windows."""
    people = [Caller(start.port).sign_in(login) for login in WRITERS]
    return [window for one in people for window in (one, *(one.twin() for _more in range(times - 1)))]


def write_at_once(callers: list[Caller]) -> tuple[list[int], list[str], list[float]]:
    """Let everybody register needs at the same time; return statuses, titles and seconds."""
    took: list[float] = []

    def work(number: int) -> list[int]:
        found = []
        for turn in range(EACH):
            with timed(took):
                found.append(callers[number].register(f"第{number}人第{turn}件"))
        return found

    with ThreadPoolExecutor(len(callers)) as pool:
        statuses = [status for each in pool.map(work, range(len(callers))) for status in each]
    return statuses, [f"第{number}人第{turn}件" for number in range(len(callers)) for turn in range(EACH)], took


@pytest.mark.parametrize(("kind", "times"), [("house", 1), ("district", 5)])
def test_everything_written_at_once_is_kept_once(request, figure, kind: str, times: int):
    house: House = request.getfixturevalue(kind)
    with house.open(SIDAN_THREADS=str(8 * times)) as start:
        callers = crowd(start, times)
        statuses, titles, took = write_at_once(callers)
    figure("p95 in ms", nth(took, 0.95))
    assert set(statuses) == {302}
    assert house.titles() == dict.fromkeys(titles, 1)
    assert house.complaints() == []

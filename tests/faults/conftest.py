"""Houses to break: one on SQLite, one on a PostgreSQL of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.cluster import Cluster, programs
from tests.faults.house import House

FIGURES: list[str] = []


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was measured; no test stands or falls by it."""
    for line in FIGURES:
        terminalreporter.write_line(line)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """Note something measured, for the summary."""
    return lambda name, value: FIGURES.append(f"{request.node.name}: {name} {value}")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The portal with the cast on SQLite, not running yet."""
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server that is nobody else's."""
    pytest.importorskip("psycopg", reason="the driver is not installed: requirements-district.txt")
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed on this machine")
    made = Cluster(where)
    yield made
    made.remove()


@pytest.fixture
def district(cluster: Cluster, tmp_path: Path) -> Iterator[House]:
    """The portal with the cast on PostgreSQL, not running yet."""
    made = House(tmp_path, cluster.url)
    yield made
    made.close()

"""A backup is broken off: nothing half stands under the name of a backup, older ones stay, and it goes again (R6)."""

import multiprocessing
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no kill -9 and no limits", allow_module_level=True)

import resource

import config
from app.backups import folder, making, restoring
from app.backups.loading import opened
from app.communities.models import Community
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.needs import service
from tests.faults.cluster import Cluster
from tests.faults.house import House, is_chinese
from tests.program import PATIENCE, surroundings

psycopg = pytest.importorskip("psycopg", reason="the driver is not installed: requirements-district.txt")
pytestmark = pytest.mark.faults
KILLS: Final = 5
ROOM: Final = 128 * 1024
"""So large a file may become where the disk is said to be full; the backup is larger."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
AT_WORK: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND query ~ 'CREATE '
"""


@pytest.fixture(params=["house", "district"])
def kept(request: pytest.FixtureRequest) -> House:
    """A house with a good deal to keep, on SQLite and on PostgreSQL."""
    made: House = request.getfixturevalue(request.param)
    fill(made)
    return made


def fill(house: House) -> None:
    """Register needs whose text cannot be made small."""
    drawn = random.Random(7)  # noqa: S311 - nothing is kept secret by it
    with house.stage.app.app_context(), acting(system("cli")), transaction():
        community = db.session.query(Community).filter_by(code="wjb").one()
        for turn in range(150):
            text = "".join(drawn.choices(LETTERS, k=1900))
            service.register(title=f"第{turn}件事", text=text, community=community)
    with house.inside():
        pass


def command(house: House, *words: str) -> "subprocess.Popen[str]":
    """Start a command about backups."""
    url = str(house.stage.app.config["SQLALCHEMY_DATABASE_URI"])
    around = surroundings(SIDAN_INSTANCE=str(house.folder), SIDAN_DATABASE_URL=url)
    line = [sys.executable, "-m", "flask", "--app", "app", "backup", *words]
    how: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    return subprocess.Popen(line, cwd=config.ROOT, env=around, **how)


def refused(process: "subprocess.Popen[str]") -> str:
    """Return the one Chinese sentence a command ends with that could not do what it should."""
    said = process.communicate(timeout=PATIENCE)[0].strip()
    assert process.returncode not in (0, None), said
    assert is_chinese(said), said
    assert said.count("\n") == 0, said
    return said


def there(house: House) -> dict[str, bytes]:
    """Return everything in the folder of the backups."""
    return {path.name: path.read_bytes() for path in (house.folder / folder.DEFAULT).glob("*")}


def whole(house: House) -> set[str]:
    """Return the backups, each of which can be opened to its end."""
    with house.stage.app.app_context(), acting(system("tests")):
        names = set()
        for path in folder.backups().values():
            with opened(path):
                names.add(path.name)
        return names


def made(house: House) -> Path:
    """Make a backup in this process."""
    with house.stage.app.app_context(), acting(system("tests")):
        path = making.create().path
    with house.inside():
        pass
    return path


def make(house: House) -> None:
    """Make a backup, in a process that may be killed."""
    made(house)


def put_back(house: House) -> None:
    """Put the oldest backup back, in a process that may be killed."""
    with house.stage.app.app_context(), acting(system("tests")):
        restoring.restore([*folder.backups().values()][-1], replace=True)


def killed_after(house: House, work: Callable[[House], None], seconds: float | None) -> float:
    """Let a process work, kill it after so many seconds; return how long it had."""
    process = multiprocessing.get_context("fork").Process(target=work, args=(house,))
    began = time.monotonic()
    process.start()
    process.join(PATIENCE if seconds is None else seconds)
    had = time.monotonic() - began
    process.kill()
    process.join(PATIENCE)
    return had


def test_a_disk_that_runs_full_leaves_no_half_backup_and_takes_no_older_one(kept: House):
    made(kept)
    before = there(kept)
    creating = command(kept, "create")
    resource.prlimit(creating.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
    refused(creating)
    assert there(kept) == before
    time.sleep(1)
    again = command(kept, "create")
    assert again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    assert whole(kept) == there(kept).keys()
    assert max(len(content) for content in there(kept).values()) > ROOM


def test_a_backup_whose_making_is_killed_is_whole_or_not_there(kept: House):
    first = made(kept)
    content = first.read_bytes()
    # Of two backups made within one second the later one stays.
    time.sleep(1)
    lasts = killed_after(kept, make, None)
    for turn in range(KILLS):
        killed_after(kept, make, lasts * turn / KILLS)
        assert first.name in whole(kept)
        assert first.read_bytes() == content
    time.sleep(1)
    last = made(kept)
    assert last.name in whole(kept)
    assert not [name for name in there(kept) if name.endswith(folder.PART)]
    assert kept.complaints() == []


def test_putting_back_that_is_killed_leaves_all_as_it_was_or_goes_again(kept: House):
    backup = made(kept)
    content, wanted = backup.read_bytes(), kept.titles()
    lasts = killed_after(kept, put_back, None)
    for turn in range(1, KILLS):
        killed_after(kept, put_back, lasts * turn / KILLS)
        assert backup.read_bytes() == content
    again = command(kept, "restore", str(backup), "--replace")
    said = again.communicate(timeout=PATIENCE)[0]
    assert again.returncode == 0, said
    assert kept.titles() == wanted
    assert kept.complaints() == []
    assert not [*kept.folder.glob(f"{restoring.WORKSHOP}*")]


def test_a_database_that_stops_amid_a_backup_is_said_and_leaves_nothing_half(cluster: Cluster, district: House):
    fill(district)
    made(district)
    before = there(district)
    with closing(visitor(district)) as other:
        # Whoever reads this table waits, in the middle of the backup.
        other.execute("LOCK TABLE volunteer IN ACCESS EXCLUSIVE MODE")
        creating = command(district, "create")
        until(lambda: len(there(district)) > len(before))
        with away(cluster):
            refused(creating)
            assert there(district) == before
    assert district.complaints() == []


def test_a_database_that_stops_amid_putting_back_leaves_all_as_it_was(cluster: Cluster, district: House):
    fill(district)
    backup, titles = made(district), district.titles()
    putting_back = command(district, "restore", str(backup), "--replace")
    with closing(visitor(district, autocommit=True)) as other:
        until(lambda: other.execute(AT_WORK).fetchone()[0])
    with away(cluster):
        refused(putting_back)
    assert district.titles() == titles
    assert district.complaints() == []
    assert not [*district.folder.glob(f"{restoring.WORKSHOP}*")]
    assert not [*district.folder.glob("before-restore-*")]


@contextmanager
def away(cluster: Cluster) -> Iterator[None]:
    """Let the database be away during the block."""
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


def visitor(house: House, **how: Any) -> Any:
    """Return a connection of somebody else to the database of a house."""
    return psycopg.connect(str(house.stage.database.url).replace("+psycopg", ""), **how)


def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    for _time in range(PATIENCE * 20):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("waited in vain")

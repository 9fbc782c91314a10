"""The disk is full: a plain sentence, nothing half stored, reading goes on, and with room all is well again (R6)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows neither mounts small disks nor limits files", allow_module_level=True)

from tests.faults.disk import LimitedFiles, MountedDisk, small_disk
from tests.faults.house import Caller, House, is_chinese

pytestmark = pytest.mark.faults
MOST = 300
"""So many needs fit at most into what the database already holds of the disk."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[MountedDisk | LimitedFiles]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder) as made:
        yield made


@pytest.fixture
def housed(disk: MountedDisk | LimitedFiles, tmp_path: Path) -> Iterator[House]:
    """The portal with the cast on the small disk."""
    made = House(tmp_path / "disk")
    yield made
    made.close()


def write_until_refused(worker: Caller) -> tuple[set[str], int, str]:
    """Register needs until one is refused; return the titles kept, and how the refused one was answered."""
    kept = set()
    for turn in range(MOST):
        title = f"第{turn}件事"
        status, page = worker.call("POST", "/needs/add", {"title": title, "text": "路灯" * 500})
        if status != 302:
            return kept, status, page
        kept.add(title)
    pytest.fail("the disk does not run full")


def test_a_full_disk_is_said_and_survived(housed: House, disk: MountedDisk | LimitedFiles):
    with housed.open() as start:
        worker, pid = Caller(start.port).sign_in("worker"), start.process.pid
        assert worker.register("还有空间") == 302
        disk.fill(pid)
        kept, status, page = write_until_refused(worker)
        assert status == 503
        assert disk.sentence in page
        assert is_chinese(page)
        read, _list = worker.call("GET", "/needs/list/")
        assert read == 200
        assert worker.call("GET", "/health")[0] == 200
        assert worker.register("还是没有空间") == 503
        disk.empty(pid)
        assert worker.register("又有空间了") == 302
        assert start.process.poll() is None
    assert housed.titles() == dict.fromkeys({"还有空间", "又有空间了", *kept}, 1)
    assert housed.complaints() == []

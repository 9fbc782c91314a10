"""Somebody kills the taking in of a ledger at any moment: all of it is there or nothing, and it goes again (R1)."""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

import config
from app.communities.models import Community
from app.core.actor import acting, system
from app.extensions import db
from app.imports import service, taking
from app.imports.service import Asked
from app.needs.models import Need
from tests.faults.house import House
from tests.imports.conftest import needs
from tests.program import surroundings

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]
ROWS: Final = 1000
KILLS: Final = 10
PATIENCE: Final = 60


def ledger(turn: int) -> bytes:
    """Return a ledger of needs that no other turn has."""
    return needs(
        *(["", f"居民{at}", "", "第一网格", f"{turn}次{at}件", "公共设施", "2026-03-08", ""] for at in range(ROWS))
    )


def take_in(house: House, turn: int, told: Connection) -> None:
    """Take a ledger in, and tell when that begins and when it has been done."""
    with house.stage.app.app_context(), acting(system("cli")):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        batch = service.stage(community, ledger(turn), "台账.xlsx", Asked("needs"))
        told.send("begins")
        taking.apply(batch)
        told.send("done")


def killed_after(house: House, turn: int, seconds: float | None) -> float:
    """Let a process take a ledger in, kill it so many seconds after it began; return how long it had."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=take_in, args=(house, turn, theirs))
    process.start()
    assert ours.poll(PATIENCE)
    assert ours.recv() == "begins"
    began = time.monotonic()
    ours.poll(PATIENCE if seconds is None else seconds)
    had = time.monotonic() - began
    process.kill()
    process.join(PATIENCE)
    return had


def needs_of(house: House, turn: int) -> int:
    """Return how many needs of the ledger of a turn there are."""
    with house.inside():
        found = select(func.count()).select_from(Need).where(Need.title.startswith(f"{turn}次"))
        return db.session.scalar(found) or 0


def command(house: House, file: Path) -> int:
    """Take a ledger in by command, and return how that ended."""
    url = str(house.stage.app.config["SQLALCHEMY_DATABASE_URI"])
    words = ["-m", "flask", "--app", "app", "sheets", "import", "needs", str(file), "--community", "wjb"]
    environ = surroundings(SIDAN_INSTANCE=str(house.folder), SIDAN_DATABASE_URL=url)
    ended = subprocess.run(
        [sys.executable, *words], cwd=config.ROOT, env=environ, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=False
    )
    return ended.returncode


@pytest.mark.parametrize("kind", ["house", "district"])
def test_a_ledger_whose_taking_in_is_killed_is_there_wholly_or_not_at_all(
    request: pytest.FixtureRequest, figure: Callable[[str, float], None], tmp_path: Path, kind: str
):
    house: House = request.getfixturevalue(kind)
    lasts = killed_after(house, 0, None)
    assert needs_of(house, 0) == ROWS
    found = []
    for turn in range(1, KILLS + 1):
        killed_after(house, turn, lasts * turn / KILLS)
        found.append(needs_of(house, turn))
    figure(f"of {KILLS} killed were taken in already", found.count(ROWS))
    assert set(found) <= {0, ROWS}
    assert 0 in found
    assert house.complaints() == []
    file = tmp_path / "台账.xlsx"
    file.write_bytes(ledger(1))
    assert command(house, file) == 0
    assert needs_of(house, 1) == ROWS
    assert house.complaints() == []

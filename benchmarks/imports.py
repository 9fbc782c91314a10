"""Ledgers of needs taken in: CPU per row of each stage, peak memory, and how long a neighbour's write waits.

    python -m benchmarks.imports [ROWS ...]

Each size is read, looked at and taken in from an xlsx ledger into an empty instance of its own, with history, seals,
aliases of places and search on, while a neighbour writes a row every 50 ms from another process.
SIDAN_BENCH_DATABASE_URL names another database than SQLite. Only ratios within one run count.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.communities.models import Category, Community, Place, PlaceKind
from app.communities.service import open_community
from app.core import arenas, database
from app.core.actor import Actor, Held, acting, system
from app.core.sheets import reading
from app.core.sheets.book import TooMany
from app.core.sheets.paper import Column, Paper
from app.core.sheets.writing import workbook
from app.extensions import db
from app.imports import long, service, taking
from app.imports.models import ImportBatch
from app.imports.service import Asked
from app.roles import Role

SIZES = (1_000, 5_000, 20_000)
HEADINGS = ("需求编号", "居民姓名", "手机号", "所属网格", "住址", "需求内容", "需求类别", "登记日期", "处理状态")
GRIDS = ("第一网格", "2网格", "三网格", "第四网格", "5网格", "06网格")
NEIGHBOUR = """
import sys, time
from app import create_app
from app.core import database
from app.core.actor import acting, system
from app.communities.models import Holiday, Community
from app.extensions import db
from datetime import date, timedelta
from sqlalchemy import select
from pathlib import Path
app = create_app({"INSTANCE": Path(sys.argv[1]), "DATABASE_URL": sys.argv[2] or None})
stop, worst, day = Path(sys.argv[3]), 0.0, date(2030, 1, 1)
with app.app_context(), acting(system("bench")):
    own = db.session.scalars(select(Community).where(Community.code == "next")).one().id
    while not stop.exists():
        began = time.perf_counter()
        with database.transaction():
            db.session.add(Holiday(community_id=own, day=day, name="假", works=False))
        worst, day = max(worst, time.perf_counter() - began), day + timedelta(days=1)
        time.sleep(0.05)
print(f"{worst:.2f}")
"""


def ledger(rows: int) -> bytes:
    """Return a ledger of so many needs."""
    paper = Paper(
        "群众需求清单", "群众需求清单", "", [Column(heading) for heading in HEADINGS], map(_line, range(rows))
    )
    return b"".join(workbook(paper, datetime.now(UTC)))


def _line(number: int) -> tuple[str, ...]:
    who = f"XQ{number:07}", f"居民{number % 977}", f"138{number % 10**8:08}"
    where = GRIDS[number % 6], f"{number % 30 + 1}号楼{number % 9}01"
    day = f"2026年{number % 9 + 1}月{number % 27 + 1}日"
    return *who, *where, f"楼道照明不亮，第{number}次反映", "公共设施", day, "办理中"


def instance(folder: Path, url: str) -> Flask:
    """Return a portal with two communities, one with six grids."""
    app = create_app({"INSTANCE": folder, "DATABASE_URL": url or None})
    database.upgrade(app)
    with app.app_context(), acting(system("bench")), database.transaction():
        own = open_community(code="own", name="基准社区")
        open_community(code="next", name="邻居社区")
        for number in range(1, 7):
            db.session.add(Place(community=own, name=f"第{'一二三四五六'[number - 1]}网格", kind=PlaceKind.GRID))
        db.session.add(Category(community=own, name="公共设施"))
    return app


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Return what something returns and the CPU seconds it took, children of ours included."""
    before = _cpu()
    found = act()
    return found, _cpu() - before


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def read(community: Community, data: bytes) -> ImportBatch:
    """Read a ledger as the command does: at once, or a long one chunk by chunk."""
    asked = Asked("needs", history=True, most_rows=long.AT_ONCE)
    try:
        return service.stage(community, data, "bench.xlsx", asked)
    except TooMany:
        batch = long.leave(community, data, "bench.xlsx", asked, now=True)
        long.read(batch)
        return batch


def measure(rows: int, url: str) -> str:
    """Return one line of the table."""
    data = ledger(rows)
    with tempfile.TemporaryDirectory() as name:
        folder, stop = Path(name), Path(name) / "stop"
        app = instance(folder, url)
        with app.app_context(), acting(system("bench")):
            community = db.session.query(Community).filter_by(code="own").one()
            actor = Actor("bench", None, (Held(Role.SECRETARY, community.id),))
        with app.app_context(), acting(actor):
            community = db.session.get_one(Community, community.id)
            # As whoever serves or works does.
            arenas.settle()
            _book, parsing = timed(lambda: reading.read(data))
            del _book
            batch, staging = timed(lambda: read(community, data))
            neighbour = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", NEIGHBOUR, str(folder), url, str(stop)], stdout=subprocess.PIPE, text=True
            )
            time.sleep(4)
            counts, applying = timed(lambda: taking.apply(batch))
            stop.touch()
            worst = neighbour.communicate(timeout=60)[0].strip()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = staging + applying
    if counts["accepted"] != rows:
        raise SystemExit(counts)
    return (
        f"{rows:>8,} {parsing:>9.2f} {staging:>9.2f} {applying:>9.2f} {total:>9.2f} {rows / total:>9,.0f} "
        f"{peak:>9,.0f} {worst:>9}"
    )


def main() -> None:
    """Print the table."""

    url = os.environ.get("SIDAN_BENCH_DATABASE_URL", "")
    names = ("parse s", "stage s", "apply s", "total s", "rows/s", "peak MB", "wait s")
    sys.stdout.write("    rows " + " ".join(f"{name:>9}" for name in names) + "\n")
    for rows in [int(one) for one in sys.argv[1:]] or SIZES:
        sys.stdout.write(measure(rows, url) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""How long a backup takes while people write, and its drill: `python -m benchmarks.backup [ROWS]`.

Fills a fresh instance in a temporary folder, so nothing of a real one is touched: so many needs, each with an entry of
history. The goals for 100,000 are 60 seconds for the backup while two people write, and five minutes for the drill.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

import config
from app import create_app, demo
from app.backups import restoring
from app.backups.folder import backups
from app.box import reading
from app.box.service import put
from app.communities.models import Category, Community
from app.core import database
from app.core.actor import acting, system
from app.core.model import new_uid
from app.extensions import db
from app.needs import service
from app.needs.models import Need
from benchmarks import verify_history

AT_ONCE = 5_000
WRITERS = 2
PAUSE = 0.1
"""Seconds between two needs of one writer: SQLite lets one who never pauses keep the other waiting for long."""
MAKE = (sys.executable, "-m", "flask", "--app", "app", "backup", "create")


def register(title: str) -> None:
    """Register a need, as somebody at a form does."""
    with acting(system("benchmark")), database.transaction():
        community = db.session.scalars(select(Community)).first()
        category = db.session.scalars(select(Category).filter_by(community=community)).first()
        service.register(title=title, community=community, category=category, place=None)


def fill(count: int, data_key: str) -> None:
    """Make a community, and of one need so many."""
    with acting(system("benchmark")), database.transaction():
        put(reading.read(demo.BOXES[0]))
    verify_history.fill(count, data_key, chain_number=99)
    register("楼下路灯不亮")
    with db.engine.begin() as connection:
        one = dict(connection.execute(select(Need.__table__)).mappings().one())
        for start in range(1, count + 1, AT_ONCE):
            some = range(start, min(start + AT_ONCE, count + 1))
            rows = [one | {"id": one["id"] + n, "uid": new_uid(), "code": f"XQ-B-{n}"} for n in some]
            connection.execute(insert(Need.__table__), rows)


def save_meanwhile(app: Flask, folder: str) -> tuple[float, list[float]]:
    """Back up while others register needs; return how long it took and how long each of them waited, in order."""
    done, waits = threading.Event(), []

    def work() -> None:
        while not done.is_set():
            begun = time.perf_counter()
            with app.app_context():
                register("边写边备")
            waits.append(time.perf_counter() - begun)
            time.sleep(PAUSE)

    writers = [threading.Thread(target=work) for _number in range(WRITERS)]
    for writer in writers:
        writer.start()
    begun = time.perf_counter()
    surroundings = os.environ | {"SIDAN_INSTANCE": folder, "PYTHONUTF8": "1"}
    # At work it is the worker's process that makes the backup, not that of the pages.
    subprocess.run(MAKE, env=surroundings, cwd=config.ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    saving = time.perf_counter() - begun
    done.set()
    for writer in writers:
        writer.join()
    return saving, sorted(waits)


def main(count: int) -> None:
    """Fill, back up while others write, try it out, and say how long each took."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"TESTING": True, "INSTANCE": Path(folder)})
        database.upgrade(app)
        with app.app_context():
            fill(count, app.config["DATA_KEY"])
        saving, waits = save_meanwhile(app, folder)
        with app.app_context(), acting(system("benchmark")):
            path = next(iter(backups().values()))
            begun = time.perf_counter()
            loaded = restoring.verify(path)
            drill = time.perf_counter() - begun
            db.session.remove()
            db.engine.dispose()
    assert not loaded.complaints, loaded.complaints  # noqa: S101 - a benchmark of a broken backup means nothing
    sys.stdout.write(
        f"{loaded.rows} rows saved in {saving:.1f} s; meanwhile {len(waits)} needs were registered, 95 % of them in "
        f"{waits[len(waits) * 95 // 100]:.2f} s, all in {waits[-1]:.2f} s; drill {drill:.1f} s\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

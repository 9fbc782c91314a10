"""What an export costs: `python -m benchmarks.export [ROWS]`.

Fills a fresh instance in a temporary folder with needs, and compares the list's own export with a floor: the same
columns by one raw statement, unsealed and unmasked, through the same writer; all columns, and those the list shows. The
goals: CPU of 10,000 rows at most twice the floor's, and 100,000 rows in no more than 30 MB beyond the portal's own
memory.
"""

import csv
import io
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import insert, select, text
from werkzeug.datastructures import MultiDict

from app import create_app, demo
from app.communities.models import Category, Community, Place
from app.core import arenas, clock, database, sealing
from app.core.actor import Actor, Held, acting, system
from app.core.model import new_uid
from app.core.sheets import cells, chosen
from app.core.sheets.exporting import ENDINGS, export
from app.core.sheets.paper import Paper
from app.core.sheets.writing import workbook
from app.extensions import db
from app.needs.models import Need
from app.roles import Role

AT_ONCE: Final = 5_000
ROUNDS: Final = 5
PAGE: Final = resource.getpagesize()
WORDS: Final = ("楼道灯不亮", "希望安装太阳能路灯", "楼上漏水与邻居发生纠纷", "需要上门测血压", "电动车充电桩太少")
Spent = tuple[float, int, float]


def fill(count: int) -> None:
    """Write so many needs of the first community."""
    community = db.session.scalar(select(Community.id).order_by(Community.id).limit(1))
    places = list(db.session.scalars(select(Place.id).where(Place.community_id == community)))
    categories = list(db.session.scalars(select(Category.id).where(Category.community_id == community)))
    db.session.rollback()
    with db.engine.begin() as connection:
        for start in range(0, count, AT_ONCE):
            rows = [a_need(number, places, categories) for number in range(start, min(start + AT_ONCE, count))]
            some = [row | {"community_id": community} for row in rows]
            connection.execute(insert(Need.__table__), [*sealing.shut_rows(Need, some)])


def a_need(number: int, places: list[int], categories: list[int]) -> dict[str, Any]:
    """Return a need with what needs usually say."""
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return {
        "uid": new_uid(),
        "version": 1,
        "created_at": moment,
        "changed_at": moment,
        "code": f"BX{number:09d}",
        "title": WORDS[number % len(WORDS)],
        "text": f"{WORDS[number % len(WORDS)]}，涉及整栋楼住户，请社区尽快安排处理。",
        "place_id": places[number % len(places)],
        "category_id": categories[number % len(categories)],
        "reporter_name": "欧阳小明",
        "reporter_phone": f"139{number:08d}",
        "address": f"武江北路{number % 90}栋{number % 6}单元",
        "received_at": moment,
        "response_due": moment + timedelta(days=3),
        "recorded_by": "陈秀兰",
    }


def spent(make: Callable[[], Iterator[bytes]]) -> Spent:
    """Return the seconds of CPU, the bytes of a file, and how many MB more the process held at most meanwhile."""
    before = most = memory()
    begun, size = time.process_time(), 0
    for chunk in make():
        size += len(chunk)
        most = max(most, memory())
    return time.process_time() - begun, size, most - before


def floor(names: Sequence[str], ending: str) -> Iterator[bytes]:
    """Write the same columns as one raw statement gives them."""
    stored = {name: f"{name}_id" for name in ("place", "category", "in_charge", "merged_into")}
    wanted = ", ".join(stored.get(name, name) for name in names)
    with db.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {wanted} FROM need ORDER BY received_at DESC, id DESC"))  # noqa: S608 - our own names
        if ending == "csv":
            yield as_csv(rows)
            return
        columns = [cells.column_of(Need, name) for name in names]
        yield from workbook(Paper("x", "x", "x", columns, (tuple(row) for row in rows)), clock.now())


def as_csv(rows: Iterable[Any]) -> bytes:
    """Return rows as text, with nothing looked at."""
    told = io.StringIO()
    csv.writer(told).writerows(rows)
    return told.getvalue().encode()


def costs(view: Any) -> Iterator[tuple[str, Callable[[], Iterator[bytes]]]]:
    """Yield what is measured, by its name."""
    for said, names in (("all columns", cells.names_of(Need)), ("columns of the list", view.seen_in_files)):
        asked = MultiDict({chosen.NAME: ",".join(names)})
        for ending in ENDINGS:
            yield f"{said}, {ending}, floor", partial(floor, names, ending)
            yield f"{said}, {ending}", partial(exported, view, asked, ending)


def exported(view: Any, asked: MultiDict[str, str], ending: str) -> Iterator[bytes]:
    """Write what the portal hands out."""
    return export(view, chosen.asked_of(view, asked), ending).chunks()


def said(count: int, name: str, own: Sequence[Spent], floors: Sequence[Spent]) -> str:
    """Return a line: the least CPU, and how often that of the floor of the same round, in the middle of all rounds."""
    cost, size, _memory = min(own)
    times = median(one[0] / other[0] for one, other in zip(own, floors, strict=True))
    more = max(one[2] for one in own)
    return (
        f"{name}: {count} rows, {cost:.3f} s CPU, {times:.2f} times the floor, {size / 1e6:.1f} MB, "
        f"+{more:.0f} MB memory\n"
    )


def memory() -> float:
    """Return how much memory this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6


def main(count: int) -> None:
    """Fill, export and say what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {"TESTING": True, "INSTANCE": Path(folder), "DEMO": True, "DEMO_PASSWORD": secrets.token_hex(8)}
        )
        database.upgrade(app)
        with app.test_request_context(), acting(system("bench")):
            demo.load(app)
            fill(count)
            database.only_reading()
            secretary = Actor(
                "bench", held=(Held(Role.SECRETARY, db.session.scalar(select(Need.community_id).limit(1))),)
            )
            db.session.rollback()
            view = next(view for view in app.extensions["appbuilder"].list_views() if view.list_name == "needs")
        with app.test_request_context(), acting(secretary):
            database.only_reading()
            spent(partial(exported, view, MultiDict({"q": "XQ"}), "xlsx"))
            arenas.settle()
            measured = list(costs(view))
            # In turns: a busy machine is slow to both alike.
            rounds = [[spent(make) for _name, make in measured] for _round in range(ROUNDS)]
            for at, (name, _make) in enumerate(measured):
                sys.stdout.write(said(count, name, [one[at] for one in rounds], [one[at - at % 2] for one in rounds]))
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

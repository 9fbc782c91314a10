"""Takes the data of the side-by-side harness over into the portal's own tables; $BENCH_DB names the database.

The harness fills the database with plain tables, some of them called like ours; they are put aside, read, and dropped.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, create_engine, select, text

from app.bench import seeding
from app.communities.models import Place
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.imports.models import LedgerWord
from app.needs.choices import Channel, NeedState, Urgency
from app.needs.ledger import NEED
from benchmarks.contestant_app import URL, make

TABLES: Final = ("fulfilment", "need", "service_project", "resource", "volunteer", "resident", "worker", "grid")
STATES: Final = {
    "待受理": NeedState.SUBMITTED,
    "已受理": NeedState.ACCEPTED,
    "办理中": NeedState.IN_PROGRESS,
    "待回访": NeedState.DELIVERED,
    "已办结": NeedState.CLOSED,
    "已退回": NeedState.REJECTED,
}
URGENCIES: Final = {"一般": Urgency.NORMAL, "较急": Urgency.URGENT, "紧急": Urgency.CRITICAL}
CHANNELS: Final = {
    "入户走访": Channel.VISIT,
    "议事会": Channel.MEETING,
    "扫码问卷": Channel.QR,
    "电话来访": Channel.PHONE,
    "微信群": Channel.WECHAT,
}
CATEGORIES: Final = (
    *("环境卫生", "公共设施", "为老服务", "儿童托管", "矛盾调解", "就业帮扶"),
    *("文体活动", "医疗健康", "法律咨询", "物业管理", "停车出行", "困难救助"),
)
WORDS: Final = {
    "code": "code",
    "title": "content",
    "description": "detail",
    "category": "category",
    "status": "status",
    "urgency": "urgency",
    "channel": "source",
    "reported_at": "date",
    "closed_at": "done_date",
    "grid": "grid",
}
"""The headings of the harness's ledger that a ledger of needs can take over, and the columns they mean."""
PASSWORD: Final = "bench-2026x"  # noqa: S105 - of an invented person in a database that is thrown away


def put_aside(connection: Connection) -> None:
    """Give the harness's tables names that are not ours."""
    for table in TABLES:
        if connection.dialect.name == "postgresql":
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS base"))
            connection.execute(text(f"ALTER TABLE {table} SET SCHEMA base"))
        else:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO base_{table}"))


def drop(connection: Connection) -> None:
    """Drop the harness's tables."""
    for table in TABLES:
        name = f"base.{table}" if connection.dialect.name == "postgresql" else f"base_{table}"
        connection.execute(text(f"DROP TABLE {name} CASCADE" if "." in name else f"DROP TABLE {name}"))


def rows(connection: Connection, wanted: str) -> Iterator[Any]:
    """Yield the rows of a query over the harness's tables, written as `{table}`."""
    prefix = "base." if connection.dialect.name == "postgresql" else "base_"
    named = wanted.format(**{table: prefix + table for table in TABLES})
    yield from connection.execution_options(stream_results=True, yield_per=5_000).execute(text(named))


NEEDS: Final = (
    "SELECT n.code, n.title, n.description, n.category, n.status, n.urgency, n.channel, n.reported_at, n.due_date, "
    "n.closed_at, n.grid_id, n.responsible_id, r.name, r.phone FROM {need} n JOIN {resident} r ON r.id = n.resident_id "
    "ORDER BY n.id"
)


def needs(connection: Connection) -> Iterator[seeding.Plain]:
    """Yield the harness's needs, so much later that the newest is of now: figures look at the last weeks."""
    newest = next(rows(connection, "SELECT max(reported_at) AS at, max(closed_at) AS ended FROM {need}"))
    later = timedelta(seconds=int((datetime.now(UTC) - max(moment(newest.at), moment(newest.ended))).total_seconds()))
    for row in rows(connection, NEEDS):
        yield seeding.Plain(
            code=row.code,
            title=row.title,
            text=row.description,
            category=row.category,
            state=STATES[row.status],
            urgency=URGENCIES[row.urgency],
            channel=CHANNELS.get(row.channel, Channel.OTHER),
            received_at=moment(row.reported_at) + later,
            due=moment(row.due_date) + later,
            closed_at=moment(row.closed_at) + later if row.closed_at else None,
            grid=row.grid_id - 1,
            worker=row.responsible_id - 1,
            name=row.name[:40],
            phone=row.phone,
        )


def moment(said: Any) -> datetime:
    """Return a moment as it stands in either database."""
    found = datetime.fromisoformat(str(said))
    return found.replace(tzinfo=UTC)


def teach(community_id: int) -> None:
    """Let the community read the harness's ledger: its headings, and its grids by their code."""
    with database.transaction():
        for heading, column in WORDS.items():
            word = LedgerWord(community_id=community_id, ledger=NEED.name, heading=heading, column=column)
            db.session.add(word)
        for place in db.session.scalars(select(Place)):
            place.aliases = [place.name.partition(" ")[0]]


def main() -> None:
    """Put the data aside, make our tables, take the data over."""
    begun = time.perf_counter()
    engine = create_engine(URL)
    with engine.begin() as connection:
        put_aside(connection)
    app = make()
    database.upgrade(app)
    with app.app_context(), acting(system("bench")), engine.connect() as base:
        with database.reading():
            base.begin()
        grids = [f"{row.code} {row.name}" for row in rows(base, "SELECT code, name FROM {grid} ORDER BY id")]
        workers = [row.name[:40] for row in rows(base, "SELECT name FROM {worker} ORDER BY id")]
        town = seeding.found("测试社区", PASSWORD, grids, workers, CATEGORIES)
        written = seeding.write(town, needs(base))
        base.rollback()
        teach(town.community_id)
    with engine.begin() as connection:
        drop(connection)
    with app.app_context():
        seeding.settle()
    sys.stdout.write(
        f"{written} needs taken over in {time.perf_counter() - begun:.0f} s into {os.environ['BENCH_DB']}\n"
    )


if __name__ == "__main__":
    main()

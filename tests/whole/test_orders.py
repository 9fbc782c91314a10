"""That the first page of a list is walked in the order of an index, on each database, and nothing is sorted for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Flask
from sqlalchemy import text

from app.core.listing import behind_archived
from app.extensions import db
from tests.whole.counting import hearing
from tests.whole.scene import Scene

NEVER_CHEAPER: Final = ("seqscan", "bitmapscan", "sort", "incremental_sort")
"""What PostgreSQL finds cheapest for tables of a few rows."""


@contextmanager
def plans(app: Flask, beginning: str) -> Iterator[list[str]]:
    """Collect how the database goes about each page of rows that begins so."""
    found: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if statement.startswith(beginning) and "ORDER BY" in statement and "LIMIT" in statement:
            other = connection.connection.driver_connection.cursor()
            sqlite = connection.dialect.name == "sqlite"
            for way in () if sqlite else NEVER_CHEAPER:
                other.execute(f"SET LOCAL enable_{way} = off")
            said = other.execute(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", parameters).fetchall()
            found.append("\n".join(str(line) for line in said))

    with hearing(app, listen):
        yield found


def test_the_secretary_opens_each_list_in_the_order_of_an_index(app: Flask, scene: Scene, as_secretary):
    seen, sorted_anew = set(), {}
    for view in scene.lists():
        if view.default_order[0] not in behind_archived(view.model):
            continue
        with plans(app, f"SELECT {view.model.__tablename__}.") as found:
            as_secretary.get(f"{view.route_base}/list/")
        seen |= {view.list_name} if found else set()
        wrong = [plan for plan in found if "Sort" in plan or "TEMP B-TREE" in plan]
        sorted_anew |= {view.list_name: wrong} if wrong else {}
    assert {"needs", "people", "resources", "projects", "fulfilments"} <= seen
    assert sorted_anew == {}


def test_what_a_page_has_only_read_stays_prepared_and_what_nobody_committed_is_gone(app: Flask, behind, as_secretary):
    for _again in range(8):
        as_secretary.page("/needs/list/")
    with behind():
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) > 0
        connection.execute(text("UPDATE place SET name = 'X'"))
        db.session.rollback()
        assert db.session.scalar(text("SELECT count(*) FROM place WHERE name = 'X'")) == 0

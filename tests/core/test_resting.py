"""A connection that was lost while it rested is noticed before anybody works with it, and none is asked each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.core import resting
from app.extensions import db


@contextmanager
def asked(app: Any) -> Iterator[list[Any]]:
    """Hear which connections are lent, and which of them are asked first."""
    heard: list[Any] = []

    def ping(dialect: Any) -> Any:
        own = type(dialect).do_ping

        def do_ping(connection: Any) -> bool:
            heard.append(connection)
            return bool(own(dialect, connection))

        return do_ping

    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.engine.dialect, "do_ping", ping(db.engine.dialect))
        yield heard


def test_who_clicks_again_at_once_works_without_asking(app, as_secretary):
    as_secretary.page("/needs/list/")
    with asked(app) as heard:
        as_secretary.page("/needs/list/")
    assert heard == []


def test_after_a_pause_the_connection_is_asked_once_where_it_can_be_lost(app, as_secretary, monkeypatch):
    as_secretary.page("/needs/list/")
    monkeypatch.setattr(resting, "RESTED", 0.0)
    with asked(app) as heard:
        as_secretary.page("/needs/list/")
    assert bool(heard) is (db_name(app) == "postgresql")


def test_a_connection_cut_while_it_rested_costs_nobody_a_page(app, as_secretary, monkeypatch):
    as_secretary.page("/needs/list/")
    cut_all(app)
    monkeypatch.setattr(resting, "RESTED", 0.0)
    for _time in range(3):
        assert as_secretary.get("/needs/list/").status_code == 200


def test_one_cut_between_two_clicks_costs_one_sentence_and_no_more(app, as_secretary):
    as_secretary.page("/needs/list/")
    cut_all(app)
    answers = [as_secretary.get("/needs/list/") for _time in range(3)]
    first = 503 if db_name(app) == "postgresql" else 200
    assert [answer.status_code for answer in answers] == [first, 200, 200]
    assert ("数据库忙或连接不上" in answers[0].text) is (first == 503)


def db_name(app: Any) -> str:
    with app.app_context():
        return str(db.engine.dialect.name)


def cut_all(app: Any) -> None:
    """End the other sessions at the database; a file has none."""
    if db_name(app) != "postgresql":
        return
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.begin() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    engine.dispose()

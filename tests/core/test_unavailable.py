"""What lies in the state of database or disk is one plain sentence at every door, and leaves nothing behind."""

import errno
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.test import TestResponse

from app import logs
from app.accounts import sessions
from app.core import database, tallies
from app.core.database import transaction
from app.extensions import db
from tests.conftest import Person
from tests.whole.scene import dump

FULL = "磁盘已满，什么都没有保存"
BUSY = "数据库忙或连接不上"


class Gone(Exception):
    """What the driver of PostgreSQL says when it is being shut down; the driver need not be here."""

    sqlstate = "57P01"


class Full(Exception):
    """The same, when the disk is full."""

    sqlstate = "53100"


def gone(error: BaseException, invalidated: bool = False) -> OperationalError:
    return OperationalError("SELECT 1", {}, error, connection_invalidated=invalidated)


LOST = InterfaceError("SELECT 1", {}, Gone("the connection is closed"))
CUT = DataError("SELECT 1", {}, Gone(), connection_invalidated=True)
FAULTS: list[tuple[BaseException, str]] = [
    (gone(Gone("terminating connection")), BUSY),
    (gone(sqlite3.OperationalError("database is locked")), BUSY),
    (gone(Full("could not extend file")), FULL),
    (LOST, BUSY),
    (CUT, BUSY),
    (PoolTimeout("QueuePool limit reached"), BUSY),
    (OSError(errno.ENOSPC, "No space left on device"), FULL),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL),
]


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, BaseException], None]:
    """Let a page fail, and everything else that would ask the database afterwards."""

    def fail(endpoint: str, error: BaseException) -> None:
        def burst(**_about: Any) -> None:
            raise error

        burst.rule = app.view_functions["pages.health"].rule  # type: ignore[attr-defined]  # as the decorator leaves it
        monkeypatch.setitem(app.view_functions, endpoint, burst)
        monkeypatch.setattr(tallies, "_count", burst)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    return fail


@pytest.mark.parametrize(("error", "sentence"), FAULTS, ids=lambda value: type(value).__name__)
def test_who_is_signed_in_reads_one_sentence_whatever_failed(failing, as_secretary, error, sentence):
    failing("NeedView.list", error)
    answer = as_secretary.get("/needs/list/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert sentence in page
    assert not re.search("SELECT|psycopg|sqlite|QueuePool|No space|Traceback", page)


@pytest.mark.parametrize(("error", "sentence"), FAULTS, ids=lambda value: type(value).__name__)
def test_a_program_is_told_the_same(failing, as_secretary, error, sentence):
    failing("NeedApi.get_list", error)
    answer = as_secretary.get("/api/v1/needs/")
    assert answer.status_code == 503
    assert answer.json["message"].startswith(sentence)


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), DataError("SELECT 1", {}, Exception())])
def test_what_will_fail_again_is_an_error_of_ours(failing, as_secretary, error):
    failing("NeedView.list", error)
    assert as_secretary.get("/needs/list/").status_code == 500


def test_a_database_that_is_gone_while_one_is_recognised_is_said_too(app: Flask, as_secretary, monkeypatch):
    def burst(*_about: Any) -> None:
        raise LOST

    monkeypatch.setattr("app.accounts.sessions._rows", burst)
    assert as_secretary.get("/needs/list/").status_code == 503


def test_a_goodbye_to_a_lost_connection_does_not_spoil_the_answer(app: Flask, as_secretary, monkeypatch):
    closed = []

    def close(self: Any) -> None:
        closed.append(self)
        if len(closed) == 1:
            raise LOST

    monkeypatch.setattr("sqlalchemy.orm.Session.close", close)
    assert as_secretary.get("/needs/list/").status_code == 200
    assert len(closed) > 1


# -- a full database ------------------------------------------------------------------------------------------------


@pytest.fixture
def full(app: Flask) -> Iterator[Callable[[bool], None]]:
    """Let the SQLite file grow no more, or let it grow again."""
    with app.app_context():
        engine = db.engine
    growing = {"most": 1}

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {growing['most']}")

    def say(is_full: bool) -> None:
        # Less than there already is means: not one page more.
        growing["most"] = 1 if is_full else 1_000_000
        engine.dispose()

    event.listen(engine, "connect", limit)
    yield say
    event.remove(engine, "connect", limit)
    engine.dispose()


def test_a_full_database_refuses_at_each_door_keeps_nothing_and_recovers(app: Flask, full, as_secretary):
    token = as_secretary.token()
    full(True)
    page = {"data": {"csrf_token": token, "title": "楼道灯", "text": "路灯" * 900}}
    program = {"json": {"title": "楼道灯", "text": "路灯" * 900}, "headers": {"X-CSRFToken": token}}
    for address, sent in (("/needs/add", page), ("/api/v1/needs/", program)):
        refused = next(answer for answer in tries(as_secretary, address, sent) if answer.status_code == 503)
        before = dump(app)
        assert as_secretary.client.post(address, **sent).status_code == 503
        assert dump(app) == before
        assert FULL in (refused.json["message"] if refused.is_json else refused.get_data(as_text=True))
    assert as_secretary.get("/needs/list/").status_code == 200
    full(False)
    assert as_secretary.client.post("/needs/add", **page).status_code == 302


if os.environ.get("SIDAN_TEST_DATABASE_URL"):
    # Only a file of SQLite can be given a size; the disk of a server is filled in tests/faults.
    del test_a_full_database_refuses_at_each_door_keeps_nothing_and_recovers


def tries(person: Person, address: str, sent: dict[str, Any]) -> Iterator[TestResponse]:
    """Send again and again: a full database still has room in the pages it has."""
    for _turn in range(60):
        yield person.client.post(address, **sent)


def test_who_reads_is_not_stopped_because_presence_cannot_be_written(as_secretary, monkeypatch):
    @contextmanager
    def refused() -> Iterator[None]:
        yield
        raise database.Unavailable from LOST

    monkeypatch.setattr(sessions, "transaction", refused)
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(0))
    assert as_secretary.get("/needs/list/").status_code == 200


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, monkeypatch):
    handler = logs.DailyFile(tmp_path / "gone")
    told = []
    monkeypatch.setattr(handler, "handleError", told.append)
    record = logs.log.makeRecord("sidan", 20, "", 0, "一行", (), None)
    handler.emit(record)
    assert told == [record]


def test_a_refused_row_is_no_passing_state_of_the_database(app: Flask):
    twice = db.text("INSERT INTO chain_head (chain, seq, hash) VALUES (99, 0, ''), (99, 0, '')")
    with app.app_context(), pytest.raises(database.Clash), transaction():
        db.session.execute(twice)

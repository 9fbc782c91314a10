"""The log: what happened, to which id, by whom; never a phone, an identity number, a token or a name."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import logs
from app.core import actor


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Flask]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    app = Flask("portal")
    app.config |= {"INSTANCE": tmp_path, "LOG_LEVEL": "INFO"}
    logs.start(app)
    app.add_url_rule("/needs/show/<int:pk>", "show", lambda pk: f"need {pk}")
    app.add_url_rule("/setup/<token>", "setup", lambda **_: "welcome")
    app.add_url_rule("/broken", "broken", break_down)
    yield app
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.handlers, root.level = handlers, level


def break_down() -> str:
    phone, people = "13800001234", dict[str, str]()
    try:
        return people[phone]
    except KeyError as missing:
        raise ValueError(f"no person with {phone}\nDETAIL: Key (name)=(张三)") from missing


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    text = "".join(path.read_text("utf-8") for path in sorted((tmp_path / "logs").glob("sidan-*.log")))
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("call 13800001234 now", "call 138****1234 now"),
        ("call 138 0000 1234 now", "call 138****1234 now"),
        ("id 110101199003071234.", "id 110***********1234."),
        ("id 44020319800101123X", "id 440***********123X"),
        ("GET /setup/abcDEF123 done", "GET /setup/*** done"),
        ("GET /q/K7M2-9PQ4?x=1", "GET /q/***?x=1"),
        ("the code XJ0A-777D-Z2MX opens it", "the code *** opens it"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("password=hunter2&next=/", "password=***&next=/"),
        ("need 1234567 on 2026-11-22", "need 1234567 on 2026-11-22"),
    ],
)
def test_what_looks_like_a_secret_is_masked(told, written):
    assert logs.masked(told) == written


def test_a_line_names_the_request_and_leaves_the_query_out(portal, tmp_path):
    portal.test_client().get("/needs/show/7?q=张三")
    (line,) = lines(tmp_path)
    assert line["message"].startswith("200 in ")
    assert (line["method"], line["path"], line["level"]) == ("GET", "/needs/show/7", "INFO")
    assert len(line["request"]) == 16
    assert line["time"].endswith("+08:00")
    assert "张三" not in json.dumps(line, ensure_ascii=False)


def test_the_set_up_token_of_the_admin_is_in_no_line(portal, tmp_path):
    portal.test_client().get("/setup/one-time-token")
    assert [line["path"] for line in lines(tmp_path)] == ["/setup/***"]


@pytest.mark.parametrize(
    "code", ["CZKG NWJC R4WK", "%0ACZKGNWJCR4WK", "CZKG%2FNWJC%2FR4WK", "CZKG'NWJC'R4WK", "CZKG%3FNWJC"]
)
def test_the_code_of_a_resident_is_in_no_line_however_it_is_written(portal, tmp_path, code):
    portal.test_client().get(f"/q/{code}")
    assert [line["path"] for line in lines(tmp_path)] == ["/q/***"]


def test_a_line_names_the_worker_by_id_and_a_job_by_its_name(portal, tmp_path):
    with actor.acting(actor.Actor("王小明", user_id=5)):
        portal.logger.info("need 7 accepted")
    with actor.acting(actor.system("migration")):
        portal.logger.info("need 8 moved")
    assert [line["actor"] for line in lines(tmp_path)] == ["user:5", "system:migration"]
    assert "王小明" not in json.dumps(lines(tmp_path), ensure_ascii=False)


def test_an_exception_is_told_with_its_cause_and_without_anybodys_data(portal, tmp_path):
    assert portal.test_client().get("/broken").status_code == 500
    broken = next(line for line in lines(tmp_path) if line["level"] == "ERROR")
    assert [told["type"] for told in broken["exceptions"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert broken["exceptions"][0]["text"] == "no person with 138****1234"
    assert any(frame.endswith("break_down") for frame in broken["exceptions"][0]["frames"])
    assert "张三" not in json.dumps(broken, ensure_ascii=False)
    assert "13800001234" not in json.dumps(broken)


def test_the_database_never_logs_rows_even_when_the_admin_asks_for_everything(portal):
    portal.config["LOG_LEVEL"] = "DEBUG"
    logs.start(portal)
    assert not logging.getLogger("sqlalchemy.engine.Engine").isEnabledFor(logging.INFO)


def test_each_shanghai_day_has_a_file_of_its_own_and_a_year_is_kept(tmp_path):
    old = [tmp_path / f"sidan-{day}.log" for day in ("2025-11-20", "2025-11-22", "2026-05-22")]
    for path in old:
        path.touch()
    handler = logs.DailyFile(tmp_path)
    handler._turn("2026-11-21")
    handler.emit(record(datetime(2026, 11, 21, 23, 59, tzinfo=logs.SHANGHAI)))
    handler.emit(record(datetime(2026, 11, 22, 0, 1, tzinfo=logs.SHANGHAI)))
    handler.close()
    assert (tmp_path / "sidan-2026-11-22.log").read_text("utf-8").count("\n") == 1
    assert [path.exists() for path in old] == [False, True, True]


def test_nobody_can_keep_the_log_shorter_than_the_law_asks(tmp_path):
    handler = logs.DailyFile(tmp_path, kept_days=1)
    recent = datetime.now(logs.SHANGHAI).date() - timedelta(days=logs.LEAST_KEPT_DAYS - 1)
    (tmp_path / f"sidan-{recent}.log").touch()
    handler.prune()
    handler.close()
    assert (tmp_path / f"sidan-{recent}.log").exists()


def record(moment: datetime) -> logging.LogRecord:
    made = logging.LogRecord("test", logging.INFO, __file__, 1, "need 7 closed", None, None)
    made.created = moment.timestamp()
    return made

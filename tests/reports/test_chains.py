"""The auditor verifies the chain of the own community on the page, and takes a copy of it away."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.actor import acting, system
from app.core.history import Entry
from app.extensions import db
from app.reports import chains
from app.reports.commands import audit
from tests.core.test_tampering import Intruder

OURS = 1
"""The chain of the community the auditor looks after."""


@pytest.fixture
def history(register) -> list[int]:
    """Something that happened."""
    return [register(title=f"第{number}件事", reporter_phone="13812345678") for number in range(3)]


def told(app: Flask, act: str) -> list[tuple[str, int | None]]:
    with app.app_context(), acting(system("tests")):
        found = db.session.execute(select(Entry.list, Entry.row_id).where(Entry.act == act)).all()
        db.session.rollback()
    return [(row.list, row.row_id) for row in found]


def verdict(page: str) -> list[str]:
    found = re.search(r'<ul class="outcomes" role="status">(.*?)</ul>', page, re.DOTALL)
    return re.findall(r"<span>([^<]*)</span>", found[1]) if found else []


def test_the_auditor_reads_that_all_is_whole(app: Flask, as_auditor, history):
    page = as_auditor.post("/audit/verify").get_data(as_text=True)
    (said,) = verdict(page)
    assert said.startswith("武江北社区：")
    assert "完整" in said
    assert len(told(app, "history_verified")) == 1


def test_the_auditor_reads_which_entry_was_touched(app: Flask, as_auditor, history):
    Intruder(app, OURS).do("UPDATE history SET actor_label = 'x' WHERE chain = :chain AND seq = 1")
    (said,) = verdict(as_auditor.post("/audit/verify").get_data(as_text=True))
    assert "第 1 条" in said


def test_a_chain_too_long_to_wait_for_is_left_to_the_command(as_auditor, history, monkeypatch):
    monkeypatch.setattr(chains, "MOST", 1)
    (said,) = verdict(as_auditor.post("/audit/verify").get_data(as_text=True))
    assert "太长" in said


@pytest.mark.parametrize("login", ["secretary", "worker", "supervisor", "admin", "neighbour"])
def test_who_is_no_auditor_neither_verifies_nor_exports(as_person, login: str):
    person = as_person(login)
    assert person.post("/audit/verify").status_code == 403
    assert person.post("/audit/export").status_code == 403
    assert "/audit/verify" not in person.page("/audit/")


def copy_of(auditor: Any, **form: str) -> list[dict[str, Any]]:
    answer = auditor.post("/audit/export", form)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=history-wjb-")
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def test_the_auditor_takes_the_history_of_the_own_community_away(app: Flask, as_auditor, history, register):
    register("neighbour", "邻居的事", place=None)
    first, *entries = copy_of(as_auditor)
    assert first["history"] == "武江北社区"
    assert first["entries"] == len(entries) == entries[-1]["seq"]
    assert {entry["chain"] for entry in entries} == {first["chain"]}
    whole = json.dumps(entries, ensure_ascii=False)
    assert "第1件事" in whole
    assert "13812345678" not in whole
    assert "邻居的事" not in whole
    assert len(told(app, "history_exported")) == 1


def test_another_community_is_not_there_for_the_auditor(as_auditor, history):
    assert as_auditor.post("/audit/export", {"community": "2"}).status_code == 404
    assert as_auditor.post("/audit/export", {"community": "x"}).status_code == 404


@pytest.fixture
def check(app: Flask, tmp_path: Path):
    """Verify a file by the command; return exit code and words."""

    def run(lines: list[str]) -> tuple[int, str]:
        file = tmp_path / "history.jsonl"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        done = app.test_cli_runner().invoke(audit, ["verify", "--file", str(file)])
        return done.exit_code, done.output

    return run


@pytest.fixture
def lines(as_auditor, history) -> list[str]:
    """A copy, as it was handed out."""
    return as_auditor.post("/audit/export").get_data(as_text=True).splitlines()


def test_a_copy_that_nobody_touched_is_whole(check, lines, register):
    register(title="后来的事")
    code, said = check(lines)
    assert code == 0, said
    assert "完整" in said


@pytest.mark.parametrize(
    ("touch", "words"),
    [
        (lambda lines: [*lines[:2], lines[2].replace('"create"', '"change"'), *lines[3:]], "第 2 条"),
        (lambda lines: [*lines[:2], *lines[3:]], "第 2 条"),
        (lambda lines: lines[:-1], "结尾"),
        (lambda lines: [lines[0].replace('"entries": ', '"entries": 9'), *lines[1:]], "第一行"),
        (lambda lines: [lines[0].replace("武江北", "桥南"), *lines[1:]], "第一行"),
        (lambda lines: [*lines, lines[-1]], "条"),
        (lambda lines: [*lines[:1], "[]", *lines[1:]], "第 1 条"),
        (lambda lines: ["not json"], "不是"),
        (lambda lines: [], "不是"),
    ],
)
def test_a_copy_that_was_touched_is_found_out(check, lines, touch, words):
    code, said = check(touch(lines))
    assert code == 1
    assert words in said
    assert "Traceback" not in said


def test_a_copy_of_what_the_database_no_longer_has_is_found_out(app: Flask, check, lines):
    Intruder(app, OURS).do("UPDATE history SET hash = :other WHERE chain = :chain", other="f" * 64)
    code, said = check(lines)
    assert code == 1
    assert "数据库" in said

"""Somebody of whom the community keeps much: registered by the office, and the commands about their rights."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.history import Entry
from app.extensions import db
from app.parties.models import Party
from app.people.models import Person

NAME, PHONE, NUMBER, DOOR, WORKPLACE = "欧阳小敏", "13800007001", "11010519491231002X", "8-2-301", "红旗农机厂"
FORM = {
    "name": NAME,
    "phones": f"女儿 {PHONE}",
    "id_number": NUMBER,
    "door": DOOR,
    "unit_name": WORKPLACE,
    "household_no": "HK-440203-77",
    "tags": "书法",
    "remark": "喜欢下午来电话",
    "consent": "written",
    "consent_version": "2026-01",
}
SECRETS = (NAME, "oyxm", PHONE, NUMBER, DOOR, WORKPLACE, "HK-440203-77", "书法", "喜欢下午来电话")
REASON = "本人来社区申请删除"
ERASED = "已删除的居民"


@pytest.fixture
def resident(as_secretary, behind) -> int:
    """Somebody the office has registered and corrected once."""
    assert as_secretary.post("/people/add", FORM).status_code == 302
    with behind():
        return int(db.session.scalars(select(Person.id).filter_by(name=NAME)).one())


@pytest.fixture
def volunteer(behind) -> int:
    with behind():
        return int(db.session.scalars(select(Person.id).where(Person.name == "张海燕")).one())


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a command in an empty folder, and return how it ended and what it said."""
    monkeypatch.chdir(tmp_path)

    def command(verb: str, *words: object, typed: str | None = None, code: str | None = "wjb") -> tuple[int, str]:
        where = ["--community", code] if code else []
        ended = app.test_cli_runner().invoke(args=["person", verb, *map(str, words), *where], input=typed)
        return ended.exit_code, ended.output

    return command


def found(behind: Any, pk: int) -> Any:
    with behind():
        row = db.session.get_one(Person, pk)
        told = {name: getattr(row, name) for name in (*FORM, "birth", "sex", "phone_tails", "phones_index", "sought")}
        party = db.session.get_one(Party, pk)
        more = {"party": party.name, "party_sought": party.sought, "account": row.account and row.account.login}
        kept = ("archived_at", "archive_reason", "id_number_index", "uid")
        return SimpleNamespace(**told, **more, **{name: getattr(row, name) for name in kept})


def acts(behind: Any, pk: int) -> list[str]:
    with behind():
        told = select(Entry.act).where(Entry.list == "people", Entry.row_id == pk)
        return [*db.session.scalars(told.order_by(Entry.id))]

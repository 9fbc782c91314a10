"""What a person gets who asks what is kept of them: all of it, and nobody else gets it."""

import json
import sys

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.core.history import Entry
from app.extensions import db
from tests.people.somebody import DOOR, NAME, NUMBER, PHONE, REASON, WORKPLACE, acts, found, resident, run, volunteer

__all__ = ["resident", "run", "volunteer"]


def test_a_person_gets_everything_in_words_and_for_programs(run, behind, resident, register, tmp_path):
    need = register(title="想学书法", reporter_name=NAME, reporter_phone=PHONE)
    status, said = run("export", resident)
    assert status == 0, said
    text = (tmp_path / f"person-{resident}.txt").read_text(encoding="utf-8")
    for value in (NAME, f"女儿 {PHONE}", NUMBER, DOOR, WORKPLACE, "1949-12-31", "书面同意", "书法", "喜欢下午来电话"):
        assert value in text
    assert f"群众需求清单 #{need}" in text
    assert "登记" in text.partition("【记录的历史】")[2]
    told = json.loads((tmp_path / f"person-{resident}.json").read_text(encoding="utf-8"))
    assert {"label": "姓名", "value": NAME} in told["parts"][0]["lines"]
    assert acts(behind, resident)[-1] == "copied"


def test_a_volunteer_finds_the_own_account_roles_and_team_in_it(run, volunteer, tmp_path):
    status, said = run("export", volunteer, "--out", tmp_path / "a.txt", "--as", "secretary")
    assert status == 0, said
    text = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert "登录名：volunteer" in text
    assert "队伍 #4：青年志愿服务队 (队长)" in text
    assert "志愿者" in text.partition("【账号和角色】")[2]
    assert "scrypt" not in text
    assert "password" not in text


def test_it_is_written_down_who_took_a_copy(run, behind, resident):
    assert run("export", resident, "--as", "worker")[0] == 0
    with behind():
        worker = db.session.scalars(select(Account.id).filter_by(login="worker")).one()
        entry = db.session.scalars(select(Entry).filter_by(act="copied", row_id=resident)).one()
        assert (entry.actor_id, entry.actor_label) == (worker, f"person:{worker}")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_the_copy_even_where_an_open_file_stood(run, resident, tmp_path):
    out = tmp_path / f"person-{resident}.txt"
    out.write_text("offen", encoding="utf-8")
    out.chmod(0o666)
    status, said = run("export", resident)
    assert (status != 0, "--force" in said, out.read_text(encoding="utf-8")) == (True, True, "offen")
    assert not out.with_suffix(".json").exists()
    assert run("export", resident, "--force")[0] == 0
    assert {path.stat().st_mode & 0o777 for path in (out, out.with_suffix(".json"))} == {0o600}


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "volunteer", "auditor", "admin", "supervisor"])
def test_who_may_not_export_people_gets_no_copy(run, resident, login, tmp_path):
    status, said = run("export", resident, "--as", login, code=None)
    assert status != 0
    assert NAME not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("--as", "neighbour"), ("--community", "qn")])
@pytest.mark.parametrize(("verb", "more"), [("export", ()), ("erase", ("--reason", REASON, "--yes"))])
def test_to_the_neighbour_nobody_is_there(run, behind, resident, words, verb, more):
    status, said = run(verb, resident, *more, *words, code=None)
    assert status != 0
    assert "没有编号" in said
    assert found(behind, resident).name == NAME

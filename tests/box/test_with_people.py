"""The people of a community leave with its box only when somebody asks, a second person approves, and locked."""

import re

import pytest
from sqlalchemy import select

from app.box import export, handing, locking
from app.box.commands import community as commands
from app.called import NO_WORDS, speaking
from app.communities.service import set_words
from app.core.actor import acting, system
from app.core.history import Entry
from app.exports.models import ExportRequest
from app.extensions import db

REASON = "迁到街道的服务器"


@pytest.fixture
def run(app):
    def invoke(*words, **more):
        return app.test_cli_runner().invoke(commands, [str(word) for word in words], **more)

    return invoke


@pytest.fixture
def ask(run, tmp_path):
    def invoke(form="yaml", login="secretary", *more):
        path = tmp_path / f"all.{form}.enc"
        return path, run("export", "wjb", path, "--with-people", "--as", login, *more)

    return invoke


@pytest.fixture
def number(behind):
    with behind():
        return lambda: db.session.scalars(select(ExportRequest.id).order_by(ExportRequest.id.desc())).first()


def approve(person, behind):
    with behind():
        pk = db.session.scalars(select(ExportRequest.id).order_by(ExportRequest.id.desc())).first()
    return person.post(f"/approvals/move/approve/{pk}", {"version": "1"})


@pytest.fixture
def fetched(ask, as_worker, behind):
    def fetch(form):
        assert ask(form, "secretary", "--reason", REASON)[1].exit_code == 0
        approve(as_worker, behind)
        path, answer = ask(form)
        assert answer.exit_code == 0, answer.output
        return path, re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){4}", answer.output)[0]

    return fetch


def test_nothing_leaves_before_a_second_person_has_approved(ask, as_secretary, as_worker, behind):
    path, answer = ask("yaml", "secretary", "--reason", REASON)
    assert "批准" in answer.output
    assert not path.exists()
    approve(as_secretary, behind)
    assert not ask()[0].exists()
    approve(as_worker, behind)
    path, answer = ask()
    assert path.exists(), answer.output


def test_it_is_handed_out_once(fetched, ask):
    fetched("yaml")
    path, answer = ask("xlsx")
    assert answer.exit_code != 0
    assert "--reason" in answer.output
    assert not path.exists()


def test_the_system_and_who_may_not_export_people_get_nothing(run, ask, tmp_path):
    path = tmp_path / "all.yaml.enc"
    assert run("export", "wjb", path, "--with-people", "--reason", REASON).exit_code != 0
    for login in ("gridworker", "volunteer", "neighbour", "admin"):
        assert ask("yaml", login, "--reason", REASON)[1].exit_code != 0, login
    assert not path.exists()
    assert run("export", "wjb", tmp_path / "all.yaml", "--with-people", "--as", "secretary").exit_code != 0


def test_the_page_does_not_hand_it_out(ask, as_secretary, as_worker, behind, number):
    ask("yaml", "secretary", "--reason", REASON)
    approve(as_worker, behind)
    with behind():
        pk = number()
    assert "社区配置" in as_secretary.page("/approvals/list/")
    assert f"/approvals/fetch/{pk}" not in as_secretary.page(f"/approvals/show/{pk}")
    answer = as_secretary.post(f"/approvals/fetch/{pk}")
    assert answer.headers.get("Content-Disposition") is None
    assert ask()[0].exists()


def test_who_took_it_out_stands_in_history(fetched, behind):
    fetched("yaml")
    with behind():
        entry = db.session.scalars(select(Entry).where(Entry.act == "exported_raw")).one()
        assert (entry.by.login, entry.list) == ("secretary", "communities")


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_the_file_is_locked_and_its_words_open_it(fetched, run, everything, form):
    path, words = fetched(form)
    data = path.read_bytes()
    assert locking.is_locked(data)
    assert b"secretary" not in data
    before = everything()
    wrong = run("init", path, input="wrong-words\n")
    assert wrong.exit_code == 1
    assert "Traceback" not in wrong.output
    again = run("init", path, input=f"{words}\n")
    assert again.exit_code == 0, again.output
    assert "没有需要改动的内容" in again.output
    assert everything() == before


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_the_people_are_there_in_an_empty_installation(fetched, behind, elsewhere, form):
    path, words = fetched(form)
    with behind():
        first = export.take(handing.community_of("wjb"), with_people=True).content
    answer = elsewhere.test_cli_runner().invoke(commands, ["init", str(path)], input=f"{words}\n")
    assert answer.exit_code == 0, answer.output
    with elsewhere.app_context(), acting(system("tests")):
        assert export.take(handing.community_of("wjb"), with_people=True).content == first
    assert {one["login"] for one in first["accounts"]} >= {"secretary", "gridlead", "liaison", "volunteer"}


def test_own_words_of_roles_do_not_shut_others_out(fetched, app, behind, elsewhere):
    with app.app_context(), acting(system("tests")):
        set_words(handing.community_of("wjb"), {"role.GridLead": "片区负责人", "list.posts": "红马甲"})
        db.session.commit()
    path, words = fetched("xlsx")
    with speaking(NO_WORDS):
        answer = elsewhere.test_cli_runner().invoke(commands, ["init", str(path)], input=f"{words}\n")
    assert answer.exit_code == 0, answer.output


def test_a_damaged_file_is_one_sentence(fetched, run):
    path, words = fetched("yaml")
    path.write_bytes(path.read_bytes()[:-1])
    answer = run("init", path, input=f"{words}\n")
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output

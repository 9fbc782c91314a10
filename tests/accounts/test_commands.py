"""The command line for accounts and roles."""

import re

import pytest
from flask import Flask

from app.accounts import service
from app.accounts.commands import roles, users
from app.core.database import transaction
from app.roles import Role
from tests.accounts.test_grants import community

NEW = "Harbour-5521"
LINK = re.compile(r"/setup/([\w-]+)")


@pytest.fixture
def run(app: Flask):
    """Run a command as the operator does, and return its exit code and what it printed."""

    def command(*words: str) -> tuple[int, str]:
        group = {"users": users, "roles": roles}[words[0]]
        result = app.test_cli_runner().invoke(group, list(words[1:]))
        return result.exit_code, result.output

    return command


def test_a_person_is_invited_and_comes_in(run, browser):
    code, said = run("users", "invite", "zhengxh", "--name", "郑小红", "--role", "Worker", "--community", "wjb")
    assert code == 0
    assert "郑小红 现在是：社区工作者" in said
    token = LINK.search(said)
    assert token
    browser().post(f"/setup/{token[1]}", {"password": NEW, "again": NEW}, page="/login/")
    one = browser()
    assert one.sign_in("zhengxh", NEW).status_code == 302
    assert one.client.get("/needs/add").status_code == 200


def test_a_further_administrator_is_made_only_here(run, behind):
    code, _said = run("users", "invite", "boss", "--name", "第二位管理员", "--role", "Admin")
    assert code == 0
    with behind():
        assert [grant.role.role for grant in service.find("boss").grants] == [Role.ADMIN]


def test_a_grid_worker_is_invited_for_a_place_in_any_spelling(run, behind):
    words = ("--role", "GridWorker", "--community", "wjb", "--place", "1网格")
    code, said = run("users", "invite", "luoxl", "--name", "罗小丽", *words)
    assert code == 0, said
    with behind():
        assert service.find("luoxl").grants[0].place.name == "第一网格"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("invite", "newone", "--role", "Worker", "--community", "wjb"), "--name"),
        (("invite", "newone", "--name", "新人", "--role", "Worker"), "请选择这个角色所在的社区"),
        (
            ("invite", "newone", "--name", "新人", "--role", "Worker", "--community", "nowhere"),
            "没有代码为“nowhere”的社区",
        ),
        (("invite", "newone", "--name", "新人", "--role", "Admin", "--community", "wjb"), "留空"),
        (("invite", "newone", "--name", "新人", "--role", "GridLead", "--community", "wjb"), "要指定位置"),
        (
            ("invite", "newone", "--name", "新人", "--role", "GridLead", "--community", "wjb", "--place", "月球"),
            "没有找到位置“月球”",
        ),
        (("invite", "New One", "--name", "新人", "--role", "Worker", "--community", "wjb"), "小写字母"),
        (
            ("invite", "newone", "--name", "新人", "--role", "Worker", "--community", "wjb", "--phone", "13800001002"),
            "已用于另一个账号",
        ),
        (("invite", "newone", "--name", "新人", "--role", "Emperor", "--community", "wjb"), "应为其中之一"),
        (("reset-link", "newone"), "没有账号“newone”"),
        (("end-sessions", "newone"), "没有账号“newone”"),
    ],
)
def test_a_wrong_command_says_what_to_do_and_changes_nothing(run, behind, words, said):
    code, output = run("users", *words)
    assert code != 0
    assert said in output
    assert "Traceback" not in output
    with behind():
        assert service.find("newone") is None


def test_the_locked_out_last_administrator_finds_back_in(run, browser, change):
    change("admin", active=False)
    for _ in range(6):
        browser().sign_in("admin", "wrong-guess-1")
    code, said = run("users", "reset-link", "admin")
    assert code == 0
    token = LINK.search(said)
    assert token
    browser().post(f"/setup/{token[1]}", {"password": NEW, "again": NEW}, page="/login/")
    assert browser().sign_in("admin", NEW).status_code == 302


def test_a_person_is_signed_out_everywhere(run, signed_in):
    worker = signed_in("worker")
    code, said = run("users", "end-sessions", "worker")
    assert (code, "李国强 的登录已全部结束" in said) == (0, True)
    assert not worker.is_in()


def test_the_roles_are_printed_as_the_page_shows_them(run, as_volunteer):
    code, said = run("roles", "show")
    assert code == 0
    page = as_volunteer.page("/roles/")
    for role in Role:
        assert f"({role.value})" in said
    for words in ("群众需求", "本社区，且角色低于自己的", "社区书记", "系统管理员"):
        assert words in page
        assert words in said


def test_an_invited_person_who_has_an_account_keeps_name_and_gets_a_second_role(run, behind):
    code, _said = run("users", "invite", "worker", "--role", "Auditor", "--community", "qn")
    assert code == 0
    with behind(), transaction():
        held = {(grant.role.role, grant.community_id) for grant in service.find("worker").grants}
        assert held == {(Role.WORKER, community().id), (Role.AUDITOR, community("qn").id)}

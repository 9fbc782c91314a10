"""The list of users: who sees whom, and who may do what with an account."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import Account
from app.core.access import Forbidden, OutOfScope
from app.core.database import transaction
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.roles import Role
from tests.accounts.conftest import Browser
from tests.accounts.test_grants import community
from tests.cast.people import CAST, NAMES

NEW = "Harbour-5521"
LINK = re.compile(r"/setup/([\w-]+)")
ACTS = ("link", "deactivate", "reactivate", "end_sessions")


def test_the_secretary_makes_an_account_and_the_person_comes_in(as_secretary, browser, id_of):
    form = {"name": "郑小红", "login": "zhengxh", "phone": "138 0000 105", "uid": "c" * 32}
    assert as_secretary.post("/users/add", form).status_code == 422
    made = as_secretary.post("/users/add", form | {"phone": "13800001055"})
    page = made.get_data(as_text=True)
    found = LINK.search(page)
    assert found
    assert "只显示这一次" in page
    again = as_secretary.post("/users/add", form | {"phone": "13800001055"})
    assert again.status_code == 302
    assert not LINK.search(as_secretary.page(again.headers["Location"]))
    as_secretary.post("/grants/add", {"account": id_of("zhengxh"), "role": "Worker", "uid": "d" * 32})
    person: Browser = browser()
    person.post(f"/setup/{found[1]}", {"password": NEW, "again": NEW}, page="/login/")
    assert person.sign_in("13800001055", NEW).status_code == 302
    assert person.client.get("/needs/add").status_code == 200


def test_a_new_account_is_seen_by_who_made_it_and_nobody_else(as_secretary, as_neighbour, id_of):
    as_secretary.post("/users/add", {"name": "郑小红", "login": "zhengxh", "uid": "c" * 32})
    pk = id_of("zhengxh")
    assert "郑小红" in as_secretary.page(f"/users/show/{pk}")
    assert as_neighbour.get(f"/users/show/{pk}").status_code == 404


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("login", "worker", "已有人使用"),
        ("login", "neighbour", "已有人使用"),
        ("login", "WORKER", "已有人使用"),
        ("login", "13800001099", "小写字母"),
        ("login", "张三", "小写字母"),
        ("login", "a", "小写字母"),
        ("login", "x" * 33, ""),
        ("phone", "13800001002", "已用于另一个账号"),
        ("phone", "123", "手机号"),
        ("phone", "0751-8880000", "手机号"),
        ("name", "", "请填写"),
        ("name", "字" * 41, "40"),
        ("name", "张\x00三", "看不见"),
    ],
)
def test_what_cannot_be_stored_is_said_beside_the_field(as_secretary, behind, column, value, said):
    form = {"name": "郑小红", "login": "zhengxh", "phone": "", "uid": "c" * 32} | {column: value}
    refused = as_secretary.post("/users/add", form)
    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)
    with behind():
        assert db.session.scalar(select(Account.id).filter_by(uid="c" * 32)) is None


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("target", ["admin", "supervisor", "secretary", "auditor", "neighbour"])
def test_the_secretary_manages_nobody_beside_or_above(as_secretary, signed_in, behind, id_of, *, act, target):
    victim = signed_in(target)
    with behind():
        before = service.find(target).version
    answer = as_secretary.post(f"/users/{act}/{id_of(target)}")
    assert answer.status_code in ((302,) if target == "secretary" else (403, 404))
    assert not LINK.search(answer.get_data(as_text=True))
    assert victim.is_in()
    with behind():
        assert service.find(target).version == before


@pytest.mark.parametrize("target", ["admin", "supervisor", "auditor", "neighbour"])
def test_the_secretary_cannot_rename_those_above(as_secretary, behind, id_of, target):
    form = {"name": "假冒", "login": target, "version": "1"}
    assert as_secretary.post(f"/users/edit/{id_of(target)}", form).status_code in (403, 404)
    with behind():
        assert service.find(target).name == NAMES[target]


def test_who_also_serves_elsewhere_is_managed_by_neither_secretary(acting_as, behind):
    with behind(), transaction():
        service.grant(service.find("worker"), Role.WORKER, community("qn"))
    for login in ("secretary", "neighbour"):
        with acting_as(login):
            both = service.find("worker")
            assert both is not None
            with pytest.raises(Forbidden):
                service.reset_link(both)
            both.active = False
            with pytest.raises(OutOfScope), transaction():
                db.session.flush()


@pytest.mark.parametrize("login", [who for who in CAST if who not in ("secretary", "admin", "supervisor", "neighbour")])
def test_nobody_else_manages_accounts(as_person, id_of, login):
    person = as_person(login)
    for act in ACTS:
        assert person.post(f"/users/{act}/{id_of('volunteer')}").status_code == 403
    assert person.post("/users/add", {"name": "郑小红", "login": "zhengxh"}).status_code == 403
    assert person.post("/grants/add", {"account": id_of(login), "role": "Worker"}).status_code == 403


def test_the_supervisor_manages_secretaries_only(as_supervisor, id_of):
    assert as_supervisor.post(f"/users/link/{id_of('secretary')}").status_code == 200
    for login in ("worker", "auditor", "admin"):
        assert as_supervisor.post(f"/users/link/{id_of(login)}").status_code == 404
    page = as_supervisor.page("/users/list/")
    assert [name for name in NAMES.values() if name in page.partition("<tbody>")[2]] == ["陈秀兰", "吴桂芳"]


def test_an_account_is_closed_and_opened_again(as_secretary, browser, id_of):
    pk = id_of("worker")
    assert as_secretary.post(f"/users/deactivate/{pk}").status_code == 302
    assert browser().sign_in("worker").status_code == 401
    assert as_secretary.post(f"/users/link/{pk}").status_code == 409
    assert as_secretary.post(f"/users/reactivate/{pk}").status_code == 302
    assert browser().sign_in("worker").status_code == 302


def test_nothing_about_accounts_is_done_by_opening_an_address(as_secretary, id_of):
    for act in ACTS:
        assert as_secretary.get(f"/users/{act}/{id_of('worker')}").status_code == 405


def test_a_new_link_is_shown_once_to_who_may_make_it(as_secretary, id_of):
    page = as_secretary.post(f"/users/link/{id_of('worker')}").get_data(as_text=True)
    found = LINK.search(page)
    assert found
    assert found[1] not in as_secretary.page(f"/users/show/{id_of('worker')}")


@pytest.mark.parametrize("login", ["secretary", "admin", "supervisor", "auditor"])
def test_phones_are_masked_in_every_list_of_users(as_person, id_of, login):
    person = as_person(login)
    pages = [person.page(address) for address in ("/users/list/", f"/users/show/{id_of('secretary')}")]
    pages.append(person.get("/users/list/?q=1380000").get_data(as_text=True))
    for page in pages:
        assert "13800001001" not in page
    assert "138****1001" in pages[0]


def test_a_masked_phone_left_untouched_stays_and_is_never_stored(as_secretary, behind, id_of):
    pk = id_of("worker")
    page = as_secretary.page(f"/users/edit/{pk}")
    assert "138****1002" in page
    with behind():
        version = service.find("worker").version
    form = {"name": "李国强强", "login": "worker", "phone": "138****1002", "version": str(version)}
    assert as_secretary.post(f"/users/edit/{pk}", form).status_code == 302
    with behind():
        assert service.find("worker").phone == "13800001002"
        assert service.find("worker").name == "李国强强"
    assert (
        as_secretary.post(f"/users/edit/{pk}", form | {"phone": "139****1002", "version": str(version + 1)}).status_code
        == 422
    )


@pytest.mark.parametrize(
    "question", ["phone=138", "order=phone", "order=password_hash", "password_hash=x", "order=-login_hash"]
)
def test_hidden_columns_cannot_be_asked_for(as_secretary, question):
    assert as_secretary.get(f"/users/list/?{question}").status_code == 400


def test_the_own_account_is_changed_in_the_profile(as_worker, as_secretary, behind, id_of):
    assert as_worker.post("/profile/person", {"name": "李国强（新）", "phone": "13800001088"}).status_code == 302
    with behind():
        assert (service.find("worker").name, service.find("worker").phone) == ("李国强（新）", "13800001088")
    taken = as_worker.post("/profile/person", {"name": "李国强", "phone": "13800001001"})
    assert taken.status_code == 422
    assert "已用于另一个账号" in taken.get_data(as_text=True)
    assert as_worker.post("/profile/person", {"name": "", "phone": ""}).status_code == 422
    assert as_worker.post("/profile/person", {"name": "李国强", "phone": ""}).status_code == 302
    assert as_secretary.get(f"/users/edit/{id_of('secretary')}").headers["Location"] == "/profile/"


@pytest.mark.parametrize(("column", "value"), [("active", False), ("login", "boss"), ("archive_reason", "x")])
def test_nobody_changes_more_of_the_own_account(acting_as, column, value):
    with acting_as("secretary"):
        setattr(service.find("secretary"), column, value)
        with pytest.raises((OutOfScope, Violation)), transaction():
            db.session.flush()


def test_the_last_administrator_cannot_be_closed_but_one_of_two_can(behind):
    with behind():
        with pytest.raises(Refused):
            service.deactivate(service.find("admin"))
        second = service.create_account("admin2", "第二位管理员")
        service.grant(second, Role.ADMIN, None)
        with pytest.raises(Refused):
            service.deactivate(service.find("admin"))
        service.set_password(second, NEW)
        service.deactivate(service.find("admin"))
        with pytest.raises(Refused):
            service.deactivate(second)


@pytest.mark.parametrize(
    ("login", "seen"), [("volunteer", True), ("neighbour", False), ("admin", True), ("supervisor", True)]
)
def test_names_are_read_by_those_who_share_a_community(acting_as, login, seen):
    with acting_as(login):
        assert (service.find("worker") is not None) == seen


def test_without_an_actor_no_account_is_seen(app):
    with app.app_context():
        assert db.session.scalars(select(Account)).all() == []


def test_the_list_stays_within_its_statements(app, as_secretary, count_statements: Callable):
    with count_statements() as said:
        as_secretary.page("/users/list/")
    assert len(said) <= 6, said
    with count_statements() as said:
        as_secretary.page("/grants/list/")
    assert len(said) <= 6, said


def test_two_change_an_account_at_the_same_time_and_none_is_lost(as_secretary, behind, id_of):
    pk = id_of("worker")
    with behind():
        version = str(service.find("worker").version)
    form = {"name": "李国强", "login": "worker", "phone": "138****1002", "version": version}
    assert as_secretary.post(f"/users/edit/{pk}", form | {"name": "先改的"}).status_code == 302
    conflict = as_secretary.post(f"/users/edit/{pk}", form | {"name": "后改的"})
    assert conflict.status_code == 409
    assert "先改的" in conflict.get_data(as_text=True)
    assert "后改的" in conflict.get_data(as_text=True)

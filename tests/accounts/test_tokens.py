"""Tokens: a program acts by one grant of one person, and no longer than that grant, that account and that token."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import service, tokens
from app.accounts.commands import tokens as commands
from app.accounts.models import Account, Grant, GrantRole
from app.accounts.traces import AccessToken
from app.communities.models import Community
from app.core import clock
from app.core.database import transaction
from app.core.history import Entry
from app.core.rules import Violation
from app.extensions import db
from tests.cast.people import PASSWORD
from tests.whole.scene import dump

NEEDS = "/api/v1/needs/"
TOKEN_FORM = {"name": "表格同步", "days": "7", "password": PASSWORD}
SHOWN = re.compile(r"sidan_[\w-]{43}")


def grant_of(login: str) -> Grant:
    found = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == login)
    return db.session.scalars(found.order_by(Grant.id)).first()


@pytest.fixture
def token_of(behind):
    """Make a token of the first grant of somebody."""

    def make(login: str, days: int = 30) -> str:
        with behind(), transaction():
            return tokens.make(grant_of(login), "表格同步", days)[1]

    return make


@pytest.fixture
def send(app: Flask):
    """Send a request as a program that has nothing but a token."""

    def ask(token: str, address: str = NEEDS, method: str = "GET", scheme: str = "Bearer", **body: Any):
        given = {"json": body} if body else {}
        return app.test_client().open(address, method=method, headers={"Authorization": f"{scheme} {token}"}, **given)

    return ask


def test_a_program_acts_for_its_person_without_a_cookie_and_without_a_csrf_token(send, token_of, behind):
    made = send(token_of("secretary"), method="POST", title="三楼扶手松动")
    assert made.status_code == 201
    assert "Set-Cookie" not in made.headers
    with behind():
        author = db.session.scalars(select(Account.id).filter_by(login="secretary")).one()
    assert made.json["result"]["created_by"] == author
    assert send(token_of("secretary")).json["ids"] == [made.json["id"]]


def test_a_program_holds_the_one_grant_of_its_token_and_no_other(app, send, token_of, behind, register):
    register("neighbour", place=None)
    with behind():
        theirs = db.session.scalars(select(Community).filter_by(code="qn")).one()
        secretary = db.session.scalars(select(Account).filter_by(login="secretary")).one()
        db.session.add(Grant(account=secretary, role=GrantRole.SECRETARY, community=theirs))
        db.session.commit()
    assert send(token_of("secretary")).json["count"] == 0


def test_a_grid_workers_program_sees_the_own_grid(send, token_of, register):
    register(place="武江北路8栋")
    register(place="二建宿舍")
    assert send(token_of("gridworker")).json["count"] == 1


@pytest.mark.parametrize("token", ["", "x", "sidan_", "sidan_" + "x" * 43, "\u4e00", "Basic", "sidan_ x", "漫" * 9])
def test_what_is_no_token_signs_nobody_in(send, token):
    answer = send(token.encode("utf-8").decode("latin-1"))
    assert answer.status_code == 401
    assert answer.json["message"] == "请先登录"


def test_a_wrong_token_is_not_helped_by_a_cookie(as_secretary):
    answer = as_secretary.get(NEEDS, headers={"Authorization": "Bearer sidan_nothing"})
    assert answer.status_code == 401


def test_a_token_opens_no_page(send, token_of):
    for address in ("/profile/", "/needs/list/", "/", "/needs/add"):
        answer = send(token_of("secretary"), address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/")


def test_a_token_that_has_expired_is_over(send, token_of):
    token = token_of("secretary", days=1)
    clock.clock.fixed = clock.now() + timedelta(hours=23)
    assert send(token).status_code == 200
    clock.clock.fixed = clock.now() + timedelta(hours=2)
    assert send(token).status_code == 401


def test_a_token_ends_with_its_grant(send, token_of, behind):
    token = token_of("worker")
    with behind(), transaction():
        service.end_grant(grant_of("worker"), "调离")
    assert send(token).status_code == 401


def test_a_token_ends_with_the_last_day_of_its_grant(send, token_of, behind):
    token = token_of("worker")
    with behind(), transaction():
        service.end_grant(grant_of("worker"), "", on=clock.today())
    assert send(token).status_code == 200
    clock.clock.fixed = clock.now() + timedelta(days=1)
    assert send(token).status_code == 401


def test_a_token_of_a_closed_account_stays_dead_when_the_account_is_opened_again(send, token_of, behind):
    token = token_of("worker")
    with behind(), transaction():
        service.deactivate(service.find("worker"))
    assert send(token).status_code == 401
    with behind(), transaction():
        service.reactivate(service.find("worker"))
    assert send(token).status_code == 401


def test_the_token_itself_is_kept_nowhere(app, token_of):
    token = token_of("secretary")
    assert token not in str(dump(app))
    assert token.removeprefix(tokens.PREFIX) not in str(dump(app))


def test_its_use_is_written_down_once_a_minute(send, token_of, behind):
    token = token_of("secretary")
    first = clock.clock.fixed = clock.now()
    for seconds in (0, 30, 61):
        clock.clock.fixed = first + timedelta(seconds=seconds)
        assert send(token).status_code == 200
        with behind():
            used = db.session.scalars(select(AccessToken.used_at)).one()
        assert used == first + timedelta(seconds=61 if seconds == 61 else 0)


@pytest.mark.parametrize(
    ("name", "days", "wrong"),
    [("", 30, "name"), ("x" * 41, 30, "name"), ("a\u200b", 1, "name"), ("表格", 0, "days"), ("表格", 367, "days")],
)
def test_a_token_has_a_name_and_an_end(behind, name, days, wrong):
    with behind(), pytest.raises(Violation) as caught:
        tokens.make(grant_of("worker"), name, days)
    assert set(caught.value.errors) == {wrong}


def test_a_person_makes_a_token_sees_it_once_and_takes_it_back(app, as_worker, send, behind):
    with behind():
        pk = grant_of("worker").id
    made = as_worker.post("/profile/token", TOKEN_FORM | {"grant": str(pk)})
    token = SHOWN.search(made.get_data(as_text=True))
    assert token
    assert made.headers["Cache-Control"] == "no-store"
    assert send(token[0]).status_code == 200
    profile = as_worker.page("/profile/")
    assert "表格同步" in profile
    assert not SHOWN.search(profile)
    number = re.search(r"/profile/token/end/(\d+)", profile)
    assert number
    assert as_worker.post(number[0]).status_code == 302
    assert send(token[0]).status_code == 401
    assert "表格同步" not in as_worker.page("/profile/")


def test_nobody_makes_a_token_of_a_role_of_others(as_worker, behind):
    with behind():
        theirs = grant_of("secretary").id
    for grant in (str(theirs), "x", ""):
        answer = as_worker.post("/profile/token", TOKEN_FORM | {"grant": grant})
        assert answer.status_code == 422
    for days in ("0", "9999", "x", ""):
        with behind():
            own = grant_of("worker").id
        answer = as_worker.post("/profile/token", TOKEN_FORM | {"grant": str(own), "days": days})
        assert answer.status_code == 422


def test_a_token_is_made_only_by_who_knows_the_password(as_worker, behind, send):
    with behind():
        form = TOKEN_FORM | {"grant": str(grant_of("worker").id)}
    answers = [as_worker.post("/profile/token", form | {"password": "wrong-guess-1"}) for _try in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert as_worker.post("/profile/token", form | {"password": ""}).status_code == 422
    assert as_worker.post("/profile/token", form).status_code == 429
    with behind():
        assert db.session.scalars(select(AccessToken)).all() == []


def test_history_tells_who_made_a_token_and_who_took_it_back(app, as_worker, behind):
    with behind():
        form = TOKEN_FORM | {"grant": str(grant_of("worker").id)}
    made = SHOWN.search(as_worker.post("/profile/token", form).get_data(as_text=True))
    number = re.search(r"/profile/token/end/(\d+)", as_worker.page("/profile/"))
    assert made
    assert number
    as_worker.post(number[0])
    as_worker.post(number[0])
    words = ["create", "worker", "--role", "Worker", "--name", "表格同步", "--days", "9"]
    run = app.test_cli_runner().invoke(commands, words)
    app.test_cli_runner().invoke(commands, ["revoke", re.search(r"令牌 (\d+)", run.output)[1]])
    with behind():
        about = select(Entry.act, Entry.actor_label, Entry.changes).where(Entry.act.like("token_%")).order_by(Entry.id)
        told = [tuple(row) for row in db.session.execute(about)]
        worker = db.session.scalars(select(Account.id).filter_by(login="worker")).one()
    assert [act for act, _by, _said in told] == ["token_made", "token_ended"] * 2
    assert [by for _act, by, _said in told] == [f"person:{worker}"] * 2 + ["system:cli"] * 2
    assert all(made[0] not in said for _act, _by, said in told)


def test_nobody_takes_back_the_token_of_somebody_else(as_worker, send, token_of, behind):
    token = token_of("secretary")
    with behind():
        number = db.session.scalars(select(AccessToken.id)).one()
    as_worker.post(f"/profile/token/end/{number}")
    assert send(token).status_code == 200


def test_the_operator_makes_a_token_and_takes_it_back(app, send):
    run = app.test_cli_runner().invoke
    words = ["create", "worker", "--role", "Worker", "--community", "wjb", "--name", "表格同步", "--days", "30"]
    made = run(commands, words)
    assert made.exit_code == 0
    token, number = SHOWN.search(made.output), re.search(r"令牌 (\d+)", made.output)
    assert token
    assert number
    assert send(token[0]).status_code == 200
    assert run(commands, ["revoke", number[1]]).exit_code == 0
    assert send(token[0]).status_code == 401
    assert run(commands, ["revoke", number[1]]).exit_code == 1


@pytest.mark.parametrize(
    ("login", "role", "more", "said"),
    [
        ("nobody", "Worker", [], "nobody"),
        ("worker", "Secretary", [], "没有这个角色"),
        ("supervisor", "StreetSupervisor", [], "几项"),
        ("worker", "Worker", ["--community", "xx"], "xx"),
        ("worker", "Worker", ["--days", "1000"], "366"),
    ],
)
def test_the_operator_is_told_what_is_wrong(app, login, role, more, said):
    words = ["create", login, "--role", role, "--name", "表格", "--days", "9", *more]
    made = app.test_cli_runner().invoke(commands, words)
    assert made.exit_code == 1
    assert said in made.output

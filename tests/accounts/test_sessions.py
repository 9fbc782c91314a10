"""Sign-ins live on the server, and end in every way they should."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import service, sessions
from app.accounts.models import Account, Grant
from app.accounts.traces import SignIn
from app.core.database import transaction
from app.extensions import db
from app.roles import Role
from tests.accounts.conftest import Browser
from tests.cast.people import PASSWORD

NEW = "Harbour-5521"


def grant_of(login: str) -> Grant:
    return db.session.scalars(
        select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == login)
    ).one()


def test_signing_out_ends_the_sign_in_on_the_server(signed_in, browser):
    worker, thief = signed_in("worker"), browser()
    with thief.client.session_transaction() as session:
        session["sid"] = worker.sid
    assert thief.is_in()
    worker.post("/logout/", {}, page="/roles/")
    assert not worker.is_in()
    assert not thief.is_in()
    assert worker.sid is None


def test_a_new_password_ends_every_other_sign_in_and_renews_this_one(signed_in, browser):
    here, there = signed_in("worker"), signed_in("worker")
    before = here.sid
    changed = here.post("/profile/password", {"old": PASSWORD, "new": NEW, "again": NEW}, page="/profile/")
    assert changed.status_code == 302
    assert here.is_in()
    assert here.sid != before
    assert not there.is_in()
    assert browser().sign_in("worker", NEW).status_code == 302


def test_a_one_time_link_ends_every_sign_in(signed_in, browser, behind):
    worker = signed_in("worker")
    with behind(), transaction():
        link = service.reset_link(service.find("worker"))
    path = link.partition("/setup/")
    browser().post(f"/setup/{path[2]}", {"password": NEW, "again": NEW}, page=f"/setup/{path[2]}")
    assert not worker.is_in()


def test_a_taken_back_role_ends_the_sign_ins(signed_in, behind):
    worker = signed_in("worker")
    with behind(), transaction():
        service.end_grant(grant_of("worker"), "调离")
    assert not worker.is_in()


def test_a_further_role_ends_the_sign_ins(signed_in, behind):
    worker = signed_in("worker")
    with behind(), transaction():
        service.grant(service.find("worker"), Role.AUDITOR, grant_of("worker").community)
    assert not worker.is_in()


def test_a_closed_account_ends_the_sign_ins_and_cannot_sign_in(signed_in, browser, behind):
    worker = signed_in("worker")
    with behind(), transaction():
        service.deactivate(service.find("worker"))
    assert not worker.is_in()
    assert browser().sign_in("worker").status_code == 401


def test_half_an_hour_without_a_click_ends_the_sign_in(signed_in, held_clock):
    worker = signed_in("worker")
    held_clock(timedelta(minutes=29))
    assert worker.is_in()
    held_clock(timedelta(minutes=29))
    assert worker.is_in()
    held_clock(timedelta(minutes=30))
    assert not worker.is_in()


def test_twelve_hours_end_the_sign_in_however_busy(signed_in, held_clock):
    worker = signed_in("worker")
    for _ in range(35):
        held_clock(timedelta(minutes=20))
        assert worker.is_in()
    held_clock(timedelta(minutes=20))
    assert not worker.is_in()


def test_a_grant_ends_with_its_last_day(signed_in, behind, held_clock):
    with behind(), transaction():
        grant_of("secretary").ends_on = sessions.clock.today()
    secretary = signed_in("secretary")
    assert secretary.client.get("/needs/list/").status_code == 200
    held_clock(timedelta(days=1))
    assert signed_in("secretary").client.get("/needs/list/").status_code == 403


def test_a_person_sees_and_ends_the_own_sign_ins_only(signed_in, behind, id_of):
    here, there, stranger = signed_in("worker"), signed_in("worker"), signed_in("secretary")
    worker, secretary = id_of("worker"), id_of("secretary")
    with behind():
        mine = [row.id for row in sessions.of(worker)]
        theirs = [row.id for row in sessions.of(secretary)]
    page = here.client.get("/profile/").get_data(as_text=True)
    assert f"/profile/end/{mine[1]}" in page or f"/profile/end/{mine[0]}" in page
    assert f"/profile/end/{theirs[0]}" not in page
    here.post(f"/profile/end/{theirs[0]}", {}, page="/profile/")
    assert stranger.is_in()
    for pk in mine:
        stranger.post(f"/profile/end/{pk}", {}, page="/profile/")
    assert here.is_in()
    assert there.is_in()


def test_all_own_sign_ins_end_at_once(signed_in):
    here, there = signed_in("worker"), signed_in("worker")
    assert here.post("/profile/end", {}, page="/profile/").status_code == 302
    assert not here.is_in()
    assert not there.is_in()


def test_the_secretary_signs_a_worker_out_everywhere(signed_in, as_secretary, id_of):
    worker = signed_in("worker")
    assert as_secretary.post(f"/users/end_sessions/{id_of('worker')}").status_code == 302
    assert not worker.is_in()


def test_signing_in_takes_over_nothing_from_before(app: Flask, browser):
    victim = browser()
    with victim.client.session_transaction() as session:
        session["sid"], session["planted"] = "a-token-the-attacker-knows", "anything"
    assert victim.sign_in("worker").status_code == 302
    assert victim.sid != "a-token-the-attacker-knows"
    with victim.client.session_transaction() as session:
        assert "planted" not in session
    attacker = browser()
    with attacker.client.session_transaction() as session:
        session["sid"] = "a-token-the-attacker-knows"
    assert not attacker.is_in()


def test_signing_in_again_ends_the_sign_in_of_this_browser(signed_in, browser):
    worker, thief = signed_in("worker"), browser()
    with thief.client.session_transaction() as session:
        session["sid"] = worker.sid
    page = worker.client.get("/roles/").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "username": "worker", "password": PASSWORD}
    assert worker.client.post("/login/", data=form).status_code == 302
    assert worker.is_in()
    assert not thief.is_in()


def test_the_database_does_not_know_the_token(signed_in, behind):
    worker = signed_in("worker")
    with behind():
        hashes = list(db.session.scalars(select(SignIn.token_hash)))
    assert worker.sid
    assert worker.sid not in hashes


@pytest.mark.parametrize("sid", ["", "x", 7, ["a"], "深夜", "a" * 5000, "\x00"])
def test_a_strange_cookie_is_nobody(browser, sid):
    one = browser()
    with one.client.session_transaction() as session:
        session["sid"] = sid
    assert one.client.get("/profile/").status_code == 302


def test_who_comes_is_found_in_one_statement(signed_in, held_clock, count_statements):
    worker = signed_in("worker")
    with count_statements() as said:
        worker.client.get("/roles/")
    assert len([statement for statement in said if "sign_in" in statement]) == 1
    assert len(said) == 2, "the other one counts what waits, for the menu"


def test_presence_is_written_once_a_minute_at_most(signed_in, held_clock, behind):
    worker = signed_in("worker")

    def seen() -> object:
        with behind():
            return db.session.scalars(select(SignIn.seen_at)).one()

    first = seen()
    held_clock(timedelta(seconds=59))
    worker.is_in()
    assert seen() == first
    held_clock(timedelta(seconds=1))
    worker.is_in()
    assert seen() != first


def test_who_was_here_is_forgotten_by_the_next_request(signed_in, browser):
    assert signed_in("admin").is_in()
    assert not browser().is_in()


def test_a_sign_in_is_no_new_version_of_the_account(signed_in, behind):
    with behind():
        before = service.find("worker").version
    signed_in("worker")
    with behind():
        assert service.find("worker").version == before
        assert service.find("worker").last_sign_in is not None


def test_sign_ins_over_for_a_month_are_removed(signed_in, held_clock, behind):
    signed_in("worker")
    held_clock(timedelta(days=31))
    signed_in("worker")
    with behind():
        assert len(list(db.session.scalars(select(SignIn)))) == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8",
            "微信 · 安卓手机",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
            "Edge 浏览器 · Windows 电脑",
        ),
        ("curl/8.0", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_a_person_recognises_the_own_device(app: Flask, header: str, words: str):
    with app.test_request_context():
        assert sessions.agent_words(sessions.agent_of(header)) == words


def test_browsers_are_told_apart(signed_in: Callable[[str], Browser]):
    page = signed_in("worker").client.get("/profile/").get_data(as_text=True)
    assert "本机" in page

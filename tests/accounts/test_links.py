"""One-time links: for the invited, the forgetful, and the first administrator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import links, service
from app.accounts.traces import OneTimeLink
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import Refused
from app.extensions import db

NEW = "Harbour-5521"


@pytest.fixture
def token(app: Flask):
    """Make a link for somebody, as the command line does, and return its token."""

    def make(login: str, how=service.reset_link) -> str:
        with app.app_context(), acting(system("tests")), transaction():
            return how(service.find(login)).rpartition("/")[2]

    return make


def use(one, token: str, password: str = NEW):
    return one.post(f"/setup/{token}", {"password": password, "again": password}, page="/login/")


def test_a_link_sets_the_password_once(browser, token):
    made = token("worker")
    page = browser().client.get(f"/setup/{made}").get_data(as_text=True)
    assert "李国强" in page
    assert use(browser(), made).status_code == 302
    assert browser().sign_in("worker", NEW).status_code == 302
    assert browser().sign_in("worker").status_code == 401
    again = use(browser(), made, "Another-7788")
    assert again.status_code == 410
    assert "已用过或已过期" in again.get_data(as_text=True)
    assert browser().client.get(f"/setup/{made}").status_code == 410


def test_looking_at_a_link_does_not_use_it(browser, token):
    made = token("worker")
    for _ in range(3):
        assert browser().client.get(f"/setup/{made}").status_code == 200
    assert use(browser(), made).status_code == 302


def test_of_two_at_the_same_moment_one_succeeds(app: Flask, token):
    made = token("worker")

    def one(number: int) -> str:
        with app.app_context():
            try:
                links.use(made, f"Harbour-552{number}")
            except links.Gone:
                return "gone"
            return "set"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == ["gone"] * 5 + ["set"]


@pytest.mark.parametrize(("how", "hours"), [(service.reset_link, 24), (service.invite, 7 * 24)])
def test_a_link_expires(browser, token, held_clock, how, hours):
    made = token("worker", how)
    held_clock(timedelta(hours=hours - 1))
    assert browser().client.get(f"/setup/{made}").status_code == 200
    held_clock(timedelta(hours=1))
    assert use(browser(), made).status_code == 410


def test_a_new_link_makes_the_earlier_one_useless(browser, token):
    earlier, later = token("worker"), token("worker")
    assert use(browser(), earlier).status_code == 410
    assert use(browser(), later).status_code == 302


def test_a_closed_account_has_no_links(browser, token, behind):
    made = token("worker")
    with behind(), transaction():
        service.deactivate(service.find("worker"))
    assert use(browser(), made).status_code == 410
    with behind(), pytest.raises(Refused):
        service.reset_link(service.find("worker"))


@pytest.mark.parametrize("wrong", ["x", "a" * 43, "%00", "..%2f..%2f", "书记"])
def test_a_link_nobody_made_leads_nowhere(browser, wrong):
    assert browser().client.get(f"/setup/{wrong}").status_code == 404


def test_a_password_that_will_not_do_leaves_the_link_as_it_was(browser, token):
    made = token("worker")
    refused = use(browser(), made, "qwer1234")
    assert refused.status_code == 422
    assert "太常见" in refused.get_data(as_text=True)
    assert use(browser(), made, "lane-worker-77").status_code == 422
    assert use(browser(), made).status_code == 302


def test_a_link_lets_a_braked_person_in_again(browser, token):
    for _ in range(6):
        browser().sign_in("worker", "wrong-guess-1")
    assert browser().sign_in("worker").status_code == 429
    use(browser(), token("worker"))
    assert browser().sign_in("worker", NEW).status_code == 302


def test_the_table_does_not_know_the_token(token, behind):
    made = token("worker")
    with behind():
        assert made not in str([vars(row) for row in db.session.scalars(select(OneTimeLink))])


def test_the_address_is_the_configured_one(app: Flask, behind, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://sidan.example")
    with behind():
        assert service.reset_link(service.find("worker")).startswith("https://sidan.example/setup/")
    monkeypatch.setitem(app.config, "BASE_URL", None)
    with behind():
        assert service.reset_link(service.find("worker")).startswith("http://127.0.0.1:8080/setup/")


def test_no_set_up_link_while_an_administrator_can_sign_in(app: Flask):
    assert service.setup_link(app) is None


def test_an_administrator_who_never_set_a_password_gets_a_new_link(app: Flask, browser, change):
    change("admin", password_hash=None)
    first, second = service.setup_link(app), service.setup_link(app)
    assert first
    assert second
    assert use(browser(), first.rpartition("/")[2]).status_code == 410
    assert use(browser(), second.rpartition("/")[2]).status_code == 302
    assert browser().sign_in("admin", NEW).status_code == 302
    assert service.setup_link(app) is None


def test_a_new_installation_gets_its_first_administrator(app: Flask, browser, change):
    change("admin", login="admin1", active=False)
    change("worker", login="admin")
    link = service.setup_link(app)
    assert link
    assert use(browser(), link.rpartition("/")[2]).status_code == 302
    assert browser().sign_in("admin2", NEW).status_code == 302

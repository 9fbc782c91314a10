"""Where the portal is: what a request says about its host, its scheme and its sender is believed only as configured."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, request, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import hosts
from app.core.history import Entry
from app.extensions import db
from tests.accounts.conftest import TOKEN
from tests.cast.people import PASSWORD

OWN = "https://sidan.example.cn"
FORGED = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}


@pytest.fixture
def at_home(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal knows its address."""
    monkeypatch.setitem(app.config, "BASE_URL", OWN)


@pytest.fixture
def through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], FlaskClient]:
    """Stand so many trusted proxies before the portal, as SIDAN_TRUST_PROXY does."""

    def stand(hops: int) -> FlaskClient:
        if hops:
            monkeypatch.setattr(app, "wsgi_app", hosts.believing(app.wsgi_app, hops))
        return app.test_client()

    return stand


# -- the host of a request ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "sidan.example.cn.evil.example", "evilsidan.example.cn", "10.0.0.7"])
@pytest.mark.parametrize("address", ["/login/", "/", "/api/v1/needs/", "/health", "/nothing"])
def test_who_calls_the_portal_by_a_foreign_name_is_told_the_right_one(at_home, nobody, host: str, address: str):
    answer = nobody.get(address, headers={"Host": host})
    said = answer.json["message"] if address.startswith("/api/") else answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert OWN in said
    assert "evil" not in said
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "host", ["sidan.example.cn", "SIDAN.example.cn.", "sidan.example.cn:8443", "127.0.0.1", "[::1]:80"]
)
def test_the_portal_answers_to_its_own_name_and_to_its_own_machine(at_home, nobody, host: str):
    assert nobody.get("/login/", headers={"Host": host}).status_code == 200
    assert nobody.get("/health", headers={"Host": host}).json == {"status": "ok"}


@pytest.mark.parametrize("host", ["", "a b", "sidan.example.cn/x", "é.example", "sidan.example.cn@evil.example"])
def test_what_is_no_host_at_all_is_refused_in_chinese(at_home, nobody, host: str):
    answer = nobody.get("/login/", headers={"Host": host})
    assert answer.status_code == 400
    assert re.search("[\u4e00-\u9fff]{4}", answer.get_data(as_text=True))


def test_a_name_in_chinese_is_the_portals_own_name_too(app: Flask, nobody, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://四单.example")
    assert nobody.get("/login/", headers={"Host": "xn--4krv5f.example"}).status_code == 200
    assert nobody.get("/login/", headers={"Host": "xn--nothing.example"}).status_code == 400


# -- addresses that are handed on -----------------------------------------------------------------------------------


def test_a_link_for_somebody_else_never_names_the_host_of_the_request(app: Flask, as_secretary, behind):
    pk = worker_id(behind)
    token = as_secretary.token()
    cookie = as_secretary.client.get_cookie("sidan")
    assert cookie is not None
    headers = FORGED | {"Cookie": f"sidan={cookie.value}"}
    answer = app.test_client(use_cookies=False).post(f"/users/link/{pk}", data={"csrf_token": token}, headers=headers)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert re.search(r"<output data-path>/setup/[\w-]+</output>", page)
    assert "evil" not in page


def test_a_link_for_somebody_else_names_the_configured_address(at_home, as_secretary, behind):
    pk = worker_id(behind)
    page = as_secretary.post(f"/users/link/{pk}").get_data(as_text=True)
    assert re.search(rf"<output>{OWN}/setup/[\w-]+</output>", page)


def worker_id(behind) -> int:
    with behind():
        return int(db.session.execute(db.text("SELECT id FROM account WHERE login = 'worker'")).scalar_one())


@pytest.mark.parametrize("address", ["/needs/list", "//evil.example/", "/needs//list/", "/\\evil.example", "/login"])
def test_no_redirect_names_a_host(as_secretary, address: str):
    answer = as_secretary.get(address, headers=FORGED)
    location = answer.headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_the_doors_for_programs_name_no_host(as_secretary):
    answer = as_secretary.get("/api/v1/_openapi", headers=FORGED)
    assert "evil" not in answer.get_data(as_text=True)


# -- proxies --------------------------------------------------------------------------------------------------------


def sender(client: FlaskClient, behind, forwarded: str) -> str:
    """Sign in with a forwarding header, and return the address history noted."""
    token = TOKEN.search(client.get("/login/").get_data(as_text=True))
    assert token
    form = {"csrf_token": token[1], "username": "worker", "password": PASSWORD}
    assert client.post("/login/", data=form, headers={"X-Forwarded-For": forwarded}).status_code == 302
    with behind():
        return str(db.session.scalars(select(Entry.ip).where(Entry.act == "sign_in").order_by(Entry.id.desc())).first())


@pytest.mark.parametrize(
    ("hops", "forwarded", "believed"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_exactly_the_trusted_proxies_are_believed_about_the_sender(through, behind, hops, forwarded, believed):
    assert sender(through(hops), behind, forwarded) == believed


@pytest.mark.parametrize(
    ("hops", "scheme", "host", "believed"),
    [
        (0, "https", "sidan.example.cn", "http://localhost/"),
        (1, "https", "sidan.example.cn", "https://sidan.example.cn/"),
        (1, "https, http", "evil.example, sidan.example.cn", "http://sidan.example.cn/"),
        (2, "https, http", "sidan.example.cn, inner", "https://sidan.example.cn/"),
        (2, "https", "evil.example", "http://localhost/"),
    ],
)
def test_exactly_the_trusted_proxies_are_believed_about_the_address(through, app: Flask, hops, scheme, host, believed):
    seen = []
    app.view_functions["pages.health"], kept = _telling(app, seen), app.view_functions["pages.health"]
    try:
        through(hops).get("/health", headers={"X-Forwarded-Proto": scheme, "X-Forwarded-Host": host})
    finally:
        app.view_functions["pages.health"] = kept
    assert seen == [believed]


def _telling(app: Flask, seen: list[str]):
    def tell() -> str:
        seen.append(request.host_url)
        return url_for("pages.health")

    tell.rule = app.view_functions["pages.health"].rule  # type: ignore[attr-defined]  # as the decorator leaves it
    return tell


def test_a_forged_host_behind_a_trusted_proxy_is_refused_too(at_home, through):
    client = through(1)
    assert client.get("/login/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400
    assert client.get("/login/", headers={"X-Forwarded-Host": "evil.example, sidan.example.cn"}).status_code == 200


# -- cookies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_a_cookie_that_came_encrypted_never_goes_plain(through, scheme: str, secure: bool):
    answer = through(1).get("/login/", headers={"X-Forwarded-Proto": scheme})
    cookie = answer.headers["Set-Cookie"]
    assert ("Secure" in cookie) == secure
    assert ("Strict-Transport-Security" in answer.headers) == secure
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_plain_portal_does_not_believe_that_it_is_encrypted(through):
    answer = through(0).get("/login/", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_of_what_nobody_looked_at_only_the_last_is_said_so_that_the_cookie_stays_small(as_secretary):
    with as_secretary.client.session_transaction() as session:
        session[hosts.SAID] = [("success", f"第{number}条已登记") for number in range(40)]
    page = as_secretary.page("/needs/list/")
    assert re.findall(r"第(\d+)条已登记", page) == ["35", "36", "37", "38", "39"]
    assert "条已登记" not in as_secretary.page("/needs/list/")

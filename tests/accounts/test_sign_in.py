"""The door: name, phone, password, and where one goes from there."""

import pytest

from tests.cast.people import PASSWORD


@pytest.mark.parametrize(
    "name", ["worker", " Worker ", "13800001002", "138 0000 1002", "+86 138-0000-1002", "ｗｏｒｋｅｒ"]
)
def test_the_worker_signs_in_by_name_or_phone_however_typed(browser, name):
    assert browser().sign_in(name).headers["Location"] == "/"


def test_full_width_letters_from_an_input_method_are_the_same_password(browser):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in PASSWORD)
    assert browser().sign_in("worker", wide).status_code == 302


@pytest.mark.parametrize(
    "name", ["", "x" * 5000, "work\x00er", "worker' or 1=1 --", "' OR ''='", "%", "\ud83d", "书记"]
)
def test_a_strange_name_is_a_wrong_name(browser, name):
    answer = browser().sign_in(name.encode("utf-8", "ignore").decode())
    assert answer.status_code in (401, 422)


def test_an_endless_password_is_refused_before_it_is_hashed(browser, looked_at):
    assert browser().sign_in("worker", "a1" * 100_000).status_code == 422
    assert looked_at == []


def test_the_password_is_not_sent_back(browser):
    page = browser().sign_in("worker", "wrong-guess-1").get_data(as_text=True)
    assert "wrong-guess-1" not in page
    assert 'value="worker"' in page


@pytest.mark.parametrize("onward", ["/needs/list/", "/needs/list/?state=submitted", "/profile/"])
def test_one_goes_on_to_where_one_wanted_to_go(browser, onward):
    assert browser().sign_in("worker", onward=onward.replace("?", "%3F")).headers["Location"] == onward


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/%0d%0aLocation:%20https://evil.example",
        "%09//evil.example",
        "/%09/evil.example",
        "http:///evil.example",
        "evil.example",
        "@evil.example",
        "////evil.example",
        "/%5cevil.example",
        "%2f%2fevil.example",
        "／／evil.example",
        "/%0a/evil.example",
        "/%00/evil.example",
        "/%E2%80%AE//evil.example",
        "%20//evil.example",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "/login/%0d%0aSet-Cookie:%20sidan=x",
        "",
    ],
)
def test_nobody_is_sent_out_of_the_portal(browser, onward):
    assert browser().sign_in("worker", onward=onward).headers["Location"] == "/"


def test_a_page_for_members_asks_to_sign_in_and_leads_back(browser):
    one = browser()
    asked = one.client.get("/needs/list/?state=submitted")
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/login/?next=")
    back = one.post(asked.headers["Location"], {"username": "worker", "password": PASSWORD}, page="/login/")
    assert back.headers["Location"] == "/needs/list/?state=submitted"


def test_a_link_or_picture_cannot_sign_anybody_out(signed_in):
    worker = signed_in("worker")
    assert worker.client.get("/logout/").status_code == 405
    assert worker.client.post("/logout/").status_code == 400
    assert worker.is_in()


def test_another_site_cannot_sign_anybody_in(browser):
    one = browser()
    assert one.client.post("/login/", data={"username": "worker", "password": PASSWORD}).status_code == 400
    assert not one.is_in()


def test_a_double_click_on_sign_in_signs_in(browser):
    one = browser()
    page = one.client.get("/login/").get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    form = {"csrf_token": token, "username": "worker", "password": PASSWORD}
    cookie = one.client.get_cookie("sidan")
    assert cookie is not None
    assert one.client.post("/login/", data=form).status_code == 302
    one.client.set_cookie("sidan", cookie.value)
    assert one.client.post("/login/", data=form).status_code == 302
    assert one.is_in()


def test_signing_out_twice_is_no_error(signed_in):
    worker = signed_in("worker")
    worker.post("/logout/", {}, page="/roles/")
    assert worker.post("/logout/", {}, page="/login/").status_code == 302


def test_who_is_in_is_led_past_the_sign_in_page(signed_in):
    assert signed_in("worker").client.get("/login/").headers["Location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser):
    header = browser().sign_in("worker").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_an_account_without_a_password_lets_nobody_in(browser, change):
    change("worker", password_hash=None)
    assert browser().sign_in("worker").status_code == 401
    assert browser().sign_in("worker", "").status_code == 422


def test_a_password_changed_while_it_was_looked_at_does_not_count(browser, change, monkeypatch, looked_at):
    monkeypatch.setattr("app.accounts.passwords.matches", lambda *_: change("worker", password_hash="other") is None)
    assert browser().sign_in("worker").status_code == 401

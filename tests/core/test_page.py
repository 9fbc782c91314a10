"""The frame of every page: headers that keep strangers out, the menu of the role, the health check."""

import re

import pytest

PAGES = (
    "/",
    "/needs/list/",
    "/needs/add",
    "/places/list/",
    "/profile/",
    "/roles/",
    "/nothing-here",
    "/needs/show/999999",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_keeps_strangers_out(as_secretary, address):
    answer = as_secretary.get(address)
    headers, page = answer.headers, answer.get_data(as_text=True)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", page)


@pytest.mark.parametrize("address", [*PAGES, "/login/"])
def test_every_script_carries_the_nonce_of_its_own_answer(as_secretary, nobody, address):
    client = nobody if address == "/login/" else as_secretary
    first, second = client.get(address), client.get(address)
    nonces = [
        re.search(r"'nonce-([\w-]{20,})'", answer.headers["Content-Security-Policy"])[1] for answer in (first, second)
    ]
    assert nonces[0] != nonces[1]
    scripts = re.findall(r"<script[^>]*>", first.get_data(as_text=True))
    assert scripts
    assert all(f'nonce="{nonces[0]}"' in script and "src=" in script for script in scripts)


@pytest.mark.parametrize("address", [*PAGES, "/login/"])
def test_no_page_asks_another_machine_for_anything(as_secretary, nobody, address):
    page = (nobody if address == "/login/" else as_secretary).get(address).get_data(as_text=True)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)
    assert '<html lang="zh-Hans"' in page


def test_the_health_check_tells_strangers_only_that_all_is_well(nobody):
    answer = nobody.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_under_https_browsers_are_told_to_stay_there(nobody):
    assert "Strict-Transport-Security" in nobody.get("/health", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in nobody.get("/health").headers


def test_the_menu_shows_the_lists_of_the_role(as_secretary, as_admin, as_volunteer, nobody):
    assert "/needs/list/" in as_secretary.page("/")
    assert "/users/list/" in as_secretary.page("/")
    assert "/needs/list/" not in as_admin.page("/")
    assert "/users/list/" not in as_volunteer.page("/")
    assert "/needs/list/" not in nobody.get("/login/").get_data(as_text=True)


@pytest.mark.parametrize(("status", "sentence"), [(404, "这里什么也没有"), (403, "您的角色"), (405, "")])
def test_an_error_is_a_chinese_sentence(as_admin, status, sentence):
    address = {404: "/nothing", 403: "/needs/list/", 405: "/logout/"}[status]
    answer = as_admin.get(address)
    assert answer.status_code == status
    assert re.search("[\u4e00-\u9fff]{4}", answer.get_data(as_text=True))


def test_an_unexpected_error_tells_a_number_and_nothing_else(as_secretary, monkeypatch, app):
    def burst():
        raise RuntimeError("SELECT secret FROM somewhere WHERE phone = '13800001234'")

    burst.rule = app.view_functions["NeedView.list"].rule
    monkeypatch.setitem(app.view_functions, "pages.health", burst)
    monkeypatch.setattr(burst, "rule", app.view_functions["static"].rule)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = as_secretary.get("/health")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert not re.search("SELECT|secret|13800001234|Traceback|RuntimeError", page)
    assert re.search(r"[0-9a-f]{16}", page)


def test_what_is_too_large_is_refused_in_chinese(as_secretary):
    answer = as_secretary.post("/needs/add", {"title": "x" * (21 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "20 MB" in answer.get_data(as_text=True)


def test_a_form_without_its_token_is_refused_in_chinese(as_secretary, register, need):
    pk = register()
    for data in ({}, {"csrf_token": ""}, {"csrf_token": "x"}):
        answer = as_secretary.client.post(f"/needs/move/accept/{pk}", data=data)
        assert answer.status_code == 400
        assert re.search("[\u4e00-\u9fff]{6}", answer.get_data(as_text=True))
    assert need(pk)["version"] == 1

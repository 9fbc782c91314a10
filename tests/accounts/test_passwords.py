"""What a password must be."""

import string
import unicodedata

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts import passwords
from tests.cast.people import PASSWORD

NEW = "Harbour-5521"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("a1b2c3", "至少要 8 个字符"),
        ("a1" * 70, "最多 128 个字符"),
        ("onlyletters", "同时有字母和数字"),
        ("1029384756", "同时有字母和数字"),
        ("woaini1314", "太常见"),
        ("WoAiNi1314", "太常见"),
        ("qwer1234", "太常见"),
        ("qwer_1234", "太常见"),
        ("12345678a", "太常见"),
        ("shequ2026", "太常见"),
        ("１２３４５６７８ａ", "太常见"),
        ("aaaa1111", "太常见"),
        ("my-lanfang-88", "姓名、登录名或手机号"),
        ("x13800001077y", "姓名、登录名或手机号"),
        ("王兰芳door1234", "姓名、登录名或手机号"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(app: Flask, password, said):
    with app.test_request_context():
        assert said in str(passwords.complaint(password, "lanfang", "13800001077", "王兰芳"))


@pytest.mark.parametrize("password", [NEW, "河边散步7点半一起", "correct horse 7 battery", PASSWORD])
def test_a_good_password_is_taken(password):
    assert passwords.complaint(password, "worker", None, "李国强") is None


def test_the_demo_may_have_a_phrase_of_letters_but_no_weak_password():
    assert passwords.complaint("an-own-demo-password", mixed=False) is None
    for weak in ("12345678", "short", "aaaabbbb", "qwer1234"):
        assert passwords.complaint(weak, mixed=False) is not None


def test_the_list_of_common_passwords_is_long_enough_and_each_would_pass_the_other_rules():
    assert len(passwords.weak()) >= 200
    for word in passwords.weak():
        assert 8 <= len(word) <= 128
        assert any(c.isalpha() for c in word)
        assert any(c.isdigit() for c in word)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(text):
    found = passwords.complaint(text, "worker")
    typed = unicodedata.normalize("NFKC", text).casefold()
    letters, digits = any(c.isalpha() for c in typed), any(c.isdigit() for c in typed)
    assert found is not None or (letters and digits and len(set(typed)) >= 5)


@settings(max_examples=5, deadline=None)
@given(st.text(string.ascii_letters + string.digits, min_size=8, max_size=20))
def test_only_the_same_password_matches(text):
    stored = passwords.hashed(text)
    assert stored.startswith("scrypt:32768:8:1$")
    assert text not in stored
    assert passwords.matches(stored, text)
    assert not passwords.matches(stored, text + "x")
    assert not passwords.matches(None, text)


def test_a_new_password_is_typed_twice_and_the_old_one_asked(as_worker):
    wrong_old = as_worker.post("/profile/password", {"old": "not-it-2026", "new": NEW, "again": NEW})
    assert wrong_old.status_code == 422
    assert "当前密码不对" in wrong_old.get_data(as_text=True)
    # What was typed is not there any more: a password is never sent back.
    assert ">请修改标红的项目。</p>" in wrong_old.get_data(as_text=True)
    differs = as_worker.post("/profile/password", {"old": PASSWORD, "new": NEW, "again": NEW + "x"})
    assert "两次输入的密码不一样" in differs.get_data(as_text=True)
    same = as_worker.post("/profile/password", {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    assert "不能和原来的一样" in same.get_data(as_text=True)
    weak = as_worker.post("/profile/password", {"old": PASSWORD, "new": "qwer1234", "again": "qwer1234"})
    assert "太常见" in weak.get_data(as_text=True)
    without = as_worker.post("/profile/password", {"new": NEW, "again": NEW})
    assert without.status_code == 422


def test_a_password_is_in_no_page_and_no_log(app: Flask, as_worker):
    answer = as_worker.post("/profile/password", {"old": PASSWORD, "new": NEW, "again": NEW + "x"})
    assert NEW not in answer.get_data(as_text=True)
    logs = "".join(path.read_text() for path in (app.config["INSTANCE"] / "logs").glob("*.log"))
    assert NEW not in logs
    assert PASSWORD not in logs

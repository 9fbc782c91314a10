"""The brake on guessing passwords."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask

from app.accounts import brake, sign_in
from tests.accounts.conftest import Browser

MINUTES = timedelta(minutes=1)


def guess(open_browser: Callable[[], Browser], name: str, times: int) -> list[int]:
    one = open_browser()
    return [one.sign_in(name, "wrong-guess-1").status_code for _ in range(times)]


def test_of_forty_guesses_at_most_five_are_answered(browser, looked_at):
    answers = guess(browser, "worker", 40)
    assert len(looked_at) == 5
    assert answers == [401] * 5 + [429] * 35


def test_the_right_password_is_not_answered_during_the_brake(browser, looked_at):
    guess(browser, "worker", 5)
    refused = browser().sign_in("worker")
    assert refused.status_code == 429
    assert "15 分钟后再试" in refused.get_data(as_text=True)
    assert len(looked_at) == 5


def test_after_fifteen_minutes_the_worker_signs_in_and_all_is_forgotten(browser, held_clock):
    guess(browser, "worker", 5)
    held_clock(14 * MINUTES)
    assert browser().sign_in("worker").status_code == 429
    held_clock(MINUTES)
    assert browser().sign_in("worker").status_code == 302
    assert guess(browser, "worker", 6) == [401] * 5 + [429]
    assert "15 分钟" in browser().sign_in("worker").get_data(as_text=True)


def test_each_brake_lasts_twice_as_long_up_to_eight_hours(browser, held_clock):
    for minutes in (15, 30, 60, 120, 240, 480, 480):
        assert guess(browser, "worker", 5) == [401] * 5
        held_clock((minutes - 1) * MINUTES)
        assert browser().sign_in("worker").status_code == 429
        held_clock(MINUTES)
    assert browser().sign_in("worker").status_code == 302


def test_a_night_after_the_last_try_everything_is_forgotten(browser, held_clock):
    guess(browser, "worker", 4)
    held_clock(timedelta(hours=25))
    assert guess(browser, "worker", 4) == [401] * 4
    assert browser().sign_in("worker").status_code == 302


def test_the_right_password_forgets_the_wrong_ones(browser):
    for _ in range(3):
        assert guess(browser, "worker", 4) == [401] * 4
        assert browser().sign_in("worker").status_code == 302


def test_login_name_and_phone_are_one_account_to_the_brake(browser, looked_at):
    guess(browser, "worker", 3)
    guess(browser, "138 0000 1002", 3)
    assert len(looked_at) == 5
    assert browser().sign_in("WORKER").status_code == 429


def test_colleagues_at_the_same_address_are_not_braked(browser):
    guess(browser, "worker", 40)
    assert browser().sign_in("secretary").status_code == 302


def test_a_forged_address_does_not_help_the_guesser(browser, looked_at):
    one = browser()
    for number in range(12):
        one.sign_in("worker", "wrong-guess-1", headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert len(looked_at) == 5


def test_a_name_nobody_has_brakes_alike_and_says_the_same(browser, looked_at):
    known, unknown = browser().sign_in("worker", "wrong-guess-1"), browser().sign_in("nobody.here", "wrong-guess-1")
    assert known.status_code == unknown.status_code == 401
    sentence = "登录名或密码不对"
    assert sentence in known.get_data(as_text=True)
    assert sentence in unknown.get_data(as_text=True)
    assert guess(browser, "nobody.here", 39) == [401] * 4 + [429] * 35
    assert len(looked_at) == 6


def test_guesses_arriving_at_once_are_counted_exactly(app: Flask, looked_at):
    def one(number: int) -> str | None:
        with app.app_context():
            try:
                return sign_in.sign_in("worker", f"wrong-guess-{number}")
            except brake.Braked:
                return "braked"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(24)))
    assert len(looked_at) == 5
    assert answers.count("braked") == 19


def test_the_old_password_cannot_be_guessed_at_an_unlocked_screen(as_worker, looked_at):
    form = {"old": "wrong-guess-1", "new": "Harbour-5521", "again": "Harbour-5521"}
    answers = [as_worker.post("/profile/password", form).status_code for _ in range(8)]
    assert answers == [422] * 5 + [429] * 3
    assert len(looked_at) == 5


def test_forty_guesses_at_once_in_the_page_are_answered_five_times(browser, looked_at):
    people = [browser() for _ in range(40)]
    for one in people:
        one.client.get("/login/")

    def guess_once(one: Browser) -> int:
        forged = {"X-Forwarded-For": f"10.9.8.{people.index(one)}"}
        return int(one.sign_in("worker", "wrong-guess-1", headers=forged).status_code)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess_once, people))
    assert len(looked_at) == 5
    assert sorted(answers) == [401] * 5 + [429] * 35

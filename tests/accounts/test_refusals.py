"""Who was not let in stands in history: for whom it was meant, never what was typed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.core.history import Entry
from app.extensions import db
from tests.accounts.test_brake import guess
from tests.whole.scene import dump

SECRET = "Typed-Where-The-Name-Goes-77"


@pytest.fixture
def told(behind):
    """Return act and row of what history tells of sign-ins that failed, the oldest first."""

    def read() -> list[tuple[str, int | None]]:
        with behind():
            found = select(Entry.act, Entry.row_id).where(Entry.act.in_(("sign_in_refused", "sign_in_braked")))
            return [(row.act, row.row_id) for row in db.session.execute(found.order_by(Entry.id))]

    return read


def id_of_worker(behind: Any) -> int:
    with behind():
        return int(db.session.scalars(select(Account.id).filter_by(login="worker")).one())


def test_each_wrong_password_is_told_and_that_the_brake_set_in(browser, behind, told):
    guess(browser, "worker", 12)
    worker = id_of_worker(behind)
    assert told() == [("sign_in_refused", worker)] * 5 + [("sign_in_braked", worker)]


def test_who_goes_on_guessing_is_told_of_once_a_minute(browser, told, held_clock):
    guess(browser, "worker", 5)
    for _minute in range(3):
        guess(browser, "worker", 4)
        held_clock(timedelta(minutes=1))
    assert [act for act, _row in told()] == ["sign_in_refused"] * 5 + ["sign_in_braked"] * 3


def test_each_further_brake_is_told(browser, told, held_clock):
    guess(browser, "worker", 6)
    held_clock(timedelta(minutes=15))
    guess(browser, "worker", 7)
    assert [act for act, _row in told()] == (["sign_in_refused"] * 5 + ["sign_in_braked"]) * 2


def test_of_a_name_nobody_has_nothing_is_kept_because_it_may_be_a_password(app: Flask, browser, told):
    guess(browser, SECRET, 7)
    assert told() == [("sign_in_refused", None)] * 5 + [("sign_in_braked", None)]
    everything = str(dump(app)).lower()
    assert SECRET.lower() not in everything
    assert f"{SECRET[:1]}***".lower() not in everything


def test_a_wrong_present_password_is_told_too(as_worker, behind, told):
    form = {"old": "wrong-guess-1", "new": "Harbour-5521", "again": "Harbour-5521"}
    for _turn in range(6):
        as_worker.post("/profile/password", form)
    worker = id_of_worker(behind)
    assert told() == [("sign_in_refused", worker)] * 5 + [("sign_in_braked", worker)]

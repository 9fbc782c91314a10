"""Calling back: the office asks, the resident says, the need follows; who did the work does not ask."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.callbacks import service
from app.callbacks.models import Callback, CallbackReason, CallbackState
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import perform
from app.extensions import db
from app.needs.choices import AskedHow, NeedState, Outcome
from app.needs.models import Need
from app.needs.service import close_silent, resident


@pytest.fixture
def call(app):
    """Note a call to be made about a need, and return its id."""

    def note(pk, why=CallbackReason.ASKED):
        with app.app_context(), acting(system("tests")), transaction():
            found = service.ask_for(db.session.get_one(Need, pk), why)
            db.session.flush()
            return int(found.id)

    return note


@pytest.fixture
def calls(behind):
    """Return why each call is to be made about a need."""

    def of(pk):
        with behind():
            return list(db.session.scalars(select(Callback.why).filter_by(need_id=pk)))

    return of


@pytest.fixture
def row(behind):
    """Return a stored call-back."""

    def read(pk):
        with behind():
            found = db.session.get_one(Callback, pk)
            db.session.expunge(found)
            return found

    return read


@pytest.fixture
def answer(as_person):
    """Let somebody write down how a call went, and return the status."""

    def write(login, pk, name="reached", **given):
        return as_person(login).post(f"/callbacks/move/{name}/{pk}", given).status_code

    return write


def test_the_resident_says_solved_and_the_need_is_closed(at, call, answer, need, row):
    pk = at("delivered")
    called = call(pk)
    assert answer("worker", called, outcome="met", satisfaction="4", said="灯很亮") == 302
    found = need(pk)
    assert (found["state"], found["outcome"], found["satisfaction"]) == (NeedState.CLOSED, Outcome.MET, 4)
    assert found["asked_how"] is AskedHow.PHONE
    assert (row(called).state, row(called).said) == (CallbackState.REACHED, "灯很亮")


def test_the_resident_says_not_solved_and_it_is_taken_up_again(at, call, answer, need):
    pk = at("delivered")
    assert answer("worker", call(pk), outcome="unmet", said="晚上还是不亮") == 302
    assert (need(pk)["state"], need(pk)["reopened_count"]) == (NeedState.IN_PROGRESS, 1)


def test_what_was_closed_in_silence_is_closed_by_the_word_on_the_telephone(at, call, answer, need, app):
    pk = at("delivered")
    clock.clock.fixed = clock.now() + timedelta(days=14)
    with app.app_context(), acting(system("tests")):
        close_silent(clock.now())
    assert answer("worker", call(pk, CallbackReason.SILENT), outcome="partly", satisfaction="3") == 302
    assert (need(pk)["state"], need(pk)["outcome"]) == (NeedState.CLOSED, Outcome.PARTLY)


@pytest.mark.parametrize("name", ["reached", "not_reached"])
@pytest.mark.parametrize("door", ["page", "rest"])
def test_who_did_the_work_does_not_call(register, make, call, as_worker, need, row, name, door):
    pk = register()
    for login, move, given in (
        ("worker", "accept", {}),
        ("secretary", "plan", {"in_charge": "worker"}),
        ("worker", "start", {}),
        ("worker", "deliver", {}),
    ):
        assert make(login, pk, move, **given) == 302
    called = call(pk)
    if door == "page":
        status = as_worker.post(f"/callbacks/move/{name}/{called}", {"outcome": "met"}).status_code
    else:
        headers = {"X-CSRFToken": as_worker.token()}
        given = ({"outcome": "met"} if name == "reached" else {}) | {"version": 1}
        status = as_worker.client.post(
            f"/api/v1/callbacks/{called}/move/{name}", json=given, headers=headers
        ).status_code
    assert status == 409
    assert need(pk)["state"] is NeedState.DELIVERED
    assert row(called).state is CallbackState.OPEN


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "coordinator", "auditor"])
def test_only_the_office_writes_down_what_the_resident_said(at, call, answer, need, login):
    pk = at("delivered")
    assert answer(login, call(pk), outcome="met") in (403, 404)
    assert need(pk)["state"] is NeedState.DELIVERED


def test_the_neighbour_finds_no_call_of_ours(at, call, as_neighbour):
    assert as_neighbour.get(f"/callbacks/show/{call(at('delivered'))}").status_code == 404
    assert "没有要回访的" in as_neighbour.page("/callbacks/list/")


def test_three_calls_in_vain_are_enough(at, call, answer, row):
    called = call(at("delivered"))
    for tries in (1, 2, 3):
        assert answer("worker", called, "not_reached") == 302
        assert row(called).tries == tries
        clock.clock.fixed = clock.now() + timedelta(hours=3)
    assert row(called).state is CallbackState.UNREACHED
    assert answer("worker", called, "not_reached") == 409


def test_nobody_is_called_twice_about_one_thing(at, call, calls):
    pk = at("delivered")
    assert call(pk) == call(pk)
    assert len(calls(pk)) == 1


def test_the_office_notes_that_somebody_wants_to_be_called(register, as_worker, calls):
    pk = register()
    assert as_worker.post("/callbacks/add", {"need": str(pk), "wish": "想当面说"}).status_code == 302
    assert calls(pk) == [CallbackReason.ASKED]


@pytest.mark.parametrize(("lots", "expected"), [(True, [CallbackReason.RANDOM]), (False, [])])
def test_some_of_those_closed_by_code_are_drawn(at, calls, app, monkeypatch, lots, expected):
    monkeypatch.setattr(service, "drawn", lambda share: lots and share == 10)
    pk = at("delivered")
    with app.app_context(), acting(system("tests")), transaction():
        found = db.session.get_one(Need, pk)
        with acting(resident(found)):
            perform(found, "close", {"outcome": Outcome.MET, "asked_how": AskedHow.CODE})
            db.session.commit()
    assert calls(pk) == expected


def test_some_of_those_closed_in_silence_are_drawn_and_none_the_office_closed(at, make, calls, app, monkeypatch):
    monkeypatch.setattr(service, "drawn", lambda share: True)
    silent, closed = at("delivered"), at("closed")
    clock.clock.fixed = clock.now() + timedelta(days=14)
    with app.app_context(), acting(system("tests")):
        close_silent(clock.now())
    assert calls(silent) == [CallbackReason.SILENT]
    assert calls(closed) == []


def test_the_lot_falls_as_often_as_the_share_says():
    assert not any(service.drawn(0) for _lot in range(200))
    assert all(service.drawn(100) for _lot in range(200))


def test_the_page_says_how_many_calls_are_due_this_week(at, call, answer, as_worker, register):
    assert "本周应回访 5，已回访 0" in as_worker.page("/callbacks/list/")
    answer("worker", call(at("delivered")), outcome="met")
    assert "本周应回访 5，已回访 1" in as_worker.page("/callbacks/list/")


def test_the_caller_sees_what_it_is_about_and_not_the_number(register, call, as_worker):
    pk = register(text="八栋楼下那盏灯不亮", reporter_phone="13977665544")
    page = as_worker.page(f"/callbacks/show/{call(pk)}")
    assert "八栋楼下那盏灯不亮" in page
    assert "139****5544" in page
    assert "13977665544" not in page

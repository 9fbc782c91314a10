"""What is left: nothing is promised twice, nothing below zero, also when many want the last one at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, database
from app.core.actor import acting, system
from app.core.moves import Refused
from app.core.timeline import Step
from app.extensions import db
from app.resources import service
from app.resources.choices import QuantityMode, ResourceState
from app.resources.models import Resource
from app.resources.windows import Windows

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
"""Thursday, 2026-11-26 12:00 in Shanghai."""


def found(pk):
    return db.session.scalars(select(Resource).filter_by(id=pk)).one()


def test_eight_want_the_last_one_and_one_gets_it(app, counted, resource):
    pk, gate = counted(1), Barrier(8)

    def take(_number):
        with app.app_context(), acting(system("tests")):
            gate.wait()
            try:
                with database.transaction():
                    service.reserve(found(pk), 1)
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]
    assert (resource(pk)["committed"], resource(pk)["state"]) == (1, ResourceState.EXHAUSTED)


def test_eight_want_two_of_five_and_two_get_them(app, counted, resource):
    pk, gate = counted(5), Barrier(8)

    def take(_number):
        with app.app_context(), acting(system("tests")):
            # Somebody has looked at it before.
            row = found(pk)
            db.session.rollback()
            gate.wait()
            try:
                with database.transaction():
                    service.reserve(row, 2)
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 2
    assert resource(pk)["committed"] == 4


def test_what_anybody_does_with_the_stock_it_adds_up(app, counted, behind):
    acts = st.tuples(st.sampled_from(["reserve", "free"]), st.integers(1, 4))

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(quantity=st.integers(1, 6), taken=st.lists(acts, max_size=12))
    def adds_up(quantity, taken):
        pk, held = counted(quantity), 0
        with behind():
            for act, number in taken:
                fits = number <= quantity - held if act == "reserve" else number <= held
                try:
                    getattr(service, act)(found(pk), number)
                except Refused:
                    assert not fits
                else:
                    assert fits
                    held += number if act == "reserve" else -number
                row = found(pk)
                assert 0 <= row.committed == held <= row.quantity
                assert row.left == quantity - held
                assert (row.state is ResourceState.EXHAUSTED) is (held == quantity)
                assert (service.offerable(row, None, 1) is None) is (held < quantity)

    adds_up()


def test_what_is_not_counted_is_never_used_up(share, behind):
    pk = share()
    with behind():
        service.reserve(found(pk), 1000)
        service.free(found(pk), 1)
        assert (found(pk).committed, found(pk).left, found(pk).state) == (999, None, ResourceState.AVAILABLE)
        with pytest.raises(Refused):
            service.free(found(pk), 1000)


def test_the_last_one_taken_and_one_given_back_are_steps_of_the_system(counted, behind):
    pk = counted(1)
    with behind():
        service.reserve(found(pk), 1)
        service.free(found(pk), 1)
        steps = db.session.scalars(select(Step).filter_by(list="resources", row_id=pk).order_by(Step.id)).all()
        assert [(step.move, step.by_label) for step in steps][1:] == [
            ("exhaust", "system:stock"),
            ("restock", "system:stock"),
        ]


@pytest.mark.parametrize("login", ["volunteer", "gridworker", "coordinator"])
def test_who_takes_an_order_takes_of_the_stock_without_the_right_to_write_it(counted, acting_as, resource, login):
    pk = counted(2)
    with acting_as(login), database.transaction():
        service.reserve(found(pk), 2)
    assert resource(pk)["committed"] == 2


def test_less_than_is_promised_cannot_be_there(counted, as_secretary, behind, resource):
    pk = counted(3)
    with behind(), database.transaction():
        service.reserve(found(pk), 2)
    sent = {"version": resource(pk)["version"], "quantity": 1}
    headers = {"X-CSRFToken": as_secretary.token()}
    answer = as_secretary.client.put(f"/api/v1/resources/{pk}", json=sent, headers=headers)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["quantity"])
    sent["quantity"] = 2
    assert as_secretary.client.put(f"/api/v1/resources/{pk}", json=sent, headers=headers).status_code == 200
    assert resource(pk)["state"] is ResourceState.EXHAUSTED


# -- why it is not offered ------------------------------------------------------------------------------------------


@pytest.fixture
def at_noon(app):
    """Hold the clock at noon of a Thursday."""
    clock.clock.fixed = NOON


def reason(pk, at=None, quantity=None):
    row = found(pk)
    with acting(system("tests")):
        said = service.offerable(row, at, quantity)
    return str(said) if said is not None else None


@pytest.mark.parametrize("state", [state for state in ResourceState if state is not ResourceState.AVAILABLE])
def test_only_what_is_available_is_offered(share, behind, at_noon, state):
    pk = share(state=state)
    with behind():
        assert str(state.label) in reason(pk)


def test_it_is_offered_within_its_term(share, behind, at_noon):
    today = clock.today()
    pk = share(valid_from=today - timedelta(1), valid_to=today + timedelta(1))
    with behind():
        assert reason(pk) is None
        assert "2026-11-27" in reason(pk, NOON + timedelta(days=2))
        assert "2026-11-25" in reason(pk, NOON - timedelta(days=2))


@pytest.mark.parametrize(("days", "offered"), [(90, True), (91, False)])
def test_after_ninety_days_somebody_must_ask_again(share, behind, at_noon, days, offered):
    pk = share(checked_on=clock.today() - timedelta(days))
    with behind():
        assert (reason(pk) is None) is offered


def test_what_was_archived_is_not_offered(share, behind, at_noon):
    pk = share()
    with behind():
        row = found(pk)
        row.provider.archived_at = clock.now()
        assert reason(pk)
        row.provider.archived_at, row.archived_at = None, clock.now()
        assert reason(pk)
        row.archived_at = None
        assert reason(pk) is None
        db.session.rollback()


def test_a_window_with_room_is_offered(scheduled, behind, at_noon, monkeypatch):
    pk = scheduled("周四 11:00-12:30（2人）")
    with behind():
        assert reason(pk) is None
        assert reason(pk, NOON, 2) is None
        assert reason(pk, NOON, 3)
        assert "周四 11:00" in reason(pk, NOON + timedelta(hours=1))
        monkeypatch.setattr(service, "_COUNTERS", [lambda row, begins, ends: int(begins < NOON < ends)])
        assert reason(pk, NOON, 1) is None
        assert "1" in reason(pk, NOON, 2)


def test_the_page_says_in_words_what_is_left(at_noon, counted, scheduled, share, as_worker, monkeypatch):
    assert "还剩 3 辆" in as_worker.page(f"/resources/show/{counted(3)}")
    assert "不限量" in as_worker.page(f"/resources/show/{share()}")
    pk = scheduled("周六 9:00-11:30（2人）；周日 上午")
    monkeypatch.setattr(service, "_COUNTERS", [lambda row, begins, ends: 1 if begins.day == 28 else 2])
    page = as_worker.page(f"/resources/show/{pk}")
    assert "2026-11-28 9:00–11:30：还可约 1 人" in page
    assert "2026-11-29 9:00–12:00：可约" in page
    assert "2026-12-05 9:00–11:30：已约满" in page


def test_locking_shows_the_row_as_it_stands_now(app, counted, behind):
    pk = counted(3)
    with behind():
        row = found(pk)
        db.session.execute(Resource.__table__.update().where(Resource.__table__.c.id == pk).values(committed=2))
        assert service.lock(row).committed == 2
        assert service.window_at(row, NOON) is None
        row.windows, row.quantity_mode = Windows.read("周四 全天"), QuantityMode.SCHEDULED
        assert service.window_at(row, NOON).begins == datetime(2026, 11, 25, 16, tzinfo=UTC)
        db.session.rollback()

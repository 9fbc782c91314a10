"""The life of an order, as those who offer, take and judge it live it (workflows: Fulfilment)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock
from app.extensions import db
from app.fulfilments import service
from app.fulfilments.choices import FulfilmentState as State
from app.needs.choices import WORKING_STATES, NeedState
from tests.fulfilments.conftest import PARTNER, TEAM, UNIT, VOLUNTEER
from tests.whole.paper import fields_of


def test_an_order_lives_from_the_offer_to_the_residents_word(at, order, need):
    row = order(at("confirmed"))
    assert (row["state"], row["satisfaction"]) == (State.CONFIRMED, 5)
    assert (row["started_on"], row["delivered_on"]) == (clock.today(), clock.today())
    assert need(row["need_id"])["state"] is NeedState.DELIVERED


def test_the_code_counts_the_orders_of_the_day(offer, order):
    first, second = order(offer())["code"], order(offer())["code"]
    assert (first, second) == (f"LD{clock.today():%Y%m%d}001", f"LD{clock.today():%Y%m%d}002")


def test_an_offer_runs_out_after_two_days_unless_it_says_otherwise(offer, order):
    clock.clock.fixed = clock.parse_local("2026-11-22T17:30")
    assert order(offer())["expires_at"] == clock.now() + timedelta(hours=48)
    assert order(offer(expires_at="2026-11-23T12:00"))["expires_at"] == clock.parse_local("2026-11-23T12:00")


def test_the_community_says_how_long_an_offer_waits(offer, order, behind):
    clock.clock.fixed = clock.parse_local("2026-11-22T17:30")
    with behind():
        db.session.scalars(select(Community).filter_by(code="wjb")).one().offer_hours = 5
        db.session.commit()
    assert order(offer())["expires_at"] == clock.now() + timedelta(hours=5)


def test_an_offer_is_not_made_for_a_time_that_has_passed(send, parties, accepted):
    given = {"need": accepted(), "provider": parties[UNIT], "expires_at": "2020-01-01T12:00"}
    answer = send("worker", "fulfilments/", **given)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["expires_at"])


@pytest.mark.parametrize("login", ["secretary", "worker", "gridlead"])
def test_office_and_grid_lead_offer(offer, order, login):
    assert order(offer(login=login))["state"] is State.OFFERED


def test_the_coordinator_offers_what_is_open_to_volunteers(offer, send, parties, accepted):
    offer(TEAM, "coordinator", accepted(open_to_volunteers=True))
    answer = send("coordinator", "fulfilments/", need=accepted(), provider=parties[TEAM])
    assert answer.status_code == 422


@pytest.mark.parametrize("login", ["gridworker", "liaison", "partner", "volunteer", "auditor", "supervisor"])
def test_others_offer_nothing(send, parties, accepted, login):
    assert send(login, "fulfilments/", need=accepted(), provider=parties[UNIT]).status_code == 403


@pytest.mark.parametrize("state", [one for one in NeedState if one not in WORKING_STATES])
def test_only_a_need_that_is_worked_on_takes_orders(send, parties, accepted, state):
    answer = send("worker", "fulfilments/", need=accepted(state=state), provider=parties[UNIT])
    assert answer.status_code == 409
    assert str(state.label) in answer.json["message"] or "“" in answer.json["message"]


@pytest.mark.parametrize(
    ("provider", "login"), [(UNIT, "liaison"), (PARTNER, "partner"), (VOLUNTEER, "volunteer"), (TEAM, "volunteer")]
)
def test_each_provider_takes_the_own_order(offer, move, order, provider, login):
    pk = offer(provider)
    assert move(login, "claim", pk).status_code == 200
    assert order(pk)["state"] is State.CLAIMED


@pytest.mark.parametrize("name", ["claim", "decline"])
@pytest.mark.parametrize("login", ["partner", "volunteer", "secretary", "worker", "coordinator", "gridlead"])
def test_nobody_else_answers_for_the_unit(offer, move, order, login, name):
    pk = offer(UNIT)
    assert move(login, name, pk).status_code == 403
    assert order(pk)["state"] is State.OFFERED


def test_who_takes_an_order_comes_unless_somebody_else_does(offer, move, order, parties):
    pk = offer(TEAM)
    move("volunteer", "claim", pk)
    assert order(pk)["taker_id"] == parties[VOLUNTEER]


def test_an_answer_that_comes_too_late_is_refused_and_the_office_may_still_note_it(offer, move, order):
    clock.clock.fixed = clock.parse_local("2026-11-22T17:30")
    pk = offer(expires_at="2026-11-23T12:00")
    clock.clock.fixed = clock.parse_local("2026-11-23T12:00")
    assert move("liaison", "claim", pk).status_code == 409
    assert move("coordinator", "assign", pk, said_by="黄主任").status_code == 200
    assert (order(pk)["state"], order(pk)["said_by"]) == (State.CLAIMED, "黄主任")


def test_what_the_provider_said_by_telephone_is_an_order_taken_at_once(offer, order):
    row = order(offer(said_by="黄主任"))
    assert (row["state"], row["said_by"]) == (State.CLAIMED, "黄主任")


def test_the_grid_lead_notes_nobodys_word(send, parties, accepted):
    answer = send("gridlead", "fulfilments/", need=accepted(), provider=parties[UNIT], said_by="黄主任")
    assert answer.status_code == 403


def test_by_telephone_another_provider_may_agree(offer, move, order, parties):
    pk = offer(UNIT)
    assert move("worker", "assign", pk, provider=parties[PARTNER], said_by="邓老师").status_code == 200
    assert order(pk)["provider_id"] == parties[PARTNER]


def test_nobody_takes_on_more_than_was_offered(offer, move, order):
    pk = offer(quantity=3)
    refused = move("liaison", "claim", pk, quantity=4)
    assert (refused.status_code, list(refused.json["message"])) == (422, ["quantity"])
    assert move("liaison", "claim", pk, quantity=2).status_code == 200
    assert (order(pk)["quantity_asked"], order(pk)["quantity_committed"]) == (3, 2)


def test_nobody_carries_out_more_than_was_taken_on(at, move, order):
    pk = at("in_progress", quantity=2)
    refused = move("liaison", "deliver", pk, quantity_delivered=3)
    assert (refused.status_code, list(refused.json["message"])) == (422, ["quantity_delivered"])
    assert order(pk)["state"] is State.IN_PROGRESS
    assert move("liaison", "deliver", pk, quantity_delivered=1).status_code == 200


@pytest.mark.parametrize("name", ["quantity_delivered", "person_times", "persons", "households"])
def test_nothing_is_counted_below_zero(at, move, name):
    refused = move("liaison", "deliver", at("in_progress"), **{name: -1})
    assert (refused.status_code, list(refused.json["message"])) == (422, [name])


def test_there_are_no_more_persons_than_services(at, move, order):
    pk = at("in_progress")
    refused = move("liaison", "deliver", pk, persons=5, person_times=4, households=2)
    assert (refused.status_code, list(refused.json["message"])) == (422, ["person_times"])
    assert move("liaison", "deliver", pk, persons=5, person_times=7, households=2).status_code == 200
    assert [order(pk)[name] for name in ("persons", "person_times", "households")] == [5, 7, 2]


def test_the_office_and_the_coordinator_write_down_what_the_provider_reports(at, move):
    for login in ("secretary", "worker", "coordinator"):
        assert move(login, "deliver", at("in_progress")).status_code == 200


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "partner", "auditor"])
def test_nobody_else_reports(at, move, login):
    assert move(login, "deliver", at("in_progress")).status_code == 403


def test_the_office_calls_off_what_is_not_done_and_says_why(at, move, order):
    for state in ("offered", "claimed", "scheduled", "in_progress"):
        pk = at(state)
        assert move("liaison", "cancel", pk).status_code == 403
        assert move("worker", "cancel", pk, reason="").status_code == 422
        assert move("worker", "cancel", pk).status_code == 200
        assert order(pk)["state"] is State.CANCELLED
    assert move("worker", "cancel", at("delivered")).status_code == 409


def test_a_provider_returns_what_was_taken_and_not_what_has_begun(at, move, order):
    for state in ("claimed", "scheduled"):
        pk = at(state)
        assert move("liaison", "return", pk).status_code == 200
        assert order(pk)["state"] is State.RETURNED
    assert move("liaison", "return", at("in_progress")).status_code == 409


@pytest.mark.parametrize(
    ("login", "status"), [("gridlead", 200), ("coordinator", 200), ("worker", 200), ("liaison", 403)]
)
def test_that_nobody_came_is_not_for_the_provider_to_say(at, move, login, status):
    assert move(login, "miss", at("scheduled")).status_code == status


def test_a_confirmed_order_is_reversed_by_the_secretary_only_and_counts_off_today(at, move, order, need):
    pk = at("confirmed")
    assert move("worker", "reverse", pk).status_code == 403
    clock.clock.fixed = clock.now() + timedelta(days=3)
    assert move("secretary", "reverse", pk).status_code in (200, 401)


@pytest.mark.parametrize(("reversed_too", "said"), [(False, "登记有误请冲正后重新派单"), (True, "已经冲正，保留原样")])
def test_what_a_final_order_counts_is_not_rewritten(at, move, order, as_secretary, reversed_too, said):
    pk = at("confirmed")
    if reversed_too:
        assert move("secretary", "reverse", pk).status_code == 200
    before = order(pk)
    form = fields_of(as_secretary.page(f"/fulfilments/edit/{pk}"))
    answer = as_secretary.post(f"/fulfilments/edit/{pk}", form | {"person_times": "99"})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert order(pk) == before


def test_nobody_but_the_system_lets_an_offer_run_out(offer, move, order, app):
    clock.clock.fixed = clock.parse_local("2026-11-22T17:30")
    soon, later = offer(expires_at="2026-11-23T12:00"), offer(expires_at="2026-11-24T12:00")
    assert move("secretary", "expire", soon).status_code == 403
    with app.app_context():
        assert service.expire_offers(clock.parse_local("2026-11-23T12:00")) == 1
        assert service.expire_offers(clock.parse_local("2026-11-23T12:00")) == 0
    assert (order(soon)["state"], order(later)["state"]) == (State.EXPIRED, State.OFFERED)

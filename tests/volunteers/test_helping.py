"""Volunteers and teams as helpers: candidates with their reasons, who is left out and why, offers and claims."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.needs.models import Need
from app.volunteers.choices import VolunteerState as State
from app.volunteers.models import Volunteer
from tests.cast.people import NUMBER, PARTIES
from tests.core.conftest import Program

HERSELF, TEAM = PARTIES[2], PARTIES[3]
TITLE = "独居老人看病没人陪，想找人陪诊"


@pytest.fixture
def asked(as_secretary, accepted, behind):
    """Return who could help with a need, and who is left out, by what they are called."""

    def ask(title=TITLE, planned=None, place=None, person=as_secretary):
        pk = accepted(title=title, place=place)
        with behind():
            db.session.get_one(Need, pk).planned_on = planned
            db.session.commit()
        answer = Program(person.client).get(f"/api/v1/needs/{pk}/candidates").json["result"]
        found = {one["name"]: one for one in answer["candidates"]}
        return found, {one["name"]: one["reason"] for one in answer["left_out"]}

    return ask


@pytest.fixture
def thursday(app):
    """It is Thursday, 2026-11-26."""
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


def called(found, number):
    return next((one for name, one in found.items() if number in name), None)


def test_who_has_the_skill_and_the_time_is_found_with_the_reasons_in_one_sentence(thursday, enlist, volunteer, asked):
    pk = enlist(skills="陪诊、送餐", availability="周六下午", insurance_until=clock.today() + timedelta(days=90))
    number = volunteer(pk)["number"]
    found, left_out = asked()
    one = called(found, number)
    assert one["kind"] == "volunteer"
    assert one["name"] == f"{number} 莫桂兰"
    assert one["reasons"].startswith("会陪诊")
    assert "11-28 有空（周六 下午）" in one["reasons"]
    assert "服务全社区" in one["reasons"]
    assert one["reasons"].endswith("。")
    assert "保险" not in one["reasons"]
    assert left_out == {}


def test_who_can_do_something_else_is_no_candidate(enlist, volunteer, asked):
    number = volunteer(enlist(skills="书法绘画"))["number"]
    found, left_out = asked()
    assert called(found, number) is called(left_out, number) is None


def test_own_words_count_as_well(enlist, volunteer, asked):
    number = volunteer(enlist(skill_text="会推轮椅，陪老人看病"))["number"]
    assert called(asked()[0], number) is not None


def test_who_is_paused_is_left_out_and_who_only_applied_or_left_is_not_told(enlist, volunteer, asked):
    numbers = {state: volunteer(enlist(f"莫{state.value}", state, skills="陪诊"))["number"] for state in State}
    found, left_out = asked()
    assert "现在不在岗" in called(left_out, numbers[State.SUSPENDED])
    for state in (State.APPLIED, State.APPROVED, State.LEFT):
        assert called(found, numbers[state]) is called(left_out, numbers[state]) is None
    assert called(found, numbers[State.ACTIVE])


def test_who_has_no_time_on_the_day_it_is_planned_for_is_left_out(thursday, enlist, volunteer, asked):
    pk = enlist(skills="陪诊", availability="周三上午")
    number = volunteer(pk)["number"]
    _found, left_out = asked(planned=date(2026, 11, 28))
    assert called(left_out, number) == "11-28 没有空；有空的时间是周三 上午。"
    found, _left_out = asked(planned=date(2026, 12, 2))
    assert "12-02 有空" in called(found, number)["reasons"]


def test_an_insurance_that_ended_is_a_warning_unless_the_skill_asks_for_one(enlist, volunteer, asked):
    ended = clock.today() - timedelta(days=1)
    mild = volunteer(enlist("莫桂兰", skills="陪诊", insurance_until=ended))["number"]
    risky = volunteer(enlist("韦大力", skills="电工维修", insurance_until=ended))["number"]
    safe = volunteer(enlist("覃师傅", skills="电工维修", insurance_until=clock.today()))["number"]
    none = volunteer(enlist("蓝师傅", skills="家电维修"))["number"]
    found, _left_out = asked()
    assert f"保险已于 {ended} 到期" in called(found, mild)["reasons"]
    found, left_out = asked("楼道路灯不亮，电路好像坏了")
    assert called(left_out, risky) == "“电工维修”要求有意外保险，而保险不在有效期内。"
    assert f"保险 {clock.today()} 到期" in called(found, safe)["reasons"]
    found, _left_out = asked("家里的电视机和电风扇要修")
    assert "没有登记保险" in called(found, none)["reasons"]


def test_who_serves_another_grid_is_left_out_and_who_serves_this_one_is_found(enlist, volunteer, asked):
    here = volunteer(enlist("莫桂兰", skills="陪诊", places=["第一网格", "第二网格"]))["number"]
    there = volunteer(enlist("韦大力", skills="陪诊", places=["第二网格"]))["number"]
    found, left_out = asked(place="武江北路8栋")
    assert "第一网格" in called(found, here)["reasons"]
    assert "第二网格" in called(left_out, there)


def test_a_team_is_found_by_what_its_members_can_do(enlist, asked):
    enlist(skills="陪诊", teams=[TEAM])
    enlist("韦大力", State.SUSPENDED, skills="探访陪伴", teams=[TEAM])
    one = asked()[0][TEAM]
    assert one["kind"] == "team"
    assert "队员会陪诊" in one["reasons"]
    assert "探访" not in one["reasons"]


def test_a_grid_lead_sees_the_number_and_not_the_name(as_gridlead, enlist, volunteer, asked):
    number = volunteer(enlist(skills="陪诊"))["number"]
    found, _left_out = asked(place="武江北路8栋", person=as_gridlead)
    assert called(found, number)["name"] == f"{number} 莫*兰"


def test_volunteers_next_door_are_no_candidates(enlist, volunteer, asked):
    enlist("韦小雨", login="neighbour", skills="陪诊")
    found, left_out = asked()
    assert [name for name in [*found, *left_out] if "韦小雨" in name] == []


def test_the_page_offers_a_volunteer_by_a_click(as_coordinator, enlist, accepted, volunteer):
    pk = enlist(skills="陪诊")
    need, row = accepted(title=TITLE, open_to_volunteers=True), volunteer(pk)
    page = as_coordinator.page(f"/needs/candidates/{need}")
    assert "莫桂兰" in page
    answer = as_coordinator.post(f"/needs/candidates/{need}", {"provider": str(row["person_id"]), "volunteer": str(pk)})
    assert "/fulfilments/show/" in answer.headers["Location"]


# -- offering and taking --------------------------------------------------------------------------------------------


def offered(send, accepted, provider, **more):
    return send("worker", "fulfilments/", need=accepted(), provider=provider, **more)


def test_a_person_who_is_no_volunteer_is_not_offered_work(send, accepted, resident):
    answer = offered(send, accepted, resident("莫桂兰"))
    assert (answer.status_code, list(answer.json["message"])) == (422, ["provider"])
    assert "不是志愿者" in answer.json["message"]["provider"][0]


@pytest.mark.parametrize("state", [State.APPLIED, State.APPROVED, State.SUSPENDED, State.LEFT])
def test_a_volunteer_who_is_not_in_service_is_not_offered_work(send, accepted, enlist, volunteer, state):
    answer = offered(send, accepted, volunteer(enlist(state=state))["person_id"])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["provider"])
    assert "莫桂兰" not in answer.get_data(as_text=True)


def test_what_was_offered_before_a_pause_is_not_taken_in_it(as_coordinator, move, offer, behind):
    pk = offer(HERSELF)
    with behind():
        own = db.session.scalars(select(Volunteer.id).filter_by(number=NUMBER)).one()
    assert as_coordinator.post(f"/volunteers/move/suspend/{own}").status_code == 302
    refused = move("volunteer", "claim", pk)
    assert refused.status_code == 409
    assert as_coordinator.post(f"/volunteers/move/resume/{own}").status_code == 302
    assert move("volunteer", "claim", pk).status_code == 200


def test_the_leader_takes_an_order_for_the_team_and_herself_one_for_herself(move, offer, order, behind):
    for provider in (HERSELF, TEAM):
        pk = offer(provider)
        assert move("volunteer", "claim", pk).status_code == 200
        assert order(pk)["state"].value == "claimed"


def test_who_is_a_member_and_does_not_lead_takes_nothing_for_the_team(as_partner, move, offer):
    pk = offer(TEAM)
    assert move("partner", "claim", pk).status_code in (403, 404)


# -- the own page ---------------------------------------------------------------------------------------------------


def test_the_own_page_shows_number_teams_orders_and_the_insurance(as_volunteer, move, offer, order, behind):
    mine, teams = offer(HERSELF), offer(TEAM)
    assert move("volunteer", "claim", teams).status_code == 200
    assert move("volunteer", "schedule", teams).status_code == 200
    with behind():
        own = db.session.scalars(select(Volunteer).filter_by(number=NUMBER)).one()
        own.insurance_until = clock.today() + timedelta(days=10)
        db.session.commit()
    page = as_volunteer.page("/me")
    waits, taken = page.split('id="own-kept"')
    assert order(mine)["code"] in waits
    assert order(teams)["code"] in taken
    for word in (NUMBER, TEAM, "保险快到期", "服务中"):
        assert word in page, word
    assert "我的志愿服务" in as_volunteer.page("/")


def test_who_leads_a_team_and_is_not_listed_sees_the_teams_orders(as_secretary, as_volunteer, offer, order, behind):
    pk = offer(TEAM)
    with behind():
        own = db.session.scalars(select(Volunteer.id).filter_by(number=NUMBER)).one()
    assert as_secretary.post(f"/volunteers/archive/{own}", {"reason": "重复"}).status_code == 302
    page = as_volunteer.page("/me")
    assert order(pk)["code"] in page
    assert "您还不在志愿者名单里" in page
    assert as_volunteer.post("/me/leave").status_code == 404

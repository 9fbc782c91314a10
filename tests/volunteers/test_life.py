"""The life of a volunteer: registered, admitted, in service, paused, gone and back, under one number."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.actor import acting, system
from app.core.database import Clash, transaction
from app.core.history import Entry
from app.core.moves import Refused, perform
from app.core.rules import Violation
from app.extensions import db
from app.notices.models import Notice
from app.parties.models import Party
from app.people.birth import Birth
from app.people.models import Person
from app.volunteers import service
from app.volunteers.choices import VolunteerState as State
from app.volunteers.models import FLOW, Volunteer
from tests.cast.people import NUMBER, PARTIES
from tests.core.conftest import Program


def step(person, name, pk, **values):
    return person.post(f"/volunteers/move/{name}/{pk}", values).status_code


def program(person):
    return Program(person.client)


# -- registering ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["secretary", "worker"])
def test_the_office_registers_somebody_of_the_people(as_person, resident, volunteer, login):
    made = program(as_person(login)).post(
        "/api/v1/volunteers/", person=resident(), skills=["care.escort"], availability="周三、六下午"
    )
    assert made.status_code == 201, made.json
    row = made.json["result"]
    assert re.fullmatch(r"ZY\d{8}\d{3,}", row["number"])
    assert row["state"] == "applied"
    assert row["registered_on"] == clock.today().isoformat()
    assert row["availability"] == [{"weekday": 3, "parts": ["afternoon"]}, {"weekday": 6, "parts": ["afternoon"]}]
    assert volunteer(made.json["id"])["name"] == "莫桂兰"


def test_the_form_takes_boxes_and_words_together(as_secretary, resident, volunteer, behind):
    form = {"person": str(resident()), "skills": ["陪诊", "送餐", ""], "availability": ["周三上午", "周六下午"]}
    assert as_secretary.post("/volunteers/add", form).status_code == 302
    with behind():
        pk = db.session.scalar(select(Volunteer.id).order_by(Volunteer.id.desc()).limit(1))
    row = volunteer(pk)
    assert (str(row["skills"]), str(row["availability"])) == ("陪诊、送餐", "周三 上午；周六 下午")
    page = as_secretary.page(f"/volunteers/edit/{pk}")
    ticked = re.findall(r'name="availability" value="(周[^"]+)" checked', page)
    assert ticked == ["周三上午", "周六下午"]


def test_what_was_typed_and_not_understood_is_still_there(as_secretary, resident):
    form = {"person": str(resident()), "availability": ["周三上午", "看心情"]}
    answer = as_secretary.post("/volunteers/add", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="周三上午" checked' in page
    assert 'value="看心情"' in page
    assert "请写星期几和时段" in page


@pytest.mark.parametrize(
    "login", ["gridlead", "gridworker", "liaison", "partner", "volunteer", "supervisor", "auditor"]
)
def test_nobody_else_registers_anybody(as_person, resident, login):
    assert as_person(login).post("/volunteers/add", {"person": str(resident())}).status_code == 403
    assert program(as_person(login)).post("/api/v1/volunteers/", person=resident()).status_code == 403


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"person": 999999}, "person"),
        ({"person": None}, "person"),
        ({"number": "ZY1"}, "number"),
        ({"state": "active"}, "state"),
        ({"skills": ["care.flying"]}, "skills"),
        ({"skills": "开飞机"}, "skills"),
        ({"availability": "看心情"}, "availability"),
        ({"training": "急救"}, "training"),
        ({"training": [{"on": "2999-01-01", "topic": "急救", "hours": 1}]}, "training"),
        ({"teams": [999999]}, "teams"),
        ({"places": [999999]}, "places"),
        ({"registered_on": "2999-01-01"}, "registered_on"),
        ({"guardian_agreed_on": "2026-01-01"}, "guardian"),
        ({"guardian": "莫*"}, "guardian"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(as_worker, resident, typed, beside):
    answer = program(as_worker).post("/api/v1/volunteers/", **{"person": resident()} | typed)
    assert (answer.status_code, list(answer.json["message"])) == (422, [beside])


def test_only_a_person_becomes_a_volunteer(as_worker, parties):
    answer = program(as_worker).post("/api/v1/volunteers/", person=parties[PARTIES[0]])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["person"])


def test_somebody_is_a_volunteer_once_and_the_number_is_told(as_worker, parties):
    answer = program(as_worker).post("/api/v1/volunteers/", person=parties[PARTIES[2]])
    assert answer.status_code == 422
    assert NUMBER in answer.json["message"]["person"][0]


def test_who_was_put_away_may_be_registered_anew_and_then_not_brought_back(as_secretary, enlist, volunteer, behind):
    pk = enlist()
    person = volunteer(pk)["person_id"]
    assert as_secretary.post(f"/volunteers/archive/{pk}", {"reason": "重复登记"}).status_code == 302
    assert program(as_secretary).post("/api/v1/volunteers/", person=person).status_code == 201
    as_secretary.post(f"/volunteers/restore/{pk}")
    assert volunteer(pk)["archived_at"] is not None


def test_of_two_at_the_same_moment_the_database_lets_one_in(app, resident):
    person, gate, outcomes = resident(), Barrier(2), []

    def register():
        with app.app_context(), acting(system("tests")):
            gate.wait()
            try:
                with transaction():
                    service.register(person=db.session.get_one(Person, person).party)
                outcomes.append("made")
            except (Violation, Clash):
                outcomes.append("refused")

    threads = [Thread(target=register) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]


def test_number_and_person_stay_whatever_is_sent(app, as_secretary, enlist, volunteer, resident):
    pk, other = enlist(), resident("莫小雨")
    before = volunteer(pk)
    answer = program(as_secretary).put(f"/api/v1/volunteers/{pk}", version=before["version"], person=other)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["person"])
    for name, value in (("person_id", other), ("number", "ZY1")):
        with app.app_context(), acting(system("tests")), pytest.raises(Violation), transaction():
            setattr(db.session.get_one(Volunteer, pk), name, value)
    after = volunteer(pk)
    assert (after["number"], after["person_id"]) == (before["number"], before["person_id"])


def test_numbers_of_two_communities_do_not_meet(enlist, volunteer):
    ours, theirs = enlist("莫桂兰"), enlist("韦小雨", login="neighbour")
    assert volunteer(ours)["number"] == volunteer(theirs)["number"]


# -- moving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["secretary", "coordinator"])
def test_secretary_and_coordinator_lead_a_volunteer_through_it_all(as_person, enlist, volunteer, login):
    pk, person = enlist(state=State.APPLIED), as_person(login)
    number = volunteer(pk)["number"]
    for name in ("approve", "activate", "suspend", "resume", "leave", "rejoin", "approve"):
        assert step(person, name, pk) == 302, name
    after = volunteer(pk)
    assert (after["state"], after["number"]) == (State.APPROVED, number)


@pytest.mark.parametrize("login", ["worker", "gridlead", "gridworker", "auditor"])
def test_the_role_table_gives_nobody_else_a_move(as_person, enlist, login):
    pk, person = enlist(state=State.APPLIED), as_person(login)
    assert step(person, "approve", pk) == 403
    assert step(person, "leave", pk) == 403


def test_what_is_not_possible_now_is_said_and_changes_nothing(as_secretary, enlist, volunteer):
    pk = enlist(state=State.APPLIED)
    assert step(as_secretary, "activate", pk) == 409
    assert step(as_secretary, "suspend", pk) == 409
    assert volunteer(pk)["state"] is State.APPLIED


def test_a_child_is_admitted_once_the_guardian_has_agreed(as_secretary, enlist, volunteer):
    born = Birth.read(f"{clock.today().year - 16}")
    pk = enlist("莫小雨", State.APPLIED, who={"birth": born, "guardian_name": "莫桂兰"})
    assert volunteer(pk)["guardian"] == "莫桂兰"
    assert step(as_secretary, "approve", pk) == 409
    row = volunteer(pk)
    agreed = program(as_secretary).put(
        f"/api/v1/volunteers/{pk}", version=row["version"], guardian_agreed_on=clock.today().isoformat()
    )
    assert agreed.status_code == 200
    assert step(as_secretary, "approve", pk) == 302


def test_who_may_be_a_child_counts_as_one(as_secretary, enlist):
    may_be = Birth.read(f"{clock.today().year - 18}")
    pk = enlist("莫小雨", State.APPLIED, who={"birth": may_be, "guardian_name": "莫桂兰"})
    assert step(as_secretary, "approve", pk) == (409 if (clock.today().month, clock.today().day) < (12, 31) else 302)


def test_several_are_admitted_at_once_and_each_is_answered_for(as_secretary, enlist, volunteer):
    grown = enlist(state=State.APPLIED)
    child = enlist("莫小雨", State.APPLIED, who={"birth": Birth.read("2011"), "guardian_name": "莫桂兰"})
    page = as_secretary.post(
        "/volunteers/action_post", {"action": "approve", "rowid": [str(grown), str(child)]}
    ).get_data(as_text=True)
    assert "未满 18 周岁" in page
    assert [volunteer(pk)["state"] for pk in (grown, child)] == [State.APPROVED, State.APPLIED]


def happens(app, name, pk):
    """Make a move behind the scenes, and tell whether it was made."""
    with app.app_context(), acting(system("tests")):
        try:
            with transaction():
                perform(db.session.get_one(Volunteer, pk), name, {})
        except Refused:
            return False
    return True


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tried=st.lists(st.sampled_from([one.name for one in FLOW.moves]), max_size=8))
def test_whatever_is_tried_only_the_moves_of_the_workflow_happen_and_each_is_written_down(app, enlist, behind, tried):
    """The states are told here a second time, as the workflow has them."""
    allowed = {
        ("applied", "approve"): "approved",
        ("approved", "activate"): "active",
        ("active", "suspend"): "suspended",
        ("suspended", "resume"): "active",
        ("left", "rejoin"): "applied",
        **{(state, "leave"): "left" for state in ("applied", "approved", "active", "suspended")},
    }
    pk, state, made = enlist(state=State.APPLIED), "applied", []
    for name in tried:
        expected = allowed.get((state, name))
        assert happens(app, name, pk) is (expected is not None)
        state, made = (expected, [*made, name]) if expected else (state, made)
    with behind():
        row = db.session.get_one(Volunteer, pk)
        acts = db.session.scalars(select(Entry.act).filter_by(list="volunteers", row_id=pk).order_by(Entry.id)).all()
        assert (row.state.value, acts[1:]) == (state, made)


# -- being told -----------------------------------------------------------------------------------------------------


def told(behind, pk):
    with behind():
        about = select(Notice.kind, Account.login).join(Account, Account.id == Notice.account_id)
        return {tuple(row) for row in db.session.execute(about.where(Notice.list == "volunteers", Notice.row_id == pk))}


def test_an_application_waits_for_coordinator_and_secretary(as_worker, as_coordinator, resident, behind):
    pk = program(as_worker).post("/api/v1/volunteers/", person=resident()).json["id"]
    assert told(behind, pk) == {("volunteer_applied", "coordinator"), ("volunteer_applied", "secretary")}
    assert "莫桂兰" in as_coordinator.page("/volunteers/list/?quick=applied")
    step(as_coordinator, "approve", pk)
    with behind():
        open_ones = select(Notice.id).where(Notice.kind == "volunteer_applied", Notice.done_at.is_(None))
        assert db.session.scalars(open_ones).all() == []
    assert ("volunteer_approved", "secretary") in told(behind, pk)


def own_pk(behind):
    with behind():
        return db.session.scalars(select(Volunteer.id).filter_by(number=NUMBER)).one()


def test_a_volunteer_is_told_that_the_service_is_paused(as_coordinator, behind):
    pk = own_pk(behind)
    step(as_coordinator, "suspend", pk)
    assert ("volunteer_standing", "volunteer") in told(behind, pk)


def remind(app):
    with app.app_context(), acting(system("remind_insurance")):
        return service.remind_insurance()


def insure(behind, pk, days):
    with behind():
        db.session.get_one(Volunteer, pk).insurance_until = clock.today() + timedelta(days=days)
        db.session.commit()


def test_the_end_of_an_insurance_is_said_once_to_the_volunteer_and_the_coordinator(app, behind):
    pk = own_pk(behind)
    insure(behind, pk, 31)
    assert remind(app) == 0
    insure(behind, pk, 30)
    assert (remind(app), remind(app)) == (1, 0)
    expected = {("volunteer_insurance", "volunteer"), ("volunteer_insurance", "coordinator")}
    assert told(behind, pk) == expected
    insure(behind, pk, 400)
    assert remind(app) == 0
    insure(behind, pk, 5)
    assert remind(app) == 1


def test_of_who_left_nobody_asks_for_an_insurance(app, enlist, behind):
    pk = enlist(state=State.LEFT)
    insure(behind, pk, 3)
    assert remind(app) == 0


def test_names_are_read_by_who_works_with_volunteers_only_while_they_are_listed(
    as_secretary, enlist, volunteer, behind
):
    pk = enlist()

    def serves():
        with behind():
            return db.session.get_one(Party, volunteer(pk)["person_id"]).serves

    assert serves()
    as_secretary.post(f"/volunteers/archive/{pk}", {"reason": "登记错了"})
    assert not serves()
    as_secretary.post(f"/volunteers/restore/{pk}")
    assert serves()

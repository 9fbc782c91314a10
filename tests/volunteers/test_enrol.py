"""The coordinator's way: somebody is registered by name and phone, and nothing of a record is told."""

import pytest
from sqlalchemy import func, select

from app.communities.models import Community
from app.core import clock
from app.core.access import Forbidden
from app.core.actor import Actor, Held, acting
from app.core.database import transaction
from app.core.history import Entry
from app.core.rules import Violation
from app.extensions import db
from app.people.models import Person
from app.roles import Role
from app.volunteers import service
from app.volunteers.models import Volunteer
from tests.core.conftest import Program

WHO = {"name": "莫桂兰", "phone": "13800007777"}
SECRET = {"remark": "低保户，听力不好", "phones": ["13800007777", "女儿 13800007778"], "unit_name": "电机厂退管办"}


def newest(behind):
    with behind():
        row = db.session.scalars(select(Volunteer).order_by(Volunteer.id.desc()).limit(1)).one()
        return row.id, row.person_id, row.guardian


def people(behind):
    with behind():
        return db.session.scalar(select(func.count(Person.id)))


def test_the_coordinator_is_led_to_the_form_that_asks_for_name_and_phone(as_coordinator, as_worker):
    assert as_coordinator.get("/volunteers/add").headers["Location"].endswith("/volunteers/enrol")
    assert as_worker.get("/volunteers/add").status_code == 200
    assert "按姓名和电话登记" in as_worker.page("/volunteers/add")


def test_who_is_not_among_the_people_is_added_there(as_coordinator, as_worker, behind):
    before = people(behind)
    form = WHO | {"skills": ["陪诊"], "availability": "周六全天", "birth": "1961-05"}
    assert as_coordinator.post("/volunteers/enrol", form).status_code == 302
    assert people(behind) == before + 1
    _pk, person, _guardian = newest(behind)
    page = as_worker.page(f"/people/show/{person}")
    assert "莫桂兰" in page
    assert "1961-05" in page


def test_who_is_among_them_is_found_and_nothing_of_the_record_is_told(as_coordinator, resident, behind):
    known, before = resident("莫桂兰", **SECRET), people(behind)
    answer = as_coordinator.post("/volunteers/enrol", WHO)
    assert answer.status_code == 302
    pk, person, _guardian = newest(behind)
    assert (person, people(behind)) == (known, before)
    shown = [as_coordinator.page(address) for address in (f"/volunteers/show/{pk}", f"/volunteers/history/{pk}")]
    shown.append(as_coordinator.page("/volunteers/list/"))
    for secret in ("低保", "女儿", "13800007777", "13800007778", "电机厂"):
        assert not any(secret in page for page in shown), secret
    assert as_coordinator.get(f"/people/show/{known}").status_code == 403


@pytest.mark.parametrize(
    ("name", "phone"), [("莫桂兰", "13800007779"), ("莫小雨", "13800007777"), ("莫桂兰", "13800007778")]
)
def test_another_name_another_phone_or_the_daughters_phone_is_somebody_else(
    as_coordinator, resident, behind, name, phone
):
    known = resident("莫桂兰", **SECRET)
    as_coordinator.post("/volunteers/enrol", {"name": name, "phone": phone})
    assert newest(behind)[1] != known


def test_the_neighbours_people_are_not_found(as_coordinator, resident, behind):
    theirs = resident("莫桂兰", code="qn", **SECRET)
    as_coordinator.post("/volunteers/enrol", WHO)
    assert newest(behind)[1] != theirs


def test_who_was_found_and_who_was_made_are_answered_alike(as_coordinator, resident, behind):
    resident("莫桂兰", **SECRET)
    found = as_coordinator.post("/volunteers/enrol", WHO, follow_redirects=True).get_data(as_text=True)
    made = as_coordinator.post(
        "/volunteers/enrol", {"name": "莫桂兰", "phone": "13800006666"}, follow_redirects=True
    ).get_data(as_text=True)
    assert all("已保存" in page for page in (found, made))
    assert found.count("<dt>") == made.count("<dt>")


def test_a_volunteer_is_not_registered_twice(as_coordinator, behind):
    as_coordinator.post("/volunteers/enrol", WHO)
    again = as_coordinator.post("/volunteers/enrol", WHO)
    assert again.status_code == 422
    assert "已经是志愿者" in again.get_data(as_text=True)


def test_the_second_half_of_a_double_click_leads_to_the_same_volunteer(as_coordinator, behind):
    form = WHO | {"uid": "a" * 32}
    first, second = (as_coordinator.post("/volunteers/enrol", form) for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_another_name_in_a_form_one_went_back_to_is_another_volunteer(as_coordinator, behind):
    form = WHO | {"uid": "a" * 32}
    as_coordinator.post("/volunteers/enrol", form)
    before = people(behind)
    other = as_coordinator.post("/volunteers/enrol", form | {"name": "莫桂香", "phone": "13800006667"})
    assert other.status_code == 302
    assert people(behind) == before + 1


def test_who_goes_back_to_the_form_of_a_volunteer_changes_that_volunteer(as_coordinator):
    made = as_coordinator.post("/volunteers/enrol", WHO | {"uid": "a" * 32}).headers["Location"]
    back = as_coordinator.get(f"/volunteers/enrol?key={'a' * 32}")
    assert back.headers["Location"] == made.replace("show", "edit")


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"name": ""}, "请填写"),
        ({"phone": ""}, "请填写"),
        ({"phone": "12"}, "电话"),
        ({"name": "莫*兰"}, "带星号"),
        ({"name": "长" * 60}, "太长"),
        ({"name": "莫\x00兰"}, "看不见"),
        ({"phone": "138\x0000007777"}, "看不见"),
        ({"skills": "开飞机"}, "其他特长"),
        ({"availability": "看心情"}, "星期几"),
        ({"birth": f"{clock.today().year - 10}-01-01"}, "监护人"),
        ({"teams": "999999"}, "不存在"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_kept(as_coordinator, behind, typed, beside):
    before = people(behind)
    answer = as_coordinator.post("/volunteers/enrol", WHO | typed)
    assert answer.status_code == 422
    assert beside in answer.get_data(as_text=True)
    assert people(behind) == before


def test_a_child_is_registered_with_the_guardian(as_coordinator, behind):
    young = {"birth": f"{clock.today().year - 16}-01-01", "guardian_name": "莫建国", "guardian_phone": "13800005555"}
    assert as_coordinator.post("/volunteers/enrol", WHO | young).status_code == 302
    assert newest(behind)[2] == "莫建国"


def test_by_an_id_the_coordinator_names_nobody_whose_record_she_may_not_read(as_coordinator, as_worker, resident):
    hidden = resident("莫桂兰", **SECRET)
    answer = Program(as_coordinator.client).post("/api/v1/volunteers/", person=hidden)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["person"])
    assert "莫" not in answer.get_data(as_text=True)
    found = as_coordinator.get("/volunteers/choices/person?q=").json["results"]
    assert [one for one in found if one["id"] == hidden] == []
    assert Program(as_worker.client).post("/api/v1/volunteers/", person=hidden).status_code == 201


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "liaison", "volunteer", "auditor", "supervisor"])
def test_nobody_else_registers_by_name(as_person, login):
    assert as_person(login).post("/volunteers/enrol", WHO).status_code == 403


def test_the_service_itself_asks_who_may(app, behind):
    with behind():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        theirs = db.session.scalars(select(Community).filter_by(code="qn")).one()
        actors = [
            Actor("tests", 1, (Held(Role.COORDINATOR, theirs.id),)),
            Actor("tests", 1, (Held(Role.GRID_LEAD, ours.id),)),
        ]
        for actor in actors:
            with acting(actor), pytest.raises(Forbidden):
                service.enrol(ours, WHO)


# -- calling --------------------------------------------------------------------------------------------------------


def test_the_coordinator_looks_up_the_own_number_of_a_volunteer_and_that_is_written_down(
    as_coordinator, enlist, behind
):
    pk = enlist(who=SECRET)
    address = f"/volunteers/contact/{pk}"
    assert "13800007777" not in as_coordinator.page(address)
    page = as_coordinator.post(address).get_data(as_text=True)
    assert "13800007777" in page
    assert "13800007778" not in page
    asked = Program(as_coordinator.client).post(f"/api/v1/volunteers/{pk}/contact")
    assert asked.json["result"] == {"phone": "13800007777"}
    with behind():
        looks = select(func.count(Entry.id)).where(Entry.act == "reveal", Entry.list == "people")
        assert db.session.scalar(looks) == 2


@pytest.mark.parametrize("login", ["worker", "gridlead", "gridworker", "volunteer", "auditor"])
def test_who_reveals_nothing_of_volunteers_does_not_call_them_here(as_person, enlist, login):
    pk = enlist(who=SECRET)
    assert as_person(login).post(f"/volunteers/contact/{pk}").status_code == 403


def test_of_whom_no_own_number_is_known_none_is_told(as_secretary, enlist):
    pk = enlist(who={"phones": ["女儿 13800007778"]})
    assert "13800007778" not in as_secretary.post(f"/volunteers/contact/{pk}").get_data(as_text=True)


def test_an_unknown_person_who_breaks_a_rule_is_not_half_kept(app, behind):
    with behind():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        coordinator = Actor("tests", 1, (Held(Role.COORDINATOR, ours.id),))
        with acting(coordinator), pytest.raises(Violation) as wrong, transaction():
            service.enrol(ours, {"name": "莫桂兰", "phone": "12"})
        assert list(wrong.value.errors) == ["phone"]

"""The liaison's way: a member of the own unit reports in by name, phone and number, and nothing of a record is told."""

import pytest
from sqlalchemy import func, select

from app.core.access import Forbidden
from app.core.actor import Actor, Held, acting
from app.core.rules import Violation
from app.extensions import db
from app.people.identity import IdType
from app.people.models import Person
from app.registrations import service
from app.registrations.choices import MemberState
from app.registrations.models import Member
from app.roles import Role
from tests.core.conftest import Program
from tests.registrations.conftest import NUMBER, OTHER_UNIT, UNIT, home, party

PHONE = "13800007777"
WHO = {"name": "林志远", "phone": PHONE}


@pytest.fixture
def form(unit_id):
    return WHO | {"unit": unit_id()}


@pytest.fixture
def resident(within):
    """Register somebody, with a phone unless said otherwise; return the id."""

    def make(name="林志远", **columns):
        with within():
            person = Person(community=home("wjb"), name=name, **{"phones": [PHONE]} | columns)
            db.session.add(person)
            db.session.flush()
            return person.id

    return make


def newest(behind):
    with behind():
        row = db.session.scalars(select(Member).order_by(Member.id.desc()).limit(1)).unique().one()
        person = db.session.get_one(Person, row.person_id)
        return row.id, person.id, person.id_number, person.remark


def people(behind):
    with behind():
        return db.session.scalar(select(func.count(Person.id)))


def without_what_differs(page):
    """Return a page without what no two pages share."""
    return [
        line for line in page.splitlines() if not any(mark in line for mark in ("nonce", "csrf", "/members/", "<time"))
    ]


def test_the_liaison_is_led_to_the_form_by_name_and_the_volunteer_is_not(as_liaison, as_volunteer, as_worker):
    assert as_liaison.get("/members/add").headers["Location"].endswith("/members/enrol")
    assert UNIT in as_liaison.page("/members/enrol")
    assert as_liaison.page("/members/enrol").count("<legend>党员情况</legend>") == 1
    assert as_volunteer.get("/members/add").status_code == 200
    assert as_volunteer.get("/members/enrol").location == "/members/add"
    assert "按姓名和电话登记" in as_worker.page("/members/add")


def test_nobody_is_offered_people_whose_names_stand_masked(as_volunteer, as_worker, enrol):
    enrol("林志远")
    offered = [one["text"] for one in as_volunteer.get("/members/choices/person?q=").json["results"]]
    assert offered
    assert not any("*" in name for name in offered)
    assert as_worker.get("/members/choices/person?q=林志远").json["results"]


def test_who_is_not_among_the_people_is_added_there(as_liaison, as_worker, behind, stored, form):
    before = people(behind)
    assert as_liaison.post("/members/enrol", form | {"id_number": NUMBER, "skills": "书法"}).status_code == 302
    assert people(behind) == before + 1
    pk, person, number, remark = newest(behind)
    assert (number, remark) == (NUMBER, None)
    assert stored(Member, pk)["state"] is MemberState.REPORTED_IN
    assert "林志远" in as_worker.page(f"/people/show/{person}")
    assert "林志远" not in as_liaison.page(f"/members/show/{pk}")


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ({}, {}),
        ({"id_number": NUMBER, "id_type": IdType.RESIDENT, "phones": ["13900001111"]}, {"id_number": NUMBER}),
        ({}, {"id_number": NUMBER}),
    ],
)
def test_who_is_known_by_number_or_phone_is_found_and_it_looks_as_if_not(
    as_liaison, behind, resident, form, known, typed
):
    unknown = as_liaison.post("/members/enrol", form | typed | {"name": "陆远志", "id_number": ""})
    as_new = as_liaison.page(unknown.location)
    pk, before = resident(**known, remark="低保户"), people(behind)
    answer = as_liaison.post("/members/enrol", form | typed, follow_redirects=False)
    assert answer.status_code == 302
    assert (newest(behind)[1], people(behind)) == (pk, before)
    as_known = as_liaison.page(answer.location)
    assert "低保" not in as_known
    assert "13900001111" not in as_known
    assert without_what_differs(as_known.replace("林*远", "陆*志")) == without_what_differs(as_new)


def test_a_number_of_another_name_tells_nothing_and_leaves_a_word_for_the_office(as_liaison, behind, resident, form):
    other = resident("周大川", id_number=NUMBER, phones=[PHONE])
    answer = as_liaison.post("/members/enrol", form | {"id_number": NUMBER})
    assert answer.status_code == 302
    _pk, person, number, remark = newest(behind)
    assert person != other
    assert (number, remark) == (None, "登记时写的证件号码与本社区另一人相同，请核对两人。")
    assert "周" not in as_liaison.page(answer.location).split("<main", 1)[1].split("历史")[0].replace("周期", "")


def test_same_name_and_phone_with_another_number_is_another_person(as_liaison, behind, resident, form):
    known = resident(id_number=NUMBER)
    other = "11010519491231002X"
    assert as_liaison.post("/members/enrol", form | {"id_number": other}).status_code == 302
    assert newest(behind)[1:3] == (newest(behind)[1], other)
    assert newest(behind)[1] != known


def test_who_has_a_landline_is_found_by_the_liaison(as_liaison, behind, resident, form):
    known = resident(phones=["0751-8880000"])
    assert as_liaison.post("/members/enrol", form | {"phone": "0751-8880000"}).status_code == 302
    assert newest(behind)[1] == known


def test_a_phone_of_a_relative_finds_nobody(as_liaison, behind, resident, form):
    known = resident(phones=[f"女儿 {PHONE}"])
    assert as_liaison.post("/members/enrol", form).status_code == 302
    assert newest(behind)[1] != known


def test_nobody_is_reported_twice_and_two_clicks_make_one(as_liaison, as_secretary, behind, form):
    keyed = form | {"uid": "a" * 32}
    first, second = (as_liaison.post("/members/enrol", keyed) for _click in range(2))
    assert first.location == second.location
    again = as_liaison.post("/members/enrol", form)
    assert again.status_code == 422
    assert "已经在本社区报到" in again.get_data(as_text=True)
    program = Program(as_liaison.client)
    assert list(program.post("/api/v1/members/", **form).json["message"]) == ["name"]


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"name": ""}, "name"),
        ({"name": "林*远"}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "138abc"}, "phone"),
        ({"phone": "138****7777"}, "phone"),
        ({"id_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "id_number"),
        ({"id_number": "110***********1001"}, "id_number"),
        ({"unit": ""}, "unit"),
    ],
)
def test_bad_input_is_one_sentence_beside_its_field_and_nothing_is_kept(as_liaison, behind, form, typed, beside):
    before = people(behind)
    answer = as_liaison.post("/members/enrol", form | typed)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f'id="{beside}-error"' in page or f"{beside}" in page
    sent = {name: value or None for name, value in (form | typed).items()}
    refused = Program(as_liaison.client).post("/api/v1/members/", **sent)
    assert (refused.status_code, list(refused.json["message"])) == (422, [beside])
    assert people(behind) == before


def test_the_liaison_registers_for_no_other_unit_through_any_door(as_liaison, unit_id, behind, form):
    before = people(behind)
    strange = form | {"unit": unit_id(OTHER_UNIT)}
    assert as_liaison.post("/members/enrol", strange).status_code in (403, 422)
    assert Program(as_liaison.client).post("/api/v1/members/", **strange).status_code in (403, 422)
    assert people(behind) == before


@pytest.mark.parametrize("login", ["volunteer", "coordinator", "gridlead", "partner", "supervisor", "auditor", "admin"])
def test_nobody_else_registers_by_name(as_person, behind, form, login):
    before = people(behind)
    # A volunteer is led to her own form, where nobody else is registered.
    assert as_person(login).post("/members/enrol", form).status_code == (302 if login == "volunteer" else 403)
    assert Program(as_person(login).client).post("/api/v1/members/", **form).status_code == 403
    assert people(behind) == before


def test_programs_of_liaison_and_office_send_who_it_is(as_liaison, as_worker, behind, form):
    made = Program(as_liaison.client).post("/api/v1/members/", **form, id_number=NUMBER)
    assert made.status_code == 201
    assert newest(behind)[2] == NUMBER
    both = Program(as_worker.client).post("/api/v1/members/", **form, person=made.json["result"]["person"])
    assert both.status_code == 422
    assert {*both.json["message"]} == {"name", "phone"}
    wrong = Program(as_worker.client).post("/api/v1/members/", **form | {"name": 5})
    assert list(wrong.json["message"]) == ["name"]


def test_the_service_itself_asks_who_may(behind):
    with behind():
        ours, theirs, unit = home("wjb"), home("qn"), party(UNIT)
        for held in (
            Held(Role.LIAISON, theirs.id, subject=unit.id),
            Held(Role.LIAISON, ours.id, subject=party(OTHER_UNIT).id),
            Held(Role.VOLUNTEER, ours.id, subject=party("张海燕").id),
        ):
            with acting(Actor("tests", 1, (held,))), pytest.raises(Forbidden):
                service.enrol(ours, WHO, unit=unit)
        with acting(Actor("tests", 1, (Held(Role.LIAISON, ours.id, subject=unit.id),))), pytest.raises(Violation):
            service.enrol(ours, {"name": "林志远", "phone": "12"}, unit=unit)

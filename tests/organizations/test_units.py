"""Units and teams: who writes them, what a credit code is, and who leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from app.organizations import rules
from app.organizations.models import Organization, Team
from app.parties.models import Party
from app.people.models import Person

CODE = "91350100M000100Y43"


def pk_of(behind, model, name: str, code: str = "wjb") -> int:
    with behind():
        rows = db.session.scalars(select(model).filter_by(name=name))
        return next(row.id for row in rows if row.community.code == code)


# -- credit codes ---------------------------------------------------------------------------------------------------


def test_the_code_of_the_standard_is_right():
    assert rules.credit_code(CODE) is None


@given(st.text(rules.ALPHABET, min_size=17, max_size=17))
def test_exactly_one_last_character_is_right(code: str):
    right = [one for one in rules.ALPHABET if rules.credit_code(code + one) is None]
    assert right == [rules.check_character(code)]


@given(st.text(rules.ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(rules.ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str):
    whole = code + rules.check_character(code)
    mistyped = whole[:place] + other + whole[place + 1 :]
    assert (rules.credit_code(mistyped) is None) is (mistyped == whole)


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y4", "91350100M000100Y430", "9135O100M000100Y43", "91350100m000100y43"]
)
def test_what_is_no_code_is_refused(code: str):
    assert rules.credit_code(code) is not None


def test_small_letters_of_a_code_become_capitals(as_secretary, behind):
    form = {"name": "区法院", "kind": "party_unit", "credit_code": " 91350100m000100y43 "}
    assert as_secretary.post("/units/add", form).status_code == 302
    with behind():
        assert db.session.scalars(select(Organization).filter_by(name="区法院")).one().credit_code == CODE


def test_the_same_code_twice_is_told_beside_the_field(as_secretary):
    form = {"kind": "party_unit", "credit_code": CODE}
    assert as_secretary.post("/units/add", form | {"name": "区法院"}).status_code == 302
    answer = as_secretary.post("/units/add", form | {"name": "区检察院"})
    assert answer.status_code == 422
    assert "已有同样的记录" in answer.get_data(as_text=True)


# -- names ----------------------------------------------------------------------------------------------------------


def test_a_name_stands_once_in_a_community_until_it_is_archived(as_secretary, as_neighbour, behind):
    form = {"name": "市中医院", "kind": "hospital"}
    answer = as_secretary.post("/units/add", form)
    assert answer.status_code == 422
    assert "已经有同名的了" in answer.get_data(as_text=True)
    assert as_neighbour.post("/units/add", form).status_code == 302
    pk = pk_of(behind, Organization, "市中医院")
    assert as_secretary.post(f"/units/archive/{pk}", {"reason": "撤并"}).status_code == 302
    assert as_secretary.post("/units/add", form).status_code == 302


# -- who may --------------------------------------------------------------------------------------------------------


def test_the_liaison_sees_and_changes_the_own_unit_and_no_other(as_liaison, behind):
    mine, other = (pk_of(behind, Organization, name) for name in ("市中医院", "邻里帮社会工作服务中心"))
    page = as_liaison.page("/units/list/")
    assert "市中医院" in page
    assert "邻里帮" not in page
    assert as_liaison.get(f"/units/show/{other}").status_code == 404
    form = {"name": "市中医院", "kind": "hospital", "contact_name": "黄建国", "version": "1"}
    assert as_liaison.post(f"/units/edit/{mine}", form).status_code == 302
    assert as_liaison.get("/units/add").status_code == 403
    assert as_liaison.get(f"/units/archive/{mine}").status_code == 403


@pytest.mark.parametrize("login", ["partner", "volunteer", "gridworker", "admin"])
def test_who_has_nothing_to_do_with_units_finds_no_list(as_person, login: str):
    assert as_person(login).get("/units/list/").status_code == 403


def test_the_volunteer_sees_the_own_team_and_no_other(as_volunteer, as_coordinator, behind):
    assert as_coordinator.post("/teams/add", {"name": "书画社", "kind": "club"}).status_code == 302
    page = as_volunteer.page("/teams/list/")
    assert "青年志愿服务队" in page
    assert "书画社" not in page
    assert as_volunteer.get(f"/teams/show/{pk_of(behind, Team, '书画社')}").status_code == 404


def test_a_unit_and_its_row_among_the_providers_have_one_number(as_secretary, behind):
    pk = pk_of(behind, Organization, "市中医院")
    assert as_secretary.get(f"/api/v1/units/{pk}").json["id"] == pk
    with behind():
        assert db.session.get(Party, pk).name == "市中医院"


# -- leaders --------------------------------------------------------------------------------------------------------


def test_a_team_is_led_by_a_person_and_stands_behind_a_unit(as_coordinator, as_secretary, behind):
    unit, person = pk_of(behind, Organization, "市中医院"), pk_of(behind, Person, "张海燕")
    team = {"name": "义诊队", "kind": "service_team"}
    answer = as_coordinator.post("/teams/add", team | {"leader": str(unit)})
    assert answer.status_code == 422
    assert "这里不能选这一项" in answer.get_data(as_text=True)
    assert (
        as_coordinator.post("/teams/add", team | {"leader": str(person), "organization": str(unit)}).status_code == 302
    )
    page = as_coordinator.page(f"/teams/show/{pk_of(behind, Team, '义诊队')}")
    assert "张海燕" in page
    assert "市中医院" in page


def test_choices_offer_people_to_lead_and_units_to_belong_to(as_coordinator):
    leaders = as_coordinator.get("/teams/choices/leader?q=").json["results"]
    units = as_coordinator.get("/teams/choices/organization?q=szyy").json["results"]
    assert [one["text"] for one in leaders] == ["张海燕"]
    assert [one["text"] for one in units] == ["市中医院"]


def test_an_archived_unit_is_no_longer_chosen_and_stays_where_it_was(as_secretary, behind):
    unit = pk_of(behind, Organization, "市中医院")
    team = {"name": "义诊队", "kind": "service_team", "organization": str(unit)}
    assert as_secretary.post("/teams/add", team).status_code == 302
    assert as_secretary.post(f"/units/archive/{unit}", {"reason": "撤并"}).status_code == 302
    assert as_secretary.post("/teams/add", team | {"name": "二队"}).status_code == 422
    pk = pk_of(behind, Team, "义诊队")
    assert as_secretary.post(f"/teams/edit/{pk}", team | {"speciality": "量血压", "version": "1"}).status_code == 302

"""The role that goes with a post: given with it, ended with it in the same moment, by those who may."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Grant, GrantRole
from app.core import clock
from app.extensions import db
from app.posts.choices import PostDuty

LEAD, WORKER = GrantRole.GRID_LEAD, GrantRole.GRID_WORKER


@pytest.fixture
def auditor(resident):
    """The auditor of the cast, who now also works in a grid."""
    return resident("谢文静", login="auditor")


def ending(person, pk, **given):
    answer = person.get(f"/posts/end/{pk}")
    version = answer.text.split('name="version"')[1].split('value="')[1].split('"')[0]
    return person.post(f"/posts/end/{pk}", {"until": clock.today().isoformat(), "version": version} | given)


def test_a_post_gives_its_role_for_each_of_its_places(as_secretary, auditor, place, roles):
    form = {"person": auditor, "duty": "grid_lead", "places": [place("第一网格"), place("第二网格")]}
    assert as_secretary.post("/posts/add", form | {"gives_role": "y"}).status_code == 302
    assert {(LEAD, "第一网格"), (LEAD, "第二网格")} <= roles("auditor")


def test_a_post_gives_none_unless_it_says_so(as_secretary, auditor, place, roles):
    form = {"person": auditor, "duty": "grid_worker", "places": [place("第一网格")]}
    assert as_secretary.post("/posts/add", form).status_code == 302
    assert not {role for role, _place in roles("auditor")} & {LEAD, WORKER}


def test_a_worker_of_the_office_gives_no_role(as_person, auditor, place, behind, roles):
    form = {"person": auditor, "duty": "grid_worker", "places": [place("第一网格")], "gives_role": "y"}
    before = roles("auditor")
    answer = as_person("worker").post("/posts/add", form)
    assert (answer.status_code, "不能" in answer.text) == (422, True)
    assert roles("auditor") == before


@pytest.mark.parametrize("login", ["secretary", "worker"])
def test_ending_a_post_ends_its_role_at_once_and_the_next_request_is_refused(
    as_person, appoint, auditor, roles, register, login
):
    pk = appoint(auditor, gives_role=True)
    reader = as_person("auditor")
    need = register(place="第一网格")
    assert reader.get(f"/needs/edit/{need}").status_code == 200
    assert ending(as_person(login), pk).status_code == 302
    assert (LEAD, "第一网格") not in roles("auditor")
    assert reader.get(f"/needs/edit/{need}").status_code != 200


def test_a_post_that_will_end_lets_the_role_last_as_long(as_secretary, appoint, auditor, behind, roles):
    pk = appoint(auditor, gives_role=True)
    last = clock.today() + timedelta(days=9)
    assert ending(as_secretary, pk, until=last.isoformat()).status_code == 302
    assert (LEAD, "第一网格") in roles("auditor")
    clock.clock.fixed = clock.now() + timedelta(days=10)
    assert (LEAD, "第一网格") not in roles("auditor")


def test_writing_the_last_day_by_program_ends_the_role_too(program, appoint, auditor, roles):
    secretary, address = program("secretary"), f"/api/v1/posts/{appoint(auditor, gives_role=True)}"
    version = secretary.get(address).json["result"]["version"]
    assert secretary.put(address, to=clock.today().isoformat(), version=version).status_code == 200
    assert (LEAD, "第一网格") not in roles("auditor")


def test_the_deed_for_programs_ends_it(program, appoint, auditor, roles):
    secretary, address = program("secretary"), f"/api/v1/posts/{appoint(auditor, gives_role=True)}"
    version = secretary.get(address).json["result"]["version"]
    today = clock.today().isoformat()
    assert secretary.post(f"{address}/move/end", until=today, version=version).status_code == 200
    assert (LEAD, "第一网格") not in roles("auditor")
    version = secretary.get(address).json["result"]["version"]
    assert secretary.post(f"{address}/move/end", until=today, version=version).status_code == 409


def test_other_places_mean_other_roles(program, appoint, auditor, place, roles):
    secretary, address = program("secretary"), f"/api/v1/posts/{appoint(auditor, gives_role=True)}"
    version = secretary.get(address).json["result"]["version"]
    assert secretary.put(address, places=[place("第二网格")], version=version).status_code == 200
    assert {one for one in roles("auditor") if one[0] is LEAD} == {(LEAD, "第二网格")}


def test_archiving_takes_the_role_and_restoring_gives_it_again(as_secretary, appoint, auditor, roles):
    pk = appoint(auditor, gives_role=True)
    as_secretary.post(f"/posts/archive/{pk}", {"reason": "录错了"})
    assert (LEAD, "第一网格") not in roles("auditor")
    as_secretary.post(f"/posts/restore/{pk}")
    assert (LEAD, "第一网格") in roles("auditor")


def test_a_role_given_by_hand_stays_when_a_post_ends(as_secretary, appoint, resident, roles):
    pk = appoint(resident("何志强", login="gridlead"))
    assert ending(as_secretary, pk).status_code == 302
    assert (LEAD, "第一网格") in roles("gridlead")


def test_what_is_refused_gives_nothing(program, appoint, auditor, place, behind):
    appoint(auditor)
    given = {"person": auditor, "duty": "grid_lead", "places": [place("第二网格"), place("第一网格")]}
    with behind():
        before = db.session.scalar(select(func.count(Grant.id)))
    assert program("secretary").post("/api/v1/posts/", gives_role=True, **given).status_code == 422
    with behind():
        assert db.session.scalar(select(func.count(Grant.id))) == before


def test_the_rest_of_the_last_day_is_no_part_of_a_post_ended_on_it(as_secretary, appoint, resident, behind, post):
    pk = appoint(resident(), duty=PostDuty.GRID_LEAD)
    assert "韦春梅" in as_secretary.page("/posts/list/?quick=held")
    ending(as_secretary, pk)
    assert "韦春梅" not in as_secretary.page("/posts/list/?quick=held")
    assert post(pk)["until"] == clock.today()
    assert date.min < post(pk)["ended_at"].date()

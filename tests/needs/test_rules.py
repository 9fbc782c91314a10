"""What holds for a need through every door: who can be in charge, what stays set, when an answer is due."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Place
from app.core import clock, moves
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.rules import Violation
from app.extensions import db
from app.needs.choices import NeedState, Urgency
from app.needs.models import Need


@pytest.fixture
def ids(behind):
    """The ids of the people, places and categories of the cast, by login and name."""
    with behind():
        found = {row.login: row.id for row in db.session.scalars(select(Account))}
        for model in (Category, Place):
            found |= {row.name: row.id for row in db.session.scalars(select(model)) if row.community.code == "wjb"}
        return found


@pytest.fixture
def accepted(register, as_worker):
    """Register a need, let the office accept it, and return its id."""

    def make(**columns):
        pk = register(**columns)
        assert as_worker.post(f"/needs/move/accept/{pk}", {}).status_code == 302
        return pk

    return make


@pytest.fixture
def plan(as_secretary, ids):
    """Let the secretary put somebody in charge, and return the answer."""

    def make(pk, login):
        given = {"in_charge": ids[login], "planned_on": clock.today() + timedelta(days=3)}
        return as_secretary.post(f"/needs/move/plan/{pk}", given)

    return make


def _form(person, pk):
    page = person.page(f"/needs/edit/{pk}")
    version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    return {"title": "楼下路灯不亮", "kind": "help", "urgency": "normal", "channel": "other", "version": version}


@pytest.mark.parametrize("login", ["auditor", "supervisor", "admin", "neighbour"])
def test_who_makes_no_moves_is_not_put_in_charge(accepted, plan, need, login):
    pk = accepted()
    assert plan(pk, login).status_code == 422
    assert need(pk)["in_charge_id"] is None


@pytest.mark.parametrize("login", ["auditor", "supervisor"])
def test_who_makes_no_moves_is_not_offered_as_person_in_charge(as_secretary, ids, login):
    offered = as_secretary.get("/needs/choices/in_charge").get_json()["results"]
    assert ids["worker"] in {one["id"] for one in offered}
    assert ids[login] not in {one["id"] for one in offered}


def test_the_grid_worker_is_not_put_in_charge_of_another_grid(accepted, plan, need):
    here, there = accepted(place="武江北路8栋"), accepted(place="二建宿舍")
    assert plan(here, "gridworker").status_code == 302
    answer = plan(there, "gridworker")
    assert answer.status_code == 422
    assert "不在这个人的负责范围内" in answer.get_data(as_text=True)
    assert need(there)["state"] is NeedState.ACCEPTED


@pytest.mark.parametrize("login", ["coordinator", "volunteer", "partner", "liaison", "gridlead"])
def test_who_is_in_charge_sees_the_need_and_starts_it(accepted, plan, as_person, login):
    pk = accepted()
    assert plan(pk, login).status_code == 302
    person = as_person(login)
    assert person.get(f"/needs/show/{pk}").status_code == 200
    assert person.post(f"/needs/move/start/{pk}", {}).status_code == 302


def test_a_plan_names_who_and_when_each_time(accepted, plan, app):
    pk = accepted()
    assert plan(pk, "worker").status_code == 302
    with app.app_context(), acting(system("tests")):
        need = db.session.get(Need, pk)
        need.state = NeedState.ACCEPTED
        with pytest.raises(Violation) as refused, transaction():
            moves.perform(need, "plan", {})
    assert set(refused.value.errors) == {"in_charge", "planned_on"}


@pytest.mark.parametrize("name", ["category", "place"])
def test_what_accepting_asked_for_is_not_emptied_afterwards(accepted, as_worker, ids, need, name):
    pk = accepted()
    given = {"category": ids["公共设施"], "place": ids["武江北路8栋"]} | {name: ""}
    answer = as_worker.post(f"/needs/edit/{pk}", _form(as_worker, pk) | given)
    assert answer.status_code == 422
    assert "受理以后" in answer.get_data(as_text=True)
    assert need(pk)[f"{name}_id"] is not None


def test_before_it_is_accepted_place_and_category_may_be_unknown(register, as_worker, need):
    pk = register()
    answer = as_worker.post(f"/needs/edit/{pk}", _form(as_worker, pk) | {"category": "", "place": ""})
    assert answer.status_code == 302
    assert (need(pk)["category_id"], need(pk)["place_id"]) == (None, None)


@pytest.mark.parametrize(("model", "name", "key"), [(Category, "公共设施", "category"), (Place, "二建宿舍", "place")])
def test_what_is_closed_is_not_chosen_later_but_kept(register, as_worker, ids, app, model, name, key):
    with_it, without = register(place="二建宿舍"), register(place=None, category=None)
    with app.app_context(), acting(system("tests")), transaction():
        row = db.session.get(model, ids[name])
        row.closed_on = date(2020, 1, 1)
    kept = as_worker.post(f"/needs/edit/{with_it}", _form(as_worker, with_it) | {key: ids[name]})
    chosen = as_worker.post(f"/needs/edit/{without}", _form(as_worker, without) | {key: ids[name]})
    assert (kept.status_code, chosen.status_code) == (302, 422)


def test_an_answer_is_due_sooner_once_it_turns_out_to_be_urgent(register, as_worker, need):
    pk = register()
    answer = as_worker.post(f"/needs/edit/{pk}", _form(as_worker, pk) | {"urgency": "critical"})
    assert answer.status_code == 302
    row = need(pk)
    assert row["urgency"] is Urgency.CRITICAL
    assert row["response_due"] == row["received_at"] + timedelta(hours=2)


def test_the_grid_worker_is_offered_the_own_grid(as_gridworker, as_worker, ids):
    def offered(person):
        return {one["id"] for one in person.get("/needs/choices/place").get_json()["results"]}

    assert offered(as_gridworker) == {ids["第一网格"], ids["武江北路8栋"]}
    assert ids["二建宿舍"] in offered(as_worker)

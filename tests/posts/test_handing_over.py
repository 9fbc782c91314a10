"""A leaver hands over: who is in charge of open needs ends a post only by saying who takes them, all in one step."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock, moves
from app.core.actor import Actor, acting, system
from app.core.database import transaction
from app.core.timeline import Step
from app.extensions import db
from app.needs.models import Need
from app.notices.models import Notice
from tests.posts.test_roles_of_posts import ending


@pytest.fixture
def charged(app, register):
    """Register a need somebody is in charge of, as far as planned; return its id."""

    def make(login="gridworker", place="武江北路8栋", **columns):
        pk = register(place=place, **columns)
        with app.app_context(), acting(system("tests")), transaction():
            account = db.session.scalars(select(Account).filter_by(login=login)).one()
            need = db.session.get_one(Need, pk)
            with acting(Actor("tests", account.id, unbounded=True)):
                moves.perform(need, "accept", {})
                given = {"in_charge": account, "planned_on": clock.today() + timedelta(days=5)}
                moves.perform(need, "plan", given)
        return pk

    return make


@pytest.fixture
def leaver(resident, appoint):
    """The grid worker of the cast has a post for the first grid; its id."""
    return appoint(resident("罗小玲", login="gridworker"))


def in_charge(behind, pk):
    with behind():
        return db.session.get_one(Need, pk).in_charge.login


def test_the_page_says_what_is_open_and_asks_who_takes_it(as_secretary, leaver, charged):
    charged(title="楼道灯不亮")
    page = as_secretary.page(f"/posts/end/{leaver}")
    assert "楼道灯不亮" in page
    assert "未办结需求的接手人" in page


def test_one_step_hands_all_over_and_each_need_tells_it(as_person, leaver, charged, ids, behind):
    mine = [charged(title=f"第{number}件") for number in range(3)]
    other = charged(place="二建宿舍", login="secretary")
    to = ids("account", login="gridlead")
    assert ending(as_person("secretary"), leaver, hand_to=to).status_code == 302
    assert {in_charge(behind, pk) for pk in mine} == {"gridlead"}
    assert in_charge(behind, other) == "secretary"
    for login in ("gridlead", "gridworker"):
        assert "随岗位移交" in as_person(login).page(f"/needs/show/{mine[0]}")
    with behind():
        steps = db.session.scalars(select(Step).filter_by(list="needs", move="hand_over")).all()
        assert {step.row_id for step in steps} == set(mine)


def test_without_saying_who_nothing_happens(as_secretary, leaver, charged, behind, post):
    pk = charged()
    answer = ending(as_secretary, leaver)
    assert (answer.status_code, "请选择谁接手这1件" in answer.text) == (422, True)
    assert (in_charge(behind, pk), post(leaver)["until"]) == ("gridworker", None)


@pytest.mark.parametrize("login", ["gridworker", "auditor", "supervisor"])
def test_who_cannot_be_in_charge_takes_nothing_and_nothing_is_lost(
    as_secretary, leaver, charged, ids, behind, post, login
):
    mine = [charged(title=f"第{number}件") for number in range(2)]
    assert ending(as_secretary, leaver, hand_to=ids("account", login=login)).status_code == 422
    assert {in_charge(behind, pk) for pk in mine} == {"gridworker"}
    assert post(leaver)["until"] is None


def test_half_a_handing_over_is_none(as_secretary, resident, appoint, charged, ids, behind, post):
    pk = appoint(resident("陈秀兰", login="secretary"), places=("第一网格", "第二网格"))
    needs = [charged("secretary"), charged("secretary", place="二建宿舍")]
    # The grid lead looks after the first grid only.
    answer = ending(as_secretary, pk, hand_to=ids("account", login="gridlead"))
    assert answer.status_code == 422
    assert {in_charge(behind, one) for one in needs} == {"secretary"}
    assert post(pk)["until"] is None


def test_what_belongs_to_a_post_she_keeps_stays_with_her(as_secretary, resident, appoint, charged, behind):
    person = resident("罗小玲", login="gridworker")
    leaving, _kept = appoint(person), appoint(person, places=("武江北路8栋",))
    pk = charged()
    assert ending(as_secretary, leaving).status_code == 302
    assert in_charge(behind, pk) == "gridworker"


def test_a_post_ending_later_hands_nothing_over_yet(as_secretary, leaver, charged, behind):
    pk = charged()
    later = (clock.today() + timedelta(days=3)).isoformat()
    assert ending(as_secretary, leaver, until=later).status_code == 302
    assert in_charge(behind, pk) == "gridworker"


def test_the_form_of_the_post_does_not_pass_by_the_needs(program, leaver, charged, post):
    charged()
    secretary, address = program("secretary"), f"/api/v1/posts/{leaver}"
    version = secretary.get(address).json["result"]["version"]
    answer = secretary.put(address, to=clock.today().isoformat(), version=version)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["until"])
    assert post(leaver)["until"] is None


def test_programs_hand_over_too(program, leaver, charged, ids, behind):
    pk, worker = charged(), program("worker")
    address = f"/api/v1/posts/{leaver}"
    version = worker.get(address).json["result"]["version"]
    given = {"until": clock.today().isoformat(), "version": version}
    assert worker.post(f"{address}/move/end", **given).json["message"].keys() == {"hand_to"}
    to = ids("account", login="gridlead")
    assert worker.post(f"{address}/move/end", hand_to=to, **given).status_code == 200
    assert in_charge(behind, pk) == "gridlead"


def test_the_secretary_is_told_of_a_vacancy_and_not_where_somebody_else_is_there(as_person, appoint, resident, behind):
    first, second = appoint(resident("何丽")), appoint(resident("黄静"))
    worker = as_person("worker")

    def told():
        with behind():
            return db.session.scalars(select(Notice.row_id).filter_by(kind="post_vacant")).all()

    ending(worker, first)
    assert told() == []
    ending(worker, second)
    assert told() == [second]

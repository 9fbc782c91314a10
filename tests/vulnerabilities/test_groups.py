"""The ledger of vulnerable groups (S3-08): who is in which group, who looks after them, and totals that add up."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Community, Place
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.people import erasing
from app.people.models import Person
from app.vulnerabilities.choices import Group
from app.vulnerabilities.models import Vulnerability
from tests.core.conftest import Program

PLACE = "武江北路8栋"


@pytest.fixture
def resident(app):
    """Let somebody live here, and return their id."""

    def make(name: str = "罗秀兰", place: str | None = PLACE, code: str = "wjb") -> int:
        with app.app_context(), acting(system("tests")), transaction():
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            at = db.session.scalars(select(Place).filter_by(community=community, name=place)).one_or_none()
            person = Person(community=community, name=name, place=at)
            db.session.add(person)
            db.session.flush()
            return int(person.id)

    return make


def account(behind, login: str) -> int:
    with behind():
        return int(db.session.scalars(select(Account.id).filter_by(login=login)).one())


def enter(person: Any, pk: int, category: str = "living_alone", **columns: Any) -> Any:
    return person.post("/vulnerabilities/add", {"person": pk, "category": category, **columns})


def entered(person: Any, pk: int, category: str = "living_alone", **columns: Any) -> int:
    answer = enter(person, pk, category, **columns)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return int(answer.location.rsplit("/", 1)[1])


def card(page: str, title: str) -> str:
    """Return the number under a title of the page of figures."""
    return page.partition(f">{title}</a></h3>")[2].partition('class="say">')[2].partition("<")[0].strip()


def test_the_secretary_enters_somebody_from_the_page_of_the_person(as_secretary, resident):
    pk = resident()
    assert f"/vulnerabilities/add?person={pk}" in as_secretary.page(f"/people/show/{pk}")
    assert f'name="person" value="{pk}"' in as_secretary.page(f"/vulnerabilities/add?person={pk}")
    entered(as_secretary, pk, level="high", situation="独自居住，行动不便", next_check="2099-01-01")
    assert "独居老人" in as_secretary.page(f"/people/show/{pk}")


@pytest.mark.parametrize("login", ["worker", "gridlead", "gridworker", "auditor", "supervisor"])
def test_others_may_read_and_enter_nobody(as_person, resident, login):
    visitor = as_person(login)
    assert enter(visitor, resident()).status_code == 403
    assert visitor.get("/vulnerabilities/list/").status_code == 200


@pytest.mark.parametrize("login", ["coordinator", "liaison", "partner", "volunteer", "admin"])
def test_who_has_nothing_to_do_with_them_sees_nothing(as_person, as_secretary, resident, login):
    pk = entered(as_secretary, resident())
    assert as_person(login).get(f"/vulnerabilities/show/{pk}").status_code == 403
    assert as_person(login).get("/vulnerabilities/list/").status_code == 403


def test_a_grid_worker_sees_only_whom_she_looks_after(as_secretary, as_gridworker, behind, resident):
    mine = entered(as_secretary, resident(), in_charge=account(behind, "gridworker"))
    other = entered(as_secretary, resident("何秋生"))
    assert as_gridworker.get(f"/vulnerabilities/show/{mine}").status_code == 200
    assert as_gridworker.get(f"/vulnerabilities/show/{other}").status_code == 404


def test_a_grid_lead_sees_those_of_her_places_and_no_situation(as_secretary, as_gridlead, resident):
    here = entered(as_secretary, resident(), situation="独自居住")
    elsewhere = entered(as_secretary, resident("何秋生", "二建宿舍"))
    page = as_gridlead.page(f"/vulnerabilities/show/{here}")
    assert "独自居住" not in page
    assert "罗*兰" in page
    assert as_gridlead.get(f"/vulnerabilities/show/{elsewhere}").status_code == 404


def test_the_supervisor_and_the_auditor_see_only_how_many(as_secretary, as_supervisor, as_auditor, resident):
    pk = entered(as_secretary, resident())
    for visitor in (as_supervisor, as_auditor):
        assert visitor.get(f"/vulnerabilities/show/{pk}").status_code == 404
        assert card(visitor.page("/figures/"), "困难群众：例数") == "1"


def test_the_neighbour_sees_none(as_secretary, as_neighbour, resident):
    pk = entered(as_secretary, resident())
    assert as_neighbour.get(f"/vulnerabilities/show/{pk}").status_code == 404
    assert enter(as_neighbour, resident("何秋生")).status_code == 422


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"category": "living_alone"}, "此人已列入该类别"),
        ({"category": "child", "checked_on": "2026-01-02", "next_check": "2026-01-01"}, "不能早于最近一次核查"),
        ({"category": "child", "ended_on": "2026-01-02"}, "请填写退出原因"),
        ({"category": "child", "end_reason": "迁出"}, "请填写退出日期"),
        ({"category": "child", "checked_on": "2099-01-01"}, "日期不能晚于今天"),
        ({"category": "unknown"}, "不在可选范围内"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_and_nothing_is_kept(as_secretary, behind, resident, columns, said):
    pk = resident()
    entered(as_secretary, pk)
    answer = enter(as_secretary, pk, **columns)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with behind():
        assert len(db.session.scalars(select(Vulnerability)).all()) == 1


def test_only_who_works_here_looks_after_somebody(as_secretary, behind, resident):
    answer = enter(as_secretary, resident(), in_charge=account(behind, "partner"))
    assert answer.status_code == 422


def test_who_left_a_group_may_come_back_into_it(as_secretary, resident):
    pk = resident()
    entered(as_secretary, pk, ended_on="2026-01-02", end_reason="子女搬回同住")
    entered(as_secretary, pk)


def test_who_should_have_been_visited_is_loud(as_secretary, behind, resident):
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")
    entered(as_secretary, resident(), next_check=str(clock.today() - timedelta(days=1)))
    entered(as_secretary, resident("何秋生"), next_check=str(clock.today() + timedelta(days=1)))
    page = as_secretary.page("/vulnerabilities/list/?quick=check")
    assert "罗秀兰" in page
    assert "何秋生" not in page
    assert "已逾期" in page or "超期" in page


def test_the_65_of_account_003_are_cases_that_add_up_and_fewer_persons(app, as_secretary):
    parts = {Group.DESTITUTE: 3, Group.LIVING_ALONE: 11, Group.CHILD: 8, Group.KEY_WOMAN: 34, Group.SPECIAL: 9}
    with app.app_context(), acting(system("tests")), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        people = [Person(community=community, name=f"居民{number}") for number in range(60)]
        db.session.add_all(people)
        db.session.flush()
        wanted = [group for group, count in parts.items() for _number in range(count)]
        # The last five stand in two groups.
        for number, group in enumerate(wanted):
            person = people[number % 60]
            db.session.add(Vulnerability(community=community, person=person.party, category=group))
    page = as_secretary.page("/figures/")
    assert card(page, "困难群众：例数") == "65"
    assert card(page, "困难群众：人数").split()[0] == "60"
    found = re.findall(r"quick=current&amp;category=(\w+)[^>]*>(\d+)<", as_secretary.page("/figures/vulnerable_cases"))
    assert {Group(code): int(count) for code, count in found} == parts


def test_erasing_a_person_empties_what_was_written_of_them(as_secretary, behind, resident):
    pk = resident()
    entry = entered(as_secretary, pk, situation="独自居住", measures="每周走访")
    with behind():
        erasing.erase(pk, "本人要求")
        row = db.session.get_one(Vulnerability, entry)
        assert (row.situation, row.measures, row.category) == (None, None, Group.LIVING_ALONE)


def test_programs_enter_and_read_by_the_same_rules(as_secretary, as_worker, resident):
    program, pk = Program(as_secretary.client), resident()
    made = program.post("/api/v1/vulnerabilities/", person=pk, category="child")
    assert made.status_code == 201
    again = program.post("/api/v1/vulnerabilities/", person=pk, category="child")
    assert again.status_code == 422
    assert list(again.json["message"]) == ["category"]
    assert Program(as_worker.client).post("/api/v1/vulnerabilities/", person=pk, category="other").status_code == 403

"""The list of talents (S2-12): found on a visit, invited, taking part; the think tank and the service group."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities.models import Community
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import Refused, perform
from app.extensions import db
from app.people.models import Person
from app.talents.choices import Field
from app.talents.choices import TalentState as State
from app.talents.models import FLOW, Talent
from tests.vulnerabilities.test_groups import card


@pytest.fixture
def resident(app):
    """Let somebody live here, and return their id."""

    def make(name: str = "区少芬") -> int:
        with app.app_context(), acting(system("tests")), transaction():
            community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            person = Person(community=community, name=name)
            db.session.add(person)
            db.session.flush()
            return int(person.id)

    return make


def register(person: Any, pk: int, **columns: Any) -> Any:
    return person.post("/talents/add", {"person": pk, "field": "law", **columns})


def registered(person: Any, pk: int, **columns: Any) -> int:
    answer = register(person, pk, **columns)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return int(answer.location.rsplit("/", 1)[1])


def test_a_talent_is_found_invited_and_takes_part(as_secretary, as_coordinator, resident):
    pk = registered(as_secretary, resident(), profession="退休律师", found_by="visit", think_tank="y")
    assert as_coordinator.post(f"/talents/move/invite/{pk}").status_code == 302
    assert as_coordinator.post(f"/talents/move/join/{pk}").status_code == 302
    page = as_secretary.page(f"/talents/show/{pk}")
    for words in ("退休律师", "参与服务", "入户走访"):
        assert words in page, words


def test_the_list_is_searched_by_what_people_can_do(as_coordinator, as_secretary, resident):
    registered(as_secretary, resident(), profession="退休律师", speciality="婚姻家事")
    registered(as_secretary, resident("孔令文"), field="health", profession="中医师")
    page = as_coordinator.page("/talents/list/?field=health")
    assert "中医师" in page
    assert "退休律师" not in page
    assert "退休律师" in as_coordinator.page("/talents/list/?q=婚姻")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"field": ""}, "请填写"),
        ({"field": "magic"}, "不在可选范围内"),
        ({"found_on": "2099-01-01"}, "日期不能晚于今天"),
        ({"certificates": "\n".join(f"证书{number}" for number in range(11))}, "最多 10 行"),
        ({"certificates": "长" * 61}, "最多 60 个字"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(as_secretary, behind, resident, columns, said):
    answer = register(as_secretary, resident(), **columns)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with behind():
        assert db.session.scalars(select(Talent)).all() == []


def test_nobody_stands_twice_in_the_list(as_secretary, resident):
    pk = resident()
    registered(as_secretary, pk)
    answer = register(as_secretary, pk)
    assert answer.status_code == 422
    assert "此人已在名单中" in answer.get_data(as_text=True)


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "auditor", "volunteer"])
def test_who_only_reads_the_list_reads_no_names_and_writes_nothing(as_person, as_secretary, resident, login):
    pk = registered(as_secretary, resident())
    visitor = as_person(login)
    assert "区少芬" not in visitor.page("/talents/list/")
    assert register(visitor, resident("孔令文")).status_code == 403
    assert visitor.post(f"/talents/move/invite/{pk}").status_code in (403, 404)


@pytest.mark.parametrize("login", ["liaison", "partner", "admin"])
def test_others_see_none(as_person, as_secretary, resident, login):
    pk = registered(as_secretary, resident())
    assert as_person(login).get(f"/talents/show/{pk}").status_code == 403


def test_the_neighbour_sees_none_of_them(as_neighbour, as_secretary, resident):
    pk = registered(as_secretary, resident())
    assert as_neighbour.get(f"/talents/show/{pk}").status_code == 404


def test_the_157_of_account_002_are_counted_with_their_groups(app, as_secretary):
    with app.app_context(), acting(system("tests")), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        people = [Person(community=community, name=f"居民{number}") for number in range(157)]
        db.session.add_all(people)
        db.session.flush()
        for number, person in enumerate(people):
            groups = {"think_tank": number < 20, "service_group": 10 <= number < 60}
            db.session.add(Talent(community=community, person=person.party, field=[*Field][number % 3], **groups))
    page = as_secretary.page("/figures/")
    assert [card(page, title) for title in ("社区人才", "智囊团", "服务团")] == ["157", "20", "50"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([move.name for move in FLOW.moves]), max_size=8))
def test_whatever_is_tried_a_talent_stands_where_the_flow_leads(app, resident, names):
    leads = {(source, move.name): move.target for move in FLOW.moves for source in move.sources}
    with app.app_context(), acting(system("tests")):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        person = Person(community=community, name="区少芬")
        talent = Talent(community=community, person=person.party, field=Field.LAW, state=State.FOUND)
        db.session.add(person)
        db.session.flush()
        talent.person = person.party
        db.session.add(talent)
        db.session.flush()
        expected = State.FOUND
        for name in names:
            try:
                perform(talent, name, {}, talent.version)
                db.session.flush()
            except Refused:
                assert (expected, name) not in leads
            else:
                expected = leads[expected, name]
            assert talent.state is expected
        db.session.rollback()

"""One person in two communities: both secretaries are asked, neither sees the other's record, totals count once."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.communities.models import Community
from app.core.access import Forbidden
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import Refused
from app.extensions import db
from app.notices.models import Notice
from app.parties.models import Party
from app.people import merging, tying
from app.people.choices import Political
from app.people.identity import IdType, check_character
from app.people.models import Person
from app.people.ties import Tie, TieState
from app.vulnerabilities.choices import Group
from app.vulnerabilities.models import Vulnerability
from tests.core.conftest import Program
from tests.reports.test_figures import NUMBER, said

BODY = "44020319750719042"
NUMBER_OF_HERS = BODY + check_character(BODY)
OTHER_NUMBER = "11010519491231002X"


@pytest.fixture
def resident(app: Flask):
    """Register somebody of a community with a number; return the id."""

    def make(code="wjb", name="林志远", number=NUMBER_OF_HERS, **columns):
        with app.app_context(), acting(system("tests")), transaction():
            home = db.session.scalars(select(Community).filter_by(code=code)).one()
            given = {"id_number": number, "id_type": IdType.RESIDENT} if number else {}
            person = Person(community=home, name=name, **given | columns)
            db.session.add(person)
            db.session.flush()
            return person.id

    return make


@pytest.fixture
def look(app: Flask):
    def run():
        with app.app_context():
            return tying.look()

    return run


@pytest.fixture
def tokens(behind):
    def read(*ids):
        with behind():
            return [db.session.get_one(Person, pk).same_as for pk in ids]

    return read


def answer(person, pk, name="same"):
    return person.post(f"/people/tie/{pk}/{name}").status_code


def counted(person):
    return int(re.sub(r"\D", "", said(person.page("/figures/"))["登记人员"][0]))


@pytest.fixture
def both(resident, look):
    """Somebody of both communities, about whom both secretaries are asked."""
    ids = resident(political=Political.PARTY_MEMBER), resident("qn", political=Political.PARTY_MEMBER)
    assert look()["asked"] == 1
    return ids


def test_both_secretaries_are_asked_once_and_nobody_else(both, look, behind):
    assert look() == {"asked": 0, "followed": 0}
    with behind():
        told = db.session.scalars(select(Notice).filter_by(kind="same_person")).all()
        assert {notice.row_id for notice in told} == {*both}
        assert len(told) == 2


def test_once_both_agree_the_supervisor_counts_one_person(both, as_secretary, as_neighbour, as_supervisor, tokens):
    mine, theirs = both
    before = counted(as_supervisor)
    own = counted(as_secretary)
    assert answer(as_secretary, mine) == 302
    assert tokens(*both) == [None, None]
    assert counted(as_supervisor) == before
    assert answer(as_neighbour, theirs) == 302
    first, second = tokens(*both)
    assert first == second is not None
    assert counted(as_supervisor) == before - 1
    assert counted(as_secretary) == own
    assert said(as_supervisor.page("/figures/"))["其中党员"][0].startswith("1")


def test_vulnerable_persons_are_counted_once_too_and_cases_twice(both, app, as_secretary, as_neighbour, as_supervisor):
    with app.app_context(), acting(system("tests")), transaction():
        for pk in both:
            party = db.session.get_one(Party, pk)
            home = db.session.get_one(Community, party.community_id)
            db.session.add(Vulnerability(community=home, person=party, category=next(iter(Group))))
    assert told(as_supervisor) == ["2", "2"]
    answer(as_secretary, both[0])
    answer(as_neighbour, both[1])
    assert told(as_supervisor) == ["2", "1"]
    assert told(as_secretary) == ["1", "1"]


def told(person):
    figures = said(person.page("/figures/"))
    return [figures[name][0].split()[0] for name in ("困难群众：例数", "困难群众：人数")]


def test_neither_sees_more_than_the_name_of_the_other_community(both, as_secretary, as_neighbour):
    mine, theirs = both
    page = as_secretary.page(f"/people/show/{mine}")
    assert "另一社区的档案" in page
    assert "桥南社区" in page
    assert f"/people/show/{theirs}" not in page
    assert as_secretary.get(f"/people/show/{theirs}").status_code == 404
    assert answer(as_secretary, theirs) == 404
    assert Program(as_secretary.client).post(f"/api/v1/people/{theirs}/move/same", version=1).status_code == 404
    assert "林志远" in as_secretary.page("/people/list/?quick=same")
    assert "武江北社区" in as_neighbour.page(f"/people/show/{theirs}")


@pytest.mark.parametrize("login", ["worker", "gridlead", "coordinator", "supervisor", "auditor", "volunteer"])
def test_nobody_but_the_secretary_answers_or_is_told_that_there_is_another(both, as_person, login):
    mine, _theirs = both
    person = as_person(login)
    assert answer(person, mine) in (403, 404)
    assert "另一社区的档案" not in person.get(f"/people/show/{mine}").get_data(as_text=True)
    assert not NUMBER.findall(person.get("/people/list/?quick=same").get_data(as_text=True))
    assert "林" not in "".join(re.findall(r"<tbody.*?</tbody>", person.get("/people/list/?quick=same").text, re.DOTALL))


def test_who_refuses_or_takes_it_back_is_counted_apart_again(both, as_secretary, as_neighbour, tokens):
    mine, theirs = both
    assert answer(as_secretary, mine) == answer(as_neighbour, theirs) == 302
    assert answer(as_neighbour, theirs) == 409
    assert answer(as_neighbour, theirs, "not_same") == 302
    assert tokens(*both) == [None, None]
    assert answer(as_neighbour, theirs) == 302
    assert tokens(mine)[0] is not None


def test_programs_answer_too_and_history_says_so(both, as_secretary, tokens, behind):
    mine, _theirs = both
    program = Program(as_secretary.client)
    version = program.get(f"/api/v1/people/{mine}").json["result"]["version"]
    assert program.post(f"/api/v1/people/{mine}/move/same", version=version).status_code == 200
    with behind():
        assert db.session.scalars(select(Tie.state).where(Tie.person_id == mine)).one() is TieState.AGREED
    assert "另一社区" in as_secretary.page(f"/people/history/{mine}")


def test_another_number_parts_them_at_once_and_the_same_again_ties_them(
    both, as_secretary, as_neighbour, tokens, look, app
):
    mine, theirs = both
    answer(as_secretary, mine)
    answer(as_neighbour, theirs)
    for number, tied in ((OTHER_NUMBER, False), (NUMBER_OF_HERS, True)):
        with app.app_context(), acting(system("tests")), transaction():
            person = db.session.get_one(Person, mine)
            person.sex = person.birth = None
            person.id_number = number
        assert tokens(mine)[0] is None
        look()
        first, second = tokens(*both)
        assert (first is not None and first == second) is tied
        assert (second is not None) is tied


def test_three_communities_are_one_person_as_far_as_pairs_agree(app, resident, look, tokens):
    with app.app_context(), acting(system("tests")), transaction():
        db.session.add(Community(code="xq", name="新桥社区"))
    ids = [resident(code) for code in ("wjb", "qn", "xq")]
    assert look()["asked"] == 3
    with app.app_context(), acting(system("tests")), transaction():
        for pk in ids:
            tying.answer(db.session.get_one(Person, pk), agrees=True)
    assert len({*tokens(*ids)}) == 1
    with app.app_context(), acting(system("tests")), transaction():
        tying.answer(db.session.get_one(Person, ids[2]), agrees=False)
    first, second, third = tokens(*ids)
    assert (first == second is not None, third) == (True, None)


def test_who_is_archived_or_has_another_number_or_none_is_not_asked_about(resident, look, app):
    resident()
    resident("qn", number=OTHER_NUMBER)
    resident("qn", number=None)
    gone = resident("qn")
    with app.app_context(), acting(system("tests")), transaction():
        db.session.get_one(Person, gone).archived_at = func.now()
    assert look() == {"asked": 0, "followed": 0}


def test_erasing_leaves_nothing_of_a_tie(both, as_secretary, as_neighbour, app, behind, tokens, look):
    mine, theirs = both
    answer(as_secretary, mine)
    answer(as_neighbour, theirs)
    with app.app_context(), acting(system("tests")), transaction():
        tying.forget(db.session.get_one(Person, mine))
    look_again = tokens(mine)
    with behind():
        assert look_again == [None]
        assert db.session.scalar(select(func.count(Tie.id))) == 0


def test_merging_leads_the_tie_along(both, resident, as_secretary, as_neighbour, app, look, tokens):
    mine, theirs = both
    answer(as_secretary, mine)
    answer(as_neighbour, theirs)
    kept = resident(number=None)
    with app.app_context(), acting(system("tests")), transaction():
        merging.merge(db.session.get_one(Person, kept), db.session.get_one(Person, mine))
    look()
    first, second = tokens(kept, theirs)
    assert first == second is not None


def test_the_service_itself_asks_who_answers(both, acting_as, behind):
    mine, _theirs = both
    with acting_as("worker"), pytest.raises(Forbidden):
        tying.answer(db.session.get_one(Person, mine), agrees=True)
    with behind(), pytest.raises(Refused):
        tying.answer(db.session.scalars(select(Person).where(Person.id.not_in(both)).limit(1)).one(), agrees=True)

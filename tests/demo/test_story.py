"""What the demo tells."""

import re
from collections import Counter

from sqlalchemy import func, select

from app.accounts import passwords
from app.accounts.models import Account, Grant
from app.communities.models import Community, Place, PlaceKind
from app.core import clock
from app.core.actor import acting, system
from app.core.history import Entry
from app.core.timeline import Step
from app.demo import posters
from app.extensions import db
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState
from app.needs.models import Need
from app.organizations.choices import TeamKind
from app.organizations.flow import REPORTING
from app.organizations.models import Organization, Team
from app.party_orgs import coverage
from app.people.models import Person
from app.people.phones import split
from app.posts import board
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import ServiceProject
from app.public import points
from app.registrations.choices import PostKind
from app.registrations.cobuilding import Agreement
from app.registrations.models import Member, ServicePost
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from app.roles import Role
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer
from tests.demo.conftest import PASSWORD

CAST = {
    "secretary",
    "worker",
    "coordinator",
    "gridlead",
    "gridworker",
    "liaison",
    "partner",
    "volunteer",
    "auditor",
    "admin",
    "supervisor",
    "neighbour",
}


def test_every_state_occurs_several_times(told):
    states = Counter(db.session.scalars(select(Need.state)))
    assert {state: count >= 2 for state, count in states.items()} == dict.fromkeys(NeedState, True)
    assert db.session.scalar(select(func.count(Need.id)).where(Need.reopened_count > 0)) >= 2
    assert sum(need.is_overdue for need in db.session.scalars(select(Need))) >= 3


def test_there_are_orders_in_every_state_but_that_of_time(told):
    found = set(db.session.scalars(select(Fulfilment.state)))
    assert found == set(FulfilmentState) - {FulfilmentState.EXPIRED}


def test_the_resources_of_account_003_are_shared_in_every_way_and_used(told):
    shared = db.session.scalars(select(Resource).join(Community).filter_by(code="wujiangbei")).all()
    assert len(shared) == 19
    assert {one.quantity_mode for one in shared} == {*QuantityMode}
    assert {one.kind for one in shared} == {*ResourceKind}
    assert Counter(one.state for one in shared) == {
        ResourceState.AVAILABLE: 17,
        ResourceState.PAUSED: 1,
        ResourceState.DRAFT: 1,
    }
    assert {one.name for one in shared if one.committed} == {"轮椅和四脚拐杖借用", "手机使用教学"}


def test_every_resource_was_recorded_by_who_speaks_for_it_or_by_the_office(told):
    known = {account.id: account.login for account in db.session.scalars(select(Account))}
    speakers = {"市中医院": "liaison", "邻里帮社会工作服务中心": "partner"}
    for one in db.session.scalars(select(Resource).join(Community).filter_by(code="wujiangbei")):
        assert known[one.created_by_id] == speakers.get(one.provider.name, "worker"), one.name


def test_residents_of_every_age_live_there_and_children_have_guardians(told):
    people = db.session.scalars(select(Person).join(Community).where(Person.sex.is_not(None))).all()
    assert len(people) == 13
    years = sorted(person.birth.year for person in people)
    assert (years[0] < 1940, years[-1] > 2015) == (True, True)
    children = [person for person in people if person.birth.may_be_under(18, clock.today())]
    assert {(child.name, child.guardian_name) for child in children} == {("欧思琪", "欧文杰"), ("石浩然", "石丽珍")}
    assert {person.place is not None for person in people} == {True}
    assert {person.id_number for person in people} == {None}


def test_volunteers_of_the_teams_of_account_003_serve_in_every_state(told):
    known = db.session.scalars(select(Volunteer)).all()
    assert len(known) == 15
    assert {one.state for one in known} == {*VolunteerState}
    teams = db.session.scalars(select(Team).join(Community).filter_by(code="wujiangbei")).all()
    assert sum(team.kind is TeamKind.MICRO_TEAM for team in teams) == 10
    assert {team.name for one in known for team in one.teams} >= {
        "老党员志愿服务队",
        "文化表演公益队",
        "青年志愿服务队",
    }
    # Who lives here already and who signs in are found by name and phone, and not made anew.
    names = [person.name for person in db.session.scalars(select(Person))]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert any(one.ends_soon for one in known)


def test_the_staff_has_one_vacant_grid_and_one_head_with_too_much(told):
    db.session.expire_all()
    ours = select(Place.name).join(Community).where(Community.code == "wujiangbei")
    vacant = ours.where(board.vacant(), Place.kind == PlaceKind.GRID)
    assert db.session.scalars(vacant).all() == ["第三网格"]
    with told.test_request_context():
        places = next(view for view in told.extensions["appbuilder"].list_views() if view.model is Place)
        assert [str(load.person) for load in board.read(places).loads] == ["张国强"]
        assert (coverage.read().members, coverage.read().unplaced) == (4, 1)


def test_the_whole_cast_is_there_with_one_password(told):
    people = {person.login: person for person in db.session.scalars(select(Account))}
    assert set(people) == CAST
    assert all(passwords.matches(person.password_hash, PASSWORD) for person in people.values())
    places = {grant.account.login: grant.place for grant in db.session.scalars(select(Grant)) if grant.place}
    assert set(places) == {"gridlead", "gridworker"}
    supervised = select(Grant.community_id).where(Grant.account_id == people["supervisor"].id)
    assert len(set(db.session.scalars(supervised))) == 2


def test_the_numbers_are_visibly_invented(told):
    numbers = [one.phone for one in db.session.scalars(select(Account))]
    numbers += [split(phone)[1] for one in db.session.scalars(select(Person)) for phone in one.phones]
    numbers += [one.reporter_phone for one in db.session.scalars(select(Need))]
    mobile = [number for number in numbers if number and number.startswith("1")]
    assert mobile
    assert all(re.fullmatch(r"1\d{2}0000\d{4}", number) for number in mobile)


def test_each_step_was_made_by_somebody_who_may(told):
    by_nobody = select(Step.move, Step.by_label).where(Step.by_id.is_(None)).distinct()
    # Needs follow their orders by themselves, are closed by themselves when nobody answers, and come from posters.
    by_itself = {("orders", "system:orders"), ("close_unconfirmed", "system:silence"), ("register", "system:public")}
    # Posts and units follow the claims and signatures of people.
    by_itself |= {(move, "system:registrations") for move in ("activate", "claim", "confirm")}
    assert {tuple(row) for row in db.session.execute(by_nobody)} == by_itself
    closers = {
        (step.by_id, need.delivered_by_id)
        for step, need in db.session.execute(
            select(Step, Need).join(Need, Need.id == Step.row_id).where(Step.move == "close")
        )
    }
    assert all(closer != deliverer for closer, deliverer in closers)


def test_a_poster_hangs_in_every_place_people_live_in_and_shows_a_telephone(told):
    places = db.session.scalars(select(Place).where(Place.kind.in_(posters.WHERE))).all()
    assert len(places) > 10
    assert all(points.code_of(place) for place in places)
    assert all(place.community.phone for place in places)


def test_the_neighbours_story_is_her_own(told):
    theirs = db.session.scalars(select(Community).filter_by(name="桥南社区")).one()
    found = db.session.scalars(select(Need).where(Need.community_id == theirs.id)).all()
    assert len(found) >= 4
    assert {need.created_by.login for need in found} == {"neighbour"}
    admin = db.session.scalars(select(Account).filter_by(login="admin")).one()
    assert [grant.role.role for grant in admin.grants] == [Role.ADMIN]


def test_history_tells_the_story_when_and_by_whom_it_happened(told):
    with told.app_context(), acting(system("tests")):
        steps = db.session.scalars(select(Step).where(Step.list == "needs")).all()
        entries = db.session.scalars(select(Entry).where(Entry.list == "needs")).all()
        steps_told = sorted((step.row_id, step.at, step.by_id) for step in steps)
        written = sorted((entry.row_id, entry.at, entry.actor_id) for entry in entries)
    assert len(steps_told) > 100
    assert written == steps_told


def test_there_are_service_projects_of_both_kinds_and_two_came_from_needs(told):
    ours = select(ServiceProject).join(Community).where(Community.code == "wujiangbei")
    found = db.session.scalars(ours).all()
    assert {project.kind for project in found} == {*ProjectKind}
    assert {project.state for project in found} == {*ProjectState} - {ProjectState.DRAFT}
    assert sorted(project.name for project in found if project.asked_by) == ["手机微课堂", "暖新驿家"]
    used = db.session.scalars(select(ServiceProject.name).join(Fulfilment, Fulfilment.project_id == ServiceProject.id))
    assert set(used) == {"四点半课堂", "健康义诊"}


def test_six_units_and_twelve_members_report_in_and_posts_of_all_eight_kinds_are_offered(told):
    reporting = select(func.count(Organization.id)).where(Organization.state.in_(REPORTING))
    assert (db.session.scalar(reporting), db.session.scalar(select(func.count(Member.id)))) == (6, 12)
    assert set(db.session.scalars(select(ServicePost.kind))) == set(PostKind)
    assert db.session.scalar(select(func.count(Agreement.id))) == 1

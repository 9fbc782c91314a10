"""Who belongs to a party organisation: one at a time, read by who reads people, and counted for everybody else."""

from datetime import date

import pytest
from sqlalchemy import insert

from app.communities.models import Community, Place, PlaceKind
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.party_orgs import coverage
from app.party_orgs.choices import PartyOrgKind as Kind
from app.party_orgs.models import PartyMember, PartyOrg
from app.people.choices import Political
from app.people.models import Person
from tests.whole.counting import counting

GROUPS, GRIDS, MEMBERS = 45, 47, 646


@pytest.fixture(autouse=True)
def thursday(app):
    """It is Thursday, 2026-11-26."""
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


def test_the_secretary_lets_a_member_join(as_secretary, as_auditor, found, member):
    form = {"person": member("韦春梅"), "org": found(), "since": "2026-02-01"}
    assert as_secretary.post("/party_members/add", form).status_code == 302
    assert "韦春梅" in as_secretary.page("/party_members/list/?quick=current")
    assert "韦春梅" not in as_auditor.page("/party_members/list/")


@pytest.mark.parametrize("political", [None, Political.LEAGUE, Political.MASSES])
def test_who_is_recorded_as_no_member_joins_nothing(as_secretary, found, member, political):
    answer = as_secretary.post("/party_members/add", {"person": member(political=political), "org": found()})
    assert (answer.status_code, "不是党员" in answer.text) == (422, True)


def test_nobody_belongs_to_two_at_a_time(as_secretary, found, member, join):
    person, branch = member(), found("支部", Kind.BRANCH)
    join(person, found(), until=date(2026, 6, 30))
    form = {"person": person, "org": branch}
    assert as_secretary.post("/party_members/add", form | {"since": "2026-06-01"}).status_code == 422
    assert as_secretary.post("/party_members/add", form | {"since": "2026-06-30"}).status_code == 302


@pytest.mark.parametrize("login", ["coordinator", "gridworker", "supervisor", "gridlead", "auditor"])
def test_who_does_not_read_names_sees_only_counts(as_person, found, member, join, login):
    org = found(places=("第二网格",))
    join(member("韦春梅"), org)
    member("覃小燕", Political.PROBATIONARY)
    reader = as_person(login)
    page = reader.page("/party_orgs/tree")
    assert "韦春梅" not in page + reader.page(f"/party_orgs/show/{org}")
    assert "覃小燕" not in page
    assert "1名党员" in page
    assert "/people/list/?quick=unplaced" not in page


def test_the_secretary_opens_who_belongs_to_none(as_secretary, found, member, join):
    join(member("韦春梅"), found())
    member("覃小燕", Political.PROBATIONARY)
    member("黄静", Political.MASSES)
    assert "/people/list/?quick=unplaced" in as_secretary.page("/party_orgs/tree")
    page = as_secretary.page("/people/list/?quick=unplaced")
    assert ("覃小燕" in page, "韦春梅" in page, "黄静" in page) == (True, False, False)


def test_who_left_belongs_to_none_again(as_secretary, found, member, join):
    join(member("韦春梅"), found(), until=date(2026, 11, 25))
    assert "韦春梅" in as_secretary.page("/people/list/?quick=unplaced")


def test_a_tree_counts_its_members_and_those_below(as_secretary, found, member, join):
    committee = found()
    group = found("小组", Kind.GROUP, parent=found("支部", Kind.BRANCH, parent=committee))
    join(member("韦春梅"), group)
    join(member("覃小燕", Political.PROBATIONARY), group)
    page = as_secretary.page("/party_orgs/tree")
    assert page.count("2名党员") == 3
    assert "预备党员1名" in page


@pytest.fixture
def anxin(app):
    """The 45 groups of the account of 002 on 47 grids, with 646 members."""
    with app.app_context(), acting(system("tests")), transaction():
        community = Community(code="anxin", name="安新")
        db.session.add(community)
        db.session.flush()
        grids = [Place(community=community, name=f"{n}号网格", kind=PlaceKind.GRID, level=1) for n in range(GRIDS)]
        top = PartyOrg(community=community, name="党委", kind=Kind.COMMITTEE)
        groups = [
            PartyOrg(community=community, name=f"第{n}党小组", kind=Kind.GROUP, parent=top, places=[grids[n]])
            for n in range(GROUPS)
        ]
        db.session.add_all([*grids, top, *groups])
        people = [
            Person(community=community, name=f"党员{n}", political=Political.PARTY_MEMBER) for n in range(MEMBERS)
        ]
        db.session.add_all(people)
        db.session.flush()
        rows = [
            {"community_id": community.id, "person_id": one.id, "org_id": groups[n % GROUPS].id}
            for n, one in enumerate(people)
        ]
        db.session.execute(insert(PartyMember.__table__), rows)


def test_the_groups_of_a_whole_county_are_covered_as_its_account_says(app, anxin):
    with app.test_request_context(), acting(system("tests")):
        with counting(app) as said:
            read = coverage.read()
        assert (read.members, read.in_grids, read.unplaced) == (MEMBERS, MEMBERS, 0)
        assert dict(read.kinds) == {Kind.COMMITTEE: 1, Kind.GROUP: GROUPS}
        assert read.covered == GROUPS
        assert read.tree[0].together == MEMBERS
        assert len(said) <= 7
        db.session.rollback()

"""The raw records of a county of 13 communities (account 002), and the figures the product tells of them."""

import re
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import insert

from app.accounts.models import Account, Grant, GrantRole
from app.communities import service as communities
from app.communities.models import Community, Place, PlaceKind
from app.core import database, sealing
from app.core.actor import acting, system
from app.core.model import new_uid
from app.extensions import db
from app.organizations.choices import UnitKind, UnitState
from app.organizations.models import Organization
from app.parties.models import Party, PartyKind
from app.party_orgs import service as party_orgs
from app.party_orgs.choices import PartyOrgKind
from app.party_orgs.models import PartyMember, PartyOrg
from app.people.choices import Political
from app.people.models import Person
from app.posts import service as posts
from app.posts.choices import PostDuty
from app.posts.models import Post, post_place
from app.registrations.choices import MemberState
from app.registrations.models import Member
from app.talents.choices import Field, FoundBy
from app.talents.models import Talent
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer
from tests.reports.test_figures import NUMBER, TOTAL, said

SINCE: Final = date(2025, 3, 1)
HOMES: Final = 13
PART_TIMERS: Final = {"京东": 96, "顺丰": 88, "美团": 132, "饿了么": 117, "安新到家": 41, "人和环境公司": 59}
"""The 533 by company; the account says only how many they are together."""
PERIOD: Final = "from=2025-01-01&to=2026-12-31"

SAID: Final = {
    "社区": 13,
    "网格": 47,
    "网格长": 17,
    "网格员": 216,
    "楼栋长": 392,
    "单元长": 685,
    "兼职网格员": 533,
    "人民调解员": 63,
    "“两委”干部": 71,
    "专职社区工作者": 32,
    "小区综合管理员": 41,
    "党小组": 45,
    "报到单位": 98,
    "报到在职党员": 2905,
    "社区人才": 157,
    "注册志愿者": 359,
}
"""What the account says, by the name of the figure."""


def share(total: int, home: int) -> int:
    """Return how many of so many fall to one of the communities."""
    return total // HOMES + (home < total % HOMES)


@dataclass
class Town:
    """One community, as it is being filled."""

    number: int
    community: Community
    grids: list[Place]

    def people(self, number: int, **columns: Any) -> list[int]:
        """Register so many people at once, and return their ids."""
        known = range(share(number, self.number))
        named = [{"community_id": self.community.id, "uid": new_uid(), "name": f"居民{one}"} for one in known]
        parties = [{**one, "kind": PartyKind.PERSON, "known": False} for one in named]
        ids = [*db.session.scalars(insert(Party).returning(Party.id, sort_by_parameter_order=True), parties)]
        pairs = zip(ids, named, strict=True)
        rows = ({**one, **columns, "id": pk, "phones": [f"1380{pk:07d}"]} for pk, one in pairs)
        db.session.execute(insert(Person), [*sealing.shut_rows(Person, rows)])
        return ids


def _places(town: Town, total: int, kind: PlaceKind, level: int) -> list[int]:
    """Let so many buildings, or units, stand in the grids in turn; return their ids."""
    number = share(total, town.number)
    rows = []
    for index in range(number):
        grid, uid = town.grids[index % len(town.grids)], new_uid()
        where = {"parent_id": grid.id, "path": f"{grid.path}{index:03x}{uid[:5]}/", "level": level, "kind": kind}
        rows.append({"community_id": town.community.id, "uid": uid, "name": f"{kind.value}{index}", **where})
    return [*db.session.scalars(insert(Place).returning(Place.id), rows)]


def _posts(town: Town, total: int, duty: PostDuty, places: list[int], **columns: Any) -> None:
    """Appoint so many, a person each, for these places in turn."""
    people = town.people(total)
    row = {"community_id": town.community.id, "duty": duty, "since": SINCE, **columns}
    made = db.session.scalars(insert(Post).returning(Post.id), [{**row, "person_id": pk} for pk in people])
    pairs = [{"post_id": pk, "place_id": places[index % len(places)]} for index, pk in enumerate(made)]
    db.session.execute(post_place.insert(), pairs)


def _build(home: int) -> None:
    """Let one community be there, with what falls to it."""
    community = communities.open_community(code=f"ax{home}", name=f"安新第{home + 1}社区")
    grids = [communities.add_place(community, f"第{one + 1}网格") for one in range(share(47, home))]
    db.session.flush()
    town = Town(home, community, grids)
    _staff(town)
    _party(town)
    _dual(town)
    _others(town)


def _staff(town: Town) -> None:
    grids = [grid.id for grid in town.grids]
    heads = zip(town.people(17), town.grids, strict=False)
    for pk, grid in heads:
        _appoint(town, pk, PostDuty.GRID_LEAD, [grid])
    for total, duty in ((71, PostDuty.CADRE), (32, PostDuty.COMMUNITY_WORKER), (41, PostDuty.COMPOUND_MANAGER)):
        for pk in town.people(total):
            _appoint(town, pk, duty, town.grids[:1])
    _posts(town, 216, PostDuty.GRID_WORKER, grids)
    _posts(town, 392, PostDuty.BUILDING_HEAD, _places(town, 392, PlaceKind.BUILDING, 2))
    _posts(town, 685, PostDuty.UNIT_HEAD, _places(town, 685, PlaceKind.UNIT, 3))
    for company, total in PART_TIMERS.items():
        _posts(town, total, PostDuty.PART_TIME, grids, company=company)
    _posts(town, 63, PostDuty.MEDIATOR, grids)


def _appoint(town: Town, pk: int, duty: PostDuty, places: list[Place]) -> None:
    party = db.session.get_one(Party, pk)
    posts.appoint(community=town.community, person=party, duty=duty, places=places, since=SINCE)


def _party(town: Town) -> None:
    """Let the groups be there, and the members belong to them in turn."""
    branch = party_orgs.found(community=town.community, name="社区党支部", kind=PartyOrgKind.BRANCH)
    groups = [_group(town, branch, one) for one in range(share(45, town.number))]
    members = town.people(646, political=Political.PARTY_MEMBER)
    row = {"community_id": town.community.id, "since": SINCE}
    joined = [{**row, "person_id": pk, "org_id": groups[index % len(groups)].id} for index, pk in enumerate(members)]
    db.session.execute(insert(PartyMember), joined)


def _group(town: Town, branch: PartyOrg, number: int) -> PartyOrg:
    given: dict[str, Any] = {"kind": PartyOrgKind.GROUP, "parent": branch, "places": [town.grids[number]]}
    return party_orgs.found(community=town.community, name=f"第{number + 1}党小组", **given)


def _dual(town: Town) -> None:
    columns = {"community": town.community, "kind": UnitKind.PARTY_UNIT, "state": UnitState.RECEIVED}
    units = [Organization(name=f"驻区单位{one}", **columns) for one in range(share(98, town.number))]
    # Not all units report in.
    db.session.add_all([*units, Organization(name="物业公司", community=town.community, kind=UnitKind.PROPERTY)])
    db.session.flush()
    row = {"community_id": town.community.id, "state": MemberState.RECEIVED, "reported_on": SINCE}
    people = enumerate(town.people(2905))
    rows = [{**row, "person_id": pk, "unit_id": units[index % len(units)].id} for index, pk in people]
    db.session.execute(insert(Member), rows)


def _others(town: Town) -> None:
    row = {"community_id": town.community.id}
    talents = [{**row, "person_id": pk, "field": Field.LAW, "found_by": FoundBy.VISIT} for pk in town.people(157)]
    db.session.execute(insert(Talent), talents)
    row |= {"registered_on": SINCE, "state": VolunteerState.ACTIVE}
    volunteers = [{**row, "person_id": pk, "number": f"ZYAX{pk}"} for pk in town.people(359)]
    db.session.execute(insert(Volunteer), volunteers)


def _works(login: str, role: GrantRole, homes: list[Community]) -> None:
    account = Account(login=login, name=login)
    grants = [Grant(account=account, role=role, community=home, starts_on=SINCE) for home in homes]
    db.session.add_all([account, *grants])
    db.session.flush()


@pytest.fixture
def anxin(app: Flask) -> None:
    """The 13 communities with all who are counted in them, a secretary each, and one supervisor."""
    with app.app_context(), acting(system("tests")), database.transaction():
        for home in range(HOMES):
            _build(home)
        homes = [*db.session.scalars(db.select(Community).where(Community.code.like("ax%")))]
        for home in homes:
            _works(f"secretary-{home.code}", GrantRole.SECRETARY, [home])
        _works("county", GrantRole.SUPERVISOR, homes)


def _number(figure: tuple[str, str]) -> int:
    return int(re.sub(r"\D", "", figure[0]))


@pytest.mark.usefixtures("anxin")
def test_the_figures_say_what_the_account_says_to_the_supervisor_and_to_each_secretary_her_own(as_person):
    county = said(as_person("county").page(f"/figures/?{PERIOD}"))
    assert {name: _number(county[name]) for name in SAID} == SAID
    assert county["有网格长的网格"][1] == "17 ÷ 47"
    assert county["纳入网格的党员"] == ("100.0%", "646 ÷ 646")
    for home in range(HOMES):
        own = said(as_person(f"secretary-ax{home}").page(f"/figures/?{PERIOD}"))
        parted = {name: share(total, home) for name, total in SAID.items()}
        parted["兼职网格员"] = sum(share(of_company, home) for of_company in PART_TIMERS.values())
        assert {name: _number(own[name]) for name in SAID} == parted, home


@pytest.mark.usefixtures("anxin")
def test_a_secretary_opens_exactly_the_rows_of_each_number(as_person):
    secretary = as_person("secretary-ax0")
    page = secretary.page(f"/figures/?{PERIOD}")
    links = {unescape(address): int(number.replace(",", "")) for address, number in NUMBER.findall(page)}
    for address, number in links.items():
        total = TOTAL.search(secretary.page(address))
        assert total, address
        assert int(total[1].replace(",", "")) == number, address
    assert len(links) > 20


@pytest.mark.usefixtures("anxin")
def test_part_timers_are_told_by_company_and_apart_from_the_workers_of_grids(as_person):
    page = as_person("county").page(f"/figures/post_part_time_grid_worker?{PERIOD}")
    rows = dict(re.findall(r'<th scope="row">(.*?)</th><td>\s*([\d,]+) <small>', page, re.DOTALL))
    assert {name: int(rows[name]) for name in PART_TIMERS} == PART_TIMERS
    assert sum(PART_TIMERS.values()) == SAID["兼职网格员"]
    for address, number in NUMBER.findall(page):
        total = TOTAL.search(as_person("county").page(unescape(address)))
        assert total, address
        assert total[1] == number, address


def test_shares_add_up():
    for total in SAID.values():
        assert sum(share(total, home) for home in range(HOMES)) == total

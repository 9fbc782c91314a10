"""Who plays: two communities, their places, and one person for each role."""

from datetime import date
from typing import Any, Final

from app.accounts.models import Account, Grant, GrantRole
from app.accounts.passwords import hashed
from app.communities.models import Category, Community, Place, PlaceKind
from app.extensions import db
from app.organizations.choices import TeamKind, UnitKind
from app.organizations.models import Organization, Team
from app.people.models import Person
from app.roles import Role
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer

PASSWORD: Final = "sunny-lane-2026"
SINCE: Final = date(2020, 1, 1)
"""Since when everybody has held their role: before every day a test may hold the clock at."""

NAMES: Final = {
    "secretary": "陈秀兰",
    "worker": "李国强",
    "coordinator": "周敏",
    "gridlead": "何志强",
    "gridworker": "罗小玲",
    "liaison": "黄建国",
    "partner": "邓丽华",
    "volunteer": "张海燕",
    "auditor": "谢文静",
    "admin": "管理员",
    "supervisor": "梁永康",
    "neighbour": "吴桂芳",
}

ROLES: Final = {
    "secretary": Role.SECRETARY,
    "worker": Role.WORKER,
    "coordinator": Role.COORDINATOR,
    "gridlead": Role.GRID_LEAD,
    "gridworker": Role.GRID_WORKER,
    "liaison": Role.LIAISON,
    "partner": Role.PARTNER,
    "volunteer": Role.VOLUNTEER,
    "auditor": Role.AUDITOR,
}

CAST: Final = tuple(NAMES)

PARTIES: Final = ("市中医院", "邻里帮社会工作服务中心", NAMES["volunteer"], "青年志愿服务队")
"""What the liaison, the partner and the volunteer speak for, and the team the volunteer leads."""

NUMBER: Final = "ZY20200101001"
"""The volunteer's number."""

THEIR_PARTIES: Final = ("桥南卫生院", "桥南义工联合会", "林小满", "桥南助老队")
"""The same next door, where nobody speaks for them."""


def enter() -> None:
    """Let everybody onto the stage."""
    ours, theirs = _community("wjb", "武江北社区"), _community("qn", "桥南社区")
    grids = [_place(ours, name) for name in ("第一网格", "第二网格")]
    _place(ours, "武江北路8栋", grids[0])
    _place(ours, "二建宿舍", grids[1])
    _place(theirs, "桥南一网格")
    for community in (ours, theirs):
        _categories(community)
    secret = hashed(PASSWORD)
    everybody = {login: _account(login, name, secret, number) for number, (login, name) in enumerate(NAMES.items(), 1)}
    bound = _parties(ours, everybody["volunteer"], PARTIES)
    _parties(theirs, None, THEIR_PARTIES)
    _serves(ours, bound)
    for login, role in ROLES.items():
        place = {"gridlead": grids[0], "gridworker": grids[0]}.get(login)
        _grant(everybody[login], role, ours, place, bound.get(login))
    _grant(everybody["volunteer"], Role.VOLUNTEER, ours, subject=bound["team"])
    _grant(everybody["admin"], Role.ADMIN, None)
    _grant(everybody["neighbour"], Role.SECRETARY, theirs)
    for community in (ours, theirs):
        _grant(everybody["supervisor"], Role.SUPERVISOR, community)


def _community(code: str, name: str) -> Community:
    community = Community(code=code, name=name, street="惠民街道", district="武江区", city="韶关市")
    db.session.add(community)
    db.session.flush()
    return community


def _place(community: Community, name: str, parent: Place | None = None) -> Place:
    level, kind = (2, PlaceKind.BUILDING) if parent else (1, PlaceKind.GRID)
    place = Place(community=community, name=name, parent=parent, level=level, kind=kind)
    db.session.add(place)
    db.session.flush()
    return place


def _categories(community: Community) -> None:
    top = Category(community=community, name="社区治理")
    db.session.add_all([top, Category(community=community, name="公共设施", parent=top)])


def _parties(community: Community, volunteer: Account | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Let two organisations, a team and its leader be there; return who the people of the cast speak for."""
    unit, partner, person, team = names
    found = {
        "liaison": Organization(community=community, name=unit, kind=UnitKind.HOSPITAL),
        "partner": Organization(community=community, name=partner, kind=UnitKind.SOCIAL_ORG),
        "volunteer": Person(community=community, name=person, account=volunteer),
    }
    db.session.add_all(found.values())
    db.session.flush()
    found["team"] = Team(community=community, name=team, kind=TeamKind.SERVICE_TEAM, leader=found["volunteer"].party)
    db.session.add(found["team"])
    db.session.flush()
    return found


def _serves(community: Community, bound: dict[str, Any]) -> None:
    """Let the volunteer be one, in service and of the team she leads."""
    party = bound["volunteer"].party
    party.serves = True
    columns = {"person": party, "number": NUMBER, "registered_on": SINCE, "teams": [bound["team"]]}
    db.session.add(Volunteer(community=community, state=VolunteerState.ACTIVE, **columns))


def _account(login: str, name: str, secret: str, number: int) -> Account:
    account = Account(login=login, name=name, phone=f"138000010{number:02d}", password_hash=secret)
    db.session.add(account)
    db.session.flush()
    return account


def _grant(
    account: Account, role: Role, community: Community | None, place: Place | None = None, subject: Any = None
) -> None:
    given = {"role": GrantRole(role.value), "community": community, "place": place, "starts_on": SINCE}
    if subject is not None:
        given["subject"] = subject.party
    db.session.add(Grant(account=account, **given))

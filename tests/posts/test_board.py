"""The board counts from the posts of today; the accounts' own numbers come out; and who is responsible for a door."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select

from app.communities.models import Community, Place, PlaceKind
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.model import new_uid
from app.extensions import db
from app.parties.models import Party, PartyKind
from app.posts import board
from app.posts.choices import PostDuty
from app.posts.models import Post, post_place
from tests.whole.counting import counting

GRIDS, BUILDINGS, UNITS = 47, 392, 685
STAFF = {
    PostDuty.GRID_WORKER: 216 - 17,
    PostDuty.BUILDING_HEAD: 392,
    PostDuty.UNIT_HEAD: 685,
    PostDuty.PART_TIME: 533,
    PostDuty.MEDIATOR: 63,
    PostDuty.CADRE: 71,
    PostDuty.COMMUNITY_WORKER: 32,
    PostDuty.COMPOUND_MANAGER: 41,
}
COMPANIES = ("京东", "顺丰", "美团", "饿了么", "安新到家", "人和环境")


@pytest.fixture(autouse=True)
def thursday(app):
    """It is Thursday, 2026-11-26."""
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


@pytest.fixture
def county(app):
    """The staff of the account of 002 in one community: 17 heads on 47 grids, and all the others."""
    with app.app_context(), acting(system("tests")), transaction():
        community = Community(code="anxin", name="安新")
        db.session.add(community)
        db.session.flush()
        grids = [_place(community, f"{number}号网格", PlaceKind.GRID, 1) for number in range(1, GRIDS + 1)]
        buildings = [
            _place(community, f"{number}号楼", PlaceKind.BUILDING, 2, grids[number % GRIDS])
            for number in range(1, BUILDINGS + 1)
        ]
        units = [
            _place(community, f"{number}单元", PlaceKind.UNIT, 3, buildings[number % BUILDINGS])
            for number in range(1, UNITS + 1)
        ]
        db.session.flush()
        below = {PostDuty.BUILDING_HEAD: buildings, PostDuty.UNIT_HEAD: units}
        held = [(PostDuty.GRID_LEAD, grids[number::17]) for number in range(17)]
        held += [
            (duty, [_nth(below.get(duty, grids), number)]) for duty, many in STAFF.items() for number in range(many)
        ]
        _write(community.id, held)


def _place(community, name, kind, level, parent=None):
    place = Place(community=community, name=name, kind=kind, level=level, parent=parent)
    db.session.add(place)
    return place


def _nth(places, number):
    return places[number % len(places)]


def _write(community_id, held):
    """Write a person and a post for each, without a form and a line of history for all two thousand of them."""
    first = db.session.scalar(select(func.max(Party.id))) + 1
    people = [
        {"id": first + number, "community_id": community_id, "name": f"人{number}"} for number in range(len(held))
    ]
    party = {"kind": PartyKind.PERSON, "known": True}
    db.session.execute(insert(Party.__table__), [one | party | {"uid": new_uid()} for one in people])
    posts = [
        {"id": one["id"], "person_id": one["id"], "community_id": community_id, "duty": duty, "since": date(2025, 3, 1)}
        for one, (duty, _places) in zip(people, held, strict=True)
    ]
    companies = [{"company": _nth(COMPANIES, number)} for number in range(len(posts))]
    db.session.execute(insert(Post.__table__), [{**post, **one} for post, one in zip(posts, companies, strict=True)])
    between = [
        {"post_id": post["id"], "place_id": place.id}
        for post, (_duty, places) in zip(posts, held, strict=True)
        for place in places
    ]
    db.session.execute(insert(post_place), between)


def test_the_staff_of_a_whole_county_is_counted_as_its_account_counts_it(app, county):
    with app.test_request_context(), acting(system("tests")):
        places = type("Places", (), {"url": lambda self, name, **values: ""})()
        with counting(app) as said:
            read = board.read(places)
        found = {one.duty: (one.people, one.places) for one in read.counts}
        assert found[PostDuty.GRID_LEAD] == (17, 47)
        assert read.grid_people == 216
        assert {duty: found[duty][0] for duty in STAFF} == STAFF
        vacant = {level.kind: (level.places, level.vacant) for level in read.levels}
        # The two buildings of the cast have nobody.
        assert vacant[PlaceKind.BUILDING] == (BUILDINGS + 2, 2)
        assert vacant[PlaceKind.UNIT] == (UNITS, 0)
        assert len(said) <= 5
        db.session.rollback()


def test_the_board_names_vacancies_and_too_much_for_one(as_person, app, appoint, resident):
    with app.app_context(), acting(system("tests")), transaction():
        for place in db.session.scalars(select(Place).where(Place.parent_id.is_(None))):
            place.households = 900
    appoint(resident("何丽"), places=("第一网格", "第二网格"))
    page = as_person("coordinator").page("/posts/board")
    assert "2个网格，1,800户" in page
    assert "武江北路8栋" in page
    assert 'href="/places/list/?quick=vacant&amp;kind=building"' in page
    assert "二建宿舍" in as_person("coordinator").page("/places/list/?quick=vacant&kind=building")


def test_a_vacancy_is_counted_from_the_posts_of_today(as_secretary, appoint, place):
    def vacant():
        return "第一网格" in as_secretary.page("/places/list/?quick=vacant&kind=grid")

    assert vacant()
    appoint(since=clock.today() + timedelta(days=1))
    assert vacant()
    appoint(until=clock.today() - timedelta(days=1))
    assert vacant()
    appoint()
    assert not vacant()


def test_the_supervisor_sees_the_communities_added_up(as_person, appoint, resident):
    appoint(resident("何丽"))
    appoint(resident("黄静", code="qn"), code="qn", places=("桥南一网格",))
    assert "网格队伍（网格长和网格员）共2人" in as_person("supervisor").page("/posts/board")
    assert "网格队伍（网格长和网格员）共1人" in as_person("secretary").page("/posts/board")


def test_from_a_door_up_the_tree_today_and_on_a_past_day(as_person, appoint, resident):
    appoint(resident("何丽"), until=date(2026, 6, 30))
    appoint(resident("黄静"), since=date(2026, 7, 1))
    appoint(resident("覃小燕"), duty=PostDuty.BUILDING_HEAD, places=("武江北路8栋",))
    page = as_person("gridworker").page("/posts/responsible?q=武江北路8栋1-302")
    assert "覃小燕" in page
    assert ("黄静" in page, "何丽" in page) == (True, False)
    past = as_person("gridworker").page("/posts/responsible?q=武江北路8栋&on=2026-06-30")
    assert ("黄静" in past, "何丽" in past) == (False, True)


def test_the_tree_shows_what_lies_in_a_place_with_its_vacancies(as_secretary, place):
    page = as_secretary.page(f"/posts/responsible?place={place('第一网格')}")
    assert "武江北路8栋" in page
    assert ("空缺：网格长" in page, "空缺：楼栋长" in page) == (True, True)


@pytest.mark.parametrize("asked", ["on=2026-13-01", "on=0001-01-01", "on=abc"])
def test_a_day_that_is_none_is_said(as_secretary, asked):
    assert as_secretary.get(f"/posts/responsible?{asked}").status_code == 400


def test_the_neighbours_places_are_not_there(as_neighbour, place):
    assert as_neighbour.get(f"/posts/responsible?place={place('第一网格')}").status_code == 404
    assert "没有叫这个名字的位置" in as_neighbour.page("/posts/responsible?q=第一网格")
    assert as_neighbour.get("/posts/responsible?q=%00").status_code == 200


def test_a_need_and_a_place_say_who_is_responsible(as_person, appoint, resident, register, place):
    appoint(resident("何丽"))
    pk = register()
    assert "何丽" in as_person("coordinator").page(f"/places/show/{place('武江北路8栋')}")
    assert "何丽" in as_person("gridlead").page(f"/needs/show/{pk}")

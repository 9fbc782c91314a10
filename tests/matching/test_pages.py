"""Finding a helper, as the worker does it: the candidates with their reasons, one click, and the gaps that remain."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.communities.models import Category, Community, Place
from app.core import clock, database
from app.core.actor import acting, system
from app.extensions import db
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState
from app.needs.models import Need
from app.organizations.models import Organization
from app.parties.models import Party
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from app.resources.windows import Windows
from tests.cast.people import PARTIES
from tests.conftest import Person
from tests.whole.counting import counting

NAME = re.compile(r"<h2>(.*?)</h2><span class=\"tag")
NUMBER = re.compile(r'<a href="((?:/needs|/resources)/list/\?[^"]+)">([\d,]+)</a>')
TOTAL = re.compile(r'<span class="count">([\d,]+)</span>')


@pytest.fixture
def share(app: Flask) -> Callable[..., int]:
    """Share a resource of the cast's hospital, available and checked today unless said otherwise."""

    def make(name: str, text: str = "", place: str | None = None, community: str = "wjb", **columns: Any) -> int:
        with app.app_context(), acting(system("tests")), database.transaction():
            home = db.session.scalars(select(Community).filter_by(code=community)).one()
            unit = db.session.scalars(select(Organization).filter_by(community_id=home.id).limit(1)).first()
            if unit is None:
                unit = Organization(community=home, name="桥南诊所", kind="hospital")
                db.session.add(unit)
                db.session.flush()
            served = db.session.scalars(select(Place).filter_by(name=place, community_id=home.id)).one_or_none()
            category = db.session.scalars(select(Category).filter_by(name="公共设施", community_id=home.id)).one()
            row = Resource(
                community=home,
                name=name,
                text=text,
                provider=unit.party,
                kind=ResourceKind.SERVICE,
                place=served,
                categories=[category],
                **{"checked_on": clock.today(), "state": ResourceState.AVAILABLE} | columns,
            )
            db.session.add(row)
            db.session.flush()
            return int(row.id)

    return make


@pytest.fixture
def waiting(app: Flask, register: Callable[..., int]) -> Callable[..., int]:
    """Register a need that has been accepted."""

    def make(title: str, login: str = "secretary", **columns: Any) -> int:
        pk = register(login, title=title, **columns)
        with app.app_context(), acting(system("tests")), database.transaction():
            need = db.session.get_one(Need, pk)
            need.state = NeedState.ACCEPTED
        return pk

    return make


def test_the_worker_reads_who_can_help_and_why(as_worker, waiting, share):
    need = waiting("楼道没有扶手，老人怕摔倒")
    share("楼道扶手安装", "为老旧楼道安装扶手")
    share("社区书屋", "借阅图书")
    page = as_worker.page(f"/needs/candidates/{need}")
    assert NAME.findall(page)[0] == "楼道扶手安装"
    assert "都说到扶手防滑" in page
    assert "正对这一类需求" in page


def test_one_click_makes_the_offer_and_a_second_click_opens_the_same_order(app, as_worker, waiting, share, behind):
    need = waiting("楼道没有扶手")
    resource = share("楼道扶手安装")
    with behind():
        provider = db.session.scalar(select(Resource.provider_id).filter_by(id=resource))
    chosen = {"provider": str(provider), "resource": str(resource)}
    first = as_worker.post(f"/needs/candidates/{need}", chosen)
    second = as_worker.post(f"/needs/candidates/{need}", chosen)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    with behind():
        (order,) = db.session.scalars(select(Fulfilment).filter_by(need_id=need)).all()
        assert (order.state, order.resource_id) == (FulfilmentState.OFFERED, resource)
    assert "已经请过" in as_worker.page(f"/needs/candidates/{need}")


def test_a_program_reads_the_same_candidates_and_offers_by_their_ids(as_worker, waiting, share):
    need = waiting("楼道没有扶手，老人怕摔倒")
    share("楼道扶手安装", "为老旧楼道安装扶手")
    share("扶手加固", state=ResourceState.PAUSED)
    told = as_worker.get(f"/api/v1/needs/{need}/candidates").json["result"]
    (best,) = told["candidates"]
    assert (best["kind"], best["name"], best["order"], best["reason"]) == ("resource", "楼道扶手安装", None, None)
    assert "都说到扶手防滑" in best["reasons"]
    (left_out,) = told["left_out"]
    assert left_out["name"] == "扶手加固"
    assert "目前不能提供（已暂停）" in left_out["reason"]
    order = {"need": need, "provider": best["provider"], "resource": best["id"]}
    headers = {"X-CSRFToken": as_worker.token()}
    made = as_worker.client.post("/api/v1/fulfilments/", json=order, headers=headers)
    assert made.status_code == 201
    again = as_worker.get(f"/api/v1/needs/{need}/candidates").json["result"]["candidates"]
    assert again[0]["order"] == made.json["id"]


def test_a_program_reads_the_needs_a_resource_could_answer(as_worker, waiting, share):
    need, resource = waiting("楼道没有扶手，老人怕摔倒"), share("楼道扶手安装", "为老旧楼道安装扶手")
    paused = share("扶手加固", state=ResourceState.PAUSED)
    told = as_worker.get(f"/api/v1/resources/{resource}/needs").json["result"]
    assert [(one["id"], one["title"]) for one in told["needs"]] == [(need, "楼道没有扶手，老人怕摔倒")]
    assert told["reason"] is None
    none = as_worker.get(f"/api/v1/resources/{paused}/needs").json["result"]
    assert none["needs"] == []
    assert "目前不能提供（已暂停）" in none["reason"]


def test_no_program_of_the_neighbours_asks_about_our_rows(as_neighbour, waiting, share):
    ours, resource = waiting("楼道没有扶手"), share("楼道扶手安装")
    assert as_neighbour.get(f"/api/v1/needs/{ours}/candidates").status_code == 404
    assert as_neighbour.get(f"/api/v1/resources/{resource}/needs").status_code == 404


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"state": ResourceState.PAUSED}, "目前不能提供（已暂停）"),
        ({"checked_on": clock.today() - timedelta(days=120)}, "90"),
        ({"valid_to": clock.today() - timedelta(days=1)}, "只提供到"),
        (
            {"quantity_mode": QuantityMode.COUNTABLE, "quantity": 3, "committed": 3, "unit_of_measure": "套"},
            "只剩",
        ),
        ({"place": "第二网格"}, "只服务第二网格"),
    ],
)
def test_what_cannot_be_offered_is_left_out_with_its_reason(as_worker, waiting, share, columns, reason):
    need = waiting("楼道没有扶手")
    share("楼道扶手安装", **columns)
    page = as_worker.page(f"/needs/candidates/{need}")
    assert NAME.findall(page) == []
    assert reason in page
    assert "parts.post_button" not in page
    assert "请" not in re.findall(r"<button[^>]*>请.*?</button>", page)


WINDOW = "周一 9:00-10:00（1人）"


@pytest.fixture
def booked(app: Flask, waiting: Callable[..., int]) -> Callable[[int, int], None]:
    """Let orders take the next times of a resource, one each."""

    def book(resource: int, times: int) -> None:
        need = waiting("另一处楼道没有扶手")
        with app.app_context(), acting(system("tests")), database.transaction():
            row = db.session.get_one(Resource, resource)
            coming = row.windows.coming(clock.now(), 30)
            for number, one in zip(range(times), coming, strict=False):
                about = {"need": db.session.get_one(Need, need), "provider": row.provider, "resource": row}
                about |= {"scheduled_at": one.begins, "state": FulfilmentState.SCHEDULED, "code": f"LD{need}{number}"}
                db.session.add(Fulfilment(community=row.community, **about))

    return book


def test_who_has_no_time_left_is_left_out_and_answers_no_need(as_worker, waiting, share, booked):
    need = waiting("楼道没有扶手")
    columns = {"quantity_mode": QuantityMode.SCHEDULED, "windows": Windows.read(WINDOW)}
    resource = share("楼道扶手安装", **columns)
    booked(resource, 1)
    assert NAME.findall(as_worker.page(f"/needs/candidates/{need}")) == ["楼道扶手安装"]
    booked(resource, 4)
    page = as_worker.page(f"/needs/candidates/{need}")
    assert NAME.findall(page) == []
    assert "近期的时间都约满了" in page
    assert "近期的时间都约满了" in as_worker.page(f"/resources/needs/{resource}")


def test_who_has_time_only_after_the_day_it_is_planned_for_is_left_out(as_worker, waiting, share):
    clock.clock.fixed = clock.parse_local("2026-11-25T12:00")  # a Wednesday
    columns = {"quantity_mode": QuantityMode.SCHEDULED, "windows": Windows.read("周一 9:00-10:00（2人）")}
    share("楼道扶手安装", **columns)
    soon, later = (waiting("楼道没有扶手", planned_on=date(2026, 11, day)) for day in (27, 30))
    crowd = waiting("楼道没有扶手", quantity_asked=3)
    found = [NAME.findall(as_worker.page(f"/needs/candidates/{need}")) for need in (soon, later, crowd)]
    assert found == [[], ["楼道扶手安装"], []]


def test_for_whom_it_is_and_what_it_costs_is_said(as_worker, waiting, share):
    share("楼道扶手安装", eligibility="60 岁以上老人", fee="材料费 30 元")
    page = as_worker.page(f"/needs/candidates/{waiting('楼道没有扶手')}")
    assert "只面向60 岁以上老人" in page
    assert "收费：材料费 30 元" in page


def test_several_providers_share_what_one_need_asks_for(as_worker, waiting, share, behind):
    need = waiting("楼道没有扶手", quantity_asked=5)
    few = share("扶手维修", quantity_mode=QuantityMode.COUNTABLE, quantity=2, unit_of_measure="根")
    share("楼道扶手安装", quantity_mode=QuantityMode.COUNTABLE, quantity=9, unit_of_measure="根")
    assert NAME.findall(as_worker.page(f"/needs/candidates/{need}")) == ["楼道扶手安装"]
    with behind():
        row, other = db.session.get_one(Need, need), db.session.scalars(select(Party).filter_by(name=PARTIES[1])).one()
        about = {"need": row, "provider": other, "state": FulfilmentState.CLAIMED, "place": row.place}
        about |= {"quantity_asked": 3, "quantity_committed": 3, "code": "LD1"}
        db.session.add(Fulfilment(community=row.community, **about))
        db.session.commit()
        provider = db.session.get_one(Resource, few).provider_id
    page = as_worker.page(f"/needs/candidates/{need}")
    assert "还差 2" in page
    assert {*NAME.findall(page)} == {"扶手维修", "楼道扶手安装"}
    (typed,) = re.findall(r'<input [^>]*name="quantity_asked"[^>]*>', as_worker.page(f"/fulfilments/add?need={need}"))
    assert 'value="2"' in typed
    chosen = {"provider": str(provider), "resource": str(few)}
    assert as_worker.post(f"/needs/candidates/{need}", chosen).status_code == 302
    with behind():
        newest = db.session.scalars(select(Fulfilment).order_by(Fulfilment.id.desc()).limit(1)).one()
        assert (newest.resource_id, newest.quantity_asked) == (few, 2)


@pytest.mark.parametrize("state", ["declined", "expired", "returned", "missed"])
def test_who_was_asked_and_did_not_do_it_makes_room_for_the_next(as_worker, waiting, share, behind, state):
    need, resource = waiting("楼道没有扶手"), share("楼道扶手安装")
    share("扶手维修")
    with behind():
        row, used = db.session.get_one(Need, need), db.session.get_one(Resource, resource)
        about = {"need": row, "provider": used.provider, "resource": used, "code": "LD1", "place": row.place}
        db.session.add(Fulfilment(community=row.community, state=FulfilmentState[state.upper()], **about))
        db.session.commit()
    page = as_worker.page(f"/needs/candidates/{need}")
    assert NAME.findall(page) == ["扶手维修"]
    assert "这件事已经请过" in page


def test_a_resource_answers_no_need_that_asks_for_more_than_is_left(as_worker, waiting, share):
    waiting("楼道没有扶手", quantity_asked=4)
    waiting("楼梯要装扶手", quantity_asked=2)
    resource = share("楼道扶手安装", quantity_mode=QuantityMode.COUNTABLE, quantity=3, unit_of_measure="根")
    page = as_worker.page(f"/resources/needs/{resource}")
    assert "楼梯要装扶手" in page
    assert "楼道没有扶手" not in page


def test_the_neighbour_finds_neither_our_need_nor_our_helpers(as_neighbour, waiting, share):
    ours = waiting("楼道没有扶手")
    share("楼道扶手安装")
    theirs = waiting("楼道没有扶手", "neighbour", place="桥南一网格")
    assert as_neighbour.get(f"/needs/candidates/{ours}").status_code == 404
    assert "楼道扶手安装" not in as_neighbour.page(f"/needs/candidates/{theirs}")


def test_our_worker_cannot_offer_a_resource_of_the_neighbours(as_worker, waiting, share, behind):
    need, foreign = waiting("楼道没有扶手"), share("扶手", community="qn")
    with behind():
        provider = db.session.scalar(select(Resource.provider_id).filter_by(id=foreign))
    answer = as_worker.post(f"/needs/candidates/{need}", {"provider": str(provider), "resource": str(foreign)})
    assert answer.status_code == 404


@pytest.mark.parametrize("login", ["gridworker", "liaison", "partner", "volunteer", "auditor", "admin"])
def test_who_may_not_offer_does_not_see_the_page(as_person, waiting, login: str):
    need = waiting("楼道没有扶手")
    assert as_person(login).get(f"/needs/candidates/{need}").status_code == 403


def test_a_resource_shows_the_needs_it_could_answer(as_worker, waiting, share):
    waiting("楼道没有扶手，老人怕摔倒")
    resource = share("楼道扶手安装", "安装扶手")
    page = as_worker.page(f"/resources/needs/{resource}")
    assert "楼道没有扶手，老人怕摔倒" in page
    assert "都说到扶手防滑" in page


def test_candidates_cost_few_statements_however_many_there_are(app, as_worker, waiting, share):
    need = waiting("楼道没有扶手")

    def cost() -> int:
        with counting(app) as said:
            as_worker.page(f"/needs/candidates/{need}")
        return len(said)

    share("楼道扶手安装")
    before = cost()
    for number in range(12):
        share(f"扶手{number}")
    assert cost() == before
    assert before <= 12


def test_every_number_of_the_gap_view_opens_its_rows(as_secretary, waiting, share):
    waiting("楼道没有扶手")
    waiting("没有位置的需求", place=None)
    share("楼道扶手安装")
    page = as_secretary.page("/boards/gaps")
    links = {unescape(address): int(count) for address, count in NUMBER.findall(page)}
    for address, count in links.items():
        total = TOTAL.search(as_secretary.page(address))
        assert total, address
        assert int(total[1]) == count, address
    assert max(links.values()) == 2
    assert "可以对接" in page


def test_the_gap_view_sets_need_and_resource_of_a_place_side_by_side(as_secretary, waiting, share):
    waiting("楼道没有扶手")
    share("楼道扶手安装", place="第一网格")
    share("扶手维修", place="第二网格")
    share("扶手材料")
    page = as_secretary.page("/boards/gaps")
    (row,) = [row for row in page.split("<tr>") if "公共设施" in row and "data-label" in row]
    cells = {name: re.sub(r"<[^>]+>", "", cell) for name, cell in re.findall(r'<td data-label="(.*?)">(.*?)</td>', row)}
    assert {name: cells[name] for name in ("第一网格", "第二网格", "全社区或未填")} == {
        "第一网格": "缺 1 闲 1",
        "第二网格": "闲 1",
        "全社区或未填": "闲 1",
    }
    for address, count in NUMBER.findall(row):
        total = TOTAL.search(as_secretary.page(unescape(address)))
        assert total, address
        assert total[1] == count, address


def test_what_lay_idle_in_a_past_month_is_told_by_how_it_stood_then(as_secretary, waiting, share):
    clock.clock.fixed = clock.parse_local("2026-10-05T09:00")
    need = waiting("楼道没有扶手")
    never_used, used, paused_later, paused = share("扶手维修"), share("扶手安装"), share("扶手材料"), share("扶手清洗")
    over = share("扶手检查", valid_from=date(2026, 8, 1), valid_to=date(2026, 9, 30))
    order = {"need": need, "provider": provider_of(as_secretary, used), "resource": used, "quantity_asked": "1"}
    assert as_secretary.post("/fulfilments/add", order).status_code == 302
    put_off(as_secretary, paused)
    clock.clock.fixed = clock.parse_local("2026-11-05T09:00")
    put_off(as_secretary, paused_later)
    added_later = share("扶手加固")
    assert idle_rows(as_secretary, "2026-10") == {never_used, paused_later}
    assert {used, paused, over, added_later}.isdisjoint(idle_rows(as_secretary, "2026-10"))
    assert idle_rows(as_secretary, "2026-11") >= {never_used, added_later}


def put_off(person: Person, resource: int) -> None:
    """Pause a resource."""
    version = person.get(f"/api/v1/resources/{resource}").get_json()["result"]["version"]
    assert person.post(f"/resources/move/pause/{resource}", {"version": version}).status_code == 302


def provider_of(person: Person, resource: int) -> str:
    """Return who provides a resource, as the program reads it."""
    found = person.get(f"/api/v1/resources/{resource}").get_json()
    return str(found["result"]["provider"])


def idle_rows(person: Person, month: str) -> set[int]:
    """Return the resources that the number of all idle ones of a month opens."""
    page = person.page(f"/boards/gaps?month={month}")
    (row,) = [row for row in page.split("<tr>") if "公共设施" in row and "data-label" in row]
    addresses = [unescape(address) for address, _count in NUMBER.findall(row) if address.startswith("/resources")]
    return {int(pk) for pk in re.findall(r"/resources/show/(\d+)", person.page(addresses[-1]))}


def test_a_month_that_is_none_is_said(as_secretary):
    for month in ("2026-13", "abc", "0001-01"):
        assert as_secretary.get(f"/boards/gaps?month={month}").status_code == 400
        assert as_secretary.get(f"/resources/list/?quick=idle:{month}").status_code == 400
    assert as_secretary.get("/needs/list/?quick=overdue:2026-10").status_code == 400

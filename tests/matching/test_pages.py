"""Finding a helper, as the worker does it: the candidates with their reasons, one click, and the gaps that remain."""

import re
from collections.abc import Callable
from datetime import timedelta
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
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from tests.whole.test_budget import counting

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


def test_a_month_that_is_none_is_said(as_secretary):
    for month in ("2026-13", "abc", "0001-01"):
        assert as_secretary.get(f"/boards/gaps?month={month}").status_code == 400

"""A part a community does not use is there for nobody of it, at no door; it is next door, and once it is used again."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import reach, tokens
from app.accounts.models import Account, Grant
from app.communities.models import Community
from app.communities.unused import UnusedParts
from app.core import clock, database
from app.core.actor import acting, system
from app.exports.commands import sheets
from app.extensions import db
from app.imports import service as ledgers
from app.imports.service import Asked
from app.parts import PARTS
from app.public import points
from app.registrations import telling
from app.registrations.choices import MemberState
from app.registrations.models import Member
from app.roles import TABLE, Role
from tests.core.sheets.paper import xlsx
from tests.whole.matrix import line_of
from tests.whole.scene import Scene, dump
from tests.whole.special import OURS
from tests.whole.walk import Door, Visitor, doors

LINES = frozenset(line for part in PARTS.values() for line in part.lines)
LEADS = re.compile(r"""(?:href|action|hx-get|hx-post|src)=["']([^"'#]+)""")
Leave = Callable[..., None]


@pytest.fixture
def leave(app: Flask) -> Leave:
    """Let our community, or another one, do without these parts and use all others."""

    def without(*codes: str, code: str = OURS) -> None:
        with app.app_context(), acting(system("tests")), database.transaction():
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            community.unused = UnusedParts(codes) if codes else None

    return without


def of_parts(scene: Scene) -> list[Any]:
    """Return the lists that some part takes along."""
    return [view for view in scene.lists() if view.guard in LINES]


def doors_of_parts(app: Flask, scene: Scene, ours: dict[str, int]) -> Iterator[Door]:
    """Yield every address of those lists."""
    for door in doors(app, scene, "secretary", ours):
        if door.view is not None and door.view.guard in LINES:
            yield door


def test_each_part_takes_along_lines_of_the_role_table_that_lists_stand_under_and_no_two_share_one(scene: Scene):
    assert {*LINES} <= {*TABLE}
    assert sum(len(part.lines) for part in PARTS.values()) == len(LINES)
    assert {view.guard for view in of_parts(scene)} == LINES


@pytest.mark.parametrize("login", ["secretary", "worker"])
def test_every_address_of_a_list_nobody_uses_is_refused_like_one_without_a_right(
    app: Flask, scene: Scene, ours: dict[str, int], visit: Any, leave: Leave, login: str
):
    person: Visitor = visit(login)
    person.token()
    leave(*PARTS)
    known, count = dump(app), 0
    for door in doors_of_parts(app, scene, ours):
        answer = person.knock(door, {"rowid": [*ours.values()], "action": "accept", "reason": "试试"})
        closed = (403,) if line_of(door.endpoint, door.view) in LINES else (403, 404)
        assert answer.status_code in closed, (str(door), answer.status_code)
        count += 1
    assert count > 20 * len(of_parts(scene))
    assert dump(app)["volunteer"] == known["volunteer"]


def test_nothing_the_secretary_still_opens_leads_there(
    app: Flask, scene: Scene, ours: dict[str, int], visit: Any, leave: Leave
):
    person: Visitor = visit("secretary")
    leave(*PARTS)
    gone = tuple(f"{start}{view.route_base}/" for view in of_parts(scene) for start in ("", "/api/v1"))
    opened, wrong = 0, []
    for door in doors(app, scene, "secretary", ours):
        if door.method != "GET" or door.endpoint in {"handbook.page", "accounts.logout"}:
            continue
        answer = person.get(door.address)
        if answer.status_code == 200 and "html" in answer.content_type:
            opened += 1
            leads = LEADS.findall(answer.get_data(as_text=True))
            wrong += [f"{door}: {one}" for one in leads if one.startswith(gone)]
    assert opened > 100
    assert wrong == []


def test_nothing_written_in_rows_of_unused_lists_is_told_by_pages_of_other_lists_searches_or_ledgers(
    scene: Scene, ours: dict[str, int], visit: Any, leave: Leave
):
    person: Visitor = visit("secretary")
    leave(*PARTS)
    assert person.get("/").status_code == 200
    for view in of_parts(scene):
        base = view.route_base
        assert person.get(f"/api/v1{base}/").status_code == 403
        assert f'"{view.list_name}"' not in person.page("/search?q=柳暗花明")
        assert f'value="{view.list_name}"' not in person.page("/imports/")
        assert person.post("/views/save", {"list": view.list_name, "name": "我的", "query": ""}).status_code == 404


def test_figures_of_unused_parts_are_not_told(app: Flask, scene: Scene, visit: Any, leave: Leave):
    person: Visitor = visit("secretary")
    before = {one["list"] for one in person.get("/api/v1/figures/").get_json()["result"]}
    leave(*PARTS)
    after = person.get("/api/v1/figures/").get_json()["result"]
    names = {view.list_name for view in of_parts(scene)}
    assert before & names
    assert {one["list"] for one in after} == before - names
    assert person.get("/figures/volunteers").status_code == 404


@pytest.mark.parametrize("code", PARTS)
def test_only_the_part_that_is_not_used_is_gone_and_used_again_it_is_back_whole(
    scene: Scene, ours: dict[str, int], visit: Any, leave: Leave, code: str
):
    person: Visitor = visit("secretary")
    lists = of_parts(scene)
    before = {view.list_name: person.get(f"/api/v1{view.route_base}/").get_json() for view in lists}
    leave(code)
    for view in lists:
        expected = 403 if view.guard in PARTS[code].lines else 200
        assert person.get(f"{view.route_base}/list/").status_code == expected, view.list_name
        assert person.get(f"{view.route_base}/show/{ours[view.list_name]}").status_code == expected, view.list_name
    leave()
    for view in lists:
        assert person.get(f"/api/v1{view.route_base}/").get_json() == before[view.list_name]
        assert before[view.list_name]["count"]


def test_the_neighbour_still_has_every_list(scene: Scene, visit: Any, leave: Leave):
    rows = {view.list_name: scene.make(view, "neighbour") for view in of_parts(scene)}
    leave(*PARTS)
    person: Visitor = visit("neighbour")
    for view in of_parts(scene):
        assert person.get(f"{view.route_base}/list/").status_code == 200
        assert person.get(f"{view.route_base}/show/{rows[view.list_name]}").status_code == 200
        assert person.get(f"{view.route_base}/add").status_code in (200, 302)


def test_the_street_sees_of_an_unused_list_only_the_rows_of_communities_that_use_it(
    scene: Scene, ours: dict[str, int], visit: Any, leave: Leave
):
    theirs = {view.list_name: scene.make(view, "neighbour") for view in of_parts(scene)}
    leave(*PARTS)
    person: Visitor = visit("supervisor")
    for view in of_parts(scene):
        base = view.route_base
        assert person.get(f"{base}/list/").status_code == 200
        assert person.get(f"{base}/show/{ours[view.list_name]}").status_code == 404, view.list_name
        counted = TABLE[view.guard][list(Role).index(Role.SUPERVISOR)] in ("v totals", "v counts")
        assert person.get(f"{base}/show/{theirs[view.list_name]}").status_code == (404 if counted else 200)


def test_who_signed_in_before_and_a_program_with_a_token_are_refused_from_the_next_request_on(
    app: Flask, scene: Scene, visit: Any, leave: Leave
):
    person: Visitor = visit("secretary")
    assert person.get("/volunteers/list/").status_code == 200
    with app.app_context(), acting(system("tests")), database.transaction():
        mine = select(Grant).join(Account, Account.id == Grant.account_id).where(Account.login == "secretary")
        token = tokens.make(db.session.scalars(mine).one(), "程序", 30)[1]
    program = app.test_client()
    asked = {"headers": {"Authorization": f"Bearer {token}"}}
    assert program.get("/api/v1/volunteers/", **asked).status_code == 200
    leave("volunteers")
    refusal = person.get("/volunteers/list/")
    assert refusal.status_code == 403
    assert "本社区现在不用这一部分" in refusal.get_data(as_text=True)
    assert program.get("/api/v1/volunteers/", **asked).status_code == 403
    assert program.get("/api/v1/needs/", **asked).status_code == 200


def test_nobody_is_told_of_rows_of_an_unused_list(app: Flask, scene: Scene, leave: Leave):
    leave("volunteers")
    with app.app_context(), acting(system("tests")):
        community = db.session.scalars(select(Community).filter_by(code=OURS)).one()
        actors = reach.working(community.id, [Role.SECRETARY, Role.COORDINATOR], [])
        assert actors
        assert {held.unused for actor in actors for held in actor.held} == {PARTS["volunteers"].lines}


def test_a_ledger_of_an_unused_list_is_neither_taken_in_nor_shown(app: Flask, scene: Scene, visit: Any, leave: Leave):
    heads, row = ["资源名称", "资源类别", "提供单位", "具体内容"], ["会议室", "场地", "市中医院", "二楼会议室"]
    book = xlsx({"资源共享清单": [heads, row]})
    with scene._as("secretary") as community:
        sent = ledgers.stage(community, book, "资源.xlsx", Asked("resources")).id
    person: Visitor = visit("secretary")
    assert "二楼会议室" in person.page(f"/imports/{sent}")
    assert "资源.xlsx" in person.page("/imports/")
    leave("resources")
    assert "资源.xlsx" not in person.page("/imports/")
    assert person.get(f"/imports/{sent}").status_code == 404
    assert person.get(f"/api/v1/imports/{sent}").status_code == 404
    assert person.post(f"/imports/{sent}/apply").status_code == 404
    answer = app.test_cli_runner().invoke(sheets, ["template", "resources", "--community", OURS])
    assert (answer.exit_code, "资源" in answer.output) == (1, False)
    leave()
    assert "二楼会议室" in person.page(f"/imports/{sent}")


def test_the_poster_for_members_leads_nowhere_while_dual_registration_is_not_used(
    app: Flask, scene: Scene, nobody: Any, visit: Any, leave: Leave
):
    with scene._as("secretary") as community, database.transaction():
        pk, code = community.id, points.renew_for_members(community)
    assert nobody.get(f"/q/{code}").status_code == 200
    leave("registration")
    closed = nobody.get(f"/q/{code}")
    assert closed.status_code != 200
    assert "<form" not in closed.get_data(as_text=True)
    person: Visitor = visit("secretary")
    assert person.get(f"/members/poster/{pk}").status_code == 403
    assert "党员报到海报" not in person.page(f"/communities/show/{pk}") + person.page("/units/list/")
    leave()
    assert nobody.get(f"/q/{code}").status_code == 200


def test_no_feedback_is_drafted_while_dual_registration_is_not_used(app: Flask, scene: Scene, leave: Leave):
    pk = scene.make(next(view for view in scene.lists() if view.model is Member))
    with scene._as("secretary"), database.transaction():
        member = db.session.get_one(Member, pk)
        member.state, member.received_on = MemberState.ACTIVE, date(2026, 1, 5)
    clock.clock.fixed = clock.parse_local("2026-10-05T09:00")
    leave("registration")
    with app.app_context():
        assert telling.draft_all() == {"drafted": 0}
    leave()
    with app.app_context():
        assert telling.draft_all() == {"drafted": 1}


def test_every_role_of_ours_is_refused_every_unused_list(scene: Scene, visit: Any, leave: Leave):
    leave(*PARTS)
    for login in ("coordinator", "gridlead", "gridworker", "liaison", "partner", "volunteer", "auditor"):
        person: Visitor = visit(login)
        for view in of_parts(scene):
            assert person.get(f"{view.route_base}/list/").status_code == 403, (login, view.list_name)
            assert person.get(f"/api/v1{view.route_base}/").status_code == 403, (login, view.list_name)

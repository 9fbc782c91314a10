"""Who is appointed, where and when: the rules of a post, by form and by program, and whom they bind."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.communities.models import Place
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.spans import meet
from app.extensions import db
from app.parties.models import Party
from app.posts.choices import PostDuty
from app.posts.models import Post

DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))


def count(behind):
    with behind():
        return db.session.scalar(select(func.count(Post.id)))


@pytest.fixture(autouse=True)
def thursday(app):
    """It is Thursday, 2026-11-26."""
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


@pytest.mark.parametrize("login", ["secretary", "worker"])
def test_the_office_appoints_and_everybody_of_the_staff_reads_the_name(as_person, behind, resident, place, login):
    person = resident("韦春梅")
    form = {"person": person, "duty": "building_head", "places": [place("武江北路8栋")], "scope": "1–3单元"}
    assert as_person(login).post("/posts/add", form).status_code == 302
    for reader in ("coordinator", "gridlead", "gridworker", "supervisor", "auditor"):
        assert "韦春梅" in as_person(reader).page("/posts/list/")


@pytest.mark.parametrize("login", ["coordinator", "gridlead", "gridworker", "supervisor", "auditor"])
def test_the_others_appoint_nobody(as_person, appoint, login):
    pk, person = appoint(), as_person(login)
    assert person.post("/posts/add", {}).status_code == 403
    assert person.post(f"/posts/end/{pk}", {"until": "2026-11-26"}).status_code == 403


@pytest.mark.parametrize("login", ["liaison", "partner", "volunteer"])
def test_partners_and_volunteers_see_no_posts(as_person, appoint, login):
    pk = appoint()
    assert as_person(login).get(f"/posts/show/{pk}").status_code == 403


def test_the_neighbour_sees_none_of_ours(as_neighbour, appoint):
    pk = appoint()
    assert as_neighbour.get(f"/posts/show/{pk}").status_code == 404
    assert "韦春梅" not in as_neighbour.page("/posts/list/")


def test_only_the_name_of_who_has_a_post_is_read_by_everybody(as_person, appoint, resident, behind):
    known, other = resident("韦春梅"), resident("覃小燕")
    appoint(known)
    assert "韦春梅" in as_person("coordinator").page("/posts/list/?q=韦春梅")
    with behind():
        found = {pk: db.session.get_one(Party, pk).known for pk in (known, other)}
    assert found == {known: True, other: False}


def test_a_post_archived_by_mistake_hides_the_name_again(as_person, appoint, resident, behind):
    person = resident("韦春梅")
    pk = appoint(person)
    assert as_person("secretary").post(f"/posts/archive/{pk}", {"reason": "录错了"}).status_code == 302
    assert "韦春梅" not in as_person("coordinator").page("/posts/list/?archived=1")


def test_households_follow_from_the_places_and_what_lies_within_another_counts_once(app, appoint, post):
    with app.app_context(), acting(system("tests")), transaction():
        for place in db.session.scalars(select(Place)):
            place.households = {"第一网格": 400, "第二网格": 300, "武江北路8栋": 48}.get(place.name)
    pk = appoint(places=("第一网格", "第二网格", "武江北路8栋"))
    assert post(pk)["households"] == 700
    assert post(appoint(places=("第一网格",), duty=PostDuty.GRID_WORKER, households=120))["households"] == 120


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"places": []}, "请填写"),
        ({"duty": ""}, "请填写"),
        ({"person": ""}, "请填写"),
        ({"duty": "part_time_grid_worker"}, "请填写兼职网格员所属的企业"),
        ({"until": "2026-01-31"}, "结束日期早于开始日期"),
        ({"gives_role": "y", "duty": "mediator"}, "没有对应的角色"),
        ({"gives_role": "y"}, "还没有账号"),
        ({"households": "-3"}, "不能为负"),
        ({"scope": "\x00"}, "看不见的控制字符"),
        ({"since": "2026-13-01"}, "日期"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_stored(
    as_secretary, behind, resident, place, typed, beside
):
    form = {"person": resident(), "duty": "grid_lead", "places": [place("第一网格")], "since": "2026-02-01"} | typed
    answer = as_secretary.post("/posts/add", form)
    assert (answer.status_code, beside in answer.text) == (422, True)
    assert count(behind) == 0


def test_a_duty_for_the_whole_community_needs_no_place(as_secretary, behind, resident):
    assert as_secretary.post("/posts/add", {"person": resident(), "duty": "committee_cadre"}).status_code == 302
    assert count(behind) == 1


@pytest.mark.parametrize(
    ("opened", "closed", "days", "column"),
    [
        (None, date(2026, 6, 30), {}, "places"),
        (None, date(2026, 6, 30), {"to": "2026-08-01"}, "until"),
        (None, date(2026, 12, 31), {}, "until"),
        (date(2026, 3, 1), None, {}, "since"),
        (None, date(2026, 6, 30), {"to": "2026-06-30"}, None),
        (date(2026, 2, 1), date(2026, 12, 31), {"to": "2026-12-01"}, None),
    ],
)
def test_a_post_lies_within_the_life_of_its_places(app, program, resident, place, opened, closed, days, column):
    with app.app_context(), acting(system("tests")), transaction():
        grid, child = (
            db.session.scalars(select(Place).filter_by(name=name)).one() for name in ("第二网格", "二建宿舍")
        )
        child.closed_on = closed
        grid.opened_on, grid.closed_on = opened, closed
    given = {"person": resident(), "duty": "grid_lead", "place": place("第二网格"), "from": "2026-02-01"} | days
    answer = program("secretary").post("/api/v1/posts/", **given)
    assert answer.status_code == (422 if column else 201)
    assert list(answer.json.get("message") or []) == ([column] if column else [])


def test_one_person_leads_several_grids_but_none_twice_at_a_time(as_secretary, appoint, resident, place, behind):
    person = resident("何丽")
    appoint(person, places=("第一网格", "第二网格"))
    again = {"person": person, "duty": "grid_lead", "places": [place("第二网格")], "since": "2026-05-01"}
    answer = as_secretary.post("/posts/add", again)
    assert (answer.status_code, "第二网格" in answer.text) == (422, True)
    assert as_secretary.post("/posts/add", again | {"duty": "mediator"}).status_code == 302
    assert as_secretary.post("/posts/add", again | {"person": resident("黄静")}).status_code == 302
    assert count(behind) == 3


def test_somebody_comes_back_on_the_day_the_post_ended(as_secretary, appoint, resident, place):
    person = resident("何丽")
    appoint(person, until=date(2026, 6, 30))
    again = {"person": person, "duty": "grid_lead", "places": [place("第一网格")]}
    assert as_secretary.post("/posts/add", again | {"since": "2026-06-29"}).status_code == 422
    assert as_secretary.post("/posts/add", again | {"since": "2026-06-30"}).status_code == 302


def days(since, until):
    return {since + timedelta(days=number) for number in range(((until or date(2026, 2, 1)) - since).days + 1)}


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_two_posts_overlap_unless_all_they_share_is_the_day_of_handing_over(since, until, other, ends):
    assume((until is None or since <= until) and (ends is None or other <= ends))
    handing = {day for day, begins in ((until, other), (ends, since)) if day == begins and since != other}
    assert meet(since, until, other, ends) == bool(days(since, until) & days(other, ends) - handing)
    assert meet(since, until, other, ends) == meet(other, ends, since, until)


def test_programs_send_and_read_place_from_and_to(program, resident, place):
    secretary = program("secretary")
    given = {"person": resident(), "duty": "grid_lead", "place": place("第一网格"), "from": "2026-02-01"}
    made = secretary.post("/api/v1/posts/", **given | {"to": "2027-01-31"})
    assert made.status_code == 201
    row = made.json["result"]
    assert (row["from"], row["to"], row["place"]) == ("2026-02-01", "2027-01-31", [place("第一网格")])
    changed = secretary.put(f"/api/v1/posts/{row['id']}", to=None, version=row["version"])
    assert changed.json["result"]["to"] is None


def test_person_and_duty_of_a_post_are_not_rewritten(program, appoint, resident):
    secretary, address = program("secretary"), f"/api/v1/posts/{appoint()}"
    version = secretary.get(address).json["result"]["version"]
    assert secretary.put(address, duty="mediator", version=version).status_code == 422
    assert secretary.put(address, person=resident("黄静"), version=version).status_code == 422

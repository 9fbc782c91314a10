"""Posters: a code per place that anybody may know, renewed by the secretary, and printed clean."""

import re
from datetime import timedelta

import pytest
import segno
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock
from app.extensions import db
from app.public import codes
from app.public.models import PointCode
from tests.public.conftest import code_on


@pytest.fixture
def phone(behind):
    """Give our community a telephone."""

    def set_to(number):
        with behind():
            db.session.scalars(select(Community).filter_by(code="wjb")).one().phone = number
            db.session.commit()

    return set_to


@pytest.fixture
def at_home(app):
    """Let the portal know its address."""
    app.config["BASE_URL"] = "https://sidan.example.cn"
    yield "https://sidan.example.cn"
    app.config["BASE_URL"] = None


@pytest.fixture
def codes_of(behind):
    """Count the codes a place ever had."""

    def count(pk):
        with behind():
            return len(db.session.scalars(select(PointCode).filter_by(place_id=pk)).all())

    return count


def renew(person, pk, version="1"):
    return person.post(f"/places/move/renew_code/{pk}", {"version": version}).status_code


def test_the_secretary_makes_a_code_and_the_poster_shows_it(as_secretary, place_id, resident):
    pk = place_id("武江北路8栋")
    assert "还没有海报码" in as_secretary.page(f"/places/poster/{pk}")
    assert renew(as_secretary, pk) == 302
    signs = code_on(as_secretary.get(f"/places/poster/{pk}"))
    page = resident.open(signs)
    assert page.status_code == 200
    assert "武江北路8栋" in page.get_data(as_text=True)
    assert "换了海报码" in as_secretary.page(f"/places/show/{pk}")


def test_a_renewed_code_makes_the_old_poster_say_whom_to_call(as_secretary, place_id, poster, resident, phone):
    pk, old = place_id("武江北路8栋"), poster()
    phone("0751-8123456")
    assert renew(as_secretary, pk, "2") == 302
    answer = resident.open(old)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 410
    assert "海报已经过期" in page
    assert 'href="tel:0751-8123456"' in page
    assert "<form" not in page


def test_a_closed_place_takes_no_reports(as_secretary, place_id, poster, resident, codes_of):
    pk, signs = place_id("武江北路8栋"), poster()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    gone = {"closed_on": yesterday, "reason": "拆迁", "version": "2"}
    assert as_secretary.post(f"/places/move/close/{pk}", gone).status_code == 302
    assert resident.open(signs).status_code == 410
    assert "已经停用" in as_secretary.page(f"/places/poster/{pk}")
    assert renew(as_secretary, pk, "3") == 409
    assert codes_of(pk) == 1


def test_no_command_makes_a_code_for_a_closed_place(as_secretary, place_id, app, codes_of):
    pk = place_id("武江北路8栋")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    gone = {"closed_on": yesterday, "reason": "拆迁", "version": "1"}
    assert as_secretary.post(f"/places/move/close/{pk}", gone).status_code == 302
    ended = app.test_cli_runner().invoke(args=["codes", "issue", "place", str(pk)])
    assert ended.exit_code == 1
    assert "已经停用" in ended.output
    assert codes_of(pk) == 0


def test_two_who_renew_at_once_make_one_code(as_secretary, place_id, codes_of):
    pk = place_id("武江北路8栋")
    assert [renew(as_secretary, pk, "1") for _click in range(2)] == [302, 409]
    assert codes_of(pk) == 1


def test_what_was_being_written_when_the_poster_was_replaced_still_arrives(
    as_secretary, place_id, poster, resident, reported
):
    clock.clock.fixed = clock.now()
    pk, old = place_id("武江北路8栋"), poster()
    hidden = resident.hidden(old)
    assert renew(as_secretary, pk, "2") == 302
    clock.clock.fixed += timedelta(minutes=59)
    assert resident.open(old).status_code == 410
    sent = resident.send(old, {"text": "三楼的灯不亮", "agreed": "y"}, hidden)
    assert sent.status_code == 200
    assert [need.place.name for need in reported()] == ["武江北路8栋"]


def test_what_is_written_at_an_old_poster_is_shown_to_be_copied(as_secretary, place_id, poster, resident, reported):
    clock.clock.fixed = clock.now()
    pk, old = place_id("武江北路8栋"), poster()
    hidden = resident.hidden(old)
    assert renew(as_secretary, pk, "2") == 302
    clock.clock.fixed += timedelta(minutes=61)
    sent = resident.send(old, {"text": "三楼的灯<b>不亮", "address": "电梯口", "agreed": "y"}, hidden)
    page = sent.get_data(as_text=True)
    assert sent.status_code == 410
    assert "三楼的灯&lt;b&gt;不亮\n电梯口</textarea>" in page
    assert "可以从这里复制" in page
    assert reported() == []


def test_what_is_written_while_the_place_is_closed_is_shown_to_be_copied(
    as_secretary, place_id, poster, resident, reported
):
    pk, signs = place_id("武江北路8栋"), poster()
    hidden = resident.hidden(signs)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    gone = {"closed_on": yesterday, "reason": "拆迁", "version": "2"}
    assert as_secretary.post(f"/places/move/close/{pk}", gone).status_code == 302
    sent = resident.send(signs, {"text": "三楼的灯不亮", "agreed": "y"}, hidden)
    assert sent.status_code == 410
    assert "三楼的灯不亮</textarea>" in sent.get_data(as_text=True)
    assert reported() == []


@pytest.mark.parametrize(
    ("login", "status"),
    [("worker", 403), ("gridlead", 403), ("gridworker", 403), ("auditor", 403), ("neighbour", 404), ("partner", 403)],
)
def test_only_the_secretary_makes_codes(as_person, place_id, behind, login, status):
    assert renew(as_person(login), place_id("武江北路8栋")) == status
    with behind():
        assert db.session.scalars(select(PointCode)).all() == []


def test_the_neighbour_sees_no_poster_of_ours(as_neighbour, place_id, poster):
    poster()
    assert as_neighbour.get(f"/places/poster/{place_id('武江北路8栋')}").status_code == 404


def test_the_grid_worker_prints_posters(as_gridworker, place_id, poster):
    signs = poster()
    page = as_gridworker.page(f"/places/poster/{place_id('武江北路8栋')}")
    assert codes.written(signs) in page
    assert "换一个海报码" not in page


def test_with_an_address_the_poster_carries_it_as_a_qr_code(as_secretary, place_id, poster, at_home, phone):
    signs = poster()
    phone("0751-8123456")
    page = as_secretary.page(f"/places/poster/{place_id('武江北路8栋')}")
    (picture,) = re.findall(r'<img src="(data:image/svg[^"]+)"', page)
    expected = segno.make_qr(f"{at_home}/q/{signs}", error="m").svg_data_uri(border=2)
    assert picture.replace("&#39;", "'").replace("&amp;", "&") == expected
    assert "0751-8123456" in page


def test_without_one_it_carries_telephone_and_code_and_no_dead_picture(as_secretary, place_id, poster, phone):
    signs = poster()
    phone("0751-8123456")
    page = as_secretary.page(f"/places/poster/{place_id('武江北路8栋')}")
    assert "data:image" not in page
    assert codes.written(signs) in page
    assert "电话：0751-8123456" in page
    assert "报上这里的编号" in page


def test_programs_make_codes_too_and_are_told_them(as_secretary, place_id, resident):
    pk = place_id("武江北路8栋")
    headers = {"X-CSRFToken": as_secretary.token()}
    answer = as_secretary.client.post(f"/api/v1/places/{pk}/move/renew_code", json={"version": 1}, headers=headers)
    assert answer.status_code == 200
    assert resident.open(answer.json["code"]).status_code == 200


def test_every_place_has_a_code_of_its_own(poster):
    names = ("武江北路8栋", "二建宿舍", "第一网格", "桥南一网格")
    assert len({poster(name) for name in names}) == len(names)

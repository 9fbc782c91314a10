"""The pages of places, categories, holidays and communities, as people use them."""

import re

import pytest
from sqlalchemy import select

from app.communities.models import Holiday, Place
from app.extensions import db

VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')


@pytest.fixture
def place_id(behind):
    def find(name):
        with behind():
            return db.session.scalars(select(Place.id).filter_by(name=name)).one()

    return find


@pytest.fixture
def stored(behind):
    def read(name):
        with behind():
            place = db.session.scalars(select(Place).filter_by(name=name)).one()
            return {"parent": place.parent.name if place.parent else None, "open": place.is_open, "path": place.path}

    return read


def version(page):
    return VERSION.search(page)[1]


def move(person, name, pk, **values):
    address = f"/places/move/{name}/{pk}"
    return person.post(address, {"version": version(person.page(address)), **values})


def test_the_secretary_adds_a_building_below_a_grid(as_secretary, place_id, stored):
    grid = place_id("第二网格")
    assert "第二网格" in as_secretary.page(f"/places/add?parent={grid}")
    answer = as_secretary.post("/places/add", {"name": "武江北路34栋", "kind": "building", "parent": grid})
    assert answer.status_code == 302
    assert stored("武江北路34栋")["parent"] == "第二网格"
    assert "武江北路34栋" in as_secretary.page(f"/places/show/{grid}")


def test_what_she_typed_stays_when_the_name_is_taken(as_secretary, place_id):
    answer = as_secretary.post(
        "/places/add", {"name": "8栋", "kind": "building", "code": "B-8", "parent": place_id("第一网格")}
    )
    assert answer.status_code == 302
    answer = as_secretary.post(
        "/places/add", {"name": "八幢", "kind": "building", "code": "B-9", "parent": place_id("第一网格")}
    )
    assert answer.status_code == 422
    assert "B-9" in answer.get_data(as_text=True)


def test_she_moves_a_building_to_another_grid(as_secretary, place_id, stored):
    pk = place_id("武江北路8栋")
    assert move(as_secretary, "relocate", pk, parent=place_id("第二网格")).status_code == 302
    assert stored("武江北路8栋")["parent"] == "第二网格"
    assert stored("武江北路8栋")["path"].startswith(stored("第二网格")["path"])


def test_she_cannot_move_a_grid_into_its_own_building(as_secretary, place_id, stored):
    answer = move(as_secretary, "relocate", place_id("第一网格"), parent=place_id("武江北路8栋"))
    assert answer.status_code == 422
    assert stored("第一网格")["parent"] is None


def test_a_move_from_a_stale_page_changes_nothing(as_secretary, place_id, stored):
    pk = place_id("武江北路8栋")
    answer = as_secretary.post(f"/places/move/relocate/{pk}", {"version": "77", "parent": place_id("第二网格")})
    assert answer.status_code == 409
    assert stored("武江北路8栋")["parent"] == "第一网格"


def test_closing_asks_for_a_reason_and_for_what_lies_below(as_secretary, place_id, stored):
    pk = place_id("第一网格")
    day = {"closed_on": "2026-11-22"}
    assert move(as_secretary, "close", pk, **day).status_code == 422
    refused = move(as_secretary, "close", pk, reason="并入第二网格", **day)
    assert refused.status_code == 409
    assert "并入第二网格" in refused.get_data(as_text=True)
    assert stored("第一网格")["open"]
    assert move(as_secretary, "close", pk, reason="并入第二网格", with_children="y", **day).status_code == 302
    assert not stored("武江北路8栋")["open"]


def test_she_reopens_what_was_closed_by_mistake(as_secretary, place_id, stored):
    pk = place_id("二建宿舍")
    assert move(as_secretary, "close", pk, closed_on="2026-11-22", reason="误关").status_code == 302
    assert move(as_secretary, "reopen", pk).status_code == 302
    assert stored("二建宿舍")["open"]


@pytest.mark.parametrize("day", ["", "2026-02-30", "0001-01-01", "明天"])
def test_a_place_is_not_closed_on_a_day_that_does_not_exist(as_secretary, place_id, stored, day):
    answer = move(as_secretary, "close", place_id("二建宿舍"), closed_on=day, reason="拆除")
    assert answer.status_code == 422
    assert stored("二建宿舍")["open"]


@pytest.mark.parametrize("name", ["relocate", "close", "reopen"])
def test_the_worker_may_look_at_places_but_not_rearrange_them(as_worker, place_id, name):
    pk = place_id("二建宿舍")
    assert "/places/move/" not in as_worker.page(f"/places/show/{pk}")
    assert as_worker.get(f"/places/move/{name}/{pk}").status_code == 403
    assert as_worker.post(f"/places/move/{name}/{pk}", {"reason": "试试"}).status_code == 403


@pytest.mark.parametrize("name", ["relocate", "close", "reopen", "explode"])
def test_the_neighbour_finds_nothing_of_ours(as_neighbour, place_id, name):
    pk = place_id("二建宿舍")
    assert as_neighbour.get(f"/places/show/{pk}").status_code == 404
    assert as_neighbour.post(f"/places/move/{name}/{pk}").status_code == 404
    assert "二建宿舍" not in as_neighbour.page("/places/list/")
    assert "二建" not in as_neighbour.page("/places/choices/parent?q=二建")


def test_choices_understand_every_spelling(as_secretary, place_id):
    as_secretary.post("/places/add", {"name": "34栋", "kind": "building", "parent": place_id("第二网格")})
    found = as_secretary.get("/places/choices/parent?q=三十四幢").get_json()
    assert [choice["text"] for choice in found["results"]] == ["第二网格 34栋"]


def test_the_list_shows_the_tree_in_its_order(as_secretary):
    page = as_secretary.page("/places/list/")
    order = [page.index(f">{name}<") for name in ("第一网格", "武江北路8栋")]
    assert order == sorted(order)
    assert "depth-1" in page


def test_a_holiday_is_set_down_once(as_secretary, behind):
    national_day = {"day": "2026-10-01", "name": "国庆节"}
    assert as_secretary.post("/holidays/add", national_day).status_code == 302
    assert as_secretary.post("/holidays/add", national_day).status_code == 422
    with behind():
        assert len(db.session.scalars(select(Holiday)).all()) == 1


def test_only_top_categories_are_offered_as_parents(as_secretary):
    found = as_secretary.get("/categories/choices/parent").get_json()
    assert [choice["text"] for choice in found["results"]] == ["社区治理"]


def test_the_secretary_changes_the_names_of_the_levels(as_secretary, behind, community_called):
    with behind():
        pk = community_called("wjb").id
    page = as_secretary.page(f"/communities/edit/{pk}")
    values = {"version": version(page), "code": "wjb", "name": "武江北社区", "area_km2": "0.6"}
    refused = as_secretary.post(f"/communities/edit/{pk}", {**values, "level_names": "社区\n网格"})
    assert refused.status_code == 422
    taken = as_secretary.post(f"/communities/edit/{pk}", {**values, "level_names": "社区\n片区\n小区\n楼栋"})
    assert taken.status_code == 302
    with behind():
        ours = community_called("wjb")
        assert (ours.level_names, ours.area_km2) == (["社区", "片区", "小区", "楼栋"], 0.6)


@pytest.mark.parametrize("area", ["很大", "nan", "1e99", "-3"])
def test_an_area_is_a_number_that_can_be(as_secretary, behind, community_called, area):
    with behind():
        pk = community_called("wjb").id
    page = as_secretary.page(f"/communities/edit/{pk}")
    values = {"version": version(page), "code": "wjb", "name": "武江北社区", "level_names": "社区\n网格\n楼栋"}
    assert as_secretary.post(f"/communities/edit/{pk}", {**values, "area_km2": area}).status_code == 422

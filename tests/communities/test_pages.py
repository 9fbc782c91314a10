"""The pages of places, categories, holidays and communities, as people use them."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.communities.models import Category, Community, Holiday, Place
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


@pytest.fixture
def category(as_secretary, behind):
    """Add a category, or find it; return its id."""

    def find(name):
        with behind():
            ours = select(Category.id).join(Community).where(Category.name == name, Community.code == "wjb")
            return db.session.scalars(ours).one()

    def add(name, sort, parent=""):
        form = {"name": name, "sort": sort, "parent": find(parent) if parent else ""}
        assert as_secretary.post("/categories/add", form).status_code == 302
        return find(name)

    add.find = find
    return add


@pytest.fixture
def tree(category):
    """More categories than the first two, registered in no order."""
    category("养老", 7)
    category("日常服务", -1)
    category("路灯", -1, "社区治理")
    category("助餐", 0, "养老")
    return ["日常服务", "社区治理", "路灯", "公共设施", "养老", "助餐"]


def _order(page, names):
    return sorted(names, key=lambda name: page.index(f">{name}</a>"))


def test_categories_stand_in_the_order_of_their_tree_and_lower_ones_are_indented(as_secretary, tree):
    page = as_secretary.page("/categories/list/")
    main = page[page.index("<main") :]
    assert _order(main, tree) == tree
    assert main.count("depth-1") == 3


def test_a_top_category_that_moves_takes_those_below_along(as_secretary, tree, category):
    pk = category.find("社区治理")
    as_secretary.post(f"/categories/edit/{pk}", {"version": "1", "name": "社区治理", "sort": "9"})
    page = as_secretary.page("/categories/list/")
    assert _order(page[page.index("<main") :], tree) == ["日常服务", "养老", "助餐", "社区治理", "路灯", "公共设施"]


def test_the_tree_is_read_page_by_page(as_secretary, tree):
    seen, address = [], "/categories/list/?size=2"
    for _page in range(3):
        page = as_secretary.page(address)
        main = page[page.index("<main") :]
        seen += _order(main, [name for name in tree if f">{name}</a>" in main])
        following = re.search(r'rel="next" href="([^"]+)"', main)
        address = unescape(following[1]) if following else ""
    assert seen == tree


def test_selects_and_files_follow_the_tree_too(as_secretary, tree):
    found = as_secretary.get("/needs/choices/category").get_json()["results"]
    full = ["日常服务", "社区治理", "社区治理 路灯", "社区治理 公共设施", "养老", "养老 助餐"]
    assert [one["text"] for one in found] == full
    lines = as_secretary.get("/categories/export.csv").get_data(as_text=True).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == tree


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


def test_her_community_says_what_holds_where_it_sets_nothing_itself(as_secretary, behind, community_called):
    with behind():
        pk = community_called("wjb").id
    page = as_secretary.page(f"/communities/show/{pk}")
    unset = {"接单时限（小时）": "48 小时", "回访抽查比例（%）": "10 %", "上班时间": "9:00-12:00、14:00-18:00"}
    for name, holds in unset.items():
        assert f"<dt>{name}</dt><dd>默认：{holds}</dd>" in page
    with behind():
        db.session.get_one(Community, pk).offer_hours = 24
        db.session.commit()
    assert "<dt>接单时限（小时）</dt><dd>24</dd>" in as_secretary.page(f"/communities/show/{pk}")

"""The home page, the views that people keep of a list, and the search over all lists."""

import re

import pytest

KEPT = {"list": "needs", "name": "待受理的", "query": "state=submitted&order=-code"}


@pytest.fixture
def kept(as_worker):
    """A view the worker has kept; its id."""
    assert as_worker.post("/views/save", KEPT).status_code == 302
    return int(re.search(r"/views/forget/(\d+)", as_worker.page("/needs/list/"))[1])


def test_a_kept_view_leads_back_to_its_filters(as_worker, kept):
    page = as_worker.page("/needs/list/")
    assert "待受理的" in page
    assert "?state=submitted&amp;order=-code" in page


def test_nobody_else_sees_it(as_secretary, kept):
    assert "待受理的" not in as_secretary.page("/needs/list/")


def test_nobody_else_can_forget_it(as_secretary, as_worker, kept):
    assert as_secretary.post(f"/views/forget/{kept}").status_code == 404
    assert "待受理的" in as_worker.page("/needs/list/")


def test_the_own_view_is_forgotten(as_worker, kept):
    assert as_worker.post(f"/views/forget/{kept}").status_code == 302
    assert "待受理的" not in as_worker.page("/needs/list/")


def test_the_same_name_replaces_the_view(as_worker, kept):
    as_worker.post("/views/save", KEPT | {"query": "urgency=urgent"})
    page = as_worker.page("/needs/list/")
    assert page.count("待受理的") == 2, "once as the view, once in the words that forget it"
    assert "?urgency=urgent" in page


@pytest.mark.parametrize("query", ["state=nonsense", "no_such=1", "order=created_by.password", "page=-1"])
def test_what_the_list_does_not_know_is_not_kept(as_worker, query):
    assert as_worker.post("/views/save", KEPT | {"query": query}).status_code == 400
    assert "待受理的" not in as_worker.page("/needs/list/")


@pytest.mark.parametrize("name", ["", "   ", "很" * 21, "a\x00b"])
def test_a_view_needs_a_proper_name(as_worker, name):
    response = as_worker.post("/views/save", KEPT | {"name": name}, follow_redirects=True)
    assert "请给视图起个名字" in response.get_data(as_text=True)


def test_a_view_of_a_list_one_may_not_see_is_not_kept(as_worker):
    assert as_worker.post("/views/save", KEPT | {"list": "users", "query": ""}).status_code == 404


def test_at_most_a_dozen_are_kept_and_the_oldest_goes(as_worker):
    for number in range(14):
        as_worker.post("/views/save", KEPT | {"name": f"视图{number:02d}"})
    page = as_worker.page("/needs/list/")
    assert "视图00" not in page
    assert "视图01" not in page
    assert all(f"视图{number:02d}" in page for number in range(2, 14))


def test_the_search_finds_in_every_list_one_may_see(as_secretary, register):
    register(title="二建宿舍楼道太黑")
    page = as_secretary.page("/search?q=二建宿舍")
    assert "二建宿舍楼道太黑" in page
    assert 'href="/places/show/' in page


def test_the_search_shows_the_neighbour_nothing_of_ours(as_neighbour, register):
    register(title="二建宿舍楼道太黑")
    page = as_neighbour.page("/search?q=二建宿舍")
    assert "/show/" not in page


def test_who_searches_for_a_telephone_number_is_led_to_the_lists_it_is_found_in(as_secretary, as_auditor, register):
    register(reporter_phone="13900002222")
    page = as_secretary.page("/search?q=13900002222")
    asked = re.search(r'action="/needs/find".*?name="reporter_phone" value="13900002222"', page, re.DOTALL)
    assert asked is not None
    assert "路灯" in as_secretary.post("/needs/find", {"reporter_phone": "13900002222"}).get_data(as_text=True)
    assert "/find" not in as_secretary.page("/search?q=路灯")
    assert "/find" not in as_auditor.page("/search?q=13900002222")


def test_the_search_takes_what_it_does_not_understand_kindly(as_secretary):
    assert as_secretary.get("/search?q=a%00b").status_code == 400
    assert "没有找到" in as_secretary.page("/search?q=没有这样的词")
    assert "输入要找的内容" in as_secretary.page("/search")


def test_who_has_nothing_waiting_is_shown_the_way(as_admin, as_secretary):
    assert as_admin.page("/").count('href="/users/list/"') == 2, "in the menu and on the page"
    assert as_secretary.page("/").count('href="/users/list/"') == 1

"""Asking a list as its page is asked, and page by page by key."""

import re
from html import unescape

import pytest

NEEDS = "/api/v1/needs/"


def test_the_words_of_the_page_are_understood_as_well(program, register):
    first, second = register(title="路灯"), register(title="井盖")
    secretary = program("secretary")
    secretary.post(f"{NEEDS}{second}/move/accept", version=1)
    for query, found in (
        ("state=accepted", [second]),
        ("state=accepted&state=submitted&order=code", [first, second]),
        ("order=-code&size=1&page=2", [first]),
        ("search=路灯", [first]),
        ("quick=waiting", [first]),
        ("archived=1", []),
    ):
        assert secretary.client.get(f"{NEEDS}?{query}").json["ids"] == found, query


@pytest.mark.parametrize("order", ["resolution_due", "-resolution_due", "urgency", "-code", ""])
def test_page_by_page_by_key_each_row_comes_once_and_in_order(program, register, order):
    numbers = [register(title=f"第{number}件") for number in range(5)]
    secretary = program("secretary")
    for pk in numbers[1:4]:
        secretary.post(f"{NEEDS}{pk}/move/accept", version=1, urgency="urgent" if pk == numbers[2] else "normal")
    ordered = f"order={order}&" if order else ""
    whole = secretary.client.get(f"{NEEDS}?{ordered}size=9").json
    found: list[int] = []
    while True:
        after = f"&after={found[-1]}" if found else ""
        part = secretary.client.get(f"{NEEDS}?{ordered}size=2{after}").json
        assert part["count"] == 5
        if not part["ids"]:
            break
        found += part["ids"]
    assert found == whole["ids"]
    assert sorted(found) == numbers


def test_what_follows_a_row_of_others_is_not_told(program, register):
    theirs = register("neighbour", place=None)
    assert program("secretary").get(NEEDS, after=theirs).status_code == 404
    assert program("secretary").get(NEEDS, after="x").status_code == 404


WAY = re.compile(r'rel="(prev|next)" href="([^"]+)"')
ROW = re.compile(r'href="/needs/show/(\d+)[?"]')


@pytest.mark.parametrize("order", ["", "order=resolution_due&", "order=-resolution_due&", "order=urgency&"])
def test_walking_on_and_back_by_the_links_shows_each_row_once(as_secretary, program, register, order):
    numbers = [register(title=f"第{number}件") for number in range(7)]
    for pk in numbers[1:4]:
        program("secretary").post(f"{NEEDS}{pk}/move/accept", version=1)
    whole = rows(as_secretary.page(f"/needs/list/?{order}size=200"))
    address, there = f"/needs/list/?{order}size=3", []
    while address:
        page = as_secretary.page(address)
        there.append(rows(page))
        address = ways(page).get("next")
    assert [pk for part in there for pk in part] == whole
    back = []
    while "prev" in ways(page):
        page = as_secretary.page(ways(page)["prev"])
        back.append(rows(page))
    assert back[::-1] == there[:-1]


def test_a_new_need_does_not_push_a_row_onto_the_next_page_twice(as_secretary, register):
    numbers = [register(title=f"第{number}件") for number in range(4)]
    first = as_secretary.page("/needs/list/?size=2")
    register(title="新来的")
    assert rows(as_secretary.page(ways(first)["next"])) == numbers[1::-1]


@pytest.mark.parametrize("past", ["abc", "--3", "1.5", "9999999999"])
def test_a_place_nobody_gave_out_is_refused(as_secretary, past):
    assert as_secretary.get(f"/needs/list/?page=2&past={past}").status_code == 400


def test_a_place_that_is_gone_or_of_others_is_counted_off(as_secretary, register):
    theirs = register("neighbour", place=None)
    numbers = [register(title=f"第{number}件") for number in range(3)]
    for past in (theirs, 999_999):
        assert rows(as_secretary.page(f"/needs/list/?size=2&page=2&past={past}")) == numbers[:1]


def rows(page):
    return [int(pk) for pk in dict.fromkeys(ROW.findall(page))]


def ways(page):
    return {way: unescape(address) for way, address in WAY.findall(page)}

"""Asking a list as its page is asked, and page by page by key."""

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

"""The boards: what stands where with the next step at hand, one's own work, and what is late."""

import re
from datetime import timedelta

import pytest

from app.core import clock
from app.needs import board


@pytest.fixture
def lanes(as_person):
    """Return the needs of each state on somebody's board, in order."""

    def read(login, address="/needs/board"):
        page = as_person(login).page(address)
        parts = re.split(r'<section aria-labelledby="lane-(\w+)">', page)[1:]
        return {
            state: re.findall(r'href="/needs/show/(\d+)"', text)
            for state, text in zip(parts[::2], parts[1::2], strict=True)
        }

    return read


def everybody(found):
    """Return the needs of all lanes."""
    return [pk for pks in found.values() for pk in pks]


def test_each_open_need_stands_in_its_lane_and_what_is_closed_in_none(at, make, lanes):
    pks = {state: at(state) for state in ("submitted", "accepted", "planned", "in_progress", "delivered")}
    referred, closed = at("accepted"), at("closed")
    make("worker", referred, "refer", body="供电所", phone="95598")
    found = lanes("secretary")
    assert {state: ids for state, ids in found.items() if ids} == {
        state: [str(pk)] for state, pk in (pks | {"referred": referred}).items()
    }
    assert str(closed) not in everybody(found)


def test_what_is_due_first_stands_first_and_only_the_first_are_shown(register, lanes, as_secretary, monkeypatch):
    monkeypatch.setattr(board, "SHOWN", 2)
    late, soon, sooner = (register(received_at=clock.now() - timedelta(days=days)) for days in (0, 20, 40))
    assert lanes("secretary")["submitted"] in ([str(sooner), str(soon)], [str(soon), str(sooner)])
    assert str(late) not in lanes("secretary")["submitted"]
    assert "全部 3 条" in as_secretary.page("/needs/board")


def test_the_next_step_is_a_button_on_the_card(at, as_secretary, as_gridworker):
    submitted, planned = at("submitted"), at("planned")
    assert f'href="/needs/move/accept/{submitted}"' in as_secretary.page("/needs/board")
    assert f'action="/needs/move/start/{planned}"' in as_gridworker.page("/needs/board")
    assert f"/needs/move/start/{planned}" not in as_secretary.page("/needs/board")


def test_my_work_is_what_i_am_in_charge_of(at, make, lanes):
    mine, other = at("planned"), at("accepted")
    make("secretary", other, "plan", in_charge="worker")
    assert lanes("gridworker", "/needs/board?mine=1")["planned"] == [str(mine)]


def test_nobody_sees_on_the_board_what_the_list_does_not_show(at, make, register, lanes):
    ours, called = at("accepted"), at("accepted")
    register("neighbour", place=None)
    make("secretary", called, "escalate", reason="需要城管")
    assert lanes("supervisor")["accepted"] == [str(called)]
    assert str(ours) not in everybody(lanes("neighbour"))
    assert len(everybody(lanes("neighbour"))) == 1


TABLES = ("place", "person", "holder")


def numbers(page, name):
    """Return the lines of one table: whom, how many, and the address that opens them."""
    table = page.split(f'<h2 id="late-{name}"')[1].split("</section>")[0]
    line = r'<th scope="row">([^<]*)</th><td><a href="([^"]*)">(\d+)</a>'
    return {who: (int(count), address.replace("&amp;", "&")) for who, address, count in re.findall(line, table)}


def test_what_is_late_is_told_by_place_person_and_holder_and_each_number_opens_its_rows(at, make, as_person):
    at("planned")
    at("planned")
    third = at("accepted")
    make("secretary", third, "plan", in_charge="worker")
    at("submitted")
    clock.clock.fixed = clock.now() + timedelta(days=7, hours=5)
    secretary = as_person("secretary")
    page = secretary.page("/needs/late")
    for name in TABLES:
        for count, address in numbers(page, name).values():
            assert len(set(re.findall(r"/needs/show/(\d+)", secretary.page(address)))) == count
    counts = {name: sorted(count for count, _address in numbers(page, name).values()) for name in TABLES}
    assert counts == {"place": [4], "person": [1, 1, 2], "holder": [1, 3]}
    assert {"没有负责人", "负责人", "社区"} <= {who for name in TABLES for who in numbers(page, name)}
    assert "5 小时" in page


def test_where_nothing_is_late_the_board_says_so(as_secretary):
    assert "没有超期的。" in as_secretary.page("/needs/late")

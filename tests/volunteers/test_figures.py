"""How many volunteers and teams there are, by state and by kind; each number opens exactly its rows."""

import re

from app.core import clock
from app.volunteers.choices import VolunteerState as State

CELL = re.compile(r'<a href="(/(?:volunteers|teams)/list/\?[^"]+)">\s*(\d+)')


def opened(person, address):
    """Return how many rows an address of a list opens, as programs count them."""
    found = person.get(address.replace("&amp;", "&").replace("/volunteers/list/", "/api/v1/volunteers/")).json
    return found["count"]


def test_volunteers_are_counted_by_state_and_each_number_opens_its_rows(as_secretary, enlist):
    enlist("莫桂兰"), enlist("韦大力"), enlist("覃师傅", State.SUSPENDED), enlist("蓝师傅", State.LEFT)
    days = {"from": clock.today().isoformat(), "to": clock.today().isoformat()}
    page = as_secretary.get("/figures/volunteers", query_string=days).get_data(as_text=True)
    numbers = [(address, int(count)) for address, count in CELL.findall(page)]
    assert sorted(count for _address, count in numbers) == [1, 1, 2, 4]
    assert [(address, opened(as_secretary, address)) for address, _count in numbers] == numbers
    for word in ("服务中", "已暂停", "已退出"):
        assert word in page


def test_teams_are_counted_by_kind(as_secretary, parties):
    page = as_secretary.page("/figures/teams")
    assert "服务队" in page
    assert "组建队伍" in as_secretary.page("/figures/")


def test_who_sees_no_volunteers_sees_no_figures_of_them(as_partner):
    assert as_partner.get("/figures/volunteers").status_code == 404
    assert "注册志愿者" not in as_partner.page("/figures/")

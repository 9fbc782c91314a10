"""Sixteen people at once, on the real server: nobody reads another's rows, filters, names or prefilled forms."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
from flask import Flask

from app.communities.models import Place
from app.core.actor import acting, system
from app.extensions import db
from tests.cast.people import NAMES
from tests.serving import served
from tests.whole.walk import Visitor

THREADS = 16
ROUNDS = 12
LISTENERS = ("secretary", "neighbour", "gridlead", "worker", "auditor", "coordinator", "supervisor", "gridworker")
TITLES = {"甲网格的路灯": "第一网格", "乙网格的楼道": "第二网格", "桥南的井盖": "桥南一网格"}
SEES = {
    "secretary": {"甲网格的路灯", "乙网格的楼道"},
    "worker": {"甲网格的路灯", "乙网格的楼道"},
    "auditor": {"甲网格的路灯", "乙网格的楼道"},
    "gridlead": {"甲网格的路灯"},
    "gridworker": {"甲网格的路灯"},
    "neighbour": {"桥南的井盖"},
    "coordinator": set(),
    "supervisor": set(),
}


@dataclass(frozen=True)
class Seat:
    """One browser at the server: who sits there, and what this one alone asks for."""

    number: int
    login: str
    cookie: str
    place: int

    @property
    def word(self) -> str:
        """Return the word only this browser searches for."""
        return f"寻找{self.number:02d}号"


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The portal behind the server it is delivered with."""
    with served(app, THREADS) as number:
        yield number


@pytest.fixture
def seats(app: Flask, register, visit) -> list[Seat]:
    for title, place in TITLES.items():
        register("neighbour" if place.startswith("桥南") else "secretary", title, place)
    with app.app_context(), acting(system("tests")):
        places = {place.name: place.id for place in db.session.query(Place)}
    found = []
    for number in range(THREADS):
        login = LISTENERS[number % len(LISTENERS)]
        cookie = visit(login).client.get_cookie("sidan")
        assert cookie is not None
        near = "桥南一网格" if login == "neighbour" else ("第一网格", "第二网格")[number % 2]
        found.append(Seat(number, login, cookie.value, places[near]))
    return found


def fetch(port: int, seat: Seat, address: str) -> tuple[int, str]:
    """Open an address as this browser would."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", address, headers={"Cookie": f"sidan={seat.cookie}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def sit(port: int, seat: Seat) -> list[str]:
    """Open the own pages again and again; return what was wrong on them."""
    wrong: list[str] = []
    for _round in range(ROUNDS):
        wrong += the_list(port, seat) + the_search(port, seat) + the_filter(port, seat)
        if seat.login in ("secretary", "neighbour", "worker"):
            wrong += the_prefilled_form(port, seat)
    return [f"{seat.login}: {what}" for what in wrong]


def the_list(port: int, seat: Seat) -> list[str]:
    status, page = fetch(port, seat, "/needs/list/")
    seen = {title for title in TITLES if title in page}
    who = re.search(r'<a href="/profile/"[^>]*>([^<]*)', page)
    wrong = [] if status == 200 else [f"list answers {status}"]
    wrong += [] if seen == SEES[seat.login] else [f"sees {seen}"]
    return wrong + ([] if who and NAMES[seat.login] in page else ["is greeted as somebody else"])


def the_search(port: int, seat: Seat) -> list[str]:
    _status, page = fetch(port, seat, f"/needs/list/?q={quote(seat.word)}&size={10 + seat.number}")
    words = set(re.findall(r"寻找\d\d号", page))
    return ([] if words == {seat.word} else [f"finds the search of {words}"]) + [
        f"finds {title} by another's filter" for title in TITLES if title in page
    ]


def the_filter(port: int, seat: Seat) -> list[str]:
    status, page = fetch(port, seat, f"/needs/list/?place={seat.place}&urgency=normal")
    chosen = re.findall(r'name="place" value="(\d*)"', page)
    wrong = [] if status == 200 and set(chosen) == {str(seat.place)} else [f"filters by {chosen} ({status})"]
    strange = {title for title, _place in TITLES.items() if title in page} - SEES[seat.login]
    return wrong + [f"sees {strange} in a filtered list" for _one in strange]


def the_prefilled_form(port: int, seat: Seat) -> list[str]:
    status, page = fetch(port, seat, f"/places/add?parent={seat.place}")
    if status == 403:
        return []
    chosen = re.findall(r'name="parent" value="(\d*)"', page)
    return [] if chosen == [str(seat.place)] else [f"begins a form with {chosen} ({status})"]


def test_sixteen_people_at_once_read_only_their_own(port: int, seats: list[Seat]):
    with ThreadPoolExecutor(THREADS) as pool:
        wrong = [what for found in pool.map(lambda seat: sit(port, seat), seats) for what in found]
    assert wrong == []


def test_people_register_at_once_and_each_finds_exactly_the_own_rows(app: Flask, visit):
    """Eight browsers of two communities write at the same time; no row lands elsewhere and none is lost."""
    people: list[Visitor] = [visit(login) for login in ("secretary", "neighbour") * 4]
    for person in people:
        person.token()

    def write(number: int) -> list[int]:
        person = people[number]
        return [
            person.post("/needs/add", {"title": f"{person.login}{number}的事{turn}"}).status_code for turn in range(3)
        ]

    with ThreadPoolExecutor(8) as pool:
        statuses = [status for found in pool.map(write, range(8)) for status in found]
    assert statuses == [302] * 24
    for number, person in enumerate(people):
        page = person.page("/needs/list/?size=200")
        other = people[(number + 1) % 2].login
        assert page.count(f"{person.login}{number}的事") >= 3
        assert other not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)

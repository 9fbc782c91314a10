"""Two who register the same person at the same moment make one record, unless they say that there are two people."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.communities.models import Community
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.people import finding
from app.people.models import Person

WHO = {"name": "韦小雨", "phone": "13800007001"}
TYPED = {"name": WHO["name"], "phones": WHO["phone"]}
WHILE = 1.5
"""Seconds in which whoever does not wait for the other is done."""


def find_or_make() -> None:
    ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
    finding.known_or_new(ours, WHO)


@pytest.fixture
def meanwhile(app: Flask) -> Callable[..., Any]:
    """Let somebody register the person, and somebody else do something before the first one has saved."""

    @contextmanager
    def first() -> Iterator[None]:
        with app.app_context(), acting(system("tests")), transaction():
            find_or_make()
            yield

    def run(what: Callable[[], Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            with first():
                second: Future[Any] = pool.submit(what)
                sleep(WHILE)
            return second.result()

    return run


@pytest.fixture
def recorded(behind: Any) -> Callable[[], int]:
    """Return how many records there are of the person."""

    def count() -> int:
        with behind():
            return len(db.session.scalars(select(Person.id).where(Person.name == WHO["name"])).all())

    return count


def test_who_registers_by_name_and_phone_finds_whom_somebody_else_was_just_making(
    meanwhile: Any, app: Flask, recorded: Any
):
    def again() -> None:
        with app.app_context(), acting(system("tests")), transaction():
            find_or_make()

    meanwhile(again)
    assert recorded() == 1


def test_the_page_shows_whom_somebody_else_was_just_registering(meanwhile: Any, as_worker: Any, recorded: Any):
    token = as_worker.token()
    answer = meanwhile(lambda: as_worker.client.post("/people/add", data=TYPED | {"csrf_token": token}))
    assert answer.status_code == 422
    assert "可能已经登记过" in answer.get_data(as_text=True)
    assert recorded() == 1


def test_two_people_of_one_name_and_phone_are_registered_by_who_says_so(
    meanwhile: Any, as_worker: Any, recorded: Any, behind: Any
):
    meanwhile(lambda: None)
    with behind():
        known = db.session.scalars(select(Person.id).where(Person.name == WHO["name"])).one()
    assert as_worker.post("/people/add", TYPED | {"another": str(known)}).status_code == 302
    assert recorded() == 2


def test_a_double_click_is_nobody_else(as_worker: Any, recorded: Any):
    sent = TYPED | {"csrf_token": as_worker.token(), "uid": "a" * 32}
    with ThreadPoolExecutor(4) as pool:
        clicks = [pool.submit(as_worker.client.post, "/people/add", data=sent) for _click in range(4)]
    assert {click.result().status_code for click in clicks} == {302}
    assert recorded() == 1

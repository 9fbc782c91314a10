"""What stands is asked once; whatever changes it, by whatever door of whatever process, counts for the next request."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask_appbuilder import Model
from sqlalchemy import create_engine, select

from app.accounts import reach
from app.communities.models import Category, Community, Holiday
from app.core import clock, edition
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.edition import Edition
from app.extensions import db
from app.needs.choices import Urgency
from app.needs.clocks import Book
from app.needs.limits import Limit, TimeLimit
from app.roles import Role
from tests.whole.counting import hearing

READ = re.compile(r'(?:FROM|JOIN)\s+"?(\w+)')
FORM = {"title": "楼下路灯不亮", "text": "晚上看不见路", "kind": "help", "channel": "phone", "urgency": "normal"}


@pytest.fixture
def mark(behind: Any) -> Callable[[], str]:
    """Return the mark as it stands."""

    def read() -> str:
        with behind():
            return str(db.session.scalars(select(Edition.mark)).one())

    return read


@pytest.fixture
def monday(app: Any) -> None:
    """A day before a working day."""
    clock.clock.fixed = clock.day_starts(date(2026, 11, 23))


@contextmanager
def listening(app: Any) -> Iterator[list[str]]:
    said: list[str] = []
    with hearing(app, lambda _connection, _cursor, statement, *_more: said.append(statement)):
        yield said


def registered(person: Any, need: Any) -> Any:
    """Register a need as a person and return it."""
    answer = person.post("/needs/add", FORM)
    assert answer.status_code == 302
    return need(int(answer.location.rsplit("/", 1)[1]))


@contextmanager
def elsewhere(app: Any) -> Iterator[Any]:
    """A connection of another process to the same database."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.mark.usefixtures("monday")
def test_the_second_need_of_the_day_asks_neither_limits_nor_holidays_nor_who_works_here(app, as_secretary, need):
    registered(as_secretary, need)
    with listening(app) as said:
        registered(as_secretary, need)
    asked = {name for statement in said for name in READ.findall(statement)}
    assert asked.isdisjoint({"time_limit", "holiday"})
    assert not [one for one in said if "FROM account_grant JOIN" in one]


@pytest.mark.usefixtures("monday")
def test_a_holiday_that_another_process_enters_counts_for_the_next_need(app, as_secretary, need):
    before = registered(as_secretary, need)["response_due"]
    with app.app_context(), acting(system("tests")):
        ours = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
    columns = {"community_id": ours, "day": clock.local(before).date(), "works": False, "name": "临时放假"}
    with elsewhere(app) as connection:
        connection.execute(Holiday.__table__.insert(), columns | {"version": 1})
    assert registered(as_secretary, need)["response_due"] > before


@pytest.mark.usefixtures("monday")
def test_who_changes_something_finds_it_changed_within_the_same_request(app):
    with app.app_context(), acting(system("tests")):
        edition.learn("0" * edition.LENGTH)
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        due, _guessed = Book(ours.id).answer(Urgency.NORMAL, None, clock.now())
        with transaction():
            db.session.add(Holiday(community=ours, day=clock.local(due).date(), works=False, name="临时放假"))
        assert Book(ours.id).answer(Urgency.NORMAL, None, clock.now())[0] > due


@pytest.mark.parametrize("name", sorted(edition.tables()))
def test_each_table_it_rests_upon_leaves_another_mark(app, mark, name):
    table = Model.metadata.tables[name]
    before = mark()
    with elsewhere(app) as connection:
        connection.execute(table.update().values(id=table.c.id))
    assert mark() != before


def test_what_is_rolled_back_or_rests_elsewhere_leaves_the_mark(app, mark, register):
    before = mark()
    register()
    with app.app_context(), acting(system("tests")):
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add(Holiday(community=ours, day=date(2026, 12, 1), works=False, name="临时放假"))
        db.session.flush()
        db.session.rollback()
    assert mark() == before


def test_without_a_request_everything_is_asked(app):
    asked: list[int] = []
    with app.app_context():
        for _time in "12":
            edition.kept("number", lambda: asked.append(1))
    assert len(asked) == 2


def test_what_is_kept_reads_only_what_it_is_said_to_rest_upon(app, monkeypatch, register):
    kept: list[Any] = []
    monkeypatch.setattr(edition, "kept", lambda about, make: kept.append(about) or make())
    register()
    with app.app_context(), acting(system("tests")), listening(app) as said:
        category = db.session.scalars(select(Category).filter_by(name="公共设施")).first()
        ours, pk = category.community_id, category.id
        with transaction():
            about = {"category": category, "community": category.community, "urgency": Urgency.NORMAL}
            db.session.add(TimeLimit(**about, response=Limit(1, "h")))
        said.clear()
        book = Book(ours)
        assert book.limits(Urgency.NORMAL, pk).response != book.limits(Urgency.NORMAL, None).response
        assert book.calendar is not None
        assert reach.working(ours, [Role.SECRETARY], [])
    assert {about[0] for about in kept} >= {"limits", "calendar", "parents", "working"}
    assert {name for statement in said for name in READ.findall(statement)} <= edition.tables()

"""The demo tells a true story, whatever the hour, once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app import demo
from app.accounts import passwords
from app.accounts.models import Account
from app.communities.models import Place
from app.core import clock
from app.core.timeline import Step
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs.models import Need
from app.people.models import Person
from app.resources.models import Resource
from app.volunteers.models import Volunteer
from config import SettingError
from tests.demo.conftest import PASSWORD


def counts():
    lists = (Account, Need, Resource, Fulfilment, Person, Volunteer, Place, Step)
    return {model.__tablename__: db.session.scalar(select(func.count(model.id))) for model in lists}


@pytest.mark.parametrize("hour", [0, 9, 20])
def test_it_can_be_told_at_any_hour(empty, hour):
    clock.clock.fixed = datetime(2027, 1, 1, hour, 1, tzinfo=UTC)
    demo.load(empty)
    assert clock.now().hour == hour
    for need in db.session.scalars(select(Need)):
        assert need.received_at <= clock.now()
    assert all(at <= clock.now() for at in db.session.scalars(select(Step.at)))


def test_a_second_start_adds_nothing(empty):
    demo.load(empty)
    before = counts()
    assert demo.load(empty) is None
    assert counts() == before


def test_nobody_guesses_the_password_of_the_next_demo(empty, monkeypatch):
    monkeypatch.setitem(empty.config, "DEMO_PASSWORD", None)
    password = demo.load(empty)
    assert passwords.complaint(password) is None
    assert password != PASSWORD


def test_a_password_named_later_becomes_the_casts(empty, monkeypatch):
    demo.load(empty)
    monkeypatch.setitem(empty.config, "DEMO_PASSWORD", "harbour-5930")
    assert demo.load(empty) == "harbour-5930"
    assert demo.load(empty) is None


def test_a_weak_password_is_refused_in_words_and_nothing_is_loaded(empty, monkeypatch):
    monkeypatch.setitem(empty.config, "DEMO_PASSWORD", "12345678")
    with pytest.raises(SettingError, match="SIDAN_DEMO_PASSWORD"):
        demo.load(empty)
    assert set(counts().values()) == {0}

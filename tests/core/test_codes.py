"""Running numbers: none is given twice, none is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.core.actor import acting, system
from app.core.codes import next_code
from app.core.database import transaction
from app.extensions import db

DAY = date(2026, 11, 22)


@pytest.fixture
def draw(app):
    """Take one number in a transaction of its own."""

    def take(prefix="XQ", day=DAY, code="wjb", keep=True):
        with app.app_context(), acting(system("tests")):
            community = db.session.scalars(select(Community.id).filter_by(code=code)).one()
            with transaction():
                found = next_code(db.session, community, prefix, day)
                if not keep:
                    db.session.rollback()
            return found

    return take


def test_numbers_run_within_the_community_the_prefix_and_the_day(draw):
    assert [draw(), draw()] == ["XQ20261122001", "XQ20261122002"]
    assert draw(prefix="ZY") == "ZY20261122001"
    assert draw(day=date(2026, 11, 23)) == "XQ20261123001"
    assert draw(code="qn") == "XQ20261122001"
    assert draw() == "XQ20261122003"


def test_a_number_of_what_was_not_saved_comes_back(draw):
    assert draw(keep=False) == "XQ20261122001"
    assert draw() == "XQ20261122001"


def test_beyond_999_the_number_grows(draw, app):
    with app.app_context(), acting(system("tests")), transaction():
        community = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
        found = [next_code(db.session, community, "XQ", DAY) for _each in range(1001)][-1]
    assert found == "XQ202611221001"


def test_eight_people_at_once_never_get_the_same_number(draw):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _each: draw(), range(48)))
    assert sorted(found) == [f"XQ20261122{number:03d}" for number in range(1, 49)]

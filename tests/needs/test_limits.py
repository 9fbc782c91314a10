"""How soon a need must be answered and done: what the secretary sets, and which of it holds."""

from datetime import date

import pytest
from sqlalchemy import select

from app.communities.models import Category, Community, Holiday
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.fields import NotUnderstood
from app.core.rules import Violation
from app.extensions import db
from app.needs.choices import Urgency
from app.needs.limits import Limit, TimeLimit

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def limit(app):
    """Let the community set a limit."""

    def write(urgency=Urgency.NORMAL, category=None, **limits):
        with app.app_context(), acting(system("tests")), transaction():
            ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            found = select(Category).filter_by(community=ours, name=category)
            chosen = db.session.scalars(found).one() if category else None
            given = {name: Limit.read(words) for name, words in limits.items()}
            db.session.add(TimeLimit(community=ours, category=chosen, urgency=urgency, **given))

    return write


@pytest.mark.parametrize(
    ("typed", "stored", "said"),
    [
        ("2小时", "2h", "2小时"),
        ("24 h", "24h", "24小时"),
        ("７天", "7d", "7天"),
        ("15个日", "15d", "15天"),
        ("3个工作日", "3wd", "3个工作日"),
        ("3工作天", "3wd", "3个工作日"),
        ("4个工作小时", "4wh", "4个工作小时"),
    ],
)
def test_a_limit_is_read_as_people_write_it(typed, stored, said):
    limit = Limit.read(typed)
    assert (limit.plain(), str(limit)) == (stored, said)
    assert Limit.read(said) == Limit.of(stored) == limit


@pytest.mark.parametrize("typed", ["马上", "0天", "-3天", "367天", "3", "3个月", "99999h"])
def test_what_is_no_limit_is_refused(typed):
    with pytest.raises(NotUnderstood):
        Limit.read(typed)


def due(need, pk, name="response_due"):
    return f"{clock.local(need(pk)[name]):%Y-%m-%d %H:%M}"


def test_a_holiday_moves_what_is_due_in_working_days_and_a_worked_saturday_moves_it_back(app, register, need):
    assert due(need, register()) == "2026-11-26 10:00"
    with app.app_context(), acting(system("tests")), transaction():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add(Holiday(community=ours, day=date(2026, 11, 24), name="停电", works=False))
    assert due(need, register()) == "2026-11-27 10:00"


def test_the_category_s_own_line_comes_before_the_one_above_it_and_that_before_the_line_of_all(limit, register, need):
    limit(response="5天")
    assert due(need, register()) == "2026-11-28 10:00"
    limit(response="4天", category="社区治理")
    assert due(need, register()) == "2026-11-27 10:00"
    limit(response="2天", category="公共设施")
    assert due(need, register()) == "2026-11-25 10:00"
    assert due(need, register(category=None)) == "2026-11-28 10:00"
    assert due(need, register(urgency=Urgency.URGENT)) == "2026-11-24 10:00"


def test_each_of_the_two_limits_is_looked_for_by_itself(limit, register, make, need):
    limit(response="1天")
    limit(resolution="2个工作日", category="公共设施")
    pk = register()
    assert due(need, pk) == "2026-11-24 10:00"
    assert make("worker", pk, "accept", urgency="normal") == 302
    assert due(need, pk, "resolution_due") == "2026-11-25 10:00"


def test_the_neighbours_limits_are_not_ours(app, register, need):
    with app.app_context(), acting(system("tests")), transaction():
        theirs = db.session.scalars(select(Community).filter_by(code="qn")).one()
        db.session.add(TimeLimit(community=theirs, urgency=Urgency.NORMAL, response=Limit(1, "h")))
    assert due(need, register()) == "2026-11-26 10:00"


def test_a_second_line_for_the_same_category_and_urgency_is_refused(limit):
    limit(response="5天")
    with pytest.raises(Violation) as refused:
        limit(response="6天")
    assert set(refused.value.errors) == {"urgency"}
    limit(response="6天", category="公共设施")


def test_the_secretary_sets_limits_on_a_page_and_the_worker_reads_them(as_secretary, as_worker, ids, register, need):
    page = as_secretary.page("/limits/list/")
    assert "一般：3个工作日内答复，15天内办理" in page
    sent = {"category": ids["公共设施"], "urgency": "normal", "response": "很快", "resolution": "10天"}
    answer = as_secretary.post("/limits/add", sent)
    assert answer.status_code == 422
    assert "请写成这样：2小时" in answer.get_data(as_text=True)
    assert as_secretary.post("/limits/add", sent | {"response": "4个工作小时"}).status_code == 302
    assert "4个工作小时" in as_worker.page("/limits/list/")
    assert as_worker.get("/limits/add").status_code == 403
    assert due(need, register()) == "2026-11-23 16:00"


def test_hours_of_the_community_are_its_own(app, register, need):
    with app.app_context(), acting(system("tests")), transaction():
        from_eight = type(db.session.scalars(select(Community)).first().office_hours).read("8:00-12:00")
        db.session.scalars(select(Community).filter_by(code="wjb")).one().working_hours = from_eight
    assert due(need, register()) == "2026-11-26 10:00"

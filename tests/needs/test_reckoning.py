"""A need whose urgency or category changes is due as if that had been known when its clock began."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import perform
from app.core.timeline import Step
from app.extensions import db
from app.needs import service
from app.needs.choices import NeedState, Urgency
from app.needs.limits import Limit, TimeLimit
from app.needs.models import Need
from app.notices.models import Notice
from tests.core.conftest import program
from tests.needs.life import MONDAY, later
from tests.whole.paper import fields_of

__all__ = ["program"]

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def steps(behind):
    """Return the steps of a need by which it is due at another moment."""

    def read(pk):
        with behind():
            found = select(Step.move).where(Step.list == "needs", Step.row_id == pk, Step.move.like("due_%"))
            return list(db.session.scalars(found.order_by(Step.id)))

    return read


@pytest.fixture
def told(behind):
    """Return who was told that a need is due sooner."""

    def read(pk):
        with behind():
            found = select(Account.login).join(Notice, Notice.account_id == Account.id)
            return list(db.session.scalars(found.where(Notice.row_id == pk, Notice.kind == "due_sooner")))

    return read


@pytest.fixture
def change(program, need):
    """Let somebody's program change a need, and return the status."""

    def put(login, pk, **given):
        return program(login).put(f"/api/v1/needs/{pk}", version=need(pk)["version"], **given).status_code

    return put


def test_the_worker_sees_that_it_is_more_urgent_and_it_is_due_from_when_it_was_taken_on(
    at, change, need, steps, told, as_person
):
    pk = at("planned")
    begun = need(pk)["work_since"]
    later(hours=3)
    assert change("worker", pk, urgency="critical") == 200
    assert need(pk)["resolution_due"] == need(pk)["due_at"] == begun + timedelta(hours=24)
    assert steps(pk) == ["due_sooner"]
    assert told(pk) == ["gridworker"]
    sentence = "紧急程度或类别改变，到期时间由 2026-11-30 10:00 改为 2026-11-24 10:00。"
    assert sentence in as_person("secretary").page(f"/needs/show/{pk}")
    assert sentence in as_person("secretary").page(f"/needs/history/{pk}")


def test_what_is_less_urgent_is_due_later_and_nobody_is_alarmed(at, change, need, steps, told):
    pk = at("planned")
    change("worker", pk, urgency="normal")
    assert need(pk)["resolution_due"] == need(pk)["work_since"] + timedelta(days=15)
    assert (steps(pk), told(pk)) == (["due_anew"], [])


def test_who_is_in_charge_hears_of_what_is_overdue_already_though_it_is_due_later(at, change, told, steps):
    pk = at("planned")
    later(days=16)
    change("worker", pk, urgency="normal")
    assert steps(pk) == ["due_sooner"]
    assert told(pk) == ["gridworker"]


def test_a_need_nobody_has_answered_is_to_be_answered_sooner_whatever_changes_it(register, acting_as, need, steps):
    pk = register()
    with acting_as("worker"), transaction():
        db.session.get_one(Need, pk).urgency = Urgency.CRITICAL
    assert need(pk)["due_at"] == need(pk)["response_due"] == clock.now() + timedelta(hours=2)
    assert steps(pk) == ["due_sooner"]


def test_an_answer_given_in_time_stays_in_time(at, acting_as, need):
    pk = at("accepted")
    promised = need(pk)["response_due"]
    with acting_as("worker"), transaction():
        db.session.get_one(Need, pk).urgency = Urgency.CRITICAL
    assert need(pk)["response_due"] == promised


def test_what_is_at_an_end_and_what_changes_nothing_keep_their_dates(at, acting_as, need, steps):
    ended, same = at("closed"), at("accepted")
    before = [need(pk)["resolution_due"] for pk in (ended, same)]
    with acting_as("secretary"), transaction():
        db.session.get_one(Need, ended).urgency = Urgency.CRITICAL
        db.session.get_one(Need, same).category = category("社区治理")
    assert [need(pk)["resolution_due"] for pk in (ended, same)] == before
    assert steps(ended) == steps(same) == []


def test_a_reopened_need_is_reckoned_from_when_it_was_reopened(at, make, acting_as, need):
    pk = at("closed")
    later(days=3)
    make("secretary", pk, "reopen", reason="又坏了")
    later(hours=1)
    with acting_as("worker"), transaction():
        db.session.get_one(Need, pk).urgency = Urgency.CRITICAL
    assert need(pk)["due_at"] == clock.now() + timedelta(hours=23)


def test_on_hold_it_stands_still_and_what_is_left_is_that_of_the_new_urgency(at, make, acting_as, need):
    pk = at("planned")
    later(hours=5)
    make("worker", pk, "hold", reason="等配件", resume_on="2026-11-25")
    later(days=1)
    with acting_as("worker"), transaction():
        db.session.get_one(Need, pk).urgency = Urgency.CRITICAL
    assert need(pk)["due_at"] is None
    later(days=1)
    make("worker", pk, "resume")
    assert need(pk)["due_at"] == clock.now() + timedelta(hours=19)


def category(name):
    return db.session.scalars(select(Category).where(Category.name == name, Category.community.has(code="wjb"))).first()


LINES = {
    ("公共设施", Urgency.NORMAL): Limit(9, "wd"),
    ("公共设施", Urgency.URGENT): Limit(20, "wh"),
    (None, Urgency.URGENT): Limit(4, "d"),
}
"""Limits in every unit, so that pauses count differently by urgency and category."""
changes = st.one_of(
    st.tuples(st.just("urgency"), st.sampled_from(list(Urgency))),
    st.tuples(st.just("category"), st.sampled_from(["公共设施", "社区治理"])),
    st.tuples(st.just("later"), st.integers(1, 70)),
    st.tuples(st.sampled_from(["hold", "resume"]), st.none()),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=st.lists(changes, max_size=14))
def test_whatever_changes_it_is_due_as_if_it_had_been_registered_so(app, life):
    with app.app_context(), acting(system("tests")):
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        for (name, urgency), limit in LINES.items():
            sort = category(name) if name else None
            db.session.add(TimeLimit(community=ours, category=sort, urgency=urgency, resolution=limit))
        db.session.flush()
        lived = live(ours, life, Urgency.NORMAL, "公共设施")
        final = dict([("urgency", Urgency.NORMAL), ("category", "公共设施"), *life])
        fixed = [one for one in life if one[0] not in ("urgency", "category")]
        twin = live(ours, fixed, final["urgency"], final["category"])
        assert (lived.resolution_due, lived.due_at) == (twin.resolution_due, twin.due_at)
        db.session.rollback()


def live(ours, life, urgency, sort):
    """Let a need live from Monday at ten on, and return it."""
    clock.clock.fixed = clock.parse_local(MONDAY)
    person = db.session.scalars(select(Account).filter_by(login="secretary")).one()
    need = service.register(title="楼道灯坏了", community=ours, urgency=urgency, category=category(sort), place=place())
    perform(need, "accept", {})
    perform(need, "plan", {"in_charge": person, "planned_on": clock.today()})
    db.session.flush()
    for what, value in life:
        if what == "later":
            later(hours=value)
        elif what in ("urgency", "category"):
            setattr(need, what, category(value) if what == "category" else value)
        elif what == "hold" and need.state is NeedState.PLANNED:
            perform(need, "hold", {"reason": "等配件", "resume_on": clock.today() + timedelta(days=9)})
        elif what == "resume" and need.state is NeedState.ON_HOLD:
            perform(need, "resume", {})
        db.session.flush()
    return need


def place():
    return db.session.scalars(select(Place).where(Place.name == "武江北路8栋")).first()


def test_who_corrects_only_the_title_moves_no_due_date(as_secretary, register, need):
    later(seconds=41)
    pk = register()
    before = need(pk)
    form = fields_of(as_secretary.page(f"/needs/edit/{pk}"))
    as_secretary.post(f"/needs/edit/{pk}", form | {"title": "楼道灯不亮"})
    after = need(pk)
    assert after["title"] == "楼道灯不亮"
    assert (after["received_at"], after["response_due"]) == (before["received_at"], before["response_due"])

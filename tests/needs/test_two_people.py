"""Two people with one need at the same moment: one of them is first, the other is told, and nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.timeline import Step
from app.extensions import db
from app.needs.choices import NeedState
from app.needs.segments import Segment


@pytest.fixture
def at_once(as_person):
    """Let people send moves at the same moment, each from an own browser; return the answers."""

    def send(*moves):
        people = [(as_person(login), address, given) for login, address, given in moves]
        ready = [(one, address, {"csrf_token": one.token()} | given) for one, address, given in people]
        with ThreadPoolExecutor(len(ready)) as pool:
            return list(pool.map(lambda one: one[0].client.post(one[1], data=one[2]).status_code, ready))

    return send


def path(name, pk):
    return f"/needs/move/{name}/{pk}"


HOLD = {"reason": "等配件", "resume_on": None}
EXPLAIN = {"reason": "缘故", "explanation": "办不了"}
REFER = {"body": "供电所", "phone": "95598"}
PAIRS = [
    ("accepted", "refer", REFER, "explain", EXPLAIN),
    ("planned", "hold", HOLD, "explain", EXPLAIN),
    ("planned", "hold", HOLD, "withdraw", {"reason": "不用了"}),
    ("submitted", "reject", {"reason": "不归社区", "who_can_help": "居委会"}, "refer", REFER),
]


@pytest.mark.parametrize(("state", "first", "given", "second", "other"), PAIRS)
def test_of_two_different_moves_at_once_one_is_made(at, at_once, need, behind, state, first, given, second, other):
    pks = [at(state) for _time in range(2)]
    later = str(clock.today() + timedelta(days=2))
    given = {name: later if value is None else value for name, value in given.items()}
    for pk in pks:
        version = {"version": str(need(pk)["version"])}
        answers = at_once(
            ("worker", path(first, pk), given | version), ("secretary", path(second, pk), other | version)
        )
        assert sorted(answers) == [302, 409]
    with behind():
        made = select(Step.row_id, func.count()).where(Step.row_id.in_(pks), Step.move.in_((first, second)))
        assert dict(db.session.execute(made.group_by(Step.row_id)).all()) == dict.fromkeys(pks, 1)


def test_the_time_on_hold_is_counted_once_however_many_resume_it(at, at_once, make, need, behind):
    pk = at("planned")
    make("worker", pk, "hold", reason="等配件", resume_on=str(clock.today() + timedelta(days=2)))
    clock.clock.fixed = clock.now() + timedelta(hours=5)
    answers = at_once(*((login, path("resume", pk), {}) for login in ("worker", "secretary") * 3))
    assert answers.count(302) >= 1
    assert set(answers) <= {302, 409}
    assert need(pk)["paused_minutes"] == 300
    with behind():
        assert db.session.scalar(select(func.count()).select_from(Segment).where(Segment.holder == "nobody")) == 1


def test_two_needs_are_never_merged_into_each_other(register, at_once, need):
    for _time in range(4):
        first, second = register(), register()
        answers = at_once(
            ("worker", path("merge", first), {"target": str(second)}),
            ("secretary", path("merge", second), {"target": str(first)}),
        )
        assert min(answers) == 302
        assert set(answers) <= {302, 409, 422}
        merged = [pk for pk in (first, second) if need(pk)["state"] is NeedState.MERGED]
        assert len(merged) == 1
        assert need(({first, second} - {*merged}).pop())["merged_here"] == 1


def test_who_merges_into_a_need_somebody_closes_at_that_moment_merges_into_nothing_closed(at, register, at_once, need):
    for _time in range(3):
        target, pk = at("delivered"), register()
        given = {"outcome": "met", "asked_how": "phone"}
        at_once(("worker", path("close", target), given), ("secretary", path("merge", pk), {"target": str(target)}))
        row = need(pk)
        assert row["merged_into_id"] in (None, target)
        assert (row["merged_into_id"] is None) is (row["state"] is not NeedState.MERGED)

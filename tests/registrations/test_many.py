"""Many members leave the register at once: the reason is asked once, and holds for each who may leave."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.timeline import Step
from app.extensions import db
from app.registrations.choices import MemberState
from app.registrations.models import Member

REASON = "不是本社区的党员"


@pytest.fixture
def slips(enrol: Any) -> list[str]:
    """Two who reported in and are not of the community."""
    return [str(enrol(name, state=MemberState.REPORTED_IN)) for name in ("林志远", "贺小满")]


@pytest.fixture
def leave(as_worker: Any) -> Any:
    """Let the worker choose rows, and say something of all of them."""

    def say(rows: list[str], **said: str) -> Any:
        return as_worker.post("/members/action_post", {"action": "withdraw", "rowid": rows} | said)

    return say


@pytest.fixture
def states(stored: Any, slips: list[str]) -> Any:
    return lambda: {stored(Member, int(pk))["state"] for pk in slips}


def test_the_reason_is_asked_once_and_stands_with_each(leave: Any, slips: list[str], states: Any, behind: Any):
    asked = leave(slips)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 200
    assert "选中的全部 2 条" in page
    assert page.count('name="reason"') == 1
    assert states() == {MemberState.REPORTED_IN}
    # What is typed is kept in the browser for these rows, and no others.
    assert f'/members/action_post/withdraw/{",".join(slips)}">' in page
    assert 'name="asked" value="1"' in page
    answer = leave(slips, asked="1", reason=REASON)
    assert answer.status_code == 200
    assert states() == {MemberState.WITHDRAWN}
    with behind():
        steps = db.session.scalars(select(Step).where(Step.list == "members", Step.move == "withdraw")).all()
        assert [step.said for step in steps] == [{"reason": REASON}] * 2


def test_without_a_reason_nothing_happens_and_what_was_typed_is_kept(leave: Any, slips: list[str], states: Any):
    day = clock.today().isoformat()
    answer = leave(slips, asked="1", reason=" ", left_on=day)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="reason-errors"' in page
    assert f'value="{day}"' in page
    assert all(f'name="rowid" value="{pk}"' in page for pk in slips)
    assert states() == {MemberState.REPORTED_IN}


def test_what_is_wrong_for_all_is_said_beside_its_field(leave: Any, slips: list[str], states: Any):
    later = (clock.today() + timedelta(days=3)).isoformat()
    answer = leave(slips, asked="1", reason=REASON, left_on=later)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="left_on-errors"' in page
    assert REASON in page
    assert states() == {MemberState.REPORTED_IN}


def test_who_has_left_already_is_answered_for_alone(leave: Any, slips: list[str], states: Any, enrol: Any):
    gone = str(enrol("方小雨", state=MemberState.WITHDRAWN))
    page = leave([*slips, gone, "999999"], asked="1", reason=REASON).get_data(as_text=True)
    assert "不能" in page
    assert "看不到" in page
    assert states() == {MemberState.WITHDRAWN}


def test_nothing_is_asked_about_no_rows(leave: Any):
    page = leave([]).get_data(as_text=True)
    assert "勾" in page
    assert 'name="reason"' not in page


def test_the_neighbours_members_stay(as_neighbour: Any, slips: list[str], states: Any):
    sent = {"action": "withdraw", "rowid": slips, "asked": "1", "reason": REASON}
    assert "看不到" in as_neighbour.post("/members/action_post", sent).get_data(as_text=True)
    assert states() == {MemberState.REPORTED_IN}

"""What an answer is worth: none by the hand that did the work, thanks for what happened, and no empty promise."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.core import clock
from app.extensions import db
from app.needs.choices import NeedState, Outcome
from app.parties.models import Party
from tests.fulfilments.conftest import UNIT, accepted, move, offer, order, parties, send
from tests.fulfilments.conftest import at as order_at
from tests.public.conftest import HIDDEN, code_on

__all__ = ["accepted", "move", "offer", "order", "order_at", "parties", "send"]


# -- who printed the slip does not answer with it -------------------------------------------------------------------


@pytest.fixture
def speaks_too(behind):
    """Let somebody of the office speak for the unit too."""

    def give(login):
        with behind():
            account = db.session.scalars(select(Account).filter_by(login=login)).one()
            ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            unit = db.session.scalars(select(Party).filter_by(name=UNIT)).one()
            db.session.add(Grant(account=account, role=GrantRole.LIAISON, community=ours, subject=unit))
            db.session.commit()

    return give


@pytest.fixture
def printed(as_person):
    """Let somebody print the slip of a need, and return its code."""
    return lambda login, pk: code_on(as_person(login).post(f"/needs/slip/{pk}"))


def test_who_printed_the_slip_and_then_did_the_work_closes_nothing_with_it(
    register, printed, make, resident, need, another
):
    pk = register("gridworker")
    signs = printed("gridworker", pk)
    for login, name in (
        ("worker", "accept"),
        ("secretary", "plan"),
        ("gridworker", "start"),
        ("gridworker", "deliver"),
    ):
        assert make(login, pk, name) == 302
    page = resident.open(signs).get_data(as_text=True)
    assert 'value="solved"' not in page
    assert "这张回执是办这件事的人打印的" in page
    refused = resident.answer(signs, "solved", points="5")
    assert refused.status_code == 409
    assert "重新打一张回执" in refused.get_data(as_text=True)
    assert need(pk)["state"] is NeedState.DELIVERED
    again = printed("worker", pk)
    assert another("10.1.1.7").answer(again, "solved", points="5").status_code == 303
    assert need(pk)["state"] is NeedState.CLOSED


def test_who_printed_the_slip_and_works_on_it_withdraws_nothing_with_it(
    register, printed, make, resident, need, another
):
    pk = register("gridworker")
    signs = printed("gridworker", pk)
    for login, name in (("worker", "accept"), ("secretary", "plan"), ("gridworker", "start")):
        assert make(login, pk, name) == 302
    page = resident.open(signs).get_data(as_text=True)
    assert 'value="withdraw"' not in page
    assert "这张回执是办这件事的人打印的" in page
    refused = resident.answer(signs, "withdraw", words="不用了")
    assert refused.status_code == 409
    assert "不能撤回" in refused.get_data(as_text=True)
    assert need(pk)["state"] is NeedState.IN_PROGRESS
    assert another("10.1.1.7").answer(printed("worker", pk), "withdraw").status_code == 303
    assert need(pk)["state"] is NeedState.WITHDRAWN


def test_by_such_a_slip_the_resident_still_says_that_it_is_not_solved(register, printed, make, resident, need):
    pk = register("gridworker")
    signs = printed("gridworker", pk)
    for login, name in (
        ("worker", "accept"),
        ("secretary", "plan"),
        ("gridworker", "start"),
        ("gridworker", "deliver"),
    ):
        assert make(login, pk, name) == 302
    assert resident.answer(signs, "call", phone="13900002222").status_code == 303
    assert resident.answer(signs, "unsolved", words="没修好").status_code == 303
    assert need(pk)["state"] is NeedState.IN_PROGRESS


def test_who_printed_the_slip_and_speaks_for_the_provider_closes_nothing_with_it(
    order_at, order, printed, resident, need, move, speaks_too
):
    pk = order_at("scheduled")
    need_id = order(pk)["need_id"]
    signs = printed("worker", need_id)
    speaks_too("worker")
    for name in ("start", "deliver"):
        assert move("liaison", name, pk).status_code == 200
    assert need(need_id)["state"] is NeedState.DELIVERED
    assert resident.answer(signs, "solved").status_code == 409
    assert need(need_id)["state"] is NeedState.DELIVERED
    assert resident.answer(printed("secretary", need_id), "solved").status_code == 303


def test_a_slip_counts_no_less_because_who_printed_it_has_left(register, printed, make, resident, need, behind):
    pk = register("gridworker")
    signs = printed("gridworker", pk)
    for login, name in (
        ("worker", "accept"),
        ("secretary", "plan"),
        ("gridworker", "start"),
        ("gridworker", "deliver"),
    ):
        assert make(login, pk, name) == 302
    with behind():
        for grant in db.session.scalars(
            select(Grant).join(Account, Account.id == Grant.account_id).where(Account.login == "gridworker")
        ):
            grant.ends_on = grant.starts_on
        db.session.commit()
    assert resident.answer(signs, "solved").status_code == 409


def test_the_code_of_the_poster_closes_whoever_did_the_work(poster, resident, reported, make, need):
    signs = code_on(resident.report(poster()))
    (pk,) = [row.id for row in reported()]
    for login, name in (
        ("worker", "accept"),
        ("secretary", "plan"),
        ("gridworker", "start"),
        ("gridworker", "deliver"),
    ):
        assert make(login, pk, name) == 302
    assert resident.answer(signs, "solved", points="4").status_code == 303
    assert need(pk)["state"] is NeedState.CLOSED


# -- thanks for what is true ----------------------------------------------------------------------------------------


def test_an_address_that_says_solved_thanks_for_nothing(at, ticket, resident):
    page = resident.open(f"{ticket(at('delivered'))}?said=solved").get_data(as_text=True)
    assert "谢谢您" not in page


def test_solved_after_the_office_closed_it_as_not_met_is_not_thanked_for(at, ticket, resident, need, make):
    pk = at("delivered")
    signs = ticket(pk)
    hidden = resident.hidden(signs)
    assert make("worker", pk, "close", outcome="unmet", satisfaction="1") == 302
    for seen in (hidden, None):
        answer = resident.send(signs, {"answer": "solved", "points": "5"}, seen)
        assert answer.status_code == 409
        assert "谢谢您" not in answer.get_data(as_text=True)
    assert (need(pk)["outcome"], need(pk)["satisfaction"]) == (Outcome.UNMET, 1)


def test_solved_long_after_it_was_closed_is_not_thanked_for(at, ticket, resident, need, share):
    share(0)
    clock.clock.fixed = clock.now()
    pk = at("delivered")
    signs = ticket(pk)
    assert resident.answer(signs, "solved").status_code == 303
    clock.clock.fixed += timedelta(days=16)
    assert resident.answer(signs, "solved", points="5").status_code == 409
    assert need(pk)["satisfaction"] is None


def test_other_points_than_a_moment_ago_are_not_dropped_in_silence(at, ticket, resident, need, share):
    share(0)
    pk = at("delivered")
    signs = ticket(pk)
    hidden = resident.hidden(signs)
    assert resident.send(signs, {"answer": "solved", "points": "5"}, hidden).status_code == 303
    assert resident.send(signs, {"answer": "solved", "points": "5"}, hidden).status_code == 303
    assert resident.send(signs, {"answer": "solved", "points": "1"}, hidden).status_code == 409
    assert need(pk)["satisfaction"] == 5


def test_a_minute_later_the_same_answer_is_no_double_click(at, ticket, resident, share):
    share(0)
    clock.clock.fixed = clock.now()
    signs = ticket(at("delivered"))
    hidden = resident.hidden(signs)
    assert resident.send(signs, {"answer": "solved"}, hidden).status_code == 303
    clock.clock.fixed += timedelta(seconds=31)
    assert resident.send(signs, {"answer": "solved"}, hidden).status_code == 409


def test_thanks_for_one_need_do_not_stand_at_another(at, register, ticket, resident, share):
    share(0)
    signs, other = ticket(at("delivered")), ticket(register())
    assert resident.answer(signs, "solved").status_code == 303
    assert "谢谢您" not in resident.open(other).get_data(as_text=True)


def test_an_answer_from_a_page_that_was_open_too_long_keeps_its_words(at, ticket, resident, need):
    pk = at("delivered")
    signs = ticket(pk)
    again = resident.send(signs, {"answer": "unsolved", "words": "没修好"}, {"csrf_token": "wrong"})
    page = again.get_data(as_text=True)
    assert again.status_code == 422
    assert "请再按一次提交" in page
    assert "没修好" in page
    assert need(pk)["state"] is NeedState.DELIVERED
    assert (
        resident.send(signs, {"answer": "unsolved", "words": "没修好"}, dict(HIDDEN.findall(page))).status_code == 303
    )


# -- what the page promises -----------------------------------------------------------------------------------------


def test_after_15_days_the_page_says_to_report_it_anew(at, ticket, resident):
    clock.clock.fixed = clock.now()
    signs = ticket(at("closed"))
    assert "重新上报" not in resident.open(signs).get_data(as_text=True)
    clock.clock.fixed += timedelta(days=16)
    page = resident.open(signs).get_data(as_text=True)
    assert "办结超过 15 天；再有问题请重新上报" in page
    assert 'value="unsolved"' not in page


def test_what_is_taken_up_again_is_not_called_done(at, ticket, resident):
    signs = ticket(at("delivered"))
    assert "换了新灯" in resident.open(signs).get_data(as_text=True)
    assert resident.answer(signs, "unsolved").status_code == 303
    resident.open(signs)
    page = resident.open(signs).get_data(as_text=True)
    assert "换了新灯" not in page
    stages = page.split('<ol class="stages"')[1].split("</ol>")[0]
    assert "重新办理" in stages
    assert "完成" not in stages

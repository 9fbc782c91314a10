"""The one answer of the resident, by code: the need and its orders follow, once, and nobody answers in her place."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.callbacks.models import Callback, CallbackReason, CallbackState
from app.core import clock
from app.core.actor import acting, system
from app.core.timeline import Step
from app.extensions import db
from app.needs.choices import AskedHow, NeedState, Outcome
from app.needs.service import close_silent
from app.public.models import TicketCode
from tests.cast.people import PASSWORD
from tests.fulfilments.conftest import accepted, move, offer, order, parties, send
from tests.fulfilments.conftest import at as order_at

__all__ = ["accepted", "move", "offer", "order", "order_at", "parties", "send"]


@pytest.fixture
def calls(behind):
    """Return why calls are to be made about a need, at which number, and what the resident wants to say."""

    def of(pk):
        with behind():
            rows = db.session.scalars(select(Callback).filter_by(need_id=pk)).all()
            return [(row.why, row.phone, row.wish, row.state) for row in rows]

    return of


def test_solved_closes_the_need_and_thanks(at, ticket, resident, need, share, behind):
    share(0)
    pk = at("delivered")
    signs = ticket(pk)
    assert "换了新灯" in resident.open(signs).get_data(as_text=True)
    said = resident.answer(signs, "solved", points="5")
    assert said.status_code == 303
    found = need(pk)
    assert (found["state"], found["outcome"], found["satisfaction"]) == (NeedState.CLOSED, Outcome.MET, 5)
    assert found["asked_how"] is AskedHow.CODE
    page = resident.client.get(said.headers["Location"]).get_data(as_text=True)
    assert "谢谢您" in page
    assert "谢谢您" not in resident.open(signs).get_data(as_text=True)
    with behind():
        step = db.session.scalars(select(Step).filter_by(list="needs", row_id=pk, move="close")).one()
        assert (step.by_label, step.by_id) == ("resident", None)
        assert db.session.scalars(select(TicketCode.used_at).filter_by(need_id=pk, revoked_at=None)).one()


def test_points_may_be_left_out_and_are_one_to_five(at, ticket, resident, need):
    pk = at("delivered")
    signs = ticket(pk)
    for wrong in ("0", "6", "-1", "five", "9" * 40):
        assert resident.answer(signs, "solved", points=wrong).status_code == 422, wrong
    assert need(pk)["state"] is NeedState.DELIVERED
    assert resident.answer(signs, "solved").status_code == 303
    assert need(pk)["satisfaction"] is None


def test_not_solved_takes_it_up_again_with_the_residents_words(at, ticket, resident, need, behind):
    pk = at("delivered")
    assert resident.answer(ticket(pk), "unsolved", words="晚上还是不亮").status_code == 303
    assert (need(pk)["state"], need(pk)["reopened_count"]) == (NeedState.IN_PROGRESS, 1)
    with behind():
        step = db.session.scalars(select(Step).filter_by(list="needs", row_id=pk, move="reopen")).one()
        assert step.said == {"reason": "晚上还是不亮"}


def test_not_solved_needs_no_words(at, ticket, resident, need):
    pk = at("delivered")
    assert resident.answer(ticket(pk), "unsolved").status_code == 303
    assert need(pk)["state"] is NeedState.IN_PROGRESS


def test_the_call_asked_for_stands_in_the_list_of_calls(register, ticket, resident, calls, as_worker):
    pk = register(reporter_phone="13900002222")
    signs = ticket(pk)
    assert resident.answer(signs, "call", words="下午打").status_code == 303
    assert calls(pk) == [(CallbackReason.ASKED, None, "下午打", CallbackState.OPEN)]
    assert "给您打电话" in resident.open(signs).get_data(as_text=True)
    assert "路灯" in as_worker.page("/callbacks/list/?quick=asked")
    assert resident.answer(signs, "call", words="再说一遍").status_code == 303
    assert calls(pk) == [(CallbackReason.ASKED, None, "再说一遍", CallbackState.OPEN)]
    page = resident.open(signs).get_data(as_text=True)
    assert 'value="call"' in page
    assert "已经安排了电话" in page
    assert resident.answer(signs, "call", phone="13900003333").status_code == 303
    assert calls(pk) == [(CallbackReason.ASKED, "13900003333", "再说一遍", CallbackState.OPEN)]


def test_who_left_a_number_for_the_call_need_not_leave_it_again(register, ticket, resident, calls):
    pk = register()
    signs = ticket(pk)
    assert resident.answer(signs, "call", phone="13900003333").status_code == 303
    assert resident.answer(signs, "call", words="晚上打").status_code == 303
    assert calls(pk) == [(CallbackReason.ASKED, "13900003333", "晚上打", CallbackState.OPEN)]


def test_the_random_call_takes_over_what_the_resident_adds(at, ticket, resident, calls, share):
    share(100)
    pk = at("delivered")
    signs = ticket(pk)
    assert resident.answer(signs, "solved").status_code == 303
    assert resident.answer(signs, "call", phone="13900003333", words="还有话说").status_code == 303
    assert calls(pk) == [(CallbackReason.RANDOM, "13900003333", "还有话说", CallbackState.OPEN)]


def test_without_a_number_a_call_asks_for_one(register, ticket, resident, calls):
    pk = register()
    signs = ticket(pk)
    refused = resident.answer(signs, "call", words="下午打")
    assert refused.status_code == 422
    assert "打哪个号码" in refused.get_data(as_text=True)
    assert "下午打" in refused.get_data(as_text=True)
    assert resident.answer(signs, "call", words="下午打", phone="13900003333").status_code == 303
    assert calls(pk) == [(CallbackReason.ASKED, "13900003333", "下午打", CallbackState.OPEN)]


@pytest.mark.parametrize("state", ["submitted", "accepted", "planned", "in_progress", "delivered"])
def test_what_is_no_longer_needed_is_withdrawn(at, ticket, resident, need, state):
    pk = at(state)
    assert resident.answer(ticket(pk), "withdraw", words="自己修好了").status_code == 303
    assert need(pk)["state"] is NeedState.WITHDRAWN


@pytest.mark.parametrize("state", ["submitted", "accepted", "planned", "in_progress"])
def test_before_anything_was_done_nobody_says_that_it_is_solved(at, ticket, resident, need, state):
    pk = at(state)
    signs = ticket(pk)
    page = resident.open(signs).get_data(as_text=True)
    assert 'value="solved"' not in page
    assert resident.answer(signs, "solved").status_code == 409
    assert resident.answer(signs, "unsolved").status_code == 409
    assert need(pk)["state"].value == state


@pytest.mark.parametrize("answer", ["", "close", "reopen", "nothing", "SOLVED", "x" * 5000, "solved\x00"])
def test_an_answer_that_is_none_changes_nothing(at, ticket, resident, need, answer):
    pk = at("delivered")
    refused = resident.answer(ticket(pk), answer)
    assert refused.status_code == 422
    assert "请在下面选一个答复" in refused.get_data(as_text=True)
    assert need(pk)["state"] is NeedState.DELIVERED


@pytest.mark.parametrize("words", ["长" * 501, "无\x00形", "反\u202e转"])
def test_wrong_words_are_named_and_kept(at, ticket, resident, need, words):
    pk = at("delivered")
    answer = resident.answer(ticket(pk), "unsolved", words=words)
    assert answer.status_code == 422
    assert 'id="words-errors"' in answer.get_data(as_text=True)
    assert need(pk)["state"] is NeedState.DELIVERED


def test_within_15_days_a_closed_need_comes_back_and_later_it_does_not(at, ticket, resident, need, share):
    share(0)
    clock.clock.fixed = clock.now()
    pk, other = at("closed"), at("closed")
    signs, late = ticket(pk), ticket(other)
    clock.clock.fixed += timedelta(days=14)
    assert resident.answer(signs, "unsolved", words="又坏了").status_code == 303
    assert need(pk)["state"] is NeedState.ACCEPTED
    clock.clock.fixed += timedelta(days=2)
    assert resident.answer(late, "unsolved", words="又坏了").status_code == 409
    assert need(other)["state"] is NeedState.CLOSED
    assert 'value="call"' in resident.open(late).get_data(as_text=True)


def test_silence_can_still_be_answered_by_code(at, ticket, resident, need, app, share):
    share(0)
    clock.clock.fixed = clock.now()
    pk = at("delivered")
    signs = ticket(pk)
    clock.clock.fixed += timedelta(days=14)
    with app.app_context(), acting(system("tests")):
        close_silent(clock.now())
    assert need(pk)["state"] is NeedState.CLOSED_UNCONFIRMED
    assert resident.open(signs).status_code == 200
    assert resident.answer(signs, "solved", points="4").status_code == 303
    assert need(pk)["state"] is NeedState.CLOSED


@pytest.mark.parametrize(("percent", "drawn"), [(100, 1), (0, 0)])
def test_some_of_what_is_closed_by_code_is_called_back(at, ticket, resident, calls, share, percent, drawn):
    share(percent)
    pk = at("delivered")
    assert resident.answer(ticket(pk), "solved").status_code == 303
    assert [why for why, *_more in calls(pk)] == [CallbackReason.RANDOM] * drawn


# -- orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "stands", "follows"),
    [
        ("offered", "已经请人来办，正在等对方答复", "请别的人"),
        ("claimed", "已经有人接下", "约定时间"),
        ("scheduled", "上门", "办好后"),
    ],
)
def test_the_page_says_how_far_the_order_is_and_nobodys_name(order_at, order, ticket, resident, state, stands, follows):
    pk = order_at(state)
    page = resident.open(ticket(order(pk)["need_id"])).get_data(as_text=True)
    assert stands in page
    assert follows in page
    assert "市中医院" not in page
    if state == "scheduled":
        assert f"{clock.local(order(pk)['scheduled_at']):%Y-%m-%d %H:%M}" in page


def test_the_text_for_a_group_says_so_too(order_at, order, as_worker):
    need_id = order(order_at("offered"))["need_id"]
    assert "已经请人来办" in as_worker.page(f"/needs/message/{need_id}")


def test_solved_confirms_what_was_carried_out(order_at, order, ticket, resident, need):
    pk = order_at("delivered")
    need_id = order(pk)["need_id"]
    assert need(need_id)["state"] is NeedState.DELIVERED
    assert resident.answer(ticket(need_id), "solved", points="4").status_code == 303
    found = order(pk)
    assert (found["state"].value, found["satisfaction"]) == ("confirmed", 4)
    assert need(need_id)["state"] is NeedState.CLOSED


def test_not_solved_disputes_what_was_carried_out(order_at, order, ticket, resident, need):
    pk = order_at("delivered")
    need_id = order(pk)["need_id"]
    assert resident.answer(ticket(need_id), "unsolved", words="水还在漏").status_code == 303
    assert order(pk)["state"].value == "in_progress"
    assert need(need_id)["state"] is NeedState.IN_PROGRESS


def test_what_is_withdrawn_takes_its_orders_along(order_at, order, ticket, resident, need):
    pk = order_at("scheduled")
    need_id = order(pk)["need_id"]
    assert resident.answer(ticket(need_id), "withdraw").status_code == 303
    assert order(pk)["state"].value == "cancelled"
    assert need(need_id)["state"] is NeedState.WITHDRAWN


# -- once, and by the resident --------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["solved", "unsolved", "withdraw", "call"])
def test_a_double_click_is_one_answer(at, ticket, resident, need, behind, answer):
    pk = at("delivered")
    signs = ticket(pk)
    hidden = resident.hidden(signs)
    form = {"answer": answer, "phone": "13900002222"}
    assert [resident.send(signs, form, hidden).status_code for _click in range(2)] == [303, 303]
    with behind():
        steps = db.session.scalars(select(Step).where(Step.row_id == pk, Step.by_label == "resident")).all()
        assert len([step for step in steps if step.list == "needs"]) == (0 if answer == "call" else 1)


def test_who_answers_what_has_changed_meanwhile_is_shown_how_it_stands(at, ticket, resident, need, make):
    pk = at("delivered")
    signs = ticket(pk)
    hidden = resident.hidden(signs)
    assert make("worker", pk, "close") == 302
    answer = resident.send(signs, {"answer": "unsolved", "words": "没修好"}, hidden)
    assert answer.status_code == 409
    assert "没修好" in answer.get_data(as_text=True)
    assert need(pk)["state"] is NeedState.CLOSED
    assert resident.answer(signs, "unsolved", words="没修好").status_code == 303


def test_a_browser_somebody_signed_in_with_answers_nothing_for_a_month(app, at, ticket, need, nobody, another):
    clock.clock.fixed = clock.now()
    pk = at("delivered")
    signs = ticket(pk)
    page = nobody.get("/login/").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = {"csrf_token": token, "username": "worker", "password": PASSWORD}
    assert nobody.post("/login/", data=form).status_code == 302
    desk = another("10.1.1.2")
    desk.client = nobody
    assert "登录过工作人员" in desk.open(signs).get_data(as_text=True)
    assert desk.answer(signs, "solved").status_code == 403
    assert nobody.post("/logout/", data={"csrf_token": desk.hidden("")["csrf_token"]}).status_code == 302
    clock.clock.fixed += timedelta(days=29)
    assert desk.answer(signs, "solved").status_code == 403
    assert need(pk)["state"] is NeedState.DELIVERED
    clock.clock.fixed += timedelta(days=2)
    assert desk.answer(signs, "solved").status_code == 303


def test_who_is_signed_in_answers_nothing(at, ticket, need, as_worker, another):
    pk = at("delivered")
    desk = another("10.1.1.3")
    desk.client = as_worker.client
    assert desk.answer(ticket(pk), "solved").status_code == 403
    assert need(pk)["state"] is NeedState.DELIVERED


def test_the_mark_of_such_a_browser_tells_no_name_and_cannot_be_planted(app, at, ticket, resident, nobody):
    name = f"{app.config['SESSION_COOKIE_NAME']}-work"
    resident.client.set_cookie(name, "99999999999.forged")
    assert resident.answer(ticket(at("delivered")), "solved").status_code == 303


def test_a_code_of_theirs_answers_nothing_of_ours(register, ticket, resident, need):
    ours, theirs = register(), register("neighbour", place="桥南一网格")
    assert resident.answer(ticket(theirs), "withdraw", id=str(ours), need=str(ours)).status_code == 303
    assert need(ours)["state"] is NeedState.SUBMITTED
    assert need(theirs)["state"] is NeedState.WITHDRAWN


def test_the_way_back_after_an_answer_stays_here(at, ticket, resident):
    location = resident.answer(ticket(at("delivered")), "solved").headers["Location"]
    assert urlsplit(location).netloc == ""
    assert location.startswith("/q/")

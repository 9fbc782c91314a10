"""Moves on the pages: one row at a time and many at once, each answered for by itself."""

import re
from html import unescape

import pytest

from app.core import clock


def words(answer):
    """Return what stands on a page."""
    return unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def accept_all(as_person):
    """Accept many needs as somebody, and return the answer."""
    return lambda login, *pks: as_person(login).post(
        "/needs/action_post", {"action": "accept", "rowid": [str(pk) for pk in pks]}
    )


def test_many_are_accepted_and_each_refusal_has_its_reason(accept_all, register, need, as_secretary):
    good, accepted, bare, archived = register(), register(), register(category=None), register()
    as_secretary.post(f"/needs/move/accept/{accepted}")
    as_secretary.post(f"/needs/archive/{archived}", {"reason": "重复"})
    page = words(accept_all("secretary", good, accepted, bare, archived, 999999))
    assert [need(pk)["state"].value for pk in (good, accepted, bare)] == ["accepted", "accepted", "submitted"]
    assert need(archived)["version"] == 2
    for reason in ("不能", "类别", "归档", "看不到"):
        assert reason in page, reason
    assert re.search(r"1 .*4 ", page)


def test_who_may_not_is_told_row_by_row(accept_all, register, need):
    pk = register("gridworker")
    assert "角色" in words(accept_all("gridworker", pk))
    assert need(pk)["version"] == 1


def test_nothing_picked_is_said(accept_all):
    assert accept_all("secretary").status_code == 200
    assert "勾" in words(accept_all("secretary"))


def test_only_offered_moves_are_made_in_bulk(as_secretary, register, need):
    pk = register()
    for action in ("withdraw", "close", "levitate", "", "delete"):
        assert as_secretary.post("/needs/action_post", {"action": action, "rowid": str(pk)}).status_code == 400
    assert need(pk)["version"] == 1


def test_the_same_row_twice_is_one(accept_all, register, need):
    pk = register()
    assert accept_all("secretary", pk, pk).status_code == 200
    assert need(pk)["version"] == 2


def test_a_move_asks_on_a_page_and_keeps_what_was_typed(as_secretary, register, need):
    pk = register()
    page = as_secretary.page(f"/needs/move/reject/{pk}")
    assert re.search(r'<textarea[^>]* aria-required="true"[^>]* name="reason"', page)
    answer = as_secretary.post(f"/needs/move/reject/{pk}", {"version": "1", "reason": "不属于社区的事"})
    assert answer.status_code == 422
    assert "不属于社区的事" in answer.get_data(as_text=True)
    assert 'id="who_can_help-errors"' in answer.get_data(as_text=True)
    assert need(pk)["version"] == 1


def test_a_move_that_would_carry_the_need_out_of_reach_is_said_beside_the_place(as_gridlead, register, ids, need):
    pk = register()
    away = {"version": "1", "place": str(ids("place", name="二建宿舍"))}
    answer = as_gridlead.post(f"/needs/move/accept/{pk}", away)
    assert answer.status_code == 422
    assert 'id="place-errors"' in answer.get_data(as_text=True)
    assert need(pk)["version"] == 1


def test_a_wrong_kind_of_parameter_is_said_beside_its_field(as_secretary, register, need):
    pk = register()
    wrong = {"version": "1", "urgency": "eventually", "place": "abc"}
    answer = as_secretary.post(f"/needs/move/accept/{pk}", wrong)
    assert answer.status_code == 422
    assert 'id="urgency-errors"' in answer.get_data(as_text=True)
    assert need(pk)["version"] == 1


def test_the_page_of_a_move_that_is_not_possible_now_says_why(as_secretary, register):
    pk = register()
    answer = as_secretary.get(f"/needs/move/close/{pk}")
    assert answer.status_code == 409
    assert "不能" in words(answer)
    assert as_secretary.get(f"/needs/move/levitate/{pk}").status_code == 404


def test_the_page_of_a_move_is_closed_to_who_may_not_make_it(as_gridworker, as_auditor, register):
    pk = register("gridworker")
    assert as_gridworker.get(f"/needs/move/accept/{pk}").status_code == 403
    assert as_auditor.get(f"/needs/move/accept/{pk}").status_code == 403


def test_what_was_given_with_a_move_stands_in_the_timeline(as_secretary, register):
    pk = register()
    given = {"version": "1", "reason": "不属于社区的事", "who_can_help": "供电所 95598"}
    assert as_secretary.post(f"/needs/move/reject/{pk}", given).status_code == 302
    page = words(as_secretary.get(f"/needs/show/{pk}"))
    assert all(part in page for part in ("不属于社区的事", "供电所 95598", "陈秀兰", clock.today().isoformat()))
    assert "— → 不属于社区的事" not in page

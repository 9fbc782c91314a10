"""Similar open needs of a place, shown while another is registered; “same as this” keeps both askers (S3-06)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.timeline import Step
from app.extensions import db
from app.needs import similar
from app.needs.models import Need

TYPED = {
    "kind": "help",
    "urgency": "normal",
    "channel": "other",
    "reporter_name": "李二嫂",
    "reporter_phone": "13800005555",
}


@pytest.fixture
def place(behind, register, need):
    """Return the id of the place of a need."""
    return lambda pk: need(pk)["place_id"]


@pytest.fixture
def shown(as_person):
    """Return the codes of the needs shown to somebody who types this."""

    def ask(title: str, place: int | str, text: str = "", login: str = "secretary") -> list[str]:
        answer = as_person(login).post("/needs/similar", {"title": title, "text": text, "place": place})
        assert answer.status_code == 200
        return re.findall(r">(XQ\d+)<", answer.get_data(as_text=True))

    return ask


def test_the_secretary_is_shown_what_the_place_asked_for_already(register, need, place, shown):
    lamp = register(title="楼下路灯不亮", text="晚上回家看不见路")
    register(title="电梯坏了")
    assert shown("楼下的路灯又不亮了", place(lamp)) == [need(lamp)["code"]]
    assert shown("灯", place(lamp), text="晚上回家看不见路，怕摔跤") == [need(lamp)["code"]]
    assert shown("下水道堵了", place(lamp)) == []


def test_only_open_needs_of_the_same_place_are_shown(register, need, place, shown, as_secretary):
    here, there = register(title="楼下路灯不亮"), register(title="楼下路灯不亮", place="二建宿舍")
    assert shown("楼下路灯不亮", place(here)) == [need(here)["code"]]
    assert shown("楼下路灯不亮", place(there)) == [need(there)["code"]]
    as_secretary.post(f"/needs/move/withdraw/{here}", {"reason": "好了"})
    assert shown("楼下路灯不亮", place(here)) == []


def test_nothing_of_other_communities_and_of_what_is_out_of_sight_is_shown(register, place, shown):
    here = register(title="楼下路灯不亮")
    assert shown("楼下路灯不亮", place(here), login="neighbour") == []
    assert shown("楼下路灯不亮", "") == shown("楼下路灯不亮", "999999") == shown("楼下路灯不亮", "x") == []


def test_a_role_that_reads_masks_is_shown_masks(register, place, as_person):
    pk = register("gridworker", title="请打13800002468修路灯")
    answer = as_person("gridworker").post("/needs/similar", {"title": "请打电话修路灯", "place": place(pk)})
    page = answer.get_data(as_text=True)
    assert "13800002468" not in page


def test_same_as_this_is_one_click_and_keeps_both_askers(register, need, place, as_secretary, behind):
    first = register(title="楼下路灯不亮", reporter_name="张三", reporter_phone="13800001111")
    typed = TYPED | {"title": "楼下的路灯不亮了", "place": str(place(first)), "same_as": str(first)}
    answer = as_secretary.post("/needs/add", typed)
    assert answer.status_code == 302
    second = int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[1])
    codes = need(first)["code"], need(second)["code"]
    with behind():
        told = db.session.scalars(select(Step).where(Step.list == "needs").order_by(Step.id)).all()
        assert [(one.row_id, one.said) for one in told if one.move == similar.AGAIN] == [(first, {"need": codes[1]})]
        assert [(one.row_id, one.said) for one in told if one.move == similar.SAME] == [(second, {"need": codes[0]})]
        askers = db.session.scalars(select(Need).where(Need.id.in_([first, second])).order_by(Need.id)).all()
        assert [(one.reporter_name, one.reporter_phone) for one in askers] == [
            ("张三", "13800001111"),
            ("李二嫂", "13800005555"),
        ]
    page = as_secretary.page(f"/needs/show/{first}")
    assert "另有人提出同样的需求" in page
    assert codes[1] in page


def test_what_was_closed_meanwhile_is_not_joined_and_the_words_stay(register, place, as_secretary, behind):
    first = register(title="楼下路灯不亮")
    as_secretary.post(f"/needs/move/withdraw/{first}", {"reason": "好了"})
    typed = TYPED | {"title": "楼下的路灯不亮了", "place": str(place(first)), "same_as": str(first)}
    answer = as_secretary.post("/needs/add", typed)
    assert answer.status_code == 422
    assert "楼下的路灯不亮了" in answer.get_data(as_text=True)
    with behind():
        assert db.session.scalars(select(Need.id)).all() == [first]


@pytest.mark.parametrize("given", ["999999", "abc", "-1"])
def test_a_need_that_is_not_in_sight_is_not_joined(register, as_secretary, given):
    theirs = register("neighbour", title="楼下路灯不亮", place=None)
    for one in (given, str(theirs)):
        answer = as_secretary.post("/needs/add", TYPED | {"title": "楼下路灯不亮", "same_as": one})
        assert answer.status_code == 422


def test_the_form_shows_them_again_when_something_else_is_wrong(register, need, place, as_secretary):
    first = register(title="楼下路灯不亮")
    answer = as_secretary.post(
        "/needs/add", TYPED | {"title": "楼下路灯不亮", "place": place(first), "reporter_phone": "1"}
    )
    assert answer.status_code == 422
    assert need(first)["code"] in answer.get_data(as_text=True)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share_and_the_same_from_both_sides(one, other):
    measured = similar.likeness(similar.pairs(one), similar.pairs(other))
    assert 0 <= measured <= 1
    assert measured == similar.likeness(similar.pairs(other), similar.pairs(one))
    assert similar.likeness(similar.pairs(one), similar.pairs(one)) in (0.0, 1.0)

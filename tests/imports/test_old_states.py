"""What an old ledger says of how needs stood: on hold, with another body, merged; and what it leaves out is asked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.timeline import Step
from app.extensions import db
from app.needs.choices import Holder, NeedState
from app.needs.models import Need
from tests.core.sheets.paper import xlsx

HEADS = ["需求编号", "居民姓名", "需求内容", "登记日期", "处理状态", "责任人"]
MORE = ["挂起原因", "恢复日期", "转办单位", "转办电话", "并入编号"]


def old(*rows: Any, more: tuple[str, ...] = tuple(MORE)) -> bytes:
    """Return an old ledger of needs; each row: code, state and what stands in the further columns."""
    lines = [[code, "李梅", f"第{code}件事", "2026.3.8", state, "", *rest] for code, state, *rest in rows]
    return xlsx({"群众需求清单": [["武江北社区群众需求清单"], [*HEADS, *more], *lines]})


@pytest.fixture
def stands(behind: Any) -> Any:
    """Return the columns of a need, by its code."""

    def read(code: str) -> dict[str, Any]:
        with behind():
            row = db.session.scalars(select(Need).filter_by(code=code)).one()
            steps = select(Step.said).where(Step.list == "needs", Step.row_id == row.id).order_by(Step.id)
            said = [one.get("reason", "") for one in db.session.scalars(steps)]
            return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs} | {"said": said}

    return read


def warned(told: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["reason"], one["field"]) for one in told["warnings"]]


def test_a_need_on_hold_keeps_its_reason_and_goes_on_on_its_day(take_in, stands, as_secretary):
    day = clock.today() + timedelta(days=9)
    take_in(old(["A1", "暂缓", "等配件", str(day)]), history=True)
    row = stands("A1")
    assert (row["state"], row["holder"], row["resume_on"]) == (NeedState.ON_HOLD, Holder.NOBODY, day)
    assert (row["due_at"], row["held_from"], row["paused_minutes"]) == (None, NeedState.ACCEPTED, 0)
    assert "挂起原因：等配件" in row["said"][0]
    assert as_secretary.post(f"/needs/move/resume/{row['id']}", {}).status_code == 302
    assert stands("A1")["state"] is NeedState.ACCEPTED


def test_what_was_done_and_waits_for_the_call_back_is_delivered(read, take_in, stands):
    rows = old(["A9", "待回访"])
    assert warned(read(rows, history=True)) == []
    take_in(rows, history=True)
    assert stands("A9")["state"] is NeedState.DELIVERED


@pytest.mark.parametrize(
    "rest", [[], ["等配件"], ["", "2030-01-01"], ["等配件", "2026-03-09"], ["等配件", "2099-01-01"]]
)
def test_on_hold_without_a_reason_and_a_coming_day_is_not_guessed_at(read, take_in, stands, rest):
    rows = old(["A2", "挂起", *rest])
    assert warned(read(rows, history=True)) == [(3, "on_hold_incomplete", "status")]
    take_in(rows, history=True)
    assert (stands("A2")["state"], stands("A2")["done_text"]) == (NeedState.SUBMITTED, "挂起")


@pytest.mark.parametrize(
    ("state", "rest"), [("已转办", ["", "", "供电所", "95598"]), ("移交：供电所", []), ("转办给供电所", [])]
)
def test_a_need_with_another_body_says_which(take_in, read, stands, state, rest):
    rows = old(["A3", state, *rest])
    assert warned(read(rows, history=True)) == []
    take_in(rows, history=True)
    row = stands("A3")
    assert (row["state"], row["referred_body"], row["holder_name"]) == (NeedState.REFERRED, "供电所", "供电所")
    assert row["referred_phone"] == ("95598" if rest else None)
    assert (row["accepted_at"], row["answered_at"]) == (None, row["received_at"])
    assert row["due_at"] == row["resolution_due"] is not None


def test_a_need_with_a_body_nobody_named_arrives_as_submitted(read, take_in, stands):
    rows = old(["A4", "移交"])
    assert warned(read(rows, history=True)) == [(3, "referred_incomplete", "status")]
    take_in(rows, history=True)
    assert stands("A4")["state"] is NeedState.SUBMITTED


def test_a_need_that_was_merged_follows_the_one_of_the_list(take_in, read, stands, as_secretary):
    take_in(old(["A5", "办理中"]), history=True)
    rows = old(["A6", "并案", "", "", "", "", "A5"], ["A7", "合并至 A5"])
    assert warned(read(rows, history=True)) == []
    take_in(rows, history=True)
    target = stands("A5")
    assert target["merged_here"] == 2
    for code in ("A6", "A7"):
        row = stands(code)
        assert (row["state"], row["merged_into_id"]) == (NeedState.MERGED, target["id"])
        assert (row["due_at"], row["accepted_at"]) == (None, None)
    assert "A6" in as_secretary.page(f"/needs/show/{target['id']}")


def test_into_which_need_it_was_merged_is_never_guessed(read, take_in, stands):
    take_in(old(["B1", "办结"]), history=True)
    take_in(old(["B2", "并入 B1"]), history=True)
    rows = old(["B3", "并案"], ["B4", "并入 B9"], ["B5", "并入 B2"])
    found = [(3, "merged_incomplete", "status"), (4, "case_unknown", "into"), (5, "case_unknown", "into")]
    assert warned(read(rows, history=True)) == found
    take_in(rows, history=True)
    assert {stands(code)["state"] for code in ("B3", "B4", "B5")} == {NeedState.SUBMITTED}


def test_the_warning_is_a_chinese_sentence_at_its_row(as_secretary, take_in):
    number = take_in(old(["B6", "暂缓"]), history=True)
    assert "挂起要写明原因和今后一年内的恢复日期" in as_secretary.page(f"/imports/{number}")


def test_of_a_ledger_that_is_no_history_nothing_of_this_is_taken(take_in, stands):
    take_in(old(["B7", "已转办", "", "", "供电所", "95598"]))
    row = stands("B7")
    assert (row["state"], row["referred_body"], row["resume_on"]) == (NeedState.SUBMITTED, None, None)


def test_what_is_ticked_as_done_is_closed_and_what_is_not_waits(take_in, stands):
    take_in(old(["A8", "√"], ["A9", "否"], ["A10", "是"]), history=True)
    assert [stands(code)["state"] for code in ("A8", "A9", "A10")] == [
        NeedState.CLOSED,
        NeedState.SUBMITTED,
        NeedState.CLOSED,
    ]

"""Thousands of rows at once: each is what a single one would be, equal values are only worked out once."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import inspect

from app.core.history import recorded_models
from app.core.plans import Plain, each, fresh, insertion, model_of, plan
from app.needs.choices import NeedState, Urgency
from app.needs.models import Need


def test_each_different_value_of_a_column_is_worked_out_once() -> None:
    asked = []

    def said(value: str) -> str:
        asked.append(value)
        return value.upper()

    assert each(["a", None, "b", "a", None], said) == ["A", None, "B", "A", None]
    assert sorted(asked) == ["a", "b"]


def test_what_is_equal_and_written_differently_is_not_taken_for_the_same() -> None:
    assert each([Decimal("1.0"), Decimal("1.00")], str) == ["1.0", "1.00"]
    assert each([1, True, 1.0], repr) == ["1", "True", "1.0"]
    assert each([0.0, -0.0], str) == ["0.0", "-0.0"]
    assert each([["a"], None, ["a"]], len) == [1, None, 1]
    assert each([None, None], str) == [None, None]


def test_choices_are_told_apart_by_their_list() -> None:
    assert each([NeedState.CLOSED, NeedState.SUBMITTED], lambda one: one.value) == ["closed", "submitted"]
    assert len({*NeedState, *Urgency}) == len(NeedState) + len(Urgency)


def test_a_plain_row_is_a_need_of_which_nothing_is_mapped(app) -> None:
    need = fresh(Need, {"title": "楼道灯不亮", "community_id": 7, "code": "XQ1"})
    need.received_at = datetime(2026, 11, 22, tzinfo=UTC)
    assert isinstance(need, Need)
    assert isinstance(need, Plain)
    assert (need.title, need.text, need.place, need.category_id) == ("楼道灯不亮", None, None, None)
    assert "楼道灯不亮" in need.found_by()
    assert model_of(need) is Need
    assert model_of(Need()) is Need
    assert inspect(type(need), raiseerr=False) is None


def test_lists_are_not_doubled_by_plain_rows(app) -> None:
    fresh(Need, {})
    assert recorded_models()["needs"] is Need


def test_columns_of_which_no_row_says_anything_are_left_to_the_database(app) -> None:
    """But for those the database would fill by itself: there an empty value must stay one that is refused."""
    with app.app_context():
        known = plan(Need)
        statement = insertion(known.table, known.columns)
        lines = statement.lines([{"title": "一", "text": "甲"}, {"title": "二", "code": "XQ2"}])
        sql, rows = statement.without_empty(lines)
        kept = sql.partition("(")[2].partition(")")[0].split(", ")
    assert set(kept) == {"title", "text", "code", "live_orders", "sought", "merged_here", "is_guessed"}
    said = [dict(zip(kept, row, strict=True)) for row in rows]
    assert [(row["title"], row["text"], row["code"]) for row in said] == [("一", "甲", None), ("二", None, "XQ2")]
    assert {row["live_orders"] for row in said} == {None}

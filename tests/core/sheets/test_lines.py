"""A csv file is written column by column, and is the one Python's own writer would make of the same rows."""

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.sheets import marks
from app.core.sheets.lines import FEW, lines

ODD = ["", "=1", "'=1", " ＋1", "\t", '"', ",", "\r\n", "，", "a,b", "\ufeff-1", "甲", "-"]
TEXTS = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(ODD))
MOMENTS = st.one_of(st.none(), st.datetimes())
OTHERS = st.one_of(st.none(), st.integers(), st.booleans(), st.dates(), st.decimals(allow_nan=False), TEXTS, MOMENTS)


def by_cell(rows: Sequence[Sequence[Any]]) -> str:
    """Return what the csv module makes of rows whose cells are each looked at by themselves."""
    told = io.StringIO()
    csv.writer(told).writerows([said(value) for value in row] for row in rows)
    return told.getvalue()


def said(value: Any) -> Any:
    if type(value) is str:
        return marks.shut(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(TEXTS, MOMENTS, OTHERS, st.none(), st.just("键")), max_size=30))
def test_a_file_is_the_one_pythons_own_writer_makes(rows: list[tuple[Any, ...]]):
    columns = list(zip(*rows, strict=True)) or [()] * 5
    assert lines(columns) == by_cell(rows)


def test_a_column_that_says_few_values_again_and_again_is_written_like_any_other():
    few: list[Any] = [*ODD[:3], None] * FEW * 2
    keys = [f"键{number}" for number in range(len(few))]
    assert lines([few, keys]) == by_cell(list(zip(few, keys, strict=True)))
    sums = [Decimal("2.50"), Decimal("2.5")] * len(few)
    assert lines([sums, sums]) == by_cell(list(zip(sums, sums, strict=True)))


def test_no_spreadsheet_takes_what_begins_with_a_letter_or_a_digit_for_a_formula():
    letters = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isalnum()]
    assert [letter for letter in letters if marks.is_living(letter) or marks.is_living(f"{letter}=1")] == []
    assert marks.shut_all([*letters[:9], "=1", "", "a=1"])[-3:] == ["'=1", "", "a=1"]

"""Workbooks we write are read back as they were meant, by our own reader and by the rules of the format."""

import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.sheets import marks, reading, writing
from app.core.sheets.keys import key_of, read_key
from app.core.sheets.paper import Column, Paper

LATE = datetime.combine(date(2026, 2, 28), time(23, 59))
MOMENT = datetime(2026, 11, 26, 4, 5, tzinfo=UTC)


def written(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    paper = Paper("清单/甲", "武江北社区 清单", "说明", columns, rows, "导出人 <甲&乙>", "甲")
    return b"".join(writing.workbook(paper, MOMENT))


def read(data: bytes) -> list[list[Any]]:
    """Return the rows from the headings down."""
    book = reading.read(data)
    assert [sheet.name for sheet in book.sheets] == ["清单 甲"]
    return book.sheets[0].rows[writing.HEADING_ROW - 1 :]


def test_each_kind_of_value_is_read_as_what_it_is():
    columns = [
        Column("文"),
        Column("日", "day"),
        Column("时", "moment"),
        Column("数", "number"),
        Column("额", "number"),
    ]
    rows = [["13800000001", date(2026, 2, 28), LATE, 7, Decimal("2.5")]]
    headings, cells = read(written(columns, rows))
    assert headings == ["文", "日", "时", "数", "额"]
    assert cells[0] == "13800000001"
    assert cells[1] == date(2026, 2, 28)
    assert abs((cells[2] - LATE).total_seconds()) < 0.01
    assert cells[3:] == [7, 2.5]


def test_numbers_a_spreadsheet_would_spoil_and_days_it_does_not_know_stand_as_texts():
    columns = [Column("数", "number"), Column("日", "day"), Column("空")]
    assert read(written(columns, [[10**17, date(1899, 1, 2), None]]))[1] == ["100000000000000000", "1899-01-02"]


@pytest.mark.parametrize("text", ["=1+1", "a<b & c>d", "第一行\n第二行", " 前后 ", "_x0041_", "\t制表", "'单引号"])
def test_texts_come_back_as_they_were(text: str):
    assert read(written([Column("文"), Column("乙")], [[text, "x"]]))[1] == [text, "x"]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_whatever_stands_in_a_cell_the_file_is_whole(texts: list[str]):
    data = written([Column("文")], [[text] for text in texts])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314 - our own file


def test_every_text_is_typed_as_a_text_and_the_headings_stay_in_sight():
    data = written([Column("文", help="怎么填"), Column("键", hidden=True)], [["=1", "k"]])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "怎么填" in archive.read("xl/comments1.xml").decode()
    assert 'ySplit="3"' in sheet
    assert 'state="frozen"' in sheet
    assert '<col min="2" max="2"' in sheet
    assert sheet.count('hidden="1"') == 1
    assert 't="inlineStr"' in sheet
    assert "<f>" not in sheet


def test_choices_stand_beside_the_cell_or_where_they_are_long_on_a_hidden_sheet():
    grids = [f"第{number}网格" for number in range(300)]
    data = written([Column("类", offered=["甲", "乙"]), Column("格", offered=grids), Column("怪", offered=["a,b"])], [])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<formula1>"甲,乙"</formula1>' in sheet
    assert "<formula1>'选项'!$A$1:$A$300</formula1>" in sheet
    assert "<formula1>'选项'!$B$1:$B$1</formula1>" in sheet
    assert reading.read(data).hidden == ("选项",)


def test_the_file_leaves_while_its_rows_are_being_asked_for():
    """A hundred thousand rows are never held at once."""
    asked = 0

    def rows() -> Iterator[list[str]]:
        nonlocal asked
        for number in range(100_000):
            asked = number
            yield [f"{number * 7919 % 1_000_003}" * 5]

    paper = Paper("清单", "清单", "", [Column("文")], rows())
    chunks = writing.workbook(paper, MOMENT)
    next(chunks)
    assert asked < 50_000
    assert max(len(chunk) for chunk in chunks) < 4 * writing.CHUNK


@pytest.mark.parametrize(("at", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(at: int, name: str):
    assert writing.letters(at) == name


# -- the mark and the key -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=1", "+86", "-1", "@x", "＝1", "＋1", "－1", "＠x", "\t1", "\r1", "\n1", "  =1", "　=1"]
)
def test_what_could_be_worked_out_gets_the_mark(text: str):
    assert marks.shut(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "路灯", "1+1", "a=b", "'", "'引用'", "138****0001"])
def test_what_could_not_stays_as_it_is(text: str):
    assert marks.shut(text) == text


@given(st.text(alphabet="'=+-@＝ \t\r\na路", max_size=8))
def test_taking_the_mark_off_gives_back_what_was_there(text: str):
    assert marks.unshut(marks.shut(text)) == text
    assert text.startswith("'") or not marks.is_living(text) or marks.shut(text).startswith("'")


def test_a_key_names_a_row_and_its_version():
    uid = "0123456789abcdef" * 2
    assert read_key(key_of(uid, 12)) == (uid, 12)
    assert read_key(f" {key_of(uid, 1).upper()} ") == (uid, 1)


@pytest.mark.parametrize("text", ["", "abc.1", "0" * 32, "0" * 32 + ".0", "0" * 32 + ".1.1", "g" * 32 + ".1"])
def test_what_is_no_key_names_nothing(text: str):
    assert read_key(text) is None

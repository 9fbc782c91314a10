"""Whatever a community sends: a ledger is read as it is, and what is none is refused with one sentence."""

import codecs
import time
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.sheets import reading
from app.core.sheets.book import Book, Fault, Mark, Unreadable
from app.core.sheets.reading import read
from tests.core.sheets.paper import HEAD, MAIN, Raw, packed, xlsx

ROWS = [["姓名", "联系电话"], ["张三", "13800001234"], ["李四", 13900001234]]


def fault(data: bytes, **limits: Any) -> Fault:
    with pytest.raises(Unreadable) as refused:
        read(data, **limits)
    assert str(refused.value.sentence)
    return refused.value.fault


def test_a_workbook_is_read_as_the_secretary_sees_it():
    book = read(xlsx({"居民": ROWS, "党员": [["姓名"], ["王五"]]}))
    assert (book.kind, [sheet.name for sheet in book.sheets]) == ("xlsx", ["居民", "党员"])
    assert book.sheets[0].rows == [["姓名", "联系电话"], ["张三", "13800001234"], ["李四", 13900001234.0]]
    assert book.sheets[0].number(2) == 3


def test_the_first_row_and_column_may_stand_anywhere():
    sheet = read(xlsx({"表": [[], [], [None, None, "姓名"], [], [None, None, None, 7]]})).sheets[0]
    assert sheet.rows == [[], [], [None, None, "姓名"], [], [None, None, None, 7.0]]


def test_hidden_sheets_are_named_and_not_read():
    states = {"旧表": "hidden", "密": "veryHidden"}
    book = read(xlsx({"居民": ROWS, "旧表": ROWS, "密": ROWS}, states=states))
    assert ([sheet.name for sheet in book.sheets], book.hidden) == (["居民"], ("旧表", "密"))


def test_merged_cells_and_hidden_rows_are_told():
    book = read(xlsx({"表": ROWS}, merged={"表": ["A2:A3", "A1:B1"]}, hidden_rows={"表": [3]}))
    assert sorted(book.sheets[0].merged) == [(0, 0, 0, 1), (1, 0, 2, 0)]
    assert book.sheets[0].hidden_rows == {2}


def test_a_formula_without_its_result_and_an_error_are_no_blanks():
    gap, empty = Raw('<c r="REF"><f>A1&amp;"x"</f></c>'), Raw('<c r="REF"><f>1+1</f><v></v></c>')
    known, wrong = Raw('<c r="REF"><f>1+1</f><v>2</v></c>'), Raw('<c r="REF" t="e"><v>#N/A</v></c>')
    sheet = read(xlsx({"表": [["甲", "乙", "丙", "丁"], [gap, empty, known, wrong]]})).sheets[0]
    assert sheet.rows[1] == [Mark.FORMULA, Mark.FORMULA, 2.0, Mark.ERROR]


def test_real_dates_come_as_dates_and_the_epoch_of_bare_numbers_is_told():
    day = Raw('<c r="REF" s="1"><v>46000</v></c>')
    assert read(xlsx({"表": [["日期"], [day]]})).sheets[0].rows[1] == [date(2025, 12, 9)]
    old = read(xlsx({"表": [["日期"], [day, 44538]]}, date1904=True))
    assert old.date1904
    assert old.sheets[0].rows[1] == [date(2029, 12, 10), 44538.0]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_text_is_read_in_the_encodings_and_with_the_separators_of_offices(encoding, told, separator):
    lines = [["姓名", "住址", "备注"], ["张三", "1号楼101", "独居"], ["欧阳㙟", "", "2小时"]]
    text = "\r\n".join(separator.join(line) for line in lines)
    if encoding == "gbk":
        text = text.replace("㙟", "娜")
    book = read(text.encode(encoding))
    assert book.told == {"encoding": told, "separator": separator}
    assert book.sheets[0].rows[2][1:] == [None, "2小时"]


def test_a_break_inside_a_cell_does_not_shift_the_numbers_a_person_counts():
    sheet = read('姓名,备注\n张三,"一行\n两行"\n李四,无\n'.encode()).sheets[0]
    assert [sheet.number(row) for row in range(3)] == [1, 2, 4]
    assert sheet.rows[1] == ["张三", "一行\n两行"]


def test_broken_text_says_the_line():
    data = "姓名,电话\n张三,1\n".encode() + b"\xff\xff\xff,2\n"
    with pytest.raises(Unreadable, match=Fault.ENCODING) as refused:
        read(data)
    assert "3" in str(refused.value.sentence)
    assert fault(codecs.BOM_UTF8 + b"\xff") is Fault.ENCODING


HTML = b"<html><head><meta charset=gb2312></head><table><tr><td>1</td></tr></table></html>"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Fault.EMPTY_FILE),
        (b"\xef\xbb\xbf \r\n", Fault.EMPTY_FILE),
        (HTML, Fault.WRONG_TYPE),
        (b"\xef\xbb\xbf<table border=1><tr><td>x</td></tr></table>", Fault.WRONG_TYPE),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', Fault.WRONG_TYPE),
        (b"%PDF-1.7\n", Fault.WRONG_TYPE),
        (b"\x89PNG\r\n\x1a\n....", Fault.WRONG_TYPE),
        (b"Rar!\x1a\x07", Fault.WRONG_TYPE),
        (b"\x00\x01\x02\x03", Fault.WRONG_TYPE),
        (packed({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}), Fault.WRONG_TYPE),
        (packed({"readme.txt": b"x"}), Fault.WRONG_TYPE),
        (packed({"mimetype": b"application/vnd.oasis.opendocument.text"}), Fault.WRONG_TYPE),
        (b"PK\x03\x04 and nothing more", Fault.CORRUPT),
        (xlsx({"表": ROWS})[:700], Fault.CORRUPT),
        (packed({"xl/workbook.xml": b"<workbook/>"}), Fault.CORRUPT),
        (packed({"[Content_Types].xml": b"<Types/>"}), Fault.CORRUPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, Fault.CORRUPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), Fault.ENCRYPTED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), Fault.WRONG_TYPE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 300, Fault.CORRUPT),
        (xlsx({"表": []}), Fault.NO_DATA),
        (xlsx({"表": [], "旧": ROWS}, states={"旧": "hidden"}), Fault.NO_DATA),
    ],
)
def test_what_is_no_ledger_is_refused_for_its_reason(data: bytes, expected: Fault):
    assert fault(data) is expected


def test_entities_of_its_own_are_refused():
    evil = f'{HEAD}<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet xmlns="{MAIN}"/>'.encode()
    assert fault(xlsx({"表": ROWS}, {"xl/sharedStrings.xml": evil})) is Fault.XML_ENTITY


def test_a_bomb_is_not_unpacked():
    assert fault(xlsx({"表": ROWS}, {"xl/media/x.xml": b" " * (120 << 20)})) is Fault.ZIP_BOMB
    assert fault(xlsx({"表": ROWS}, {f"x/{n}": b"" for n in range(2100)})) is Fault.ZIP_BOMB
    assert fault(b"," * 2000, largest=1000) is Fault.ZIP_BOMB


def test_a_locked_zip_is_said_to_be_locked():
    data = bytearray(xlsx({"表": ROWS}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    assert fault(bytes(data)) is Fault.ENCRYPTED


def test_one_cell_at_the_end_of_the_world_is_said_and_not_waited_for():
    far = Raw('<c r="XFD1048576"><v>1</v></c>')
    began = time.monotonic()
    assert fault(xlsx({"表": [*ROWS, [far]]})) is Fault.TOO_MANY_ROWS
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("far", ["AA3", "A1000000", "ZZ2000"])
def test_a_sheet_that_is_wide_or_long_but_not_both_is_read(far):
    assert read(xlsx({"表": [*ROWS, [Raw(f'<c r="{far}"><v>1</v></c>')]]}), most_rows=2_000_000).sheets[0].rows[1][0]


def test_what_is_wide_far_down_is_seen_although_the_length_stands_in_another_piece():
    long = [[Raw(f'<c r="A{at}"><v>1</v></c>')] for at in range(990_000, 990_040)]
    wide = [Raw('<c r="XFD5"><v>1</v></c>')]
    assert fault(xlsx({"表": [wide, *([["很长的一句话" * 99]] * 2_000), *long]})) is Fault.TOO_MANY_ROWS


def test_a_false_dimension_and_false_counts_change_nothing():
    strings = f'{HEAD}<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000"><si><t>甲</t></si></sst>'
    data = xlsx({"表": ROWS}, {"xl/sharedStrings.xml": strings.encode()}, head='<dimension ref="A1:XFD1048576"/>')
    assert read(data).sheets[0].rows[1][0] == "张三"


def test_more_rows_than_may_be_are_counted_only_so_far():
    assert fault(xlsx({"表": [["一"]] * 30}), most_rows=20) is Fault.TOO_MANY_ROWS
    assert fault(b"a\n" * 30, most_rows=20) is Fault.TOO_MANY_ROWS
    assert len(read(xlsx({"表": [["一"], *[[]] * 50, ["二"]]}), most_rows=20).sheets[0].rows) == 52


def test_a_child_that_hangs_is_ended(monkeypatch, tmp_path):
    slow = tmp_path / "child.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(reading, "CHILD", slow)
    monkeypatch.setattr(reading, "SECONDS", 0.5)
    began = time.monotonic()
    assert fault(xlsx({"表": ROWS})) is Fault.ZIP_BOMB
    assert time.monotonic() - began < 10


def outcome(data: bytes) -> Book | Fault:
    try:
        return read(data)
    except Unreadable as refused:
        return refused.fault


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_is_cut_or_bent_is_read_or_refused(data: st.DataObject):
    whole = bytearray(xlsx({"居民": ROWS * 3}, merged={"居民": ["A1:B1"]}))
    for _bend in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(outcome(bytes(whole[: data.draw(st.integers(1, len(whole)))])), Book | Fault)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_noise_is_refused_or_read_as_text(noise: bytes):
    assert isinstance(outcome(noise), Book | Fault)


def test_bytes_are_needed_no_file_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read(BytesIO(xlsx({"表": ROWS})).read())
    assert list(tmp_path.iterdir()) == []

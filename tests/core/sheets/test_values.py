"""What a cell means, in the spellings of real ledgers, and the reason where it means nothing."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets import telephones, values
from app.core.sheets.book import Cell, Mark
from app.core.sheets.values import Reason, Rejected

# A spreadsheet knows no time zone.
SHEET_DAY, SHEET_MOMENT = datetime.fromisoformat("2024-03-08"), datetime.fromisoformat("2026-11-22T08:00")


def reason(read, cell: Cell, **more) -> Reason:
    with pytest.raises(Rejected) as refused:
        read(cell, **more)
    return refused.value.reason


@pytest.mark.parametrize(
    "cell",
    [
        *("2024.3.8", "2024-03-08", "2024/3/8", "2024年3月8日", "2024年03月08号", "20240308", "２０２４－０３－０８"),
        *(
            "2024. 3. 8",
            "2024年 3月 8日",
            "二〇二四年三月八日",
            "二零二四年三月八日",
            "2024年3月8日（星期五）",
            "2024-3-8。",
        ),
        *(20240308, 20240308.0, date(2024, 3, 8), SHEET_DAY, 45359.0, 45359, "45359", "2024-03-08 00:00:00"),
    ],
)
def test_a_day_is_read_in_all_its_spellings(cell: Cell):
    assert str(values.day(cell)) == "2024-03-08"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1952.03", "1952-03"),
        ("1952年3月", "1952-03"),
        ("1952-3", "1952-03"),
        ("195203", "1952-03"),
        (1952.03, "1952-03"),
        (1952.12, "1952-12"),
        ("1952年3月份", "1952-03"),
        ("1952年", "1952"),
        (1952.0, "1952"),
    ],
)
def test_a_month_stays_a_month_and_a_year_a_year(cell: Cell, said: str):
    found = values.day(cell)
    assert found is not None
    assert (str(found), found.whole) == (said, None)


def test_the_old_macintosh_counts_from_1904():
    assert str(values.day(43897.0, date1904=True)) == "2024-03-08"


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-11-22 17:30", time(17, 30)),
        ("2026年11月22日下午5点30分", time(17, 30)),
        ("2026/11/22 9:05:33", time(9, 5)),
        (SHEET_MOMENT, time(8)),
    ],
)
def test_a_time_of_day_is_kept(cell: Cell, at: time):
    found = values.day(cell)
    assert found is not None
    assert (str(found), found.at) == ("2026-11-22", at)


def test_a_day_without_its_year_takes_that_of_the_title_or_none():
    assert reason(values.day, "3月8日") is Reason.NO_YEAR
    assert reason(values.day, "3.8") is Reason.NO_YEAR
    assert str(values.day("3月8日", year=2026)) == "2026-03-08"


@pytest.mark.parametrize(
    ("title", "year"),
    [("清河社区民情台账(2026年)", 2026), ("２０２６年度台账", 2026), ("2025年至2026年台账", None), ("台账", None)],
)
def test_the_year_of_a_title_is_taken_where_there_is_one(title: str, year: int | None):
    assert values.year_of(title) == year


@pytest.mark.parametrize(
    "cell", ["2024年2月30日", "2024-13-01", "24.3.8", "去年", "2024.3.8-3.10", "1-2-3-4", 3.5, -1, 10**9, "25:00", True]
)
def test_what_is_no_day_is_refused(cell: Cell):
    assert reason(values.day, cell) in (Reason.DATE, Reason.NO_YEAR)


@given(st.dates(date(1906, 1, 1), date(2099, 12, 31)))
def test_every_day_is_itself_in_every_spelling(day: date):
    spelled = [
        f"{day:%Y.%m.%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        day,
        (day - values.EPOCH).days,
    ]
    assert {str(values.day(cell)) for cell in spelled} == {day.isoformat()}


def test_a_month_that_may_have_lost_its_nought_is_noticed():
    assert values.is_ambiguous_month(2024.1)
    assert not any(values.is_ambiguous_month(cell) for cell in (2024.11, 2024.2, "2024.1", 2024.0, 1.1, None))


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (18800006219.0, ["18800006219"]),
        ("188 0000 6219", ["18800006219"]),
        ("188-0000-6219", ["18800006219"]),
        ("18800006219.0", ["18800006219"]),
        ("+86 18800006219", ["18800006219"]),
        ("8618800006219", ["18800006219"]),
        ("１８８００００６２１９", ["18800006219"]),
        ("0751-8770101", ["0751-8770101"]),
        ("07518770101", ["0751-8770101"]),
        ("0751—8770101转22", ["0751-8770101-22"]),
        ("12345", ["12345"]),
        ("8770101", ["8770101"]),
        ("19900004995/13900003828", ["19900004995", "13900003828"]),
        ("19900004995、13900003828", ["19900004995", "13900003828"]),
        ("19900004995 13900003828", ["19900004995", "13900003828"]),
        ("19900004995\n19900004995", ["19900004995"]),
        ("无", []),
        ("/", []),
        (None, []),
    ],
)
def test_telephone_numbers_are_repaired_where_that_is_sure(cell: Cell, found: list[str]):
    assert telephones.phones(cell) == found


@pytest.mark.parametrize("cell", ["1880000621", "188000062199", "28800006219", "请打座机", "1.88E+10", 12.5])
def test_what_is_no_telephone_number_is_refused(cell: Cell):
    assert reason(telephones.phones, cell) is Reason.PHONE


def test_an_identity_number_kept_as_a_number_has_lost_its_tail():
    assert reason(values.identity, 4.40201197212019e17) is Reason.ID_PRECISION
    assert reason(values.identity, "4.4E+17") is Reason.ID_PRECISION
    assert reason(values.identity, 4402011972120193.0) is Reason.ID_PRECISION
    assert values.identity(110101900101123.0) == "110101900101123"
    assert values.identity("'44020119880327911x") == "44020119880327911X"
    assert values.identity(" ４４０２ 0119880327911Ｘ ") == "44020119880327911X"


@pytest.mark.parametrize(
    ("cell", "found"),
    [("1人", 1), ("1,200", 1200), ("约30户", 30), (5.0, 5), ("２０", 20), ("3人次", 3), ("无", None), (None, None)],
)
def test_numbers_are_read_with_their_units(cell: Cell, found: int | None):
    assert values.whole(cell) == found


@pytest.mark.parametrize("cell", ["若干", "3-5人", "1.5", "十几个", "3 2 人 a b c d e f"])
def test_what_is_no_number_is_refused(cell: Cell):
    assert reason(values.whole, cell) is Reason.NUMBER


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        *(("2小时", 2.0), ("90分钟", 1.5), ("3h", 3.0), ("1小时30分", 1.5), ("2", 2.0), (2.5, 2.5), ("1.5个小时", 1.5)),
        (timedelta(hours=26), 26.0),
        (time(1, 30), 1.5),
        (None, None),
    ],
)
def test_hours_are_read_as_they_are_said(cell: Cell, found: float | None):
    assert values.hours(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"), [("√", True), ("是", True), (1.0, True), (True, True), ("否", False), (0, False), ("", None)]
)
def test_boxes_are_ticked_in_many_ways(cell: Cell, found: bool | None):
    assert values.flag(cell) is found


def test_names_lose_their_gaps_and_foreign_names_keep_one_dot():
    assert values.name("覃 强鹏") == "覃强鹏"
    assert values.name("张　三") == "张三"
    assert {values.name(f"阿依{dot}古丽") for dot in "·•・･‧"} == {"阿依·古丽"}
    assert values.name("John  Smith") == "John Smith"


@pytest.mark.parametrize("cell", ["无", "/", "-", "—", "暂无", " ", None, "－"])
def test_what_says_nothing_is_empty(cell: Cell):
    assert values.text(cell) == ""


def test_a_formula_or_an_error_is_never_taken_for_a_value():
    for read in (values.text, values.day, telephones.phones, values.whole, values.flag, values.name, values.identity):
        for mark in Mark:
            assert reason(read, mark) is Reason.FORMULA


def test_several_things_in_a_cell_are_parted_once_each():
    assert values.parts("政策宣传、环境监督；政策宣传\n书法") == ["政策宣传", "环境监督", "书法"]


@given(st.one_of(st.none(), st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.datetimes()))
def test_whatever_stands_in_a_cell_it_is_read_or_refused(cell: Cell):
    for read in (values.text, values.day, telephones.phones, values.whole, values.flag, values.name, values.hours):
        try:
            read(cell)
        except Rejected as refused:
            assert refused.reason in Reason  # noqa: PT017 - either way is right, another error is not


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("(0512)65430066", ["0512-65430066"]),
        ("0512-65430000转801", ["0512-65430000-801"]),
        ("0512-65430000 分机 801", ["0512-65430000-801"]),
        ("'13800001234", ["13800001234"]),
        ("手机：13800001234 座机：0512-65430066", ["13800001234", "0512-65430066"]),
        ("无手机", []),
        ("没有电话", []),
        ("138 0015-1502", ["13800151502"]),
        ("138 0015 1502", ["13800151502"]),
        ("138-0013 0001／139.0015.1902", ["13800130001", "13900151902"]),
        ("13800151502 13900151902 0751-8123456", ["13800151502", "13900151902", "0751-8123456"]),
        ("86138 0015 1502", ["13800151502"]),
    ],
)
def test_phones_are_read_as_people_write_them(written: str, read: list[str]):
    assert telephones.phones(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13800001234（女儿）", [("女儿", "13800001234")]),
        ("女儿13800001234", [("女儿", "13800001234")]),
        ("本人 13800001234、儿子：13800005678", [("", "13800001234"), ("儿子", "13800005678")]),
        ("0512-65430000转801", [("", "0512-65430000-801")]),
        ("13800001234\n（微信同号）", [("", "13800001234")]),
        ("马二 138 0015 1502", [("马二", "13800151502")]),
        ("无手机", []),
    ],
)
def test_a_phone_says_whose_it_is(written: str, read: list[tuple[str, str]]):
    assert telephones.owned_phones(written) == read


@pytest.mark.parametrize("written", ["张三13800001234李四", "女儿", "短号662904"])
def test_what_is_no_phone_stays_none_with_words_beside_it(written: str):
    with pytest.raises(Rejected):
        telephones.owned_phones(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("二十", 20),
        ("约三十余人", 30),
        ("十二把", 12),
        ("两间", 2),
        ("一百二十本", 120),
        ("一百零五", 105),
        ("二百", 200),
    ],
)
def test_numbers_are_read_in_chinese_numerals_too(written: str, read: int):
    assert values.whole(written) == read


@pytest.mark.parametrize("written", ["若干", "一般", "3-5人", "十五十", "二三十", "一百五"])
def test_what_is_no_single_number_is_none(written: str):
    with pytest.raises(Rejected):
        values.whole(written)


@pytest.mark.parametrize("written", ["2026、3、8", "2026,3,8", "2026年3月8日上午", "2026.3.8 下午"])
def test_days_are_read_with_other_signs_between_and_half_a_day_behind(written: str):
    assert str(values.day(written)) == "2026-03-08"

"""Whatever stands in a workbook under whatever headings: read or refused in words, and never an error of ours."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.sheets.book import Unreadable
from app.imports import registry
from app.imports.listless import STRANGE
from tests.core.sheets.paper import xlsx

CELLS: Final = [
    "", "王芳", "李 强", "王芳(组长)", "王芳、李强", "27.3.5", "98年7月1日", "2026-03-05", "3月8日", "2026.3", "昨天",
    46082, 45001.5, -1, 1e300, 0, "１２", "13800001001", 13800001002.0, "13800001003/13800001004", "12345",
    "0753-2233445转8001", "110101199003070070", "44010219400307901X", "4.4E+17", 440102194003079013, "√", "是", "男",
    "第一网格", "8栋", "市中医院", "无", "/", "=1+1", "#REF!", "漫" * 300, "1-101", "周六 9:00-11:00", "9999-12-31",
    "0001-01-01", "29.2.29", "00.1.1", "26/13/1", "二六年三月五日", "二〇二六年", "10年", "85岁", "1.2万", "35人次",
    "2小时", "同上", "\u200b", "😀", "☑是□否", "已办结", True, "8:30", "2026-3-5 25:61", "①",
    "∞", "٣", "1,000", "50%", "-0", "+86 138-0000-1001", "138****1001",
]  # fmt: skip
AFTER: Final = ["", "（暂定）", "情况", "*", "1", "及电话", "：", "/备注"]
ABOVE: Final = [
    "",
    "群众需求清单",
    "市中医院到社区报到在职党员名册",
    "2026年3月民情台账",
    "一、第一网格（2人）",
    "填表单位：市中医院",
]
GROUPS: Final = ["", "基本信息", "户主信息", "联系方式", "诉求", "*"]


@st.composite
def books(draw: Any) -> dict[str, list[list[Any]]]:
    """Draw a sheet: what stands above, one or two rows of headings, rows of cells with lines between."""
    known = [
        [word for column in ledger.columns for word in column.words] for ledger, _keeper in registry.KEEPERS.values()
    ]
    known += [[word for words in lexicon.words.values() for word in words] for lexicon in STRANGE.values()]
    word = st.sampled_from([one for one in known if one]).flatmap(st.sampled_from)
    head = draw(
        st.lists(st.tuples(word | st.sampled_from(GROUPS), st.sampled_from(AFTER)).map("".join), min_size=1, max_size=8)
    )
    cells = st.lists(st.sampled_from(CELLS), min_size=len(head), max_size=len(head))
    line = st.sampled_from([*ABOVE, "合计", "注：以上"]).map(lambda text: [text])
    above = draw(st.lists(line, max_size=2))
    groups = draw(st.none() | st.lists(st.sampled_from(GROUPS), min_size=len(head), max_size=len(head)))
    rows = draw(st.lists(cells | line, max_size=5))
    return {draw(st.sampled_from(["Sheet1", "第一网格", "需求"])): [*above, *([groups] if groups else []), head, *rows]}


@pytest.mark.one_database
def test_any_book_is_read_or_refused_in_words(read):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(book=books(), listing=st.sampled_from(["auto", "auto", "needs", "people", "members", "units"]))
    def holds(book: dict[str, list[list[Any]]], listing: str) -> None:
        try:
            report = read(xlsx(book), listing)
        except Unreadable:
            return
        assert report["counts"]["accepted"] == len(report["accepted"])

    holds()


def test_a_heading_that_is_nothing_but_a_mark_is_a_column_nobody_knows(read):
    rows = [["姓名", "联系电话", "*"], ["王芳", "13800001001", "是"]]
    report = read(xlsx({"居民花名册": rows}))
    assert report["header"][0]["not_imported"] == {"C": "*"}
    assert report["counts"]["accepted"] == 1

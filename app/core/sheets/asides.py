"""What rows without data are: sections, totals, notes, signatures, samples, headings and titles that come again."""

import enum
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from app.core.sheets import labelled
from app.core.sheets.book import Cell
from app.core.sheets.headings import HAN, NUMBERING, NUMERALS, comparable, simplified

FOOT: Final = 3
"""Within how many rows of the end signatures stand."""
LEAST: Final = 2
"""How many headings must be known for a row to be the headings."""
SENTENCE: Final = 16
"""From so many characters on a text that stands alone under a note goes on with it."""

Headings = Mapping[int, tuple[str, ...]]


@enum.unique
class Aside(enum.StrEnum):
    """What a row without data is."""

    SECTION = "section"
    HOME = "home"
    """The line of a household of which nobody is named below."""
    HEADER = "header"
    TOTAL = "total"
    NOTE = "note"
    FOOTER = "footer"
    SAMPLE = "sample"
    GOES_ON = "goes_on"
    """What it says was put into the row above."""


_TOTAL: Final = re.compile(
    r"^(?:本页|本表|全部|总)?(?:合计|小计|共计|总计|累计|总数)(?:[:(\d共]|$)|^总?(?:人数|户数|件数)(?:合计|总计)?:?\d*[人户件]?$"
    r"|^\(?(?:过次页|承前页|转次页|转下页|接上页|承上页|接下页|见下页)\)?(?:[:\d]|$)"
    r"|^总(?:人|户|件)数|^(?:以上|本页|本表|全表)?共计?[:(]?\d+(?:个?[人户件条项名家]|单位)"
)
_PART: Final = re.compile(r"^.{1,15}(?:合计|小计|共计|总计)(?:[:(]?\d+.{0,4}|:)?$")
"""The total of a part, which names it: 第一网格小计：2人."""
SHARES: Final = frozenset(
    {"占比", "比例", "百分比", "所占比例", "完成率", "办结率", "满意率", "平均", "平均值", "人均"}
)
"""What is reckoned at the foot beside sums."""
_ENDS: Final = re.compile(r"^[-—(【]*(?:以下(?:为?空白?|无正文|无内容|空行)|此页无正文|无正文|完|结束)[-—)】]*$")
"""Says that nothing more follows."""
_NOTE: Final = re.compile(r"^(?:注|备注|说明|附注|填表说明|填报说明|温馨提示)\d*[:.、]")
STARS: Final = frozenset({"*", "**", "***", "※"})
"""Stands in place of a number before a note on the rows that are marked with it."""
NOTES: Final = frozenset({"注", "备注", "说明"})
"""What stands alone before a note at the foot that has a cell of its own."""
_EXPLAINS: Final = re.compile(
    r"^[(]?(?:必填|选填|非必填|可多选|多选|单选|请填写?|填写|下拉选择|格式|如[:,]|例如|\d+位|男/女[)]?$|是/否[)]?$)"
)
"""What stands below a heading to say how it is filled in."""
_GOES_ON: Final = re.compile(r"^(?:\d+[.、)．]|\(\d+\)|[①-⑳])")
_FOOTER: Final = re.compile(
    r"^(?:填表|填报|制表|经办|审核|审批|复核|报送|统计|登记|采集|录入|联系|负责|分管|主管|社区)?"
    r"(?:人|单位|部门|领导|负责人|书记|主任|员)?\(?(?:签字|签名|签章|盖章)?\)?:"
)
_SIGNED: Final = re.compile(
    r"^(?:填表|填报|制表|经办|审核|审批|复核|报送)(?:人|单位|部门|日期|时间)|^(?:日期|时间|盖章|签字|签名|电话)[:]"
)
_LABELLED: Final = re.compile(r"^[\u3400-\u9fff]{2,8}(?:\([\u3400-\u9fff]{1,4}\))?:")
"""A label, with its value or a blank to be filled in; a row of nothing else at the foot is signed there."""
_PAGE: Final = re.compile(r"^[-—]?第?\d+页[,，、/]?(?:共\d+页)?[-—]?$|^第?\d+/\d+页$")
_SIGNER: Final = re.compile(
    r"^(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?|"
    r".{2,20}(?:社区|居委会|居民委员会|街道|办事处|党委|党支部|\(章\)))$"
)
"""Who signs at the foot, and when, each alone in a row."""
_VOID: Final = re.compile(r"\(?(?:本行|此行|本条|此条|该条)?已?(?:作废|删除)\)?")
"""Stands in a row that no longer holds."""
_SAMPLE: Final = re.compile(r"^(?:示例|样例|范例|例|举例|填写示例|填表示例)(?:[:\d(]|$)")
_SECTION: Final = re.compile(
    rf"^(?:[{NUMERALS}]+[、.]|\([{NUMERALS}]+\)|第[{NUMERALS}]+(?:部分|类)|【)"
    rf"|^第?[{NUMERALS}\d]+号?(?:微网格|网格|片区|小区|单元|号楼|楼栋|栋|幢)(?:\(.*\)|:.*)?$"
    r"|^(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?$|^第?[一二三四]季度$"
    r"|^.{2,18}(?:服务队|先锋队|志愿队|志愿者队伍|巡逻队|突击队|宣传队|文艺队|服务团队|小分队)(?:\(.*\)|:.*)?$"
    r"|^(?:资源|需求|项目|服务)?(?:类别|类型|网格|片区|小区|楼栋|岗位|职务):[^:]+$"
)
_NUMERAL: Final = re.compile(rf"\(?[{NUMERALS}]{{1,3}}\)?[、.]?|[IVX]{{1,4}}[.、]?")
_DUTY: Final = re.compile(
    rf"^(?:[{NUMERALS}]+[、.]|\([{NUMERALS}]+\))?(?:专职|兼职)?"
    r"(?:网格长|网格员|楼栋长|楼长|单元长|巷邻长|巷长|片长|党小组长|人民调解员|调解员|居民代表)(?:名单|:|\(.*\))?$"
)
_PLACE: Final = re.compile(r"(?:网格|片区|小区|单元|号楼|楼栋|栋|幢)(?:\(.*\)|:.*)?$")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z.'/()&-]*")
_LISTED: Final = re.compile(r"(?:清单|名单|名册|台账|一览|表)(?:\(.*)?$")
"""How the title of a list ends."""
_AGAIN: Final = re.compile(r"\((?:续|续表|接上页|接上表)\)|续表$")


@lru_cache(maxsize=20_000, typed=True)
def plain(value: Cell) -> str:
    """Return a cell in the form in which rows are told apart."""
    if isinstance(value, str) and value.isalnum():
        return _simple(value)
    said = str(value).replace("：", ":").replace("（", "(").replace("）", ")").replace("，", ",")
    return _simple("".join(said.split()))


def _simple(text: str) -> str:
    """Return a text in simplified characters, where it may be one of those rows are told apart by."""
    return text if _TRADITIONAL.isdisjoint(text) else simplified(text)


_TRADITIONAL: Final = frozenset("計總數備註說審製經辦單報負責聯領導書錄採統蓋簽頁範樣舉續網樓業務類隊資項區長員")


def is_title(text: str) -> bool:
    """Tell whether a text ends as the title of a list does."""
    return _LISTED.search(plain(text)) is not None


def is_section(text: str) -> bool:
    """Tell whether a text names a part of a list: 第一网格, 一、常规服务项目."""
    return _SECTION.match(plain(text)) is not None


def is_note(text: str) -> bool:
    """Tell whether a text says how the list is to be filled in."""
    return _NOTE.match(plain(text)) is not None


def opening(title: str) -> str:
    """Return what stands right above the headings where it is the section of the first rows, and not their list."""
    last = plain(title.rpartition("\n")[2])
    return last if _SECTION.match(last) and not is_title(last) else ""


def within(section: str, text: str) -> str:
    """Return the section that begins with a line: a duty within the place it stands under, or the other way round."""
    lines = section.split("\n")
    said, sorts = _sort_of(text), [_sort_of(line) for line in lines]
    if not said or (said not in sorts and (not sorts[-1] or OF_HOME in sorts)):
        return text
    return "\n".join([*lines[: sorts.index(said) if said in sorts else None], text])


OF_HOME: Final = "home"
"""Households lie within places, and nothing within them."""


def _sort_of(section: str) -> str:
    if labelled.parted(section)[0] in labelled.HOMES:
        return OF_HOME
    line = plain(section)
    return "duty" if _DUTY.match(line) else "place" if _PLACE.search(line) else ""


class Around:
    """What the rows of one block are told apart by: its headings and titles, and where they only number the rows."""

    def __init__(self, headings: Headings, title: str) -> None:
        self.headings = headings
        self.titles = {_AGAIN.sub("", plain(line)) for line in title.split("\n")} - {""}
        self.said = {at: {comparable(word) for word in words} for at, words in headings.items()}
        self.longest = 2 * max((len(word) for words in headings.values() for word in words), default=0)
        self.is_chinese = all(HAN.search(words[-1]) for words in headings.values())
        self.is_counted = False
        """Whether rows are numbered in figures."""
        self.numbering = {at for at, words in headings.items() if comparable(words[-1]) in NUMBERING}

    def aside(self, cells: Mapping[int, Cell], is_last: bool, before: Aside | None) -> Aside | None:
        """Return what a row is, or None where it holds data. `before`: what the row above it is; first, headings."""
        texts = list(dict.fromkeys(map(plain, cells.values())))
        found = by_its_words(texts, is_last)
        if found is None and (self.is_header_again(cells) or (before is Aside.HEADER and self._is_translated(texts))):
            return Aside.HEADER
        if found is None and len(texts) == LEAST and self.is_counted and next(iter(cells)) in self.numbering:
            found = Aside.NOTE if texts[0] in STARS else Aside.SECTION if self._is_numbered(texts) else None
        is_alone = len(texts) == 1 and len(self.headings) > 1 and isinstance(next(iter(cells.values())), str)
        return self._alone(texts[0], cells, is_last, before) if found is None and is_alone else found

    def _is_numbered(self, texts: list[str]) -> bool:
        """Tell whether a row is a section whose number has a cell of its own: 一, and behind it 网格长（2人）.

        In a list that numbers its rows like that it is none.
        """
        return (
            len(self.headings) > LEAST + 1
            and _NUMERAL.fullmatch(texts[0]) is not None
            and HAN.search(texts[1]) is not None
        )

    def _is_translated(self, texts: list[str]) -> bool:
        """Tell whether a row right below Chinese headings says most of them in English."""
        many = len(texts) >= max(LEAST, len(self.said) * 0.6)
        return many and self.is_chinese and all(_LATIN.fullmatch(text) for text in texts)

    def _alone(self, text: str, cells: Mapping[int, Cell], is_last: bool, before: Aside | None) -> Aside | None:
        if _AGAIN.sub("", text) in self.titles:
            return Aside.HEADER
        if before is Aside.NOTE and (_GOES_ON.match(text) or len(text) >= SENTENCE):
            return Aside.NOTE
        if is_last and _SIGNER.match(text):
            return Aside.FOOTER
        numbers = len(cells) == 1 and next(iter(cells)) in self.numbering and HAN.search(text)
        return Aside.SECTION if _SECTION.match(text) or _DUTY.match(text) or len(cells) > 1 or numbers else None

    def is_header_again(self, cells: Mapping[int, Cell]) -> bool:
        """Tell whether a row repeats the headings."""
        same = (
            isinstance(value, str)
            and len(value) <= self.longest
            and column in self.said
            and comparable(value) in self.said[column]
            for column, value in cells.items()
        )
        return are_many(same, len(cells), max(LEAST, len(cells) * 0.6))


def are_many(found: Iterable[bool], count: int, least: float) -> bool:
    """Tell whether of so many at least some are so; no more are asked once too many are not."""
    spare = count - least
    for one in found:
        spare -= not one
        if spare < 0:
            return False
    return spare >= 0


def by_its_words(texts: list[str], is_last: bool) -> Aside | None:
    """Return what the words of a row, in their plain form, say that it is."""
    first = texts[0]
    if _SAMPLE.match(first):
        return Aside.SAMPLE
    if any(_TOTAL.match(text) for text in texts[:3]) or _PART.match(first) or first in SHARES:
        return Aside.TOTAL
    explained = (_EXPLAINS.match(text) is not None for text in texts)
    if are_many(explained, len(texts), max(len(texts), LEAST + 1) / 2):
        return Aside.NOTE
    if _is_noted(texts, is_last) or any(map(_VOID.fullmatch, texts)):
        return Aside.NOTE
    if is_last and len(texts) >= LEAST and all(map(_LABELLED.match, texts)):
        return Aside.FOOTER
    if _SIGNED.match(first) or (_FOOTER.match(first) and (is_last or len(texts) <= 2)):
        return Aside.FOOTER
    return Aside.FOOTER if len(texts) == 1 and (_PAGE.match(first) or _ENDS.match(first)) else None


def _is_noted(texts: list[str], is_last: bool) -> bool:
    """Tell whether a row is a note, at the foot also one with a cell of its own behind its word."""
    is_short = len(texts) <= LEAST
    return is_short and (_NOTE.match(texts[0]) is not None or (is_last and len(texts) > 1 and texts[0] in NOTES))

"""What a cell means: dates, numbers, phones, marks and words, as people write them; and why it means nothing.

Nothing is guessed (收表约定 4 to 7): what could be read in two ways, or has lost a part, is refused with its reason.
"""

import enum
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from app.core.masking import COMPOUND_SURNAMES
from app.core.sheets.book import Cell, Mark
from app.core.sheets.boxes import ticked

EPOCH: Final = date(1899, 12, 30)
"""Bare day numbers count from here; the day that 1900 did not have is already taken off."""
EPOCH_1904: Final = date(1904, 1, 1)
FIRST_SERIAL, LAST_SERIAL = 2_101, 73_415
"""Bare numbers are taken for days from October 1905 to 2100; smaller ones are years, or no days at all."""
EXACT: Final = 10**15
"""From here on a number of a spreadsheet has lost digits."""


@enum.unique
class Reason(enum.StrEnum):
    """Why a cell, or a row, is not taken; the value is the code programs get."""

    MISSING = "missing_required"
    ID_FORMAT = "id_bad_format"
    ID_CHECKSUM = "id_bad_checksum"
    ID_BIRTH = "id_bad_birthdate"
    ID_PRECISION = "id_precision_lost"
    PHONE = "phone_bad"
    DATE = "date_bad"
    NO_YEAR = "date_no_year"
    FUTURE = "date_future"
    ORDER = "date_order"
    NUMBER = "number_bad"
    RANGE = "number_out_of_range"
    CHOICE = "enum_unknown"
    PLACE = "grid_unknown"
    PERSON = "person_unknown"
    AMBIGUOUS = "ambiguous_person"
    FORMULA = "formula"
    TOO_LONG = "too_long"


class Rejected(ValueError):
    """A cell that cannot be read; `found` is what stands there."""

    def __init__(self, reason: Reason, found: str = "") -> None:
        super().__init__(reason)
        self.reason, self.found = reason, found


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or the month or year that is all that is known of it."""

    year: int
    month: int = 0
    day: int = 0
    at: time | None = None

    def __str__(self) -> str:
        return "-".join([f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)])

    @property
    def whole(self) -> date | None:
        """Return the day, or None where only a month or year is known."""
        return date(self.year, self.month, self.day) if self.day else None


# -- texts ----------------------------------------------------------------------------------------------------------

EMPTY: Final = frozenset({"无", "無", "/", "-", "—", "——", "--", "暂无", "暫無", "空", "没有", "沒有", "\\", "无。"})
ERRORS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"})
"""What a spreadsheet shows instead of a result, where it has become text."""
LONGEST_EMPTY: Final = max(map(len, EMPTY))
_QUOTED: Final = re.compile(r"^['’‘`]+(?=[\d+(])")
"""The mark by which a number is typed as text, where it has become part of the text."""
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
"""What nobody sees and copying from chats and web pages leaves between digits."""
_DOTS: Final = re.compile("[•∙⋅・･‧●．]|(?<=[\u3400-\u9fff])\\.(?=[\u3400-\u9fff])")
_HAN_LINES: Final = re.compile("([\u3400-\u9fff]{2,})[ \t]*\n\\s*(?=[\u3400-\u9fff]{2})")
_HAN_GAP: Final = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")


def text(cell: Cell) -> str:
    """Return a cell as the text a person sees, blank where it says that there is nothing. Raises Rejected."""
    if isinstance(cell, Mark):
        raise Rejected(Reason.FORMULA)
    if cell is None:
        return ""
    said = written(cell)
    if said[:1] == "#" and said in ERRORS:
        raise Rejected(Reason.FORMULA, said)
    if said[:1] == "'" and "'" not in said[1:]:
        # The mark by which a cell is typed as text, where it has become part of it.
        said = said[1:].strip()
    # No sign becomes less than one, so that a longer text never reads like these.
    return "" if len(said) <= LONGEST_EMPTY and unicodedata.normalize("NFKC", said) in EMPTY else said


def written(cell: Cell) -> str:
    """Return a cell as the text a person sees."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M") if (cell.hour or cell.minute) else f"{cell.date()}"
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def half(cell: Cell) -> str:
    """Return the text with letters, digits and signs of half width. Raises Rejected."""
    said = ticked(text(cell))
    if not said.isascii():
        said = _UNSEEN.sub("", unicodedata.normalize("NFKC", said))
    return _QUOTED.sub("", said.strip())


def name(cell: Cell) -> str:
    """Return the name of a person: no blanks between Chinese characters, and one sort of dot. Raises Rejected."""
    said = _HAN_LINES.sub(_line_of_names, half(cell))
    return " ".join(_HAN_GAP.sub("", _DOTS.sub("·", said)).split())


def _line_of_names(found: re.Match[str]) -> str:
    """Keep the names of several lines apart; a surname of two characters goes on in the next."""
    return found[0] if found[1] in COMPOUND_SURNAMES else f"{found[1]}、"


SEPARATORS: Final = re.compile(r"[、,，;；/／\n]+|\s{2,}")


def parts(cell: Cell) -> list[str]:
    """Return the several things a cell names. Raises Rejected."""
    return list(dict.fromkeys(part for one in SEPARATORS.split(ticked(text(cell))) if (part := one.strip())))


_ITEM: Final = re.compile(r"(?:^|[\s;,、]+)(?:\d{1,2}\s*[.、)．](?!\d)|[(]\d{1,2}[)])\s*|\s*[①-⑳]\s*")
"""The number of one thing among several: 1.政策宣传岗 2.治安巡逻岗."""
_WORDS: Final = re.compile("[\u3400-\u9fff]{2,}(?: [\u3400-\u9fff]{2,})+")


def items(cell: Cell) -> list[str]:
    """Return the several things a cell names, also numbered or with single blanks between. Raises Rejected."""
    said = ticked(text(cell)).strip()
    if _WORDS.fullmatch(said):
        return list(dict.fromkeys(said.split()))
    numbered = _ITEM.split(unwide(said))
    several = numbered if len(numbered) > 1 else [said]
    return list(dict.fromkeys(part for one in several for part in parts(one)))


def are_numbered(said: str) -> bool:
    """Tell whether a text numbers several things: 1、水管漏水；2、楼道堆物."""
    return _NUMBERED.search(said) is not None


_NUMBERED: Final = re.compile(
    r"(?:^|[\n;；。:：\s])[(（]?1[、.．)）]\s*\D.*[\n;；。\s][(（]?2[、.．)）]\s*\D", re.DOTALL
)


def unwide(said: str) -> str:
    """Return a text with the brackets and stops that part numbers from words in half width."""
    return said.translate({ord("（"): "(", ord("）"): ")", ord("；"): ";", ord("，"): ","})


# -- marks ----------------------------------------------------------------------------------------------------------

YES: Final = frozenset({"√", "✓", "✔", "☑", "✅", "■", "是", "有", "1", "Y", "YES", "对", "●", "真", "TRUE", "V"})
NO: Final = frozenset({"×", "✗", "✘", "☐", "□", "否", "不是", "0", "N", "NO", "未", "FALSE", "X"})


def flag(cell: Cell) -> bool | None:
    """Return whether a box is ticked; None where nothing is said. Raises Rejected."""
    said = half(cell).upper()
    if not said:
        return None
    if said in YES or said.startswith(("√", "✓", "✔")):
        return True
    if said in NO:
        return False
    raise Rejected(Reason.CHOICE, said)


# -- numbers --------------------------------------------------------------------------------------------------------

_HAN_NUMBER: Final = re.compile(
    r"(?:约|共|计|近)?([零一二两三四五六七八九十百]+)(?:余|多)?"
    r"(?:个|人次|人|名|户|间|本|把|件|台|套|辆|张|处|栋|支|队|项|箱|袋|份|场|次|座|盏|瓶|斤|元|小时)?"
)
_HAN_VALUES: Final = {"两": 2} | {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_NUMBER: Final = re.compile(
    r"(?:约|共|计|近|人民币|RMB|[¥￥])*(-?\d+(?:\.\d+)?)([百千万亿]*)(?:[^\d.\-~至到百千万亿][^\d]{0,5})?"
)
_SCALES: Final = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_HOURS: Final = re.compile(r"(?:(\d+(?:\.\d+)?)(?:个?小时|时|h|H|hours?))?(?:(\d+)(?:分钟?|min))?")


def number(cell: Cell) -> float | None:
    """Return a number, also where its unit is written behind it: 1,200人, 约30户, ￥1.2万元. Raises Rejected."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not math.isfinite(cell):
            raise Rejected(Reason.NUMBER, str(cell))
        return cell
    said = half(cell).replace(",", "").replace(" ", "")
    if not said:
        return None
    if found := _NUMBER.fullmatch(said):
        return math.prod((_SCALES[sign] for sign in found[2]), start=float(found[1]))
    if found := _HAN_NUMBER.fullmatch(said):
        return _han_number(found[1])
    raise Rejected(Reason.NUMBER, said)


def _han_number(said: str) -> float:
    """Return a number below a thousand in Chinese numerals: 二十, 一百二十. Raises Rejected."""
    digit = "[一二两三四五六七八九]"
    after = f"(?:零(?={digit}$)|(?={digit}十)|$)"
    found = re.fullmatch(f"(?:({digit})?(百){after})?(?:({digit})?(十))?({digit})?", said)
    if found is None:
        raise Rejected(Reason.NUMBER, said)
    hundreds, hundred, tens, ten, ones = found.groups()
    return (
        100 * _HAN_VALUES.get(hundreds, 1 if hundred else 0)
        + 10 * _HAN_VALUES.get(tens, 1 if ten else 0)
        + _HAN_VALUES.get(ones, 0)
    )


def whole(cell: Cell) -> int | None:
    """Return a number without a fraction. Raises Rejected."""
    found = number(cell)
    if found is not None and found != int(found):
        raise Rejected(Reason.NUMBER, text(cell))
    return None if found is None else int(found)


def hours(cell: Cell) -> float | None:
    """Return a duration in hours: 2小时, 90分钟, 3h, 1小时30分; a bare number is hours. Raises Rejected."""
    if isinstance(cell, timedelta):
        return cell.total_seconds() / 3600
    if isinstance(cell, time):
        return cell.hour + cell.minute / 60
    said = half(cell).replace(" ", "")
    found = _HOURS.fullmatch(said)
    if said and found is not None and any(found.groups()):
        return float(found[1] or 0) + int(found[2] or 0) / 60
    return number(cell)


# -- identity numbers -----------------------------------------------------------------------------------------------

_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


def identity(cell: Cell) -> str:
    """Return an identity number as text; one that Excel kept as a number has lost its tail. Raises Rejected."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT:
        raise Rejected(Reason.ID_PRECISION, f"{cell:.0f}")
    said = re.sub(r"^'|\s+", "", half(cell))
    if _SCIENTIFIC.fullmatch(said):
        raise Rejected(Reason.ID_PRECISION, said)
    return re.sub(r"\.0$", "", said).upper().replace("×", "X")


# -- days -----------------------------------------------------------------------------------------------------------

_HAN_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_TENS: Final = re.compile(r"([一二三])?十([一二三四五六七八九])?")
_CLOCK: Final = r"(?:[\sT]*(上午|下午|晚上|AM|PM)?\s*(\d{1,2})(?:[:时点](\d{1,2})?)(?:[:分](\d{1,2})?)?秒?(?:\.\d+)?)?"
_HALF: Final = r"\s*(?:上午|中午|下午|晚上|早上|傍晚|凌晨|夜间)?"
_WEEKDAY: Final = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_FULL: Final = re.compile(
    rf"(\d{{4}})(?:\s*[-/.年、,。]\s*|\s+)(\d{{1,2}})(?:\s*[-/.月、,。]\s*|\s+)(\d{{1,2}})\s*[日号]?{_CLOCK}{_HALF}",
    re.IGNORECASE,
)
_MIXED: Final = re.compile(r"\d{4}\s*(?:([-/.])\s*\d{1,2}\s*(?!\1)[-/.]|年\s*\d{1,2}\s*[-/])")
"""May be two months as well as a day: 2024.3/4, 2026.3-4."""
_RUN: Final = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_CLOCK}", re.IGNORECASE)
_MONTH: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份|[上中下]旬|月?[初中底末])?")
_MONTH_RUN: Final = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_YEAR: Final = re.compile(r"(\d{4})年?")
_NO_YEAR: Final = re.compile(rf"(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*[日号]?{_CLOCK}{_HALF}", re.IGNORECASE)


def day(cell: Cell, date1904: bool = False, year: int | None = None) -> Day | None:
    """Return a day, month or year. `year`: of a ledger whose title says it, for days without one. Raises Rejected."""
    if isinstance(cell, datetime):
        return Day(cell.year, cell.month, cell.day, cell.time() if (cell.hour or cell.minute) else None)
    if isinstance(cell, date):
        return Day(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell, date1904)
    said = half(cell).rstrip("。.,")
    return _from_text(said, date1904, year) if said else None


def born(cell: Cell) -> Cell:
    """Return a birthday without what says that it is one: 1950年1月1日生."""
    return _OF_BIRTH.sub("", cell) if isinstance(cell, str) else cell


_OF_BIRTH: Final = re.compile(r"(?<=[日号月年\d])\s*(?:出生|生)\s*$")


def is_ambiguous_month(cell: Cell) -> bool:
    """Tell whether a number such as 2024.1 may be January or, its nought lost, October."""
    if not isinstance(cell, float) or not 1900 <= cell < 2100 or cell.is_integer():
        return False
    return f"{cell!r}".partition(".")[2] == "1"


def _from_number(value: float, date1904: bool) -> Day:
    if not math.isfinite(value):
        raise Rejected(Reason.DATE, str(value))
    if isinstance(value, int) or float(value).is_integer():
        said = str(int(value))
        if len(said) in (6, 8) or (len(said) == 4 and 1900 <= int(said) <= 2100):
            return _from_text(said, date1904, None)
    elif 1900 <= value < 2101 and re.fullmatch(r"\d{4}\.\d{1,2}", repr(value)):
        return _from_text(repr(value), date1904, None)
    if not FIRST_SERIAL <= value <= LAST_SERIAL:
        raise Rejected(Reason.DATE, f"{value:g}")
    found = (EPOCH_1904 if date1904 else EPOCH) + timedelta(days=int(value))
    return Day(found.year, found.month, found.day)


def _from_text(said: str, date1904: bool, year: int | None) -> Day:
    plain = digits(_WEEKDAY.sub("", said)).strip()
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain):
        return _from_number(float(plain), date1904)
    if _MIXED.match(plain):
        raise Rejected(Reason.DATE, said)
    if found := _FULL.fullmatch(plain) or _RUN.fullmatch(plain):
        return checked(said, int(found[1]), int(found[2]), int(found[3]), _clock(found[4], found[5], found[6]))
    if found := _MONTH.fullmatch(plain) or _MONTH_RUN.fullmatch(plain):
        return checked(said, int(found[1]), int(found[2]))
    if (found := _YEAR.fullmatch(plain)) and 1900 <= int(found[1]) <= 2100:
        return Day(int(found[1]))
    if found := _NO_YEAR.fullmatch(plain):
        if year is None:
            raise Rejected(Reason.NO_YEAR, said)
        return checked(said, year, int(found[1]), int(found[2]), _clock(found[3], found[4], found[5]))
    raise Rejected(Reason.DATE, said)


def digits(said: str) -> str:
    """Return Chinese numerals of a date as digits: 二〇二六年十一月三日."""
    if not re.search("[〇○零一二三四五六七八九十]", said):
        return said
    tens = _HAN_TENS.sub(lambda found: f"{found[1] or '一'}{found[2] or '零'}", said)
    return tens.translate(_HAN_DIGITS)


def _clock(half_day: str | None, hour: str | None, minute: str | None) -> time | None:
    if hour is None:
        return None
    late = half_day in ("下午", "晚上", "PM", "pm") and int(hour) < 12
    try:
        found = time(int(hour) + (12 if late else 0), int(minute or 0))
    except ValueError:
        raise Rejected(Reason.DATE, f"{hour}:{minute or 0}") from None
    return found if (found.hour or found.minute) else None


def checked(said: str, year: int, month: int, day: int = 0, at: time | None = None) -> Day:
    """Return a day, or a month, if there is such a one. Raises Rejected."""
    try:
        date(year, month, day or 1)
    except ValueError:
        raise Rejected(Reason.DATE, said) from None
    if not 1900 <= year <= 2100:
        raise Rejected(Reason.DATE, said)
    return Day(year, month, day, at)


YEAR_SAID: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|[-/.]\d{1,2})")


def year_of(title: str) -> int | None:
    """Return the one year the title of a ledger says, or None where it says none or several."""
    found = {int(one) for one in YEAR_SAID.findall(unicodedata.normalize("NFKC", title))}
    return found.pop() if len(found) == 1 else None

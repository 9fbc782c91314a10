"""Headings as ledgers write them, compared regardless of blanks, brackets, marks, width and traditional characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC

_BRACKETS: Final = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]")
_MARKS: Final = re.compile("[\\s*:：·.．。、_\\-—＿/\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
"""What is not compared, also what nobody sees and copying leaves behind."""
NUMBERING: Final = frozenset({"序号", "编号", "序", "no", "行号", "项次"})
"""Headings of a column that only counts the rows; in some lists 编号 is a code, which that list then says."""
FORMAL: Final = "壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟"
"""The numerals of cheques and seals, for 一二二三三四五六六七八九十百千."""
NUMERALS: Final = f"一二三四五六七八九十{FORMAL}"
"""By these parts of lists are counted."""


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 - one megabyte, from when somebody takes in a ledger

    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def simplified(text: str) -> str:
    """Return a short text in simplified characters."""
    return text if text.isascii() else str(_simplifier().convert(text))


@lru_cache(maxsize=20_000)
def comparable(text: str) -> str:
    """Return the form in which headings are compared."""
    flat = unicodedata.normalize("NFKC", text)
    plain = _MARKS.sub("", _BRACKETS.sub("", flat)) or _MARKS.sub("", flat)
    return simplified(plain).lower()


_LATIN: Final = re.compile(r"[a-z][a-z. '&]*")
HAN: Final = re.compile(r"[\u3400-\u9fff]")
_INSIDE: Final = re.compile(r"[(（\[【〔]([^)）\]】〕]+)")
_COUNTED: Final = re.compile(r"^(?:\d+、?|[①-⑳])(?:您的|你的|您)?")
_WITH_PHONE: Final = re.compile("(?<=.)[及和与、](?:联系)?(?:电话|方式|手机号?码?|联系方式)$")
"""A name that stands in one cell with its telephone number: 姓名及电话."""
_NAMED_WITH_PHONE: Final = re.compile(r"\s*(.*(?:人|姓名|员|长|者))\s*[/／]\s*(?:联系)?(?:电话|方式|手机号?码?)\s*")
"""The same with a stroke between, which is not compared: 联系人/电话."""


@lru_cache(maxsize=20_000)
def readings(text: str) -> tuple[str, ...]:
    """Return the forms in which a heading may be known, the plain one first unless it names two columns.

    Others stand beside it where it is counted (1.姓名), begins with 是否, or is said in two languages: Name 姓名,
    Skills（特长）.
    """
    plain = comparable(text)
    both = _NAMED_WITH_PHONE.fullmatch(text)
    found = [comparable(both[1])] if both is not None else []
    found += [plain, _COUNTED.sub("", plain), plain.removeprefix("是否")]
    found.append(_WITH_PHONE.sub("", plain))
    inside = _INSIDE.search(text)
    if inside is not None and not HAN.search(plain):
        found.append(comparable(inside[1]))
    if HAN.search(plain):
        found.append(_LATIN.sub("", plain))
    return tuple(dict.fromkeys(one for one in found if one))

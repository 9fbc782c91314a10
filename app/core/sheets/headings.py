"""Headings as ledgers write them, compared regardless of blanks, brackets, marks, width and traditional characters."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from opencc import OpenCC

_BRACKETS: Final = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]")
_MARKS: Final = re.compile(r"[\s*:：·.．。、_\-—＿/]+")
NUMBERING: Final = frozenset({"序号", "编号", "序", "no", "行号", "项次"})
"""Headings of a column that only counts the rows; in some lists 编号 is a code, which that list then says."""


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def simplified(text: str) -> str:
    """Return a short text in simplified characters."""
    return text if text.isascii() else str(_simplifier().convert(text))


@lru_cache(maxsize=20_000)
def comparable(text: str) -> str:
    """Return the form in which headings are compared."""
    flat = unicodedata.normalize("NFKC", text)
    plain = _MARKS.sub("", _BRACKETS.sub("", flat)) or _MARKS.sub("", flat)
    return simplified(plain).lower()

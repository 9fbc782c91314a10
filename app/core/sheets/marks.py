"""The mark before a text of a csv file that a spreadsheet would take for a formula; the import takes it off again.

A spreadsheet works out what begins with = + - or @, also where blanks come before or the sign is a wide one, and what
begins with a tab or a line break may hide such a sign. Such a text gets an apostrophe in front, the mark spreadsheets
themselves use for text. A text that begins with apostrophes and then like a formula gets one more, so that taking one
off always gives back what was there. Workbooks need no mark: their cells say that they are texts.
"""

import re
from collections.abc import Sequence
from typing import Final

MARK: Final = "'"
_SIGNS: Final = "=+\\-@＝＋－＠﹢﹣﹦﹫−"
_LIVING: Final = re.compile(f"'*(?:[\\s\ufeff\u200b-\u200f]*[{_SIGNS}]|[\\t\\r\\n])")


def is_living(text: str) -> bool:
    """Tell whether a spreadsheet might take a text of a csv file for a formula."""
    return _LIVING.match(text) is not None


def shut(text: str) -> str:
    """Return a text as it stands in a csv file."""
    return MARK + text if _LIVING.match(text) else text


def shut_all(texts: Sequence[str]) -> Sequence[str]:
    """Return many texts as they stand in a csv file; those that begin with a letter or a digit need no closer look."""
    odd = {first for first in {text[:1] for text in texts} if first and not first.isalnum()}
    return [shut(text) if text[:1] in odd else text for text in texts] if odd else texts


def unshut(text: str) -> str:
    """Return what a text of a csv file says, without the mark we put before it."""
    return text[1:] if text.startswith(MARK) and _LIVING.match(text) else text

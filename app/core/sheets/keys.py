"""The hidden key of a row in an export: which row it is and as which version it was handed out.

It stands in the last column under `KEY_HEADING`, hidden in workbooks, and reads `uid.version`: the row's 32 hexadecimal
digits, a point, and the whole number its version was. Read again it says which row a line changes, and whether
somebody has changed that row meanwhile. It tells nothing about the row and gives nobody any right to it.
"""

import re
from typing import Final

KEY_HEADING: Final = "行标识（请勿改动）"
"""The heading of the column; compared as headings are it is 行标识, which no list uses for a column of its own."""
_KEY: Final = re.compile(r"([0-9a-f]{32})\.([1-9]\d{0,8})")


def key_of(uid: str, version: int) -> str:
    """Return the key of a row."""
    return f"{uid}.{version}"


def read_key(text: str) -> tuple[str, int] | None:
    """Return uid and version of a key; None for what is none, such as a row somebody added below."""
    found = _KEY.fullmatch(text.strip().lower())
    return (found[1], int(found[2])) if found else None

"""The rows of a csv file, written column by column: what a whole column never needs is looked for once.

The quotes are those of Python's own writer of such files, as `tests/core/sheets/test_lines.py` compares.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from operator import methodcaller
from types import NoneType
from typing import Any, Final

from app.core.sheets import marks
from app.core.sheets.paper import Value, is_empty

FEW: Final = 10
"""Where a column says each of its values so often on the average, it is known what each becomes."""
_QUOTED: Final = re.compile('[",\r\n]')
_moment: Final = methodcaller("isoformat", " ", "minutes")
_SAYERS: Final[dict[type, Callable[[Any], str]]] = {
    NoneType: lambda _nothing: "",
    str: marks.shut,
    datetime: _moment,
    date: date.isoformat,
}


def lines(columns: Sequence[Sequence[Value]]) -> str:
    """Return the rows of columns of one length, of which the last is never empty."""
    rows = map(",".join, zip(*map(_said, columns), strict=True))
    return "\r\n".join([*rows, ""])


def _said(values: Sequence[Value]) -> Sequence[str]:
    """Return a column as it stands in the file."""
    if is_empty(values):
        return [""] * len(values)
    kinds = {*map(type, values)}
    if kinds <= {str, NoneType}:
        return _texts(values)  # type: ignore[arg-type]  # nothing else is there
    if kinds <= {datetime, NoneType}:
        return [_moment(value) if value else "" for value in values]
    return _quoted([_SAYERS.get(type(value), str)(value) for value in values])


def _texts(values: Sequence[str | None]) -> Sequence[str]:
    known = [*{*values}]
    if FEW * len(known) > len(values):
        return _shut(values)
    # Such as the names of places and of states: each is looked at once.
    said = dict(zip(known, _shut(known), strict=True))
    return [*map(said.__getitem__, values)]


def _shut(values: Sequence[str | None]) -> Sequence[str]:
    return _quoted(marks.shut_all([value or "" for value in values]))


def _quoted(texts: Sequence[str]) -> Sequence[str]:
    whole = "".join(texts)
    if not any(sign in whole for sign in '",\r\n'):
        return texts
    return [_in_quotes(text) if _QUOTED.search(text) else text for text in texts]


def _in_quotes(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'

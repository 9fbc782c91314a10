"""What all ways of reading a cell share: how what was read stands in the draft of its row."""

import re
from typing import Any, Final

from app.core import checks
from app.core.sheets.ledger import Draft, Reader


def filling(sets: str, read: Reader) -> Reader:
    """Let a reader say which column of the list it fills."""
    read.sets = sets  # type: ignore[attr-defined]  # travels with the function
    return read


def keep(draft: Draft, key: str, sets: str, said: Any, meant: Any) -> None:
    draft.said[key] = said
    if sets:
        draft.meant[sets] = meant
        draft.keys[sets] = key


def seen(text: str) -> str:
    """Return a text without characters nobody sees, which copied cells often hold."""
    if checks.visible(text) is None:
        return text
    return "".join(sign for sign in text if sign == "\n" or checks.visible(sign) is None)


_WIDE: Final = {
    sign: sign - 0xFEE0 for sign in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_DASH: Final = re.compile("(?<=[0-9A-Za-z])－(?=[0-9A-Za-z])")


def narrow(said: str) -> str:
    """Return a text with letters and digits of half width; its other signs stay as they are."""
    return said if said.isascii() else _DASH.sub("-", said.translate(_WIDE))


def add(draft: Draft, column: str, text: str) -> None:
    """Add a text to what a column of the list will hold."""
    before = draft.meant.get(column)
    draft.meant[column] = f"{before}；{text}" if before else text

"""What all ways of reading a cell share: how what was read stands in the draft of its row."""

from typing import Any

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


def add(draft: Draft, column: str, text: str) -> None:
    """Add a text to what a column of the list will hold."""
    before = draft.meant.get(column)
    draft.meant[column] = f"{before}；{text}" if before else text

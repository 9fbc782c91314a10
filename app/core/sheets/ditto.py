"""Cells that only say to be the same as the one above them, or left of them: 同上, 〃, 同左."""

from typing import Final

from app.core.sheets.asides import plain
from app.core.sheets.book import Cell

DITTO: Final = frozenset({"同上", "同前", "〃", "″", '"', "''", "“", "”", "“”", "〞"})
"""What people write instead of saying again what stands above."""

AS_LEFT: Final = "同左"
"""The same for what stands left of it."""

_DITTO_BEGINS: Final = frozenset(text[0] for text in DITTO)
_DITTO_MAY_BEGIN: Final = _DITTO_BEGINS | {sign for sign in map(chr, range(0x3001)) if sign.isspace()}
"""Blanks may stand before it; none of them comes after U+3000."""


def said_again(cells: dict[int, Cell], above: dict[int, Cell]) -> dict[int, Cell]:
    """Return the cells of a row with what it only says to be the same as above."""
    # By its first sign most of a million cells is none, which is seen without a call for each.
    again: dict[int, Cell] = {
        at: meant
        for at, value in cells.items()
        if isinstance(value, str)
        and value[:1] in _DITTO_MAY_BEGIN
        and (meant := _meant_again(at, value, cells, above)) is not None
    }
    return cells | again if again else cells


def _meant_again(at: int, value: str, cells: dict[int, Cell], above: dict[int, Cell]) -> Cell:
    """Return what a cell means that says to be the same as the one above it, or left of it; None where it does not."""
    if plain(value).rstrip("。.") == AS_LEFT:
        return cells.get(at - 1)
    return above.get(at) if _is_ditto(value) else None


def _is_ditto(value: str) -> bool:
    return value.lstrip()[:1] in _DITTO_BEGINS and plain(value).rstrip("。.") in DITTO

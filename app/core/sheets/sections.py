"""The section a row stands under where it is said label by label, and households of which nobody is named below."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise
from typing import Final

from app.core.sheets.asides import LEAST, by_its_words, plain, within
from app.core.sheets.book import Cell
from app.core.sheets.labelled import HOMES, Known, lines, parted

LOOKED_AT: Final = 3
"""Among so many rows below labels one of data, or of headings, follows."""

Cells = Mapping[int, Cell]


def labels(cells: Cells, below: Iterable[Cells], known: Known, goes_on: bool) -> list[str]:
    """Return what a row says of those below label by label; who signs at the foot says nothing of anybody."""
    found = lines(cells, known, goes_on)
    if not found or is_home(found):
        return found
    texts = (list(dict.fromkeys(map(plain, one.values()))) for one in islice(below, LOOKED_AT))
    return found if any(len(one) >= LEAST and by_its_words(one, is_last=True) is None for one in texts) else []


def is_home(said: Sequence[str]) -> bool:
    """Tell whether labels begin a household."""
    return bool(said) and parted(said[0])[0] in HOMES


def begun(section: str, above: Sequence[str], said: Sequence[str]) -> str:
    """Return the section that begins with a row of labels; it goes on with those above, unless it says them anew."""
    is_new = parted(said[0])[0] in {parted(line)[0] for line in above}
    return "\n".join([section, *said] if above and not is_new else [within(section, said[0]), *said[1:]])


def lonely(homes: Iterable[int], data: Iterable[int], end: int) -> set[int]:
    """Return where households begin under which no row stands."""
    rows = set(data)
    return {first for first, last in pairwise([*homes, end]) if rows.isdisjoint(range(first, last))}

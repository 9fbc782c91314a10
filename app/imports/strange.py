"""Places of a ledger nobody knows: counted by their words, so that each is asked for once for all rows."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from app.communities import naming
from app.communities.models import Place
from app.communities.service import PlaceFinder
from app.core.sheets.ledger import Draft, Trouble
from app.core.sheets.values import Reason
from app.ledgers.world import World

SHOWN: Final = 20
"""How many of them are asked for at once, those with the most rows first."""
LONGEST: Final = 60
_SOMEBODY_AT_HOME: Final = re.compile(r"\d{3,}|家$")
"""The door of somebody is an address, which is kept sealed; it becomes no name of a place."""


def count(drafts: Iterable[Draft], world: World) -> Counter[str]:
    """Return the words for places nobody knows, and how many rows each.

    Words that may mean several places are not among them: another name would not tell which of them a row means.
    """
    found = Counter(
        words
        for draft in drafts
        if not draft.along
        for words in dict.fromkeys(one.found for one in draft.troubles if _of_a_place(one) and not _is_new(draft, one))
    )
    return Counter({words: rows for words, rows in found.items() if not world.find(Place, words)})


def name_new(drafts: Iterable[Draft], finder: PlaceFinder) -> None:
    """Say of rows at places nobody knows which of these stand in the same file, to be taken in before them."""
    for draft in drafts:
        for one in [one for one in draft.troubles if _of_a_place(one)]:
            new = [place for place in finder.find(one.found) if place.id is None]
            if len(new) == 1:
                draft.warn(str(Reason.PLACE), one.field, new[0].name)


def folded(found: Counter[str]) -> Counter[str]:
    """Return them with all spellings of one name together, under the one most rows have: 第四网格, 4网格, 04网格."""
    usual: dict[str, str] = {}
    together: Counter[str] = Counter()
    for words, rows in found.most_common():
        together[usual.setdefault(naming.key(words), words)] += rows
    return together


def _of_a_place(trouble: Trouble) -> bool:
    words = trouble.found
    return trouble.reason == Reason.PLACE and 0 < len(words) <= LONGEST and not _SOMEBODY_AT_HOME.search(words)


def _is_new(draft: Draft, trouble: Trouble) -> bool:
    """Tell whether the place is known to stand in the same file."""
    return any((one.reason, one.field) == (Reason.PLACE, trouble.field) for one in draft.warnings)

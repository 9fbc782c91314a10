"""Finds the places and categories of a box by the words of its other lines, and says them so that they are found."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from app.box.contents import Box, PlaceEntry
from app.communities import naming

BELOW: Final = " > "
"""Stands between the names on the way to a place or category, the uppermost first."""
_BELOW: Final = re.compile(r"\s*[>＞]\s*")


class Named(Protocol):
    """Something that has a name."""

    name: str


_Named = TypeVar("_Named", bound=Named)


def way(word: str) -> str:
    """Return a way as we write it, however its signs and blanks were typed."""
    return _BELOW.sub(BELOW, word.strip())


def led(names: Sequence[str]) -> str:
    """Return the way to what lies below these names, the uppermost first; to a top one it begins with the sign."""
    return BELOW.join(names) if len(names) > 1 else f"{BELOW}{names[0]}".lstrip()


def category_words(tops: Iterable[tuple[_Named, Iterable[_Named]]]) -> dict[str, _Named]:
    """Return what each word means: a top category, the way to one below, or the first one below of this name."""
    trees = [(top, list(below)) for top, below in tops]
    found = {top.name: top for top, _below in reversed(trees)}
    for top, below in trees:
        for child in below:
            found.setdefault(f"{top.name}{BELOW}{child.name}", child)
    for _top, below in trees:
        for child in below:
            found.setdefault(child.name, child)
    return found


def places_called(word: str, box: Box) -> list[PlaceEntry]:
    """Return the places of a box a word may mean, in any spelling, also behind the names of places above."""
    chains = list(_chains(box.places, ()))
    exact = [chain[0] for chain in chains if chain[0].name == word]
    if len(exact) == 1:
        return exact
    there = [chain[0] for chain in chains if way(led([place.name for place in reversed(chain)])) == way(word)]
    if len(there) == 1:
        return there
    key = naming.key(word)
    direct = [chain[0] for chain in chains if key in _keys(chain[0])]
    return direct or [
        chain[0] for chain in chains if naming.reaches(key, _keys(chain[0]), [_keys(above) for above in chain[1:]])
    ]


def _keys(place: PlaceEntry) -> set[str]:
    return {naming.key(word) for word in (place.name, *place.aliases)} - {""}


def _chains(places: list[PlaceEntry], above: tuple[PlaceEntry, ...]) -> Iterator[tuple[PlaceEntry, ...]]:
    """Yield each place with those above it, the nearest first."""
    for place in places:
        chain = (place, *above)
        yield chain
        yield from _chains(place.children, chain)

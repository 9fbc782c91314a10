"""Finds the places of a box by the words of its other lines."""

from collections.abc import Iterator

from app.box.contents import Box, PlaceEntry
from app.communities import naming


def places_called(word: str, box: Box) -> list[PlaceEntry]:
    """Return the places of a box a word may mean, in any spelling, also behind the names of places above."""
    chains = list(_chains(box.places, ()))
    exact = [chain[0] for chain in chains if chain[0].name == word]
    if len(exact) == 1:
        return exact
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

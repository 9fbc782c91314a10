"""Ledgers of places (网格、楼栋、单元): what lies in a place that stands in the same file is taken in with it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from app.communities import naming
from app.communities.models import Place
from app.communities.paths import LARGEST_SORT
from app.communities.service import PlaceFinder, level_below, next_sort
from app.core.bulk import Bulk, Made
from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.boxes import ticked
from app.core.sheets.filling import seen
from app.core.sheets.ledger import Draft, Ledger, Sight
from app.core.sheets.values import Reason
from app.imports.derived import ledger_of
from app.ledgers.keeper import Keeper
from app.ledgers.world import World

ABOVE: Final = "parent"
"""The column that says in which place another one lies."""
WORDS: Final = "lies_in"
"""What the columns of a row say of that, the widest place first."""
SEGMENT: Final = len("00000000/")
"""How much longer a path is than that of the place above."""


def ledger(view: Any) -> Ledger:
    """Return the ledger of places: what they lie in is found once all rows are known."""
    own = ledger_of(view)
    columns = tuple(replace(one, read=_above) if one.key == ABOVE else one for one in own.columns)

    def finish(draft: Draft, sight: Sight) -> None:
        _be_the_last(draft)
        own.finish(draft, sight)

    return replace(own, columns=columns, several=frozenset({ABOVE}), finish=finish)


def _above(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    text = " ".join(seen(ticked(values.text(cell))).split())
    if text:
        words = [*draft.meant.get(WORDS, ()), text]
        draft.meant[WORDS], draft.said[key] = words, " ".join(words)


def _be_the_last(draft: Draft) -> None:
    """Let a row that only says what lies above be about the last of these: a grid without any of its buildings."""
    words = draft.meant.get(WORDS)
    nameless = [one for one in draft.troubles if (one.reason, one.field) == (Reason.MISSING, "name")]
    if not words or not nameless:
        return
    draft.troubles.remove(nameless[0])
    draft.said["name"] = draft.meant["name"] = words.pop()
    draft.said[ABOVE] = " ".join(words)
    if not words:
        del draft.meant[WORDS], draft.said[ABOVE]


class PlaceKeeper(Keeper):
    """Takes in places, each below the one it lies in, whether that is known or stands in the file itself."""

    model: ClassVar[Any] = Place
    view: Any = None

    def __init__(self, ledger: Ledger, world: World) -> None:
        super().__init__(ledger, world)
        self.finder = PlaceFinder(world.community)
        self.lying = {_spot(place): place for place in self.finder.places.values()}
        self.sorts: dict[Place | None, int] = {}
        """Which one the next place below another one will be."""
        self.above: Place | None = None
        """What the row that is just looked at lies in."""
        self.places: dict[tuple[str, int], Place] = {}
        """The place each row is, known or new."""

    def look(self, drafts: Sequence[Draft]) -> None:
        """Decide of each row once it is known what it lies in, wherever in the file that stands."""
        good = [draft for draft in drafts if not draft.troubles]
        waiting = list(zip(good, [None, *good], strict=False))
        while left := [pair for pair in waiting if not self._is_put(*pair)]:
            if len(left) == len(waiting):
                break
            waiting = left
        for draft, _before in left:
            draft.reject(Reason.PLACE, ABOVE, " ".join(draft.meant[WORDS]))

    def _is_put(self, draft: Draft, before: Draft | None) -> bool:
        """Decide of a row if what it lies in is known by now. `before`: the row above it."""
        found = self._lies_in(draft, before)
        if len(found) == 1:
            self._put(draft, found[0])
        return len(found) == 1

    def _lies_in(self, draft: Draft, before: Draft | None) -> Sequence[Place | None]:
        """Return the places a row may lie in; in a list in the order of the tree, the one of the rows right above."""
        words = draft.meant.get(WORDS)
        if words is None:
            return [None]
        found = self.finder.find("".join(words)) or self.finder.find("".join(reversed(words)))
        if len(found) < 2 or before is None or before.sheet != draft.sheet:
            return found
        last = self.places.get((before.sheet, before.row))
        return [place for place in found if last is not None and last.path.startswith(place.path)] or found

    def _put(self, draft: Draft, above: Place | None) -> None:
        name = draft.meant["name"]
        if above is not None:
            draft.said[ABOVE] = above.name
            known = self.lying.get((above.path, naming.key(name)))
        else:
            known = self.lying.get(("/", naming.key(name))) or next(iter(self.finder.find(name)), None)
        if known is None:
            self._add(draft, above)
        elif known.id is not None:
            self.meet(draft, known.id)
        else:
            self._repeat(draft, known)
        if known is not None:
            self.places[draft.sheet, draft.row] = known

    def _add(self, draft: Draft, above: Place | None) -> None:
        self.above = above
        self.check(draft)
        place = self.built[draft.sheet, draft.row]
        if not draft.troubles:
            self.places[draft.sheet, draft.row] = self.lying[_spot(place)] = place
            self.seen[place] = draft
            self.finder.add(place)

    def _repeat(self, draft: Draft, known: Place) -> None:
        first = self.seen[known]
        self.repeat(draft, first)
        # The place is there already, and others may lie in it.
        for name, value in self.world.columns(Place, first.meant).items():
            setattr(known, name, value)
        self.built[first.sheet, first.row] = known

    def key(self, draft: Draft) -> str:
        """The name, and what it lies in."""
        return "name"

    def build(self, draft: Draft) -> Place:
        """Return the new place, behind its neighbours."""
        place: Place = super().build(draft)
        place.community, place.parent = self.world.community, self.above
        if "level" not in draft.meant:
            place.level = level_below(place.community, self.above)
        if self.above not in self.sorts:
            self.sorts[self.above] = next_sort(self.world.community, self.above)
        place.sort = self.sorts[self.above]
        self.sorts[self.above] = min(place.sort + 1, LARGEST_SORT)
        return place

    def write(self, drafts: Sequence[Draft], bulk: Bulk) -> Iterable[tuple[Draft, Made]]:
        """Make the places ready to be written, those others lie in first."""

        def depth(draft: Draft) -> int:
            place = self.places.get((draft.sheet, draft.row))
            return place.depth if place is not None else 0

        return super().write(sorted(drafts, key=depth), bulk)


def _spot(place: Place) -> tuple[str, str]:
    """Return what no two open places have in common: the path of what they lie in, and the name in any spelling."""
    return place.path[:-SEGMENT], naming.key(place.name)

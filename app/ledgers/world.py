"""One community as its ledgers see it: its day, its places and categories, and whatever else their words may mean."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import inspect as sa_inspect
from sqlalchemy import or_, select

from app.communities.models import Category, Community, Place, PlaceKind
from app.communities.service import PlaceFinder, today_for
from app.core import clock
from app.core.access import OutOfScope
from app.core.actor import Actor, acting, current
from app.core.display import titled
from app.core.fields import RELATED, Shape, facts, shape
from app.core.sheets.ledger import Draft, Found
from app.extensions import db

NAMES: Final = ("name", "title", "code", "number")
"""The columns under which people name a row of another list."""
AT_ONCE: Final = 500
"""How many values one statement asks for."""

Imported = Callable[[str, Sequence[str]], Mapping[str, int]]
"""Tells which rows of a list came from these lines of ledgers, by their fingerprint."""


class World:
    """What is known of the community while its ledgers are read and written.

    `history`: whether states and results of old ledgers are taken over. `imported`: what earlier ledgers brought.
    `drafts`: every row of the ledgers read together, by sheet and number.
    """

    def __init__(self, community: Community, history: bool = False, imported: Imported | None = None) -> None:
        self.community = community
        self.community_id = community.id
        self.today: date = today_for(community)
        self.history = history
        self.imported: Imported = imported or (lambda listing, fingerprints: {})
        self.drafts: dict[tuple[str, int], Draft] = {}
        self.named: set[tuple[str, int]] = set()
        """Rows of other sheets that rows that were asked for name."""
        self.memo: dict[Any, Any] = {}
        self._places: PlaceFinder | None = None
        self._found: dict[tuple[type, str], Found] = {}
        self._rows: dict[tuple[type, int], Any] = {}
        self._read: dict[type, Mapping[str, tuple[Any, Callable[[Any], Any] | None]]] = {}

    def find(self, model: type, words: str) -> Found:
        """Return the rows of a model these words may mean."""
        known = self._found.get((model, words))
        if known is None:
            rows = list(self._look_for(model, words))
            known = self._found[model, words] = [(row.id, titled(row)) for row in rows]
            self._rows.update(((model, row.id), row) for row in rows)
        return known

    def _look_for(self, model: Any, words: str) -> Iterable[Any]:
        if model is Place:
            return self._finder.find(words)
        named = [getattr(model, name) for name in NAMES if hasattr(model, name)]
        wanted = select(model).where(model.community_id == self.community_id, or_(*(one == words for one in named)))
        if model is Category:
            return [row for row in db.session.scalars(wanted) if row.is_open]
        if getattr(model, "archived_at", None) is not None:
            wanted = wanted.where(model.archived_at.is_(None))
        return list(db.session.scalars(wanted.limit(2)))

    @property
    def _finder(self) -> PlaceFinder:
        self._places = self._places or PlaceFinder(self.community)
        return self._places

    def keeps(self, kind: PlaceKind) -> bool:
        """Tell whether the community has open places of a kind."""
        return any(place.kind is kind for place in self._finder.places.values())

    def own_community(self) -> Community:
        """Return the community, in whatever transaction."""
        return db.session.get_one(Community, self.community_id)

    def forget_rows(self) -> None:
        """Ask for rows again: a transaction has begun."""
        self._rows.clear()

    def row(self, model: Any, pk: int, among: Iterable[int] = ()) -> Any:
        """Return a row by its id; asked for once. `among`: the rows that will be asked for too."""
        if (model, pk) not in self._rows:
            self.ask(model, among)
        if (model, pk) not in self._rows:
            self._rows[model, pk] = db.session.get(model, pk)
        return self._rows[model, pk]

    def gather(self, model: type, drafts: Iterable[Draft]) -> None:
        """Ask at once for the rows that drafts of a model name."""
        related = {name: form for name, (form, _read) in self._known(model).items() if form and form.kind in RELATED}
        named: dict[type, list[int]] = {}
        for draft in drafts:
            for name in related.keys() & draft.meant.keys():
                plain = draft.meant[name]
                named.setdefault(related[name].target, []).extend(plain if isinstance(plain, list) else [plain])
        for target, keys in named.items():
            self.ask(target, keys)

    def ask(self, model: Any, keys: Iterable[int | None]) -> None:
        """Ask at once for rows by their ids, which `row` then returns."""
        for some in batches(pk for pk in keys if pk is not None and (model, pk) not in self._rows):
            rows = db.session.scalars(select(model).where(model.id.in_(some)))
            self._rows.update(((model, row.id), row) for row in rows)

    def _known(self, model: type) -> Mapping[str, tuple[Any, Callable[[Any], Any] | None]]:
        if model not in self._read:
            self._read[model] = _readers(model)
        return self._read[model]

    def columns(self, model: type, meant: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a draft means as values of a model's columns and relations."""
        known = self._known(model)
        found = {}
        for name, plain in meant.items():
            if name in known:
                form, read = known[name]
                found[name] = read(plain) if read is not None else self.value(form, plain)
        return found

    def value(self, form: Shape, plain: Any) -> Any:
        """Return one value of a column from JSON."""
        if plain is None or form.kind not in RELATED:
            return value_of(form, plain)
        if form.kind == "one":
            return self.row(form.target, plain)
        return [self.row(form.target, pk) for pk in plain]


@contextmanager
def widely() -> Iterator[None]:
    """Look and write beyond the sight of who acts: a row may be about somebody they do not see."""
    actor = current()
    if actor is None:
        raise OutOfScope
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        yield


def _moment(plain: Any, form: Shape) -> datetime:
    return clock.parse_local(plain)


_READ_ONCE: Final = frozenset({"choice", "date", "instant"})
_VALUES: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "choice": lambda plain, form: form.choices(plain),
    "date": lambda plain, form: date.fromisoformat(plain),
    "instant": _moment,
    "worded": lambda plain, form: form.worded.of(plain),
}


def value_of(form: Shape, plain: Any) -> Any:
    """Return a value of a column that names no rows, from JSON."""
    reader = _VALUES.get(form.kind)
    return reader(plain, form) if reader is not None and plain is not None else plain


def _readers(model: type) -> Mapping[str, tuple[Any, Callable[[Any], Any] | None]]:
    """Return of each column and relation of a model its shape, and what reads its words, of equal ones each once.

    What reads them is None where rows are named.
    """
    found: dict[str, tuple[Any, Callable[[Any], Any] | None]]
    found = dict.fromkeys(sa_inspect(model).attrs.keys(), (None, _same))
    for name in facts(model):
        form = shape(model, name)
        read = None if form.kind in RELATED else partial(value_of, form) if form.kind in _VALUES else _same
        found[name] = form, cache(read) if read is not None and form.kind in _READ_ONCE else read
    return found


def _same(plain: Any) -> Any:
    return plain


def pairs(statement: Any) -> dict[Any, int]:
    """Return what a statement of two columns finds: the second by the first."""
    return {row[0]: row[1] for row in db.session.execute(statement)}


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield different values, so many at once as one statement asks for."""
    some = list(dict.fromkeys(values))
    for start in range(0, len(some), AT_ONCE):
        yield some[start : start + AT_ONCE]

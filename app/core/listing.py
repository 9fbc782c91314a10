"""What a list page is asked to show: filters, order and page, read from the address.

An unknown column, filter or page is answered with 400; nothing of the request is kept between requests.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement
from werkzeug.datastructures import MultiDict

from app.core import checks, clock, scope
from app.core.addresses import BadQuery, day_of, digits, meaning, month_of, reaches, unknown
from app.core.fields import RELATED, Shape, Text, facts, shape
from app.core.probing import MOST, Found, probe
from app.extensions import db

COUNTED: Final = 10_000
"""Rows are counted up to here; beyond it the page says “more than 10,000”."""
LARGEST_PAGE: Final = 200
DEFAULT_PAGE: Final = 25
LONGEST_SEARCH: Final = 100
DEEPEST_PAGE: Final = 1_000_000
PLACES: Final = ("page", "past")
"""What an address says of the place in the list, and not of what is asked for."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A named filter of a list, such as “overdue”."""

    label: Text
    where: Callable[[], ColumnElement[bool]]
    in_month: Callable[[date], ColumnElement[bool]] | None = None
    """The same of a month, told by its first day: the filter is then asked for as name:2026-10."""

    def asked(self, month: str) -> tuple[ColumnElement[bool], str]:
        """Return the SQL and the words of the filter, of a month where one is said. Raises BadQuery."""
        if not month:
            return self.where(), str(self.label)
        if self.in_month is None:
            raise BadQuery(unknown(month))
        return self.in_month(month_of(month)), gettext("%(label)s, %(month)s", label=self.label, month=month)


@dataclass(frozen=True)
class Offer:
    """What a list lets people ask for."""

    model: Any
    filters: tuple[str, ...]
    orders: tuple[str, ...]
    default_order: tuple[str, str]
    quick: Mapping[str, Quick] = field(default_factory=dict)
    may_search: Callable[[], bool] | None = None
    """Whether the actor may search the list by words; not said: where it has columns that are looked through."""

    @property
    def is_sought(self) -> bool:
        """Tell whether the actor may search the list by words."""
        return self.may_search() if self.may_search is not None else bool(self.searched)

    @property
    def searched(self) -> list[str]:
        """Return the columns the search box looks through."""
        return [name for name, fact in facts(self.model).items() if fact.searched]


@dataclass(frozen=True)
class Query:
    """One reading of an address: conditions, order, page. `chips` are the filters in words, with what removes them."""

    offer: Offer
    where: tuple[ColumnElement[bool], ...] = ()
    order: tuple[str, str] = ("id", "desc")
    page: int = 1
    size: int = DEFAULT_PAGE
    archived: bool = False
    text: str = ""
    past: int = 0
    """The id of the row the page begins behind; with a minus, of the row it ends before; 0: it is counted off."""
    chips: tuple[tuple[str, str, str], ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    """The columns a file of the rows has; empty: all it may have."""
    rows_picked: tuple[tuple[str, str, str], ...] = ()
    memo: dict[str, Found] = field(default_factory=dict, compare=False, repr=False)
    """What the search came to, once it has been asked."""

    @property
    def most(self) -> int:
        """Return up to how many rows are counted."""
        return MOST if self.text and self.found.is_counted else COUNTED

    @property
    def found(self) -> Found:
        """Return what the search by words came to."""
        if "found" not in self.memo:
            self.memo["found"] = probe(self.offer.model, self.text, self._kept_apart)
        return self.memo["found"]

    @property
    def _kept_apart(self) -> ColumnElement[bool]:
        archived = self.offer.model.archived_at
        apart: ColumnElement[bool] = archived.is_not(None) if self.archived else archived.is_(None)
        return apart

    def at(self, page: int) -> "Query":
        """Return the same query at another page."""
        return replace(self, page=page)

    def value(self, name: str) -> str:
        """Return what was asked for under this name."""
        return next((value for key, value in self.asked if key == name), "")

    def picked(self, name: str) -> tuple[str, str]:
        """Return id and words of the row chosen in a filter."""
        return self.value(name), next((row for key, _value, row in self.rows_picked if key == name), "")

    def without(self, name: str, value: str) -> list[tuple[str, str]]:
        """Return the address without one filter."""
        return [pair for pair in self.asked if pair != (name, value)]

    def ordered(self, name: str) -> list[tuple[str, str]]:
        """Return the address ordered by a column; the other way round if it is already. The page begins anew."""
        turned = "-" if self.order == (name, "asc") else ""
        return [*(pair for pair in self.asked if pair[0] != "order"), ("order", f"{turned}{name}")]

    def sized(self, size: int) -> list[tuple[str, str]]:
        """Return the address with another page size, from the first page."""
        return [*(pair for pair in self.asked if pair[0] != "size"), ("size", str(size))]

    def at_row(self, index: int) -> list[tuple[str, str]]:
        """Return what tells a detail page which list it was opened from, and where in it."""
        place = ("at", str((self.page - 1) * self.size + index))
        return [("in", urlencode(self.asked)), place] if self.asked else [place]

    def around(self, position: int) -> list[tuple[int, int]]:
        """Return position and id of the rows before, at and after a position of the list."""
        first = max(position - 1, 0)
        statement = self._ordered(self._filtered(select(self.offer.model.id))).limit(position - first + 2).offset(first)
        return list(enumerate(db.session.scalars(statement), first))

    def paged(self, page: int, past: int = 0) -> list[tuple[str, str]]:
        """Return the address of another page; `past`: as the query says it, where it lies beside this one."""
        beside = [("past", str(past))] if past and page > 1 else []
        return [*self.asked, ("page", str(page)), *beside]

    def rows(self, *options: Any) -> list[Any]:
        """Return the rows of the page, their relations loaded as the options say."""
        model, skipped = self.offer.model, (self.page - 1) * self.size
        wanted = self._filtered(select(model))
        if skipped or (self.text and self.found.total is not None):
            # The rows before are counted off in the index, those found by words sorted by themselves; only those of
            # the page are read with what hangs on them.
            ids = self._ordered(self._filtered(select(model.id))).limit(self.size).offset(skipped).subquery()
            wanted = select(model).join(ids, ids.c.id == model.id)
        statement = self._ordered(wanted).options(*options)
        return list(db.session.scalars(statement.limit(self.size)))

    def picked_columns(self, columns: Iterable[Any], most: int) -> list[list[Any]]:
        """Return these columns, each with the values of the first rows, at most so many; the page does not matter."""
        return scope.by_column(self._ordered(self._filtered(select(*columns))).limit(most))

    def counts(self, column: Any) -> dict[Any, int]:
        """Return how many rows match, by the value of a column."""
        counted = self._filtered(select(column, func.count(self.offer.model.id))).group_by(column)
        return dict(db.session.execute(counted).all())

    def total(self) -> int:
        """Return how many rows match, or one more than `most`."""
        if self.text and not self.where and self.found.is_counted:
            return self.most + 1 if self.found.total is None else self.found.total
        return self.count(self.most + 1)

    def count(self, limit: int | None = None) -> int:
        """Return how many rows match, at most `limit`."""
        found = self._filtered(select(self.offer.model.id)).limit(limit).subquery()
        return db.session.scalar(select(func.count()).select_from(found)) or 0

    def _filtered(self, statement: Select[Any]) -> Select[Any]:
        by_words = [self.found.where] if self.text else []
        return statement.where(self._kept_apart, *self.where, *by_words)

    def _ordered(self, statement: Select[Any]) -> Select[Any]:
        name, direction = self.order
        column = getattr(self.offer.model, name)
        # Without the id as tie-breaker two pages could show the same row.
        last = self.offer.model.id
        parts = (column, last) if name != "id" else (last,)
        if not self.archived and _in_order_only_behind(self.offer.model, name):
            parts = (self.offer.model.archived_at, *parts)
        return statement.order_by(*(part.desc() if direction == "desc" else part.asc() for part in parts))


def _in_order_only_behind(model: Any, name: str) -> bool:
    """Tell whether an order is that of an index only together with `archived_at`, which is empty in all these rows.

    PostgreSQL does not see that a column which must be empty orders nothing, and would sort the whole list.
    """
    return db.engine.dialect.name == "postgresql" and name in behind_archived(model)


@cache
def behind_archived(model: Any) -> frozenset[str]:
    """Return the columns in whose order an index holds the rows of a list that are not archived."""
    keys = [[column.name for column in index.columns] for index in model.__table__.indexes]
    return frozenset(name for names in keys if names[:2] == ["community_id", "archived_at"] for name in names[2:])


def counted(total: int, most: int) -> str:
    """Return how many rows there are as it is shown, where at most so many are counted."""
    if total <= most:
        return str(total)
    return gettext("10,000+") if most == COUNTED else f"{most}+"


def read(offer: Offer, args: MultiDict[str, str]) -> Query:
    """Read an address. Raises BadQuery with the sentence for the person."""
    reader = _Reader(offer, args)
    for name in args:
        reader.take(name, args.getlist(name))
    return reader.query()


class _Reader:
    """Collects what one address asks for."""

    def __init__(self, offer: Offer, args: MultiDict[str, str]) -> None:
        self.offer = offer
        self.args = args
        self.where: list[ColumnElement[bool]] = []
        self.chips: list[tuple[str, str, str]] = []
        self.plain: dict[str, Any] = {}
        self.rows_picked: list[tuple[str, str, str]] = []

    def query(self) -> Query:
        asked = tuple((k, v) for k, v in self.args.items(multi=True) if k not in PLACES and v != "")
        order = self.plain.pop("order", self.offer.default_order)
        return Query(
            self.offer,
            tuple(self.where),
            order,
            chips=tuple(self.chips),
            asked=asked,
            rows_picked=tuple(self.rows_picked),
            **self.plain,
        )

    def take(self, name: str, values: list[str]) -> None:
        values = [value for value in values if value != ""]
        for value in values:
            if checks.visible(value) is not None:
                raise BadQuery(gettext("There are invisible control characters in the address."))
        if not values:
            return
        special = {"page": self._page, "past": self._past, "size": self._size, "order": self._order, "q": self._search}
        special |= {"archived": self._archived, "quick": self._quick}
        if name in special:
            special[name](values[-1])
        else:
            self._filter(name, values)

    def _page(self, value: str) -> None:
        number = digits(value)
        if number is None or not 1 <= number <= DEEPEST_PAGE:
            raise BadQuery(gettext("There is no page “%(page)s”.", page=value[:20]))
        self.plain["page"] = number

    def _past(self, value: str) -> None:
        number = digits(value.removeprefix("-"))
        if number is None:
            raise BadQuery(unknown("past"))
        self.plain["past"] = -number if value.startswith("-") else number

    def _size(self, value: str) -> None:
        number = digits(value)
        if number is None:
            raise BadQuery(gettext("“%(size)s” is not a page size.", size=value[:20]))
        self.plain["size"] = min(max(number, 1), LARGEST_PAGE)

    def _order(self, value: str) -> None:
        name = value.removeprefix("-")
        if name not in self.offer.orders:
            raise BadQuery(gettext("This list cannot be ordered by “%(name)s”.", name=name[:40]))
        self.plain["order"] = (name, "desc" if value.startswith("-") else "asc")

    def _search(self, value: str) -> None:
        text = value.strip()[:LONGEST_SEARCH]
        if not text:
            return
        if not self.offer.is_sought:
            raise BadQuery(gettext("This list has no search."))
        self.plain["text"] = text
        self._chip("q", value, gettext("Search: %(text)s", text=text))

    def _archived(self, value: str) -> None:
        if value not in ("0", "1"):
            raise BadQuery(unknown("archived"))
        self.plain["archived"] = value == "1"
        if value == "1":
            self._chip("archived", value, gettext("Archived"))

    def _quick(self, value: str) -> None:
        name, _colon, month = value.partition(":")
        quick = self.offer.quick.get(name)
        if quick is None:
            raise BadQuery(unknown(value))
        where, words = quick.asked(month)
        self.where.append(where)
        self._chip("quick", value, words)

    def _filter(self, name: str, values: list[str]) -> None:
        column, bound = _split(name, self.offer)
        if column not in self.offer.filters:
            raise BadQuery(unknown(name))
        form = shape(self.offer.model, column)
        if bound:
            self._bound(name, column, bound, form, values[-1])
        else:
            self._equal(name, column, form, values)

    def _bound(self, name: str, column: str, bound: str, form: Shape, value: str) -> None:
        day = day_of(value)
        attribute: Any = getattr(self.offer.model, column)
        if form.kind == "instant":
            limit: Any = clock.day_starts(day) if bound == "from" else clock.day_ends(day)
            self.where.append(attribute >= limit if bound == "from" else attribute < limit)
        else:
            self.where.append(attribute >= day if bound == "from" else attribute <= day)
        label = facts(self.offer.model)[column].label
        words = gettext("%(label)s from %(day)s", label=label, day=day)
        self._chip(name, value, words if bound == "from" else gettext("%(label)s until %(day)s", label=label, day=day))

    def _equal(self, name: str, column: str, form: Shape, values: list[str]) -> None:
        attribute: InstrumentedAttribute[Any] = getattr(self.offer.model, column)
        picked = [meaning(form, value, name) for value in values]
        label = facts(self.offer.model)[column].label
        for value, (_stored, words) in zip(values, picked, strict=True):
            self._chip(name, value, gettext("%(label)s: %(words)s", label=label, words=words))
        if form.kind in RELATED:
            self.where.append(or_(*(reaches(self.offer.model, column, row) for row, _words in picked)))
            self.rows_picked += [(name, value, words) for value, (_row, words) in zip(values, picked, strict=True)]
        else:
            stored = [one for one, _words in picked if one is not None]
            self.where.append(or_(attribute.in_(stored), *([attribute.is_(None)] if len(stored) < len(picked) else [])))

    def _chip(self, name: str, value: str, words: str) -> None:
        self.chips.append((name, value, words))


def _split(name: str, offer: Offer) -> tuple[str, str]:
    for bound in ("from", "to"):
        column = name.removesuffix(f"_{bound}")
        if column != name and column in offer.filters and shape(offer.model, column).kind in ("date", "instant"):
            return column, bound
    if name in offer.filters and shape(offer.model, name).kind in ("date", "instant"):
        raise BadQuery(unknown(name))
    return name, ""

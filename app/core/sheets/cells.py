"""The columns of a list as cells of a sheet: which are handed out, and how each value is said.

Nothing here shows more than everybody who may export may see: sensitive columns stand masked for all, and phones and
identity numbers in free texts too, unless a second person has approved that they stand open (`raw`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import DateTime, String, select, type_coerce
from sqlalchemy.orm import aliased

from app.core import clock, display, masking, sealing
from app.core.fields import Field, Shape, facts, shape
from app.core.sheets.paper import Column, Value, is_empty
from app.core.sheets.titles import Titles
from app.extensions import db

SEVERAL: Final = "、"
"""Stands between several values of one cell."""
NARROWEST: Final = 8
WIDEST: Final = 40
WIDTHS: Final = {"choice": 12, "flag": 8, "date": 12, "instant": 17, "number": 9, "decimal": 10} | {
    "list": 20,
    "worded": 24,
    "one": 20,
    "many": 24,
}
KINDS: Final = {"date": "day", "instant": "moment", "number": "number", "decimal": "number"}

Said = Callable[[Sequence[Any], Sequence[str]], Sequence[Any]]
"""Says stored values of a column as cells; with them come the uids of their rows."""


def names_of(model: Any) -> list[str]:
    """Return the columns of a list that stand in its sheets."""
    return [name for name, field in facts(model).items() if field.sheet]


def column_of(model: Any, name: str) -> Column:
    """Return a column as a sheet has it."""
    field, form = facts(model)[name], shape(model, name)
    kind = "text" if field.mask or field.sealed else KINDS.get(form.kind, "text")
    return Column(str(field.label), kind, _width(field, form))


def _width(field: Field, form: Shape) -> int:
    if field.width:
        return max(field.width, NARROWEST)
    # A Chinese character is as wide as two others.
    return WIDTHS.get(form.kind) or min(max(2 * (form.limit or WIDEST) // 3, 14), WIDEST)


class Cells:
    """Says the rows of a model as cells, a batch at a time."""

    def __init__(self, model: Any, names: Sequence[str], raw: bool = False) -> None:
        self.model, self.names, self.raw = model, names, raw
        self.titles = Titles(raw)
        self.forms = {name: shape(model, name) for name in names}
        self.many = [name for name in names if self.forms[name].kind == "many"]
        self.stored = [name for name in names if name not in self.many]
        self._sayers = [self._sayer(name) for name in self.stored]

    @property
    def columns(self) -> list[Any]:
        """Return what is asked of the database for each row, besides `id` and `uid`."""
        return [self._column(name) for name in self.stored]

    def _column(self, name: str) -> Any:
        field, form = facts(self.model)[name], self.forms[name]
        column = getattr(self.model, form.column or name)
        # The code is all that is needed to say a choice; a moment, and what is sealed, is said from what is kept.
        kept = String if field.sealed else {"choice": String, "instant": DateTime}.get(form.kind)
        return type_coerce(column, kept).label(name) if kept is not None else column

    def said(self, rows: Sequence[Any]) -> list[Sequence[Value]]:
        """Return the cells of rows of `id`, `uid` and `columns`, in the order of the names."""
        columns = list(zip(*rows, strict=True)) or [()] * (len(self.stored) + 2)
        return list(zip(*self.by_column(*columns), strict=True))

    def by_column(self, ids: Sequence[int], uids: Sequence[str], *held: Sequence[Any]) -> list[Sequence[Value]]:
        """Return the same column by column, which costs no step for each of the many cells that are empty."""
        stored = dict(zip(self.stored, held, strict=True))
        self._load(stored)
        found = {
            name: values if is_empty(values) else say(values, uids)
            for (name, values), say in zip(stored.items(), self._sayers, strict=True)
        }
        for name in self.many:
            listed = self._listed(name, ids)
            found[name] = [listed.get(pk) for pk in ids]
        return [found[name] for name in self.names]

    def _load(self, stored: Mapping[str, Sequence[Any]]) -> None:
        wanted: dict[Any, list[int | None]] = {}
        for name, numbers in stored.items():
            if self.forms[name].kind == "one":
                wanted.setdefault(self.forms[name].target, []).extend(numbers)
        for target, numbers in wanted.items():
            self.titles.load(target, numbers)

    def _listed(self, name: str, ids: Sequence[int]) -> Mapping[int, str]:
        """Return by row what the rows it names are called: those in sight, in the order they were made."""
        target: Any = self.forms[name].target
        other: Any = aliased(target)
        pairs = select(self.model.id, other.id).join(getattr(self.model, name).of_type(other))
        found: dict[int, list[int]] = {}
        for pk, number in db.session.execute(pairs.where(self.model.id.in_(ids)).order_by(other.id)):
            found.setdefault(pk, []).append(number)
        self.titles.load(target, [number for numbers in found.values() for number in numbers])
        said = {pk: [self.titles.of(target, number) or "" for number in numbers] for pk, numbers in found.items()}
        return {pk: SEVERAL.join(filter(None, titles)) for pk, titles in said.items()}

    # -- values -----------------------------------------------------------------------------------------------------

    def _sayer(self, name: str) -> Said:
        field, form = facts(self.model)[name], self.forms[name]
        is_hidden = (field.mask or field.sealed) and not self.raw
        if field.sealed:
            plain = self._opened(name)
        else:
            # The texts of a list stay apart where each is masked by itself.
            plain = _as_they_are if is_hidden and form.kind == "list" else self._plain(form)
        if is_hidden:
            return _masked(plain, field)
        if self.raw:
            return _joined(plain) if form.kind == "list" else plain
        return _careful(plain) if form.kind in ("text", "list", "worded") else plain

    def _plain(self, form: Shape) -> Said:
        """Return what says values as they are."""
        if form.kind == "choice":
            return _by({member.value: str(member.label) for member in form.choices or ()})
        if form.kind == "flag":
            return _by({True: gettext("Yes"), False: gettext("No")})
        if form.kind == "one":
            return lambda values, uids: self.titles.named(form.target, values)
        sayers: dict[str, Said] = {
            "instant": lambda values, uids: [clock.wall(one) if one is not None else None for one in values],
            "list": lambda values, uids: [SEVERAL.join(one) if one is not None else None for one in values],
            "worded": lambda values, uids: [str(one) if one is not None else None for one in values],
        }
        return sayers.get(form.kind, _as_they_are)

    def _opened(self, name: str) -> Said:
        """Return what opens sealed values."""

        # Keys may be replaced at any time: each batch has its own.
        return lambda values, uids: sealing.opened_all(self.model, name, values, uids)


def _as_they_are(values: Sequence[Any], uids: Sequence[str]) -> Sequence[Any]:
    return values


def _by(words: Mapping[Any, str]) -> Said:
    known: dict[Any, str | None] = {None: None, **words}
    return lambda values, uids: [known[one] for one in values]


def _joined(plain: Said) -> Said:
    """Say lists, which may have been sealed, in one text each."""

    def say(values: Sequence[Any], uids: Sequence[str]) -> Sequence[Value]:
        return [SEVERAL.join(said) if isinstance(said, list) else said for said in plain(values, uids)]

    return say


def _masked(plain: Said, field: Field) -> Said:
    mask = field.mask or (lambda text: display.EMPTY)

    def hidden(said: Any) -> str | None:
        if isinstance(said, list):
            return SEVERAL.join(mask(str(one)) for one in said)
        return mask(str(said)) if said not in (None, "") else None

    def say(values: Sequence[Any], uids: Sequence[str]) -> Sequence[Value]:
        found = plain(values, uids)
        if list in map(type, found):
            return [hidden(said) for said in found]
        # The same value stands in many rows.
        known = {said: mask(str(said)) for said in {*found} - {None, ""}}
        return [*map(known.get, found)]

    return say


def _careful(plain: Said) -> Said:
    def say(values: Sequence[Any], uids: Sequence[str]) -> Sequence[Value]:
        found = plain(values, uids)
        if not masking.tells_numbers(" ".join(filter(None, found))):
            return found
        return [masking.free_text(said) if said else said for said in found]

    return say

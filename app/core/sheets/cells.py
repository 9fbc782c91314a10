"""The columns of a list as cells of a sheet: which are handed out, and how each value is said.

Nothing here shows more than everybody who may export may see: sensitive columns stand masked for all, and phones and
identity numbers in free texts too, unless a second person has approved that they stand open (`raw`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import aliased

from app.core import clock, display, masking, sealing
from app.core.fields import Field, Shape, facts, shape
from app.core.sheets.paper import Column, Value
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
_NUMBER: Final = re.compile(r"\d{11}")

Said = Callable[[Any, str], Value]
"""Says a stored value of the row with this uid as a cell."""


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
        self._openers: dict[str, Said] = {}
        self._sayers = [self._sayer(name) for name in self.stored]

    @property
    def columns(self) -> list[Any]:
        """Return what is asked of the database for each row, besides `id` and `uid`."""
        return [self._column(name) for name in self.stored]

    def _column(self, name: str) -> Any:
        form = self.forms[name]
        column = getattr(self.model, form.column or name)
        # The code is all that is needed to say a choice.
        return type_coerce(column, String).label(name) if form.kind == "choice" else column

    def said(self, rows: Sequence[Any]) -> list[list[Value]]:
        """Return the cells of rows of `id`, `uid` and `columns`, in the order of the names."""
        self._load([row[2:] for row in rows])
        self._openers |= {name: sealing.opener(self.model, name) for name in self.stored if self._is_sealed(name)}
        pairs = list(enumerate(self._sayers, 2))
        found = [[say(row[at], row[1]) if row[at] is not None else None for at, say in pairs] for row in rows]
        for name in self.many:
            listed = self._listed(name, [row[0] for row in rows])
            for row, cells in zip(rows, found, strict=True):
                cells.insert(self.names.index(name), listed.get(row[0]))
        return found

    def _is_sealed(self, name: str) -> bool:
        return facts(self.model)[name].sealed

    def _load(self, rows: Iterable[Sequence[Any]]) -> None:
        ones = [(at, self.forms[name].target) for at, name in enumerate(self.stored) if self.forms[name].kind == "one"]
        wanted: dict[Any, list[int | None]] = {}
        for at, target in ones:
            wanted.setdefault(target, []).extend(row[at] for row in rows)
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
        plain = self._plain(form)
        if field.sealed:
            plain = self._opened(name)
        if self.raw:
            return _joined(plain) if form.kind == "list" else plain
        if field.mask or field.sealed:
            return _masked(plain, field)
        return _careful(plain) if form.kind in ("text", "list", "worded") else plain

    def _plain(self, form: Shape) -> Said:
        """Return what says a value as it is."""
        if form.kind == "choice":
            labels = {member.value: str(member.label) for member in form.choices or ()}
            return lambda value, uid: labels[value]
        if form.kind == "flag":
            words = {True: gettext("Yes"), False: gettext("No")}
            return lambda value, uid: words[value]
        if form.kind == "one":
            target, titles = form.target, self.titles
            return lambda value, uid: titles.of(target, value)
        sayers: dict[str, Said] = {
            "instant": lambda value, uid: clock.local(value).replace(tzinfo=None),
            "list": lambda value, uid: SEVERAL.join(value),
            "worded": lambda value, uid: str(value),
        }
        return sayers.get(form.kind, lambda value, uid: value)

    def _opened(self, name: str) -> Said:
        """Return what opens a sealed value; the texts of a list stay apart, for each is masked by itself."""
        openers = self._openers
        # Asked for when a value is opened: each batch has its own.
        return lambda value, uid: openers[name](value, uid)  # noqa: PLW0108


def _joined(plain: Said) -> Said:
    """Say a list, which may have been sealed, in one text."""

    def say(value: Any, uid: str) -> Value:
        said: Any = plain(value, uid)
        return SEVERAL.join(said) if isinstance(said, list) else said

    return say


def _masked(plain: Said, field: Field) -> Said:
    mask = field.mask or (lambda text: display.EMPTY)

    def say(value: Any, uid: str) -> Value:
        said: Any = value if isinstance(value, list) else plain(value, uid)
        if isinstance(said, list):
            return SEVERAL.join(mask(str(one)) for one in said)
        return mask(str(said)) if said not in (None, "") else None

    return say


def _careful(plain: Said) -> Said:
    def say(value: Any, uid: str) -> Value:
        said = plain(value, uid)
        return masking.free_text(said) if isinstance(said, str) and _NUMBER.search(said) else said

    return say

"""Column facts: what a column is, said once beside it; pages, forms, filters, sheets and masks derive from them."""

import enum
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Protocol, Self

from sqlalchemy import JSON, String, TypeDecorator
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty

from app.core.sealed import Sealed


class Text(Protocol):
    """A text or a lazily translated one."""

    def __str__(self) -> str: ...


Check = Callable[[Any], Text | None]
"""Looks at a value and answers with what is wrong with it, or None."""

Mask = Callable[[str], str]
"""Turns a value into what may be shown of it."""


class Labelled(enum.Enum):
    """A choice: the value is the stored code, the label stands beside it.

    A choice whose meaning should be seen at a glance also has a tone (info, plan, busy, good, calm, danger) and an
    icon: word, colour and sign together, never colour alone.
    """

    label: Text
    tone: str
    icon: str

    def __new__(cls, code: str, label: Text, tone: str = "", icon: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = code
        member.label = label
        member.tone = tone
        member.icon = icon
        return member

    def __str__(self) -> str:
        return str(self.label)

    # Each is equal only to itself; thousands are looked up while a ledger is taken in.
    __hash__ = object.__hash__


class NotUnderstood(ValueError):
    """What was written is no value; the text says why. Forms show it beside the field.

    `part`: which of the parts of such a value it is about, where it has named ones.
    """

    def __init__(self, text: Text, part: str = "") -> None:
        super().__init__(text)
        self.part = part


Boxes = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Boxes to tick in rows: of each row what it is called, and of each box what it says in words and its label."""


Blanks = tuple[tuple[str, Text, tuple[tuple[str, str], ...]], ...]
"""Lines to fill in, in sections: of each section a name and its title, and of each line its key and what it says."""


class Worded(ABC):
    """A value of several parts that people write in words and programs as JSON, such as opening times.

    Its words (`str`) can be read again.
    """

    schema: ClassVar[Mapping[str, Any]] = {"type": "array", "items": {"type": "object"}}
    """How it is written in JSON, as JSON Schema says it."""
    boxes: ClassVar[Boxes] = ()
    """Its usual parts, for a form to tick; what a box says can be read like what somebody types."""
    is_chosen: ClassVar[bool] = False
    """Whether a form offers what it may be, instead of having it typed."""

    # The three below are for each kind of value to say; the base itself is no value.

    @classmethod
    @abstractmethod
    def read(cls, text: str) -> Self | None:
        """Read what somebody typed; None where it says nothing. Raises NotUnderstood."""

    @classmethod
    @abstractmethod
    def of(cls, given: Any) -> Self | None:
        """Read JSON; None where it says nothing. Raises NotUnderstood."""

    @abstractmethod
    def plain(self) -> Any:
        """Return it as JSON."""

    @classmethod
    def blanks(cls) -> Blanks:
        """Return its parts, where each has a name and a form gives each a line; its JSON is then an object of them."""
        return ()

    @classmethod
    def offers(cls) -> Sequence[tuple[str, str]]:
        """Return what the actor chooses from, each as it is read and as it is called; empty: it is typed."""
        return ()

    def ticked(self) -> frozenset[str]:
        """Return what the boxes say that stand for a part of it."""
        return frozenset()


class WordedType(TypeDecorator[Worded]):
    """A column of such values, stored as JSON."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: type[Worded]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Worded | None, dialect: Any) -> Any:
        """Store the JSON."""
        return value.plain() if value is not None else None

    def process_result_value(self, value: Any, dialect: Any) -> Worded | None:
        """Give back what was stored."""
        return self.kind.of(value)


class WordedText(WordedType):
    """A column of such values whose JSON is a text of at most `length` characters, which sorts and compares in SQL."""

    impl = String  # type: ignore[assignment]  # narrower on purpose
    cache_ok = True

    def __init__(self, kind: type[Worded], length: int) -> None:
        TypeDecorator.__init__(self, length)
        self.kind = kind
        self.length = length


@dataclass(frozen=True, slots=True)
class Field:
    """The facts of one column.

    `listed`: a column of the list page. `searched`: looked through by the search box. `edited`: part of the forms.
    `sheet`: part of templates, imports and exports. `mask`: how a sensitive value is shown (`!` in the column table);
    `sealed`: masked for every role until revealed (`!!`); the type of the column says so, nobody else. `group`: the
    section it stands in. `width`: of the sheet column and the input, in characters.
    """

    label: Text
    help: Text | None = None
    listed: bool = False
    searched: bool = False
    edited: bool = True
    sheet: bool = True
    mask: Mask | None = None
    sealed: bool = False
    check: Check | None = None
    group: Text | None = None
    width: int | None = None


def about(label: Text, help: Text | None = None, **facts: Any) -> dict[str, Any]:  # noqa: A002 - reads as the fact's name
    """Describe a column; for `info=` of a mapped column or relationship."""
    # FAB's REST converter would send enum values through the translator; codes are what we store and send.
    return {"field": Field(label, help, **facts), "marshmallow_by_value": False}


_FACTS: dict[type, Mapping[str, Field]] = {}
_SHAPES: dict[tuple[type, str], "Shape"] = {}


def facts(model: type) -> Mapping[str, Field]:
    """Return the described columns and relations of a model in the order they were written."""
    if model not in _FACTS:
        _FACTS[model] = _gather(model)
    return _FACTS[model]


def _gather(model: type) -> Mapping[str, Field]:
    mapper: Mapper[Any] = sa_inspect(model)
    found: dict[str, Field] = {}
    for name in _written_order(model):
        prop = mapper.attrs.get(name)
        info = _info(prop)
        if "field" in info:
            found[name] = replace(info["field"], sealed=_is_sealed(prop))
    return found


def _is_sealed(prop: Any) -> bool:
    return isinstance(prop, ColumnProperty) and isinstance(prop.columns[0].type, Sealed)


def _written_order(model: type) -> list[str]:
    names: dict[str, None] = {}
    for klass in model.__mro__:
        # A relation of a mixin is a function there and has no annotation.
        names.update(dict.fromkeys([*inspect.get_annotations(klass), *klass.__dict__]))
    return list(names)


def _info(prop: Any) -> Mapping[str, Any]:
    if isinstance(prop, ColumnProperty):
        return dict(prop.columns[0].info)
    if isinstance(prop, RelationshipProperty):
        return dict(prop.info)
    return {}


RELATED: Final = frozenset({"one", "many"})
"""The kinds that name rows of another list."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of value a described column holds, derived from its mapping."""

    kind: str
    """One of text, choice, flag, date, instant, number, decimal, list, worded, one, many."""
    required: bool
    limit: int | None = None
    choices: type[Labelled] | None = None
    target: type | None = None
    column: str = ""
    default: Any = None
    """What a new row takes when nothing is given: a value, or a function without arguments."""
    worded: type[Worded] | None = None


def shape(model: type, name: str) -> Shape:
    """Return what kind of value the column or relation `name` of `model` holds."""
    if (model, name) not in _SHAPES:
        _SHAPES[model, name] = _form(model, name)
    return _SHAPES[model, name]


def _form(model: type, name: str) -> Shape:
    mapper: Mapper[Any] = sa_inspect(model)
    prop: Any = mapper.attrs[name]
    if isinstance(prop, RelationshipProperty):
        if prop.secondary is not None:
            return Shape("many", required=False, target=prop.mapper.class_, column=name)
        column = next(iter(prop.local_columns))
        return Shape("one", not column.nullable, target=prop.mapper.class_, column=str(column.key))
    column = prop.columns[0]
    required = not column.nullable and column.default is None
    choices = getattr(column.type, "enum_class", None)
    worded = column.type.kind if isinstance(column.type, WordedType) else None
    return Shape(_kind(column), required, _limit(column), choices, column=name, default=_default(column), worded=worded)


def _default(column: Any) -> Any:
    if column.default is None or not column.default.is_callable:
        return getattr(column.default, "arg", None)
    return lambda: column.default.arg(None)


def _kind(column: Any) -> str:
    if getattr(column.type, "enum_class", None):
        return "choice"
    if isinstance(column.type, WordedType):
        return "worded"
    kinds = {"bool": "flag", "date": "date", "datetime": "instant", "int": "number", "Decimal": "decimal"}
    kinds |= {"float": "decimal", "list": "list"}
    stored: Any = column.type
    if isinstance(stored, TypeDecorator) and not isinstance(stored, Sealed):
        stored = stored.impl_instance
    if isinstance(stored, JSON):
        return "list"
    try:
        return kinds.get(stored.python_type.__name__, "text")
    except NotImplementedError:
        # A type of the database that does not say what it is in Python is written and read as text.
        return "text"


def _limit(column: Any) -> int | None:
    return column.type.length if isinstance(column.type, String | Sealed | WordedText) else None

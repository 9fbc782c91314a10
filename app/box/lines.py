"""A box read node by node, so that whatever is wrong can be named with its line.

The nodes are those of YAML; a workbook is read into the same ones, whose marks are then its cells.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, TypeVar

import yaml
from flask_babel import lazy_gettext as _

from app.box.contents import At, BoxError, Complaint, Spot
from app.core import checks
from app.core.fields import Labelled, NotUnderstood, Text, Worded, facts, shape
from app.core.rules import BIGGEST_NUMBER, too_long
from app.core.sheets import text as sheet_text
from app.core.sheets import values
from app.core.sheets.book import Unreadable

LARGEST_FILE: Final = 5 * 1024 * 1024
DEEPEST: Final = 40
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "timestamp"))
_Value = TypeVar("_Value")
_NULL: Final = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Item:
    """A value and the line it is said on."""

    line: At
    key: str
    node: yaml.Node

    @property
    def called(self) -> str:
        """Return what people read over it: its heading in a workbook, else its key."""
        return self.line.heading if isinstance(self.line, Spot) and self.line.heading else self.key

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing stands here."""
        return bool(self.node.tag == _NULL)

    @property
    def has_keys(self) -> bool:
        """Tell whether keys with values stand here."""
        return isinstance(self.node, yaml.MappingNode)


def parse(data: bytes) -> Item | None:
    """Return the root of a YAML file; None if the file is empty. Raises BoxError."""
    if len(data) > LARGEST_FILE:
        raise BoxError([Complaint(0, _("The file is larger than 5 MB."))])
    text = _decoded(data)
    try:
        _refuse_traps(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise BoxError(_tabbed(text) or [Complaint(_line_of(error, text), _NOT_YAML)]) from None
    return None if root is None else Item(_line(root.start_mark), "", root)


_TAB: Final = re.compile(r" *\t\s*\S")
_TABBED: Final = _("The line begins with a tab; use blanks.")
_NOT_YAML: Final = _("From here on this is not YAML; look at indentation, colons and quotation marks.")


def _decoded(data: bytes) -> str:
    """Return the text in any encoding Chinese offices save it in."""
    try:
        return sheet_text.decoded(data)[0]
    except Unreadable:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise BoxError([Complaint(line, _("This is not UTF-8 text; save the file as UTF-8."))]) from None


def _tabbed(text: str) -> list[Complaint]:
    """Name what nobody sees: the lines that begin with a tab where YAML wants blanks."""
    return [Complaint(at, _TABBED) for at, line in enumerate(text.split("\n"), 1) if _TAB.match(line)]


def _line_of(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return min(mark.line, text.count("\n", 0, len(text.rstrip()))) + 1
    # The reader counts in bytes of UTF-8 or in characters, depending on how it was built.
    position: int = getattr(error, "position", 0)
    return text.encode()[:position].count(b"\n") + 1


def _refuse_traps(text: str) -> None:
    """Refuse references, which can make a small file enormous, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if getattr(event, "anchor", None) is not None:
            complaint: Text = _("References with & and * are not allowed; write the values out.")
        elif depth > DEEPEST:
            complaint = _("This is nested too deeply.")
        else:
            continue
        raise BoxError([Complaint(_line(event.start_mark), complaint)])


def _line(mark: Any) -> At:
    return mark if isinstance(mark, Spot) else int(mark.line) + 1


class Lines:
    """Takes values out of nodes and keeps what is wrong with them, instead of stopping at the first."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []

    def wrong(self, line: At, text: Text) -> None:
        """Note what is wrong with a line."""
        self.complaints.append(Complaint(line, text))

    def fields(self, item: Item, known: Collection[str]) -> dict[str, Item] | None:
        """Return what stands under each key; None if these are no keys and values. Empty values are left out."""
        if not isinstance(item.node, yaml.MappingNode):
            self.wrong(item.line, _("Here keys with values are expected, such as “name: …”."))
            return None
        found: dict[str, Item] = {}
        for name, value in self._pairs(item.node):
            if name not in known:
                possible = ", ".join(known)
                self.wrong(value.line, _("Unknown key “%(key)s”; possible here: %(known)s.", key=name, known=possible))
            elif name in found:
                self.wrong(value.line, _("“%(key)s” stands here twice.", key=name))
            else:
                found[name] = value
        return found

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, Item]]:
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            yield name[:40], Item(_line(key.start_mark), name[:40], value)

    def items(self, item: Item | None) -> list[Item]:
        """Return the entries of a list; none if nothing stands here."""
        if item is None or item.is_empty:
            return []
        if not isinstance(item.node, yaml.SequenceNode):
            self.wrong(item.line, _("“%(key)s” must be a list; each entry begins with “- ”.", key=item.called))
            return []
        return [Item(_line(node.start_mark), item.key, node) for node in item.node.value]

    def word(self, item: Item | None) -> str | None:
        """Return a text as it is written, also where YAML would take it for a number or a date."""
        if item is None or item.is_empty:
            return None
        if not isinstance(item.node, yaml.ScalarNode) or item.node.tag not in _PLAIN_TAGS:
            self.wrong(item.line, _("“%(key)s” must be a text.", key=item.called))
            return None
        text: str = item.node.value
        return text.strip() or None

    def text(self, item: Item | None, model: type, column: str) -> str | None:
        """Return a text that fits a column of a model."""
        word = self.word(item)
        if item is None or word is None:
            return None
        is_number = facts(model)[column].check in checks.NUMBERS
        half = (is_number and checks.dialled(word)) or unicodedata.normalize("NFKC", word)
        # Codes and numbers typed in full width are meant in half width; texts that need no form stay as they are.
        word = half if _unfit(word, model, column) and not _unfit(half, model, column) else word
        return self._checked(item, word, _unfit(word, model, column))

    def _checked(self, item: Item, value: _Value, complaint: Text | None) -> _Value | None:
        if complaint is not None:
            self.wrong(item.line, complaint)
            return None
        return value

    def required(self, item: Item | None, line: At, key: str, model: type, column: str) -> str | None:
        """Return a text that must not be missing; `line` is that of the entry it belongs to."""
        if item is None or item.is_empty:
            self.missing(item, line, key)
        return self.text(item, model, column)

    def missing(self, item: Item | None, line: At, key: str) -> None:
        """Note that something is missing."""
        called = item.called if item is not None else key
        self.wrong(item.line if item else line, _("“%(key)s” is missing.", key=called))

    def value(self, item: Item | None, model: type, column: str) -> Any:
        """Return what fits a column of a model that holds no list and no other row."""
        form = shape(model, column)
        if form.kind == "choice" and form.choices is not None:
            return self.choice(item, form.choices)
        readers: dict[str, Callable[[Item | None], Any]] = {
            "number": self.number,
            "decimal": self.decimal,
            "date": self.day,
            "flag": self.flag,
            "worded": partial(self.worded, kind=form.worded),
        }
        if form.kind not in readers:
            return self.text(item, model, column)
        found, check = readers[form.kind](item), facts(model)[column].check
        if item is None or found is None or check is None:
            return found
        return self._checked(item, found, check(found))

    def number(self, item: Item | None) -> int | None:
        """Return a whole number of zero or more."""
        word = self._half(item)
        if item is None or word is None:
            return None
        if not (word.isascii() and word.isdigit()) or len(word) > 10 or int(word) > BIGGEST_NUMBER:
            self.wrong(item.line, _("“%(key)s” must be a whole number.", key=item.called))
            return None
        return int(word)

    def decimal(self, item: Item | None) -> float | None:
        """Return a number of zero or more, perhaps with a decimal point."""
        word = self._half(item)
        if item is None or word is None:
            return None
        if _DECIMAL.fullmatch(word) is None:
            self.wrong(item.line, _("“%(key)s” must be a number such as 0.6.", key=item.called))
            return None
        return float(word)

    def _half(self, item: Item | None) -> str | None:
        word = self.word(item)
        return unicodedata.normalize("NFKC", word) if word is not None else None

    def day(self, item: Item | None) -> date | None:
        """Return a date."""
        word = self.word(item)
        if item is None or word is None:
            return None
        day = _day(word)
        if day is None or checks.plausible(day) is not None:
            self.wrong(item.line, _("“%(key)s” must be a date such as 2026-11-22.", key=item.called))
            return None
        return day

    def worded(self, item: Item | None, kind: type[Worded] | None) -> Worded | None:
        """Return a value people write in words; a list or keys with values are lines of it."""
        word = self.word(item) if item is None or not isinstance(item.node, yaml.CollectionNode) else self._lines(item)
        if item is None or word is None or kind is None:
            return None
        try:
            return kind.read(word)
        except NotUnderstood as error:
            self.wrong(item.line, str(error))
            return None

    def _lines(self, item: Item) -> str:
        """Return a list as lines, keys with values as lines with “=”."""
        if not isinstance(item.node, yaml.MappingNode):
            return "\n".join(self.word(one) or "" for one in self.items(item))
        return "\n".join(f"{key}={self.word(value) or ''}" for key, value in self._pairs(item.node))

    def choice(self, item: Item | None, choices: Iterable[Labelled]) -> Any:
        """Return a choice, written as its code or in its words."""
        word = self.word(item)
        found = next((one for one in choices if word in (one.value, str(one.label))), None)
        if item is not None and word is not None and found is None:
            self.unknown(item, word, [str(one.label) if isinstance(item.line, Spot) else one.value for one in choices])
        return found

    def unknown(self, item: Item, word: str, known: Iterable[str]) -> None:
        """Note a choice that does not exist, with those that do."""
        text = _("Unknown kind “%(word)s”; possible: %(known)s.", word=word, known=", ".join(known))
        self.wrong(item.line, text)

    def flag(self, item: Item | None) -> bool:
        """Return yes or no; no if nothing stands here."""
        word = (self.word(item) or "no").lower()
        if item is not None and word not in _YES + _NO:
            text = _("“%(key)s” must be 是 or 否.") if isinstance(item.line, Spot) else _FLAG
            self.wrong(item.line, text % {"key": item.called})
        return word in _YES


_FLAG: Final = _("“%(key)s” must be true or false.")
_YES: Final = ("true", "yes", "是")
_NO: Final = ("false", "no", "否")
_DECIMAL: Final = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)


def _unfit(word: str, model: type, column: str) -> Text | None:
    """Return why a text does not fit a column of a model."""
    check = facts(model)[column].check
    return checks.visible(word) or too_long(word, shape(model, column).limit) or (check(word) if check else None)


def _day(word: str) -> date | None:
    try:
        found = values.day(word)
    except values.Rejected:
        return None
    return found.whole if found is not None else None

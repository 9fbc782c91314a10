"""What a list wants of a ledger: its columns by the headings people write, and how each cell is read.

A row on its way from a ledger into a list is a `Draft`: what it says, what that means, and what is wrong with it. All
of it can be written as JSON, so that it can wait until somebody has looked at it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Self

from app.core.sheets.above import section_words, subjects
from app.core.sheets.asides import is_title
from app.core.sheets.book import Cell
from app.core.sheets.columns import Lexicon
from app.core.sheets.headings import comparable
from app.core.sheets.labelled import COLON, parted
from app.core.sheets.values import Reason, Rejected

Found = Sequence[tuple[int, str]]
"""Rows that some words may mean, each with its id and what it is called."""


@dataclass
class Sight:
    """What is known while a sheet is read.

    `today`: the day against which dates are held. `find`: the rows of a model that words may mean. `year`: the one the
    title says, for days without one. `subjects`: what titles are about. `over`: the words over the names. `headings`:
    by column the words over it. `learned`: by column what cells say by themselves. `keeps`: whether the community has
    places of a kind. `heard`: the sections rows have been read under.
    """

    today: date
    find: Callable[[type, str], Found] = lambda model, words: ()
    date1904: bool = False
    year: int | None = None
    title: str = ""
    subjects: Sequence[str] = ()
    over: Sequence[str] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    keeps: Callable[[Any], bool] = lambda kind: True
    learned: "dict[str, dict[tuple[type, Cell], Draft | None]]" = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a row, or only strange about it: the code programs get, the column, and what stands there."""

    reason: str
    field: str
    found: str = ""


@dataclass(slots=True)
class Draft:
    """One row of a ledger.

    `said`: what it says, under the names outsiders rely on. `meant`: the same for the columns of the list: codes, ids,
    ISO dates. `same_as`: the row that says the same, by `sheet` and `row` of this file or by its `id`. `action`: what
    is then done. `at`: where in the sheet each value stands. `keys`: from which of the names each column came.
    `along`: whether it is of another list than was asked for, and taken in only if a row that was asked for names it.
    `read`: how many troubles and warnings came from reading alone.
    """

    sheet: str
    row: int
    ledger: str
    section: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    meant: dict[str, Any] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    warnings: list[Trouble] = field(default_factory=list)
    same_as: dict[str, Any] | None = None
    action: str = ""
    key: str = ""
    conflicts: list[str] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    along: bool = False
    read: tuple[int, int] = (0, 0)

    @property
    def verdict(self) -> str:
        """Return accepted, rejected or duplicate."""
        if self.troubles:
            return "rejected"
        return "duplicate" if self.same_as is not None else "accepted"

    def reject(self, reason: Reason | str, field: str, found: str = "") -> None:
        """Say what is wrong; once for each column and reason."""
        trouble = Trouble(str(reason), field, found[:80])
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def warn(self, reason: str, field: str, found: str = "") -> None:
        """Say what is strange."""
        self.warnings.append(Trouble(reason, field, found[:80]))

    def undecide(self) -> None:
        """Forget what was found by looking at other rows and lists."""
        self.same_as, self.action, self.key, self.conflicts = None, "", "", []
        del self.troubles[self.read[0] :]
        del self.warnings[self.read[1] :]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON, without what is empty."""
        found = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        for name in ("troubles", "warnings"):
            if name in found:
                found[name] = [(one.reason, one.field, one.found) for one in found[name]]
        return found

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Return it from JSON."""
        found = {"sheet": "", "row": 0, "ledger": "", **plain, "read": tuple(plain["read"])}
        for name in ("troubles", "warnings"):
            if name in found:
                found[name] = [Trouble(*one) for one in found[name]]
        return cls(**found)


Reader = Callable[[Draft, str, Cell, Sight], None]
"""Reads a cell into a draft, under the key of its column. Raises Rejected."""


@dataclass(frozen=True)
class Column:
    """One column of a ledger.

    `key`: the name outsiders rely on. `said`: the headings met in practice, the usual one first, blanks between them.
    `needed`: whether a row without it says nothing. `is_old`: whether it is taken over only from old ledgers, by who
    may say how things stood. `above`: what a line above several rows looks like that says it; any line may, where
    its words are looked up.
    """

    key: str
    read: Reader
    said: str
    needed: bool = False
    is_old: bool = False
    above: re.Pattern[str] | None = None

    @property
    def sets(self) -> str:
        """Return the column of the list it fills; empty where it fills none, or several."""
        return getattr(self.read, "sets", "")

    def may_be(self, above: str) -> bool:
        """Tell whether a line above several rows may say it."""
        return self.above is None or self.above.fullmatch(above) is not None

    @property
    def is_kept(self) -> bool:
        """Tell whether anything becomes of what it says."""
        return not getattr(self.read, "is_silent", False)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the headings one by one."""
        return tuple(self.said.split())


@dataclass(frozen=True)
class Ledger:
    """One sort of ledger.

    `name`: what outsiders call it. `list_name`: the list its rows go to. `titles`: words in names of sheets and
    titles that mean it. `boxes`: headings that are a box to tick. `sections`: the columns a line above several rows
    may fill, such as the grid they all lie in. `homes`: the columns of a household a line above its members may
    fill. `surely` and `own`: words in titles that mean it, and columns of which two mean it, whatever column its
    rows cannot do without is nowhere; each row then says what it lacks. `finish`: looks at a whole row once its
    cells have been read.
    """

    name: str
    list_name: str
    titles: str
    columns: tuple[Column, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    several: frozenset[str] = frozenset()
    boxes: str = ""
    sections: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    surely: str = ""
    own: frozenset[str] = frozenset()
    finish: Callable[[Draft, Sight], None] = lambda draft, sight: None

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Return the columns by key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Return the columns without which a row says nothing."""
        return tuple(column.key for column in self.columns if column.needed)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return the words over the columns."""
        return self.with_words({})

    def with_words(self, more: Mapping[str, Iterable[str]]) -> Lexicon:
        """Return the words over the columns, those a community has added first."""
        words = {column.key: (*more.get(column.key, ()), *column.words) for column in self.columns}
        return Lexicon({"": self.titles.split(), **words}, self.several, self.groups, frozenset(self.boxes.split()))

    def heading(self, key: str) -> str:
        """Return what a column is usually called."""
        column = self.by_key.get(key)
        return column.words[0] if column is not None else key


TICKED: Final = "tag:"


def read_row(ledger: Ledger, draft: Draft, cells: Mapping[str, Sequence[tuple[int, Cell]]], sight: Sight) -> None:
    """Read the cells of a row, by column; each key may stand over several."""
    for key, found in cells.items():
        column = ledger.by_key.get("tags" if key.startswith(TICKED) else key)
        for place, cell in found:
            if column is not None and cell is not None:
                draft.at.setdefault(column.key, place)
                _read_again(column, draft, key, cell, sight)
    if COLON in draft.section:
        _read_labels(ledger, draft, sight)
    _read_sections(ledger, draft, sight)
    for needed in ledger.needed:
        if needed not in draft.said and not _has(draft, needed):
            draft.reject(Reason.MISSING, needed)
    wrong = len(draft.troubles)
    ledger.finish(draft, sight)
    if len(draft.troubles) < wrong:
        # What stood there belonged to another column after all.
        _read_sections(ledger, draft, sight)
    draft.read = (len(draft.troubles), len(draft.warnings))


def read_cell(column: Column, draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Read one cell into a draft, or note there why it cannot be read."""
    try:
        column.read(draft, key, cell, sight)
    except Rejected as wrong:
        draft.reject(wrong.reason, column.key, wrong.found)


MOST_LEARNED: Final = 1000
"""Of how many different cells of a column it is kept what they say."""


def _read_again(column: Column, draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Read a cell as `read_cell` does, but once for all rows where it says the same whatever else a row says."""
    learned = sight.learned.setdefault(key, {})
    # 1, 1.0 and True are the same to a dict.
    same = cell.__class__, cell
    found = learned.get(same)
    if found is None and len(learned) < MOST_LEARNED and same not in learned:
        learned[same] = found = _by_itself(column, key, cell, sight)
    if found is None:
        read_cell(column, draft, key, cell, sight)
        return
    draft.said.update(found.said)
    draft.meant.update(found.meant)
    draft.keys.update(found.keys)
    if found.troubles or found.warnings:
        draft.troubles += [one for one in found.troubles if one not in draft.troubles]
        draft.warnings += found.warnings


def _by_itself(column: Column, key: str, cell: Cell, sight: Sight) -> Draft | None:
    """Return what a cell says by itself; None where its reader looks at what else the row says."""
    parts = _Watched(), _Watched(), _Watched()
    found = Draft("", 0, "", said=parts[0], meant=parts[1], keys=parts[2])
    read_cell(column, found, key, cell, sight)
    lists = any(isinstance(value, list | dict) for part in parts for value in part.values())
    return None if lists or any(part.asked for part in parts) else found


class _Watched(dict[str, Any]):
    """A part of a draft that notices whether somebody looks at what stands in it."""

    asked = False

    def __contains__(self, key: object) -> bool:
        self.asked = True
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self.asked = True
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.asked = True
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self.asked = True
        return super().setdefault(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        self.asked = True
        return super().pop(key, *default)


def _read_sections(ledger: Ledger, draft: Draft, sight: Sight) -> None:
    """Let what stands above a row say what the row itself leaves open, where all of it is understood."""
    for key in ledger.sections:
        column = ledger.by_key[key]
        for words in _above(draft, sight) if key not in draft.said and not _has(draft, key) else ():
            if not column.may_be(words):
                continue
            trial = Draft(draft.sheet, draft.row, draft.ledger)
            read_cell(column, trial, key, words, sight)
            # What looks like it is it, also where nobody knows it yet.
            if trial.said and not trial.troubles and (column.above is not None or not trial.warnings):
                _say_too(draft, trial)
                break


def _read_labels(ledger: Ledger, draft: Draft, sight: Sight) -> None:
    """Let the labels above a row say what it leaves open; what is wrong there is wrong here.

    What no column takes from them is told of the first row below.
    """
    is_first = draft.section not in sight.heard
    sight.heard.add(draft.section)
    for label, value in map(parted, draft.section.split("\n")):
        key = next((key for key in (*ledger.homes, *ledger.sections) if calls(ledger.by_key[key], label)), "")
        if value and not key and is_first:
            draft.warn("label_unread", "", f"{label}：{value}")
        elif value and key and key not in draft.said and not _has(draft, key):
            trial = Draft(draft.sheet, draft.row, draft.ledger)
            read_cell(ledger.by_key[key], trial, key, value, sight)
            _say_too(draft, trial)
            draft.troubles += trial.troubles


def calls(column: Column, label: str) -> bool:
    """Tell whether a label is a heading of a column."""
    return comparable(label) in map(comparable, column.words)


def _say_too(draft: Draft, trial: Draft) -> None:
    draft.said |= trial.said
    draft.meant |= {name: _with(draft.meant.get(name), value) for name, value in trial.meant.items()}
    draft.keys |= trial.keys
    draft.warnings += trial.warnings


def _with(before: Any, value: Any) -> Any:
    """Return a value of a column, behind what other columns have added there."""
    return f"{before}；{value}" if isinstance(before, str) and isinstance(value, str) else value


def _above(draft: Draft, sight: Sight) -> list[str]:
    """Return the words a row stands under, the nearest first: its section, the headings, its sheet, the title."""
    lines = draft.section.split("\n")
    sections = map(section_words, reversed(lines))
    titles = [words for line in lines if is_title(line) for words in subjects(line)]
    found = [*sections, *titles, *sight.over, section_words(draft.sheet), *sight.subjects]
    return [words for words in dict.fromkeys(found) if words]


def _has(draft: Draft, key: str) -> bool:
    return any(trouble.field == key for trouble in draft.troubles)

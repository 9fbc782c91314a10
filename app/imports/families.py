"""Ledgers of households with the members beside their head in one row: each of them becomes a sheet of its own.

户主, 身份证号, 家庭成员1, 关系, 家庭成员2, 关系: the first sheet holds the heads, the next ones the members, whose head
is the one of the row, and who live where the row says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell, Sheet
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout, filled
from app.core.sheets.writing import letters
from app.imports.wide import OF_ALL, cut, words_of_people
from app.people.ledger import HOME
from app.people.ledger_groups import BOXES

_MEMBER: Final = re.compile(r"(?:家庭|共同居住|同住)?(?:成员|人员)(?:姓名)?([0-9一二三四五六七八九十])")
_HEAD: Final = frozenset({"户主", "户主姓名"})
_RELATION: Final = frozenset({"关系", "与户主关系", "与户主的关系", "户主关系", "家庭关系"})
NAME, HEAD, RELATION = "姓名", "户主姓名", "与户主关系"
OF_THE_HOME: Final = OF_ALL | {"address"}
LEAST: Final = 2
_TOGETHER: Final = frozenset(
    {"家庭成员", "家庭成员姓名", "家庭成员情况", "家庭成员及关系", "共同居住人", "共同居住人员"}
)
_ONE: Final = re.compile(
    r"(?P<own>妻子|丈夫|配偶|老伴|爱人|[长次]?[子女]|儿子|女儿|孙子|孙女|父亲|母亲|儿媳|女婿|[妻夫父母])\s*:?\s*"
    r"(?P<whose>[\u3400-\u9fff·]{2,4})|(?P<name>[\u3400-\u9fff·]{2,6})(?:\s*[(](?P<beside>[\u3400-\u9fff]{1,4})[)])?"
    r"|(?P<before>[\u3400-\u9fff]{1,4})[:](?P<after>[\u3400-\u9fff·]{2,6})"
)
"""妻子王二, 王二(妻), or 妻:王二."""


@cache
def _tags() -> frozenset[str]:
    """Return what is said of somebody and not of all who live there: 残疾人."""
    tagged = (word for one in HOME if one.key == "tags" for word in one.words)
    return frozenset(map(comparable, (*BOXES.split(), *tagged)))


@dataclass(slots=True)
class _Member:
    """The columns of one member: the first holds the name. `said`: what their headings say without the number."""

    places: list[int] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets a ledger with the members in the row of their head would be; nothing where it is none."""
    members = _members(tables[0]) if len(tables) == 1 else []
    if len(members) < LEAST:
        return _in_one_cell(sheet, tables[0]) if len(tables) == 1 else []
    table = tables[0]
    beside = {place for one in members for place in one.places}
    own, name = _of_the_head(table, beside)
    heads = cut(sheet, table, beside, {}, {})
    return [heads, *(_of_one(sheet, table, one, (beside - {*one.places}) | own, name) for one in members)]


def _of_one(sheet: Sheet, table: Layout, own: _Member, others: set[int], head: int | None) -> Sheet:
    part = replace(sheet, name=f"{sheet.name}（{letters(own.places[0])}列起）")
    below = range(table.header[-1] + 1, len(sheet.rows))
    found = cut(part, table, others, own.said, {at: [] for at in below if not _is_told(sheet.rows[at], own)})
    if head is not None:
        _name_head(found, table, head)
    return found


def _name_head(sheet: Sheet, table: Layout, head: int) -> None:
    """Let the lowest heading alone name the head: what stands over it, as 户主信息 does, is over other columns too."""
    for at in table.header:
        row = sheet.rows[at]
        row.extend([None] * (head + 1 - len(row)))
        row[head] = HEAD if at == table.header[-1] else None


def _in_one_cell(sheet: Sheet, table: Layout) -> list[Sheet]:
    """Return the sheets of a ledger with all members of a household in one cell, if each of them can be told apart."""
    said = {place: comparable(words[-1]) for place, words in sorted(table.headings.items())}
    place = next((place for place, word in said.items() if word in _TOGETHER), None)
    own, head = _of_the_head(table, {place} if place is not None else set())
    is_plain = any(word in _RELATION or word == comparable(NAME) for word in said.values())
    if place is None or head is None or said[head] not in _HEAD or is_plain:
        return []
    whole = replace(sheet, rows=filled(sheet), merged=[])
    people = {at: _together(whole.rows[at][place]) for at, _section in table.data if place < len(whole.rows[at])}
    most = max((len(several or ()) for several in people.values()), default=0)
    if None in people.values() or not most:
        return []
    family = _Family(whole, table, place, head, own, {at: several or [] for at, several in people.items()})
    return [cut(whole, table, {place}, {}, {}), *map(family.cut, range(most))]


def _together(cell: Cell) -> list[tuple[str, str]] | None:
    """Return the members a cell names, each with the relation to the head; None where that is not clear."""
    said = [_ONE.fullmatch(part) for part in values.parts(values.half(cell))]
    if not all(said):
        return None
    return [_who(one) for one in said if one]


def _who(found: re.Match[str]) -> tuple[str, str]:
    """Return a member with the relation to the head."""
    name = found["whose"] or found["name"] or found["after"]
    return name, found["own"] or found["beside"] or found["before"] or ""


@dataclass(frozen=True, slots=True)
class _Family:
    """A ledger with all members in one cell. `own`: what is said of the head alone. `people`: them, by row."""

    sheet: Sheet
    table: Layout
    place: int
    head: int
    own: set[int]
    people: Mapping[int, Sequence[tuple[str, str]]]

    def cut(self, which: int) -> Sheet:
        """Return the sheet of one member of each household, with a column for the relation behind all others."""
        width, last = max(map(len, self.sheet.rows)), self.table.header[-1]
        given = {at: self._row(at, which, width) for at in self.people}
        found = cut(self.sheet, self.table, self.own, {self.head: HEAD, self.place: NAME}, given)
        found.rows[last] = [*found.rows[last], *[None] * (width - len(found.rows[last])), RELATION]
        beside = f"，第{which + 1}人" if which else ""
        return replace(found, name=f"{self.sheet.name}（{letters(self.place)}列起{beside}）")

    def _row(self, at: int, which: int, width: int) -> list[Cell]:
        if which >= len(self.people[at]):
            return []
        cells = self.sheet.rows[at]
        row = [*cells, *[None] * (width + 1 - len(cells))]
        row[self.place], row[width] = self.people[at][which]
        return row


def _is_told(row: Sequence[Cell], own: _Member) -> bool:
    """Tell whether a row says anything of a member, or is a line above several rows, which is for all of them."""
    if any(_text(row[place]) for place in own.places if place < len(row)):
        return True
    return len({_text(value) for value in row} - {""}) == 1


def _text(value: Cell) -> str:
    return "" if value is None else str(value).strip()


def _members(table: Layout) -> list[_Member]:
    """Return the members the headings tell apart by a number, each with what is said of all of them."""
    found: dict[str, _Member] = {}
    said = {place: "".join(map(comparable, words)) for place, words in sorted(table.headings.items())}
    first = next((place for place, words in said.items() if _MEMBER.match(words)), None)
    behind = [words for place, words in said.items() if first is not None and place >= first]
    last = None
    for place, words in said.items():
        match = _MEMBER.match(words)
        if match is not None:
            last = found.setdefault(match[1], _Member())
        elif last is None or behind.count(words) < LEAST:
            continue
        last.places.append(place)
        last.said[place] = _heading(words[match.end() :] if match else words, table.headings[place][-1])
    return list(found.values())


def _heading(rest: str, usual: str) -> str:
    """Return the heading of a member's column as other ledgers have it."""
    if rest in ("", comparable(NAME)):
        return NAME
    return RELATION if rest in _RELATION else rest or usual


def _of_the_head(table: Layout, beside: set[int]) -> tuple[set[int], int | None]:
    """Return the columns that are about the head alone, and the one with the name."""
    said = {place: comparable(words[-1]) for place, words in table.headings.items() if place not in beside}
    known = words_of_people()
    keys = {place: NAME if word in _HEAD else known.get(word.removeprefix("户主"), "") for place, word in said.items()}
    name = next((place for place, key in keys.items() if key in (NAME, "name")), None)
    own = {place for place, key in keys.items() if key and key not in OF_THE_HOME and place != name}
    return own | {place for place, word in said.items() if word in _RELATION | _tags()}, name

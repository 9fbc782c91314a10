"""Ledgers of households with the members beside their head in one row: each of them becomes a sheet of its own.

户主, 身份证号, 家庭成员1, 关系, 家庭成员2, 关系: the first sheet holds the heads, the next ones the members, whose head
is the one of the row, and who live where the row says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.core.sheets.book import Cell, Sheet
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout
from app.core.sheets.writing import letters
from app.imports.wide import OF_ALL, cut, words_of_people

_MEMBER: Final = re.compile(r"(?:家庭|共同居住|同住)?(?:成员|人员)(?:姓名)?([0-9一二三四五六七八九十])")
_HEAD: Final = frozenset({"户主", "户主姓名"})
_RELATION: Final = frozenset({"关系", "与户主关系", "与户主的关系", "户主关系", "家庭关系"})
NAME, HEAD, RELATION = "姓名", "户主姓名", "与户主关系"
OF_THE_HOME: Final = OF_ALL | {"address"}
LEAST: Final = 2


@dataclass(slots=True)
class _Member:
    """The columns of one member: the first holds the name. `said`: what their headings say without the number."""

    places: list[int] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets a ledger with the members in the row of their head would be; nothing where it is none."""
    members = _members(tables[0]) if len(tables) == 1 else []
    if len(members) < LEAST:
        return []
    table = tables[0]
    beside = {place for one in members for place in one.places}
    own, name = _of_the_head(table, beside)
    heads = cut(sheet, table, beside, {}, {})
    return [heads, *(_of_one(sheet, table, one, (beside - {*one.places}) | own, name) for one in members)]


def _of_one(sheet: Sheet, table: Layout, own: _Member, others: set[int], head: int | None) -> Sheet:
    part = replace(sheet, name=f"{sheet.name}（{letters(own.places[0])}列起）")
    said = own.said | ({head: HEAD} if head is not None else {})
    below = range(table.header[-1] + 1, len(sheet.rows))
    return cut(part, table, others, said, {at: [] for at in below if not _is_told(sheet.rows[at], own)})


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
    return own | {place for place, word in said.items() if word in _RELATION}, name

"""Lists with several needs of one person in a row (需求一, 需求二, 需求三): each of them becomes a sheet of its own.

What stands under the same number (需求一, 办理情况一) belongs to it, and what has none is said of each.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.core.sheets.book import Sheet
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout, filled
from app.core.sheets.writing import letters
from app.imports.cross import gives, with_headings
from app.imports.going_on import CONTENT, keys_of_needs
from app.imports.wide import cut

LEAST: Final = 2
_COUNTED: Final = re.compile("(.{2,}?)(?:之|其)?([0-9一二三四五六七八九十])")


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets a list with several needs in a row would be; nothing where it is none."""
    needs = _needs(tables[0]) if len(tables) == 1 else []
    if len(needs) < LEAST:
        return []
    whole = replace(sheet, rows=filled(sheet), merged=[])
    return [_of_one(whole, tables[0], own, needs) for own in needs]


def _needs(table: Layout) -> list[Mapping[int, str]]:
    """Return of each need its columns, with what their headings say without the number."""
    found: dict[str, dict[int, str]] = {}
    for place, words in sorted(table.headings.items()):
        counted = _COUNTED.fullmatch(comparable(words[-1]))
        if counted is not None and counted[1] in keys_of_needs():
            found.setdefault(counted[2], {})[place] = counted[1]
    return [one for one in found.values() if _content(one) is not None]


def _content(need: Mapping[int, str]) -> int | None:
    return next((place for place, word in need.items() if keys_of_needs()[word] == CONTENT), None)


def _of_one(sheet: Sheet, table: Layout, own: Mapping[int, str], needs: Sequence[Mapping[int, str]]) -> Sheet:
    """Return the sheet of one need of each row; who has none at all is told in the first."""
    all_contents = [place for one in needs if (place := _content(one)) is not None]
    is_first = own is needs[0]
    asked = [place for place in all_contents if place in own]
    blank = {
        at: list[str | None]()
        for at, _section in table.data
        if not gives(sheet.rows[at], asked) and (not is_first or gives(sheet.rows[at], all_contents))
    }
    others = {place for one in needs if one is not own for place in one}
    name = sheet.name if is_first else f"{sheet.name}（{letters(min(own))}列起）"
    return with_headings(cut(replace(sheet, name=name), table, others, {}, blank), table, own)

"""Tables side by side in one sheet: each becomes a sheet of its own, in which its cells keep their places."""

from collections.abc import Sequence
from itertools import pairwise

from app.core.sheets.asides import is_title
from app.core.sheets.book import Area, Cell, Sheet
from app.core.sheets.columns import LEAST_BESIDE, said_beside, tells_of_others
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout
from app.core.sheets.writing import letters


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets the tables of a sheet would be if they stand side by side; nothing where they do not.

    They do where the headings come again one by one, or where a column between is blank all the way down and the
    headings right of it name something again, or have a title of their own.
    """
    cuts = _again(tables) or _behind_gap(sheet, tables[0])
    if not cuts:
        return []
    top, starts = tables[0].header[0], [0, *cuts]
    width = max(map(len, sheet.rows))
    return [_cut(sheet, top, first, end) for first, end in zip(starts, [*cuts, width], strict=True)]


def _again(tables: Sequence[Layout]) -> list[int]:
    """Return where the headings begin anew; they must do so in all tables of the sheet."""
    found = [_restarts(table) for table in tables]
    return found[0] if all(one == found[0] for one in found) else []


def _restarts(table: Layout) -> list[int]:
    places = sorted(table.headings)
    rest = said_beside(table, places)
    width = len(places) - len(rest)
    return rest[::width] if rest else []


def _behind_gap(sheet: Sheet, table: Layout) -> list[int]:
    places = sorted(table.headings)
    cuts = [0]
    for last, first in pairwise(places):
        left, right = [at for at in places if cuts[-1] <= at <= last], [at for at in places if at >= first]
        if min(len(left), len(right)) < LEAST_BESIDE:
            continue
        if first == last + 1:
            cuts += [first] if _are_titled(table, last, first) else []
            continue
        if _is_blank(sheet, table.header[0], last + 1, first) and _is_another(sheet, table, places, first):
            cuts.append(first)
    return cuts[1:]


def _are_titled(table: Layout, last: int, first: int) -> bool:
    """Tell whether the titles of two lists stand over columns side by side: 资源清单, 需求清单."""
    over = [table.headings[at][0] for at in (last, first) if len(table.headings[at]) > 1]
    return len(set(over)) > 1 and all(map(is_title, over))


def _is_blank(sheet: Sheet, top: int, first: int, end: int) -> bool:
    return not any(str(value).strip() for row in sheet.rows[top:] for value in row[first:end] if value is not None)


def _is_another(sheet: Sheet, table: Layout, places: list[int], first: int) -> bool:
    """Tell whether what is right of a gap names something again, or has a title of its own."""
    left, right = (
        {comparable(table.headings[at][-1]) for at in places if (at < first) == is_left} for is_left in (True, False)
    )
    above = [value for row in sheet.rows[: table.header[0]] for value in row[first:]]
    over = [words[0] for at, words in table.headings.items() if at >= first and len(words) > 1]
    if any(map(tells_of_others, over)):
        return False
    return bool(left & right) or any(isinstance(value, str) and is_title(value) for value in (*above, *over))


def _cut(sheet: Sheet, top: int, first: int, end: int) -> Sheet:
    """Return the columns from `first` to before `end`; what stands above all tables is over each of them."""
    rows = [_above(row, first, end) for row in sheet.rows[:top]]
    rows += [[None] * first + row[first:end] for row in sheet.rows[top:]]
    inside = [area for area in sheet.merged if area[0] >= top and area[1] < end and area[3] >= first]
    merged = [_clipped(sheet, rows, area, first, end) for area in inside]
    name = f"{sheet.name}（{letters(first)}列起）" if first else sheet.name
    return Sheet(name, rows, merged, sheet.hidden_rows, sheet.lines)


def _above(row: list[Cell], first: int, end: int) -> list[Cell]:
    own = row[first:end]
    return [None] * first + own if any(value is not None for value in own) else list(row)


def _clipped(sheet: Sheet, rows: list[list[Cell]], area: Area, first: int, end: int) -> Area:
    top, left, bottom, right = area
    if left < first and top < len(rows):
        row, source = rows[top], sheet.rows[top]
        row.extend([None] * (first + 1 - len(row)))
        row[first] = source[left] if left < len(source) else None
    return top, max(left, first), bottom, min(right, end - 1)

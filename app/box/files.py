"""The files of boxes: the text of YAML, and the workbook people fill in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import yaml
from flask_babel import gettext

from app.box.export import Said
from app.box.sections import ABOVE, BY_KEY, CHILDREN, COMMUNITY, PLACES, SECTIONS, YES_NO, Section
from app.box.sections import Column as Told
from app.box.words import led
from app.box.workbook_reading import EXPLAINS, joined
from app.core import clock
from app.core.sheets import several
from app.core.sheets.paper import Column, Paper, Value
from app.core.sheets.templates import REQUIRED
from app.core.sheets.writing import fits

YES, NO = YES_NO
WIDE: Final = 200
"""From so many characters on a column is wide."""
LEVEL: Final = "level"


def as_yaml(content: Mapping[str, Any]) -> bytes:
    """Return a box as YAML; empty sections are left out."""
    said = {key: value for key, value in content.items() if value not in (None, "", [])}
    text = yaml.dump(said, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return str(text).encode()


class _Dumper(yaml.SafeDumper):
    """Writes every value out; a reader refuses references."""

    def ignore_aliases(self, data: Any) -> bool:
        """Let nothing be said by pointing at where it was said before."""
        return True


def as_workbook(content: Mapping[str, Any]) -> bytes:
    """Return a box as a workbook; with no content it is the one to fill in."""
    title = str(content.get("name") or gettext("A community in one workbook"))
    sheets = {section.key: _columns(section, content) for section in SECTIONS}
    papers = [_explained(title)]
    for section in SECTIONS:
        note = gettext(
            "One row for each, below the headings. Columns with * must be filled in; help stands beside the headings."
        )
        columns = [
            _sourced(section, one, column, sheets)
            for one, column in zip(section.in_sheet, sheets[section.key], strict=True)
        ]
        papers.append(Paper(str(section.title), f"{title} · {section.title}", note, columns, _rows(section, content)))
    return several.workbook(papers, clock.now())


def _explained(title: str) -> Paper:
    """Return the sheet that says how the others are filled in."""
    note = gettext(
        "Fill in the sheets below and read the file with “flask community init FILE.xlsx”. "
        "Sheets and columns that are not needed may stay empty. "
        "Reading it again adds what is new and changes nothing else."
    )
    columns = [Column(gettext("Sheet"), width=16), Column(gettext("What stands in it"), width=70)]
    rows = [[str(section.title), gettext(", ").join(map(section.label, section.in_sheet))] for section in SECTIONS]
    return Paper(str(EXPLAINS), title, note, columns, rows)


def _columns(section: Section, content: Mapping[str, Any]) -> list[Column]:
    return [_column(section, column, content) for column in section.in_sheet]


def _column(section: Section, column: Told, content: Mapping[str, Any]) -> Column:
    form = section.shape(column)
    offered = [word for word, _code in section.choices(column)]
    if section is PLACES and column.key == LEVEL and content.get("levels"):
        offered = content["levels"][1:]
    heading = section.label(column) + (REQUIRED if column.needed else "")
    kind = {"date": "day", "number": "number", "decimal": "number"}.get("" if offered else form.kind, "text")
    width = 40 if (form.limit or 0) >= WIDE else 18
    return Column(heading, kind, width, help=section.help(column), offered=offered if fits(offered) else ())


def _sourced(section: Section, told: Told, column: Column, sheets: Mapping[str, Sequence[Column]]) -> Column:
    """Let a column that names one row of another sheet offer the names that stand there."""
    names = section.key if told is ABOVE else told.names
    if not names or section.shape(told).kind == "many":
        return column
    known = BY_KEY[names]
    source = several.column_below(str(known.title), sheets[known.key], sheets[known.key][0].heading)
    return Column(column.heading, column.kind, column.width, help=column.help, source=source)


# -- rows -----------------------------------------------------------------------------------------------------------


def _rows(section: Section, content: Mapping[str, Any]) -> Iterator[list[Value]]:
    entries: Sequence[Said] = [dict(content)] if section is COMMUNITY else content.get(section.key) or []
    if section is COMMUNITY and not content:
        return
    for entry in _flat(entries) if section.tree else entries:
        yield [_cell(section, column, entry.get(column.key)) for column in section.in_sheet]


def _flat(entries: Sequence[Said]) -> Iterator[Said]:
    """Yield the rows of a tree, each with the name of the one above, or the way to it where it shares its name."""
    rows = list(_below(entries, ()))
    names = [row["name"] for row, _above in rows]
    for row, above in rows:
        yield {**row, ABOVE.key: (above[-1] if names.count(above[-1]) == 1 else led(above)) if above else None}


def _below(entries: Sequence[Said], above: tuple[str, ...]) -> Iterator[tuple[Said, tuple[str, ...]]]:
    for entry in entries:
        yield entry, above
        yield from _below(entry.get(CHILDREN, ()), (*above, entry["name"]))


def _cell(section: Section, column: Told, value: Any) -> Value:
    form = section.shape(column)
    if isinstance(value, list):
        return joined(value)
    if form.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, bool):
        return YES if value else NO
    said = next((word for word, code in section.choices(column) if code and code == value), value)
    found: Value = said
    return found

"""From a file to rows of lists: which sheet is what, which column is what, and what each row says."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, Final

from app.called import in_standard
from app.core.sheets import columns, values
from app.core.sheets.above import section_words, subjects
from app.core.sheets.asides import Aside
from app.core.sheets.book import Book, Cell, Fault, Sheet, unreadable
from app.core.sheets.columns import Assignment, Lexicon
from app.core.sheets.headings import NUMBERING, comparable
from app.core.sheets.labelled import parted
from app.core.sheets.layout import Layout, Line
from app.core.sheets.ledger import Column, Draft, Ledger, Sight, calls, read_cell, read_row
from app.core.sheets.values import Reason
from app.core.sheets.writing import letters
from app.imports import circles, parting, reasons, scales
from app.imports.listless import ATTENDANCE, LEAST_THERE, ONLY_THERE, STRANGE
from app.imports.parting import Part

KEYED: Final = "export:"
"""Begins the names of ledgers that are exports handed back."""
RESIDENTS: Final = "people"
"""The list of all who live here."""
SEQUENCE: Final = "seq"
"""How outsiders call the column that only numbers the rows."""

LOOKED_AT: Final = 20
"""By so many rows it is judged whether a column is what its heading seems to say."""

Cells = Mapping[str, Sequence[tuple[int, Cell]]]
"""The cells of a row by column, each with its place."""
Words = Mapping[str, Mapping[str, Iterable[str]]]
"""Headings a community has added: by sort of ledger and column."""


@dataclass
class Choice:
    """What somebody said of a sheet: which sort of ledger it is (empty: none), and what its columns are, by place."""

    ledger: str | None = None
    columns: dict[int, str] = field(default_factory=dict)


UNSAID: Final = Choice()


@dataclass
class Understood:
    """One sheet: how it is laid out, what it is, and its rows."""

    sheet: Sheet
    layout: Layout
    ledger: Ledger | None
    assignment: Assignment
    drafts: list[Draft] = field(default_factory=list)
    might_be: tuple[str, ...] = ()
    part: str = ""
    """How this table is named among all of the book: its sheet, and its row where it is not the first one there."""
    above: str = ""
    """What stands above the first table of the sheet, where this is another one."""

    @property
    def title(self) -> str:
        """Return the name of the sheet with what stands above the headings."""
        return f"{self.sheet.name} {self.layout.title}"


def understand(
    book: Book,
    ledgers: Sequence[Ledger],
    words: Words,
    choices: Mapping[str, Choice],
    strange: Mapping[str, Lexicon] = STRANGE,
) -> list[Understood]:
    """Return the tables of a book, their rows not yet read; those of sheets without headings have none.

    Raises Unreadable where none has a row of headings.
    """
    reasons.forget(book)
    lexicons = {one.name: one.with_words(words.get(one.name, {})) for one in ledgers} | dict(strange)
    spoken = [*lexicons.values(), *STRANGE.values()]
    known = NUMBERING.union(*(one.headings for one in spoken)).__contains__

    @cache
    def near(heading: str) -> bool:
        return any(one.resembles(heading) for one in spoken)

    def taken_for(sheet: Sheet, table: Layout, choice: Choice = UNSAID) -> Understood:
        return _understood(sheet, table, ledgers, lexicons, choice)

    def list_of(sheet: Sheet, table: Layout) -> str:
        ledger = taken_for(sheet, table).ledger
        return ledger.list_name if ledger is not None else ""

    found: list[Understood] = []
    for sheet in book.sheets:
        for one in parting.parts(sheet, known, near, list_of):
            part = _named(one, found)
            found.append(taken_for(one.sheet, one.table, choices.get(part, UNSAID)))
            found[-1].part = part
            found[-1].above = next(other.title for other in found if other.sheet.name == one.sheet.name)
            if one.beneath and part not in choices:
                _leave_relatives(found)
    return _readable(found)


def _readable(found: Sequence[Understood]) -> list[Understood]:
    """Return tables with headings, then the sheets that hold something without. Raises Unreadable."""
    tables = [one for one in found if one.layout.header]
    if not tables:
        raise unreadable(Fault.NO_HEADER)
    if not any(one.layout.data for one in tables):
        raise unreadable(Fault.NO_DATA)
    return tables + [one for one in found if not one.layout.header and any(map(any, one.sheet.rows))]


def _named(one: Part, before: Iterable[Understood]) -> str:
    """Return how a table is named among all of a book: as its sheet, with its row where it is not the first there."""
    name = one.sheet.name
    is_first = all(other.sheet.name != name for other in before) or not one.table.header
    return name if is_first else f"{name}#{one.sheet.number(one.table.header[0])}"


def _leave_relatives(found: Sequence[Understood]) -> None:
    """Take a table beneath a form for none of its list, save for residents: who stands there belongs to somebody."""
    form = next(one for one in found if one.sheet.name == found[-1].sheet.name)
    ledger = found[-1].ledger
    if ledger is not None and ledger is form.ledger and ledger.list_name != RESIDENTS:
        found[-1].ledger, found[-1].assignment = None, Assignment(unknown=sorted(found[-1].layout.headings))


def _understood(
    sheet: Sheet,
    laid_out: Layout,
    ledgers: Sequence[Ledger],
    lexicons: Mapping[str, Lexicon],
    choice: Choice,
) -> Understood:
    said = in_standard(f"{sheet.name} {laid_out.names}")
    ranked = columns.best(laid_out, lexicons, said)
    by_name = {one.name: one for one in ledgers}
    fitting = [
        (name, one)
        for name, one in ranked
        if name in by_name
        and (_fits(by_name[name], one, laid_out, sheet.name) or _is_surely(by_name[name], one, laid_out, said))
    ]
    # Where a list of other cells fits too, that one is meant.
    fitting = [pair for pair in fitting if _is_borne_out(by_name[pair[0]], pair[1], laid_out)] or fitting
    # An export handed back says so in each line; whatever else it looks like, it is one.
    fitting.sort(key=lambda pair: not pair[0].startswith(KEYED))
    might_be = tuple(name for name, _one in fitting[:3])
    if choice.ledger is not None:
        fitting = [pair for pair in ranked if pair[0] == choice.ledger]
    is_attended = bool(ranked) and ranked[0][0] == ATTENDANCE and STRANGE[ATTENDANCE].is_meant(said)
    if not fitting or (choice.ledger is None and (is_attended or _is_strange(*ranked[0]))):
        none = Assignment(unknown=sorted(laid_out.headings))
        return Understood(sheet, laid_out, None, none, might_be=might_be)
    name, assignment = fitting[0]
    for place in [at for at in assignment.doubtful if _is_no_such(by_name[name], assignment, at, laid_out)]:
        _choose(assignment, place, "")
    for place, key in choice.columns.items():
        _choose(assignment, place, key)
    return Understood(sheet, laid_out, by_name[name], assignment, might_be=might_be)


def _is_strange(name: str, assignment: Assignment) -> bool:
    """Tell whether a table is a ledger for which there is no list: it has the columns only such a one has."""
    return len(ONLY_THERE.get(name, frozenset()) & set(assignment.columns.values())) >= LEAST_THERE.get(name, 1)


def _fits(ledger: Ledger, assignment: Assignment, laid_out: Layout, sheet: str) -> bool:
    """Tell whether a sheet has the columns without which a row of the list says nothing, or says them above."""
    places = {key: place for place, key in assignment.columns.items()}
    needed = [column for column in ledger.columns if column.needed]
    there = {column.key for column in needed if _is_there(column, places.get(column.key), assignment, laid_out)}
    over = over_names(assignment, laid_out)
    return all(column.key in there or _says_above(ledger, column, laid_out, [*over, sheet]) for column in needed)


def _is_surely(ledger: Ledger, assignment: Assignment, laid_out: Layout, said: str) -> bool:
    """Tell whether a table is of a list for all that it says of it, but not what each row needs as well."""
    named = any(comparable(word) in comparable(said) for word in ledger.surely.split())
    places = {key: place for place, key in assignment.columns.items()}
    own = [key for key in ledger.own if _is_there(ledger.by_key[key], places.get(key), assignment, laid_out)]
    about = next(column for column in ledger.columns if column.key == "name") if ledger.own else None
    return about is not None and about.key in places and (named or len(own) > 1)


def _is_there(column: Column, place: int | None, assignment: Assignment, laid_out: Layout) -> bool:
    """Tell whether a column is there: a heading that only resembles its own must have fitting cells below."""
    return place is not None and (place not in assignment.doubtful or _reads(column, place, laid_out))


def _is_borne_out(ledger: Ledger, assignment: Assignment, laid_out: Layout) -> bool:
    """Tell whether the cells are such as the columns need without which a row says nothing."""
    places = {key: place for place, key in assignment.columns.items()}
    needed = [column for column in ledger.columns if column.needed and column.key in places]
    return all(_reads(column, places[column.key], laid_out) for column in needed)


def _reads(column: Column, place: int, laid_out: Layout, refused: Set[str] = frozenset(Reason)) -> bool:
    """Tell whether the first cells below a heading may be what it seems to mean; a list nobody has filled in may."""
    rows = islice(laid_out.data, LOOKED_AT)
    cells = [row[place] for row in (laid_out.rows[at] for at, _section in rows) if place < len(row) and row[place]]
    return not cells or any(_is_read(column, cell, refused) for cell in cells)


def _is_no_such(ledger: Ledger, assignment: Assignment, place: int, laid_out: Layout) -> bool:
    """Tell whether a column that only resembles a known one holds something else: names below 紧急联系人."""
    column = ledger.by_key.get(assignment.columns.get(place, ""))
    return column is not None and not _reads(column, place, laid_out, UNFIT)


UNFIT: Final = frozenset({Reason.PHONE, Reason.DATE, Reason.NO_YEAR, Reason.NUMBER, Reason.ID_FORMAT})
"""Why a cell is not of the sort its column asks for, whatever the lists know."""


def _is_read(column: Column, cell: Cell, refused: Set[str] = frozenset(Reason)) -> bool:
    draft = Draft("", 0, "")
    read_cell(column, draft, column.key, cell, Sight(date.max))
    return not any(one.reason in refused for one in draft.troubles)


def over_names(assignment: Assignment, laid_out: Layout) -> list[str]:
    """Return the words over the names, which may be a duty: 网格长."""
    found = (laid_out.headings.get(place, ()) for place, key in assignment.columns.items() if key == "name")
    return [_COUNTED.sub("", "".join(word.split())) for words in found for word in words]


_COUNTED: Final = re.compile("(?<=.)[0-9一二三四五六七八九]$|姓名$")


def _says_above(ledger: Ledger, column: Column, laid_out: Layout, said: Sequence[str]) -> bool:
    """Tell whether sections, headings, the name of the sheet or the title say what a column would."""
    if column.key not in ledger.sections:
        return False
    sections = list(dict.fromkeys(line for _at, section in laid_out.data for line in section.split("\n")))
    labels = [value for label, value in map(parted, sections) if value and calls(column, label)]
    above = [*said, *sections, *subjects(laid_out.title)]
    words = [one for one in dict.fromkeys(map(section_words, above)) if one and column.may_be(one)]
    return any(_is_read(column, one) for one in [*labels, *words])


def _choose(assignment: Assignment, place: int, key: str) -> None:
    assignment.columns.pop(place, None)
    assignment.doubtful.pop(place, None)
    if place in assignment.unknown:
        assignment.unknown.remove(place)
    if key:
        assignment.columns[place] = key
    else:
        assignment.unknown = sorted({*assignment.unknown, place})


def rows(one: Understood, book: Book, sight: Sight, spend: bool = False) -> Iterator[Draft]:
    """Yield the rows of a sheet, each as it is read; `spend`: its cells are forgotten then."""
    sight.date1904, sight.title = book.date1904, one.title
    sight.learned.clear()
    sight.heard.clear()
    dated = one.title if values.YEAR_SAID.search(one.title) else one.above
    sight.year, sight.subjects = values.year_of(dated), subjects(one.layout.title)
    sight.over = over_names(one.assignment, one.layout)
    sight.headings = _over_columns(one)
    if one.ledger is None:
        return
    places: dict[str, list[int]] = {}
    for place, key in sorted(one.assignment.columns.items()):
        places.setdefault(key, []).append(place)
    numbering = _numbering(one.assignment)
    cells, marked = _cells_of(one.assignment, places), circles.circles(one.layout, one.assignment)
    scaled = scales.scales(one.layout, one.assignment)
    for line in one.layout.lines:
        # Forms are often numbered before they are filled in.
        if not line.cells.keys() <= numbering:
            meant = scales.meant(circles.meant(line, marked), scaled) if marked or scaled else line
            draft = _draft(one, one.ledger, line, cells(meant), sight)
            if marked:
                circles.tell(draft, line, marked, one.assignment)
            yield draft
        if spend:
            one.layout.rows[line.row] = []


def _over_columns(one: Understood) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, key in sorted(one.assignment.columns.items()):
        found.setdefault(key, comparable(one.layout.headings.get(place, ("",))[-1]))
    return found


def _numbering(assignment: Assignment) -> set[int]:
    return {assignment.numbering} if assignment.numbering is not None else set()


def _draft(one: Understood, ledger: Ledger, line: Line, cells: Cells, sight: Sight) -> Draft:
    draft = Draft(one.sheet.name, one.sheet.number(line.row), ledger.name, line.section)
    read_row(ledger, draft, cells, sight)
    numbering = one.assignment.numbering
    beside = _BESIDE_NUMBERING.search(values.written(line.cells.get(numbering))) if numbering is not None else None
    if beside is not None:
        draft.warn("beside_number", "", beside[0])
    for name, rows_told in (("hidden_row", one.sheet.hidden_rows), ("may_go_on", one.sheet.may_go_on)):
        if line.row in rows_told:
            draft.warn(name, "")
    if len(draft.warnings) > draft.read[1]:
        draft.read = (len(draft.troubles), len(draft.warnings))
    return draft


_BESIDE_NUMBERING: Final = re.compile("(?![第号户组项栋行序一二三四五六七八九十百]+$)[\u3400-\u9fff]{2,}")
"""What stands beside the number of a row, or instead of it, and says something of it: 2（已故）, 迁出."""


def _cells_of(assignment: Assignment, places: Mapping[str, list[int]]) -> Callable[[Line], Cells]:
    """Return what finds the cells of a row by column; of most ledgers each column is one place."""
    single = {key: several[0] for key, several in places.items() if len(several) == 1}
    if len(single) < len(places) or any(place in assignment.boxes for place in single.values()):
        return lambda line: {key: _cells(assignment, several, line) for key, several in places.items()}
    return lambda line: {key: ((place, line.cells.get(place)),) for key, place in single.items()}


def _cells(assignment: Assignment, places: Sequence[int], line: Line) -> list[tuple[int, Cell]]:
    """Return the cells of a column; of boxes to tick the words of those that are ticked, as one cell."""
    if not any(place in assignment.boxes for place in places):
        return [(place, line.cells.get(place)) for place in places]
    ticked = [place for place in places if _is_ticked(line.cells.get(place))]
    words = "、".join(assignment.boxes[place] for place in ticked if place in assignment.boxes)
    return [((ticked or places)[0], words or None)]


def _is_ticked(cell: Cell) -> bool:
    return cell is not None and values.written(cell).upper() in values.YES


# -- what else there is ---------------------------------------------------------------------------------------------

WHY: Final = {
    Aside.SECTION: "section",
    Aside.HOME: "home",
    Aside.HEADER: "header",
    Aside.TOTAL: "total",
    Aside.NOTE: "note",
    Aside.FOOTER: "footer",
    Aside.SAMPLE: "sample",
    Aside.GOES_ON: "goes_on",
}


def ignored(one: Understood) -> list[dict[str, Any]]:
    """Return the rows of a sheet that hold no data, and why."""
    return [
        {"sheet": one.sheet.name, "row": one.sheet.number(row), "why": WHY[aside]} for row, aside in one.layout.asides
    ]


def header(one: Understood) -> dict[str, Any]:
    """Return where the headings stand, what each column is, and which are none."""
    mapping = {letters(place): key for place, key in one.assignment.columns.items()}
    nameless = one.layout.nameless
    left = [place for place in nameless if place not in one.assignment.columns]
    if one.assignment.numbering is not None:
        mapping[letters(one.assignment.numbering)] = SEQUENCE
    return {
        "sheet": one.sheet.name,
        "part": one.part,
        "rows": [one.sheet.number(row) for row in one.layout.header],
        "list": one.ledger.list_name if one.ledger else None,
        "ledger": one.ledger.name if one.ledger else None,
        "mapping": dict(sorted(mapping.items(), key=_by_letters)),
        "headings": {letters(place): heading(one, place) for place in sorted({*one.layout.headings, *nameless})},
        "not_imported": {letters(place): heading(one, place) for place in sorted({*one.assignment.unknown, *left})},
        "only_shown": {letters(place): heading(one, place) for place in _only_shown(one)},
        "doubtful": {letters(place): list(keys) for place, keys in sorted(one.assignment.doubtful.items())},
    }


def _only_shown(one: Understood) -> list[int]:
    """Return the columns that are known, and of which nothing is kept."""
    known = one.ledger.by_key if one.ledger is not None else {}
    return [place for place, key in one.assignment.columns.items() if key in known and not known[key].is_kept]


def _by_letters(pair: tuple[str, str]) -> tuple[int, str]:
    return len(pair[0]), pair[0]


def heading(one: Understood, place: int) -> str:
    """Return what stands over a column."""
    return " ".join("".join(word.split()) for word in one.layout.headings.get(place, ()))

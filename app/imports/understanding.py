"""From a file to rows of lists: which sheet is what, which column is what, and what each row says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.called import in_standard
from app.core.sheets import columns, layout, values
from app.core.sheets.book import Book, Fault, Sheet, unreadable
from app.core.sheets.columns import Assignment, Lexicon
from app.core.sheets.headings import NUMBERING
from app.core.sheets.layout import Aside, Layout, Line
from app.core.sheets.ledger import Draft, Ledger, Sight, read_row
from app.core.sheets.writing import letters

KEYED: Final = "export:"
"""Begins the names of ledgers that are exports handed back."""
SEQUENCE: Final = "seq"
"""How outsiders call the column that only numbers the rows."""

Words = Mapping[str, Mapping[str, Iterable[str]]]
"""Headings a community has added: by sort of ledger and column."""


@dataclass
class Choice:
    """What somebody said of a sheet: which sort of ledger it is (empty: none), and what its columns are, by place."""

    ledger: str | None = None
    columns: dict[int, str] = field(default_factory=dict)


@dataclass
class Understood:
    """One sheet: how it is laid out, what it is, and its rows."""

    sheet: Sheet
    layout: Layout
    ledger: Ledger | None
    assignment: Assignment
    drafts: list[Draft] = field(default_factory=list)
    might_be: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the name of the sheet with what stands above the headings."""
        return f"{self.sheet.name} {self.layout.title}"


def understand(book: Book, ledgers: Sequence[Ledger], words: Words, choices: Mapping[str, Choice]) -> list[Understood]:
    """Return the sheets of a book that hold ledgers, their rows not yet read.

    Raises Unreadable where none has a row of headings.
    """
    lexicons = {one.name: one.with_words(words.get(one.name, {})) for one in ledgers}

    def known(heading: str) -> bool:
        return any(one.knows(heading) for one in lexicons.values()) or heading in NUMBERING

    found = []
    for sheet in book.sheets:
        laid_out = layout.understand(sheet, known)
        if laid_out is not None:
            found.append(_understood(sheet, laid_out, ledgers, lexicons, choices.get(sheet.name, Choice())))
    if not found:
        raise unreadable(Fault.NO_HEADER)
    if not any(one.layout.data for one in found):
        raise unreadable(Fault.NO_DATA)
    return found


def _understood(
    sheet: Sheet, laid_out: Layout, ledgers: Sequence[Ledger], lexicons: Mapping[str, Lexicon], choice: Choice
) -> Understood:
    ranked = columns.best(laid_out, lexicons, in_standard(f"{sheet.name} {laid_out.title}"))
    by_name = {one.name: one for one in ledgers}
    fitting = [(name, one) for name, one in ranked if _fits(by_name[name], one)]
    # An export handed back says so in each line; whatever else it looks like, it is one.
    fitting.sort(key=lambda pair: not pair[0].startswith(KEYED))
    might_be = tuple(name for name, _one in fitting[:3])
    if choice.ledger is not None:
        fitting = [pair for pair in ranked if pair[0] == choice.ledger]
    if not fitting:
        return Understood(sheet, laid_out, None, Assignment(unknown=sorted(laid_out.headings)), might_be=might_be)
    name, assignment = fitting[0]
    for place, key in choice.columns.items():
        _choose(assignment, place, key)
    return Understood(sheet, laid_out, by_name[name], assignment, might_be=might_be)


def _fits(ledger: Ledger, assignment: Assignment) -> bool:
    """Tell whether a sheet has the columns without which a row of the list says nothing."""
    keys = set(assignment.columns.values())
    return all(column.key in keys for column in ledger.columns if column.needed)


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
    sight.year = values.year_of(one.title)
    if one.ledger is None:
        return
    places: dict[str, list[int]] = {}
    for place, key in sorted(one.assignment.columns.items()):
        places.setdefault(key, []).append(place)
    for line in one.layout.lines:
        if _says_something(line, one.assignment):
            yield _draft(one, one.ledger, line, places, sight)
        if spend:
            one.layout.rows[line.row] = []


def _says_something(line: Line, assignment: Assignment) -> bool:
    """Tell whether a row has more than its number: forms are often numbered before they are filled in."""
    numbering = _numbering(assignment)
    return any(place not in numbering for place in line.cells)


def _numbering(assignment: Assignment) -> set[int]:
    return {assignment.numbering} if assignment.numbering is not None else set()


def _draft(one: Understood, ledger: Ledger, line: Line, places: Mapping[str, list[int]], sight: Sight) -> Draft:
    draft = Draft(one.sheet.name, one.sheet.number(line.row), ledger.name, line.section)
    cells = {key: [(place, line.cells.get(place)) for place in several] for key, several in places.items()}
    read_row(ledger, draft, cells, sight)
    if line.row in one.sheet.hidden_rows:
        draft.warn("hidden_row", "")
        draft.read = (len(draft.troubles), len(draft.warnings))
    return draft


# -- what else there is ---------------------------------------------------------------------------------------------

WHY: Final = {
    Aside.SECTION: "section",
    Aside.HEADER: "header",
    Aside.TOTAL: "total",
    Aside.NOTE: "note",
    Aside.FOOTER: "footer",
    Aside.SAMPLE: "sample",
}


def ignored(one: Understood) -> list[dict[str, Any]]:
    """Return the rows of a sheet that hold no data, and why."""
    return [
        {"sheet": one.sheet.name, "row": one.sheet.number(row), "why": WHY[aside]} for row, aside in one.layout.asides
    ]


def header(one: Understood) -> dict[str, Any]:
    """Return where the headings stand, what each column is, and which are none."""
    mapping = {letters(place): key for place, key in one.assignment.columns.items()}
    if one.assignment.numbering is not None:
        mapping[letters(one.assignment.numbering)] = SEQUENCE
    return {
        "sheet": one.sheet.name,
        "rows": [one.sheet.number(row) for row in one.layout.header],
        "list": one.ledger.list_name if one.ledger else None,
        "ledger": one.ledger.name if one.ledger else None,
        "mapping": dict(sorted(mapping.items(), key=_by_letters)),
        "headings": {letters(place): heading(one, place) for place in sorted(one.layout.headings)},
        "not_imported": {letters(place): heading(one, place) for place in one.assignment.unknown},
        "doubtful": {letters(place): list(keys) for place, keys in sorted(one.assignment.doubtful.items())},
    }


def _by_letters(pair: tuple[str, str]) -> tuple[int, str]:
    return len(pair[0]), pair[0]


def heading(one: Understood, place: int) -> str:
    """Return what stands over a column."""
    return " ".join("".join(word.split()) for word in one.layout.headings.get(place, ()))

"""A ledger as it was read: its sheets, and in each the cells with what the file says of them; or why it is none."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core.fields import Text

HEADS: Final = 100
"""How many rows of titles, headings and notes a file may have beside its rows of data."""
MOST_ROWS: Final = 200_000 + HEADS
"""How many rows are read from the web; a command may read more."""


@enum.unique
class Fault(enum.StrEnum):
    """Why a file cannot be read as a ledger; the value is the code programs get."""

    CORRUPT = "corrupt"
    EMPTY_FILE = "empty_file"
    WRONG_TYPE = "wrong_type"
    NO_DATA = "no_data"
    NO_HEADER = "no_header"
    ENCRYPTED = "encrypted"
    ZIP_BOMB = "zip_bomb"
    XML_ENTITY = "xml_entity"
    ENCODING = "encoding"
    TOO_MANY_ROWS = "too_many_rows"


class Unreadable(Exception):
    """The file cannot be read; `sentence` says to the person who sent it why, and what to do."""

    def __init__(self, fault: Fault, sentence: Text) -> None:
        super().__init__(fault)
        self.fault, self.sentence = fault, sentence


class TooMany(Unreadable):
    """There are more rows than were to be read."""


@enum.unique
class Mark(enum.Enum):
    """What stands in a cell instead of a value."""

    FORMULA = "formula"
    """A formula of which the file does not keep the result."""
    ERROR = "error"
    """An error of the spreadsheet, such as #N/A."""


Cell = str | int | float | bool | date | datetime | time | timedelta | Mark | None
"""A value as the file has it; None where nothing stands."""
Area = tuple[int, int, int, int]
"""First row, first column, last row and last column of merged cells, from 0."""


@dataclass(slots=True)
class Sheet:
    """One sheet: its rows from the top of the sheet, so that row 0 is the one a person sees as 1.

    `lines`: for each row the number a person sees, where that is not its place (a text file whose cells hold breaks).
    `gone_on`: the rows whose words were put into the one above, with which they go on; `may_go_on`: those of which
    that is not clear.
    """

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merged: Sequence[Area] = ()
    hidden_rows: frozenset[int] = frozenset()
    lines: list[int] | None = None
    gone_on: frozenset[int] = frozenset()
    may_go_on: frozenset[int] = frozenset()

    def number(self, row: int) -> int:
        """Return the number of a row as a person sees it."""
        return row + 1 if self.lines is None else self.lines[row]


@dataclass(slots=True)
class Book:
    """What was read: the sheets a person sees, the names of the hidden ones, and the epoch of bare day numbers."""

    kind: str
    sheets: list[Sheet]
    hidden: tuple[str, ...] = ()
    date1904: bool = False
    told: dict[str, Any] = field(default_factory=dict)
    """What else was noticed: `encoding` and `separator` of a text file."""


SENTENCES: Final[dict[Fault, Text]] = {
    Fault.CORRUPT: _("The file is damaged or incomplete; open it in Excel or WPS, save it anew and send that."),
    Fault.EMPTY_FILE: _("The file is empty."),
    Fault.NO_DATA: _("There is no row with data in the file."),
    Fault.NO_HEADER: _(
        "No row of headings was found. Name the columns in usual words, such as 姓名, 联系电话, 所属网格, "
        "or fill in an empty template."
    ),
    Fault.ENCRYPTED: _("The file is locked with a password; save it without one and send that."),
    Fault.ZIP_BOMB: _("The file would be far too large once unpacked."),
    Fault.XML_ENTITY: _(
        "The file holds instructions no ledger needs; open it in Excel or WPS and save it anew as xlsx."
    ),
}


MANY: Final = _("There are more than %(most)s rows; part the file, or have it imported by command.")


def too_many(most: int) -> Unreadable:
    """Return the refusal of a file with more rows than are read."""
    said = most - HEADS if most > HEADS else most
    return TooMany(Fault.TOO_MANY_ROWS, MANY % {"most": f"{said:,}"})


def unreadable(fault: Fault) -> Unreadable:
    """Return the refusal of a file, in the usual words."""
    return Unreadable(fault, SENTENCES[fault])

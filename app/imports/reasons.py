"""The column that says beside each returned row why it was rejected; sent again, it says nothing of the row."""

from itertools import islice
from typing import Final

from app.core.sheets.book import HEADS, Book, Sheet

HEADING: Final = "退回原因（再上传时不读）"
"""Not translated: what is returned today is read again tomorrow, by somebody else. No ledger has a column of its own
of this name: a plain 退回原因 may be one, and is left alone."""


def forget(book: Book) -> None:
    """Empty the column in every sheet of a workbook that has it; it stands right of all others."""
    for sheet in book.sheets:
        place = _place(sheet)
        if place is not None:
            sheet.rows = [row[:place] for row in sheet.rows]


def _place(sheet: Sheet) -> int | None:
    heads = (row for row in islice(sheet.rows, HEADS) if HEADING in row)
    return next((len(row) - 1 for row in heads if row[-1] == HEADING), None)

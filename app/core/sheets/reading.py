"""Reads a ledger: text here, a workbook in a child process that may use little memory and little time."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core.sheets import kinds, text
from app.core.sheets.book import MOST_ROWS, Area, Book, Cell, Fault, Mark, Sheet, Unreadable, too_many, unreadable

CHILD: Final = Path(__file__).with_name("child.py")
MEGABYTES: Final = 1024
SECONDS: Final = 60
LARGEST: Final = 20 * 1024 * 1024
MOST_WORDS: Final = 10_000

FAR: Final = _(
    "Something stands far out, in row %(row)s or column %(column)s; delete it in Excel or WPS and send the file anew."
)
SLOW: Final = _(
    "The file took too long or too much memory to read; save only the sheets that are needed and send those."
)
LARGE: Final = _("The file is larger than %(most)s MB.")


def read(data: bytes, most_rows: int = MOST_ROWS, largest: int = LARGEST) -> Book:
    """Return what a ledger holds. Raises Unreadable."""
    if len(data) > largest:
        raise Unreadable(Fault.ZIP_BOMB, LARGE % {"most": largest >> 20})
    kind = kinds.recognise(data)
    book = text.read(data, most_rows) if kind == "text" else _in_a_child(kind, data, most_rows)
    if not any(value is not None for sheet in book.sheets for row in sheet.rows for value in row):
        raise unreadable(Fault.NO_DATA)
    return book


def _in_a_child(kind: str, data: bytes, most_rows: int) -> Book:
    asked = [kind, str(most_rows), str(MEGABYTES), str(SECONDS)]
    with tempfile.TemporaryFile() as noise:
        child = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
            [sys.executable, "-I", str(CHILD), *asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=noise,
        )
        watch = threading.Timer(SECONDS, child.kill)
        watch.start()
        try:
            feeding = threading.Thread(target=_feed, args=(child, data), daemon=True)
            feeding.start()
            return _heard(kind, child.stdout or (), most_rows)
        finally:
            watch.cancel()
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()


def _feed(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    if child.stdin is None:
        return
    try:
        with child.stdin as pipe:
            pipe.write(data)
    except OSError:
        # The child has ended; what it said last tells why.
        return


def _heard(kind: str, lines: Iterable[bytes], most_rows: int) -> Book:
    """Return the book a child tells. Raises Unreadable, also when it falls silent before the end."""
    book, hidden, ended, words = Book(kind, []), [], False, Words()
    for line in lines:
        what, *said = json.loads(line)
        if what == "fault":
            raise _fault(said, most_rows)
        if what == "book":
            book.date1904 = bool(said[0])
        elif what == "hidden":
            hidden.append(str(said[0]))
        elif what == "sheet":
            book.sheets.append(_sheet(*said))
        elif what == "rows":
            _add(book.sheets[-1], words, *said)
        ended = what == "end"
    if not ended:
        raise Unreadable(Fault.ZIP_BOMB, SLOW)
    book.hidden = tuple(hidden)
    for sheet in book.sheets:
        sheet.rows = text.pasted(sheet.rows)
    return book


def _fault(said: list[Any], most_rows: int) -> Unreadable:
    what, *about = said
    known: dict[str, Callable[[], Unreadable]] = {
        "locked": lambda: unreadable(Fault.ENCRYPTED),
        "memory": lambda: Unreadable(Fault.ZIP_BOMB, SLOW),
        "many": lambda: too_many(most_rows),
        "far": lambda: Unreadable(Fault.TOO_MANY_ROWS, FAR % {"row": about[0], "column": about[1]}),
    }
    return known.get(what, lambda: unreadable(Fault.CORRUPT))()


def _sheet(name: str, merged: list[list[int]], hidden: list[int]) -> Sheet:
    areas: list[Area] = [(one[0], one[1], one[2], one[3]) for one in merged]
    return Sheet(name, merged=areas, hidden_rows=frozenset(hidden))


class Words(dict[str, str]):
    """The texts met so far, each kept once: most cells of a long ledger say what others say."""

    def __missing__(self, text: str) -> str:
        if len(self) < MOST_WORDS:
            self[text] = text
        return text


def _add(sheet: Sheet, words: Words, rows: list[tuple[int, list[Any]]]) -> None:
    for number, cells in rows:
        sheet.rows += [[] for _row in range(number - len(sheet.rows))]
        sheet.rows.append([words[value] if isinstance(value, str) else _cell(value) for value in cells])


_SPOKEN: Final[dict[str, Callable[[Any], Cell]]] = {
    "d": date.fromisoformat,
    "t": datetime.fromisoformat,
    "h": time.fromisoformat,
    "s": lambda seconds: timedelta(seconds=seconds),
    "m": Mark,
}


def _cell(spoken: Any) -> Cell:
    if isinstance(spoken, list):
        letter, value = spoken
        return _SPOKEN[letter](value)
    plain: Cell = spoken
    return plain

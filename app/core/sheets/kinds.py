"""What a ledger is kept in, by its content and never by its name; what is none is refused with what to do instead."""

import re
import zipfile
from io import BytesIO
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Text
from app.core.files.kinds import BROKEN, END_OF_ZIP, LARGEST_DIRECTORY, LARGEST_UNPACKED, MOST_PARTS
from app.core.sheets.book import Fault, Unreadable, unreadable

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOOKED_AT: Final = 4096
LONGEST_UNPACKED: Final = 4 * LARGEST_UNPACKED
DENSEST: Final = 40
"""A ledger of 200,000 rows is packed about twenty to one; a bomb a thousand to one."""
ENTITY: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
TYPES: Final = "[Content_Types].xml"
BINARY: Final = "xl/workbook.bin"

ADVICE: Final[dict[str, Text]] = {
    "html": _(
        "This is a web page under the name of a workbook; open it in Excel or WPS, save it as xlsx and send that."
    ),
    "xml": _("This is an XML table of 2003; open it in Excel or WPS, save it as xlsx and send that."),
    "document": _("This is a text document; copy its table into Excel or WPS, save it as xlsx and send that."),
    "slides": _("These are slides; copy the table into Excel or WPS, save it as xlsx and send that."),
    "pdf": _("This is a PDF; ask for the table it was made from, as xlsx, xls or csv."),
    "picture": _("This is a picture; ask for the table it shows, as xlsx, xls or csv."),
    "archive": _("This is an archive; unpack it and send the tables in it one by one."),
}
OTHER: Final = _("Only xlsx, xls, et, ods, csv and text with tabs are read as ledgers.")
BEGINNINGS: Final = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "document"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
)


def recognise(data: bytes) -> str:
    """Return xlsx, xlsb, ods, xls or text. Raises Unreadable."""
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise unreadable(Fault.EMPTY_FILE)
    if data.startswith(b"PK"):
        return _zipped(data)
    if data.startswith(COMPOUND):
        return _compound(data)
    for beginning, what in BEGINNINGS:
        if data.startswith(beginning):
            raise _wrong(ADVICE[what])
    return _text(data)


def _wrong(sentence: Text) -> Unreadable:
    return Unreadable(Fault.WRONG_TYPE, sentence)


def _text(data: bytes) -> str:
    """Tell text from what only looks like it."""
    if data[:2] == b"\x09\x08" and data[4:6] in (b"\x00\x00", b"\x00\x05", b"\x00\x06"):
        # A bare stream of a workbook of the nineties.
        return "xls"
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in data[:LOOKED_AT] and not wide:
        raise _wrong(OTHER)
    begins = data[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begins.startswith((b"<?xml", b"<workbook")):
        raise _wrong(ADVICE["xml"])
    if begins.startswith(b"<") and re.search(rb"<(?:!doctype html|html|head|meta|table|body|div|style)\b", begins):
        raise _wrong(ADVICE["html"])
    return "text"


def _compound(data: bytes) -> str:
    """Look at the names in a compound file, as Office wrote them until 2003, and still writes what is locked."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise unreadable(Fault.ENCRYPTED)
    if holds("Workbook") or holds("Book"):
        return "xls"
    for name, what in (("WordDocument", "document"), ("PowerPoint Document", "slides")):
        if holds(name):
            raise _wrong(ADVICE[what])
    raise unreadable(Fault.CORRUPT) if len(data) < LOOKED_AT else _wrong(OTHER)


def _zipped(data: bytes) -> str:
    """Look at the directory of a zip file. Raises Unreadable."""
    end = data.rfind(END_OF_ZIP, max(0, len(data) - 65_557))
    if end < 0:
        raise unreadable(Fault.CORRUPT)
    if int.from_bytes(data[end + 12 : end + 16], "little") > LARGEST_DIRECTORY:
        raise unreadable(Fault.ZIP_BOMB)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _require_modest(archive.infolist())
            kind = _workbook(archive)
            _require_plain(archive)
    except BROKEN:
        raise unreadable(Fault.CORRUPT) from None
    return kind


def _require_modest(parts: list[zipfile.ZipInfo]) -> None:
    packed, unpacked = (sum(getattr(part, size) for part in parts) for size in ("compress_size", "file_size"))
    is_long = unpacked <= LONGEST_UNPACKED and unpacked <= packed * DENSEST
    if len(parts) > MOST_PARTS or (unpacked > LARGEST_UNPACKED and not is_long):
        raise unreadable(Fault.ZIP_BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(Fault.ENCRYPTED)


def _workbook(archive: zipfile.ZipFile) -> str:
    names = {name.lower() for name in archive.namelist()}
    if BINARY in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "mimetype" in names:
        return _open_document(archive.read("mimetype")[:100])
    for beginning, what in (("word/", "document"), ("ppt/", "slides")):
        if any(name.startswith(beginning) for name in names):
            raise _wrong(ADVICE[what])
    if TYPES.lower() in names:
        raise unreadable(Fault.CORRUPT)
    raise _wrong(ADVICE["archive"])


def _open_document(mime: bytes) -> str:
    if b"spreadsheet" in mime:
        return "ods"
    raise _wrong(ADVICE["slides" if b"presentation" in mime else "document"])


def _require_plain(archive: zipfile.ZipFile) -> None:
    """Refuse XML that brings entities of its own; they stand before the first element."""
    for part in archive.infolist():
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as file:
                if ENTITY.search(file.read(LOOKED_AT)):
                    raise unreadable(Fault.XML_ENTITY)

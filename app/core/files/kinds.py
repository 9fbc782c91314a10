"""What a file is, by its content and never by its name; what is not taken is refused with a sentence.

Nothing is unpacked: of a Word or Excel file only the directory and the list of content types are read.
"""

import enum
import lzma
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.fields import Labelled, Text

LONGEST_NAME: Final = 255
MOST_PARTS: Final = 2000
LARGEST_UNPACKED: Final = 100 * 1024 * 1024
LARGEST_DIRECTORY: Final = 1024 * 1024
LARGEST_TYPES: Final = 256 * 1024
END_OF_ZIP: Final = b"PK\x05\x06"
BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)
"""What reading a broken zip file may raise."""
OFFICE: Final = "application/vnd.openxmlformats-officedocument."


class NotTaken(Exception):
    """The file is none of those the portal takes, or is damaged; the reason is for the person who sent it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


@enum.unique
class Kind(Labelled):
    """The kinds of files that are taken; the code is the ending of the name."""

    JPG = "jpg", _("Photo")
    PNG = "png", _("Picture")
    WEBP = "webp", _("Picture")
    PDF = "pdf", _("PDF document")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")

    @property
    def is_picture(self) -> bool:
        """Tell whether it can be shown as a picture."""
        return self in (Kind.JPG, Kind.PNG, Kind.WEBP)

    @property
    def mime(self) -> str:
        """Return the content type it is sent with."""
        return MIMES[self]


MIMES: Final[dict[Kind, str]] = {
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.PDF: "application/pdf",
    Kind.DOCX: f"{OFFICE}wordprocessingml.document",
    Kind.XLSX: f"{OFFICE}spreadsheetml.sheet",
}

MAIN: Final[dict[Kind, tuple[str, str]]] = {
    Kind.DOCX: ("word/document.xml", f"{MIMES[Kind.DOCX]}.main+xml"),
    Kind.XLSX: ("xl/workbook.xml", f"{MIMES[Kind.XLSX]}.main+xml"),
}
"""The part that makes a zip file a document, and what its list of content types calls it."""

ONLY: Final = _("Only photos (JPG, PNG, WebP), PDF, Word (docx) and Excel (xlsx) can be added.")
DAMAGED: Final = _("The file is damaged or incomplete; send it again.")
HEIC: Final = _(
    "This is a photo in Apple's HEIC format; choose “Most compatible” in the camera settings, or send a JPG."
)
OLD_OFFICE: Final = _("This is an old or locked Word or Excel file; save it without a password as docx or xlsx.")
MACROS: Final = _("The file holds macros; save it without them as docx or xlsx.")
TOO_MUCH: Final = _("The file would be far too large once unpacked.")


def recognise(data: bytes) -> Kind:
    """Return what the content is. Raises NotTaken."""
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        raise NotTaken(HEIC)
    raise NotTaken(OLD_OFFICE if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") else ONLY)


def _pdf(data: bytes) -> Kind:
    if b"%%EOF" not in data[-2048:]:
        raise NotTaken(DAMAGED)
    return Kind.PDF


def _office(data: bytes) -> Kind:
    """Look at the directory of a zip file. Raises NotTaken."""
    _require_small_directory(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _require_modest(archive.infolist())
            return _document(archive)
    except BROKEN:
        raise NotTaken(DAMAGED) from None


def _require_small_directory(data: bytes) -> None:
    """A directory of a million entries would be read whole before anybody could count them."""
    end = data.rfind(END_OF_ZIP, max(0, len(data) - 65_557))
    if end < 0:
        raise NotTaken(DAMAGED)
    if int.from_bytes(data[end + 12 : end + 16], "little") > LARGEST_DIRECTORY:
        raise NotTaken(TOO_MUCH)


def _require_modest(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise NotTaken(TOO_MUCH)
    if any(PurePosixPath(part.filename).name.lower().startswith("vbaproject") for part in parts):
        raise NotTaken(MACROS)


def _document(archive: zipfile.ZipFile) -> Kind:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        raise NotTaken(ONLY)
    if archive.getinfo("[Content_Types].xml").file_size > LARGEST_TYPES:
        raise NotTaken(TOO_MUCH)
    with archive.open("[Content_Types].xml") as file:
        types = file.read(LARGEST_TYPES)
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise NotTaken(MACROS)
    for kind, (part, called) in MAIN.items():
        if part in names and called.encode() in types:
            return kind
    raise NotTaken(ONLY)


def tidy_name(given: str, kind: Kind) -> str:
    """Return the name somebody gave a file, without folders and unseen characters, with the ending of what it is."""
    seen = "".join(
        sign for sign in unicodedata.normalize("NFC", given) if not unicodedata.category(sign).startswith("C")
    )
    name = seen.replace("\\", "/").rsplit("/", maxsplit=1)[-1].strip(" .") or gettext("File")
    stem, dot, ending = name.rpartition(".")
    fits = bool(stem and dot) and ending.lower() in _ENDINGS[kind]
    stem, ending = (stem, ending) if fits else (name, kind.value)
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


_ENDINGS: Final[dict[Kind, tuple[str, ...]]] = {kind: (kind.value,) for kind in Kind} | {Kind.JPG: ("jpg", "jpeg")}

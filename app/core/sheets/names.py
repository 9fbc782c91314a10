"""The ways in which names of people and their telephone numbers are read."""

import re
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.filling import add, filling, keep, seen
from app.core.sheets.ledger import Draft, Reader, Sight
from app.core.sheets.values import Reason, Rejected

_TITLE: Final = re.compile(r"([\u3400-\u9fff·]{2,})\(([^()]{2,20})\)")
"""A name with something beside it, such as 王芳(组长); a single sign tells people of one name apart."""
_COUNTED: Final = re.compile(r"^\d{1,3}[.、．)）]\s*(?=[\u3400-\u9fff])")
"""The number of a row, typed before the name."""
_NUMBER: Final = re.compile(
    r"[:(]*\+?(?:1[3-9]\d(?:[\s-]?\d{4}){2}|0\d{2,3}-?[2-9]\d{6,7}(?:(?:-|\s*(?:转|分机)\s*)\d{1,5})?)\)?$"
)
_IDENTITY: Final = re.compile(r"(?<![0-9])(?:身份证(?:号码?)?:?)?\s*\(?([0-9]{17}[0-9Xx]|[0-9]{15})\)?$")
_BETWEEN: Final = " /、,;:|\n"
"""What stands between a name and the numbers behind it."""


def contact(sets: str, number: str, own: Reader | None = None) -> Reader:
    """The name of who is asked, also with the telephone number in the same cell, which goes into `number`.

    `own`: what reads the name, where it need not be that of a person.
    """
    own, phone_number = own or name(sets), phone(number)

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = values.half(cell)
        if (found := _NUMBER.search(text)) and number not in draft.meant:
            phone_number(draft, "phone", found[0].strip("():"), sight)
            text = text[: found.start()].strip(_BETWEEN)
        own(draft, key, text, sight)

    return filling(sets, read)


def person() -> Reader:
    """The name of who a row is about: without what stands beside it, which is kept."""
    own, numbers = name("name", beside="remark"), phones()

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = values.half(cell)
        while found := _NUMBER.search(text) or _IDENTITY.search(text):
            if found.re is _NUMBER:
                numbers(draft, "phone", found[0].strip("():"), sight)
            else:
                keep(draft, "id_number", "id_number", found[1].upper(), found[1].upper())
            text = text[: found.start()].strip(_BETWEEN)
        own(draft, key, text, sight)
        if _SEVERAL.search(text):
            draft.warn("several_names", key, text)

    return filling("name", read)


_SEVERAL: Final = re.compile(r"[\u3400-\u9fff]{2,}\s*[、,，;；/和]\s*[\u3400-\u9fff]{2,}")


def name(sets: str = "name", limit: int = 40, beside: str = "") -> Reader:
    """The name of a person. `beside`: where is kept what stands beside it in brackets."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = _COUNTED.sub("", seen(values.name(cell)))
        if beside and (found := _TITLE.fullmatch(text)):
            text = found[1]
            add(draft, beside, f"姓名旁注：{found[2]}")
            draft.warn("beside_name", key, found[2])
        if len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text.replace(".", "").isdecimal():
            raise Rejected(Reason.MISSING, text)
        if text:
            keep(draft, key, sets, text, text)

    return filling(sets, read)


def phone(sets: str = "") -> Reader:
    """One telephone number; a second one in the cell is kept as phone2."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.phones(cell)
        if not found:
            return
        keep(draft, key, sets, found[0], found[0])
        if len(found) > 1:
            draft.said["phone2"] = found[1]
            draft.warn("second_phone", key, found[1])

    return filling(sets, read)


def phones(sets: str = "phones", of: str = "") -> Reader:
    """One or several telephone numbers of a person, also with whose they are, added to those of other columns.

    `of`: whose they are where the cell does not say it.
    """

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        for owner, number in values.owned_phones(cell):
            kept, whose = draft.meant.setdefault(sets, []), f"{owner or of} {number}".strip()
            if whose in kept:
                continue
            kept.append(whose)
            free = key if key not in draft.said else "phone2"
            draft.said.setdefault(free, number)

    return filling(sets, read)

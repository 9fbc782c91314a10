"""The ways in which names of people and their telephone numbers are read."""

import re
from typing import Final

from app.core.sheets import telephones, values
from app.core.sheets.book import Cell
from app.core.sheets.filling import add, filling, keep, seen
from app.core.sheets.ledger import Draft, Reader, Sight
from app.core.sheets.values import Reason, Rejected

_TITLE: Final = re.compile(r"([\u3400-\u9fff·]{2,})\(([^()]{2,20}|[女男兼代副正亡故群党无])\)")
"""A name with something beside it, such as 王芳(组长), 王芳(女); other single signs tell people of one name apart."""
_COUNTED: Final = re.compile(r"^(?:\d{1,3}[.、．)）]|[(（]\d{1,3}[)）]|[①-⑳])\s*(?=[\u3400-\u9fff])")
"""The number of a row, typed before the name."""
_ONE_NUMBER: Final = (
    r"\+?(?:1[3-9]\d(?:[\s.-]?\d{4}){2}|0\d{2,3}-?[2-9]\d{6,7}(?:(?:-|\s*(?:转|分机)\s*)\d{1,5})?"
    r"|(?<![\d-])[2-9]\d{6,7})(?!\d)"
)
_NUMBER: Final = re.compile(rf"[:(]*(?:(?:联系)?(?:电话|手机号?码?|方式))?:?{_ONE_NUMBER}\)?$")
_NUMBER_FIRST: Final = re.compile(rf"{_ONE_NUMBER}[ /、,;:|\n]*(?=[\u3400-\u9fff])")
"""A number before the name it belongs to: 13800000001王芳."""
_ANY_NUMBER: Final = re.compile(rf"(?<!\d){_ONE_NUMBER}")
_LEFT: Final = re.compile(r"\d{6}")
"""Stands in no name: what is left of a number that could not be read."""
_LABEL: Final = re.compile(":")
"""Stands behind what something is called, and in the name of nobody."""
_IDENTITY: Final = re.compile(r"(?<![0-9])(?:身份证(?:号码?)?:?)?\s*\(?([0-9]{17}[0-9Xx]|[0-9]{15})\)?$")
_BETWEEN: Final = " /、,;:|\n"
"""What stands between a name and the numbers beside it."""


def contact(sets: str, number: str, own: Reader | None = None, said: str = "phone") -> Reader:
    """The name of who is asked, also with telephone numbers in the same cell, which go into `number`.

    `own`: what reads the name, where it need not be that of a person. `said`: under which key the numbers are told.
    """
    own, phone_number = own or name(sets), phone(number)

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = values.half(cell)
        found = [one[0] for one in _ANY_NUMBER.finditer(text)]
        if found:
            phone_number(draft, said, "/".join(found), sight)
            text = "、".join(filter(None, map(_without_ends, _ANY_NUMBER.split(text))))
        if _LEFT.search(text):
            raise Rejected(Reason.PHONE, text)
        own(draft, key, text, sight)

    return filling(sets, read)


def _without_ends(text: str) -> str:
    """Return what stands beside numbers without what only parts it from them: 洪二（."""
    return text.strip(_BETWEEN).removesuffix("(").removeprefix(")").strip(_BETWEEN)


def person() -> Reader:
    """The name of who a row is about: without what stands beside it, which is kept."""
    own, numbers = name("name", beside="remark"), phones()

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = values.half(cell)
        if (first := _NUMBER_FIRST.match(text)) and not _ANY_NUMBER.search(text, first.end()):
            text = f"{text[first.end() :]} {first[0]}".strip()
        while found := _NUMBER.search(text) or _IDENTITY.search(text):
            if found.re is _NUMBER:
                numbers(draft, "phone", found[0].strip("():"), sight)
            else:
                keep(draft, "id_number", "id_number", found[1].upper(), found[1].upper())
            text = text[: found.start()].strip(_BETWEEN)
        if text in NOBODY or any(one.search(text) for one in (_TOLD, _LEFT, _LABEL)):
            raise Rejected(Reason.MISSING, text)
        own(draft, key, text, sight)
        if _SEVERAL.search(text):
            draft.warn("several_names", key, text)
        elif _ODD.search(text):
            draft.warn("odd_name", key, text)

    return filling("name", read)


_SEVERAL: Final = re.compile(
    r"[\u3400-\u9fff]{2,}(?:\([^()]*\))?(?:\s*[、,，;；/和]\s*|\s+|(?<=\)))[\u3400-\u9fff]{2,}"
)

_ODD: Final = re.compile(r"(?<=[\u3400-\u9fff])[-—~+=|].|[-—]{2}|[?]$")
"""Stands in hardly any name, but where more is said than one: 已迁出-王芳."""

NOBODY: Final = frozenset({"空缺", "暂缺", "待定", "缺", "缺额", "空岗", "待补", "待聘"})
"""What stands for a name where there is nobody."""
_TOLD: Final = re.compile("[0-9]岁|[;。!?].")
"""What tells of people, and is the name of none."""


def name(sets: str = "name", limit: int = 40, beside: str = "") -> Reader:
    """The name of a person. `beside`: where is kept what stands beside it in brackets."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = _unmarked(draft, key, _COUNTED.sub("", seen(values.name(cell))), beside)
        if beside and (found := _TITLE.fullmatch(text)):
            text = found[1]
            add(draft, beside, f"姓名旁注：{found[2]}")
            draft.warn("beside_name", key, found[2])
        if text[:1] == "=":
            raise Rejected(Reason.FORMULA, text)
        if len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text.replace(".", "").isdecimal():
            raise Rejected(Reason.MISSING, text)
        if text:
            keep(draft, key, sets, text, text)

    return filling(sets, read)


def _unmarked(draft: Draft, key: str, text: str, beside: str) -> str:
    """Return a name without the signs by which ledgers mark somebody, which are told."""
    own = text.strip(_MARKS)
    if own == text or not own:
        return text
    marks = text.replace(own, "")
    if beside:
        add(draft, beside, f"姓名旁注：{marks}")
    draft.warn("beside_name", key, marks)
    return own


_MARKS: Final = "★☆※△▲◆◇■□√✓"


def phone(sets: str = "") -> Reader:
    """One telephone number; a second one in the cell is kept as phone2, and what stands beside it is told."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        owned = telephones.owned_phones(cell)
        found = list(dict.fromkeys(number for _owner, number in owned))
        if not found:
            return
        if (before := draft.said.get(key)) is not None:
            found = list(dict.fromkeys([before, *found]))
        keep(draft, key, sets, found[0], found[0])
        if beside := "、".join(dict.fromkeys(owner for owner, _number in owned if owner)):
            draft.warn("beside_phone", key, beside)
        if len(found) > 1:
            draft.said["phone2"] = found[1]
            draft.warn("second_phone", key, "、".join(found[1:]))

    return filling(sets, read)


def phones(sets: str = "phones", of: str = "") -> Reader:
    """One or several telephone numbers of a person, also with whose they are, added to those of other columns.

    `of`: whose they are where the cell does not say it.
    """

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        for owner, number in telephones.owned_phones(cell):
            kept, whose = draft.meant.setdefault(sets, []), f"{owner or of} {number}".strip()
            if whose in kept:
                continue
            kept.append(whose)
            free = key if key not in draft.said else "phone2"
            draft.said.setdefault(free, number)

    return filling(sets, read)

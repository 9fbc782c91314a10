"""The telephone numbers of a cell, as people write them: in groups, several, with whose they are."""

import re
from typing import Final

from app.core.sheets.book import Cell
from app.core.sheets.values import EMPTY, Reason, Rejected, half

NO_PHONE: Final = re.compile(
    r"(?:无|没有|没)(?:(?:手机|电话|联系方式|联系电话|固话)(?:号码)?|子女|儿女|亲属|家属|亲人|监护人|联系人)"
)
_AND: Final = re.compile(r"[/、,;\n]+|\s+(?=1[3-9]|0\d{2,3}-)|或|和")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_LANDLINE: Final = re.compile(r"(0\d{2,3})-?([2-9]\d{6,7})(?:-(\d{1,5}))?")
_SERVICE: Final = re.compile(r"[19]\d{4}|400-?\d{3}-?\d{4}|[2-9]\d{6,7}")
_AREA: Final = re.compile(r"\((0\d{2,3})\)\s*-?")
_EXTENSION: Final = re.compile(r"(?<=\d)\s*(?:转|分机)\s*(?=\d)")
_LABEL: Final = re.compile(r"(?:手机号?码?|联系电话|电话|固话|座机|办公|家庭|宅电|本人)\s*:")
_GROUPED: Final = re.compile(r"(?<!\d)1[3-9](?:[ .-]*\d){9}(?!\d)")
"""A mobile number in groups, however it is parted: 138 0015-1502."""
_NOTE_BELOW: Final = re.compile(r"(?<=\d)\s*\n+\s*(?=\()")
_COUNTRY: Final = re.compile(r"(?<!\d)(?:\+|00)86[-\s]*(?=\d)|(?<!\d)86[-\s]*(?=1[3-9](?:[ .-]*\d){9}(?!\d))")


def phones(cell: Cell) -> list[str]:
    """Return the telephone numbers of a cell, one or several. Raises Rejected."""
    plain = half(cell)
    if plain.isascii() and _MOBILE.fullmatch(plain):
        return [plain]
    said = re.sub("[‐‑‒–—―−－]", "-", _LABEL.sub(";", plain)).strip("; ")
    said = _EXTENSION.sub("-", _AREA.sub(r"\1-", said))
    # All its digits are there, so that nothing was lost when Excel wrote it like this.
    said = re.sub(r"^1\.([0-9]{10})[eE]\+?10$", r"1\1", said)
    joined = "" if NO_PHONE.fullmatch(said) else _COUNTRY.sub("", re.sub(r"\.0$", "", said))
    # Else the group 1502 would look like the beginning of another number.
    joined = _GROUPED.sub(lambda found: re.sub(r"\D", "", found[0]), joined)
    found: list[str] = []
    for one in _AND.split(joined):
        number = _phone("".join(one.split()))
        if number is not None and number not in found:
            found.append(number)
    return found


_OWNER: Final = re.compile(r"[\u3400-\u9fff]{1,12}")
_BRACKETS: Final = str.maketrans(dict.fromkeys("():[]", " "))
_OWN: Final = frozenset(
    {"本人", "自己", "手机", "电话", "号码", "联系", "微信", "微信同号", "同微信", "微信同", "微信号"}
)


def owned_phones(cell: Cell) -> list[tuple[str, str]]:
    """Return the telephone numbers of a cell, each with whose it is: 13800001234(女儿). Raises Rejected."""
    said = half(cell)
    if said.isascii() and _MOBILE.fullmatch(said):
        return [("", said)]
    if not _OWNER.search(said):
        return [("", number) for number in phones(cell)]
    found: list[tuple[str, str]] = []
    told = _LABEL.sub(";", _EXTENSION.sub("-", _NOTE_BELOW.sub("", said)))
    for one in re.split(r"[/、,;\n]+", told):
        found += _owned(one.strip()) if one.strip() not in _OWN else []
    return list(dict.fromkeys(found))


def _owned(said: str) -> list[tuple[str, str]]:
    owners = _OWNER.findall(said)
    if len(owners) != 1 or NO_PHONE.fullmatch(said):
        return [("", number) for number in phones(said)]
    numbers = phones(_OWNER.sub("", said).translate(_BRACKETS))
    if not numbers:
        raise Rejected(Reason.PHONE, said)
    return [("" if owners[0] in _OWN else owners[0], number) for number in numbers]


def _phone(said: str) -> str | None:
    if not said or said in EMPTY:
        return None
    digits = said.replace("-", "")
    if _MOBILE.fullmatch(digits):
        return digits
    if landline := _LANDLINE.fullmatch(said):
        return "-".join(part for part in landline.groups() if part)
    if _SERVICE.fullmatch(said):
        return said
    raise Rejected(Reason.PHONE, said)

"""How sensitive values are shown: enough to recognise, not enough to misuse."""

import re
from typing import Final

MASKED: Final = "*"
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_LONG: Final = re.compile(r"\d{11}")
_ID = re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)")
_EITHER: Final = re.compile(rf"{_PHONE.pattern}|{_ID.pattern}")
_LONG_RUN: Final = re.compile(r"\d{11,}(?:[Xx](?!\d))?")

_BUILDING: Final = re.compile(r"^.*?\d+\s*(?:栋|幢|号楼|座)")

COMPOUND_SURNAMES: Final = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛夏侯东方皇甫尉迟公孙慕容令狐司徒端木司空长孙宇文轩辕独孤南宫西门公羊澹台淳于申屠钟离",
    )
)
"""Surnames of two characters."""
_COMPOUND: Final = re.compile(rf"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}).")
"""A name that begins with a surname of two characters."""


def phone(value: str) -> str:
    """Show a mobile number as 138****0001; of any other number the last two digits."""
    return f"{value[:3]}****{value[-4:]}" if _PHONE.fullmatch(value) else _tail(value, 2)


def id_number(value: str) -> str:
    """Show an identity number as 110***********1001."""
    return f"{value[:3]}{MASKED * (len(value) - 7)}{value[-4:]}" if len(value) >= 15 else _tail(value, 2)


def name(value: str) -> str:
    """Show a name by its first character, and its last if it has three or more: 张*, 张*三, 欧**明."""
    if len(value) <= 2:
        return value[:1] + MASKED
    return value[0] + MASKED * (len(value) - 2) + value[-1]


def given_name(value: str) -> str:
    """Return how one is called without the surname: 桂芳 of 李桂芳, 小明 of 欧阳小明, 阿依古丽 of 阿依古丽·买买提."""
    first = value.split("·", 1)[0]
    if first != value:
        return first
    return value[2 if _COMPOUND.match(value) else 1 :] or value


def address(value: str) -> str:
    """Show an address up to the building; without one, how it begins, and never a number."""
    found = _BUILDING.match(value)
    if found:
        return found[0] + MASKED * 3 if found[0] != value else value
    return re.split(r"\d", value[: min(6, len(value) // 2)], maxsplit=1)[0] + MASKED * 3


def hidden(value: str) -> str:
    """Show nothing but that there is something."""
    return MASKED * 3


def tells_numbers(value: str) -> bool:
    """Tell whether `free_text` would mask anything in a text."""
    # To look behind each character of a long text takes ten times as long as to find its few long numbers.
    return _EITHER.search(" ".join(_LONG_RUN.findall(value))) is not None


def free_text(value: str) -> str:
    """Mask whatever in a free text looks like a mobile or an identity number."""
    # Most texts hold no number as long as that, which is seen much faster.
    return _PHONE.sub(r"\1****\2", _ID.sub(r"\1***********\2", value)) if _LONG.search(value) else value


def _tail(value: str, shown: int) -> str:
    return MASKED * max(len(value) - shown, 3) + value[-shown:] if len(value) > shown else MASKED * 3

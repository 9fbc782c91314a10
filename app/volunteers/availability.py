"""When a volunteer has time: parts of the days of a week, as people write it (周三、六下午；周日全天) and as JSON.

The words are data here, like those of opening times; whatever is read is printed in one way, which reads the same.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Self

from flask_babel import lazy_gettext as _

from app.core.fields import Boxes, NotUnderstood, Worded
from app.resources import weekdays

PARTS: Final = {"morning": "上午", "afternoon": "下午", "evening": "晚上"}
"""The parts of a day by code, in their order."""
WHOLE: Final = tuple(PARTS)
LONGEST: Final = 500
"""How much somebody may type, in characters."""

_SAID: Final[dict[str, tuple[str, ...]]] = {
    **{words: (code,) for code, words in PARTS.items()},
    "早上": ("morning",),
    "晚间": ("evening",),
    "夜间": ("evening",),
    "晚": ("evening",),
    "白天": ("morning", "afternoon"),
    "全天": WHOLE,
    "整天": WHOLE,
}
_PART: Final = re.compile("|".join(sorted(_SAID, key=len, reverse=True)))
_END: Final = re.compile(rf"[;\n。]|,(?=\s*(?:{weekdays.EVERY}|每?{weekdays.WEEK}))")

NO_TIME: Final = _("Say days of the week and parts of the day, for example 周三、六下午；周日全天.")
NO_PARTS: Final = _("An entry has a weekday from 1 to 7 and “parts”: morning, afternoon, evening.")

Slot = tuple[int, str]
"""A day of the week, 1 for Monday, and a part of it."""


@dataclass(frozen=True)
class Availability(Worded):
    """The parts of the week in which somebody has time, in their order; at least one."""

    slots: tuple[Slot, ...]
    schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "weekday": {"type": "integer", "minimum": 1, "maximum": 7},
                "parts": {"type": "array", "items": {"type": "string", "enum": list(PARTS)}},
            },
            "required": ["weekday", "parts"],
        },
    }
    boxes: ClassVar[Boxes] = tuple(
        (f"周{day}", tuple((f"周{day}{words}", words) for words in PARTS.values())) for day in weekdays.NAMES
    )

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what somebody typed. Raises NotUnderstood."""
        if len(text) > LONGEST:
            raise NotUnderstood(NO_TIME)
        plain = re.sub("[‐‑‒–—―−〜]", "-", unicodedata.normalize("NFKC", text))
        return cls._of(slot for said in _END.split(plain) if said.strip() for slot in _read(said.strip()))

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read the JSON. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, list) or len(given) > LONGEST:
            raise NotUnderstood(NO_PARTS)
        return cls._of(slot for one in given for slot in _entry(one))

    @classmethod
    def _of(cls, slots: Iterable[Slot]) -> Self | None:
        found = tuple(sorted(set(slots), key=lambda slot: (slot[0], WHOLE.index(slot[1]))))
        return cls(found) if found else None

    def parts_on(self, weekday: int) -> tuple[str, ...]:
        """Return the codes of the parts of a day of the week, 1 for Monday."""
        return tuple(part for day, part in self.slots if day == weekday)

    def is_on(self, day: date) -> bool:
        """Tell whether there is time on a day."""
        return bool(self.parts_on(day.isoweekday()))

    def next_on(self, after: date) -> date:
        """Return the next day with time, that day included."""
        return next(day for ahead in range(7) if self.is_on(day := after + timedelta(days=ahead)))

    def plain(self) -> list[dict[str, Any]]:
        """Return the JSON: an entry for each day."""
        days = sorted({day for day, _part in self.slots})
        return [{"weekday": day, "parts": list(self.parts_on(day))} for day in days]

    def ticked(self) -> frozenset[str]:
        """Return what the boxes say of it."""
        return frozenset(f"周{weekdays.NAMES[day - 1]}{PARTS[part]}" for day, part in self.slots)

    def __str__(self) -> str:
        alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for day in sorted({day for day, _part in self.slots}):
            alike[self.parts_on(day)].append(day)
        return "；".join(f"{weekdays.said(days)} {said(parts)}" for parts, days in alike.items())


def said(parts: tuple[str, ...]) -> str:
    """Return parts of a day in words."""
    return "全天" if parts == WHOLE else "、".join(PARTS[part] for part in parts)


def _read(text: str) -> list[Slot]:
    """Read days, and behind them parts of the day, again and again; days without parts are whole days."""
    found: list[Slot] = []
    at = 0
    while at < len(text):
        days, at = weekdays.read(text, at)
        if not days:
            raise NotUnderstood(NO_TIME)
        parts, at = _parts(text, at)
        found += [(day, part) for day in days for part in parts or WHOLE]
    return found


def _parts(text: str, at: int) -> tuple[set[str], int]:
    parts: set[str] = set()
    while found := _PART.match(text, at) or weekdays.BETWEEN.match(text, at):
        parts |= set(_SAID.get(found[0], ()))
        at = found.end()
    return parts, at


def _entry(given: Any) -> list[Slot]:
    if not isinstance(given, dict) or set(given) != {"weekday", "parts"}:
        raise NotUnderstood(NO_PARTS)
    day, parts = given["weekday"], given["parts"]
    if not isinstance(day, int) or isinstance(day, bool) or not 1 <= day <= 7:
        raise NotUnderstood(NO_PARTS)
    if not isinstance(parts, list) or not all(isinstance(part, str) and part in PARTS for part in parts):
        raise NotUnderstood(NO_PARTS)
    return [(day, part) for part in parts]

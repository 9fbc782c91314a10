"""What a volunteer was trained in: dated entries, one a line (2026-03-05 急救培训 4小时), and as JSON."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Self

from flask_babel import lazy_gettext as _

from app.core import checks
from app.core.fields import NotUnderstood, Text, Worded

MOST: Final = 100
"""How many entries one volunteer may have."""
LONGEST: Final = 5000
LONGEST_TOPIC: Final = 60
LONGEST_HOURS: Final = 1000

NO_TRAINING: Final = _("Write one training a line: day, topic and hours, for example 2026-03-05 急救培训 4小时.")
NO_ENTRY: Final = _("An entry has “on” like 2026-03-05, a “topic” and “hours”.")

_LINE: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\s,、:]*(\S.*?)[\s,、]*(\d{1,4}(?:\.\d)?)\s*(?:小时|学时|课时|h)",
    re.IGNORECASE,
)
_END: Final = re.compile(r"[;\n]")


@dataclass(frozen=True, slots=True, order=True)
class Course:
    """One training: its day, its topic, and how many hours it took."""

    on: date
    topic: str
    hours: float

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"on": self.on.isoformat(), "topic": self.topic, "hours": self.hours}

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.topic} {self.hours:g}小时"


@dataclass(frozen=True)
class Training(Worded):
    """The trainings of one volunteer, the earliest first; at least one."""

    each: tuple[Course, ...]
    schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "on": {"type": "string", "format": "date"},
                "topic": {"type": "string"},
                "hours": {"type": "number"},
            },
            "required": ["on", "topic", "hours"],
        },
    }

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what somebody typed. Raises NotUnderstood."""
        if len(text) > LONGEST or checks.visible(text) is not None:
            raise NotUnderstood(NO_TRAINING)
        lines = [line.strip() for line in _END.split(unicodedata.normalize("NFKC", text)) if line.strip()]
        return cls._of(_course(line) for line in lines)

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read the JSON. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, list):
            raise NotUnderstood(NO_ENTRY)
        return cls._of(_entry(one) for one in given)

    @classmethod
    def _of(cls, courses: Iterable[Course]) -> Self | None:
        found = sorted(set(courses))
        if len(found) > MOST:
            raise NotUnderstood(_("At most %(most)s trainings.", most=MOST))
        return cls(tuple(found)) if found else None

    @property
    def hours(self) -> float:
        """Return how many hours they took in all."""
        return sum(course.hours for course in self.each)

    def plain(self) -> list[dict[str, Any]]:
        """Return the JSON."""
        return [course.plain() for course in self.each]

    def __str__(self) -> str:
        return "；".join(str(course) for course in self.each)


def complaint(value: Training) -> Text | None:
    """Complain about a training that lies in the future, or in a time nobody can mean."""
    found = (checks.plausible(course.on) or checks.not_future(course.on) for course in value.each)
    return next((said for said in found if said is not None), None)


def _course(line: str) -> Course:
    found = _LINE.fullmatch(line)
    if found is None:
        raise NotUnderstood(NO_TRAINING)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise NotUnderstood(NO_TRAINING) from None
    return _checked(day, found[4], float(found[5]), NO_TRAINING)


def _entry(given: Any) -> Course:
    if not isinstance(given, dict) or set(given) != {"on", "topic", "hours"}:
        raise NotUnderstood(NO_ENTRY)
    topic, hours = given["topic"], given["hours"]
    if not isinstance(topic, str) or not isinstance(hours, int | float) or isinstance(hours, bool):
        raise NotUnderstood(NO_ENTRY)
    try:
        day = date.fromisoformat(given["on"])
    except (TypeError, ValueError):
        raise NotUnderstood(NO_ENTRY) from None
    return _checked(day, " ".join(topic.split()), float(hours), NO_ENTRY)


def _checked(day: date, topic: str, hours: float, wrong: Text) -> Course:
    hours = round(hours, 1)
    readable = bool(topic) and len(topic) <= LONGEST_TOPIC and not _END.search(topic)
    if not readable or checks.visible(topic) is not None or not 0 < hours <= LONGEST_HOURS:
        raise NotUnderstood(wrong)
    return Course(day, topic, hours)

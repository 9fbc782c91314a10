"""What reading a box has done, and how it is told."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext

from app.box.sections import BY_KEY
from app.core.fields import Text


@dataclass(slots=True)
class Report:
    """What reading a box has done."""

    code: str
    name: str
    words: Mapping[str, str] = field(default_factory=dict)
    """The community's own words."""
    made: Counter[str] = field(default_factory=Counter)
    kept: list[Text] = field(default_factory=list)
    """Where the file says something else than what the community has; the community's word stands."""
    left_aside: dict[str, int] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    """Login, name and one-time link of each account that was made."""


def links_told(report: Report) -> list[str]:
    """Return the one-time link of each account that was made, in lines."""
    return [f"{login} {name}: {link}" for login, name, link in report.links]


def told(report: Report) -> list[str]:
    """Return what was done, in sentences; the links are handed out by themselves."""
    labels = {"communities": gettext("communities")} | {key: str(one.title) for key, one in BY_KEY.items()}
    counts = [f"{labels[name]} {count}" for name, count in report.made.items()]
    done = gettext("made: %(counts)s", counts=gettext(", ").join(counts)) if counts else gettext("nothing to change")
    said = [f"{report.name} ({report.code}): {done}"]
    said += [str(text) for text in report.kept]
    said += [
        gettext(
            "“%(section)s” (%(count)s) is left aside: the portal does not keep this list yet.", section=name, count=n
        )
        for name, n in report.left_aside.items()
    ]
    return said

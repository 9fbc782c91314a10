"""The parts of the portal a community may do without, each with the lines of the role table that fall away with it.

Whatever stands in none of them is used everywhere: needs and what is delivered, people, units, posts, places, accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.roles import LIST_TITLES


@dataclass(frozen=True, slots=True)
class Part:
    """A part: what it is called, and the lines of the role table that stand and fall with it."""

    label: Any
    lines: frozenset[str]


PARTS: Final = {
    "resources": Part(LIST_TITLES["resources"], frozenset({"resources"})),
    "projects": Part(LIST_TITLES["projects"], frozenset({"projects"})),
    "volunteers": Part(_("Volunteering"), frozenset({"volunteers"})),
    "registration": Part(_("Dual registration"), frozenset({"members", "service_posts", "agreements", "feedbacks"})),
    "partners": Part(LIST_TITLES["partners"], frozenset({"partners"})),
    "vulnerable": Part(LIST_TITLES["vulnerabilities"], frozenset({"vulnerabilities"})),
}
"""By the code that is stored."""


def lines_of(codes: Iterable[str]) -> frozenset[str]:
    """Return the lines of the role table that fall away with these parts; a code nobody knows any more names none."""
    return frozenset(line for code in codes if code in PARTS for line in PARTS[code].lines)

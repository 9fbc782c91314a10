"""What a box holds, checked; each entry knows the line it stands on."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.accounts.models import GrantRole
from app.communities.models import PlaceKind
from app.core.fields import Text
from app.parties.models import Partied


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one line; `line` 0 means the file as a whole."""

    line: int
    text: Text


class BoxError(Exception):
    """The file cannot be used; nothing has been changed."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("; ".join(f"{complaint.line}: {complaint.text}" for complaint in complaints))
        self.complaints = sorted(complaints, key=lambda complaint: complaint.line)


# Entries are compared by identity: two units called 1单元 are two.
@dataclass(slots=True, eq=False)
class PlaceEntry:
    """A place and what lies in it."""

    line: int
    name: str
    kind: PlaceKind
    level: int
    aliases: list[str] = field(default_factory=list)
    code: str | None = None
    households: int | None = None
    children: list["PlaceEntry"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class CategoryEntry:
    """A category and those that belong to it."""

    line: int
    name: str
    children: list["CategoryEntry"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class HolidayEntry:
    """A day on which the office is closed, or open although its weekday is free."""

    line: int
    day: date
    name: str
    works: bool


@dataclass(slots=True, eq=False)
class PartyEntry:
    """A unit or a team. `columns`: what else is said of it; `unit`: the unit a team belongs to."""

    line: int
    model: type[Partied]
    name: str
    columns: dict[str, Any]
    place: PlaceEntry | None = None
    unit: "PartyEntry | None" = None


@dataclass(slots=True, eq=False)
class ProjectEntry:
    """A service project. `columns`: what else is said of it; `categories`: by name."""

    line: int
    name: str
    columns: dict[str, Any]
    categories: list[str] = field(default_factory=list)
    provider: PartyEntry | None = None


@dataclass(slots=True, eq=False)
class AccountEntry:
    """A person who signs in, with one role."""

    line: int
    login: str
    name: str
    phone: str | None
    role: GrantRole
    place: PlaceEntry | None
    speaks_for: PartyEntry | None = None


@dataclass(slots=True, eq=False)
class Box:
    """A community and what it starts with. `categories` None: the file says nothing, so the default ones."""

    line: int
    code: str
    name: str
    code_is_derived: bool = False
    """The file named no code, so this one was made from the name."""
    columns: dict[str, str] = field(default_factory=dict)
    levels: list[str] | None = None
    reference_date: date | None = None
    places: list[PlaceEntry] = field(default_factory=list)
    categories: list[CategoryEntry] | None = None
    holidays: list[HolidayEntry] = field(default_factory=list)
    parties: list[PartyEntry] = field(default_factory=list)
    """The units, then the teams."""
    projects: list[ProjectEntry] = field(default_factory=list)
    accounts: list[AccountEntry] = field(default_factory=list)
    left_aside: dict[str, int] = field(default_factory=dict)
    """Sections whose list does not exist yet, and how many entries they have."""

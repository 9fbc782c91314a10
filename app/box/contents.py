"""What a box holds, checked; each entry knows the line it stands on."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.accounts.models import GrantRole
from app.communities.models import PlaceKind
from app.core.fields import Text
from app.needs.choices import Urgency
from app.parties.models import Partied
from app.posts.choices import ROLES, PostDuty


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a workbook: the sheet, the row as a person sees it, and the column by its letter and its heading.

    Without a column the whole row is meant, without a row the whole sheet. `order`: where the sheet and the column
    stand, from the front.
    """

    sheet: str
    row: int = 0
    column: str = ""
    heading: str = ""
    order: tuple[int, int] = (0, 0)


At = int | Spot
"""Where something is said: a line of a text file, or a cell of a workbook; 0 means the file as a whole."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one line or cell."""

    line: At
    text: Text

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what complaints are sorted by: from the top of the file to its end."""
        if isinstance(self.line, Spot):
            return self.line.order[0], self.line.row, self.line.order[1]
        return 0, self.line, 0


class BoxError(Exception):
    """The file cannot be used; nothing has been changed."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("; ".join(f"{complaint.line}: {complaint.text}" for complaint in complaints))
        self.complaints = sorted(complaints, key=lambda complaint: complaint.order)


# Entries are compared by identity: two units called 1单元 are two.
@dataclass(slots=True, eq=False)
class PlaceEntry:
    """A place and what lies in it."""

    line: At
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

    line: At
    name: str
    children: list["CategoryEntry"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class HolidayEntry:
    """A day on which the office is closed, or open although its weekday is free."""

    line: At
    day: date
    name: str
    works: bool


@dataclass(slots=True, eq=False)
class LimitEntry:
    """How soon needs of one urgency are to be answered and done. `category`: by its word; None: all categories."""

    line: At
    category: str | None
    urgency: Urgency
    columns: dict[str, Any]


@dataclass(slots=True, eq=False)
class PartyEntry:
    """A unit or a team. `columns`: what else is said of it; `unit`: the unit a team belongs to."""

    line: At
    model: type[Partied]
    name: str
    columns: dict[str, Any]
    place: PlaceEntry | None = None
    unit: "PartyEntry | None" = None


@dataclass(slots=True, eq=False)
class ResourceEntry:
    """A shared resource. `columns`: what else is said of it; `categories`: by their words."""

    line: At
    name: str
    columns: dict[str, Any]
    provider: PartyEntry | None
    categories: list[str] = field(default_factory=list)
    place: PlaceEntry | None = None


@dataclass(slots=True, eq=False)
class ProjectEntry:
    """A service project. `columns`: what else is said of it; `categories`: by name."""

    line: At
    name: str
    columns: dict[str, Any]
    categories: list[str] = field(default_factory=list)
    provider: PartyEntry | None = None
    resources: list[ResourceEntry] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class AccountEntry:
    """A person who signs in, with one role."""

    line: At
    login: str
    name: str
    phone: str | None
    role: GrantRole
    place: PlaceEntry | None
    speaks_for: PartyEntry | None = None


@dataclass(slots=True, eq=False)
class PostEntry:
    """A duty of somebody, who need not sign in. `columns`: what else is said of it; `spots`: where each is said."""

    line: At
    name: str
    phones: list[str]
    account: AccountEntry | None
    duty: PostDuty
    places: list[PlaceEntry]
    columns: dict[str, Any]
    spots: dict[str, At] = field(default_factory=dict)

    def gives(self, account: AccountEntry) -> bool:
        """Tell whether what an entry says of an account follows from this post."""
        signs_in = self.account is not None and self.account.login == account.login
        role = ROLES.get(self.duty) if self.columns["gives_role"] else None
        return signs_in and role is account.role.role and account.place in self.places


@dataclass(slots=True, eq=False)
class Box:
    """A community and what it starts with. `categories` None: the file says nothing, so the default ones."""

    line: At
    code: str
    name: str
    code_is_derived: bool = False
    """The file named no code, so this one was made from the name."""
    columns: dict[str, Any] = field(default_factory=dict)
    levels: list[str] | None = None
    reference_date: date | None = None
    places: list[PlaceEntry] = field(default_factory=list)
    categories: list[CategoryEntry] | None = None
    limits: list[LimitEntry] = field(default_factory=list)
    holidays: list[HolidayEntry] = field(default_factory=list)
    parties: list[PartyEntry] = field(default_factory=list)
    """The units, then the teams."""
    resources: list[ResourceEntry] = field(default_factory=list)
    projects: list[ProjectEntry] = field(default_factory=list)
    accounts: list[AccountEntry] = field(default_factory=list)
    posts: list[PostEntry] = field(default_factory=list)
    left_aside: dict[str, int] = field(default_factory=dict)
    """Sections whose list does not exist yet, and how many entries they have."""

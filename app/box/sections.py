"""What a box may say: its sections and their columns, each told once.

From here come the keys of the YAML file, the sheets and headings of the workbook with their help and drop-down lists,
what an export holds, and the table of the handbook. A column without anything special is read and handed out as its
model describes it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.accounts.models import Account, GrantRole
from app.communities.models import LEVEL_NAMES, Category, Community, Holiday, Place
from app.communities.own_words import NO_LINES
from app.communities.unused import PART_NAMES
from app.core.fields import RELATED, Field, Shape, Text, facts, shape
from app.needs.limits import TimeLimit
from app.organizations.models import Organization, Team
from app.people.models import Person
from app.posts.models import Post
from app.projects.models import ServiceProject
from app.resources.models import Resource
from app.roles import Role

YES_NO: Final[Mapping[str, str]] = {"是": "true", "否": "false"}
GIVEN: Final = tuple(role for role in GrantRole if role.role is not Role.ADMIN)
"""The roles a box may give."""

Choices = Callable[[], Iterable[tuple[str, str]]]
"""What may be chosen, each with its code in YAML; without one it is written as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a section.

    `key`: in YAML. `of`: the column of the model, where it is called otherwise. `model`: whose column it is, where
    it is none of the section's own. `label`, `help`: where the model's own words do not say it. `names`: the section
    whose rows it names. `offered`: what may be chosen, where the model does not say it.
    """

    key: str
    of: str = ""
    model: Any = None
    label: Text | None = None
    help: Text | None = None
    needed: bool = False
    names: str = ""
    offered: Choices | None = None

    @property
    def name(self) -> str:
        """Return the column of the model."""
        return self.of or self.key


@dataclass(frozen=True)
class Section:
    """One section: a key of the YAML file, and a sheet of the workbook.

    `tree`: whether its rows lie in each other: `children` in YAML, a column naming the row above in a workbook.
    `personal`: whether all of it is about people, so that it leaves only as a raw export.
    """

    key: str
    title: Text
    model: Any
    columns: tuple[Column, ...]
    tree: bool = False
    personal: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of an entry in YAML."""
        return (*(column.key for column in self.columns), *((CHILDREN,) if self.tree else ()))

    @property
    def in_sheet(self) -> tuple[Column, ...]:
        """Return the columns of the sheet."""
        first, *others = self.columns
        return (first, ABOVE, *others) if self.tree else self.columns

    @property
    def plain(self) -> tuple[Column, ...]:
        """Return the columns that are read as the model describes them; the name is read by itself."""
        return tuple(column for column in self.columns if column.key != "name" and self._is_plain(column))

    def _is_plain(self, column: Column) -> bool:
        borrowed = column.names or column.model is not None
        return not borrowed and self.shape(column).kind not in (*RELATED, "list")

    def _field(self, column: Column) -> Field | None:
        return facts(column.model or self.model).get(column.name)

    def shape(self, column: Column) -> Shape:
        """Return what kind of value a column holds."""
        model = column.model or self.model
        return shape(model, column.name) if self._field(column) is not None else Shape("text", column.needed)

    def label(self, column: Column) -> str:
        """Return the heading of a column."""
        own = self._field(column)
        return str(column.label if column.label is not None or own is None else own.label)

    def help(self, column: Column) -> str:
        """Return what is said beside the heading of a column; empty where nothing needs saying."""
        own = self._field(column)
        return str(column.help if column.help is not None else (own and own.help) or "")

    def is_personal(self, column: Column) -> bool:
        """Tell whether a column stands masked or sealed, so that its values leave only as a raw export."""
        field = self._field(column)
        return self.personal or (field is not None and (field.mask is not None or field.sealed))

    def choices(self, column: Column) -> list[tuple[str, str]]:
        """Return what may be chosen in a column, each with its code in YAML; nothing where it is free."""
        form = self.shape(column)
        if column.offered is not None:
            return list(column.offered())
        if form.kind == "choice":
            return [(str(one.label), one.value) for one in form.choices or ()]
        return list(YES_NO.items()) if form.kind == "flag" else []


CHILDREN: Final = "children"
ABOVE: Final = Column(
    "above",
    label=_("Lies in (above)"),
    help=_(
        "The name of the row it belongs to, in any row of this sheet; empty: directly below the community, or a top "
        "category. Where two rows have that name, write the way to it, for example 第一网格 > 3栋."
    ),
)
_SEVERAL: Final = _('Several are parted by 、; one that holds a 、 itself stands in "quotes".')

COMMUNITY: Final = Section(
    "community",
    _("The community"),
    Community,
    (
        Column("code", help=_("2 to 32 letters, digits and hyphens; empty: made from the name.")),
        Column("name", needed=True),
        Column("street"),
        Column("district"),
        Column("city"),
        Column("founded_on"),
        Column("area_km2"),
        Column("boundary"),
        Column("slogan"),
        Column("phone"),
        Column(
            "levels", "level_names", help=_("From the community itself downwards, for example 社区、网格、楼栋、单元.")
        ),
        Column("reference_date"),
        Column("working_hours"),
        Column(
            "unused",
            help=_(
                "Several parted by “、”: %(parts)s. Nobody then sees their lists; empty: all are used.",
                parts=PART_NAMES,
            ),
        ),
        Column("words", help=NO_LINES),
        Column("hold_days"),
        Column("reopen_days"),
        Column("silence_days"),
        Column("offer_hours"),
        Column("callback_share"),
        Column("callback_quota"),
    ),
)
PLACES: Final = Section(
    "places",
    _("Places"),
    Place,
    (
        Column("name", needed=True, help=_("For example 第一网格, 3栋 or 2单元.")),
        Column("kind", help=_("Empty: as the level is called.")),
        Column(
            "level",
            help=_("The name of a level of the community; empty: one below the place it lies in."),
            offered=lambda: [(str(name), "") for name in LEVEL_NAMES[1:]],
        ),
        Column("aliases", help=_SEVERAL),
        Column("code"),
        Column("households"),
    ),
    tree=True,
)
CATEGORIES: Final = Section(
    "categories",
    _("Categories"),
    Category,
    (Column("name", needed=True, help=_("No row at all: the usual categories.")),),
    tree=True,
)
LIMITS: Final = Section(
    "limits",
    _("Time limits"),
    TimeLimit,
    (
        Column("category", names="categories"),
        Column("urgency", needed=True),
        Column("response"),
        Column("resolution"),
        Column("note"),
    ),
)
HOLIDAYS: Final = Section(
    "holidays",
    _("Holidays"),
    Holiday,
    (
        Column("day", needed=True, help=_("For example 2026-10-01.")),
        Column("name", needed=True),
        Column("works"),
    ),
)
UNITS: Final = Section(
    "units",
    _("Units"),
    Organization,
    (
        Column("name", needed=True),
        Column("kind"),
        Column("credit_code"),
        Column("head_name"),
        Column("contact_name"),
        Column("contact_phone"),
        Column("member_count"),
        Column("place", names="places"),
    ),
)
TEAMS: Final = Section(
    "teams",
    _("Teams"),
    Team,
    (Column("name", needed=True), Column("kind"), Column("speciality"), Column("unit", "organization", names="units")),
)
RESOURCES: Final = Section(
    "resources",
    _("Resources"),
    Resource,
    (
        Column("name", needed=True),
        Column("provider", names="units", needed=True, help=_("A unit or team of this file.")),
        Column("kind", needed=True),
        Column("categories", names="categories", help=_SEVERAL),
        Column("text"),
        Column("quantity_mode"),
        Column("quantity"),
        Column("unit_of_measure"),
        Column("windows"),
        Column("valid_from"),
        Column("valid_to"),
        Column("place", names="places"),
        Column("eligibility"),
        Column("conditions"),
        Column("fee"),
        Column("contact_name"),
        Column("contact_phone"),
    ),
)
PROJECTS: Final = Section(
    "projects",
    _("Service project"),
    ServiceProject,
    (
        Column("name", needed=True),
        Column("kind"),
        Column("section"),
        Column("audience"),
        Column("categories", names="categories", help=_SEVERAL),
        Column("duty_boundary"),
        Column("schedule"),
        Column("funding"),
        Column("owner"),
        Column("phone"),
        Column("provider", names="units", help=_("A unit or team of this file.")),
        Column("resources", names="resources", help=_SEVERAL),
    ),
)
ACCOUNTS: Final = Section(
    "accounts",
    _("Account"),
    Account,
    (
        Column("login", needed=True),
        Column("name", needed=True),
        Column("phone"),
        Column(
            "role",
            label=_("Role"),
            help=_("A person of several roles has a row for each."),
            needed=True,
            offered=lambda: [(str(role.label), role.value) for role in GIVEN],
        ),
        Column("place", label=_("Place"), help=_("Heads and workers of grids need one."), names="places"),
        Column(
            "unit",
            label=_("Speaks for"),
            help=_("Liaisons and partners: their unit. Volunteers: the team they lead."),
            names="units",
        ),
    ),
    personal=True,
)
POSTS: Final = Section(
    "posts",
    _("Grid staff"),
    Post,
    (
        Column("name", model=Person, help=_("A person of several posts has a row for each."), needed=True),
        Column(
            "phones",
            model=Person,
            help=_("Tells apart who has the same name; the first is called first. %(several)s", several=_SEVERAL),
        ),
        Column(
            "login",
            model=Account,
            help=_("Of an account of this file; empty: the person does not sign in."),
            names="accounts",
        ),
        Column("duty", needed=True),
        Column("company"),
        Column("places", names="places", help=_("For the whole community: empty. %(several)s", several=_SEVERAL)),
        Column("scope"),
        Column("households"),
        Column("since", help=_("Empty: today.")),
        Column("until"),
        Column("gives_role"),
    ),
    personal=True,
)

SECTIONS: Final[tuple[Section, ...]] = (
    COMMUNITY,
    PLACES,
    CATEGORIES,
    LIMITS,
    HOLIDAYS,
    UNITS,
    TEAMS,
    RESOURCES,
    PROJECTS,
    ACCOUNTS,
    POSTS,
)
"""In the order of the sheets. The first one's columns stand in YAML beside the keys of the others."""
BY_KEY: Final[Mapping[str, Section]] = {section.key: section for section in SECTIONS}
KNOWN: Final = (*COMMUNITY.keys, *(section.key for section in SECTIONS[1:]))
"""The keys of a YAML file."""

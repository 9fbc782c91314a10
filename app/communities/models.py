"""Communities (社区), their one tree of places, their categories and their holidays."""

import enum
from datetime import date
from functools import reduce
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    cast,
    event,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, object_session, relationship
from sqlalchemy.sql import ColumnElement

from app.communities import naming, paths
from app.communities.rules import (
    LONGEST_PATH,
    category_fits,
    closes_last,
    code_form,
    dates_in_order,
    level_fits,
    level_list,
    name_is_free,
    order_form,
    parent_fits,
    path_fits,
)
from app.communities.settings import RESIDENTS, Settings
from app.core import access, checks, clock, lasting
from app.core.actor import Actor, Held
from app.core.fields import Labelled, Text, about
from app.core.model import Guarded, Recorded, RowSet, Scoped, Sought, new_uid
from app.core.rules import RowRule

LEVEL_NAMES: Final[tuple[Text, ...]] = (_("Community"), _("Grid"), _("Building"), _("Building unit"))
"""What the levels of the tree are called unless a community says otherwise; the first is the community itself."""

SAME_DIGITS: Final = 5 * 10**10
"""Added to whole numbers of the database, below zero too, it makes texts of one length of them."""
LONGEST_SOUGHT: Final = 600


def all_rows(row: Any, _actor: Actor, _held: Held) -> Any:
    """Every row the grant reaches."""
    return true() if isinstance(row, type) else True


def levels_in_use(community: "Community") -> dict[str, Text] | None:
    """A level that has places keeps its name."""
    session = object_session(community)
    if session is None or community.id is None:
        return None
    deepest = session.scalar(select(func.max(Place.level)).where(Place.community_id == community.id)) or 0
    if deepest < len(community.level_names):
        return None
    return {"level_names": _("There are places down to level %(deepest)s; each level needs a name.", deepest=deepest)}


class Community(Settings, Recorded, Sought, Guarded, Model):
    """A community: the body whose people, places and lists belong together and stay apart from all others."""

    __tablename__ = "community"
    list_name = "communities"
    named_by = ("name",)
    sought_in = ("name", "code")
    archivable = False
    open_to_members = True
    row_sets: ClassVar[dict[str, RowSet]] = {"own": all_rows}
    acts: ClassVar[dict[str, Text]] = {"point_code": _("Poster code for members renewed")}
    rules: ClassVar[tuple[RowRule, ...]] = (levels_in_use,)

    code: Mapped[str] = mapped_column(
        String(32),
        unique=True,
        info=about(
            _("Code"), _("Files and commands name the community by it."), listed=True, searched=True, check=code_form
        ),
    )
    name: Mapped[str] = mapped_column(String(60), info=about(_("Name"), listed=True, searched=True))
    street: Mapped[str | None] = mapped_column(String(60), info=about(_("Subdistrict"), listed=True))
    district: Mapped[str | None] = mapped_column(String(60), info=about(_("District")))
    city: Mapped[str | None] = mapped_column(String(60), info=about(_("City")))
    founded_on: Mapped[date | None] = mapped_column(info=about(_("Founded on"), check=checks.not_future))
    area_km2: Mapped[float | None] = mapped_column(
        info=about(_("Area in square kilometres"), check=checks.not_negative)
    )
    boundary: Mapped[str | None] = mapped_column(String(500), info=about(_("Boundary")))
    slogan: Mapped[str | None] = mapped_column(String(120), info=about(_("Slogan")))
    level_names: Mapped[list[str]] = mapped_column(
        JSON,
        default=lambda: [str(name) for name in LEVEL_NAMES],
        info=about(_("Names of the levels"), _("From the community itself downwards, one per line."), check=level_list),
    )
    reference_date: Mapped[date | None] = mapped_column(
        info=about(_("Reference date"), _("Counts as today for the date checks of imported ledgers."))
    )
    phone: Mapped[str | None] = mapped_column(
        String(32),
        info=about(
            _("Office telephone"),
            _("Stands on posters and on the pages for residents."),
            check=checks.phone,
            group=RESIDENTS,
        ),
    )
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the community sets differently from `settings.DEFAULTS`."""

    def __str__(self) -> str:
        return self.name

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches its community; one without a community reaches all."""
        return true() if held.community_id is None else cls.id == held.community_id

    def is_within(self, held: Held) -> bool:
        """Tell whether it is the grant's community."""
        return held.community_id is None or self.id == held.community_id

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the actor may write; no grant can reach a community that is only being made."""
        if verbs == "c":
            return access.may("c", self.guard(), actor)
        return super().writable(actor, verbs)


@enum.unique
class PlaceKind(Labelled):
    """What kind of place it is."""

    AREA = "area", _("Area")
    GRID = "grid", _("Grid")
    COMPOUND = "compound", _("Compound")
    BUILDING = "building", _("Building")
    UNIT = "unit", _("Building unit")
    STREET = "street", _("Street or lane")
    POINT = "point", _("Service point")
    OTHER = "other", _("Other place")


class Place(Recorded, Sought, Scoped, Model):
    """A place of the community's one tree: grid, building, unit, and area and compound beside them (S2-14, S4-01)."""

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_path", "community_id", "path", unique=True),
        Index("ix_place_parent", "community_id", "parent_id", "sort"),
    )
    list_name = "places"
    named_by = ("name", "kind", "parent_id", "path", "community_id")
    sought_in = ("name", "aliases", "code")
    archivable = False
    open_to_members = True
    listed_in_templates = True
    acts: ClassVar[dict[str, Text]] = {"point_code": _("Poster code renewed")}
    option_order: ClassVar[tuple[Any, ...]] = ()
    rules: ClassVar[tuple[RowRule, ...]] = (parent_fits, path_fits, level_fits, name_is_free, dates_in_order)

    name: Mapped[str] = mapped_column(String(60), info=about(_("Name"), listed=True, searched=True))
    kind: Mapped[PlaceKind] = mapped_column(default=PlaceKind.GRID, info=about(_("Kind"), listed=True))
    level: Mapped[int] = mapped_column(
        default=1, info=about(_("Level"), _("1 is directly below the community."), listed=True)
    )
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    parent: Mapped["Place | None"] = relationship(
        remote_side="Place.id",
        lazy="joined",
        join_depth=1,
        info=about(_("Lies in"), _("Empty: directly below the community."), listed=True),
    )
    aliases: Mapped[list[str]] = mapped_column(
        JSON, default=list, info=about(_("Other names"), _("One per line. Numbered grids need none."))
    )
    code: Mapped[str | None] = mapped_column(String(32), info=about(_("Code"), searched=True))
    households: Mapped[int | None] = mapped_column(info=about(_("Households"), listed=True, check=checks.not_negative))
    sort: Mapped[int] = mapped_column(
        default=0, info=about(_("Order"), _("Small numbers stand first."), sheet=False, check=order_form)
    )
    opened_on: Mapped[date | None] = mapped_column(info=about(_("Since")))
    closed_on: Mapped[date | None] = mapped_column(info=about(_("Closed on"), listed=True, edited=False))
    close_reason: Mapped[str | None] = mapped_column(String(200), info=about(_("Reason for closing"), edited=False))
    # Compared byte by byte, so that a subtree is one range of the index on every database.
    path: Mapped[str] = mapped_column(
        String(LONGEST_PATH).with_variant(String(LONGEST_PATH, collation="C"), "postgresql"), default="/"
    )

    def __str__(self) -> str:
        return self.name

    def found_by(self) -> str:
        """Return what the place is found by: also the one text all spellings of a number have in common."""
        keys = " ".join(naming.key(word) for word in (self.name or "", *(self.aliases or ())))
        return f"{super().found_by()} {keys}"[:LONGEST_SOUGHT]

    @property
    def is_open(self) -> bool:
        """Tell whether the place is in use today."""
        return self.closed_on is None or self.closed_on > clock.today()

    @property
    def depth(self) -> int:
        """Return how many places lie above this one."""
        return self.path.count("/") - 2

    @property
    def full_name(self) -> str:
        """Return the name with that of the place it lies in."""
        return f"{self.parent.name} {self.name}" if self.parent is not None else self.name

    def below(self) -> Select[tuple[int]]:
        """Return the query for the ids of this place and all places below it."""
        table = Place.__table__
        return select(table.c.id).where(table.c.community_id == self.community_id, in_subtree(self.path))

    def own_path(self) -> str:
        """Return the path that follows from the place above: a segment of eight signs more.

        Three of them are the order among the neighbours, so that a tree sorted by path is in the people's order; five
        are the place's own and stay for its life.
        """
        above = self.parent.path if self.parent is not None else "/"
        return f"{above}{paths.digits(self.sort)}{self.path[-6:]}"


Place.option_order = (Place.level, Place.sort, Place.id)


@event.listens_for(Place, "init")
def _begin_path(place: Place, _args: Any, kwargs: dict[str, Any]) -> None:
    place.uid = kwargs.setdefault("uid", new_uid())
    place.path = f"/{paths.digits(place.sort)}{paths.signs(place.uid)}/"


@event.listens_for(Place.parent, "set")
def _follow_parent(place: Place, above: Place | None, _before: Any, _initiator: Any) -> None:
    """A new place goes where its parent is; one that exists is moved by the service, with all below it."""
    if not sa_inspect(place).persistent:
        place.path = f"{above.path if above is not None else '/'}{place.path[-9:]}"


@event.listens_for(Place.sort, "set")
def _follow_sort(place: Place, sort: int | None, _before: Any, _initiator: Any) -> None:
    if not sa_inspect(place).persistent:
        place.path = f"{place.path[:-9]}{paths.digits(sort)}{place.path[-6:]}"


def in_subtree(path: str) -> ColumnElement[bool]:
    """Return the SQL for the place with this path and all below it: one range of the index."""
    column = Place.__table__.c.path
    # "0" is the character after "/": the first text behind every path below.
    return and_(column >= path, column < f"{path[:-1]}0")


class Placed(Scoped):
    """A row of a place; a grant that names a place reaches only the rows in that place and below."""

    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))

    @declared_attr
    def place(cls) -> Mapped[Any]:  # noqa: N805 - SQLAlchemy hands over the class
        """The place the row belongs to, as exactly as it is known."""
        info = about(_("Place"), listed=True)
        return relationship("Place", foreign_keys=[cls.place_id], info=info)  # type: ignore[list-item]  # set on the mapped class

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the rows of its community, and of its place where it names one."""
        whole = super().within(held)
        if held.place_path is None:
            return whole
        places = Place.__table__
        below = select(places.c.id).where(places.c.community_id == held.community_id, in_subtree(held.place_path))
        return and_(whole, cls.place_id.in_(below))

    def is_within(self, held: Held) -> bool:
        """Tell whether the grant reaches this row."""
        if not super().is_within(held) or held.place_path is None:
            return super().is_within(held)
        return self.place is not None and self.place.path.startswith(held.place_path)


class Category(Recorded, Sought, Scoped, Model):
    """What needs and resources are about, in two levels."""

    __tablename__ = "category"
    __table_args__ = (Index("ix_category_parent", "community_id", "parent_id", "sort"),)
    list_name = "categories"
    named_by = ("name", "parent_id", "community_id")
    guarded_by = "places"
    archivable = False
    open_to_members = True
    listed_in_templates = True
    acts: ClassVar[dict[str, Text]] = {"point_code": _("Poster code renewed")}
    option_order: ClassVar[tuple[Any, ...]] = ()
    rules: ClassVar[tuple[RowRule, ...]] = (category_fits, closes_last, name_is_free)

    name: Mapped[str] = mapped_column(String(30), info=about(_("Name"), listed=True, searched=True))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    parent: Mapped["Category | None"] = relationship(
        remote_side="Category.id",
        lazy="joined",
        join_depth=1,
        info=about(_("Belongs to"), _("Empty: a top category."), listed=True),
    )
    sort: Mapped[int] = mapped_column(default=0, info=about(_("Order"), _("Small numbers stand first."), sheet=False))
    closed_on: Mapped[date | None] = mapped_column(
        info=about(_("No longer used from"), _("Kept for old rows, not offered for new ones."), listed=True)
    )

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Tell whether it may be chosen today."""
        return self.closed_on is None or self.closed_on > clock.today()

    @property
    def full_name(self) -> str:
        """Return the name with that of the top category."""
        return f"{self.parent.name} {self.name}" if self.parent is not None else self.name

    @hybrid_property
    def in_tree(self) -> str:
        """Return what puts categories in the order of their tree, each right below its top category."""
        own = "".join(str(SAME_DIGITS + number) for number in (self.community_id, self.sort, self.id))
        return f"{self.parent.in_tree}/{own}" if self.parent is not None else own

    @in_tree.inplace.expression
    @classmethod
    def _in_tree(cls) -> ColumnElement[str]:
        above = cls.__table__.alias()
        own, top = _among_neighbours(cls), _among_neighbours(above.c)
        under = select(top).where(above.c.id == cls.parent_id).scalar_subquery()
        return func.coalesce(under.concat("/").concat(own), own)

    def below(self) -> Select[tuple[int]]:
        """Return the query for the ids of this category and those that belong to it."""
        table = Category.__table__
        return select(table.c.id).where(or_(table.c.id == self.id, table.c.parent_id == self.id))


def _among_neighbours(columns: Any) -> ColumnElement[str]:
    """Community, order and id with as many digits for each row, so that texts stand in the order of the numbers."""
    numbers = (columns.community_id, columns.sort, columns.id)
    first, *others = (cast(literal(SAME_DIGITS, BigInteger) + number, String) for number in numbers)
    return reduce(lambda text, more: text.concat(more), others, first)


Category.option_order = (Category.in_tree,)


class Holiday(Recorded, Scoped, Model):
    """A day on which the office is closed, or open although its weekday is free (调休)."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("community_id", "day"),)
    list_name = "holidays"
    guarded_by = "places"
    archivable = False
    open_to_members = True

    day: Mapped[date] = mapped_column(info=about(_("Day"), listed=True))
    name: Mapped[str] = mapped_column(String(30), info=about(_("Name"), listed=True, searched=True))
    works: Mapped[bool] = mapped_column(
        default=False, info=about(_("Working day"), _("Yes: the office is open on this day."), listed=True)
    )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"


lasting.keep(Community, Place, Category)

"""Puts what a box holds into the database. What is there already stays as it is, so a box may be read again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Account, Grant, GrantRole
from app.box.appointing import appoint
from app.box.contents import (
    AccountEntry,
    At,
    Box,
    BoxError,
    CategoryEntry,
    Complaint,
    LimitEntry,
    PartyEntry,
    PlaceEntry,
    PostEntry,
    ProjectEntry,
    ResourceEntry,
)
from app.box.offer_reading import usual_categories
from app.box.party_reading import USUAL
from app.box.report import Report
from app.box.sections import PROJECTS, RESOURCES
from app.box.words import category_words
from app.communities import naming
from app.communities.models import Category, Community, Holiday, Place
from app.communities.paths import LARGEST_SORT
from app.communities.service import open_community
from app.core import display
from app.core.database import transaction
from app.core.fields import facts
from app.core.rules import Violation
from app.extensions import db
from app.needs.limits import TimeLimit
from app.parties.models import Party
from app.people.service import person_of
from app.posts.models import Post
from app.projects import service as projects
from app.resources import service as resources


def apply(box: Box) -> Report:
    """Make the community and what is missing in it, all or nothing.

    Commits. Raises BoxError when an account of the box belongs to somebody else, or a rule is broken.
    """
    with transaction():
        return put(box)


def put(box: Box) -> Report:
    """Do what `apply` does as a part of the caller's transaction."""
    return _Applying(box).run()


class _Applying:
    """One reading of a box into the database."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.report = Report(box.code, box.name, left_aside={key: n for key, n in box.left_aside.items() if n})
        self.places: dict[PlaceEntry, Place] = {}
        self.parties: dict[PartyEntry, Any] = {}
        self.resources: dict[ResourceEntry, Any] = {}
        self.posts: dict[PostEntry, Post | None] = {}
        self.left_to_posts: list[tuple[Account, AccountEntry]] = []

    def run(self) -> Report:
        """Make what is missing and tell what was done."""
        self._require_own_accounts()
        with _named(self.box.line):
            self.community = self._community()
        self.report.code = self.community.code
        self.report.words = self.community.words.words if self.community.words else {}
        self._places(self.box.places, None)
        self._categories()
        self._holidays()
        for party in self.box.parties:
            with _named(party.line):
                self._party(party)
        for entry in self.box.accounts:
            with _named(entry.line):
                self._account(entry)
        for post in self.box.posts:
            with _named(post.line, post.spots):
                self.posts[post] = appoint(post, self.community, self.places, self._complete_with, self.report)
        for account, entry in self.left_to_posts:
            with _named(entry.line):
                self._give_unless_a_post_does(account, entry)
        self.categories = self._known_categories()
        for limit in self.box.limits:
            with _named(limit.line):
                self._limit(limit)
        offers: list[ResourceEntry | ProjectEntry] = [*self.box.resources, *self.box.projects]
        for offer in offers:
            with _named(offer.line):
                self._offer(offer)
        return self.report

    # -- community ----------------------------------------------------------------------------------------------

    def _community(self) -> Community:
        box = self.box
        known = db.session.scalars(select(Community).filter_by(code=box.code)).one_or_none()
        known = known or self._only_namesake()
        given: dict[str, Any] = {"name": box.name, **box.columns}
        given |= {"level_names": box.levels} if box.levels else {}
        if known is None:
            self._tell_of_namesakes()
            self.report.made["communities"] += 1
            return open_community(code=box.code, reference_date=box.reference_date, **given)
        for column, value in given.items():
            self._fill(known, column, value)
        if box.reference_date is not None and known.reference_date != box.reference_date:
            known.reference_date = box.reference_date
        return known

    def _only_namesake(self) -> Community | None:
        """A file without a code means the community of that name, if there is just one."""
        if not self.box.code_is_derived:
            return None
        found = db.session.scalars(select(Community).filter_by(name=self.box.name)).all()
        return found[0] if len(found) == 1 else None

    def _tell_of_namesakes(self) -> None:
        """Say that a code was perhaps mistyped: two communities of one name are rare."""
        for other in db.session.scalars(select(Community).filter_by(name=self.box.name).order_by(Community.id)):
            text = _("Another community is called “%(name)s” too: %(code)s.", name=other.name, code=other.code)
            self.report.kept.append(text)

    def _fill(self, row: Any, column: str, value: Any) -> None:
        """Set what is empty; name what differs."""
        present = getattr(row, column)
        if present in (None, "", []):
            setattr(row, column, value)
        elif not _is_said(present, value):
            label = facts(type(row))[column].label
            said = display.shown(row, column)
            self.report.kept.append(_("%(row)s, %(label)s: stays “%(present)s”.", row=row, label=label, present=said))

    # -- places, categories, holidays ---------------------------------------------------------------------------

    def _places(self, entries: list[PlaceEntry], above: Place | None) -> None:
        known = self._children(Place, above) if entries else {}
        self._tell_of_renamed(known, entries)
        for position, entry in enumerate(entries, 1):
            place = known.get(naming.key(entry.name))
            if place is None:
                place = self._new_place(entry, above, len(known) + position)
            else:
                self._complete(place, entry)
            self.places[entry] = place
        with _named(entries[0].line if entries else 0):
            db.session.flush()
        for entry in entries:
            self._places(entry.children, self.places[entry])

    def _tell_of_renamed(self, known: Mapping[str, Place], entries: list[PlaceEntry]) -> None:
        """Say which places stay though the file has others beside them: perhaps one was renamed in the file."""
        said = {naming.key(entry.name) for entry in entries}
        left = [place.name for key, place in known.items() if key not in said and place.closed_on is None]
        if left and said - set(known):
            text = _(
                "Not in the file and kept: %(names)s. To rename a place, change it in the portal.",
                names="、".join(left),
            )
            self.report.kept.append(text)

    def _children(self, model: Any, above: Any) -> dict[str, Any]:
        """The rows below `above` by the key of their name; those in use win over those that are closed."""
        below = model.parent_id == (above.id if above is not None else None)
        found = db.session.scalars(select(model).where(model.community_id == self.community.id, below)).all()
        return {naming.key(row.name): row for row in sorted(found, key=lambda row: row.closed_on is None)}

    def _new_place(self, entry: PlaceEntry, above: Place | None, sort: int) -> Place:
        place = Place(community=self.community, parent=above, name=entry.name, kind=entry.kind, level=entry.level)
        place.aliases, place.code, place.households, place.sort = (
            entry.aliases,
            entry.code,
            entry.households,
            min(sort, LARGEST_SORT),
        )
        db.session.add(place)
        self.report.made["places"] += 1
        return place

    def _complete(self, place: Place, entry: PlaceEntry) -> None:
        missing = [alias for alias in entry.aliases if alias not in place.aliases]
        if missing:
            place.aliases = [*place.aliases, *missing]
        for column in ("code", "households"):
            if getattr(entry, column) is not None:
                self._fill(place, column, getattr(entry, column))

    def _categories(self) -> None:
        entries = self.box.categories
        if entries is None:
            entries = [] if self._has_categories() else usual_categories()
        self._category_level(entries, None)

    def _has_categories(self) -> bool:
        any_one = select(Category.id).where(Category.community_id == self.community.id).limit(1)
        return db.session.scalar(any_one) is not None

    def _category_level(self, entries: list[CategoryEntry], above: Category | None) -> None:
        known = self._children(Category, above) if entries else {}
        made: list[tuple[CategoryEntry, Category]] = []
        for position, entry in enumerate(entries, 1):
            category = known.get(naming.key(entry.name))
            if category is None:
                category = Category(community=self.community, parent=above, name=entry.name, sort=len(known) + position)
                db.session.add(category)
                self.report.made["categories"] += 1
            made.append((entry, category))
        with _named(entries[0].line if entries else 0):
            db.session.flush()
        for entry, category in made:
            self._category_level(entry.children, category)

    def _holidays(self) -> None:
        known = set(db.session.scalars(select(Holiday.day).where(Holiday.community_id == self.community.id)))
        for entry in self.box.holidays:
            if entry.day not in known:
                db.session.add(Holiday(community=self.community, day=entry.day, name=entry.name, works=entry.works))
                self.report.made["holidays"] += 1
        db.session.flush()

    # -- units and teams ----------------------------------------------------------------------------------------

    def _party(self, entry: PartyEntry) -> None:
        """Make the unit or team; one that is there is completed, and one that was archived stays so."""
        columns = dict(entry.columns)
        columns |= {"place": self.places[entry.place]} if entry.place is not None else {}
        columns |= {"organization": self.parties[entry.unit].party} if entry.unit is not None else {}
        model: Any = entry.model
        same = select(model).where(model.community_id == self.community.id, model.name == entry.name)
        known = db.session.scalars(same.order_by(model.archived_at.is_(None).desc(), model.id)).first()
        if known is None:
            columns["kind"] = columns["kind"] or USUAL[model]
            known = model(community=self.community, name=entry.name, **columns)
            db.session.add(known)
            self.report.made[model.list_name] += 1
        elif known.archived_at is None:
            for column, value in columns.items():
                if value is not None:
                    self._fill(known, column, value)
        db.session.flush()
        self.parties[entry] = known

    # -- time limits, resources, service projects ---------------------------------------------------------------

    def _known_categories(self) -> dict[str, Category]:
        """Return the categories in use by the words that mean them."""
        here = select(Category).where(Category.community_id == self.community.id).order_by(Category.id)
        rows = [category for category in db.session.scalars(here) if category.is_open]
        tops = [category for category in rows if category.parent_id is None]
        return category_words((top, [row for row in rows if row.parent_id == top.id]) for top in tops)

    def _limit(self, entry: LimitEntry) -> None:
        category = self.categories.get(entry.category) if entry.category is not None else None
        if category is None and entry.category is not None:
            # The community no longer uses this category.
            return
        same = select(TimeLimit).filter_by(community_id=self.community.id, urgency=entry.urgency)
        known = db.session.scalars(same.where(TimeLimit.category_id == (category and category.id))).one_or_none()
        columns = {name: value for name, value in entry.columns.items() if value is not None}
        if known is None:
            db.session.add(TimeLimit(community=self.community, category=category, urgency=entry.urgency, **columns))
            self.report.made["limits"] += 1
        else:
            self._complete_with(known, columns)
        db.session.flush()

    def _offer(self, entry: ResourceEntry | ProjectEntry) -> None:
        """Make the resource or project, as a draft; one that is there is completed, and an archived one stays so."""
        model: Any = RESOURCES.model if isinstance(entry, ResourceEntry) else PROJECTS.model
        columns = {name: value for name, value in entry.columns.items() if value is not None} | self._beside(entry)
        same = select(model).where(model.community_id == self.community.id, model.name == entry.name)
        known = db.session.scalars(same.order_by(model.archived_at.is_(None).desc(), model.id)).first()
        if known is None:
            make = resources.offer if isinstance(entry, ResourceEntry) else projects.register
            known = make(community=self.community, name=entry.name, **columns)
            self.report.made[model.list_name] += 1
        elif known.archived_at is None:
            self._complete_with(known, columns)
        db.session.flush()
        if isinstance(entry, ResourceEntry):
            self.resources[entry] = known

    def _beside(self, entry: ResourceEntry | ProjectEntry) -> dict[str, Any]:
        """Return the other rows a resource or project names."""
        named = [self.categories[word] for word in dict.fromkeys(entry.categories) if word in self.categories]
        found: dict[str, Any] = {"categories": named} if named else {}
        if entry.provider is not None:
            found["provider"] = self.parties[entry.provider].party
        if isinstance(entry, ResourceEntry) and entry.place is not None:
            found["place"] = self.places[entry.place]
        if isinstance(entry, ProjectEntry):
            used = [one for resource in entry.resources if (one := self.resources[resource]).archived_at is None]
            found |= {"resources": used} if used else {}
        return found

    def _complete_with(self, row: Any, columns: dict[str, Any]) -> None:
        for column, value in columns.items():
            self._fill(row, column, value)

    # -- accounts -----------------------------------------------------------------------------------------------

    def _require_own_accounts(self) -> None:
        """Refuse a file that would give rights to somebody else who happens to have the same login or phone."""
        complaints = [found for entry in self.box.accounts if (found := _stranger(entry)) is not None]
        if complaints:
            raise BoxError(complaints)

    def _account(self, entry: AccountEntry) -> None:
        account = accounts.find(entry.login)
        fresh = account is None
        if account is None:
            account = accounts.create_account(entry.login, entry.name, entry.phone)
            self.report.made["accounts"] += 1
        if entry.role is GrantRole.VOLUNTEER:
            self._volunteer(account, entry)
        elif any(post.gives(entry) for post in self.box.posts):
            self.left_to_posts.append((account, entry))
        else:
            self._give(account, entry)
        if fresh:
            self.report.links.append((entry.login, entry.name, accounts.invite(account)))

    def _give(self, account: Account, entry: AccountEntry) -> None:
        subject = self.parties[entry.speaks_for].party if entry.speaks_for is not None else None
        self._grant(account, entry, self._place(entry), subject)

    def _place(self, entry: AccountEntry) -> Place | None:
        return self.places[entry.place] if entry.place is not None else None

    def _give_unless_a_post_does(self, account: Account, entry: AccountEntry) -> None:
        """Give the role the file leaves to a post where the post the community has is another: not of this place.

        A post that gives it, or gave it and was ended, decides; and to whom was archived nothing is given.
        """
        found = [self.posts[post] for post in self.box.posts if post.gives(entry)]
        if not any(post is None or (post.gives_role and self._place(entry) in post.places) for post in found):
            self._give(account, entry)

    def _volunteer(self, account: Account, entry: AccountEntry) -> None:
        """Let the person be a volunteer, and lead the team the file names."""
        person = person_of(account, self.community)
        self._grant(account, entry, None, person.party)
        team = self.parties[entry.speaks_for] if entry.speaks_for is not None else None
        if team is not None and self._grant(account, entry, None, team.party):
            team.leader = team.leader or person.party

    def _grant(self, account: Account, entry: AccountEntry, place: Place | None, subject: Party | None) -> bool:
        """Give the role unless the person has or once had it so; what the community ended stays ended."""
        bound = {
            "place_id": place.id if place is not None else None,
            "subject_id": subject.id if subject is not None else None,
        }
        alike = select(Grant.id).filter_by(
            account_id=account.id, role=entry.role, community_id=self.community.id, **bound
        )
        if db.session.scalar(alike.limit(1)) is not None:
            return False
        accounts.grant(account, entry.role.role, self.community, place, subject=subject)
        return True


def _is_said(present: Any, value: Any) -> bool:
    """Tell whether a row says already what a file says; related rows have no order."""
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return set(present) == set(value)
    return bool(present == value)


def _stranger(entry: AccountEntry) -> Complaint | None:
    known = accounts.find(entry.login)
    if known is not None and known.name != entry.name:
        return Complaint(entry.line, _("The login name “%(login)s” belongs to somebody else.", login=entry.login))
    if known is None and entry.phone and accounts.has_phone(entry.phone):
        return Complaint(entry.line, _("Another account already has this phone number."))
    return None


@contextmanager
def _named(line: At, spots: Mapping[str, At] | None = None) -> Iterator[None]:
    """Turn a broken rule into a complaint about the line, or about the spot where the column is said."""
    try:
        yield
    except Violation as violation:
        said = [(name, text) for name, texts in violation.errors.items() for text in texts]
        raise BoxError([Complaint((spots or {}).get(name, line), text) for name, text in said]) from None

"""Rows to walk over: for every registered list one row of ours and one of theirs, each by the hand of any of the cast.

A list added later is filled from its column facts; only what facts cannot tell stands in `SPECIAL`.
"""

import secrets
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

from flask import Flask
from sqlalchemy import Row, select, update

from app.accounts.models import Account, Grant, GrantRole
from app.callbacks.models import Callback
from app.communities.models import Community, Place
from app.core import clock, database
from app.core.actor import Actor, acting, system
from app.core.fields import RELATED, Field, Shape, facts, shape
from app.core.files import service as files
from app.core.files.models import Attachment
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs import service
from app.needs.choices import NeedState
from app.needs.models import Need
from app.organizations.models import Organization, Team
from app.organizations.rules import check_character
from app.parties.models import Partied, Party, PartyKind
from app.party_orgs.choices import PartyOrgKind
from app.party_orgs.models import PartyMember, PartyOrg
from app.people import identity, merging
from app.people.birth import Birth
from app.people.choices import Political, Sex
from app.people.identity import IdType
from app.people.models import Person
from app.posts.models import Post
from app.projects.models import ServiceProject
from app.registrations import service as registrations
from app.registrations.choices import MemberState, PostKind, PostState
from app.registrations.cobuilding import Agreement
from app.registrations.feedback import Feedback
from app.registrations.kinds import PostKinds
from app.registrations.models import Member, ServicePost
from app.resources.choices import QuantityMode
from app.resources.models import Resource
from app.resources.windows import Windows
from app.talents.models import Talent
from app.volunteers.models import Volunteer
from app.vulnerabilities.models import Vulnerability
from tests.cast.people import CAST

OURS: Final = "wjb"
THEIRS: Final = "qn"
WORDS: Final = {OURS: ("柳暗花明", "liuan", "1397766"), THEIRS: ("江枫渔火", "jiangfeng", "1385544")}
"""What the rows of a community are filled with: Chinese words, a Latin word, the beginning of a mobile number."""

ADDRESS: Final = {OURS: "柳堤路6栋2单元301", THEIRS: "枫桥路7栋1单元502"}

PICTURE: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFElEQVR4nGOsWBDFgA0wYRWlkwQA2iABfptCO38AAAAASUVORK5CYII="
)
"""The smallest of photos."""

NOTHING_USED: Final = {"resource": None, "project": None}
"""What an order may use must be available, or run."""

SPECIAL: Final[dict[type, Any]] = {
    Callback: lambda login: {"need": need_of(login)},
    Need: lambda login: {"address": "address", "open_to_volunteers": True, "escalated_at": clock.now()},
    Fulfilment: lambda login: {"need": open_need(login), "provider": spoken_for(login), **NOTHING_USED},
    Organization: lambda login: {"credit_code": credit_code()},
    Resource: lambda login: {
        "quantity_mode": QuantityMode.SCHEDULED,
        "quantity": 1,
        "windows": Windows.read("周六 上午"),
    },
    Member: lambda login: {
        "person": unregistered(login),
        "unit": spoken_for(login, PartyKind.ORGANIZATION),
        "service_posts": PostKinds("法律援助"),
    },
    Agreement: lambda login: {"unit": spoken_for(login, PartyKind.ORGANIZATION)},
    Feedback: lambda login: untold(registered(login)),
    # The telephone of an office is nobody's own number.
    ServiceProject: lambda login: {"phone": "0751-8880000"},
    Person: lambda login: {"account": freed(login) if login == "volunteer" else None} | identified(),
    Volunteer: lambda login: {"person": somebody(login), "guardian_agreed_on": clock.today() - timedelta(days=400)},
    # Nobody has the same post, or belongs to an organisation, twice.
    Post: lambda login: {"person": newcomer(login, Post).party},
    PartyMember: lambda login: {"person": newcomer(login, PartyMember), "org": party_org(login)},
    PartyOrg: lambda login: {
        "parent": None,
        "secretary": party_of(login, PartyKind.PERSON),
        "phone": "0751-8880000",
    },
    Team: lambda login: {"leader": party_of(login, PartyKind.PERSON), "organization": party_of(login)},
    Vulnerability: lambda login: {
        "person": newcomer(login, Vulnerability).party,
        "in_charge": account_of("gridworker" if community_of(login) == OURS else login),
        "next_check": clock.today() + timedelta(days=30),
        "ended_on": None,
        "end_reason": None,
    },
    Talent: lambda login: {"person": newcomer(login, Talent).party},
    Grant: lambda login: {
        "role": GrantRole.WORKER if login in ("secretary", "neighbour") else GrantRole.SECRETARY,
        "subject": None,
    },
}
"""Values that facts cannot tell: so that every clause of the role table reaches the row of the person."""


def identified() -> dict[str, Any]:
    """Return a number of an identity card nobody has yet, and what it says."""
    body = f"44{secrets.randbelow(10**4):04d}19530719{secrets.randbelow(500) * 2 + 1:03d}"
    number = body + identity.check_character(body)
    return {"id_type": IdType.RESIDENT, "id_number": number, "sex": Sex.MALE, "birth": Birth.read("1953-07-19")}


def credit_code() -> str:
    """Return a credit code of digits that nobody has yet."""
    codes = (f"9144020310{secrets.randbelow(10**7):07d}" for _number in range(1000))
    return next(code + check_character(code) for code in codes if check_character(code).isdigit())


def party_of(login: str, kind: PartyKind = PartyKind.ORGANIZATION) -> Party:
    """Return the first party of a kind in the community of a person."""
    community = select(Community.id).filter_by(code=community_of(login)).scalar_subquery()
    found = select(Party).where(Party.community_id == community, Party.kind == kind).order_by(Party.id)
    return db.session.scalars(found.limit(1)).one()


def account_of(login: str) -> Account:
    """Return the account of one of the cast."""
    return db.session.scalars(select(Account).filter_by(login=login)).one()


def resident(login: str) -> Party:
    """Let somebody new live in the first place of the person's community, and return them."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    place = db.session.scalars(select(Place).filter_by(community=community).order_by(Place.id)).first()
    person = Person(community=community, name=f"{WORDS[community.code][0]}{secrets.randbelow(10**6):06d}", place=place)
    db.session.add(person)
    # A form that is only filled in is thrown away; the person it names must be there.
    db.session.commit()
    return person.party


def somebody(login: str) -> Party:
    """Return a person who is no volunteer; the volunteer is herself, and what she was before is put away."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    if login == "volunteer":
        account = select(Account.id).filter_by(login=login).scalar_subquery()
        person = db.session.scalars(select(Person).where(Person.account_id == account)).one()
        mine = update(Volunteer).where(Volunteer.person_id == person.id, Volunteer.archived_at.is_(None))
        db.session.execute(mine.values(archived_at=clock.now(), archive_reason=WORDS[OURS][0]))
    else:
        serving = select(Volunteer.person_id).where(Volunteer.archived_at.is_(None))
        known = select(Person).filter_by(community_id=community.id, name=WORDS[community.code][0])
        person = db.session.scalars(known.where(Person.id.not_in(serving))).first() or Person(
            community=community, name=WORDS[community.code][0]
        )
        db.session.add(person)
    # A form that is only filled in is thrown away; the person it names must be there.
    db.session.commit()
    return person.party


def newcomer(login: str, model: Any) -> Person:
    """Return a party member of the community no row of this list names yet; one is registered where there is none."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    if login == "volunteer":
        return herself(login, model)
    free = select(Person).where(Person.community == community, Person.political == Political.PARTY_MEMBER)
    free = free.where(Person.place_id.is_not(None), Person.id.not_in(select(model.person_id)))
    known: Person | None = db.session.scalars(free.where(Person.account_id.is_(None)).order_by(Person.id)).first()
    if known is not None:
        return known
    place = db.session.scalars(select(Place).filter_by(community=community).order_by(Place.id)).first()
    name = f"{WORDS[community.code][0]}{secrets.randbelow(10**6):06d}"
    person = Person(community=community, name=name, political=Political.PARTY_MEMBER, place=place)
    db.session.add(person)
    # A form that is only filled in is thrown away; whom it names must be there.
    db.session.commit()
    return person


def herself(login: str, model: Any) -> Person:
    """Return whom a volunteer speaks for, as a party member; what a list said of her before is put away."""
    person = db.session.get_one(Person, spoken_for(login, PartyKind.PERSON).id)
    person.political = Political.PARTY_MEMBER
    before = update(model).where(model.person_id == person.id, model.archived_at.is_(None))
    db.session.execute(before.values(archived_at=clock.now()))
    db.session.commit()
    return person


def party_org(login: str) -> PartyOrg:
    """Return a party organisation of the community."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    known = select(PartyOrg).where(PartyOrg.community == community, PartyOrg.archived_at.is_(None))
    org = db.session.scalars(known.order_by(PartyOrg.id)).unique().first()
    if org is None:
        org = PartyOrg(community=community, name=f"{WORDS[community.code][0]}党委", kind=PartyOrgKind.COMMITTEE)
        db.session.add(org)
        # A form that is only filled in is thrown away; what it names must be there.
        db.session.commit()
    return org


def freed(login: str) -> Account:
    """Return the account of a person, which no record of a person names any more."""
    account = db.session.scalars(select(Account).filter_by(login=login)).one()
    db.session.execute(update(Person).where(Person.account_id == account.id).values(account_id=None))
    return account


def open_need(login: str) -> Need:
    """Register a need of the person's community that takes orders."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    title = f"{WORDS[community.code][0]}的需求"
    known = select(Need).filter_by(community_id=community.id, title=title, state=NeedState.ACCEPTED)
    need: Need | None = db.session.scalars(known).first()
    if need is not None:
        return need
    need = service.register(community=community, title=title, open_to_volunteers=True)
    need.state = NeedState.ACCEPTED
    # A form that is only filled in is thrown away; the need it names must be there.
    db.session.commit()
    return need


def spoken_for(login: str, *kinds: PartyKind) -> Party:
    """Return the party of one of these kinds a person speaks for, or another of the community."""
    account = select(Account.id).filter_by(login=login).scalar_subquery()
    bound = select(Grant.subject_id).where(Grant.account_id == account)
    # A person is offered only what a volunteer in service is; a unit or a team anything.
    found = select(Party).where(Party.id.in_(bound), Party.kind.in_(kinds or (PartyKind.ORGANIZATION, PartyKind.TEAM)))
    return db.session.scalars(found).first() or party_of(login)


def unregistered(login: str) -> Party:
    """Return a person of the community who is registered nowhere now; of a volunteer the one she speaks for."""
    if login == "volunteer":
        oneself = spoken_for(login, PartyKind.PERSON)
        left = update(Member).where(Member.person_id == oneself.id).values(state=MemberState.WITHDRAWN)
        db.session.execute(left, execution_options={"synchronize_session": False})
        db.session.commit()
        return oneself
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    found = select(Person).filter_by(community_id=community.id, archived_at=None, account_id=None)
    person = db.session.scalars(found.where(Person.id.not_in(select(Member.person_id))).order_by(Person.id)).first()
    if person is None:
        person = Person(community=community, name=WORDS[community.code][0] + "甲")
        db.session.add(person)
        # A form that is only filled in is thrown away; the person it names must be there.
        db.session.commit()
    party: Party = person.party
    return party


def registered(login: str) -> Member:
    """Return a member of the unit a person speaks for about whom nothing was told yet."""
    unit = spoken_for(login, PartyKind.ORGANIZATION)
    untold = select(Member).where(Member.unit_id == unit.id, Member.id.not_in(select(Feedback.member_id)))
    if login == "volunteer":
        untold = untold.where(Member.person_id == spoken_for(login, PartyKind.PERSON).id)
    known = db.session.scalars(untold.order_by(Member.id)).first()
    if known is not None:
        return known
    whom = unregistered(login)
    member = registrations.register(community=whom.community, person=whom, unit=unit)
    # A form that is only filled in is thrown away; the member it names must be there.
    db.session.commit()
    return member


def untold(member: Member) -> dict[str, Any]:
    """Return a quarter of which nothing was told about a member yet."""
    told = set(db.session.execute(select(Feedback.year, Feedback.quarter).where(Feedback.member_id == member.id)))
    quarters = ((year, quarter) for year in range(2025, 1999, -1) for quarter in range(1, 5))
    year, quarter = next(one for one in quarters if one not in {tuple(row) for row in told})
    return {"member": member, "year": year, "quarter": quarter}


def vacant(community: Community) -> ServicePost:
    """Return a service post members can still claim."""
    known = select(ServicePost).filter_by(community_id=community.id, state=PostState.OFFERED, taken=0)
    post: ServicePost | None = db.session.scalars(known.order_by(ServicePost.id)).first()
    if post is None:
        post = registrations.add_post(community=community, title=WORDS[community.code][0], kind=PostKind.OTHER)
        post.state = PostState.OFFERED
        # A form that is only filled in is thrown away; the post it names must be there.
        db.session.commit()
    return post


FOLLOWING: Final = (
    Fulfilment.provider_id,
    Volunteer.person_id,
    Member.unit_id,
    Member.person_id,
    Agreement.unit_id,
    Feedback.unit_id,
    PartyMember.person_id,
    Post.person_id,
    Talent.person_id,
)
"""The columns that name whom a grant is bound to."""


def bind(row: Any, login: str) -> None:
    """Bind a grant that is bound to a row of this kind to this one, without signing anybody out.

    The orders and registrations of who was bound before, and what they are as a volunteer, become those of this row.
    """
    account = select(Account.id).filter_by(login=login).scalar_subquery()
    alike = select(Party.id).where(Party.kind == row.party_kind)
    such = select(Grant.subject_id).where(Grant.account_id == account, Grant.subject_id.in_(alike))
    for before in db.session.scalars(such).all():
        for column in FOLLOWING:
            db.session.execute(update(column.class_).where(column == before).values({column.key: row.id}))
        changed = update(Grant).where(Grant.account_id == account, Grant.subject_id == before)
        db.session.execute(changed.values(subject_id=row.id), execution_options={"synchronize_session": False})


def list_of(target: Any) -> str:
    """Return the list whose rows can be chosen where a column points at `target`."""
    return "units" if target is Party else str(target.list_name)


def community_of(login: str) -> str:
    """Return the community a person of the cast is at home in."""
    return THEIRS if login == "neighbour" else OURS


def need_of(login: str) -> Need:
    """Return a need the person recorded and every clause of the role table reaches, for what is about a need."""
    author = select(Account.id).filter_by(login=login).scalar_subquery()
    known = db.session.scalars(select(Need).where(Need.created_by_id == author).order_by(Need.id)).first()
    return known or register_need(login)


def register_need(login: str) -> Need:
    """Register one."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    place = db.session.scalars(select(Place).filter_by(community=community).order_by(Place.id)).first()
    reached = {"open_to_volunteers": True, "escalated_at": clock.now()}
    return service.register(title=WORDS[community.code][0], community=community, place=place, **reached)


@dataclass
class Scene:
    """Makes rows and remembers what was written in them."""

    app: Flask
    number: int = 0
    written: dict[str, set[str]] = field(default_factory=lambda: {OURS: set(), THEIRS: set()})

    def lists(self) -> list[Any]:
        """Return every registered list."""
        found: list[Any] = self.app.extensions["appbuilder"].list_views()
        return found

    def make(self, view: Any, login: str = "secretary") -> int:
        """Make a row of a list by the hand of somebody, with every column filled, and return its id."""
        if view.model is Community:
            return self._community_id(community_of(login))
        with self._as(login) as community, database.transaction():
            values = self._values(view, community, login)
            later = {name: values.pop(name) for name in list(values) if name not in (*view.add_names, "community")}
            row = view.create(values)
            for name, value in later.items():
                setattr(row, name, value)
            db.session.flush()
            if view.model.attachments:
                files.attach(row, BytesIO(PICTURE), self._file_name(community.code))
            pk = int(row.id)
            if isinstance(row, Partied):
                bind(row, login)
        return pk

    def _file_name(self, code: str) -> str:
        self.number += 1
        name = f"{WORDS[code][0]}{self.number}.png"
        self.written[code].add(name)
        return name

    def file_of(self, list_name: str, pk: int) -> int:
        """Return the id of the first file of a row."""
        with self.app.app_context(), acting(system("tests")):
            found = select(Attachment.id).filter_by(list=list_name, row_id=pk).order_by(Attachment.id)
            return int(db.session.scalars(found).first() or 0)

    @contextmanager
    def _as(self, login: str) -> Iterator[Community]:
        with self.app.test_request_context(), acting(system("tests")):
            author = db.session.scalars(select(Account).filter_by(login=login)).one()
            community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
            with acting(Actor("tests", user_id=author.id, unbounded=True)):
                yield community

    def _community_id(self, code: str) -> int:
        with self.app.app_context(), acting(system("tests")):
            return int(db.session.scalars(select(Community.id).filter_by(code=code)).one())

    def _values(self, view: Any, community: Community, login: str) -> dict[str, Any]:
        described = facts(view.model)
        values = SPECIAL.get(view.model, lambda login: {})(login)
        if values.get("address"):
            values["address"] = ADDRESS[community.code]
        for name in view.add_names:
            if name not in values:
                values[name] = self._value(view.model, name, described[name], community)
        if "community" in described:
            values["community"] = community
        self._remember(community.code, values, described)
        return values

    def _remember(self, code: str, values: dict[str, Any], described: Any) -> None:
        for name in described:
            texts = values.get(name)
            self.written[code] |= {text for text in (texts if isinstance(texts, list) else [texts]) if _is_text(text)}

    def _value(self, model: type, name: str, about: Field, community: Community) -> Any:
        form = shape(model, name)
        if form.kind in ("text", "list"):
            text = self._text(about, form, community.code)
            return [text] if form.kind == "list" else text
        if form.kind == "choice":
            return next(iter(form.choices or ()))
        if form.kind in RELATED:
            one = self._related(form.target, community)
            several = [one] if one is not None else []
            return several if form.kind == "many" else one
        if form.required or about.mask:
            self.number += 1
            return {
                "date": clock.today() - timedelta(days=self.number),
                "instant": clock.now(),
                "number": 1,
                "decimal": 1.0,
            }.get(form.kind, False)
        return None

    def _text(self, about: Field, form: Shape, code: str) -> str:
        # Each column says something else, so that a test knows which one it has found.
        self.number += 1
        words, latin, mobile = WORDS[code]
        candidates = (f"{words}{self.number:04d}", f"{latin}{self.number:04d}", f"{mobile}{self.number:04d}")
        given = [[text] if form.kind == "list" else text for text in candidates]
        fitting = [index for index, value in enumerate(given) if about.check is None or about.check(value) is None]
        # A list may want several parts; no test minds whether this one is content.
        return candidates[fitting[0] if fitting else 0]

    def _related(self, target: Any, community: Community) -> Any:
        found = select(target).order_by(target.id)
        if target is Community:
            return community
        if target is ServicePost:
            return vacant(community)
        if target is Account:
            found = found.join(Grant, Grant.account_id == Account.id).where(Grant.community_id == community.id)
        else:
            found = found.where(target.community_id == community.id)
        return db.session.scalars(found.limit(1)).first()

    def look_like_one(self) -> None:
        """Let two records of ours be merged, and two others be told apart."""
        with self._as("secretary"), database.transaction():
            kept, gone, one, other = (db.session.get_one(Person, resident("secretary").id) for _number in range(4))
            merging.merge(kept, gone)
            merging.tell_apart(one, other)

    def secrets(self) -> set[str]:
        """Return the words of our community that nobody of theirs may ever read: names, titles, codes, numbers."""
        with self.app.app_context(), acting(system("tests")):
            ours, theirs = (self._words_of(code) for code in (OURS, THEIRS))
        return {word for word in ours | self.written[OURS] if word not in {*theirs, *self.written[THEIRS], *CAST}}

    def _words_of(self, code: str) -> set[str]:
        community = db.session.scalars(select(Community).filter_by(code=code)).one()
        found = {community.name, community.code}
        for view in self.lists():
            if hasattr(view.model, "community_id"):
                rows = db.session.scalars(select(view.model).where(view.model.community_id == community.id))
                found |= {text for row in rows for text in _texts(row)}
        holders = select(Account).where(Account.id.in_(select(Grant.account_id).filter_by(community_id=community.id)))
        return found | {text for account in db.session.scalars(holders) for text in _texts(account)}


def _texts(row: Any) -> Iterator[str]:
    for name in facts(type(row)):
        value = getattr(row, name)
        if _is_text(value):
            yield value


def _is_text(value: Any) -> bool:
    """Tell whether a value is a text that is not found by chance in a token of a page."""
    return isinstance(value, str) and len(value) > (5 if value.isascii() else 1)


def dump(app: Flask) -> dict[str, list[Row[Any]]]:
    """Return everything stored, table by table, but for when somebody was last seen."""
    kept = [table for table in Place.metadata.sorted_tables if not table.name.startswith("ab_")]
    with app.app_context(), acting(system("tests")):
        found = {
            table.name: list(db.session.execute(select(*(c for c in table.c if c.name != "seen_at"))).all())
            for table in kept
        }
        db.session.rollback()
    return {name: sorted(rows, key=lambda row: str(row[0])) for name, rows in found.items()}

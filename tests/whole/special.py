"""What the facts of a column cannot tell of a row: whom it names, so that every clause of the role table reaches it."""

import secrets
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from app.accounts.models import Account, Grant, GrantRole
from app.callbacks.models import Callback
from app.communities.models import Category, Community, Place
from app.core import clock
from app.exports.choices import Listing
from app.exports.models import ExportRequest
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs import service
from app.needs.choices import NeedState
from app.needs.limits import Limit, TimeLimit
from app.needs.models import Need
from app.organizations.choices import UnitKind
from app.organizations.models import Organization, Team
from app.organizations.partners import Partner
from app.organizations.rules import check_character
from app.parties.models import Party, PartyKind
from app.party_orgs.choices import PartyOrgKind
from app.party_orgs.models import PartyMember, PartyOrg
from app.people import identity
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

OURS: Final = "wjb"
THEIRS: Final = "qn"
WORDS: Final = {OURS: ("柳暗花明", "liuan", "1397766"), THEIRS: ("江枫渔火", "jiangfeng", "1385544")}
"""What the rows of a community are filled with: Chinese words, a Latin word, the beginning of a mobile number."""

ADDRESS: Final = {OURS: "柳堤路6栋2单元301", THEIRS: "枫桥路7栋1单元502"}

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
    Partner: lambda login: {"unit": unbound(login)},
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
    TimeLimit: lambda login: {"category": unlimited(login), "response": Limit.read("3个工作日")},
    Team: lambda login: {"leader": party_of(login, PartyKind.PERSON), "organization": party_of(login)},
    ExportRequest: lambda login: {
        "listing": Listing("volunteers" if login == "coordinator" else "needs"),
        "asked": None,
    },
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


def unbound(login: str) -> Party:
    """Return the organisation the partner speaks for, or a new one where that one is bound already."""
    own = spoken_for("partner" if login != "neighbour" else login, PartyKind.ORGANIZATION)
    if db.session.scalar(select(Partner.id).where(Partner.unit_id == own.id).limit(1)) is None:
        return own
    unit = Organization(community=own.community, name=f"合伙机构{secrets.randbelow(10**6):06d}", kind=UnitKind.OTHER)
    db.session.add(unit)
    # A form that is only filled in is thrown away; whom it names must be there.
    db.session.commit()
    return unit.party


def unlimited(login: str) -> Category:
    """Return a category of the community without limits of its own."""
    community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
    limited = select(TimeLimit.category_id).where(TimeLimit.category_id.is_not(None))
    free = select(Category).filter_by(community_id=community.id).where(Category.id.not_in(limited))
    known: Category | None = db.session.scalars(free.order_by(Category.id)).first()
    if known is not None:
        return known
    category = Category(community=community, name=f"{WORDS[community.code][0]}{secrets.randbelow(10**6):06d}")
    db.session.add(category)
    # A form that is only filled in is thrown away; what it names must be there.
    db.session.commit()
    return category


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
    Partner.unit_id,
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

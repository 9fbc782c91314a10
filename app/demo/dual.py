"""Lets units and members report in to the demo community, claim posts and build together with it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Community
from app.core import clock, moves
from app.core.actor import Actor, Held, acting
from app.demo.story import at
from app.extensions import db
from app.organizations.models import Organization
from app.parties.models import Party
from app.people.models import Person
from app.registrations import agreeing, service
from app.registrations.choices import PostKind
from app.registrations.kinds import PostKinds
from app.registrations.models import ServicePost
from app.roles import Role

FILE: Final = Path(__file__).with_name("dual.yaml")
BEGINS: Final = timedelta(days=59, hours=12)
"""How long ago the units were asked to report in: after the communities were set up, and before the story begins."""
SECRETARY: Final = "secretary"
TERM: Final = timedelta(days=365)


def play(now: datetime, code: str) -> None:
    """Let it happen in the community with this code, in one go, by the hand of its secretary. Commits."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    community = db.session.scalars(select(Community).filter_by(code=code)).one()
    with at(now - BEGINS), acting(_secretary(community)):
        for one in told["units"]:
            _unit(community, one)
        posts = {one["title"]: _post(community, one) for one in told["posts"]}
        for one in told["members"]:
            _member(community, one, posts)
        _agreement(community, dict(told["agreement"]))
        db.session.commit()


def _secretary(community: Community) -> Actor:
    account = db.session.scalars(select(Account).filter_by(login=SECRETARY)).one()
    return Actor(f"person:{account.id}", account.id, (Held(Role.SECRETARY, community.id),))


def _named(model: Any, community: Community, name: str) -> Any:
    return db.session.scalars(select(model).filter_by(community_id=community.id, name=name)).one()


def _unit(community: Community, told: dict[str, Any]) -> None:
    unit = _named(Organization, community, told["name"])
    moves.perform(unit, "invite", {})
    moves.perform(unit, "report_in", {"party_org": told["party_org"], "member_count": told["members"]})
    moves.perform(unit, "receive", {})
    db.session.flush()


def _post(community: Community, told: dict[str, Any]) -> ServicePost:
    given = {name: told[name] for name in ("title", "duties", "wanted")}
    post = service.add_post(community=community, kind=_kind(told["kind"]), **given)
    moves.perform(post, "offer", {})
    db.session.flush()
    return post


def _kind(code: str) -> PostKind:
    return next(kind for kind in PostKind if kind.value == code)


def _member(community: Community, told: dict[str, Any], posts: dict[str, ServicePost]) -> None:
    person = Person(community=community, name=told["name"], unit_name=told["unit"])
    db.session.add(person)
    db.session.flush()
    joined: date = told["joined"]
    said = {"skills": told["skills"], "service_posts": PostKinds(told["wish"]), "party_joined_on": joined}
    unit = _named(Party, community, told["unit"])
    member = service.register(community=community, person=person.party, unit=unit, **said)
    moves.perform(member, "receive", {})
    if "post" in told:
        moves.perform(member, "claim_post", {"post": posts[told["post"]]})
        moves.perform(member, "confirm_post", {})
    db.session.flush()


def _agreement(community: Community, told: dict[str, Any]) -> None:
    today = clock.today()
    term = {"begins_on": today, "ends_on": today + TERM}
    unit = _named(Party, community, told.pop("unit"))
    agreement = agreeing.draft(community=community, unit=unit, **told, **term)
    moves.perform(agreement, "sign", {})

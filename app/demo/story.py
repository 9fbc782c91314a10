"""Replays what happened in the demo communities: each step by the person who made it, at the time it was made."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Community
from app.communities.service import PlaceFinder
from app.core import clock, moves
from app.core.actor import Actor, Held, acting, system
from app.core.fields import Worded, facts, shape
from app.extensions import db
from app.fulfilments import service as orders
from app.fulfilments.models import Fulfilment
from app.needs import service as needs
from app.needs.models import Need
from app.organizations.models import Team
from app.parties.models import Party
from app.party_orgs import service as party_orgs
from app.party_orgs.models import PartyMember, PartyOrg
from app.people.birth import Birth
from app.people.models import Person
from app.posts import service as posts
from app.posts.models import Post
from app.projects import service as projects
from app.projects.models import ServiceProject
from app.projects.schedule import Schedule
from app.resources import service as resources
from app.resources.models import Resource
from app.resources.windows import Windows
from app.volunteers import service as volunteers
from app.volunteers.availability import Availability
from app.volunteers.models import Volunteer
from app.volunteers.skills import Skills
from app.volunteers.training import Training

Told = type[Need | Resource | ServiceProject | Person | Volunteer | Post | PartyOrg | PartyMember]
STORIES: Final[dict[Told, str]] = {
    Need: "story.yaml",
    Resource: "resources.yaml",
    ServiceProject: "projects.yaml",
    Person: "residents.yaml",
    Volunteer: "volunteers.yaml",
    Post: "posts.yaml",
    PartyOrg: "party_orgs.yaml",
    PartyMember: "party_members.yaml",
}
"""What is told of the rows of each list, and in which file."""
SYSTEM: Final = "system"
RESIDENT: Final = "resident"
NAMED: Final[dict[str, Any]] = {
    "provider": Party,
    "person": Party,
    "secretary": Party,
    "parent": PartyOrg,
    "org": PartyOrg,
    "category": Category,
    "resource": Resource,
    "project": ServiceProject,
    "target": Need,
}
"""The columns in which the story names a row."""
WORDED: Final[dict[str, type[Worded]]] = {
    "windows": Windows,
    "schedule": Schedule,
    "birth": Birth,
    "skills": Skills,
    "availability": Availability,
    "training": Training,
}
DAYS: Final = (
    *("planned_on", "resume_on", "valid_from", "valid_to", "checked_on", "guardian_consent_on"),
    *("insurance_until", "guardian_agreed_on", "since"),
)
UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}


def _project(made_from: str | None = None, **columns: Any) -> ServiceProject:
    """Add a service project, or complete the draft that was made from a need."""
    if made_from is None:
        return projects.register(**columns)
    made = select(ServiceProject).where(ServiceProject.asked_by.any(Need.title == made_from))
    project = db.session.scalars(made.filter_by(community_id=columns.pop("community").id)).one()
    for name, value in columns.items():
        setattr(project, name, value)
    return project


def _resident(**columns: Any) -> Person:
    """Register somebody who lives here."""
    person = Person(**columns)
    db.session.add(person)
    return person


def _volunteer(community: Community, who: dict[str, Any], **columns: Any) -> Volunteer:
    """Register somebody who wants to help, by name and phone."""
    born = Birth.read(str(who["birth"])) if "birth" in who else None
    return volunteers.enrol(community, who | {"birth": born}, **columns)


def _member(person: Party, **columns: Any) -> PartyMember:
    """Let somebody belong to a party organisation."""
    return party_orgs.join(person=db.session.get_one(Person, person.id), **columns)


RECORD: Final[dict[Told, Callable[..., Any]]] = {
    Need: needs.register,
    Resource: resources.offer,
    ServiceProject: _project,
    Person: _resident,
    Volunteer: _volunteer,
    Post: posts.appoint,
    PartyOrg: party_orgs.found,
    PartyMember: _member,
}


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody records a row, or makes a move on one; `order`: offers a need to a provider, or moves that order."""

    moment: datetime
    row: tuple[Told, int]
    move: str
    by: str
    values: dict[str, Any]
    order: str = ""


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock still at a moment."""
    before, clock.clock.fixed = clock.clock.fixed, moment
    try:
        yield
    finally:
        clock.clock.fixed = before


def written() -> dict[Told, dict[str, Any]]:
    """Return the stories as they are written, by list and community."""
    return {model: yaml.safe_load(_file(name).read_text(encoding="utf-8")) for model, name in STORIES.items()}


def play(ends: datetime, told: dict[Told, dict[str, Any]]) -> None:
    """Let the stories of communities happen up to `ends`, in the order of time; each is committed."""
    for code in told[Need]:
        community = db.session.scalars(select(Community).filter_by(code=code)).one()
        stage = _Stage(community)
        rows = [((model, number), entry) for model in told for number, entry in enumerate(told[model].get(code, ()))]
        events = [event for row, entry in rows for event in _events(row, entry, ends)]
        for event in sorted(events, key=lambda event: event.moment):
            stage.let(event)


def _file(name: str) -> Path:
    return Path(__file__).with_name(name)


def _events(row: tuple[Told, int], entry: dict[str, Any], ends: datetime) -> Iterator[Event]:
    about = dict(entry["about"])
    by, moment = about.pop("by"), ends - span(about.pop("at"))
    said = {name: entry[name] for name in ("title", "text") if name in entry}
    columns = said | about | entry.get("who", {}) | entry.get("columns", {}) | entry.get("how", {})
    yield Event(moment, row, "register", by, columns)
    for step in entry.get("life", ()):
        values = dict(step)
        move, by, moment = values.pop("move"), values.pop("by"), moment + span(values.pop("after"))
        yield Event(moment, row, move, by, values, values.pop("order", ""))


def span(words: str) -> timedelta:
    """Read 2d, 5h or 40m."""
    return timedelta(**{UNITS[words[-1]]: int(words[:-1])})


def by(community: Community, login: str) -> AbstractContextManager[Actor | None]:
    """Let somebody of the cast act."""
    return acting(_Stage(community).actor(login))


class _Stage:
    """One community while its story is told."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.places = PlaceFinder(community)
        self.rows: dict[tuple[Told, int], Any] = {}
        self.orders: dict[tuple[Any, str], Fulfilment] = {}
        self.people: dict[str, tuple[Account, Actor]] = {}

    def let(self, event: Event) -> None:
        """Let one event happen."""
        model = event.row[0]
        values = {name: self._value(model, name, said, event.moment) for name, said in event.values.items()}
        with at(event.moment), acting(self.actor(event.by)):
            self._do(event, values)
            # One event, one transaction, as in life: history is written when it happened, by whom it was done.
            db.session.commit()

    def _do(self, event: Event, values: dict[str, Any]) -> None:
        order = event.row, event.order
        if event.move == "register":
            self.rows[event.row] = RECORD[event.row[0]](community=self.community, **values)
        elif event.move == "offer":
            self.orders[order] = orders.offer(need=self.rows[event.row], **values)
        elif event.row[0] is Post:
            posts.end(self.rows[event.row], clock.local(event.moment).date(), None)
        else:
            moves.perform(self.orders[order] if event.order else self.rows[event.row], event.move, values)

    def _value(self, model: Told, name: str, said: Any, moment: datetime) -> Any:
        """Turn what the story says into what the column holds."""
        if name in NAMED:
            return self._named(NAMED[name], said)
        if name == "categories":
            return [self._named(Category, one) for one in said]
        if name == "teams":
            return [self._named(Team, one) for one in said]
        if name == "places":
            return [place for one in said for place in self.places.find(one)]
        if name == "scheduled_at":
            days, time = said.split()
            return clock.parse_local(f"{clock.local(moment).date() + span(days)}T{time:0>5}")
        if name == "place":
            (place,) = self.places.find(said)
            return place
        if name in ("in_charge", "account"):
            return self._person(said)[0]
        if name in WORDED:
            return WORDED[name].read(str(said))
        if name in DAYS:
            return clock.local(moment).date() + timedelta(days=said)
        choices = shape(model, name).choices if name in facts(model) else None
        return next(one for one in choices if one.value == said) if choices else said

    def _named(self, model: Any, name: str) -> Any:
        called = {"title" if model is Need else "name": name}
        return db.session.scalars(select(model).filter_by(community_id=self.community.id, **called)).one()

    def actor(self, login: str) -> Actor:
        """Return who acts: somebody of the cast, the system when time has passed, or a resident at a poster."""
        if login == RESIDENT:
            return Actor("system:public", unbounded=True)
        return system("silence") if login == SYSTEM else self._person(login)[1]

    def _person(self, login: str) -> tuple[Account, Actor]:
        if login not in self.people:
            account = db.session.scalars(select(Account).filter_by(login=login)).one()
            held = tuple(
                Held(
                    grant.role.role,
                    grant.community_id,
                    grant.place.path if grant.place else None,
                    grant.subject_id,
                )
                for grant in account.grants
            )
            self.people[login] = account, Actor(f"person:{account.id}", account.id, held)
        return self.people[login]

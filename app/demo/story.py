"""Replays what happened in the demo communities: each step by the person who made it, at the time it was made."""

from collections.abc import Iterator
from contextlib import contextmanager
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
from app.core.fields import facts, shape
from app.extensions import db
from app.fulfilments import service as orders
from app.fulfilments.models import Fulfilment
from app.needs import service as needs
from app.needs.models import Need
from app.parties.models import Party

STORY: Final = Path(__file__).with_name("story.yaml")
SYSTEM: Final = "system"
UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody registers a need, or makes a move on one; `order`: offers it to a provider, or moves that order."""

    moment: datetime
    need: int
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


def play(ends: datetime) -> None:
    """Let the stories of all demo communities happen up to `ends`, in the order of time; each is committed."""
    told: dict[str, list[dict[str, Any]]] = yaml.safe_load(STORY.read_text(encoding="utf-8"))
    for code, entries in told.items():
        community = db.session.scalars(select(Community).filter_by(code=code)).one()
        stage = _Stage(community)
        events = [event for number, entry in enumerate(entries) for event in _events(number, entry, ends)]
        for event in sorted(events, key=lambda event: event.moment):
            stage.let(event)


def _events(number: int, entry: dict[str, Any], ends: datetime) -> Iterator[Event]:
    about = dict(entry["about"])
    by, moment = about.pop("by"), ends - span(about.pop("at"))
    columns = {"title": entry["title"], "text": entry["text"], **about, **entry.get("who", {})}
    yield Event(moment, number, "register", by, columns)
    for step in entry.get("life", ()):
        values = dict(step)
        move, by, moment = values.pop("move"), values.pop("by"), moment + span(values.pop("after"))
        yield Event(moment, number, move, by, values, values.pop("order", ""))


def span(words: str) -> timedelta:
    """Read 2d, 5h or 40m."""
    return timedelta(**{UNITS[words[-1]]: int(words[:-1])})


class _Stage:
    """One community while its story is told."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.places = PlaceFinder(community)
        self.needs: dict[int, Need] = {}
        self.orders: dict[tuple[int, str], Fulfilment] = {}
        self.people: dict[str, tuple[Account, Actor]] = {}

    def let(self, event: Event) -> None:
        """Let one event happen."""
        values = {name: self._value(name, said, event.moment) for name, said in event.values.items()}
        with at(event.moment), acting(self._actor(event.by)):
            self._do(event, values)
            # One event, one transaction, as in life: history is written when it happened, by whom it was done.
            db.session.commit()

    def _do(self, event: Event, values: dict[str, Any]) -> None:
        order = event.need, event.order
        if event.move == "register":
            self.needs[event.need] = needs.register(community=self.community, **values)
        elif event.move == "offer":
            self.orders[order] = orders.offer(need=self.needs[event.need], **values)
        else:
            moves.perform(self.orders[order] if event.order else self.needs[event.need], event.move, values)

    def _value(self, name: str, said: Any, moment: datetime) -> Any:
        """Turn what the story says into what the column holds."""
        if name == "provider":
            return db.session.scalars(select(Party).filter_by(community_id=self.community.id, name=said)).one()
        if name == "scheduled_at":
            days, time = said.split()
            return clock.parse_local(f"{clock.local(moment).date() + span(days)}T{time:0>5}")
        if name == "place":
            (place,) = self.places.find(said)
            return place
        if name == "category":
            return db.session.scalars(select(Category).filter_by(community_id=self.community.id, name=said)).one()
        if name == "in_charge":
            return self._person(said)[0]
        if name == "planned_on":
            return clock.local(moment).date() + timedelta(days=said)
        choices = shape(Need, name).choices if name in facts(Need) else None
        return next(one for one in choices if one.value == said) if choices else said

    def _actor(self, login: str) -> Actor:
        """Return who acts: somebody of the cast, or the system when time has passed."""
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

"""Whatever people do with needs and orders, in whatever order: the figures hold and nothing is left half done."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import access, clock, moves
from app.core.actor import Actor, Held, acting, system
from app.core.rules import Violation
from app.core.timeline import Step
from app.extensions import db
from app.fulfilments import service
from app.fulfilments.choices import BOOKED, DONE, LIVE
from app.fulfilments.flow import FLOW
from app.fulfilments.models import Fulfilment
from app.fulfilments.states import FOLLOWING, state_from_orders
from app.fulfilments.stock import holds
from app.needs import service as needs
from app.needs.choices import AskedHow, NeedState, Outcome
from app.needs.models import Need
from app.parties.models import Party
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from app.roles import Role
from tests.cast.people import PARTIES

ROLES = {
    "secretary": (Role.SECRETARY, None),
    "worker": (Role.WORKER, None),
    "coordinator": (Role.COORDINATOR, None),
    "liaison": (Role.LIAISON, PARTIES[0]),
    "partner": (Role.PARTNER, PARTIES[1]),
}
REFUSED = (moves.Refused, moves.Stale, Violation, access.Forbidden, access.OutOfScope)
STOCK = 4
BY_HAND = (
    *("plan", "start", "deliver", "hold", "resume", "refer", "return_referral"),
    *("close", "reopen", "explain", "withdraw"),
)

number = st.integers(0, 3)
person = st.sampled_from([*ROLES, "resident"])
offers = st.tuples(
    st.just("offer"), person, number, number, st.none() | st.integers(0, 5), st.booleans(), st.booleans()
)
steps_of_orders = st.tuples(st.just("order"), person, st.sampled_from(list(FLOW.by_name)), st.integers(0, 7), number)
steps_of_needs = st.tuples(st.just("need"), person, st.sampled_from(BY_HAND), number)
onward = st.tuples(st.just("onward"), st.just("resident"), st.integers(0, 2), number)
# Most often somebody does the next thing with an order that is there.
acts = st.lists(st.one_of(offers, *[onward] * 6, steps_of_orders, steps_of_needs), min_size=15, max_size=40)
NEXT = {
    "offered": "claim",
    "claimed": "schedule",
    "scheduled": "start",
    "in_progress": "deliver",
    "delivered": "confirm",
}


@dataclass
class World:
    """A small community: two needs, two providers, and those who work with them."""

    actors: dict[str, Actor]
    providers: list[Party]
    needs: list[Need]
    worker: Account
    resource: Resource
    """Of the first provider; there are STOCK of it."""
    by_hand: set[int] = field(default_factory=set)
    """The needs a hand has moved since their orders last did."""

    def orders(self) -> list[Fulfilment]:
        """Return every order there is."""
        with acting(system("tests")):
            return list(db.session.scalars(select(Fulfilment).order_by(Fulfilment.id)))

    def let(self, act: tuple[Any, ...]) -> None:
        """Let somebody do something; what is refused leaves everything as it was."""
        before = self.picture()
        try:
            with db.session.begin_nested(), acting(self.actors[act[1]]):
                getattr(self, act[0])(*act[2:])
                db.session.flush()
        except REFUSED:
            db.session.expire_all()
            assert self.picture() == before

    def offer(self, need: int, provider: int, quantity: int | None, agreed: bool, uses: bool) -> None:
        """Offer a need to a provider, who may use the resource for it."""
        row = self.needs[need % len(self.needs)]
        said = "黄主任" if agreed else None
        given: dict[str, Any] = {"provider": self.providers[provider % len(self.providers)], "said_by": said}
        given |= {"provider": self.providers[0], "resource": self.resource} if uses else {}
        service.offer(need=row, quantity_asked=quantity or None, **given)
        self.by_hand.discard(row.id)

    def order(self, name: str, index: int, some: int) -> None:
        """Make a move on an order."""
        orders = self.orders()
        if not orders:
            return
        row = orders[index % len(orders)]
        asked: dict[str, Any] = {
            "claim": {"quantity": some or None},
            "assign": {"said_by": "黄主任"},
            "schedule": {"scheduled_at": clock.now() + timedelta(minutes=45 * some)},
            "deliver": {"measures": "做好了", "quantity_delivered": some, "person_times": some},
            "confirm": {"satisfaction": 5},
        }
        moves.perform(row, name, asked.get(name, {} if name in ("start", "expire", "miss") else {"reason": "缘故"}))
        self.by_hand.discard(row.need_id)

    def onward(self, index: int, some: int) -> None:
        """Bring an order one step forward."""
        orders = self.orders()
        if orders:
            self.order(NEXT.get(orders[index % len(orders)].state.value, "reverse"), index, some)

    def need(self, name: str, index: int) -> None:
        """Make a move on a need."""
        row = self.needs[index % len(self.needs)]
        asked: dict[str, Any] = {
            "plan": {"in_charge": self.worker, "planned_on": clock.today()},
            "start": {},
            "deliver": {"done_text": "自己做好了"},
            "hold": {"reason": "等配件", "resume_on": clock.today() + timedelta(days=2)},
            "resume": {},
            "refer": {"body": "供电所", "phone": "95598"},
            "return_referral": {},
            "explain": {"reason": "缘故", "explanation": "办不了"},
            "close": {"outcome": Outcome.MET, "asked_how": AskedHow.PHONE},
        }
        moves.perform(row, name, asked.get(name, {"reason": "缘故"}))
        if name in ("plan", "start", "deliver", "return_referral"):
            self.by_hand.add(row.id)
        if name == "resume" and any(order.need_id == row.id for order in self.orders()):
            self.by_hand.discard(row.id)
        if name == "reopen" and not any(order.need_id == row.id for order in self.orders()):
            self.by_hand.add(row.id)

    def picture(self) -> list[Any]:
        """Return all that matters as it stands in the database."""
        with acting(system("tests")):
            tables = (Fulfilment.__table__, Need.__table__, Step.__table__, Resource.__table__)
            return [db.session.execute(select(table).order_by(table.c.id)).all() for table in tables]

    def check(self) -> None:
        """Everything that must hold, whatever has happened."""
        by_need, by_provider = defaultdict(list), defaultdict(list)
        for order in self.orders():
            by_need[order.need_id].append(order)
            by_provider[order.provider_id].append(order)
            quantities_hold(order)
            timeline_holds(order)
        using = [order for order in self.orders() if order.resource_id is not None]
        assert self.resource.committed == sum(holds(order) for order in using) <= STOCK
        for need in self.needs:
            need_holds(need, by_need[need.id], need.id in self.by_hand)
        for orders in by_provider.values():
            nobody_is_booked_twice(orders)


def quantities_hold(order: Fulfilment) -> None:
    offered, taken, done = order.quantity_asked, order.quantity_committed, order.quantity_delivered
    assert all(value is None or value >= 0 for value in (offered, taken, done))
    assert taken is None or offered is None or taken <= offered
    assert done is None or taken is None or done <= taken


def timeline_holds(order: Fulfilment) -> None:
    with acting(system("tests")):
        steps = db.session.scalars(select(Step).filter_by(list="fulfilments", row_id=order.id).order_by(Step.id)).all()
    assert [step.source for step in steps] == [None, *(step.target for step in steps[:-1])]
    assert steps[-1].target == order.state.value
    for step in steps[1:]:
        assert step.source in {state.value for state in FLOW.by_name[step.move].sources}


def need_holds(need: Need, orders: list[Fulfilment], by_hand: bool) -> None:
    assert need.live_orders == sum(order.state in LIVE for order in orders)
    if need.state in FOLLOWING and orders and not by_hand:
        assert need.state is state_from_orders(orders, need.quantity_asked)
    if need.state in (NeedState.WITHDRAWN, NeedState.UNRESOLVABLE):
        assert not need.live_orders
    if need.state is NeedState.CLOSED:
        assert not [order for order in orders if order.state in DONE and order.state in LIVE]


def nobody_is_booked_twice(orders: list[Fulfilment]) -> None:
    booked = [one for one in orders if one.state in BOOKED and one.ends_at]
    times = sorted((one.scheduled_at, one.ends_at) for one in booked)
    assert all(ends <= begins for (_begins, ends), (begins, _ends) in pairwise(times))


@contextmanager
def world(asked: int | None) -> Iterator[World]:
    """Make the community, and leave nothing of it behind."""
    with acting(system("tests")):
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        providers = [db.session.scalars(select(Party).filter_by(name=name)).one() for name in PARTIES[:2]]
        accounts = {row.login: row for row in db.session.scalars(select(Account))}
        subjects = {party.name: party.id for party in providers}
        actors = {
            login: Actor(login, accounts[login].id, (Held(role, ours.id, None, subjects.get(name or "")),))
            for login, (role, name) in ROLES.items()
        } | {"resident": Actor("resident:1", unbounded=True)}
        place = db.session.scalars(select(Place).filter_by(name="武江北路8栋")).one()
        category = db.session.scalars(select(Category).filter_by(community_id=ours.id)).first()
        made = []
        for quantity in (asked, None):
            given = {"place": place, "category": category, "quantity_asked": quantity, "open_to_volunteers": True}
            need = needs.register(community=ours, title="要一盏灯", **given)
            moves.perform(need, "accept", {})
            made.append(need)
        about = {"kind": ResourceKind.GOODS, "state": ResourceState.AVAILABLE, "checked_on": clock.today()}
        about |= {"quantity_mode": QuantityMode.COUNTABLE, "quantity": STOCK, "unit_of_measure": "盏"}
        lamp = Resource(community=ours, provider=providers[0], name="太阳能灯", **about)
        db.session.add(lamp)
        db.session.flush()
        try:
            yield World(actors, providers, made, accounts["worker"], lamp)
        finally:
            db.session.rollback()


# Without shrinking: a failure is long, but it is there at once.
@settings(
    max_examples=60,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(done=acts, asked=st.none() | st.integers(1, 4))
def test_whatever_people_do_the_figures_hold(app, done, asked):
    with app.app_context(), world(asked) as small:
        for act in done:
            small.let(act)
            small.check()

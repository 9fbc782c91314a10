"""Filling a community with invented needs, fast: straight into the tables, with what each would have by itself.

The same number gives the same needs every time. History is not written: what is measured reads it row by row.
"""

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, text

from app.accounts import passwords
from app.accounts.models import Account, Grant, GrantRole
from app.bench import words
from app.communities import service as communities
from app.communities.models import Category, Place, PlaceKind
from app.core import clock, sealing, seeking
from app.core.database import transaction
from app.core.model import new_uid
from app.core.timeline import Step
from app.extensions import db
from app.needs.choices import RUNNING_STATES, Channel, NeedKind, NeedState, Urgency
from app.needs.clocks import ANY_TIME
from app.needs.limits import DEFAULTS
from app.needs.models import Need

CODE: Final = "bench"
AT_ONCE: Final = 5_000
GRIDS: Final = 40
WORKERS: Final = 60
DAYS: Final = 1_000
STATES: Final = (
    (NeedState.SUBMITTED, 8),
    (NeedState.ACCEPTED, 6),
    (NeedState.IN_PROGRESS, 14),
    (NeedState.DELIVERED, 7),
    (NeedState.CLOSED, 61),
    (NeedState.REJECTED, 4),
)
ANSWERED: Final = frozenset(state for state, _share in STATES) - {NeedState.SUBMITTED}
ENDED: Final = frozenset({NeedState.CLOSED, NeedState.REJECTED})


@dataclass(frozen=True, slots=True)
class Plain:
    """A need in plain words; `grid` and `worker` are places in the lists of the town."""

    code: str
    title: str
    text: str
    category: str
    state: NeedState
    urgency: Urgency
    channel: Channel
    received_at: datetime
    due: datetime
    closed_at: datetime | None
    grid: int
    worker: int
    name: str
    phone: str


@dataclass
class Town:
    """A community to be filled: the ids of its grids and workers in order, and of its categories by name."""

    community_id: int
    grids: list[int]
    workers: list[int]
    categories: dict[str, int] = field(default_factory=dict)


def found(
    name: str,
    password: str,
    grids: Iterable[str],
    workers: Iterable[str],
    categories: Iterable[str] = words.CATEGORIES,
) -> Town:
    """Found a community with its places, its people and a secretary `admin`; the caller acts as the system."""
    stored = passwords.hashed(password)
    with transaction():
        community = communities.open_community(code=CODE, name=name)
        places = [Place(community=community, name=one, kind=PlaceKind.GRID, sort=at) for at, one in enumerate(grids)]
        kinds = [Category(community=community, name=one) for one in categories]
        db.session.add_all([*places, *kinds])
        admin = Account(login="admin", name="测试书记", password_hash=stored)
        staff = [Account(login=f"worker{at}", name=one) for at, one in enumerate(workers)]
        db.session.add_all([admin, *staff])
        today = clock.today()
        db.session.add(Grant(account=admin, role=GrantRole.SECRETARY, community=community, starts_on=today))
        beside = zip(staff, itertools.cycle(places), strict=False)
        db.session.add_all(
            Grant(account=one, role=GrantRole.GRID_WORKER, community=community, place=place, starts_on=today)
            for one, place in beside
        )
        db.session.flush()
        by_name = {one.name: one.id for one in kinds}
        return Town(community.id, [one.id for one in places], [one.id for one in staff], by_name)


def invented(count: int, chance: random.Random) -> Iterator[Plain]:
    """Yield so many needs, the oldest first."""
    first = clock.now() - timedelta(days=DAYS)
    weights = [weight for *_asked, weight in words.ASKED]
    states, shares = zip(*STATES, strict=True)
    for number in range(count):
        title, category, _weight = chance.choices(words.ASKED, weights)[0]
        received = first + timedelta(days=DAYS * number / count)
        state = chance.choices(states, shares)[0]
        name = chance.choice(words.SURNAMES) + "".join(chance.choices(words.GIVEN, k=2))
        where = f"{chance.choice(words.STREETS)}{chance.randint(1, 99)}号"
        yield Plain(
            code=f"XQ{received:%Y%m%d}{number:07d}",
            title=title,
            text=f"{where}居民反映：{title}。{chance.choice(words.ENDINGS)}{chance.choice(words.ENDINGS)}",
            category=category,
            state=state,
            urgency=chance.choices((Urgency.NORMAL, Urgency.URGENT, Urgency.CRITICAL), (80, 17, 3))[0],
            channel=chance.choice([*Channel]),
            received_at=received,
            due=received + timedelta(days=chance.randint(3, 30)),
            closed_at=received + timedelta(hours=chance.randint(5, 700)) if state in ENDED else None,
            grid=chance.randrange(GRIDS),
            worker=chance.randrange(WORKERS),
            name=name,
            phone=f"13{chance.randint(0, 999_999_999):09d}",
        )


def write(town: Town, needs: Iterable[Plain]) -> int:
    """Write needs into a town, some thousands in a transaction each, and return how many."""
    rest, count = iter(needs), 0
    while some := list(itertools.islice(rest, AT_ONCE)):
        with db.engine.begin() as connection:
            rows = [_row(town, one) for one in some]
            ids = _ids(connection, len(rows))
            numbered = [row | {"id": pk} for row, pk in zip(rows, ids, strict=True)]
            connection.execute(insert(Need.__table__), [*sealing.shut_rows(Need, numbered)])
            seeking.keep(connection, Need, numbered)
            connection.execute(insert(Step.__table__), [_step(row) for row in numbered])
        count += len(some)
    return count


def _ids(connection: Any, count: int) -> list[int]:
    if connection.dialect.name == "postgresql":
        taken = text("SELECT nextval(pg_get_serial_sequence('need', 'id')) FROM generate_series(1, :count)")
        return list(connection.scalars(taken, {"count": count}))
    last = connection.scalar(select(Need.__table__.c.id).order_by(Need.__table__.c.id.desc()).limit(1)) or 0
    return [*range(last + 1, last + count + 1)]


def _row(town: Town, one: Plain) -> dict[str, Any]:
    answered = one.received_at + timedelta(hours=5) if one.state in ANSWERED else None
    stamps = {"created_at": one.received_at, "changed_at": one.closed_at or answered or one.received_at}
    response_due = DEFAULTS[one.urgency].response.after(one.received_at, ANY_TIME)
    runs = one.due if one.state in RUNNING_STATES else None
    clocks = {
        "response_due": response_due,
        "due_at": response_due if one.state is NeedState.SUBMITTED else runs,
        "answered_at": answered,
        "response_minutes": 300 if answered else None,
        "accepted_at": answered if one.state is not NeedState.REJECTED else None,
        "resolution_due": one.due if answered else None,
        "work_since": answered,
        "delivered_at": answered + timedelta(hours=24) if answered and one.state in AFTER else None,
        "closed_at": one.closed_at if one.state is NeedState.CLOSED else None,
    }
    took = one.closed_at - answered if clocks["closed_at"] and one.closed_at and answered else None
    usual: dict[str, Any] = {"resolution_minutes": max(0, int(took.total_seconds()) // 60) if took else None}
    usual |= {"uid": new_uid(), "version": 1, "kind": NeedKind.HELP, "anonymous": False}
    usual |= {"collective": False, "open_to_volunteers": False, "reopened_count": 0, "paused_minutes": 0}
    told = {"code": one.code, "title": one.title, "text": one.text, "state": one.state, "urgency": one.urgency}
    told |= {
        "sought": seeking.tidied((one.title, one.text, one.code)),
        "channel": one.channel,
        "received_at": one.received_at,
        "reporter_name": one.name,
    }
    told |= {"reporter_phone": one.phone, "community_id": town.community_id, "live_orders": 0}
    related = {
        "place_id": town.grids[one.grid % len(town.grids)],
        "category_id": town.categories.get(one.category),
        "in_charge_id": town.workers[one.worker % len(town.workers)] if answered else None,
    }
    return usual | stamps | clocks | told | related


AFTER: Final = frozenset({NeedState.DELIVERED, NeedState.CLOSED})


def _step(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "uid": new_uid(),
        "list": Need.list_name,
        "row_id": row["id"],
        "community_id": row["community_id"],
        "move": "register",
        "source": None,
        "target": NeedState.SUBMITTED.value,
        "at": row["received_at"],
        "by_id": None,
        "by_label": "system:bench",
        "said": {},
    }


def settle() -> None:
    """Let the database know what it holds now, so that it plans well."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            driver.autocommit = True
            driver.execute("VACUUM ANALYZE")
            driver.autocommit = False
        else:
            driver.execute("ANALYZE")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

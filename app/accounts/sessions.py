"""Sign-ins kept on the server: the cookie carries a random token, the table its hash and when it ends."""

import hashlib
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Row, Update, and_, bindparam, delete, event, select, update
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account, Grant
from app.accounts.traces import SignIn
from app.called import NO_WORDS
from app.communities.models import Community, Place
from app.core import clock, edition, reads, scope
from app.core.actor import Actor, Held, acting, current, system
from app.core.database import Unavailable, transaction, writing
from app.extensions import db

log: Final = logging.getLogger("sidan.accounts")

KEPT: Final = timedelta(days=30)
SEEN_EVERY: Final = timedelta(minutes=1)

# In this order, because most browsers also name those they descend from.
_BROWSERS: Final = {
    "MicroMessenger": _("WeChat"),
    "Edg": _("Edge"),
    "Firefox": _("Firefox"),
    "Chrome": _("Chrome"),
    "Safari": _("Safari"),
}
_SYSTEMS: Final = {
    "Android": _("Android phone"),
    "iPhone": _("iPhone"),
    "iPad": _("iPad"),
    "Windows": _("Windows computer"),
    "Mac OS": _("Mac"),
    "Linux": _("Linux computer"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: what pages and Flask-Login need to know, without holding a row."""

    id: int
    name: str
    login: str
    sign_in_id: int
    communities: tuple[str, ...] = ()
    """The names of the communities the person works in."""
    slogan: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    """The slogan and the own words of the community, where the person works in one only."""

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def get_id(self) -> str:
        """The id as text; the name is Flask-Login's."""
        return str(self.id)

    def get_full_name(self) -> str:
        """The one name a person has; the method is Flask-AppBuilder's."""
        return self.name

    def __str__(self) -> str:
        return self.name


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def begin(account_id: int, agent: str) -> str:
    """Start a sign-in and return its token; part of the caller's transaction. What ended a month ago is removed."""
    moment = clock.now()
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(SignIn).where(SignIn.account_id == account_id, SignIn.ends_at < moment - KEPT))
    ends_at = moment + current_app.config["SESSION_ABSOLUTE"]
    row = SignIn(token_hash=_hash(token), account_id=account_id, started_at=moment, seen_at=moment, ends_at=ends_at)
    row.agent = agent_of(agent)
    db.session.add(row)
    return token


def find(token: str) -> tuple[Person, Actor] | None:
    """Return who signed in with this token and what they hold today, in one statement; None if it is over."""
    rows = _rows(_hash(token))
    if not rows:
        return None
    first = rows[0]
    edition.learn(first.mark)
    _see(first.sign_in_id, first.seen_at)
    # Two grants alike reach no further than one, and every condition built from them would say it twice.
    held = tuple(dict.fromkeys(held_by(row) for row in rows if row.role is not None))
    communities = tuple(dict.fromkeys(row.community_name for row in rows if row.community_name))
    only = first if len({row.community_id for row in rows}) == 1 else None
    person = Person(first.id, first.name, first.login, first.sign_in_id, communities)
    if only is not None:
        person = replace(person, slogan=only.slogan or "", words=only.words.words if only.words else NO_WORDS)
    return person, Actor(f"person:{first.id}", first.id, held, name=first.name)


def _rows(token_hash: str) -> Sequence[Row[Any]]:
    moment = clock.now()
    asked = {"token": token_hash, "moment": moment, "seen": moment - idle()}
    with acting(system("sign-in")):
        return scope.columns(_wanted(clock.today()), asked)


@lru_cache(maxsize=2)
def _wanted(_day: date) -> Any:
    """Return the statement of every request, made once a day: which grants hold goes by the day."""
    given = and_(Grant.account_id == Account.id, Grant.holding())
    alive = (SignIn.ends_at > bindparam("moment"), SignIn.seen_at > bindparam("seen"))
    return (
        select(
            *(Account.id, Account.name, Account.login, SignIn.id.label("sign_in_id"), SignIn.seen_at),
            *(Grant.role, Grant.community_id, Grant.place_id, Place.path, Grant.subject_id),
            *(Community.name.label("community_name"), Community.words, Community.slogan, Community.unused),
            edition.MARK,
        )
        .select_from(SignIn)
        .join(Account, Account.id == SignIn.account_id)
        .outerjoin(Grant, given)
        .outerjoin(Place, Place.id == Grant.place_id)
        .outerjoin(Community, Community.id == Grant.community_id)
        .where(SignIn.token_hash == bindparam("token"), *alive, Account.active)
        .execution_options(**{reads.KEPT: True})
    )


def held_by(row: Row[Any]) -> Held:
    """Return the grant that a row of the statement tells of."""
    unused = row.unused.lines if row.unused is not None else frozenset()
    return Held(row.role.role, row.community_id, row.path, row.subject_id, unused)


def idle() -> timedelta:
    """After how long without a click a sign-in is over."""
    return timedelta(seconds=current_app.config["SESSION_IDLE_SECONDS"])


def _alive() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    moment = clock.now()
    return SignIn.ends_at > moment, SignIn.seen_at > moment - idle()


def _see(sign_in_id: int, seen_at: datetime) -> None:
    """Write down, once a minute at most, that the person is still there."""
    moment = clock.now()
    if moment - seen_at >= min(SEEN_EVERY, idle() / 4):
        note_presence(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=moment))


def note_presence(statement: Update) -> None:
    """Write down that somebody is still there, in a transaction of its own.

    Where nothing can be written, because the disk is full, one may read all the same.
    """
    # A view of the database that has been read from cannot always be written from.
    db.session.rollback()
    try:
        with writing(), transaction():
            db.session.execute(statement)
    except Unavailable as error:
        log.warning("presence could not be written: %s", type(error.__cause__).__name__)


def of(account_id: int) -> list[SignIn]:
    """Return the sign-ins of a person that are not over, the latest first."""
    found = select(SignIn).where(SignIn.account_id == account_id, *_alive())
    return list(db.session.scalars(found.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))


def end(account_id: int, sign_in_id: int | None = None) -> None:
    """End one sign-in of a person, or all of them; part of the caller's transaction."""
    moment = clock.now()
    ended = update(SignIn).where(SignIn.account_id == account_id, SignIn.ends_at > moment)
    if sign_in_id is not None:
        ended = ended.where(SignIn.id == sign_in_id)
    db.session.execute(ended.values(ends_at=moment))


def agent_of(header: str) -> str:
    """Return browser and system of a User-Agent header as two codes; empty where they are unknown."""
    browser = next((code for code in _BROWSERS if code in header), "")
    system_code = next((code for code in _SYSTEMS if re.search(code, header)), "")
    return f"{browser}/{system_code}"


def agent_words(agent: str) -> str:
    """Return the two codes in words."""
    browser, _slash, system_code = agent.partition("/")
    words = [str(found) for found in (_BROWSERS.get(browser), _SYSTEMS.get(system_code)) if found]
    return " · ".join(words) or gettext("Unknown device")


def _end_sign_ins(connection: Connection, account_id: int) -> None:
    table = SignIn.__table__
    moment = clock.now()
    ended = table.update().where(table.c.account_id == account_id, table.c.ends_at > moment)
    connection.execute(ended.values(ends_at=moment))


@event.listens_for(Account, "after_update")
def _end_on_change(mapper: Mapper[Any], connection: Connection, account: Account) -> None:
    """A new password and a deactivation end every sign-in, through whatever door they came."""
    state: Any = sa_inspect(account)
    if any(state.attrs[name].history.has_changes() for name in ("password_hash", "active")):
        _end_sign_ins(connection, account.id)


@event.listens_for(Grant, "after_insert")
@event.listens_for(Grant, "after_update")
def _end_on_grant(mapper: Mapper[Any], connection: Connection, grant: Grant) -> None:
    """A changed grant ends the sign-ins of the person, unless it is the person who gives it."""
    actor = current()
    if actor is None or actor.user_id != grant.account_id:
        _end_sign_ins(connection, grant.account_id)

"""Tokens of programs: each acts by one grant, until a day, and can be taken back. Only its hash is kept."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Row, select, update

from app.accounts.models import Account, Grant
from app.accounts.sessions import SEEN_EVERY, held_by, note_presence
from app.accounts.traces import AccessToken
from app.called import NO_WORDS
from app.communities.models import Community, Place
from app.core import checks, clock, recording
from app.core.actor import Actor, acting, system
from app.core.fields import Text
from app.core.rules import Violation, too_long
from app.extensions import db

PREFIX: Final = "sidan_"
"""What every token begins with, so that one in the wrong place is recognised."""
LONGEST_LIFE: Final = 366
"""Days a token lives at most."""
LONGEST_NAME: Final = 40


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make(given: Grant, name: str, days: int) -> tuple[AccessToken, str]:
    """Return a new token of a grant, as it is kept and as the program sends it; part of the caller's transaction.

    `days`: how long it lives, from this moment. Raises Violation.
    """
    _require(given, name.strip(), days)
    token, moment = PREFIX + secrets.token_urlsafe(32), clock.now()
    kept = AccessToken(token_hash=_hash(token), grant_id=given.id, name=name.strip())
    kept.made_at, kept.expires_at = moment, moment + timedelta(days=days)
    db.session.add(kept)
    db.session.flush()
    recording.note("token_made", "users", given.account, token=kept.id)
    return kept, token


def _require(given: Grant, name: str, days: int) -> None:
    found: dict[str, list[Text]] = {}
    complaint = (checks.visible(name) or too_long(name, LONGEST_NAME)) if name else _("Please fill this in.")
    if complaint is not None:
        found["name"] = [complaint]
    if not 1 <= days <= LONGEST_LIFE:
        found["days"] = [gettext("A token lives 1 to %(most)s days.", most=LONGEST_LIFE)]
    if not (given.holds() and given.account.active):
        found["grant"] = [_("This role does not hold today.")]
    if found:
        raise Violation(found)


def find(token: str) -> tuple[Actor, Mapping[str, str]] | None:
    """Return who acts with this token and the own words of the community, in one statement; None if it is over.

    It is over with its grant and its account, too.
    """
    row = _row(_hash(token)) if token.startswith(PREFIX) else None
    if row is None:
        return None
    _see(row.id, row.used_at)
    return Actor(f"token:{row.id}", row.account_id, (held_by(row),)), row.words.words if row.words else NO_WORDS


def _row(token_hash: str) -> Row[Any] | None:
    found = (
        select(
            *(AccessToken.id, AccessToken.used_at, Grant.account_id, Grant.role, Grant.community_id),
            *(Place.path, Grant.subject_id, Community.words, Community.unused),
        )
        .join(Grant, Grant.id == AccessToken.grant_id)
        .join(Account, Account.id == Grant.account_id)
        .outerjoin(Place, Place.id == Grant.place_id)
        .outerjoin(Community, Community.id == Grant.community_id)
        .where(AccessToken.token_hash == token_hash, *_alive(), Grant.holding(), Account.active)
    )
    with acting(system("sign-in")):
        return db.session.execute(found).one_or_none()


def _alive() -> tuple[Any, Any]:
    return AccessToken.revoked_at.is_(None), AccessToken.expires_at > clock.now()


def _see(token_id: int, used_at: datetime | None) -> None:
    """Write down, once a minute at most, that the token is used."""
    moment = clock.now()
    if used_at is None or moment - used_at >= SEEN_EVERY:
        note_presence(update(AccessToken).where(AccessToken.id == token_id).values(used_at=moment))


def of(account_id: int) -> list[tuple[AccessToken, Grant]]:
    """Return the tokens of a person that can still be used, each with its grant, the latest first."""
    found = select(AccessToken, Grant).join(Grant, Grant.id == AccessToken.grant_id)
    mine = found.where(Grant.account_id == account_id, Grant.holding(), *_alive())
    return [(kept, given) for kept, given in db.session.execute(mine.order_by(AccessToken.id.desc()))]


def revoke(token_id: int, account_id: int | None = None) -> bool:
    """Take a token back, of this person if one is named; False if there is none. Part of the caller's transaction."""
    owner = _owner(token_id)
    if owner is None or account_id not in (None, owner.id):
        return False
    alive = update(AccessToken).where(AccessToken.id == token_id, AccessToken.revoked_at.is_(None))
    taken = bool(_write(alive.values(revoked_at=clock.now())))
    if taken:
        recording.note("token_ended", "users", owner, token=token_id)
    return taken


def _owner(token_id: int) -> Row[Any] | None:
    """Return id and uid of the account a token acts for."""
    found = select(Account.id, Account.uid).join(Grant, Grant.account_id == Account.id)
    found = found.join(AccessToken, AccessToken.grant_id == Grant.id).where(AccessToken.id == token_id)
    with acting(system("accounts")):
        return db.session.execute(found).one_or_none()


def withdraw(account_id: int) -> None:
    """Take back all tokens of a person; part of the caller's transaction."""
    alive = update(AccessToken).where(AccessToken.revoked_at.is_(None), AccessToken.grant_id.in_(_grants(account_id)))
    _write(alive.values(revoked_at=clock.now()))


def _grants(account_id: int) -> list[int]:
    with acting(system("accounts")):
        return list(db.session.scalars(select(Grant.id).where(Grant.account_id == account_id)))


def _write(statement: Any) -> int:
    done: Any = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)

"""One-time links: whoever holds one may set one person's password, once and not for long."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from blinker import Signal
from sqlalchemy import select, update

from app.accounts import brake, passwords
from app.accounts.models import Account
from app.accounts.traces import LinkPurpose, OneTimeLink
from app.core import clock, hosts, recording
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.rules import Violation
from app.extensions import db

VALID: Final = {
    LinkPurpose.INVITE: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=24),
    LinkPurpose.SETUP: timedelta(hours=24),
}


link_made: Final = Signal()
"""Sent by Account when a link for it is made, in the same transaction; `account`, `purpose`."""


class Gone(Exception):
    """The link has been used, has expired, or its account is closed."""


class Unknown(Exception):
    """No such link was ever made."""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make(account: Account, purpose: LinkPurpose) -> str:
    """Return the address of a new link; earlier ones no longer work. Part of the caller's transaction."""
    db.session.flush()
    withdraw(account.id)
    token, moment = secrets.token_urlsafe(32), clock.now()
    link = OneTimeLink(token_hash=_hash(token), account_id=account.id, purpose=purpose)
    link.made_at, link.expires_at = moment, moment + VALID[purpose]
    db.session.add(link)
    recording.note("link_made", "users", account, purpose=purpose)
    link_made.send(Account, account=account, purpose=purpose)
    return hosts.link(f"/setup/{token}")


def withdraw(account_id: int) -> None:
    """Make the links of an account useless; part of the caller's transaction."""
    unused = update(OneTimeLink).where(OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None))
    db.session.execute(unused.values(used_at=clock.now()))


def account_of(token: str) -> Account:
    """Return the account whose password the link may set. Raises Unknown or Gone."""
    link = db.session.scalars(select(OneTimeLink).filter_by(token_hash=_hash(token))).one_or_none()
    if link is None:
        raise Unknown
    with acting(system("links")):
        account = db.session.get(Account, link.account_id)
    if account is None or not account.active or link.used_at is not None or link.expires_at <= clock.now():
        raise Gone
    return account


def use(token: str, password: str) -> None:
    """Set the password of the link's account. Raises Unknown, Gone, or Violation when the password will not do.

    All sign-ins of the account end, and wrong passwords before are forgotten. Runs in transactions of its own, none of
    them open while the password is hashed.
    """
    account = account_of(token)
    account_id = account.id
    wrong = passwords.complaint(password, account.login, account.phone, account.name)
    db.session.rollback()
    if wrong is not None:
        raise Violation({"password": [wrong]})
    stored = passwords.hashed(password)
    with acting(system("links")), transaction():
        _claim(token)
        found = db.session.get(Account, account_id)
        if found is None or not found.active:
            raise Gone
        found.password_hash = stored
        recording.note("link_used", "users", found, by=account_id)
        brake.release(brake.key_of(account_id, ""))


def _claim(token: str) -> None:
    """Mark the link as used; of two at the same moment only one succeeds."""
    moment = clock.now()
    mine = (OneTimeLink.token_hash == _hash(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > moment)
    claimed = update(OneTimeLink).where(*mine).values(used_at=moment)
    if db.session.execute(claimed, execution_options={"synchronize_session": False}).rowcount != 1:
        raise Gone

"""Emptying an account: what somebody did keeps its author, who no longer has a name, a phone or a way in (PIPL, 47)."""

from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import delete, or_, select

from app.accounts import service
from app.accounts.models import Account, Grant
from app.accounts.traces import AccessToken, OneTimeLink, SignIn
from app.core import clock
from app.core.saved import SavedView
from app.extensions import db

LOGIN: Final = "erased-"
"""How the login name of an emptied account begins; its id follows."""


def is_emptied(account: Account) -> bool:
    """Tell whether nothing of a person stands in the account any more."""
    return not account.active and account.login == f"{LOGIN}{account.id}"


def works_elsewhere(account: Account, community_id: int) -> bool:
    """Tell whether the account holds, or will hold, a grant outside this community."""
    outside = or_(Grant.community_id != community_id, Grant.community_id.is_(None))
    unended = or_(Grant.ends_on.is_(None), Grant.ends_on >= clock.today())
    held = select(Grant.id).where(Grant.account_id == account.id, Grant.archived_at.is_(None), outside, unended)
    return db.session.scalar(held.limit(1)) is not None


def end_grants(account: Account, community_id: int) -> None:
    """End every grant of the account in a community."""
    held = select(Grant).filter_by(account_id=account.id, community_id=community_id, archived_at=None)
    for given in db.session.scalars(held).all():
        service.end_grant(given, gettext("The person was erased."))


def empty(account: Account, name: str) -> None:
    """Close an account and take from it everything that tells whose it was; part of the current transaction.

    `name`: what it is called from now on. Raises Refused for the last administrator.
    """
    service.deactivate(account)
    account.name, account.login, account.phone = name, f"{LOGIN}{account.id}", None
    account.password_hash, account.last_sign_in = None, None
    _forget_traces(account.id)
    db.session.flush()


def _forget_traces(account_id: int) -> None:
    grants = select(Grant.id).where(Grant.account_id == account_id)
    gone: tuple[Any, ...] = (
        delete(AccessToken).where(AccessToken.grant_id.in_(grants)),
        delete(OneTimeLink).where(OneTimeLink.account_id == account_id),
        delete(SignIn).where(SignIn.account_id == account_id),
        delete(SavedView).where(SavedView.account_id == account_id),
    )
    for statement in gone:
        db.session.execute(statement)

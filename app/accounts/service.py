"""What changes accounts and grants. Each function ends in the session; the caller commits, unless it says otherwise."""

from datetime import date
from typing import Any, Final

from blinker import Signal
from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.accounts import brake, links, passwords, refusals, sessions, tokens
from app.accounts.models import Account, Grant, GrantRole
from app.accounts.traces import LinkPurpose
from app.communities.models import Community, Place
from app.communities.service import community_made
from app.core import access, clock, recording, sealing
from app.core.actor import Actor, acting, current, system
from app.core.database import transaction
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.parties.models import Party
from app.roles import BOUND_ROLES, Role

role_prepared: Final = Signal()
"""Sent before a grant is written that may be given; `columns` may be completed, or a Violation raised."""

NOT_YOURS: Final = _("You cannot give this role here: only roles below your own, where you hold it.")
granted: Final = Signal()
"""Sent by Grant when one has been given, in the same transaction; `grant`."""
FIRST_LOGIN: Final = "admin"
_LAST_ADMIN: Final = _("This is the last administrator; make another one first.")


def create_account(login: str, name: str, phone: str | None = None) -> Account:
    """Make an account without a password; `invite` gives the link to set one. Raises Violation, OutOfScope."""
    account = Account(login=login, name=name, phone=phone)
    db.session.add(account)
    db.session.flush()
    return account


def find(login: str) -> Account | None:
    """Return the account with this login name if it is in sight."""
    found: Account | None = db.session.scalars(select(Account).filter_by(login=login.strip().lower())).one_or_none()
    return found


def has_phone(phone: str) -> bool:
    """Tell whether an account in sight has this phone number."""
    known = select(Account.id).where(sealing.holds(Account, "phone", phone)).limit(1)
    return db.session.scalar(known) is not None


def invite(account: Account) -> str:
    """Return a one-time link, valid for seven days, by which the person sets the first password. Raises Forbidden."""
    _must_manage(account)
    return links.make(account, LinkPurpose.INVITE)


def reset_link(account: Account) -> str:
    """Return a one-time link, valid for a day, by which the person sets a new password. Raises Forbidden, Refused."""
    _must_manage(account)
    if not account.active:
        raise Refused(_("The account is closed; reopen it first."))
    return links.make(account, LinkPurpose.RESET)


def _must_manage(account: Account) -> None:
    actor = current()
    if actor is None or not account.is_below(actor):
        raise access.Forbidden


def grant(account: Account, role: Role, community: Community | None, place: Place | None = None, **more: Any) -> Grant:
    """Give a person a role: in a community, and for a place where it is bound to one.

    `more`: starts_on, ends_on (the last day), subject (the party it is bound to). Raises Violation when the role is not
    the actor's to give or does not fit.
    """
    return give(account=account, role=GrantRole.of(role), community=community, place=place, **more)


def give(**columns: Any) -> Grant:
    """Write a grant from its columns. Raises Violation when the role is not the actor's to give or does not fit."""
    actor = current()
    if actor is None or not (actor.unbounded or _may_give(actor, columns)):
        raise Violation({"role": [NOT_YOURS]})
    columns = {"starts_on": clock.today()} | columns
    role_prepared.send(Grant, columns=columns)
    given = Grant(**columns)
    db.session.add(given)
    db.session.flush()
    granted.send(Grant, grant=given)
    return given


def _may_give(actor: Actor, columns: dict[str, Any]) -> bool:
    where = {name: columns[name] for name in ("role", "community", "community_id") if name in columns}
    return Grant(**where).writable(actor, "c")


def fit_for(role: Role, community: Community, name: str) -> list[Party]:
    """Return the parties of this name a person of the community may speak for in this role."""
    named = select(Party).filter_by(community_id=community.id, name=name, archived_at=None)
    return [one for one in db.session.scalars(named) if one.kind.value in BOUND_ROLES.get(role, ())]


def end_grant(given: Grant, reason: str, on: date | None = None) -> None:
    """End a grant: after a last day, or at once. Raises Refused when it has ended or is the last administrator's."""
    if given.archived_at is not None:
        raise Refused(_("This grant has ended already."))
    if given.role is GrantRole.ADMIN and _is_last_admin(given.account):
        raise Refused(_LAST_ADMIN)
    if on is not None:
        given.ends_on = on
    else:
        given.archived_at, given.archive_reason = clock.now(), reason
    db.session.flush()


def deactivate(account: Account) -> None:
    """Close an account: its sign-ins, tokens and links end. Raises Forbidden, or Refused for the last administrator."""
    _must_manage(account)
    if _is_last_admin(account):
        raise Refused(_LAST_ADMIN)
    account.active = False
    links.withdraw(account.id)
    tokens.withdraw(account.id)
    db.session.flush()


def reactivate(account: Account) -> None:
    """Open a closed account again, with the password it had. Raises Forbidden."""
    _must_manage(account)
    account.active = True
    db.session.flush()


def end_sessions(account: Account) -> None:
    """End all sign-ins of a person. Raises Forbidden unless it is the own account or one below."""
    actor = current()
    if actor is None or actor.user_id != account.id:
        _must_manage(account)
    sessions.end(account.id)
    recording.note("sign_outs", "users", account)


def _is_last_admin(account: Account) -> bool:
    """Whether the account is an administrator and no other one could sign in."""
    with acting(system("accounts")):
        holders = db.session.execute(_administrators()).all()
    others = [account_id for account_id, has_password in holders if has_password and account_id != account.id]
    return not others and any(account_id == account.id for account_id, _has_password in holders)


def _administrators() -> Select[int, bool]:
    """The open accounts that hold an administrator's grant today, and whether each has a password."""
    holding = select(Account.id, Account.password_hash.is_not(None)).join(Grant, Grant.account_id == Account.id)
    return holding.where(Grant.role == GrantRole.ADMIN, Grant.holding(), Account.active).order_by(Account.id)


def has_administrator() -> bool:
    """Tell whether somebody who administers the installation can sign in."""
    return any(has_password for _account_id, has_password in db.session.execute(_administrators()))


def setup_link(app: Flask) -> str | None:
    """Return a one-time link for the first administrator, or None when an administrator can sign in already.

    Commits. An administrator who never set a password gets a new link; if there is none, one is made.
    """
    with app.app_context(), acting(system("setup")), transaction():
        if has_administrator():
            return None
        holders = db.session.execute(_administrators()).all()
        account = db.session.get(Account, holders[0][0]) if holders else None
        return links.make(account or _first_administrator(), LinkPurpose.SETUP)


def _first_administrator() -> Account:
    taken = set(db.session.scalars(select(Account.login).where(Account.login.startswith(FIRST_LOGIN))))
    numbered = (f"{FIRST_LOGIN}{number}" for number in range(2, len(taken) + 3))
    login = next(free for free in (FIRST_LOGIN, *numbered) if free not in taken)
    account = create_account(login, gettext("Administrator"))
    grant(account, Role.ADMIN, None)
    return account


def set_password(account: Account, password: str) -> None:
    """Set a password without asking the old one; all sign-ins end. Raises Violation, Forbidden.

    For the demo, where the operator chooses one password for everybody: it may be a phrase of letters, and that it
    holds nobody's own name is not asked.
    """
    _must_manage(account)
    wrong = passwords.complaint(password, mixed=False)
    if wrong is not None:
        raise Violation({"password": [wrong]})
    account.password_hash = passwords.hashed(password)
    db.session.flush()


def prove(account_id: int, password: str, name: str = "password") -> None:
    """Ask for the own password again before something grave. Raises Violation of the field `name`, or brake.Braked.

    Runs in transactions of its own, none of them open while a password is hashed. A wrong one counts like one at
    sign-in, or an unlocked screen would be a place to guess.
    """
    stored = _own(account_id).password_hash
    db.session.rollback()
    key = brake.key_of(account_id, "")
    with refusals.noted(account_id):
        brake.take(key)
    if not passwords.matches(stored, password):
        refusals.note(refusals.REFUSED, account_id)
        raise Violation({name: [_("This is not your present password.")]})
    with transaction():
        brake.release(key)


def change_password(account_id: int, old: str, new: str) -> None:
    """Change the own password; all sign-ins end. Raises Violation or brake.Braked."""
    prove(account_id, old, "old")
    account = _own(account_id)
    own = (account.login, account.phone, account.name)
    db.session.rollback()
    wrong = _("The new password is the same as the old one.") if old == new else passwords.complaint(new, *own)
    if wrong is not None:
        raise Violation({"new": [wrong]})
    hashed = passwords.hashed(new)
    with transaction():
        _own(account_id).password_hash = hashed


def _own(account_id: int) -> Account:
    account: Account | None = db.session.get(Account, account_id)
    if account is None:
        raise access.OutOfScope
    return account


def change_own(account_id: int, name: str, phone: str | None) -> None:
    """Change the own name and phone. Raises Violation."""
    account = _own(account_id)
    account.name, account.phone = name, phone
    db.session.flush()


@community_made.connect
def _grant_founder(sender: type[Community], community: Community) -> None:
    """A supervisor who makes a community supervises it."""
    actor = current()
    if actor is None or actor.user_id is None or not any(held.role is Role.SUPERVISOR for held in actor.held):
        return
    with acting(Actor(actor.label, actor.user_id, unbounded=True)):
        grant(_own(actor.user_id), Role.SUPERVISOR, community)

"""Accounts, roles and tokens from the command line; acts as `system:cli`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts import matrix, service
from app.accounts import tokens as kept_tokens
from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community, Place
from app.communities.service import find_places
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.core.database import Clash, transaction
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.roles import TITLES, Role

users = Commands("users", _("Accounts: invite, new password, sign out."))
tokens = Commands("tokens", _("Tokens with which programs sign in."))
roles = Commands("roles", _("The table of roles."))


@contextmanager
def _at_work() -> Iterator[None]:
    """Act as the command line, in one transaction; what is refused is said in one sentence each."""
    try:
        with acting(system("cli")), transaction():
            yield
    except Violation as error:
        said = [str(text) for texts in error.errors.values() for text in texts]
        raise click.ClickException("\n".join(said)) from None
    except Refused as refused:
        raise click.ClickException(str(refused.reason)) from None
    except Clash:
        raise click.ClickException(gettext("There is already an entry like this.")) from None


@users.command("invite")
@click.argument("login")
@click.option("--name", help="full name; needed for a new account")
@click.option("--phone", help="mobile phone; one may sign in with it")
@click.option(
    "--role", "role_code", required=True, type=click.Choice([role.value for role in Role]), help="code of the role"
)
@click.option("--community", "code", help="code of the community; none for Admin")
@click.option("--place", "words", help="name of the place; needed for grid roles")
@click.option("--unit", help="name of the unit or team the person speaks for; needed for liaisons and partners")
def invite(  # noqa: PLR0913, PLR0917 - click hands over each option
    login: str,
    name: str | None,
    phone: str | None,
    role_code: str,
    code: str | None,
    words: str | None,
    unit: str | None,
) -> None:
    """Make an account, or take the one there is, give it the role, and print the link to set its password."""
    with _at_work():
        account = service.find(login)
        if account is None and not name:
            raise click.ClickException(gettext("There is no account “%(login)s” yet: give its --name.", login=login))
        account = account or service.create_account(login, name or "", phone)
        community = _community(code) if code else None
        place = _place(community, words) if community is not None and words else None
        subject = _unit(Role(role_code), community, unit) if community is not None and unit else None
        service.grant(account, Role(role_code), community, place, subject=subject)
        link = service.invite(account)
        click.echo(gettext("%(name)s is now: %(role)s.", name=account.name, role=TITLES[Role(role_code)]))
    click.echo(gettext("One-time link, valid for 7 days: %(link)s", link=link))


@users.command("reset-link")
@click.argument("login")
def reset_link(login: str) -> None:
    """Print a link to set a new password; a closed account is opened, so that the last administrator finds back in."""
    with _at_work():
        account = _account(login)
        service.reactivate(account)
        link = service.reset_link(account)
    click.echo(gettext("One-time link, valid for 24 hours: %(link)s", link=link))


@users.command("end-sessions")
@click.argument("login")
def end_sessions(login: str) -> None:
    """Sign a person out everywhere."""
    with _at_work():
        account = _account(login)
        service.end_sessions(account)
        click.echo(gettext("%(name)s has been signed out everywhere.", name=account.name))


@tokens.command("create")
@click.argument("login")
@click.option(
    "--role", "code", required=True, type=click.Choice([role.value for role in Role]), help="code of the role"
)
@click.option("--community", "community", help="code of the community; none for Admin")
@click.option("--name", required=True, help="what the token is for")
@click.option("--days", required=True, type=int, help="how many days it lives")
def create_token(login: str, code: str, community: str | None, name: str, days: int) -> None:
    """Make a token by which a program acts with one role of a person, and print it once."""
    with _at_work():
        given = _grant(_account(login), Role(code), _community(community) if community else None)
        kept, token = kept_tokens.make(given, name, days)
        until = kept.expires_at.date()
        said = gettext(
            "Token %(id)s, valid until %(day)s, shown only now: %(token)s", id=kept.id, day=until, token=token
        )
    click.echo(said)


@tokens.command("revoke")
@click.argument("number", type=int)
def revoke_token(number: int) -> None:
    """Take the token with this number back."""
    with _at_work():
        if not kept_tokens.revoke(number):
            raise click.ClickException(gettext("There is no token %(id)s that still works.", id=number))
    click.echo(gettext("Token %(id)s no longer works.", id=number))


@roles.command("show")
def show() -> None:
    """Print who may do what."""
    for listing, cells in matrix.lines():
        click.echo(str(listing))
        for (code, title), cell in zip(matrix.titles(), cells, strict=True):
            click.echo(f"  {title} ({code}): {gettext('; ').join(cell)}")


def _account(login: str) -> Account:
    account = service.find(login)
    if account is None:
        raise click.ClickException(gettext("There is no account “%(login)s”.", login=login))
    return account


def _grant(account: Account, role: Role, community: Community | None) -> Grant:
    """Return the one grant of this role that holds today."""
    held = select(Grant).where(Grant.account_id == account.id, Grant.role == GrantRole.of(role), Grant.holding())
    if community is not None:
        held = held.where(Grant.community_id == community.id)
    found = db.session.scalars(held).all()
    if not found:
        raise click.ClickException(gettext("%(name)s does not hold this role.", name=account.name))
    if len(found) > 1:
        said = gettext(
            "%(name)s holds this role several times: name the --community, or use “My profile”.", name=account
        )
        raise click.ClickException(said)
    return found[0]


def _community(code: str) -> Community:
    found = db.session.scalars(select(Community).filter_by(code=code)).one_or_none()
    if found is None:
        raise click.ClickException(gettext("There is no community with the code “%(code)s”.", code=code))
    return found


def _unit(role: Role, community: Community, name: str) -> Any:
    found = service.fit_for(role, community, name)
    if len(found) != 1:
        raise click.ClickException(gettext("There is no unit or team “%(name)s” for this role.", name=name))
    return found[0]


def _place(community: Community, words: str) -> Place:
    found = find_places(community, words)
    if len(found) != 1:
        names = gettext(", ").join(place.name for place in found)
        said = gettext("“%(words)s” could be: %(names)s.", words=words, names=names)
        raise click.ClickException(said if found else gettext("There is no place “%(words)s”.", words=words))
    return found[0]

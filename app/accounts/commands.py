"""Accounts and roles from the command line; acts as `system:cli`."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select

from app.accounts import matrix, service
from app.accounts.models import Account
from app.communities.models import Community, Place
from app.communities.service import find_places
from app.core.actor import acting, system
from app.core.database import Clash, transaction
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.roles import TITLES, Role

users = AppGroup("users", help="Accounts: invite, new password, sign out.")
roles = AppGroup("roles", help="The table of roles.")


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
def invite(  # noqa: PLR0913, PLR0917 - click hands over each option
    login: str, name: str | None, phone: str | None, role_code: str, code: str | None, words: str | None
) -> None:
    """Make an account, or take the one there is, give it the role, and print the link to set its password."""
    with _at_work():
        account = service.find(login)
        if account is None and not name:
            raise click.ClickException(gettext("There is no account “%(login)s” yet: give its --name.", login=login))
        account = account or service.create_account(login, name or "", phone)
        community = _community(code) if code else None
        place = _place(community, words) if community is not None and words else None
        service.grant(account, Role(role_code), community, place)
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


def _community(code: str) -> Community:
    found = db.session.scalars(select(Community).filter_by(code=code)).one_or_none()
    if found is None:
        raise click.ClickException(gettext("There is no community with the code “%(code)s”.", code=code))
    return found


def _place(community: Community, words: str) -> Place:
    found = find_places(community, words)
    if len(found) != 1:
        names = gettext(", ").join(place.name for place in found)
        said = gettext("“%(words)s” could be: %(names)s.", words=words, names=names)
        raise click.ClickException(said if found else gettext("There is no place “%(words)s”.", words=words))
    return found[0]

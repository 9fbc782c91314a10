"""Verifying history from the command line; acts as `system:cli`."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.communities.models import Community
from app.core import copies, database, heads, verifying
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.core.verifying import Walked
from app.extensions import db
from app.reports import findings

audit = Commands("audit", _("History: is it whole?"))


@audit.command("verify")
@click.option("--community", "code", help="code of the community; all chains without it")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a file from the page of history"
)
def verify(code: str | None, file: Path | None) -> None:
    """Walk the chains of history and name the first broken entry of each; exit code 1 if there is one."""
    with acting(system("cli")), database.reading():
        whole = _verify_copy(file) if file is not None else _verify_all(code)
        db.session.rollback()
    if not whole:
        raise SystemExit(1)


def _verify_all(code: str | None) -> bool:
    """Walk the chains, or one of them, and say what was found; tell whether all is whole."""
    only = _number(code) if code else None
    walked = list(verifying.verify(db.session.connection(), only))
    forged, called = verifying.forged_files(), findings.names()
    for line in [*(findings.said(one, called) for one in walked), *(findings.broken(finding) for finding in forged)]:
        click.echo(str(line))
    whole = not forged and not any(one.finding for one in walked)
    if whole and only is None:
        _keep(walked)
    return whole


def _verify_copy(file: Path) -> bool:
    """Walk a copy, and say what was found; tell whether it is whole."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        try:
            found = copies.verify(db.session.connection(), lines)
        except copies.NoCopy:
            raise click.ClickException(gettext("%(path)s is no file from the page of history.", path=file)) from None
    click.echo(str(findings.said(found, findings.names())))
    return found.finding is None


def _number(code: str) -> int:
    found = db.session.scalar(select(Community.id).where(Community.code == code))
    if found is None:
        raise click.ClickException(gettext("There is no community with the code “%(code)s”.", code=code))
    return int(found)


def _keep(walked: Iterable[Walked]) -> None:
    """Remember the ends that were just found sound."""
    path = heads.write({one.chain: (one.entries, one.hash) for one in walked})
    click.echo(gettext("The ends of the chains are kept in %(path)s.", path=path))

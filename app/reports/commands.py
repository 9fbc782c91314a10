"""Verifying history from the command line; acts as `system:cli`."""

from collections.abc import Iterable

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock, heads, verifying
from app.core.actor import acting, system
from app.core.fields import Text
from app.core.history import INSTALLATION
from app.core.verifying import Fault, Finding, Walked
from app.extensions import db

audit = AppGroup("audit", help="History: is it whole?")


@audit.command("verify")
@click.option("--community", "code", help="code of the community; all chains without it")
def verify(code: str | None) -> None:
    """Walk the chains of history and name the first broken entry of each; exit code 1 if there is one."""
    with acting(system("cli")):
        names = {row.id: row.name for row in db.session.execute(select(Community.id, Community.name))}
        only = _number(code) if code else None
        walked = list(verifying.verify(db.session.connection(), only))
    forged = verifying.forged_files()
    for line in [*(_said(one, names) for one in walked), *(_broken(finding) for finding in forged)]:
        click.echo(str(line))
    if forged or any(one.finding for one in walked):
        raise SystemExit(1)
    if only is None:
        _keep(walked)
    db.session.rollback()


def _number(code: str) -> int:
    found = db.session.scalar(select(Community.id).where(Community.code == code))
    if found is None:
        raise click.ClickException(gettext("There is no community with the code “%(code)s”.", code=code))
    return int(found)


def _keep(walked: Iterable[Walked]) -> None:
    """Remember the ends that were just found sound."""
    path = heads.write({one.chain: (one.entries, one.hash) for one in walked})
    click.echo(gettext("The ends of the chains are kept in %(path)s.", path=path))


def _said(one: Walked, names: dict[int, str]) -> Text:
    name = gettext("The installation") if one.chain == INSTALLATION else names.get(one.chain, f"#{one.chain}")
    if one.finding is None:
        return gettext("%(name)s: %(count)s entries, whole.", name=name, count=one.entries)
    return gettext("%(name)s: %(finding)s", name=name, finding=_broken(one.finding))


def _broken(finding: Finding) -> Text:
    seq, day = finding.seq, finding.day
    if finding.fault is Fault.CHANGED:
        when = f"{clock.local(finding.at):%Y-%m-%d %H:%M}" if finding.at is not None else ""
        return gettext("Entry %(seq)s (%(when)s) was changed or forged.", seq=seq, when=when)
    if finding.fault is Fault.MISSING:
        return gettext("Entry %(seq)s is missing or stands in another place.", seq=seq)
    if finding.fault is Fault.CUT:
        return gettext("The chain does not end where it should: entries from %(seq)s on are gone.", seq=seq)
    if finding.fault is Fault.OLDER:
        return gettext(
            "The file of %(day)s remembers another end: entries from %(seq)s on are gone, or the database is old.",
            seq=seq,
            day=day,
        )
    return gettext("The file of %(day)s with the ends of the chains was changed.", day=day)

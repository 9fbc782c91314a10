"""The commands `sheets import` and `sheets undo`: the same as the pages, by the same code."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext
from sqlalchemy import select

from app.communities.models import Community
from app.core.access import OutOfScope
from app.core.actor import acting, system
from app.core.database import Clash
from app.core.sheets.book import Fault, TooMany, Unreadable
from app.core.sheets.reading import LARGE, LARGEST
from app.exports import commands as exporting
from app.exports.commands import sheets
from app.extensions import db
from app.imports import long, registry, service, storing, taking, undoing
from app.imports.models import ImportBatch
from app.imports.reporting import failed, report
from app.imports.service import Asked

SOME_REJECTED, FILE_ERROR = 3, 4


def community_of(code: str) -> Community:
    """Return the community with this code. Raises ClickException."""
    with acting(system("cli")):
        found = db.session.scalars(select(Community).where(Community.code == code)).one_or_none()
    if found is None:
        raise click.ClickException(gettext("There is no community “%(code)s”.", code=code))
    return found


@contextmanager
def at_work(code: str, login: str | None) -> Iterator[None]:
    """Act for somebody, else with the rights of a secretary of the community; what is refused is said in a sentence."""
    try:
        with exporting.at_work(code, login):
            yield
    except OutOfScope:
        raise click.ClickException(gettext("Your role does not allow this")) from None
    except Clash:
        raise click.ClickException(gettext("There is already an entry like this.")) from None


@sheets.command("import")
@click.argument("listing", metavar="LIST")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--community", "code", required=True, help="code of the community")
@click.option("--as", "login", help="login name of who acts; the system without it")
@click.option("--history", is_flag=True, help="take over states and results of an old ledger")
@click.option("--dry-run", is_flag=True, help="only say what would be taken in")
@click.option("--json", "as_json", is_flag=True, help="print the report as JSON")
def take_in(  # noqa: PLR0913, PLR0917 - click hands over each option
    listing: str, file: Path, code: str, login: str | None, history: bool, dry_run: bool, as_json: bool
) -> None:
    """Take a ledger into LIST, the name of a page or of a sort of ledger, or auto."""
    if listing != registry.AUTO and registry.list_of(listing) is None:
        raise click.ClickException(gettext("There is no list “%(name)s” for ledgers.", name=listing))
    community = community_of(code)
    with at_work(code, login):
        try:
            found = _taken(community, file, Asked(listing, history), dry_run)
        except Unreadable as wrong:
            found = failed(wrong.fault.value, str(wrong.sentence), community)
    _say(found, as_json)


def _taken(community: Community, file: Path, asked: Asked, dry_run: bool) -> dict[str, Any]:
    if file.stat().st_size > LARGEST:
        raise Unreadable(Fault.ZIP_BOMB, LARGE % {"most": LARGEST >> 20})
    data = file.read_bytes()
    try:
        return _short(community, file, data, replace(asked, most_rows=long.AT_ONCE), dry_run)
    except TooMany:
        community = db.session.get_one(Community, community.id)
        return _long(community, file, data, replace(asked, most_rows=long.BY_COMMAND), dry_run)


def _short(community: Community, file: Path, data: bytes, asked: Asked, dry_run: bool) -> dict[str, Any]:
    if dry_run:
        taken, _world = service.read(community, data, asked)
        return report(taken.drafts, taken.told(), db.session.get_one(Community, community.id))
    return _applied(service.stage(community, data, file.name, asked))


def _long(community: Community, file: Path, data: bytes, asked: Asked, dry_run: bool) -> dict[str, Any]:
    """Read and take in here what the pages leave to the worker."""
    if dry_run:
        return report(*long.survey(community, data, asked), db.session.get_one(Community, community.id))
    batch = long.leave(community, data, file.name, asked, now=True)
    del data
    long.read(batch)
    if batch.fault is not None:
        return failed(batch.fault, batch.fault_text or "", db.session.get_one(Community, batch.community_id))
    return _applied(batch)


def _applied(batch: ImportBatch) -> dict[str, Any]:
    taking.apply(batch)
    community = db.session.get_one(Community, batch.community_id)
    return report(storing.first_of(batch, long.AT_ONCE), batch.told, community) | {"batch": batch.id}


def _say(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for line in _lines(found):
            click.echo(line)
    if found["file_error"] is not None:
        sys.exit(FILE_ERROR)
    if found["rejected"]:
        sys.exit(SOME_REJECTED)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    if found["file_error"] is not None:
        yield found["message"]
        return
    yield gettext(
        "%(accepted)s rows taken, %(duplicates)s known already, %(rejected)s rejected, %(ignored)s without data.",
        **found["counts"],
    )
    for one in found["rejected"]:
        place = gettext("%(sheet)s row %(row)s", sheet=one["sheet"], row=one["row"])
        yield f"  {place.strip()} {one['field']}: {one['message']}"
    if "batch" in found:
        yield gettext("Batch %(batch)s; “sheets undo %(batch)s” takes it back.", batch=found["batch"])


@sheets.command("undo")
@click.argument("number", type=int)
@click.option("--as", "login", help="login name of who acts; the system without it")
@click.option("--everything", is_flag=True, help="also what somebody has changed since")
def take_back(number: int, login: str | None, everything: bool) -> None:
    """Take back what a batch brought."""
    with acting(system("cli")):
        batch = db.session.get(ImportBatch, number)
        community = db.session.get_one(Community, batch.community_id) if batch is not None else None
    if batch is None or community is None:
        raise click.ClickException(gettext("There is no batch %(number)s.", number=number))
    with at_work(community.code, login):
        done = undoing.undo(batch, everything)
    said = gettext("%(undone)s records taken back (made along too); %(kept)s kept, changed since.", **done)
    click.echo(said)


__all__ = ["sheets"]

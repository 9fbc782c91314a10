"""The commands `community init` and `community list`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.accounts.models import Grant
from app.box import context, handing, reading, service, workbook_reading
from app.box.contents import Box, BoxError, Complaint, Spot
from app.box.export import Taken
from app.box.report import Report, links_told, told
from app.box.slips import write_slips
from app.communities.models import Community, Place
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.core.moves import Refused
from app.core.rules import Violation
from app.exports.commands import FILE, at_work
from app.exports.files import require_free
from app.extensions import db

community = Commands("community", _("Set up communities and list them."))


@community.command("init")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--context", "context_file", type=click.Path(path_type=Path), help="FILE.expected.json")
@click.option("--json", "as_json", is_flag=True, help='print {"code": …}')
@click.option("--slips", type=FILE, help="an HTML file for the one-time links of new accounts, to be printed and cut")
def init(file: Path | None, context_file: Path | None, as_json: bool, slips: Path | None) -> None:
    """Set up a community from its box; reading a box again changes nothing."""
    try:
        with _said(), acting(system("cli")):
            if slips is not None:
                require_free(slips, force=False)
            box = _box(file, context_file)
            report = service.apply(box)
    except BoxError as error:
        for complaint in error.complaints:
            click.echo(sentence(complaint), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"code": report.code}))
        return
    for line in [*told(report), *_links(box, report, slips)]:
        click.echo(line)


def _links(box: Box, report: Report, slips: Path | None) -> list[str]:
    """Hand out the links: on slips where that was asked for and can be done, else in lines."""
    if slips is None or not report.links:
        return links_told(report)
    try:
        with acting(system("cli")):
            count = write_slips(slips, box, report)
    except OSError:
        # The accounts are made and their links are known only here.
        return [gettext("%(path)s cannot be written.", path=slips), *links_told(report)]
    return [gettext("%(count)s slips with one-time links: %(path)s", count=count, path=slips)]


def _box(file: Path | None, context_file: Path | None) -> Box:
    """Read the one file that was named."""
    if file is not None and context_file is None:
        return reading.read(file, lambda: str(click.prompt(gettext("Words that open the file"), hide_input=True)))
    if context_file is not None and file is None:
        return context.read(context_file)
    raise BoxError([Complaint(0, _("Name one file: FILE.yaml, or --context FILE.expected.json."))])


def sentence(complaint: Complaint) -> str:
    """Return a complaint with its line or cell."""
    if isinstance(complaint.line, Spot):
        return gettext("%(where)s: %(text)s", where=workbook_reading.told(complaint.line), text=complaint.text)
    if not complaint.line:
        return str(complaint.text)
    return gettext("Line %(line)s: %(text)s", line=complaint.line, text=complaint.text)


@community.command("template")
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="overwrite a file that is there")
def template(file: Path, force: bool) -> None:
    """Write the workbook in which a community is described, to be filled in."""
    with _said():
        if file.suffix.lower() != ".xlsx":
            raise Refused(_("The name of the file ends with .xlsx."))
        handing.write(file, {}, force)
    click.echo(gettext("Written: %(path)s", path=file))


@community.command("export")
@click.argument("code")
@click.argument("file", type=FILE)
@click.option("--with-people", is_flag=True, help="accounts and contacts too: a second person approves, FILE ends .enc")
@click.option("--reason", help="with people: what it is needed for, and who receives it")
@click.option("--as", "login", help="with people: login name of who asks")
@click.option("--force", is_flag=True, help="overwrite a file that is there")
def export(code: str, file: Path, with_people: bool, reason: str | None, login: str | None, force: bool) -> None:  # noqa: PLR0913, PLR0917 - a command takes what is typed
    """Write a community as its box, FILE.yaml or FILE.xlsx, which only you can read; without its people."""
    with _said():
        if with_people:
            _tell(_with_people(code, file, reason, login, force), file)
            return
        with acting(system("cli")):
            taken = handing.export(code, file, force)
    _tell(taken, file)


def _with_people(
    code: str, file: Path, reason: str | None, login: str | None, force: bool
) -> handing.Waiting | handing.Locked:
    """Hand out the people too, for somebody who answers for it: the system asks nobody."""
    if not login:
        raise Refused(gettext("Say with --as who asks for the people: their login name."))
    with at_work(code, login):
        try:
            return handing.export_with_people(code, file, reason, force)
        except Violation as violation:
            raise Refused(next(text for texts in violation.errors.values() for text in texts)) from None


def _tell(found: Taken | handing.Waiting | handing.Locked, file: Path) -> None:
    if isinstance(found, handing.Waiting):
        click.echo(
            gettext(
                "Request %(number)s waits until a second person approves it, see “Approvals of exports”.",
                number=found.number,
            )
        )
        click.echo(gettext("Then run the same command again within 24 hours."))
        return
    for line in found.taken.left_out if isinstance(found, handing.Locked) else found.left_out:
        click.echo(line)
    click.echo(gettext("Written: %(path)s", path=file))
    if isinstance(found, handing.Locked):
        click.echo(gettext("Words that open it, shown only now: %(words)s", words=found.words))


@contextmanager
def _said() -> Iterator[None]:
    """Say what is refused in one sentence."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(str(refused.reason)) from None


@community.command("list")
def list_communities() -> None:
    """List code, name, number of places and of people with a role."""
    with acting(system("cli")):
        for known in db.session.scalars(select(Community).order_by(Community.code)):
            places = _count(Place, known)
            people = db.session.scalar(
                select(func.count(Grant.account_id.distinct())).where(Grant.community_id == known.id, Grant.holding())
            )
            counts = gettext("%(places)s places, %(people)s people", places=places, people=people)
            click.echo(f"{known.code}\t{known.name}\t{counts}")


def _count(model: type[Place], known: Community) -> int:
    open_ones = select(func.count(model.id)).where(model.community_id == known.id, model.closed_on.is_(None))
    return db.session.scalar(open_ones) or 0

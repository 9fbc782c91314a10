"""The commands `community init` and `community list`."""

import json
import sys
from pathlib import Path

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.accounts.models import Grant
from app.box import context, reading, service
from app.box.contents import Box, BoxError, Complaint
from app.communities.models import Community, Place
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.extensions import db

community = Commands("community", help="Set up communities and list them.")


@community.command("init")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--context", "context_file", type=click.Path(path_type=Path), help="FILE.expected.json")
@click.option("--json", "as_json", is_flag=True, help='print {"code": …}')
def init(file: Path | None, context_file: Path | None, as_json: bool) -> None:
    """Set up a community from its box; reading a box again changes nothing."""
    try:
        with acting(system("cli")):
            report = service.apply(_box(file, context_file))
    except BoxError as error:
        for complaint in error.complaints:
            click.echo(sentence(complaint), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"code": report.code}))
        return
    for line in service.told(report):
        click.echo(line)


def _box(file: Path | None, context_file: Path | None) -> Box:
    """Read the one file that was named."""
    if file is not None and context_file is None:
        return reading.read(file)
    if context_file is not None and file is None:
        return context.read(context_file)
    raise BoxError([Complaint(0, _("Name one file: FILE.yaml, or --context FILE.expected.json."))])


def sentence(complaint: Complaint) -> str:
    """Return a complaint with its line."""
    if not complaint.line:
        return str(complaint.text)
    return gettext("Line %(line)s: %(text)s", line=complaint.line, text=complaint.text)


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

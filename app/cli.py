"""The commands of `flask --app app`: each package brings its own, and this mounts them."""

import click
from flask import Flask, current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app import demo
from app.accounts.commands import roles, tokens, users
from app.assets.commands import assets
from app.backups.commands import backup
from app.bench.commands import bench
from app.box.commands import community
from app.core.commanding import Commands, Portal
from app.doctor import doctor
from app.imports.commands import sheets
from app.jobs.commands import jobs
from app.keys import keys
from app.people.commands import person
from app.public.commands import codes
from app.reports.commands import audit

demonstration = Commands("demo", _("The demonstration data."))


@demonstration.command("load")
def load() -> None:
    """Load the demonstration: 武江北社区, its neighbour, and the cast."""
    password = demo.load(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the application behind Flask's proxy
    if password is None:
        click.echo(gettext("The demonstration is already there."))
    else:
        click.echo(gettext("The cast's password (shown only now): %(password)s", password=password))


def start(app: Flask) -> None:
    """Mount the commands."""
    # What extensions have mounted stays.
    app.cli = Portal(app.name, commands=app.cli.commands)
    for group in (
        assets,
        audit,
        backup,
        bench,
        codes,
        community,
        demonstration,
        jobs,
        keys,
        person,
        sheets,
        users,
        roles,
        tokens,
    ):
        app.cli.add_command(group)
    app.cli.add_command(doctor)

"""The commands of `flask --app app`: each package brings its own, and this mounts them.

A command is imported when it is asked for: what only commands need is in no process that serves.
"""

from functools import partial
from importlib import import_module
from typing import Final

import click
from flask import Flask, current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.commanding import Commands, Portal

MOUNTED: Final = {
    "assets": "app.assets.commands:assets",
    "audit": "app.reports.commands:audit",
    "backup": "app.backups.commands:backup",
    "bench": "app.bench.commands:bench",
    "codes": "app.public.commands:codes",
    "community": "app.box.commands:community",
    "doctor": "app.doctor:doctor",
    "jobs": "app.jobs.commands:jobs",
    "keys": "app.keys:keys",
    "person": "app.people.commands:person",
    "sheets": "app.imports.commands:sheets",
    "users": "app.accounts.commands:users",
    "roles": "app.accounts.commands:roles",
    "tokens": "app.accounts.commands:tokens",
}
"""Where each command is, by its name."""

demonstration = Commands("demo", _("The demonstration data."))


@demonstration.command("load")
def load() -> None:
    """Load the demonstration: 武江北社区, its neighbour, and the cast."""
    from app import demo  # noqa: PLC0415 - see above

    password = demo.load(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the application behind Flask's proxy
    if password is None:
        click.echo(gettext("The demonstration is already there."))
    else:
        click.echo(gettext("The cast's password (shown only now): %(password)s", password=password))


def start(app: Flask) -> None:
    """Mount the commands."""
    later = {name: partial(_found, *where.split(":")) for name, where in MOUNTED.items()}
    # What extensions have mounted stays.
    app.cli = Portal(app.name, later=later | {"db": partial(_migrations, app)}, commands=app.cli.commands)
    app.cli.add_command(demonstration)


def _found(module: str, name: str) -> click.Command:
    command: click.Command = getattr(import_module(module), name)
    return command


def _migrations(app: Flask) -> click.Command:
    """Return the commands of Flask-Migrate, and `copy` among them."""
    import_module("app.core.migrating").start(app)
    return _found("app.backups.commands", "migrations")

"""`flask assets fetch` and `flask assets verify`."""

import sys

import click
from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.assets import fetch
from app.assets.store import Fault
from app.core.commanding import Commands

assets = Commands("assets", _("The styles, scripts and icons of others."))


@assets.command("fetch")
def fetch_assets() -> None:
    """Fetch them where one is missing or corrupted; SIDAN_ASSETS_DIR names a folder that serves without network."""
    if fetch.ensure(current_app.config):
        click.echo(gettext("The assets have been fetched and verified. Restart the portal if it is running."))
    else:
        click.echo(gettext("The assets are already there."))


def _told(fault: Fault) -> str:
    if fault.missing:
        return gettext("Missing: %(file)s", file=fault.path)
    return gettext("Corrupted: %(file)s", file=fault.path)


@assets.command("verify")
def verify_assets() -> None:
    """Name each file that is missing or corrupted."""
    faults = fetch.faults(current_app.config)
    for fault in faults:
        click.echo(_told(fault), err=True)
    if faults:
        click.echo(gettext("Run “flask assets fetch” to fetch them again."), err=True)
        sys.exit(1)
    click.echo(gettext("All assets are as they should be."))

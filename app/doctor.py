"""`flask doctor`: what must be in order for the portal to be safe and at hand, one line each, green or red."""

import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import gettext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import catalog, instance
from app.accounts import service as accounts
from app.assets import fetch
from app.core import database, gate, hosts
from app.core.actor import acting, system
from app.core.fields import Text
from app.extensions import db
from app.jobs import queue

LEAST_FREE: Final = 1024**3
"""Free space on the disk of the instance, in bytes, below which the portal asks for room."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, whether it is in order, and what to do if not."""

    what: Text
    good: bool
    advice: Text = ""


Check = Callable[[Flask], Finding]


def folder_is_private(app: Flask) -> Finding:
    """Nobody else on the machine reads the data."""
    folder = Path(app.config["INSTANCE"])
    shut = sys.platform == "win32" or not stat.S_IMODE(folder.stat().st_mode) & 0o077
    advice = gettext("Let only the portal's user in: chmod 700 %(folder)s", folder=folder)
    return Finding(gettext("The data folder is closed to other users"), shut, advice)


def keys_are_there(app: Flask) -> Finding:
    """The keys exist and nobody else reads them."""
    files = [Path(app.config["INSTANCE"]) / "keys" / name for name in instance.KEYS.values()]
    kept = [file for file in files if file.is_file()]
    shut = sys.platform == "win32" or all(not stat.S_IMODE(file.stat().st_mode) & 0o077 for file in kept)
    given = bool(app.config["SECRET_KEY"] and app.config["DATA_KEY"])
    advice = gettext("Restore the key files from the key backup, and let only the portal's user read them.")
    return Finding(gettext("The keys are there and closed to other users"), given and shut, advice)


def database_answers(app: Flask) -> Finding:
    """The database can be reached and has the tables of this version."""
    try:
        good = database.is_current(app)
    except SQLAlchemyError:
        good = False
    return Finding(gettext("The database answers and is up to date"), good, gettext("Run: flask --app app db upgrade"))


def writes_are_safe(app: Flask) -> Finding:
    """SQLite keeps an acknowledged write through a power cut; PostgreSQL does by itself."""
    good = True
    if db.engine.dialect.name == "sqlite":
        asked = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
        with db.engine.connect() as connection:
            found = {name: str(connection.execute(text(f"PRAGMA {name}")).scalar()) for name in asked}
        good = found == asked
    return Finding(gettext("Writes survive a power cut"), good, gettext("Use a local disk, not a network folder."))


def disk_has_room(app: Flask) -> Finding:
    """There is room for data and logs."""
    free = shutil.disk_usage(app.config["INSTANCE"]).free
    return Finding(gettext("The disk has at least 1 GB of room"), free >= LEAST_FREE, gettext("Make room on the disk."))


def assets_are_whole(app: Flask) -> Finding:
    """Styles, scripts and icons are as they were fetched."""
    return Finding(
        gettext("Styles, scripts and icons are complete"),
        not fetch.faults(app.config),
        gettext("Run: flask --app app assets fetch"),
    )


def words_are_compiled(app: Flask) -> Finding:
    """The pages speak Chinese."""
    target = Path(app.config["BABEL_TRANSLATION_DIRECTORIES"].split(";")[-1]) / catalog.INSIDE / "messages.mo"
    return Finding(gettext("The Chinese words are compiled"), target.is_file(), gettext("Restart the portal."))


def log_is_written(app: Flask) -> Finding:
    """What happens is written down."""
    folder = Path(app.config["INSTANCE"]) / "logs"
    written = any(folder.glob("sidan-*.log"))
    return Finding(
        gettext("The log is written"), written, gettext("Make the folder logs writable for the portal's user.")
    )


def somebody_administers(app: Flask) -> Finding:
    """An administrator can sign in."""
    with acting(system("doctor")):
        good = accounts.has_administrator()
    advice = gettext("Run: flask --app app users reset-link admin")
    return Finding(gettext("There is an administrator with a password"), good, advice)


def strangers_are_kept_out(app: Flask) -> Finding:
    """What other machines reach is encrypted."""
    encrypted = app.config["SESSION_COOKIE_SECURE"] or app.config["TRUST_PROXY"]
    good = hosts.is_loopback(app.config["HOST"]) or bool(encrypted)
    return Finding(
        gettext("Other machines reach it only encrypted"), good, gettext("Set SIDAN_BASE_URL to an https address.")
    )


def every_address_has_a_rule(app: Flask) -> Finding:
    """No page is open by oversight."""
    return Finding(gettext("Every address has a rule"), not gate.unruled(app), gettext("Install the portal anew."))


def demo_stays_apart(app: Flask) -> Finding:
    """A portal with invented people is not taken for a real one."""
    good = not app.config["DEMO"] or hosts.is_loopback(app.config["HOST"])
    return Finding(gettext("No demonstration is open to other machines"), good, gettext("Start run.py without --demo."))


def worker_runs(app: Flask) -> Finding:
    """Beside a portal that has been running for some minutes the worker is alive."""
    path = Path(app.config["INSTANCE"]) / instance.LOCK
    starting = path.exists() and time.time() - path.stat().st_mtime < queue.SILENT
    good = starting or not instance.is_locked(path.parent) or queue.worker_is_alive()
    return Finding(gettext("The worker of the jobs is running"), good, gettext("Look into the log, then restart."))


CHECKS: Final[tuple[Check, ...]] = (
    folder_is_private,
    keys_are_there,
    database_answers,
    writes_are_safe,
    disk_has_room,
    assets_are_whole,
    words_are_compiled,
    log_is_written,
    somebody_administers,
    strangers_are_kept_out,
    every_address_has_a_rule,
    demo_stays_apart,
    worker_runs,
)


def findings(app: Flask) -> Iterator[Finding]:
    """Look at everything; a check that fails itself is a finding too."""
    for check in CHECKS:
        try:
            yield check(app)
        except (OSError, SQLAlchemyError) as error:
            yield Finding(
                gettext("A check could not be made: %(name)s", name=check.__name__), False, type(error).__name__
            )


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Look whether everything is in order."""
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the application behind Flask's proxy
    found = list(findings(app))
    for one in found:
        sign = click.style("✓" if one.good else "✗", fg="green" if one.good else "red")
        click.echo(f"{sign} {one.what}" + ("" if one.good else f" — {one.advice}"))
    bad = sum(not one.good for one in found)
    click.echo(gettext("%(good)s in order, %(bad)s not.", good=len(found) - bad, bad=bad))
    sys.exit(1 if bad else 0)

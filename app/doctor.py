"""`flask doctor`: what must be in order for the portal to be safe and at hand, one line each, green or red."""

import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from app import catalog, instance, logs
from app.accounts import service as accounts
from app.assets import fetch
from app.backups import reminding
from app.core import clock, database, gate, heads, hosts, keyring, page, rotation
from app.core.actor import acting, system
from app.core.commanding import Command
from app.core.fields import Text
from app.core.files import service as files
from app.core.history import Entry
from app.extensions import db
from app.jobs import queue

LEAST_FREE: Final = 1024**3
"""Free space on the disk of the instance, in bytes, below which the portal asks for room."""
LONGEST_IDLE: Final = 1800
"""Seconds without a click after which a sign-in must be over."""
CLOCK_ERROR: Final = timedelta(minutes=5)


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
    kept = (Path(app.config["INSTANCE"]) / "keys").glob("*.key")
    shut = sys.platform == "win32" or all(not stat.S_IMODE(file.stat().st_mode) & 0o077 for file in kept)
    given = bool(app.config["SECRET_KEY"] and app.config["DATA_KEY"])
    advice = gettext("Restore the key files from the key backup, and let only the portal's user read them.")
    return Finding(gettext("The keys are there and closed to other users"), given and shut, advice)


def values_can_be_opened(app: Flask) -> Finding:
    """The key of everything that stands encrypted is here."""
    with db.engine.connect() as connection:
        good = not rotation.strays(connection)
    advice = gettext("Some values stand under a key that is missing: restore it from the key backup.")
    return Finding(gettext("The keys of all encrypted values are there"), good, advice)


def keys_are_replaced_wholly(app: Flask) -> Finding:
    """No replacement of the data key was left half-way."""
    good = len(keyring.ring().names) == 1 or keyring.keyring().by_environment
    advice = gettext("Run again, it goes on where it stopped: flask --app app keys rotate")
    return Finding(gettext("All encrypted values stand under the newest key"), good, advice)


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


def files_are_whole(app: Flask) -> Finding:
    """Every attachment has its content, and no content is without one."""
    with acting(system("doctor")):
        found = files.faults()
    advice = gettext("Bring the folder files back from the backup; what is left over goes by itself.")
    return Finding(
        gettext("No content of a file is missing or left over"), not (found.left_over or found.missing), advice
    )


def headers_are_sent(app: Flask) -> Finding:
    """Every page tells browsers to keep strangers out (S7)."""
    answer = app.test_client().get("/login/", base_url=app.config["BASE_URL"] or None)
    wanted = {**page.HEADERS, "Cache-Control": "no-store"}
    good = all(answer.headers.get(name) == value for name, value in wanted.items())
    good = good and "frame-ancestors 'none'" in answer.headers.get("Content-Security-Policy", "")
    return Finding(gettext("Pages keep strangers out"), good, gettext("Install the portal anew."))


def sign_ins_end(app: Flask) -> Finding:
    """Who leaves the desk is signed out before long (S5)."""
    good = app.config["SESSION_IDLE_SECONDS"] <= LONGEST_IDLE
    advice = gettext("Set SIDAN_SESSION_IDLE_SECONDS to at most %(seconds)s.", seconds=LONGEST_IDLE)
    return Finding(gettext("A sign-in ends after half an hour without a click"), good, advice)


def address_is_known(app: Flask) -> Finding:
    """Links and printed codes lead back here."""
    good = bool(app.config["BASE_URL"]) or hosts.is_loopback(app.config["HOST"])
    advice = gettext("Set SIDAN_BASE_URL to the address people type.")
    return Finding(gettext("The portal knows its own address"), good, advice)


def proxy_is_counted(app: Flask) -> Finding:
    """History and brake see who really sends, and nobody else may say who."""
    good = not app.config["SESSION_COOKIE_SECURE"] or app.config["TRUST_PROXY"] > 0
    advice = gettext("Set SIDAN_TRUST_PROXY to the number of proxies in front; https needs at least one.")
    return Finding(gettext("The proxies in front are counted"), good, advice)


def clock_is_right(app: Flask) -> Finding:
    """Nothing has happened in the future."""
    with acting(system("doctor")):
        last = db.session.scalar(select(Entry.at).order_by(Entry.id.desc()).limit(1))
    good = last is None or last <= clock.now() + CLOCK_ERROR
    return Finding(gettext("The clock is right"), good, gettext("Let the machine take its time from a time server."))


def log_reaches_back(app: Flask) -> Finding:
    """The log of the last 184 days is there, as far as the portal has existed (S11)."""
    days = sorted(path.stem.removeprefix("sidan-") for path in _logs(app).glob("sidan-????-??-??.log"))
    with acting(system("doctor")):
        first = db.session.scalar(select(Entry.at).order_by(Entry.id).limit(1)) or clock.now()
    least = max(clock.today() - timedelta(days=logs.LEAST_KEPT_DAYS), clock.local(first).date() + timedelta(days=1))
    good = app.config["DEMO"] or (bool(days) and days[0] <= least.isoformat())
    what = gettext("The log reaches back %(days)s days, or to the beginning", days=logs.LEAST_KEPT_DAYS)
    return Finding(what, good, gettext("Let nobody delete logs: the portal removes them itself when they may go."))


def _logs(app: Flask) -> Path:
    return Path(app.config["INSTANCE"]) / "logs"


def database_is_whole(app: Flask) -> Finding:
    """No page of the database file is damaged; a server looks after its own."""
    good = True
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            good = connection.execute(text("PRAGMA quick_check(1)")).scalar() == "ok"
    advice = gettext("Stop the portal, keep a copy of the folder, and restore the last backup.")
    return Finding(gettext("The database is whole"), good, advice)


def history_ends_where_it_should(app: Flask) -> Finding:
    """No daily file of ends is forged, or remembers more than the database has (S10)."""
    with db.engine.connect() as connection:
        ends = heads.ends_of(connection)
    files = list(heads.kept())
    cut = [file for file in files for number, (seq, _end) in file.ends.items() if ends.get(number, (0, ""))[0] < seq]
    good = not cut and all(file.genuine for file in files)
    return Finding(gettext("History ends where it should"), good, gettext("Run: flask --app app audit verify"))


def backups_are_made(app: Flask) -> Finding:
    """There is a backup of the last two days (R5)."""
    advice = gettext("Run: %(how)s", how="flask --app app backup create")
    return Finding(gettext("There is a backup of the last two days"), not reminding.is_overdue(), advice)


def backups_are_tried_out(app: Flask) -> Finding:
    """A backup that nobody has put back may be none (R5)."""
    what = gettext("A backup was put back for trial this month")
    return Finding(what, reminding.is_drilled(), gettext("Run: %(how)s", how="flask --app app backup verify"))


CHECKS: Final[tuple[Check, ...]] = (
    folder_is_private,
    keys_are_there,
    database_answers,
    values_can_be_opened,
    keys_are_replaced_wholly,
    writes_are_safe,
    disk_has_room,
    assets_are_whole,
    words_are_compiled,
    log_is_written,
    files_are_whole,
    somebody_administers,
    strangers_are_kept_out,
    every_address_has_a_rule,
    demo_stays_apart,
    worker_runs,
    headers_are_sent,
    sign_ins_end,
    address_is_known,
    proxy_is_counted,
    clock_is_right,
    log_reaches_back,
    database_is_whole,
    history_ends_where_it_should,
    backups_are_made,
    backups_are_tried_out,
)


def findings(app: Flask) -> Iterator[Finding]:
    """Look at everything; a check that fails itself is a finding too."""
    for check in CHECKS:
        yield _looked(check, app)
        db.session.rollback()


def _looked(check: Check, app: Flask) -> Finding:
    try:
        # Whoever does not say that he only reads keeps every writer out of SQLite, and himself on a second way in.
        with database.reading():
            return check(app)
    except (OSError, SQLAlchemyError) as error:
        what = gettext("A check could not be made: %(name)s", name=check.__name__)
        return Finding(what, False, gettext("Look into the log (%(error)s).", error=type(error).__name__))


@click.command("doctor", cls=Command, about=_("Look whether everything is in order."))
@with_appcontext
def doctor() -> None:
    """Look whether everything is in order."""
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the application behind Flask's proxy
    found = list(findings(app))
    for one in found:
        sign, colour = ("✓", "green") if one.good else ("✗", "red")
        # Where the output is no terminal, click leaves the colour away.
        click.echo(click.style(f"{sign} {one.what}", fg=colour) + ("" if one.good else f" — {one.advice}"))
    bad = sum(not one.good for one in found)
    click.echo(gettext("%(good)s in order, %(bad)s not.", good=len(found) - bad, bad=bad))
    sys.exit(1 if bad else 0)

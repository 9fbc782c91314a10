"""Backups from the command line; acts as `system:cli`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_migrate.cli import db as migrations
from sqlalchemy.exc import DBAPIError

from app.backups import copying, folder, jobs, restoring
from app.backups.loading import Loaded
from app.core import recording
from app.core.actor import acting, system
from app.core.commanding import Commands, Told
from app.core.database import transaction
from config import MEGABYTE, Refusal, database_address

backup = Commands("backup", _("Backups: make one, try one out, put one back."))
BACKUP = click.Path(exists=True, dir_okay=False, path_type=Path)


@backup.command("create")
def create() -> None:
    """Make an encrypted backup of everything while people work, and remove old ones that need not stay."""
    with acting(system("cli")), _refusing():
        made, found = jobs.save()
    told = {"rows": made.rows, "files": made.files, "path": made.path, "size": f"{made.size / MEGABYTE:.1f}"}
    click.echo(gettext("Saved %(rows)s rows and %(files)s contents of files: %(path)s (%(size)s MB)", **told))
    if found["missing"]:
        click.echo(gettext("%(count)s files were missing already; run flask --app app doctor.", count=found["missing"]))
    if found["removed"]:
        click.echo(gettext("%(count)s old backups were removed.", count=found["removed"]))
    click.echo(gettext("Keep a copy in another place, and the keys (folder keys) in a third one."))


@backup.command("list")
def list_backups() -> None:
    """List the backups there are, the newest first: name, when it was made, and how large it is."""
    found = folder.backups()
    for moment, path in found.items():
        click.echo(f"{path.name}\t{moment:%Y-%m-%d %H:%M:%S}\t{path.stat().st_size / MEGABYTE:.1f} MB")
    if not found:
        click.echo(_none_yet())


@backup.command("verify")
@click.argument("file", type=BACKUP, required=False)
def verify(file: Path | None) -> None:
    """Put a backup, the newest one unless named, into an empty place beside and look at rows, history and files.

    Exit code 1 if something is wrong. The portal may run meanwhile. This is the monthly drill.
    """
    path = file or _newest()
    with acting(system("cli")), _refusing():
        loaded = restoring.verify(path)
        for said in loaded.complaints:
            click.echo(f"✗ {said}")
        if loaded.complaints:
            raise Refusal(gettext("The backup is not sound: %(path)s", path=path))
        with transaction():
            recording.note("backup_verified", "", backup=path.name)
        folder.note_drill(path)
    _tell(gettext("The backup is sound: %(path)s", path=path), loaded)


@backup.command("restore")
@click.argument("file", type=BACKUP)
@click.option("--replace", is_flag=True, help="put aside what is there")
@click.option("--anyway", is_flag=True, help="also where something in the backup is wrong")
def restore(file: Path, replace: bool, anyway: bool) -> None:
    """Put a backup in its place, whole or not at all; the portal must be stopped and the keys be there."""
    with acting(system("cli")), _refusing():
        loaded = restoring.restore(file, replace, anyway)
        with transaction():
            recording.note("backup_restored", "", backup=file.name)
    for said in loaded.complaints:
        click.echo(f"✗ {said}")
    _tell(gettext("Restored: %(path)s", path=file), loaded)
    click.echo(gettext("Erase again whom was erased since then, then start the portal."))


@migrations.command("copy", cls=Told)
@click.argument("address")
@with_appcontext
def copy(address: str) -> None:
    """Copy everything into the empty PostgreSQL database at ADDRESS and prove that it is the same."""
    with acting(system("cli")), _refusing():
        copied = copying.copy(_postgresql(address), _say_table)
    total = sum(copied.tables.values())
    click.echo(
        gettext(
            "The same in both: %(tables)s tables, %(rows)s rows, %(entries)s entries of history, all files.",
            tables=len(copied.tables),
            rows=total,
            entries=copied.entries,
        )
    )
    click.echo(gettext("Set SIDAN_DATABASE_URL to the new address, keep the data folder, and start the portal."))


def _postgresql(address: str) -> str:
    if not address.startswith(("postgresql:", "postgresql+psycopg:")):
        raise Refusal(gettext("The address of a PostgreSQL database begins with postgresql://"))
    return database_address(address)


def _say_table(name: str, count: int) -> None:
    click.echo(f"✓ {name}: {count}")


def _newest() -> Path:
    path = next(iter(folder.backups().values()), None)
    if path is None:
        raise Refusal(_none_yet())
    return path


def _none_yet() -> str:
    return str(gettext("There is no backup yet: run flask --app app backup create"))


def _tell(first: str, loaded: Loaded) -> None:
    click.echo(first)
    click.echo(
        gettext(
            "%(rows)s rows, %(files)s contents of files, %(entries)s entries of history.",
            rows=loaded.rows,
            files=loaded.files,
            entries=loaded.entries,
        )
    )


@contextmanager
def _refusing() -> Iterator[None]:
    """Say in one sentence what disk or database did not let be done."""
    try:
        yield
    except DBAPIError as error:
        current_app.logger.warning("a database refused: %s", type(error.orig).__name__)
        raise Refusal(gettext("The database cannot be used; nothing was changed. The log says more.")) from None
    except ModuleNotFoundError as error:
        raise Refusal(
            gettext("The driver %(name)s is missing: install requirements-district.txt.", name=error.name)
        ) from None
    except OSError as error:
        raise Refusal(
            gettext("Cannot read or write %(path)s: check room and rights.", path=error.filename or "")
        ) from None

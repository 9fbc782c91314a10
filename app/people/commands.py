"""The commands `person export` and `person erase`: the rights of a person (PIPL, articles 45 and 47)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import database
from app.core.actor import acting
from app.core.commanding import Commands
from app.core.moves import Refused
from app.core.rules import Violation
from app.core.timeline import Step
from app.extensions import db
from app.people import copying, erasing, mentions, rights

person = Commands("person", _("The rights of a person: hand out, erase."))

NUMBER = click.IntRange(1, 2**31 - 1)
MOST = 30
"""So many rows are named in which the name still stands."""


@contextmanager
def _at_work(code: str | None, login: str | None) -> Iterator[None]:
    """Act for somebody; what is refused is said in one sentence."""
    try:
        with acting(rights.clerk(code, login)):
            yield
    except Refused as refused:
        raise click.ClickException(str(refused.reason)) from None
    except Violation as error:
        raise click.ClickException("\n".join(str(text) for one in error.errors.values() for text in one)) from None


@person.command("export")
@click.argument("number", metavar="ID", type=NUMBER)
@click.option("--out", type=click.Path(path_type=Path), help="the text file; the one for programs is written beside it")
@click.option("--force", is_flag=True, help="overwrite files that are there")
@click.option("--community", "code", help="code of the community; not needed where there is only one")
@click.option("--as", "login", help="login name of who acts; the system without it")
def export(number: int, out: Path | None, force: bool, code: str | None, login: str | None) -> None:
    """Write everything the community keeps of the person with this id into files only you can read."""
    with _at_work(code, login):
        for path in copying.copy(number, out or Path(f"person-{number}.txt"), force):
            click.echo(gettext("Written: %(path)s", path=path))
    click.echo(gettext("Give it to the person only, and then destroy the files."))


@person.command("erase")
@click.argument("number", metavar="ID", type=NUMBER)
@click.option("--reason", required=True, help="why; it stays, so without the name")
@click.option("--yes", is_flag=True, help="do not ask again")
@click.option("--community", "code", help="code of the community; not needed where there is only one")
@click.option("--as", "login", help="login name of who acts; the system without it")
def erase(number: int, reason: str, yes: bool, code: str | None, login: str | None) -> None:
    """Erase the personal data of the person with this id; what refers to them remains without a name."""
    with _at_work(code, login):
        name, left = _looked_at(number, reason.strip())
        _say_what_stays(left)
        if not (yes or _agreed(name)):
            raise click.ClickException(gettext("Nothing was erased."))
        for sentence in erasing.said(erasing.erase(number, reason.strip())):
            click.echo(sentence)


def _looked_at(number: int, reason: str) -> tuple[str, list[str]]:
    """Return what the person is called, and the rows a machine cannot clean."""
    with database.reading(), rights.allowed(number, rights.ERASE) as found:
        erasing.require_reason(found, reason)
        renamed = [step for _row, step in mentions.steps(found)]
        rows = [row for row in (*mentions.by_phone(found), *mentions.in_words(found)) if row not in renamed]
        name, places = found.name, dict.fromkeys(_place_of(row) for row in rows)
        db.session.rollback()
    return name, [f"{copying.title_of(listing)} #{pk}" for listing, pk in places]


def _place_of(row: Any) -> tuple[str, int]:
    """Return the list and the id of a row; of a step those of the row it is a step of."""
    return (row.list, row.row_id) if isinstance(row, Step) else (row.list_name, row.id)


def _say_what_stays(left: list[str]) -> None:
    click.echo(gettext("Cannot be undone. What somebody wrote in words elsewhere is not found by a machine."))
    if left:
        click.echo(gettext("The name or a phone also stands here; look through these by hand:"))
    for line in left[:MOST]:
        click.echo(f"  {line}")
    if len(left) > MOST:
        click.echo(gettext("… and %(count)s more.", count=len(left) - MOST))


def _agreed(name: str) -> bool:
    """Ask for the name, which nobody types by mistake."""
    try:
        asked = gettext("Type the full name of the person to erase them")
        said: str = click.prompt(asked, default="", show_default=False)
    except click.Abort:
        return False
    return said.strip() == name

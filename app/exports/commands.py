"""The commands `sheets template` and `sheets export`: the files of lists, by the same code as their pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.called import speaking
from app.communities.service import words_for
from app.core.access import Forbidden
from app.core.actor import acting
from app.core.commanding import Commands
from app.core.moves import Refused
from app.exports import files
from app.people import rights

sheets = Commands("sheets", _("Ledgers: templates and exports."))

FILE: Final = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def at_work(code: str | None, login: str | None) -> Iterator[None]:
    """Act for somebody; what is refused is said in one sentence."""
    try:
        actor = rights.clerk(code, login)
        with acting(actor), speaking(words_for(actor)):
            yield
    except Refused as refused:
        raise click.ClickException(str(refused.reason)) from None
    except Forbidden:
        raise click.ClickException(gettext("This role may not do that; ask the secretary.")) from None


@sheets.command("template")
@click.argument("name", metavar="LIST")
@click.argument("file", required=False, type=FILE)
@click.option("--force", is_flag=True, help="overwrite a file that is there")
@click.option("--community", "code", help="code of the community; not needed where there is only one")
@click.option("--as", "login", help="login name of who acts; the system without it")
def template(name: str, file: Path | None, force: bool, code: str | None, login: str | None) -> None:
    """Write the template of a list (its page name); LIST.xlsx in this folder unless named."""
    with at_work(code, login):
        path = file or Path(f"{name}.xlsx")
        files.write_template(name, path, force)
        click.echo(gettext("Written: %(path)s", path=path))


@sheets.command("export")
@click.argument("name", metavar="LIST")
@click.argument("file", type=FILE)
@click.option("--query", default="", help="what is asked of the list, as behind the ? of its page")
@click.option("--columns", default="", help="columns of the file, separated by commas; all unless named")
@click.option("--force", is_flag=True, help="overwrite a file that is there")
@click.option("--community", "code", help="code of the community; not needed where there is only one")
@click.option("--as", "login", help="login name of who acts; the system without it")
def export(  # noqa: PLR0913, PLR0917 - a command takes what is typed
    name: str, file: Path, query: str, columns: str, force: bool, code: str | None, login: str | None
) -> None:
    """Write the rows of a list (its page name) into FILE.xlsx or FILE.csv, which only you can read."""
    with at_work(code, login):
        files.write_export(name, file, query, columns, force)
        click.echo(gettext("Written: %(path)s", path=file))

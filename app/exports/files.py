"""The files of lists for commands: which list is meant, and where its file is written."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import current_app
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.core.addresses import BadQuery
from app.core.listing import Query
from app.core.moves import Refused
from app.core.sheets import chosen
from app.core.sheets.exporting import ENDINGS, export
from app.core.sheets.templates import template

MODE: Final = 0o600
LONGEST: Final = 1000
"""So many characters of an address may say what is asked of a list."""


def views() -> dict[str, Any]:
    """Return the lists by their page names."""
    return {view.list_name: view for view in current_app.extensions["appbuilder"].list_views()}


def view_of(name: str) -> Any:
    """Return a list by its page name. Raises Refused."""
    found = views().get(name)
    if found is None:
        raise Refused(gettext("There is no list “%(name)s”.", name=name[:40]))
    return found


def asked_of(view: Any, address: str, columns: str = "") -> Query:
    """Return what an address asks of a list, written as behind the ? of its page. Raises BadQuery.

    `columns`: those of the file, with commas between, where the address does not say them.
    """
    try:
        pairs = parse_qsl(address.removeprefix("?")[:LONGEST], keep_blank_values=True)
    except ValueError:
        raise BadQuery(gettext("This filter cannot be read; copy it from the address of the list.")) from None
    return chosen.asked_of(view, MultiDict([*pairs, (chosen.NAME, columns)]))


def write_export(name: str, path: Path, address: str = "", columns: str = "", force: bool = False) -> int:
    """Write the rows of a list that are asked for into a file only its owner can read, and return its size.

    Its ending says which kind: xlsx or csv. Raises Refused, and Forbidden for who may not export the list. Commits.
    """
    view, ending = view_of(name), path.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        raise Refused(gettext("The name of the file ends with .xlsx or .csv."))
    require_free(path, force)
    try:
        query = asked_of(view, address, columns)
    except BadQuery as bad:
        raise Refused(bad.sentence) from None
    return write(path, export(view, query, ending).chunks())


def write_template(name: str, path: Path, force: bool = False) -> int:
    """Write the template of a list into a file, and return its size. Raises Refused and Forbidden."""
    view = view_of(name)
    require_free(path, force)
    return write(path, template(view).chunks())


def require_free(path: Path, force: bool) -> None:
    """Refuse to write where a file is already, or no folder. Raises Refused."""
    if path.exists() and not force:
        raise Refused(gettext("%(path)s is there already; overwrite it with --force.", path=path))
    if not path.parent.is_dir():
        raise Refused(gettext("There is no folder %(path)s.", path=path.parent))


def write(path: Path, chunks: Iterable[bytes]) -> int:
    """Write a new file that nobody else can read, and return its size."""
    path.unlink(missing_ok=True)
    size = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
        for chunk in chunks:
            size += file.write(chunk)
    return size

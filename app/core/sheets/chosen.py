"""Which columns a file has: all of the list's own, unless the address names some."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.core.addresses import BadQuery
from app.core.fields import facts
from app.core.listing import Query
from app.core.sheets.cells import names_of

NAME: Final = "columns"
"""Under this name an address says them, with commas between."""


def asked_of(view: Any, args: MultiDict[str, str]) -> Query:
    """Return what the address of a file asks of a list, and of which columns. Raises BadQuery."""
    rest = MultiDict(args)
    names = chosen(view.model, [text for text in rest.poplist(NAME) if text])
    query: Query = view.asked(rest)
    return replace(query, columns=names, asked=(*query.asked, (NAME, ",".join(names)))) if names else query


def chosen(model: Any, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that are named, each once. Raises BadQuery for what no file of the list has, whatever it is.

    What is masked may be named: it stands masked in the file.
    """
    names = [name.strip() for text in texts for name in text.split(",")]
    known = names_of(model)
    for name in names:
        if name not in known:
            raise BadQuery(gettext("The files of this list have no column “%(name)s”.", name=name[:40]))
    return tuple(dict.fromkeys(names))


def words(model: Any, query: Query) -> list[str]:
    """Return in words which columns are named, if any are."""
    labels = gettext(", ").join(str(facts(model)[name].label) for name in query.columns)
    return [gettext("Only the columns %(names)s", names=labels)] if labels else []

"""What a person gets who asks what is kept of them: everything, in words and for programs (S0-01; PIPL, article 45)."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from flask import current_app
from flask_babel import gettext
from sqlalchemy import select

from app.accounts.models import Account, Grant
from app.core import access, clock, database, display, recording, telling
from app.core.fields import Text, facts
from app.core.files import service
from app.core.files.kinds import Kind
from app.core.history import Entry
from app.core.moves import Refused
from app.core.subject_keys import SubjectKey
from app.extensions import db
from app.people import belongings, mentions, rights
from app.people.models import Person

Line = dict[str, str]
"""A label and what stands beside it."""
Part = dict[str, Any]
"""A heading, and lines below it."""

MODE: Final = 0o600
BESIDE: Final = frozenset({".json", *(f".{kind.value}" for kind in Kind)})
"""How what is written beside the text file may end."""


def copy(pk: int, out: Path, force: bool = False) -> list[Path]:
    """Write everything that is kept of a person into a text, a JSON file and the photo beside it, and return them.

    Only the owner of the files can read them. That they were written, and by whom, stands in history. Commits.
    Raises Refused, also where a file is there already and `force` does not say otherwise.
    """
    paths = [out, out.with_suffix(".json")]
    if out.suffix.lower() in BESIDE:
        raise Refused(gettext("Name the text file; the one for programs is written beside it."))
    _require_free(paths, force)
    with database.transaction(), rights.allowed(pk, rights.COPY) as person:
        document = gathered(person)
        photos = [*_photos(person, out)]
        _require_free([path for path, _data in photos], force)
        recording.note("copied", person.list_name, person, into=person.community_id)
    _write(paths[0], as_text(document).encode())
    _write(paths[1], (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    for path, data in photos:
        _write(path, data)
    return [*paths, *(path for path, _data in photos)]


def _photos(person: Person, out: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the photo of a person and where it is written; one whose content is missing stands in the text only."""
    for one in service.of(person):
        with suppress(access.OutOfScope):
            yield out.with_suffix(f".{one.kind.value}"), service.content(one)


def _require_free(paths: list[Path], force: bool) -> None:
    for path in paths:
        if path.is_dir() or not path.parent.is_dir():
            raise Refused(gettext("%(path)s cannot be written.", path=path))
        if path.exists() and not force:
            raise Refused(gettext("%(path)s is there already; overwrite it with --force.", path=path))


def _write(path: Path, data: bytes) -> None:
    """Write a new file that nobody else can read; one that was there may have been open to others."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
        file.write(data)


def as_text(document: Part) -> str:
    """Return the document as one reads it."""
    lines = [document["title"], *_written(document["lines"])]
    for part in document["parts"]:
        lines += ["", f"【{part['title']}】", *_written(part["lines"])]
        lines += [] if part["lines"] else [gettext("Nothing.")]
    return "\n".join(lines) + "\n"


def _written(lines: list[Line]) -> list[str]:
    return [f"{one['label']}{gettext(': ')}{one['value']}" for one in lines]


def gathered(person: Person) -> Part:
    """Return everything the community keeps of a person, part by part."""
    head = [_line(gettext("Community"), person.community), _line(gettext("Written at"), clock.now())]
    head.append(_line(gettext("Number"), person.id))
    parts = [
        _part(gettext("The record"), _columns(person)),
        *(_part(_listed(row), _columns(row)) for row, _belonging in belongings.rows(person)),
        _part(gettext("Account and roles"), _entrance(person)),
        _part(gettext("Named in other lists"), _named(person)),
        _part(gettext("Kept under the same phone"), _by_phone(person)),
        _part(gettext("Files"), _files(person)),
        _part(gettext("History of the record"), _history(person)),
    ]
    return {"title": gettext("What the community keeps of %(name)s", name=person.name), "lines": head, "parts": parts}


def _part(title: str, lines: Iterator[Line]) -> Part:
    return {"title": title, "lines": [*lines]}


def _line(label: Text, value: Any) -> Line:
    return {"label": str(label), "value": display.words(value)}


def _columns(row: Any) -> Iterator[Line]:
    """Yield every described column of a row, opened; the empty ones too, which say that nothing is kept."""
    for name, field in facts(type(row)).items():
        yield _line(field.label, getattr(row, name))


def _entrance(person: Person) -> Iterator[Line]:
    account: Account | None = person.account
    if account is None:
        return
    yield from _columns(account)
    held = select(Grant).filter_by(account_id=account.id, community_id=person.community_id).order_by(Grant.id)
    for given in db.session.scalars(held):
        until = given.ends_on or given.archived_at
        yield _line(gettext("Role"), f"{given}, {display.words(given.starts_on)} – {display.words(until)}")


def _named(person: Person) -> Iterator[Line]:
    for row, labels in mentions.related(person):
        yield _line(_listed(row), f"{row} ({gettext(', ').join(str(label) for label in labels)})")


def _by_phone(person: Person) -> Iterator[Line]:
    yield from (_line(_listed(row), row) for row in mentions.by_phone(person))


def _listed(row: Any) -> str:
    return f"{title_of(row.list_name)} #{row.id}"


def title_of(list_name: str) -> str:
    """Return what a list is called."""
    views = current_app.extensions["appbuilder"].list_views()
    return next((str(view.list_title) for view in views if view.list_name == list_name), list_name)


def _files(person: Person) -> Iterator[Line]:
    for file in mentions.files(person):
        yield _line(f"{title_of(file.list)} #{file.row_id}", f"{file.name}, {display.words(file.made_at)}")


# -- history --------------------------------------------------------------------------------------------------------


def _history(person: Person) -> Iterator[Line]:
    """Yield what was done with the record, the newest first, with what changed as it was and became."""
    found = select(Entry, SubjectKey.wrapped).outerjoin(SubjectKey, SubjectKey.row_uid == Entry.row_uid)
    mine = found.where(Entry.list == person.list_name, Entry.row_id == person.id, Entry.row_uid == person.uid)
    entries = [(entry, key) for entry, key in db.session.execute(mine.order_by(Entry.id.desc()))]
    names = telling.names_of(person, entries)
    for entry, key in entries:
        by = names.person(entry.actor_id, entry.actor_label)
        yield _line(f"{display.words(entry.at)} {by}", str(telling.act_label(Person, entry.act)))
        yield from _changes(entry, key, names)


def _changes(entry: Entry, key: str | None, names: telling.Names) -> Iterator[Line]:
    for name, pair in entry.told().items():
        if name in facts(Person):
            was, became = (_in_words(name, telling.opened(Person, name, value, entry, key), names) for value in pair)
            yield {"label": f"  {facts(Person)[name].label}", "value": f"{was} → {became}"}


def _in_words(name: str, value: Any, names: telling.Names) -> str:
    return gettext("Erased") if value is telling.Forgotten else telling.in_words(Person, name, value, names)

"""Adding files to rows, reading and removing them, and finding what a crash left over."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import joinedload

from app.core import access, clock, recording
from app.core.actor import acting, current, system
from app.core.fields import Text
from app.core.files import vault
from app.core.files.kinds import Kind, NotTaken, recognise, tidy_name
from app.core.files.models import Attachment, may_attach
from app.core.files.pictures import redraw
from app.core.hanging import may_hang
from app.core.model import new_uid
from app.core.moves import ARCHIVED, Refused
from app.core.plans import model_of
from app.core.reads import KEPT, OF_LIST
from app.core.rules import Violation
from app.extensions import db

LARGEST: Final = 10 * 1024 * 1024
MOST: Final = 9
"""How many files one row has at most."""
FIELD: Final = "photos"
"""The name complaints stand under."""
ONLY_PICTURES: Final = _("Choose a photo (JPG, PNG or WebP).")
LEFT_OVER: Final = timedelta(days=1)
"""A content without a row that is older than this belongs to nothing any more."""
THUMB: Final = ".t"

log: Final = logging.getLogger("sidan.files")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is taken: recognised, and where it is a picture drawn anew."""

    name: str
    kind: Kind
    data: bytes
    thumb: bytes = b""
    width: int | None = None
    height: int | None = None


def attach(row: Any, stream: IO[bytes], name: str, move: str | None = None) -> Attachment:
    """Add a file to a row that stands in the session; part of the current transaction.

    Raises Violation under “photos”, Refused where the row is archived, Forbidden where the actor may not write it.
    A door that has time to spare calls `prepare` before its transaction and `keep` inside, so that nobody waits.
    """
    return keep(row, prepare(stream, name), move)


def prepare(stream: IO[bytes], name: str) -> Prepared:
    """Return a file as it will be kept; this takes a while. Raises Violation under “photos”, with the file's name."""
    data = stream.read(LARGEST + 1)
    try:
        return _prepared(data, name)
    except NotTaken as error:
        shown = tidy_name(name, Kind.PDF).rsplit(".", maxsplit=1)[0][:40]
        raise complaint(_("“%(name)s”: %(reason)s", name=shown, reason=error.reason)) from None


def complaint(text: Text) -> Violation:
    """Return a complaint about files."""
    return Violation({FIELD: [text]})


def _prepared(data: bytes, name: str) -> Prepared:
    if not data:
        raise NotTaken(_("The file is empty."))
    if len(data) > LARGEST:
        raise NotTaken(_("A file may have at most 10 MB."))
    kind = recognise(data)
    named = tidy_name(name, kind)
    if not kind.is_picture:
        return Prepared(named, kind, data)
    drawn = redraw(data, kind)
    return Prepared(named, kind, drawn.data, drawn.thumb, drawn.width, drawn.height)


def keep(row: Any, prepared: Prepared, move: str | None = None) -> Attachment:
    """Add a prepared file to a row; part of the current transaction. Raises as `attach` does."""
    _require_open(row)
    _make_room(row, prepared)
    attachment = _new(row, prepared, move)
    _store(attachment, prepared)
    db.session.add(attachment)
    recording.remark("attach", row, file=prepared.name)
    return attachment


def _new(row: Any, prepared: Prepared, move: str | None) -> Attachment:
    actor = current()
    where = {"list": row.list_name, "row_id": row.id, "row_uid": row.uid, "community_id": row.community_id}
    what = {"name": prepared.name, "kind": prepared.kind, "width": prepared.width, "height": prepared.height}
    stored = {"uid": new_uid(), "size": len(prepared.data), "sha256": hashlib.sha256(prepared.data).hexdigest()}
    made = {"made_at": clock.now(), "made_by_id": actor.user_id if actor else None, "move": move}
    return Attachment(**where, **what, **stored, **made, key_id=vault.CURRENT)


def _require_open(row: Any) -> None:
    db.session.flush()
    if not type(row).attachments:
        raise access.OutOfScope
    if not may_attach(row):
        raise access.Forbidden
    if row.archived_at is not None:
        raise Refused(ARCHIVED)


def _make_room(row: Any, prepared: Prepared) -> None:
    """Count the row's files while nobody else can add one to it; a new portrait takes the place of the old one."""
    model = model_of(row)
    db.session.execute(select(model.id).where(model.id == row.id).with_for_update())
    if model.portrait:
        if not prepared.kind.is_picture:
            raise complaint(ONLY_PICTURES)
        wipe(row)
    elif db.session.scalar(select(func.count()).select_from(_of(row).subquery())) >= MOST:
        raise complaint(_("One entry has at most %(most)s photos and files.", most=MOST))


def _store(attachment: Attachment, prepared: Prepared) -> None:
    vault.write(vault.path_of(attachment.uid), prepared.data, bound_to(attachment))
    if prepared.thumb:
        vault.write(vault.path_of(attachment.uid + THUMB), prepared.thumb, bound_to(attachment, THUMB))


def bound_to(attachment: Attachment, ending: str = "") -> str:
    """Return where a content belongs, so that it cannot stand in for another."""
    return f"{Attachment.__tablename__}|content{ending}|{attachment.uid}"


def _of(row: Any) -> Any:
    return select(Attachment).filter_by(
        community_id=row.community_id, list=row.list_name, row_id=row.id, row_uid=row.uid
    )


FILES: Final = "files"
"""Under this name a page asks whether files hang on its row."""


def hung(model: Any) -> Any:
    """Return the query for the files of the row a model stands for."""
    own = (Attachment.row_id == model.id, Attachment.row_uid == model.uid)
    return select(Attachment.id).where(
        Attachment.community_id == model.community_id, Attachment.list == model.list_name, *own
    )


def of(row: Any) -> list[Attachment]:
    """Return the files of a row, the oldest first, with who added each."""
    if not may_hang(row, FILES):
        return []
    asked = {"community": row.community_id, "row": row.id, "uid": row.uid}
    return [*db.session.scalars(_files(row.list_name), asked)]


@lru_cache(maxsize=64)
def _files(listing: str) -> Any:
    of_row = (Attachment.row_id == bindparam("row"), Attachment.row_uid == bindparam("uid"))
    own = (Attachment.community_id == bindparam("community"), Attachment.list == listing, *of_row)
    found = select(Attachment).where(*own).options(joinedload(Attachment.made_by)).order_by(Attachment.id)
    return found.execution_options(**{KEPT: True, OF_LIST: listing})


def find(given: int | str, row: Any = None) -> Attachment:
    """Return the attachment with this id, of that row where one is named. Raises OutOfScope."""
    text = str(given)
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise access.OutOfScope
    asked = _of(row) if row is not None else select(Attachment)
    found: Attachment | None = db.session.scalars(asked.where(Attachment.id == int(text))).one_or_none()
    if found is None:
        raise access.OutOfScope
    return found


def content(attachment: Attachment, thumb: bool = False) -> bytes:
    """Return what stands in a file, or the small picture of it. Raises OutOfScope where it is missing."""
    ending = THUMB if thumb else ""
    path = vault.path_of(attachment.uid + ending)
    data = vault.read(path, bound_to(attachment, ending))
    if data is None:
        raise access.OutOfScope
    return data


def remove(attachment: Attachment) -> None:
    """Remove a file from its row; the content goes once the transaction is committed.

    Raises Forbidden where the actor may not write the row, Refused where it is archived.
    """
    row = attachment.row()
    if row is None:
        raise access.OutOfScope
    _require_open(row)
    _drop(attachment, row)


def wipe(row: Any) -> None:
    """Remove all files of a row, also those the actor does not see; who calls it has found that they may."""
    with acting(system("files")):
        files = [*db.session.scalars(_of(row).order_by(Attachment.id))]
    for attachment in files:
        _drop(attachment, row)


def _drop(attachment: Attachment, row: Any) -> None:
    for ending in ("", THUMB):
        vault.remove(vault.path_of(attachment.uid + ending))
    recording.remark("detach", row, file=attachment.name)
    db.session.delete(attachment)


# -- what a crash or a lost disk left over --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Faults:
    """What does not fit together: contents without a row, and the ids of attachments without their content."""

    left_over: list[Path]
    missing: list[int]


def faults() -> Faults:
    """Compare contents and rows, a part at a time; what is younger than a day may still get its row."""
    left_over: list[Path] = []
    missing: list[int] = []
    for prefix in (f"{number:02x}" for number in range(256)):
        files = {path.name: path for path in (vault.folder() / prefix).glob("*")}
        rows = _rows_of(prefix)
        known = {uid + ending for uid in rows for ending in ("", THUMB)}
        left_over += [path for name, path in files.items() if name not in known and _is_old(path)]
        missing += [pk for uid, pk in rows.items() if uid not in files and not vault.path_of(uid).exists()]
    return Faults([*left_over, *(path for path in _staged() if _is_old(path))], missing)


def opened(connection: Connection, folder: Path) -> Iterator[tuple[int, bool]]:
    """Yield the id of each attachment of a database, and whether its contents in a folder are what was kept."""
    columns = (Attachment.id, Attachment.uid, Attachment.size, Attachment.sha256, Attachment.width)
    for row in connection.execute(select(*columns).order_by(Attachment.id), execution_options={"yield_per": 1000}):
        yield row.id, _is_whole(row, folder)


def _is_whole(row: Any, folder: Path) -> bool:
    path = folder / row.uid[:2] / row.uid
    data = vault.read(path, bound_to(row))
    if data is None or (len(data), hashlib.sha256(data).hexdigest()) != (row.size, row.sha256):
        return False
    small = path.with_name(row.uid + THUMB)
    return row.width is None or vault.read(small, bound_to(row, THUMB)) is not None


def _rows_of(prefix: str) -> dict[str, int]:
    # "g" comes after every hexadecimal digit.
    found = select(Attachment.uid, Attachment.id).where(Attachment.uid >= prefix, Attachment.uid < f"{prefix}g")
    return {row.uid: row.id for row in db.session.execute(found)}


def _staged() -> Iterator[Path]:
    return (vault.folder() / vault.STAGED).glob("*")


def _is_old(path: Path) -> bool:
    try:
        return path.stat().st_mtime < (clock.now() - LEFT_OVER).timestamp()
    except OSError:
        return False


def sweep() -> Faults:
    """Remove the contents that belong to no row, and tell the log which rows miss theirs; for a daily job.

    A row whose content is missing stays: it says what must be brought back from the backup. Needs an actor who sees
    all rows.
    """
    found = faults()
    if vault.is_held():
        return Faults([], found.missing)
    for path in found.left_over:
        path.unlink(missing_ok=True)
    if found.left_over:
        log.warning("%s contents that belonged to no row were removed", len(found.left_over))
    for pk in found.missing:
        log.error("attachment %s misses its content", pk)
    return found

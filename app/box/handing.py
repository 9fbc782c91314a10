"""Hands a community out as a box: which one, into which file, and what is written down of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import select

from app.box import files, locking
from app.box.export import Taken, take
from app.box.whole import LISTING
from app.called import NO_WORDS, speaking
from app.communities.models import Community
from app.core import recording
from app.core.actor import acting, current, system
from app.core.database import transaction
from app.core.moves import Refused
from app.exports import service as exports
from app.exports.choices import Listing, RequestState
from app.exports.files import require_free
from app.exports.files import write as write_bytes
from app.exports.models import ExportRequest
from app.extensions import db

FORMS: Final[Mapping[str, Callable[[Mapping[str, Any]], bytes]]] = {
    ".yaml": files.as_yaml,
    ".yml": files.as_yaml,
    ".xlsx": files.as_workbook,
}


def export(code: str, path: Path, force: bool = False) -> Taken:
    """Write a community without its people into a file only its owner can read; that is noted in its history.

    Commits. Raises Refused.
    """
    form = _form(path)
    require_free(path, force)
    community = community_of(code)
    with transaction():
        taken = take(community)
        recording.note("exported", "communities", community, into=community.id, rows=1, file=path.suffix[1:].lower())
    write_bytes(path, [form(taken.content)])
    return taken


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nobody has approved yet; the request is there and says so. `fresh`: it was made just now."""

    number: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Locked:
    """The file is written, and the words that open it, which are kept nowhere."""

    words: str
    taken: Taken


def export_with_people(code: str, path: Path, reason: str | None, force: bool = False) -> Waiting | Locked:
    """Write a community with its people into a locked file, once a second person has approved it; else ask for it.

    The actor is who asks. Commits. Raises Refused, Violation and Forbidden.
    """
    form = _form(path.with_suffix("")) if path.suffix.lower() == locking.ENDING else None
    if form is None:
        raise Refused(gettext("With the people in it, the name of the file ends with .yaml.enc or .xlsx.enc."))
    require_free(path, force)
    with acting(system("cli")):
        community = community_of(code)
    request = _request(community)
    if request is None or request.state is RequestState.ASKED:
        return _asked(community, request, reason)
    with transaction():
        exports.release(request, path.suffix[1:].lower())
        with acting(system("cli")):
            taken = take(community, with_people=True)
    words = locking.new_words()
    # Another community reads it, or the same one after it has renamed something.
    with speaking(NO_WORDS):
        write_bytes(path, [locking.lock(form(taken.content), words)])
    return Locked(words, taken)


def _request(community: Community) -> ExportRequest | None:
    """Return the actor's own request that waits, or was approved and can still be fetched."""
    actor = current()
    mine = select(ExportRequest).where(
        ExportRequest.community_id == community.id,
        ExportRequest.listing == Listing(LISTING),
        ExportRequest.created_by_id == (actor.user_id if actor is not None else None),
        ExportRequest.state.in_((RequestState.ASKED, RequestState.APPROVED)),
    )
    found = db.session.scalars(mine.order_by(ExportRequest.id.desc())).all()
    return next((one for one in found if exports.is_ready(one)), next(iter(found), None))


def _asked(community: Community, request: ExportRequest | None, reason: str | None) -> Waiting:
    if request is not None:
        return Waiting(request.id, fresh=False)
    if not reason:
        raise Refused(gettext("Say with --reason what it is needed for, and who receives it."))
    with transaction():
        request = exports.ask(Listing(LISTING), community, reason=reason)
    return Waiting(request.id, fresh=True)


def write(path: Path, content: Mapping[str, Any], force: bool = False) -> None:
    """Write a box into a file. Raises Refused."""
    form = _form(path)
    require_free(path, force)
    write_bytes(path, [form(content)])


def community_of(code: str) -> Community:
    """Return the community with a code. Raises Refused."""
    known = db.session.scalars(select(Community).filter_by(code=code)).one_or_none()
    if known is None:
        raise Refused(gettext("There is no community with the code “%(code)s”.", code=code))
    return known


def _form(path: Path) -> Callable[[Mapping[str, Any]], bytes]:
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise Refused(gettext("The name of the file ends with .yaml or .xlsx."))
    return form

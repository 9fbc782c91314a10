"""The photo of a person when two records become one, and two again: a copy goes along, and nothing is lost."""

from typing import Final

from app.core import access
from app.core.files import service
from app.core.files.service import Prepared
from app.people.models import Person

CAME_ALONG: Final = "merge"
"""The move with which a photo came from another record."""


def carry(gone: Person, kept: Person) -> None:
    """Let the record that stays have a copy of the other one's photo, if it has none of its own."""
    photo = next(iter(service.of(gone)), None)
    if photo is None or service.of(kept):
        return
    try:
        data, small = service.content(photo), service.content(photo, thumb=True)
    except access.OutOfScope:
        # Its content is missing until it comes back from the backup; the other record keeps it.
        return
    service.keep(kept, Prepared(photo.name, photo.kind, data, small, photo.width, photo.height), CAME_ALONG)


def give_back(kept: Person, gone: Person) -> None:
    """Take the copy from the record that stayed, unless somebody has chosen another photo since."""
    theirs = {photo.sha256 for photo in service.of(gone)}
    for photo in service.of(kept):
        if photo.move == CAME_ALONG and photo.sha256 in theirs:
            service.remove(photo)

"""What a raw export may be, and where its request stands."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from flask import current_app, has_app_context
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.access import may
from app.core.fields import Labelled, NotUnderstood, Text, Worded, WordedText

LONGEST_NAME: Final = 32


@enum.unique
class RequestState(Labelled):
    """Where a request for a raw export stands."""

    ASKED = "asked", _("Waits for approval"), "info", "inbox"
    APPROVED = "approved", _("Approved, to be fetched"), "plan", "unlock"
    REFUSED = "refused", _("Not approved"), "calm", "slash-circle"
    WITHDRAWN = "withdrawn", _("Withdrawn"), "calm", "slash-circle"
    FETCHED = "fetched", _("Fetched"), "good", "check-circle"
    LAPSED = "lapsed", _("Not fetched in time"), "calm", "clock-history"


@enum.unique
class FileKind(Labelled):
    """What kind of file is handed out; the code is its ending."""

    XLSX = "xlsx", _("Excel workbook")
    CSV = "csv", _("Text (CSV)")


@dataclass(frozen=True, slots=True)
class Whole:
    """Something of a community that is handed out whole and by command only.

    `like`: the list whose export right it needs. `count`: how many rows with sensitive values it holds.
    """

    title: Text
    like: str
    count: Callable[[Any], int]


WHOLES: Final[dict[str, Whole]] = {}
"""By the name under which it is asked for."""


class Listing(Worded):
    """A list, by its page name, or something that is handed out whole; people read its title."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}
    is_chosen = True
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listing) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __str__(self) -> str:
        return _titles().get(self.name, self.name)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read the title of a list, or its page name. Raises NotUnderstood."""
        said = text.strip()
        if not said:
            return None
        titles = _titles()
        named = next((name for name, title in titles.items() if said in (name, title)), None)
        if named is None:
            raise NotUnderstood(gettext("There is no list “%(name)s”.", name=said[:40]))
        return cls(named)

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read what is stored or sent by programs. Raises NotUnderstood."""
        if given is None:
            return None
        if isinstance(given, str) and given in _titles():
            return cls(given)
        raise NotUnderstood(gettext("There is no list “%(name)s”.", name=str(given)[:40]))

    def plain(self) -> str:
        """Return the page name."""
        return self.name

    @classmethod
    def offers(cls) -> list[tuple[str, str]]:
        """Offer what holds masked values and the actor may export."""
        lists = {view.list_name: view for view in current_app.extensions["appbuilder"].list_views()}
        likes = {name: name for name, view in lists.items() if view.raw_door} | {n: w.like for n, w in WHOLES.items()}
        return [(name, _titles()[name]) for name, like in likes.items() if may("x", lists[like].guard)]


class ListingName(WordedText):
    """A column of lists by their page names; what was stored is read whether or not there still is such a list."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(Listing, LONGEST_NAME)

    def process_result_value(self, value: str | None, dialect: Any) -> Listing | None:
        """Give back what was stored."""
        return Listing(value) if value is not None else None


def _titles() -> dict[str, str]:
    """Return the titles of the lists by their page names; none where no portal is at hand to name them."""
    if not has_app_context():
        return {}
    lists = {view.list_name: str(view.list_title) for view in current_app.extensions["appbuilder"].list_views()}
    return lists | {name: str(whole.title) for name, whole in WHOLES.items()}

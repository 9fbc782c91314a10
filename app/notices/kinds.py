"""The kinds of notices: their words, and which of them nobody can switch off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    `fixed`: a duty or a matter of due process, which nobody can switch off. `done_by`: the steps of the row after
    which nobody need do anything about the notice any more.
    """

    code: str
    title: Text
    fixed: bool = False
    done_by: tuple[str, ...] = ()
    icon: str = "bell"
    tone: str = "info"


GRANTED: Final = Kind("granted", _("You were given a role; your profile shows it"), fixed=True, icon="person-check")
RESET: Final = Kind(
    "reset",
    _("A link to set a new password for you was made; if you did not ask for it, tell the secretary"),
    fixed=True,
    icon="key",
    tone="danger",
)

REVEALED: Final = Kind(
    "revealed",
    _("Somebody wanted to see more masked values today than are allowed"),
    fixed=True,
    icon="exclamation-triangle-fill",
    tone="danger",
)

_KINDS: Final[dict[str, Kind]] = {}


def declare(kind: Kind) -> None:
    """Let a kind be known."""
    _KINDS[kind.code] = kind


def known() -> Mapping[str, Kind]:
    """Return the kinds by code."""
    return _KINDS

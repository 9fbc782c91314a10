"""Needs that may be the same: shown while one is registered, so that two askers of one thing are not two jobs (S3-06).

How alike two texts are is measured by the pairs of signs they share (Dice's coefficient): it needs no words, forgives
what stands between, and is the same on every database.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from app.communities.models import Place
from app.core import moves
from app.core.actor import current
from app.core.rules import Violation
from app.core.timeline import add_step
from app.extensions import db
from app.needs.choices import OPEN_STATES
from app.needs.models import Need

LOOKED_AT: Final = 200
"""So many open needs of a place are compared, the newest first."""
ALIKE: Final = 0.3
"""From which likeness on two needs of one place may be the same; 1 is the same text."""
SHOWN: Final = 5
MERGE: Final = "merge"
AGAIN: Final = "asked_again"
SAME: Final = "same_as"


@dataclass(frozen=True, slots=True)
class Similar:
    """An open need that may be the same, and how alike it is, from 0 to 1."""

    need: Need
    likeness: float


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of letters and digits that stand beside each other; of a single one itself."""
    letters = "".join(sign for sign in text.lower() if sign.isalnum())
    return frozenset(a + b for a, b in itertools.pairwise(letters)) or frozenset(letters)


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """Return how alike two sets of pairs are: 0 nothing in common, 1 the same."""
    left, right = frozenset(one), frozenset(other)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def alike(title: str, text: str, need: Need) -> float:
    """Return how alike a need is to what was typed: by its title, or by all that was said."""
    by_title = likeness(pairs(title), pairs(need.title)) if title else 0.0
    return max(by_title, likeness(pairs(f"{title} {text}"), pairs(f"{need.title} {need.text or ''}")))


def similar(place: Place | None, title: str, text: str, but: int = 0) -> list[Similar]:
    """Return the open needs in sight at a place, below it or right above it that may be the same, the likest first.

    `but`: the id of the need itself, where it is registered already.
    """
    if place is None or not pairs(f"{title}{text}"):
        return []
    measured = [Similar(need, alike(title, text, need)) for need in _open(place) if need.id != but]
    found = sorted((one for one in measured if one.likeness >= ALIKE), key=lambda one: -one.likeness)
    return found[:SHOWN]


def _open(place: Place) -> list[Need]:
    here = or_(Need.place_id.in_(place.below()), Need.place_id == (place.parent_id or 0))
    standing = (Need.community_id == place.community_id, Need.archived_at.is_(None), Need.state.in_(OPEN_STATES))
    columns = load_only(Need.code, Need.title, Need.text, Need.state, Need.received_at, Need.community_id)
    newest = select(Need).where(*standing, here).order_by(Need.received_at.desc(), Need.id.desc()).limit(LOOKED_AT)
    return list(db.session.scalars(newest.options(columns)))


def same(need: Need, other: Need | None) -> None:
    """Note that a need just registered is the same as an open one; part of the current transaction.

    Both stay, each with its asker. Who may merge needs merges them at once; of others the office reads it in both.
    Raises Violation where the other is no open need of the community.
    """
    if other is None or other.community_id != need.community_id or other.state not in OPEN_STATES:
        raise Violation({"": [_("The need you chose is not open any more; save again without it.")]})
    add_step(db.session, other, AGAIN, other.state.value, other.state.value, need=need.code)
    add_step(db.session, need, SAME, need.state.value, need.state.value, need=other.code)
    if _may_merge(need):
        moves.perform(need, MERGE, {"target": other})


def _may_merge(need: Any) -> bool:
    move, actor = Need.flow.by_name.get(MERGE), current()
    return move is not None and actor is not None and moves.may_make(need, move, actor)

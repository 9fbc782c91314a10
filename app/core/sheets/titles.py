"""What the rows are called that other rows name: asked for once per batch, told as nobody's own role would show it."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import func, select

from app.core import access, masking
from app.core.actor import Actor, acting, current
from app.extensions import db

AT_ONCE: Final = 500
KEPT: Final = 20_000
"""So many titles of a list are remembered; then it begins anew, so that no export grows with its rows."""


class Titles:
    """The titles of related rows by list and id.

    `raw`: as the actor reads them; else as everybody may: names are masked but for those everybody of the community
    may read.
    """

    def __init__(self, raw: bool = False) -> None:
        self.raw = raw
        self._known: dict[Any, dict[int, str | None]] = {}
        self._doubled: dict[Any, frozenset[str]] = {}

    def load(self, target: Any, numbers: Iterable[int | None]) -> None:
        """Ask for those that are not known yet."""
        known = self._known.setdefault(target, {})
        if len(known) > KEPT:
            known.clear()
        missing = [pk for pk in dict.fromkeys(numbers) if pk is not None and pk not in known]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            known |= dict.fromkeys(some, None)
            rows = list(db.session.scalars(select(target).where(target.id.in_(some))))
            known |= {row.id: text for row, text in zip(rows, self.said(target, rows), strict=True)}

    def of(self, target: Any, pk: int | None) -> str | None:
        """Return what a row is called; None where there is none, or none in sight."""
        return self._known[target].get(pk) if pk is not None else None

    def named(self, target: Any, numbers: Iterable[Any]) -> list[str | None]:
        """Return the same of several."""
        known = self._known[target]
        return [known.get(pk) for pk in numbers]

    def said(self, target: Any, rows: Collection[Any]) -> list[str]:
        """Return what rows are called: by their name, or the full one where others of the list have the same."""
        doubled = self._names_twice(target) if hasattr(target, "full_name") else frozenset()
        # What a title needs is loaded in the actor's own sight before it is told as to a stranger.
        names = [str(row) for row in rows]
        names = names if self.raw else _to_strangers(rows)
        return [row.full_name if name in doubled else name for name, row in zip(names, rows, strict=True)]

    def _names_twice(self, target: Any) -> frozenset[str]:
        if target not in self._doubled:
            same = select(target.name).group_by(target.name).having(func.count(target.id) > 1)
            self._doubled[target] = frozenset(db.session.scalars(same))
        return self._doubled[target]


def _to_strangers(rows: Iterable[Any]) -> list[str]:
    with acting(nobody()):
        return [masking.free_text(str(row)) for row in rows]


def nobody() -> Actor:
    """Return the actor as somebody who holds nothing: to whom everything is masked that is masked for anybody."""
    actor = current()
    if actor is None:
        raise access.OutOfScope
    return Actor(actor.label, actor.user_id)

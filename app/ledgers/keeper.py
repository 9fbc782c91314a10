"""How the rows of a ledger find those there are, are held to the rules of their list, and become rows of it."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Final

from flask_babel import gettext
from sqlalchemy import select

from app.core import chain, keyring, rules
from app.core.bulk import Bulk, Made
from app.core.fields import facts, shape
from app.core.plans import model_of
from app.core.sheets.ledger import Draft, Ledger
from app.core.sheets.values import Reason
from app.core.timeline import Step
from app.ledgers.world import World, batches, pairs

MERGE: Final = "merge"
SAME: Final = "same"
"""What is done with a row that says the same as another one: its blanks are filled in, or nothing."""
RULE: Final = "rule"
"""The reason of a row that its list does not take; what the list says stands beside it."""
UNCOMPARED: Final = frozenset({"remark", "seq"})

_ROW: Final = "\0"
"""Stands for the number of a row; no sheet has such a sign in its name."""
_DATES: Final = frozenset({"date", "instant"})


class Earlier:
    """A row further up in a long ledger, of which only the place is still known; it stands in the list by then."""

    __slots__ = ("row", "sheet")
    along = False

    def __init__(self, sheet: str, row: int) -> None:
        self.sheet, self.row = sheet, row

    @property
    def meant(self) -> dict[str, Any]:
        """What it means is known once it has been taken in."""
        return {}

    said = meant


class Keeper:
    """Takes in the ledgers of one list. Each list that has more to say inherits from it."""

    model: ClassVar[Any] = None
    state: ClassVar[Any] = None
    """The first state of a new row, where the list has states."""

    def __init__(self, ledger: Ledger, world: World) -> None:
        self.ledger = ledger
        self.world = world
        self.seen: dict[Hashable, Draft | Earlier] = {}
        self.known: dict[Hashable, int] = {}
        self.counted: Counter[str] = Counter()
        self.examiner = cache(rules.Examiner)
        self._usual: Mapping[str, Any] | None = None
        self.built: dict[tuple[str, int], Any] = {}
        """The rows that were held to the rules, ready to be written."""

    # -- looking ----------------------------------------------------------------------------------------------------

    def look(self, drafts: Sequence[Draft]) -> None:
        """Decide of each row whether it is new, says the same as another, or is not taken; in the order of the file."""
        good = [draft for draft in drafts if not draft.troubles]
        self.prefetch(good)
        for draft in good:
            self.judge(draft)

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask the database once for what the rows name, and for what they may be the same as."""
        self.world.gather(self.model, drafts)
        nameless = [draft for draft in drafts if not self.is_named(draft)]
        for draft in nameless:
            draft.meant["fingerprint"] = self.fingerprint(draft)
        prints = [str(draft.meant["fingerprint"]) for draft in nameless]
        self.known.update(self.world.imported(self.ledger.list_name, prints))

    def natural(self, draft: Draft) -> Hashable | None:
        """Return by what a row of this list is the same as another one; None where two equal rows may be two things."""
        return None

    @classmethod
    def is_slow(cls, draft: Draft) -> bool:
        """Tell whether a row is not written together with others: it fills in what another one leaves blank."""
        return draft.action == MERGE and draft.verdict == "duplicate"

    def is_named(self, draft: Draft) -> bool:
        """Tell whether a row has a name of its own, so that it is found without looking at all it says."""
        return False

    def key(self, draft: Draft) -> str:
        """Return the name of the column by which rows are found to be the same."""
        return ""

    def fingerprint(self, draft: Draft) -> str:
        """Return what a row says as a whole, and which of several that say so it is, as a digest."""
        said = chain.encode([self.ledger.name, sorted(draft.said.items())])
        self.counted[said] += 1
        text = f"ledger|{self.world.community_id}|{said}|{self.counted[said]}"
        return hmac.digest(keyring.fixed("blind index"), text.encode(), hashlib.sha256).hex()[:32]

    def judge(self, draft: Draft) -> None:
        """Decide of one row."""
        self.complete(draft)
        if draft.troubles:
            return
        own = self.natural(draft)
        own = draft.meant["fingerprint"] if own is None else own
        first = self.seen.get(own)
        if first is not None:
            self.repeat(draft, first)
        elif own in self.known:
            self.meet(draft, self.known[own])
        else:
            self.seen[own] = draft
            self.check(draft)

    def complete(self, draft: Draft) -> None:
        """Find what a row names in other lists."""

    def repeat(self, draft: Draft, first: Draft | Earlier) -> None:
        """Let a row that says the same as one above fill in what that one leaves blank."""
        draft.same_as = {"sheet": first.sheet, "row": first.row}
        draft.key = self.key(draft)
        if isinstance(first, Earlier):
            draft.action = SAME
            return
        draft.conflicts = conflicts(first.said, draft.said)
        fresh = {name: value for name, value in draft.meant.items() if name not in first.meant}
        draft.action = MERGE if fresh or draft.conflicts else SAME
        first.meant |= fresh
        if fresh:
            self.built.pop((first.sheet, first.row), None)

    def meet(self, draft: Draft, pk: int) -> None:
        """Let a row that says the same as one of the list be none of its own."""
        draft.same_as, draft.action, draft.key = {"id": pk}, SAME, self.key(draft)

    def check(self, draft: Draft) -> None:
        """Hold the row to the rules of the list."""
        row = self.build(draft)
        complain(draft, self.examiner(model_of(row)).errors(row), self.model)
        self.built[draft.sheet, draft.row] = row

    def forget(self, drafts: Iterable[Draft]) -> None:
        """Keep only the places of rows that have been looked at: of a long ledger more follow than can be held."""
        gone = set(map(id, drafts))
        for own, draft in self.seen.items():
            if id(draft) in gone:
                self.seen[own] = Earlier(draft.sheet, draft.row)
        self.built.clear()

    # -- writing ----------------------------------------------------------------------------------------------------

    def build(self, draft: Draft) -> Any:
        """Return the new row a draft makes, not yet written."""
        row = self.model(**self.world.columns(self.model, draft.meant))
        row.community_id = self.world.community_id
        for name, value in self.usual().items():
            if getattr(row, name) is None:
                setattr(row, name, value)
        return row

    def usual(self) -> Mapping[str, Any]:
        """Return what a new row takes where the ledger says nothing."""
        if self._usual is None:
            found = {name: shape(self.model, name).default for name in facts(self.model)}
            plain = {name: value for name, value in found.items() if value is not None and not callable(value)}
            self._usual = plain | ({"state": self.state} if self.state is not None else {})
        return self._usual

    def write(self, drafts: Sequence[Draft], bulk: Bulk) -> Iterable[tuple[Draft, Made]]:
        """Make the rows ready to be written, and tell which draft became which."""
        for draft in drafts:
            if draft.verdict == "accepted" and self.is_asked(draft):
                yield draft, self.add(draft, bulk)

    def is_asked(self, draft: Draft) -> bool:
        """Tell whether a row was asked for, or is named by one that was."""
        return not draft.along or (draft.sheet, draft.row) in self.world.named

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make one row ready to be written."""
        row, checked = self.row(draft)
        state = getattr(row, "state", None)
        move = "register" if self.model.list_name in Step.told else ""
        return bulk.add(row, move, state.value if state is not None else None, checked=checked, **self.told(draft))

    def row(self, draft: Draft) -> tuple[Any, bool]:
        """Return the new row a draft makes, and whether it has been held to the rules."""
        row = self.built.pop((draft.sheet, draft.row), None)
        return (row, True) if row is not None else (self.build(draft), False)

    def told(self, draft: Draft) -> dict[str, Any]:
        """Return what the timeline says of a row that comes from a ledger."""
        told = self.world.memo.setdefault("told of sheets", {})
        if draft.sheet not in told:
            told[draft.sheet] = self._source(draft.sheet)
        before, after = told[draft.sheet]
        return {"reason": f"{before}{draft.row}{after}"}

    def _source(self, sheet: str) -> tuple[str, str]:
        """Return what the timeline says of the rows of a sheet, before and after the number of each."""
        sheet = (sheet or gettext("the file"))[:60]
        if self.world.history:
            text = gettext("From the old ledger “%(sheet)s”, row %(row)s, as it stood.", sheet=sheet, row=_ROW)
        else:
            text = gettext("From the ledger “%(sheet)s”, row %(row)s.", sheet=sheet, row=_ROW)
        before, _row, after = text.rpartition(_ROW)
        return before, after

    def merge(self, drafts: Sequence[Draft]) -> Iterable[tuple[Draft, Any, dict[str, Any]]]:
        """Fill in what rows of the list leave blank; within the transaction. Yield the row and how it was."""
        return ()


class NamedKeeper(Keeper):
    """Takes in ledgers of a list in which no two rows of a community have the same name."""

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once which names there are."""
        super().prefetch(drafts)
        model = self.model
        for some in batches(draft.meant["name"] for draft in drafts):
            wanted = select(model.name, model.id).where(
                model.community_id == self.world.community_id, model.name.in_(some), model.archived_at.is_(None)
            )
            self.known.update(pairs(wanted))

    def natural(self, draft: Draft) -> Hashable | None:
        """Return the name: other ledgers mean the row by it."""
        name: str = draft.meant["name"]
        return name

    def key(self, draft: Draft) -> str:
        """Return the name of the column of names."""
        return "name"


def conflicts(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Return the columns of which two rows say different things."""
    both = (name for name in second if name in first and name not in UNCOMPARED)
    return [name for name in both if first[name] != second[name]]


def complain(draft: Draft, errors: Mapping[str, Sequence[Any]], model: Any) -> None:
    """Reject a row for what its list says of it."""
    for column, texts in errors.items():
        field = draft.keys.get(column, column)
        for text in texts:
            draft.reject(_reason(model, column, draft), field, str(text))


def _reason(model: Any, column: str, draft: Draft) -> str:
    if column not in facts(model):
        return RULE
    if column not in draft.meant and shape(model, column).required:
        return Reason.MISSING
    return Reason.ORDER if shape(model, column).kind in _DATES else RULE

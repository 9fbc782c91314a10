"""How rows of ledgers become needs: new ones, or as things stood, with the clocks and the holder that follow."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final

from flask_babel import gettext
from sqlalchemy import select

from app.accounts.models import Account, Grant
from app.core import clock
from app.core.bulk import Bulk, Made
from app.core.codes import next_codes
from app.core.plans import fresh
from app.core.sheets.ledger import Draft
from app.extensions import db
from app.ledgers.keeper import Earlier, Keeper
from app.ledgers.world import World, batches
from app.needs import clocks, ledger_states
from app.needs.choices import NeedKind, NeedState
from app.needs.ledger import APPEAL
from app.needs.ledger_states import CASE
from app.needs.models import Need
from app.needs.segments import set_up
from app.needs.service import PREFIX, first_sentence

OLD: Final = frozenset(
    {"state", "done_on", "done_text", "satisfaction"} | {column.sets for column in ledger_states.COLUMNS}
)
"""What only an old ledger says, and is left away unless it is taken over as it stood."""


OWN: Final = frozenset(
    [
        "code",
        "title",
        "text",
        "reporter_name",
        "reporter_phone",
        "address",
        "place",
        "category_text",
        "beneficiary",
        "recorded_by",
        "done_text",
        "fingerprint",
    ]
)
"""What each need says for itself. From whatever else it says its clocks and with whom it lies may follow."""
MOST_ALIKE: Final = 1000
"""Of how many different needs it is kept what follows."""
TAKEN_ON: Final = frozenset(NeedState) - {NeedState.REFERRED, NeedState.MERGED, NeedState.REJECTED}
"""The states of which an old ledger says that a need was accepted."""


class NeedKeeper(Keeper):
    """Takes in needs: under the code of the ledger or one of ours; as submitted, or as things stood."""

    model: ClassVar[Any] = Need
    state: ClassVar[Any] = NeedState.SUBMITTED

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once which codes there are, and who works here."""
        super().prefetch(drafts)
        self.titles: dict[int, str] = {}
        for some in batches(draft.meant["code"] for draft in drafts if "code" in draft.meant):
            own = Need.community_id == self.world.community_id, Need.code.in_(some)
            for code, pk, title in db.session.execute(select(Need.code, Need.id, Need.title).where(*own)):
                self.known["code", code], self.titles[pk] = pk, title
        self.cases = self._cases(drafts) if self.world.history else {}
        self.hands = _hands(self.world) if self.world.history else {}
        # Rows of other lists are asked for anew with each chunk.
        self.alike: dict[tuple[tuple[str, Any], ...], Mapping[str, Any]] = {}

    def _cases(self, drafts: Sequence[Draft]) -> dict[str, int]:
        """Return the needs into which others may have been merged, by code: those that stand for themselves."""
        found: dict[str, int] = {}
        for some in batches(draft.meant[CASE] for draft in drafts if CASE in draft.meant):
            wanted = select(Need.code, Need.id).where(Need.community_id == self.world.community_id, Need.code.in_(some))
            itself = wanted.where(Need.state != NeedState.MERGED, Need.archived_at.is_(None))
            found.update((code, pk) for code, pk in db.session.execute(itself))
        return found

    def complete(self, draft: Draft) -> None:
        """Find the need into which one was merged; where there is none the row says so."""
        draft.meant.pop("merged_into", None)
        if not self.world.history or draft.meant.get("state") != NeedState.MERGED.value:
            return
        if draft.meant[CASE] in self.cases:
            draft.meant["merged_into"] = self.cases[draft.meant[CASE]]
        else:
            draft.warn("case_unknown", "into", draft.meant[CASE])

    def repeat(self, draft: Draft, first: Draft | Earlier) -> None:
        """Let a row fill in another one of its code only where both ask for the same."""
        before = {**first.meant} if isinstance(first, Draft) else {}
        super().repeat(draft, first)
        if isinstance(first, Draft) and "content" in draft.conflicts:
            first.meant = before

    def meet(self, draft: Draft, pk: int) -> None:
        """Say it where the need of this code that there is asks for something else."""
        super().meet(draft, pk)
        title = self.titles.get(pk) if "code" in draft.meant else None
        if title is not None and title != draft.meant.get("title"):
            draft.conflicts = ["content"]

    def natural(self, draft: Draft) -> Hashable | None:
        """Return the code, where the ledger has one."""
        return ("code", draft.meant["code"]) if "code" in draft.meant else None

    def is_named(self, draft: Draft) -> bool:
        """Tell whether the ledger has a code."""
        return "code" in draft.meant

    def key(self, draft: Draft) -> str:
        """Return what makes two needs the same."""
        return "code" if "code" in draft.meant else ""

    def build(self, draft: Draft) -> Need:
        """Return the new need; what only an old ledger says is left away unless it is taken over as it stood."""
        said = draft.meant
        if not self.world.history:
            said = {name: plain for name, plain in said.items() if name not in OLD}
        own = {name: plain for name, plain in said.items() if name in OWN or isinstance(plain, list)}
        alike = [one for one in said.items() if one[0] not in own]
        values = {**self._alike(tuple(alike), draft), **self.world.columns(Need, own)}
        values["code"] = values.get("code") or PREFIX
        values["title"] = values.get("title") or first_sentence(values.get("text") or "")
        values["source_sheet"] = _source(draft)
        need: Need = fresh(Need, values)
        return need

    def _alike(self, said: tuple[tuple[str, Any], ...], draft: Draft) -> Mapping[str, Any]:
        """Return all that follows for a need from what it says beside its own words; of needs alike worked out once."""
        found = self.alike.get(said)
        if found is None:
            found = vars(self._without_words(dict(said), draft))
            if len(self.alike) < MOST_ALIKE:
                self.alike[said] = found
        return found

    def _without_words(self, said: Mapping[str, Any], draft: Draft) -> Need:
        values = {**self.usual(), **self.world.columns(Need, said)}
        if self.ledger.name == APPEAL.name and "kind" not in said:
            values["kind"] = NeedKind.APPEAL
        values |= {
            "community_id": self.world.community_id,
            "category_id": getattr(values.get("category"), "id", None),
            "received_at": values.get("received_at") or clock.now(),
        }
        if values.get("state") is NeedState.MERGED and values.get("merged_into") is None:
            values["state"] = NeedState.SUBMITTED
        need: Need = fresh(Need, values)
        clocks.answer_from(need, need.received_at, self.book)
        if self.world.history:
            self._as_it_stood(need, draft)
        set_up(need)
        return need

    @property
    def book(self) -> clocks.Book:
        """Return the limits and the calendar of the community, asked once for all rows."""
        if "book of needs" not in self.world.memo:
            self.world.memo["book of needs"] = clocks.Book(self.world.community_id)
        found: clocks.Book = self.world.memo["book of needs"]
        return found

    def told(self, draft: Draft) -> dict[str, Any]:
        """Return what the timeline says of a row; of one on hold also why."""
        said = super().told(draft)
        if self.world.history and draft.meant.get("state") == NeedState.ON_HOLD.value:
            said["reason"] += gettext("On hold: %(reason)s", reason=draft.meant[ledger_states.REASON])
        return said

    def _as_it_stood(self, need: Need, draft: Draft) -> None:
        """Let the clocks say what the old ledger knows; nobody is asked again about what is long over."""
        if need.state is NeedState.SUBMITTED:
            return
        need.answered_at = need.received_at
        if need.state in TAKEN_ON:
            need.accepted_at = need.received_at
        if need.state not in (NeedState.MERGED, NeedState.REJECTED):
            clocks.work_from(need, need.received_at, self.book)
        need.in_charge = self.hands.get(draft.meant.get("handler", ""))
        ended = _evening(need.done_on, need.received_at) if need.done_on is not None else need.received_at
        if need.state is NeedState.ON_HOLD:
            # Since when it stands still the ledger does not say; whatever passed until now has passed.
            need.held_at = need.holder_since = clock.now()
            need.held_from = NeedState.PLANNED if need.in_charge is not None else NeedState.ACCEPTED
        if need.state is NeedState.DELIVERED:
            need.delivered_at = ended
        if need.state is NeedState.CLOSED:
            need.closed_at = ended
            need.resolution_minutes = max(0, int((ended - need.received_at).total_seconds()) // 60)

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make one need ready to be written; without a code of its own it gets one when the transaction begins."""
        made = super().add(draft, bulk)
        if made.row.state is NeedState.MERGED:
            bulk.last(partial(_follows, made.row.merged_into_id))
        if "code" not in draft.meant:
            waiting = self.world.memo.setdefault("codes of needs", [])
            if not waiting:
                bulk.first(lambda: _number(waiting, self.world.community_id))
            waiting.append(made)
        return made


def _follows(need_id: int) -> None:
    """Count one more that was merged into a need."""
    db.session.get_one(Need, need_id).merged_here += 1


def _evening(day: date, received: datetime) -> datetime:
    """Return the end of the day on which it was done, for only the day is known."""
    return max(clock.day_ends(day) - timedelta(minutes=1), received)


def _source(draft: Draft) -> str:
    handler = draft.meant.get("handler")
    said = f"{draft.sheet[:40]} {draft.row}".strip()
    return f"{said}；责任人：{handler}"[:80] if handler else said


def _hands(world: World) -> dict[str, Account]:
    """Return who works in the community, by name; of two with the same name neither."""
    holding = select(Account).where(
        Account.id.in_(select(Grant.account_id).where(Grant.community_id == world.community_id, Grant.holding()))
    )
    found: dict[str, list[Account]] = {}
    for account in db.session.scalars(holding):
        found.setdefault(account.name, []).append(account)
    return {name: accounts[0] for name, accounts in found.items() if len(accounts) == 1}


def _number(waiting: list[Made], community_id: int) -> None:
    codes = next_codes(db.session(), community_id, PREFIX, clock.today(), len(waiting))
    for made, code in zip(waiting, codes, strict=True):
        made.put("code", code)
        made.put("sought", made.row.found_by())

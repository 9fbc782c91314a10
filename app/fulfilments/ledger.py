"""Services delivered in ledgers (服务落地清单): each row answers a need, by its code or its words."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final

from sqlalchemy import select

from app.core import clock
from app.core.bulk import Bulk, Made
from app.core.codes import next_codes
from app.core.sheets import done_days, filling, names, readers, spans
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason
from app.extensions import db
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.models import Fulfilment
from app.fulfilments.service import PREFIX
from app.ledgers.keeper import Keeper
from app.ledgers.world import batches
from app.needs.models import Need
from app.organizations.ledger import Parties

DONE: Final = frozenset({"是", "√", "✓", "已完成", "完成", "已办结", "办结", "已落实", "已落地", "Y", "1"})
"""What ledgers write where something is done."""


def _finish(draft: Draft, sight: Sight) -> None:
    spans.follows(draft, "done_date", "delivered_on", "start_date", "started_on")
    if "need_code" not in draft.said and "need" not in draft.said and not draft.troubles:
        draft.reject(Reason.MISSING, "need_code")
    if "leader" in draft.meant:
        filling.add(draft, "measures", f"责任人：{draft.meant['leader']}")


LEDGER: Final = Ledger(
    "fulfilment",
    "fulfilments",
    "服务落地 落地清单 服务落实 落实清单",
    (
        Column("need_code", readers.code("need_code"), "需求编号 对应需求编号 编号 需求编码"),
        Column("need", readers.line("need_text", 200), "群众需求 需求 需求内容 具体需求 对应需求"),
        Column("asker", readers.silent, "需求人 需求人姓名 居民姓名 反映人"),
        Column(
            "provider",
            readers.line("provider_name", 80),
            (
                "接单单位 接单对象 承接单位 责任单位 服务单位 承办单位 认领单位 落实单位 接单人 "
                "接单单位名称 承接单位/人 承接对象 接单党员 接单队伍 服务团队 提供单位 服务提供单位 帮扶单位"
            ),
            needed=True,
        ),
        Column(
            "measures",
            readers.words("measures", 800),
            "落实措施 办理措施 服务措施 落实情况 服务内容 具体措施 落实举措 服务过程",
        ),
        Column("leader", names.name("leader"), "责任人 负责人 承办人 经办人"),
        Column(
            "start_date",
            readers.day("started_on", part=True),
            "受理日期 接单日期 受理时间 接单时间 认领时间",
            is_old=True,
        ),
        Column(
            "done_date",
            done_days.done_day("delivered_on"),
            "完成时间 办结日期 完成日期 办结时间 落地时间 落实时间 落地日期",
            is_old=True,
        ),
        Column("done", readers.silent, "是否完成 办结 完成情况 状态 办理状态 是否办结 是否落地 是否落实", is_old=True),
        Column(
            "beneficiaries",
            readers.count("person_times"),
            "受益人次 受益人数 惠及人次 服务人次 服务人数 受益群众 受益人数/人次",
            is_old=True,
        ),
        Column("households", readers.count("households"), "受益户数 惠及户数", is_old=True),
        Column("cost", readers.amount("cost"), "费用 花费 资金 金额", is_old=True),
        Column("fund", readers.line("fund", 80), "资金来源 经费来源", is_old=True),
        Column("remark", readers.noted("measures", "备注："), "备注 说明"),
    ),
    finish=_finish,
)
OLD: Final = ("started_on", "delivered_on", "person_times", "households", "cost", "fund")


class FulfilmentKeeper(Keeper):
    """Takes in orders: offered, or carried out as the old ledger says.

    The need may stand in another sheet of the same file; then it is taken in together with it.
    """

    model: ClassVar[Any] = Fulfilment
    state: ClassVar[Any] = FulfilmentState.OFFERED

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once for needs and providers."""
        self.written: dict[str, list[Draft]] | None = None
        super().prefetch(drafts)
        Parties.of(self.world).prefetch(draft.meant["provider_name"] for draft in drafts)
        here = Need.community_id == self.world.community_id, Need.archived_at.is_(None)
        self.needs: dict[str, list[int]] = {}
        for column, name in ((Need.code, "need_code"), (Need.title, "need_text")):
            for some in batches(draft.meant[name] for draft in drafts if name in draft.meant):
                for words, pk in db.session.execute(select(column, Need.id).where(*here, column.in_(some))):
                    self.needs.setdefault(words, []).append(pk)
        # Words that several needs have mean none of them.
        self.answerable = [several[0] for several in self.needs.values() if len(several) == 1]
        self.answerable += [one.same_as["id"] for one in self._file_needs() if one.same_as]
        for some in batches(self.answerable):
            wanted = select(Fulfilment.need_id, Fulfilment.provider_id, Fulfilment.id).where(
                Fulfilment.community_id == self.world.community_id,
                Fulfilment.need_id.in_(some),
                Fulfilment.archived_at.is_(None),
            )
            self.known.update({(need, provider): pk for need, provider, pk in db.session.execute(wanted)})

    def fingerprint(self, draft: Draft) -> str:
        """Return what a row says, with the words of its need where it only gives its number in this file."""
        named = self._needs_of_the_file().get(str(draft.meant.get("need_code")), [])
        if len(named) != 1 or "code" in named[0].meant:
            return super().fingerprint(draft)
        return super().fingerprint(replace(draft, said=draft.said | {"need": named[0].meant["title"]}))

    def natural(self, draft: Draft) -> Hashable | None:
        """A provider answers a need once."""
        need = draft.meant.get("answers")
        pk = Parties.of(self.world).known.get(draft.meant["provider_name"])
        return (need["id"], pk) if need and "id" in need and pk is not None else None

    def complete(self, draft: Draft) -> None:
        """Find the need: among those there are, else in the same file."""
        name = draft.meant["provider_name"]
        parties = Parties.of(self.world)
        if name in parties.doubtful:
            draft.reject(Reason.AMBIGUOUS, "provider", name)
        elif name not in parties.known:
            draft.warn("provider_made", "provider", name)
        draft.meant.pop("answers", None)
        for column, words in (("need_code", draft.meant.get("need_code")), ("need", draft.meant.get("need_text"))):
            if words is not None and "answers" not in draft.meant:
                self._find(draft, words)
            if words is not None and column == "need_code" and "answers" not in draft.meant:
                draft.reject(Reason.CHOICE, "need_code", words)
        if "answers" not in draft.meant and not draft.troubles:
            draft.reject(Reason.CHOICE, "need", str(draft.meant.get("need_text", "")))

    def _find(self, draft: Draft, words: str) -> None:
        stored = self.needs.get(words, [])
        if len(stored) == 1:
            draft.meant["answers"] = {"id": stored[0]}
            return
        written = self._needs_of_the_file().get(words, [])
        if len(written) == 1:
            if written[0].same_as:
                draft.meant["answers"] = {"id": written[0].same_as["id"]}
                return
            draft.meant["answers"] = {"sheet": written[0].sheet, "row": written[0].row}
            self.world.named |= set() if draft.along else {(written[0].sheet, written[0].row)}

    def _needs_of_the_file(self) -> dict[str, list[Draft]]:
        """Return the needs of other sheets by their codes and their words."""
        if self.written is None:
            self.written = {}
            for one in self._file_needs():
                for words in {one.meant.get("code"), one.said.get("code"), one.meant.get("title")} - {None}:
                    self.written.setdefault(str(words), []).append(one)
        return self.written

    def _file_needs(self) -> list[Draft]:
        """Return the needs of the file that are new, or stand in the list already."""
        some = [one for one in self.world.drafts.values() if one.ledger in ("need", "appeal")]
        return [one for one in some if one.verdict == "accepted" or "id" in (one.same_as or {})]

    def build(self, draft: Draft) -> Fulfilment:
        """Return the new order; its need and its provider are there by the time it is written."""
        columns = self.world.columns(Fulfilment, {name: value for name, value in draft.meant.items() if name != "need"})
        if not self.world.history:
            columns = {name: value for name, value in columns.items() if name not in OLD}
        order = Fulfilment(**{**self.usual(), **columns})
        order.community_id = self.world.community_id
        order.code, order.need_id, order.provider_id = PREFIX, 0, 0
        order.expires_at = clock.now() + timedelta(days=14)
        if self.world.history and order.delivered_on is not None:
            order.state = FulfilmentState.DELIVERED
            order.started_on = order.started_on or order.delivered_on
        return order

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the order ready to be written, with its need and its provider."""
        order, checked = self.row(draft)
        order.provider = Parties.of(self.world).party(draft.meant["provider_name"], bulk)
        order.need = self._need(draft.meant["answers"])
        made = bulk.add(order, "offer", order.state.value, checked=checked, **self.told(draft))
        waiting = self.world.memo.setdefault("codes of orders", [])
        if not waiting:
            bulk.first(lambda: _number(waiting, self.world.community_id))
        waiting.append(made)
        return made

    def _need(self, answers: dict[str, Any]) -> Need:
        if "id" in answers:
            known: Need = self.world.row(Need, answers["id"], self.answerable)
            return known
        written: Need = self.world.memo["rows"][answers["sheet"], answers["row"]]
        return written


def _number(waiting: list[Made], community_id: int) -> None:
    codes = next_codes(db.session(), community_id, PREFIX, clock.today(), len(waiting))
    for made, code in zip(waiting, codes, strict=True):
        made.put("code", code)

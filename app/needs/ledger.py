"""Needs in ledgers: the list of residents' needs (群众需求清单), and the book of appeals (民情台账)."""

from collections.abc import Hashable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final

from flask_babel import gettext
from sqlalchemy import select

from app.accounts.models import Account, Grant
from app.communities.models import Category, Place
from app.core import clock
from app.core.bulk import Bulk, Made
from app.core.codes import next_codes
from app.core.plans import fresh
from app.core.sheets import filling, names, readers, values
from app.core.sheets.book import Cell
from app.core.sheets.boxes import ticked
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason
from app.extensions import db
from app.ledgers.keeper import Keeper
from app.ledgers.world import World, batches
from app.needs import clocks, ledger_states
from app.needs.choices import Channel, NeedKind, NeedState, Urgency, VulnerableGroup
from app.needs.ledger_states import CASE
from app.needs.ledger_words import CHANNELS, GROUPS, KINDS, SATISFACTION, URGENT
from app.needs.models import Need
from app.needs.segments import set_up
from app.needs.service import PREFIX, first_sentence


def _category(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """An unknown word is kept in the words of the ledger, never refused (columns.md)."""
    text = " ".join(ticked(values.text(cell)).split())
    if not text:
        return
    found = sight.find(Category, text) or sight.find(Category, text.removesuffix("类"))
    draft.said[key] = text
    if len(found) == 1:
        draft.meant["category"] = found[0][0]
    else:
        draft.meant["category_text"] = text[:60]
        draft.warn("category_unknown", key, text)


def _satisfaction(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    text = values.half(cell)
    if not text:
        return
    draft.said[key] = text
    points = SATISFACTION.get(text) or (int(text) if text in {"1", "2", "3", "4", "5"} else None)
    if points is not None:
        draft.meant["satisfaction"] = points
    else:
        filling.add(draft, "done_text", text)


_CONTENT = readers.words("text", 5000)
_NOTED: Final = "noted"
"""Under this name a draft keeps what has no column of its own until it stands below the text."""


def _unknown(prefix: str) -> Any:
    return readers.unknown_to(_NOTED, prefix)


SHARED: Final = (
    Column(
        "phone",
        names.phone("reporter_phone"),
        ("联系电话 联系方式 手机 手机号 手机号码 电话 电话号码 移动电话 诉求人电话 反映人电话"),
    ),
    Column(
        "grid",
        readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE),
        "所属网格 网格 网格名称 所在网格 网格编号 片区 所属片区 地点 所属楼栋 楼栋",
    ),
    Column(
        "address",
        readers.line("address", 120),
        (
            "住址 家庭住址 居住地址 现住址 现居住地 常住地址 居住小区 门牌号 地址 详细地址 家庭地址 "
            "楼栋房号 详细住址 现居住地址 所在小区 楼栋门牌"
        ),
    ),
    Column("category", _category, "需求类别 需求类型 类别 诉求类别 诉求类型 问题类别 问题类型 分类 需求分类 诉求分类"),
    Column(
        "source",
        readers.choice("channel", Channel, CHANNELS, otherwise=_unknown("来源：")),
        "来源渠道 来源 收集渠道 反映渠道 渠道",
    ),
    Column(
        "urgency", readers.choice("urgency", Urgency, URGENT, otherwise=_unknown("紧急程度：")), "紧急程度 缓急 优先级"
    ),
    Column("beneficiary", readers.line("beneficiary", 80), "受益人 服务对象 受助人 需求主体 受益对象 需求对象"),
    Column("quantity", readers.count("quantity_asked", 1), "需求数量 数量 人数"),
    Column(
        "vulnerable_group",
        readers.choice("vulnerable_group", VulnerableGroup, GROUPS, otherwise=_unknown("困难群体：")),
        "困难群体 特殊群体 重点人群类别",
    ),
    Column(
        "collector",
        names.name("recorded_by"),
        "收集人 登记人 网格员 采集人 记录人 接件人 收集人员 采集人员 走访人 走访人员 记录人员",
    ),
    Column(
        "handler",
        names.name("handler"),
        (
            "责任人员 责任人 承办人 经办人 负责人 办理人 责任单位 办理责任人 责任人姓名 办理人员 包联干部 "
            "承办单位 对接单位 承接单位"
        ),
    ),
    Column(
        "status",
        ledger_states.read,
        "处理状态 状态 办理情况 办理状态 进展情况 办理进度 是否解决 解决情况 落实情况 完成情况 是否办结 办结情况",
        is_old=True,
    ),
    Column(
        "done_date", readers.day("done_on"), "办结时间 办结日期 完成时间 完成日期 解决时间 解决日期 办结日", is_old=True
    ),
    Column(
        "measures",
        readers.words("done_text", 1000),
        "办理措施 落实措施 处理措施 办理结果 处理过程 解决措施 解决办法 处理办法 办理过程 整改措施",
        is_old=True,
    ),
    Column(
        "feedback",
        _satisfaction,
        "反馈结果 满意度 处理结果 群众满意度 回访结果 是否满意 评价 群众评价 居民评价 回访情况",
        is_old=True,
    ),
    *ledger_states.COLUMNS,
    Column("detail", readers.words("detail", 5000), "详细情况 详细说明 补充说明"),
    Column("remark", readers.noted(_NOTED, "备注："), "备注 说明"),
)


def _finish(draft: Draft, sight: Sight) -> None:
    text, detail = draft.meant.get("text"), draft.meant.pop("detail", None)
    if text is not None:
        draft.meant["title"] = first_sentence(text) or text[:80]
    if detail is not None:
        draft.meant["text"] = detail
    if noted := draft.meant.pop(_NOTED, None):
        draft.meant["text"] = f"{draft.meant.get('text', '')}\n{noted}".strip()
    received, done = draft.said.get("date"), draft.said.get("done_date")
    if received is not None and done is not None and done < received:
        draft.reject(Reason.ORDER, "done_date", done)
    ledger_states.complete(draft, sight)


NEED: Final = Ledger(
    "need",
    "needs",
    "群众需求 需求清单 居民需求 需求",
    (
        Column("code", readers.code("code"), "需求编号 编号 需求编码 事项编号"),
        Column(
            "person",
            names.contact("reporter_name", "reporter_phone"),
            "居民姓名 反映人 需求人 姓名 提出人 申请人 居民 需求人姓名 反映人姓名 群众姓名 联系人",
        ),
        Column(
            "content",
            _CONTENT,
            (
                "需求内容 群众需求 需求 具体需求 需求描述 需求事项 需求详情 需求建议 需求及建议 需求情况 "
                "具体需求内容 居民需求 反映需求"
            ),
            needed=True,
        ),
        Column(
            "date",
            readers.moment("received_at", part=True),
            "登记日期 登记时间 收集日期 反映时间 收集时间 提出时间 日期 采集时间 采集日期 需求提出时间 时间",
        ),
        Column("kind", readers.choice("kind", NeedKind, KINDS, otherwise=_unknown("需求性质：")), "需求性质"),
        *SHARED,
    ),
    sections=("grid", "category"),
    finish=_finish,
)
APPEAL: Final = Ledger(
    "appeal",
    "needs",
    "民情台账 民情 诉求 信访 来访 民情日记",
    (
        Column("code", readers.code("code"), "诉求编号 事项编号 工单号 工单编号"),
        Column(
            "date",
            readers.moment("received_at", part=True),
            (
                "受理时间 反映时间 接件时间 来访时间 受理日期 登记时间 反映日期 日期 诉求时间 来访日期 "
                "来电时间 接访时间 收集时间 收集日期 登记日期 时间"
            ),
        ),
        Column(
            "person",
            names.contact("reporter_name", "reporter_phone"),
            "诉求人 反映人 来访人 投诉人 姓名 当事人 诉求人姓名 反映人姓名 来访人姓名 来访者 来电人 群众姓名 联系人",
        ),
        Column(
            "content",
            _CONTENT,
            (
                "问题内容 反映问题 诉求内容 来访事由 反映内容 问题描述 诉求 事由 反映问题内容 诉求事项 "
                "主要诉求 来访事项 反映事项 主要问题 民情内容 群众诉求 反映情况"
            ),
            needed=True,
        ),
        *SHARED,
    ),
    sections=("grid", "category"),
    finish=_finish,
)


OLD: Final = frozenset(
    {"state", "done_on", "done_text", "satisfaction"} | {column.sets for column in ledger_states.COLUMNS}
)
"""What only an old ledger says, and is left away unless it is taken over as it stood."""


TAKEN_ON: Final = frozenset(NeedState) - {NeedState.REFERRED, NeedState.MERGED, NeedState.REJECTED}
"""The states of which an old ledger says that a need was accepted."""


class NeedKeeper(Keeper):
    """Takes in needs: under the code of the ledger or one of ours; as submitted, or as things stood."""

    model: ClassVar[Any] = Need
    state: ClassVar[Any] = NeedState.SUBMITTED

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once which codes there are, and who works here."""
        super().prefetch(drafts)
        for some in batches(draft.meant["code"] for draft in drafts if "code" in draft.meant):
            wanted = select(Need.code, Need.id).where(Need.community_id == self.world.community_id, Need.code.in_(some))
            self.known.update({("code", code): pk for code, pk in db.session.execute(wanted)})
        self.cases = self._cases(drafts) if self.world.history else {}
        self.hands = _hands(self.world) if self.world.history else {}

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
        said = {name: plain for name, plain in draft.meant.items() if self.world.history or name not in OLD}
        values = {**self.usual(), **self.world.columns(Need, said)}
        if self.ledger.name == APPEAL.name and "kind" not in draft.meant:
            values["kind"] = NeedKind.APPEAL
        values |= {
            "community_id": self.world.community_id,
            "category_id": getattr(values.get("category"), "id", None),
            "code": values.get("code") or PREFIX,
            "title": values.get("title") or first_sentence(values.get("text") or ""),
            "received_at": values.get("received_at") or clock.now(),
            "source_sheet": _source(draft),
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

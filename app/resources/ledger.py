"""Shared resources in ledgers (资源共享清单)."""

import re
from calendar import monthrange
from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any, ClassVar, Final

from sqlalchemy import select

from app.communities.models import Place
from app.core.bulk import Bulk, Made
from app.core.sheets import filling, names, readers, values
from app.core.sheets.book import Cell
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason, Rejected
from app.extensions import db
from app.ledgers.keeper import Keeper
from app.ledgers.world import batches
from app.organizations.ledger import UNIT_ABOVE, Parties
from app.parties.models import Party
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from app.resources.windows import Windows

KINDS: Final = readers.spelled(
    {
        ResourceKind.SERVICE: "服务 服务类",
        ResourceKind.SKILL: "技能 技术 知识",
        ResourceKind.FACILITY: "设备 设施 器材 设施设备 设备设施",
        ResourceKind.VENUE: "阵地 场地 场所 空间",
        ResourceKind.GOODS: "物资 物品 实物",
        ResourceKind.FUND: "资金 经费",
        ResourceKind.PEOPLE: "人才 人力 队伍 人员 志愿者 专家",
    }
)
"""What ledgers call the kinds."""
SAID: Final = {
    ResourceKind.PEOPLE: "人才",
    ResourceKind.FACILITY: "设备",
    ResourceKind.VENUE: "阵地",
    ResourceKind.SERVICE: "服务",
    ResourceKind.SKILL: "技能",
    ResourceKind.GOODS: "物资",
    ResourceKind.FUND: "资金",
}
"""How outsiders call them."""
_WORDS = readers.unknown_to
_MEASURE: Final = re.compile(r"[\d一二两三四五六七八九十百]\s*([\u3400-\u9fff]{1,4}|㎡|[a-zA-Z]{1,3})$")


def _quantity(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """A number with its unit; what is none (若干, 3-5人, 不限) is kept in words."""
    text = values.text(cell)
    try:
        readers.count("quantity", 1, beside=False)(draft, key, cell, sight)
    except Rejected as wrong:
        if wrong.reason is not Reason.NUMBER or not _HAN.search(text):
            raise
        draft.said[key] = text
        draft.warn("quantity_in_words", key, text)
        filling.add(draft, "conditions", f"数量：{text}")
    if found := _MEASURE.search(text):
        draft.meant.setdefault("unit_of_measure", found[1])


def _measure(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """The unit in which something is counted; below 数量/单位 the number stands before it."""
    if values.half(cell)[:1].isdecimal():
        _quantity(draft, "quantity", cell, sight)
    else:
        readers.line("unit_of_measure", 10)(draft, key, cell, sight)


def _until(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """A day; what holds for good has none."""
    text = values.text(cell)
    if text in FOR_GOOD:
        draft.said[key] = text
        return
    last = _last(_YEAR_END.sub(r"\1-12", text), sight)
    if last is not None:
        draft.warn("until_end", key, f"{text} → {last}")
        if values.is_ambiguous_month(cell):
            draft.warn("float_month_ambiguous", key, text)
    readers.day("valid_to", future=True)(draft, key, last or cell, sight)


def _last(text: str, sight: Sight) -> date | None:
    """Return the last day of a month or year; None of what is none."""
    try:
        found = values.day(text, sight.date1904)
    except Rejected:
        return None
    if found is None or found.whole is not None:
        return None
    month = found.month or 12
    return date(found.year, month, monthrange(found.year, month)[1])


_YEAR_END: Final = re.compile(r"^(\d{4})年?(?:年底|底|末|年末)$")


FOR_GOOD: Final = frozenset({"长期", "长期有效", "永久", "永久有效", "不限"})
_HAN: Final = re.compile("[\u3400-\u9fff]")


def _name(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """What a resource is called; where the list only describes it, it is called by the beginning of that."""
    text = values.text(cell)
    if len(text) > LONGEST_NAME and sight.headings.get(key) in _DESCRIBED:
        draft.meant["text"] = text
        cell = f"{text[: LONGEST_NAME - 1]}…"
    _LINE(draft, key, cell, sight)


LONGEST_NAME: Final = 60
_LINE: Final = readers.line("name", LONGEST_NAME)
_DESCRIBED: Final = frozenset({"资源内容", "可提供服务内容", "可提供服务"})


def _finish(draft: Draft, sight: Sight) -> None:
    """What can be counted needs to be said as what; a bare number stands in words until somebody says it."""
    if "quantity" in draft.meant and "unit_of_measure" not in draft.meant and not draft.meant.get("windows"):
        quantity = draft.meant.pop("quantity")
        draft.warn("quantity_bare", "quantity", str(quantity))
        filling.add(draft, "conditions", f"数量：{quantity}")
    if values.are_numbered(draft.meant.get("name", "")):
        draft.warn("several_resources", "name")


LEDGER: Final = Ledger(
    "resource",
    "resources",
    "资源共享 资源清单 共享资源 资源",
    (
        Column(
            "provider",
            readers.line("provider_name", 80),
            (
                "单位名称 提供单位 共建单位 资源单位 提供方 单位 资源提供方 资源提供单位 提供者 "
                "所属单位 共建单位名称 资源提供单位名称 单位/个人 提供单位/个人"
            ),
            needed=True,
            above=UNIT_ABOVE,
        ),
        Column(
            "name",
            filling.filling("name", _name),
            (
                "资源名称 共享资源 资源 资源项目 项目 名称 资源项目名称 服务资源 可共享资源 可提供资源 "
                "资源内容 可提供服务内容 可提供服务"
            ),
            needed=True,
        ),
        Column(
            "category",
            readers.choice("kind", ResourceKind, KINDS, SAID, _WORDS("conditions", "资源类别：")),
            "资源类别 类别 资源类型 类型 分类",
        ),
        Column(
            "content", readers.words("text", 1000), "具体内容 可提供服务内容 服务内容 资源内容 内容 资源描述 可提供服务"
        ),
        Column(
            "open_time",
            readers.worded("windows", Windows, _WORDS("conditions", "可用时间：")),
            "可用时间 开放时间 服务时间 可提供时间 时间 可使用时间 服务时段 开放时段",
        ),
        Column("quantity", _quantity, "数量 规模 可容纳人数"),
        Column("unit_of_measure", filling.filling("unit_of_measure", _measure), "计量单位 数量单位 单位"),
        Column(
            "grid",
            readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE),
            "服务范围 服务网格 所属网格 网格",
        ),
        Column(
            "eligibility", readers.line("eligibility", 120), "服务对象 适用对象 面向对象 受益群体 受益人群 面向人群"
        ),
        Column("conditions", readers.words("conditions", 500), "使用条件 使用要求 使用说明"),
        Column("fee", readers.line("fee", 60), "收费 收费标准 费用"),
        Column(
            "contact",
            names.contact("contact_name", "contact_phone"),
            "联系人 联络员 负责人 单位联系人 联系人姓名 联系人及电话 联系人及联系方式 联络员及电话",
        ),
        Column("phone", names.phone("contact_phone"), "联系电话 联系方式 电话 手机 手机号 手机号码 联系人电话"),
        Column("valid_to", filling.filling("valid_to", _until), "有效期 有效期至 截止日期 截止时间"),
        Column("remark", readers.noted("conditions", "备注："), "备注 说明"),
    ),
    sections=("provider", "category"),
    finish=_finish,
)


class ResourceKeeper(Keeper):
    """Takes in shared resources, as drafts to be reviewed."""

    model: ClassVar[Any] = Resource
    state: ClassVar[Any] = ResourceState.DRAFT

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once for the providers, and what they share already."""
        super().prefetch(drafts)
        parties = Parties.of(self.world)
        parties.prefetch(draft.meant["provider_name"] for draft in drafts)
        for some in batches(draft.meant["name"] for draft in drafts):
            wanted = select(Party.name, Resource.name, Resource.id).join(Party, Party.id == Resource.provider_id)
            here = wanted.where(
                Resource.community_id == self.world.community_id,
                Resource.name.in_(some),
                Resource.archived_at.is_(None),
            )
            self.known.update({(provider, name): pk for provider, name, pk in db.session.execute(here)})

    def natural(self, draft: Draft) -> Hashable | None:
        """A provider shares a thing once."""
        return draft.meant["provider_name"], draft.meant["name"]

    def key(self, draft: Draft) -> str:
        """Provider and name."""
        return "name"

    def complete(self, draft: Draft) -> None:
        """A name several people have is none to go by."""
        parties = Parties.of(self.world)
        name = draft.meant["provider_name"]
        if name in parties.doubtful:
            draft.reject(Reason.AMBIGUOUS, "provider", name)
        elif name not in parties.known:
            draft.warn("provider_made", "provider", name)

    def build(self, draft: Draft) -> Resource:
        """Return the new resource; what can be counted is, what has opening times goes by them."""
        resource: Resource = super().build(draft)
        resource.kind = resource.kind or ResourceKind.SERVICE
        if draft.meant.get("windows"):
            resource.quantity_mode = QuantityMode.SCHEDULED
        elif draft.meant.get("quantity"):
            resource.quantity_mode = QuantityMode.COUNTABLE
        resource.checked_on = self.world.today
        # Whoever it is, the provider is there by the time it is written.
        resource.provider_id = 0
        return resource

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the resource ready to be written, with its provider."""
        provider = Parties.of(self.world).party(draft.meant["provider_name"], bulk)
        row, checked = self.row(draft)
        row.provider = provider
        return bulk.add(row, "register", self.state.value, checked=checked, **self.told(draft))

"""Units in ledgers, and the providers other ledgers name: one nobody knows yet is made, and shown before."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from sqlalchemy import select

from app.communities.models import Place
from app.core.bulk import Bulk, Made
from app.core.sheets import names, readers
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason
from app.extensions import db
from app.ledgers.keeper import MERGE, SAME, NamedKeeper
from app.ledgers.world import World, batches, widely
from app.organizations.choices import UnitKind, UnitState
from app.organizations.models import Organization
from app.parties.models import Party, PartyKind

KINDS: Final = readers.spelled(
    {
        UnitKind.PARTY_UNIT: "机关 党政机关 机关单位 党政 行政机关 行政单位 机关事业单位",
        UnitKind.DEPARTMENT: "事业单位 职能部门 部门 事业",
        UnitKind.ENTERPRISE: "企业 国企 国有企业 公司 民营企业 金融机构 银行 非公企业",
        UnitKind.PROPERTY: "物业 物业公司 物业企业",
        UnitKind.SOCIAL_ORG: "社会组织 协会",
        UnitKind.HOSPITAL: "医院 医疗机构 卫生",
        UnitKind.SCHOOL: "学校 教育",
        UnitKind.MERCHANT: "商户 商家 个体工商户",
        UnitKind.MEDIA: "媒体",
        UnitKind.COMMUNITY: "社区 居委会",
    }
)
"""What ledgers call the kinds of units."""
_ENDINGS: Final = readers.spelled(
    {
        UnitKind.SCHOOL: "学校 小学 中学 幼儿园",
        UnitKind.HOSPITAL: "医院 卫生院",
        UnitKind.PROPERTY: "物业 物业公司",
        UnitKind.ENTERPRISE: "支行 公司",
        UnitKind.SOCIAL_ORG: "协会",
        UnitKind.DEPARTMENT: "局 派出所",
    }
)


UNIT_ABOVE: Final = re.compile(
    r".{1,30}(?:局|委|办|法院|检察院|公司|银行|支行|学校|小学|中学|大学|幼儿园|医院|卫生院|院|所|站|中心|集团|支部|党委|协会|超市|物业)"
)
"""How the name of a unit looks where it stands above those who belong to it."""


def kind_of(name: str) -> UnitKind:
    """Return what kind of unit one is by its name alone."""
    return next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), UnitKind.OTHER)


# -- providers of other ledgers -------------------------------------------------------------------------------------


class Parties:
    """The parties of a community by name, as the rows of ledgers mean them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: dict[str, int] = {}
        self.doubtful: set[str] = set()
        self._made: dict[str, Organization] = {}

    @classmethod
    def of(cls, world: World) -> "Parties":
        """Return the one all ledgers share that are read together."""
        found: Parties = world.memo.setdefault(cls, cls(world))
        return found

    def prefetch(self, names: Iterable[str]) -> None:
        """Ask once for all names; a unit or a team goes before a person of the same name."""
        with widely():
            for some in batches(names):
                wanted = select(Party.name, Party.id, Party.kind).where(
                    Party.community_id == self.world.community_id, Party.name.in_(some), Party.archived_at.is_(None)
                )
                people: dict[str, list[int]] = {}
                for name, pk, kind in db.session.execute(wanted):
                    if kind is PartyKind.PERSON:
                        people.setdefault(name, []).append(pk)
                    else:
                        self.known[name] = pk
                self.known |= {name: ids[0] for name, ids in people.items() if len(ids) == 1 and name not in self.known}
                self.doubtful |= {name for name, ids in people.items() if len(ids) > 1 and name not in self.known}

    def party(self, name: str, bulk: Bulk) -> Party:
        """Return the party of a name; a unit nobody knew is made ready to be written."""
        if name in self.known:
            with widely():
                found: Party = self.world.row(Party, self.known[name], self.known.values())
            return found
        if name not in self._made:
            unit = Organization(name=name, kind=kind_of(name), community_id=self.world.community_id)
            self._made[name] = unit
            bulk.add(unit, freely=True)
        return self._made[name].party

    def made(self, unit: Organization) -> None:
        """Know a unit that is being made by its own ledger."""
        self._made[unit.name] = unit


# -- the ledger of units --------------------------------------------------------------------------------------------


HEAD_PHONE: Final = "head_phone"
"""Under this name a draft keeps the number of the head, which is asked for where no other one stands."""


def _finish(draft: Draft, sight: Sight) -> None:
    number, _said = draft.meant.pop(HEAD_PHONE, None), draft.said.pop(HEAD_PHONE, None)
    if number is not None:
        names.phone("contact_phone")(draft, "phone", number, sight)
    if draft.said.get("report_date") and draft.said.get("end_date", "9") < draft.said["report_date"]:
        draft.reject(Reason.ORDER, "end_date", draft.said["end_date"])


def _kind(draft: Draft, key: str, text: str) -> None:
    draft.warn("enum_unknown", key, text)
    draft.meant["kind"] = UnitKind.OTHER.value


LEDGER: Final = Ledger(
    "unit",
    "units",
    "报到单位 共建单位 单位 驻区单位 双报到单位",
    (
        Column(
            "name",
            readers.line("name", 80),
            ("单位名称 报到单位 驻区单位 共建单位 党组织名称 单位 单位全称 报到单位名称 名称 企业名称"),
            needed=True,
        ),
        Column(
            "nature",
            readers.choice("kind", UnitKind, KINDS, otherwise=_kind),
            "单位性质 单位类型 性质 类型 单位类别 单位属性 单位性质类别",
        ),
        Column("credit_code", readers.code("credit_code", 18), "统一社会信用代码 社会信用代码 信用代码"),
        Column(
            "leader",
            names.contact("head_name", HEAD_PHONE, said=HEAD_PHONE),
            (
                "负责人 党组织书记 党组织负责人 书记 单位负责人 党组织书记姓名 主要负责人 负责人姓名 "
                "党组织负责人姓名 主要负责人姓名"
            ),
        ),
        Column(
            "contact",
            names.contact("contact_name", "contact_phone"),
            "联系人 联络员 单位联系人 联络人 联络员姓名 联系人姓名 联系人及电话 联系人及联系方式 联络员及电话",
        ),
        Column(
            "phone",
            names.phone("contact_phone"),
            "联系电话 联系方式 电话 手机 手机号 联系人电话 联络人电话 联络员电话 负责人电话",
        ),
        Column("members", readers.count("member_count"), "党员人数 党员数 在职党员数 在职党员人数 报到党员数 党员总数"),
        Column("party_org", readers.line("party_org", 80), "所属党组织 上级党组织 单位党组织 党支部名称"),
        Column(
            "grid",
            readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE),
            "所属网格 网格 所在网格 报到网格",
        ),
        Column("report_date", readers.day("reported_on", part=True), "报到日期 报到时间 登记日期 登记时间"),
        Column("address", readers.silent, "地址 单位地址"),
        Column("remark", readers.silent, "备注 说明"),
    ),
    sections=("grid",),
    finish=_finish,
)

BLANK: Final = (None, "", UnitKind.OTHER)
"""What a unit says where nothing is known of it."""


class UnitKeeper(NamedKeeper):
    """Takes in units; who has a day of reporting in has reported in."""

    model: ClassVar[Any] = Organization

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once for the units there are that the rows name."""
        super().prefetch(drafts)
        self.world.ask(Organization, [self.known.get(self.natural(draft)) for draft in drafts])

    def meet(self, draft: Draft, pk: int) -> None:
        """Compare with the unit there is; a unit known only by name has its blanks filled in."""
        super().meet(draft, pk)
        unit = self.world.row(Organization, pk)
        if unit is None:
            return
        fill = {}
        for column, value in self.world.columns(Organization, draft.meant).items():
            old = getattr(unit, column)
            if old in BLANK:
                fill[column] = draft.meant[column]
            elif old != value and column != "kind":
                draft.conflicts.append(draft.keys.get(column, column))
        draft.meant["fill"] = {name: value for name, value in fill.items() if value not in (None, UnitKind.OTHER.value)}
        draft.action = MERGE if draft.meant["fill"] or draft.conflicts else SAME

    def build(self, draft: Draft) -> Organization:
        """Return the new unit."""
        unit: Organization = super().build(draft)
        unit.kind = unit.kind or kind_of(unit.name or "")
        unit.state = UnitState.REPORTED_IN if unit.reported_on is not None else None
        return unit

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the unit ready to be written; other ledgers may name it."""
        made = super().add(draft, bulk)
        Parties.of(self.world).made(made.row)
        return made

    def merge(self, drafts: Sequence[Draft]) -> Iterable[tuple[Draft, Any, dict[str, Any]]]:
        """Fill in what the units leave blank; what a row above has filled in is left as it is."""
        for draft in drafts:
            fill = draft.meant.get("fill") if draft.verdict == "duplicate" and not draft.along else None
            if fill and draft.same_as and "id" in draft.same_as:
                unit = db.session.get_one(Organization, draft.same_as["id"])
                before = {name: getattr(unit, name) for name in fill if getattr(unit, name) in BLANK}
                for name, value in self.world.columns(Organization, {name: fill[name] for name in before}).items():
                    setattr(unit, name, value)
                if before and unit.reported_on is not None and unit.state is None:
                    unit.state = UnitState.REPORTED_IN
                if before:
                    yield draft, unit, before

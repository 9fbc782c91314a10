"""Members who report in, in ledgers (双报到在职党员花名册)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from app.core.bulk import Bulk, Made
from app.core.sheets import readers, spans, values
from app.core.sheets.book import Cell
from app.core.sheets.filling import add, filling
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason
from app.organizations.ledger import UNIT_ABOVE, Parties
from app.people.choices import Political
from app.people.ledger import GRID, HOME, PERSON, SECTIONS, finish
from app.people.ledger_groups import BOXES
from app.people.meeting import OfPeople
from app.registrations.choices import MemberState
from app.registrations.kinds import PostKinds
from app.registrations.models import Member
from app.volunteers.ledger import held


def _posts(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    found = values.items(cell)
    if found:
        draft.said[key] = found
        kinds = PostKinds.read("、".join(found)[:200])
        draft.meant["service_posts"] = kinds.plain() if kinds is not None else None


def _unit(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """The unit of a member; below 单位及职务 without what its people call themselves, where that can be told apart."""
    text = _SEALED.sub("", values.text(cell))
    above = [one for one in sight.subjects if UNIT_ABOVE.fullmatch(one)]
    if text and above and text not in above and _BRANCH.search(sight.headings.get(key, "")):
        # In which of its branches somebody is; the unit itself stands above.
        add(draft, "remark", f"党组织：{text}")
        return
    if _NOWHERE.fullmatch(text):
        draft.meant.setdefault("job", text)
        return
    found = _OF_UNIT.fullmatch(" ".join(text.split())) if "职务" in sight.headings.get(key, "") else None
    _UNIT(draft, key, found[1] if found is not None else text, sight)
    if found is not None:
        draft.said.setdefault("job", found[2])
        draft.meant.setdefault("job", found[2])


_NOWHERE: Final = re.compile("[已离]?退休|离退休|无业|待业|务农|自由职业者?|灵活就业|自主择业")
"""What people write below 单位 who work for none."""
_SEALED: Final = re.compile(r"\s*[(（](?:加?盖公?章|公?章)[)）]$")
_BRANCH: Final = re.compile("党组织|支部")
_UNIT: Final = readers.line("unit_says", 80)
_OF_UNIT: Final = re.compile(
    r"(.{1,30}?(?:局|委员会|区委|市委|办公室|法院|检察院|公司|银行|支行|学校|小学|中学|大学|幼儿园|医院|卫生院|中心|集团|"
    r"协会|政府|街道|办事处|派出所))[\s/、,，]*((?!分局|支行|分行|工会)[^\s]{0,10}"
    r"(?:长|员|主任|书记|干部|经理|师|护士|主管|科级|法官|检察官|会计|出纳|民警))"
)
"""区财政局预算科科长: the unit, and what somebody is there."""


def _finish(draft: Draft, sight: Sight) -> None:
    finish(draft, sight)
    joined, reported = draft.said.get("party_date"), draft.said.get("report_date")
    if joined is not None and reported is not None and spans.is_before(reported, joined):
        draft.reject(Reason.ORDER, "report_date", reported)
    draft.meant.setdefault("political", Political.PARTY_MEMBER.value)


def _party(column: Column) -> Column:
    """In lists of members the sort of person is whether they are on probation."""
    return replace(column, said=f"{column.said} 人员类别 党员类别 党员类型")


LEDGER: Final = Ledger(
    "member",
    "members",
    "在职党员 双报到 报到党员 党员花名册 党员",
    (
        Column(
            "unit",
            filling("unit_says", _unit),
            (
                "单位 工作单位 所在单位 单位名称 单位(全称) 所在党组织 所在党支部 组织关系所在党支部 "
                "报到单位 单位全称 单位及职务 工作单位及职务 单位职务 所在单位及职务 派出单位"
            ),
            needed=True,
            above=UNIT_ABOVE,
        ),
        *(_party(column) if column.key == "political" else column for column in PERSON),
        GRID,
        *HOME,
        Column("party_date", readers.day("party_joined_on", part=True), "入党时间 入党日期 入党年月 入党日"),
        Column("posts", _posts, "认领岗位 岗位认领 服务岗位 认领服务岗位 意向岗位 认领项目 服务意向 志愿服务意向"),
        Column("skills", readers.parts("skills", "、"), "特长 技能 专长 个人专长 专业特长 特长技能 专业技能"),
        Column("report_date", readers.day("reported_on", part=True), "报到时间 报到日期 登记日期 报到日"),
    ),
    several=frozenset({"tags", "phone2"}),
    boxes=BOXES,
    sections=("unit", *SECTIONS),
    surely="在职党员 双报到 报到党员 党员报到 党员到社区报到 党员进社区",
    own=frozenset({"party_date", "posts", "report_date"}),
    finish=_finish,
)


class MemberKeeper(OfPeople):
    """Takes in members, as reported in; the office receives them."""

    model: ClassVar[Any] = Member
    state: ClassVar[Any] = MemberState.REPORTED_IN

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once for the units, and which people are members already."""
        super().prefetch(drafts)
        Parties.of(self.world).prefetch(draft.meant["unit_says"] for draft in drafts)
        self.known.update(held(Member, self))

    def complete(self, draft: Draft) -> None:
        """Say which units will be made."""
        name = draft.meant["unit_says"]
        if name not in Parties.of(self.world).known and not self._stands_in_the_file(name):
            draft.warn("provider_made", "unit", name)

    def _stands_in_the_file(self, name: str) -> bool:
        known = self.world.memo.get("units of the file")
        if known is None:
            units = (one for one in self.world.drafts.values() if one.ledger == "unit" and not one.troubles)
            known = self.world.memo["units of the file"] = {one.meant.get("name") for one in units}
        return name in known

    def build(self, draft: Draft) -> Member:
        """Return the new registration, whose person and unit are there by the time it is written."""
        member = Member(**self.world.columns(Member, draft.meant))
        member.community_id = self.world.community_id
        member.person_id = member.unit_id = 0
        member.state = self.state
        member.reported_on = member.reported_on or self.world.today
        return member

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the registration ready to be written, with person and unit."""
        member, checked = self.row(draft)
        member.person = self.people.party(draft, bulk)
        member.unit = Parties.of(self.world).party(draft.meant["unit_says"], bulk)
        return bulk.add(member, "register", self.state.value, checked=checked, **self.told(draft))

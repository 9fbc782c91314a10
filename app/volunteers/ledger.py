"""Volunteers in ledgers (志愿者信息登记表)."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from sqlalchemy import select

from app.core import clock
from app.core.bulk import Bulk, Made
from app.core.codes import next_codes
from app.core.sheets import filling, readers, values
from app.core.sheets.book import Cell
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.extensions import db
from app.ledgers.world import batches, widely
from app.organizations.models import Team
from app.parties.models import Party
from app.people.ledger import GRID, HOME, PERSON, SECTIONS, UNIT, finish
from app.people.ledger_groups import BOXES
from app.people.meeting import OfPeople
from app.volunteers.availability import Availability
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer
from app.volunteers.service import PREFIX
from app.volunteers.skills import BY_CODE, TREE

_BY_WORD: Final = {
    **{word: skill.code for skill in BY_CODE.values() for word in skill.text.split()},
    **{group: skills[0].code for group, skills in TREE.items() if len(skills) == 1},
}
"""The skill a word means; that of a whole group is too little to tick all of it."""


def _skills(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Tick what the tree of skills knows, and keep the rest in words."""
    said = values.items(cell)
    if not said:
        return
    draft.said[key] = said
    codes = [_BY_WORD[word] for word in said if word in _BY_WORD]
    if codes:
        order = list(BY_CODE)
        draft.meant["skills"] = sorted(set(codes), key=order.index)
    if others := [word for word in said if word not in _BY_WORD]:
        draft.meant["skill_text"] = "、".join(others)[:200]


def _team(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    text = " ".join(values.text(cell).split())
    if not text:
        return
    draft.said[key] = text
    found = sight.find(Team, text)
    if len(found) == 1:
        draft.meant["teams"] = [found[0][0]]
    else:
        draft.warn("team_unknown", key, text)
        filling.add(draft, "intentions", f"所属队伍：{text}")


LEDGER: Final = Ledger(
    "volunteer",
    "volunteers",
    "志愿者 志愿服务 志愿者信息 志愿者花名册",
    (
        *PERSON,
        UNIT,
        GRID,
        *HOME,
        Column("number", readers.noted("remark", "志愿者编号："), "志愿者编号 志愿者号 注册号"),
        Column(
            "registered",
            readers.day("registered_on", part=True),
            "注册日期 登记日期 注册时间 登记时间 加入时间 登记日 入队时间 加入日期",
        ),
        Column(
            "team",
            _team,
            "所属队伍 志愿服务队 服务队 所属组织 队伍 志愿队伍 志愿者队伍 所在队伍 团队",
            above=re.compile("(?!(?:社区)?志愿(?:者|服务)?(?:服务)?(?:队|队伍|团队)$).{2,18}(?:队|团队|队伍)"),
        ),
        Column(
            "skills",
            _skills,
            "特长 技能 专长 个人专长 专业特长 特长技能 专业技能 特长爱好 爱好特长 兴趣特长 兴趣爱好 服务特长",
        ),
        Column(
            "available",
            readers.worded("availability", Availability, readers.unknown_to("intentions", "可服务时间：")),
            "可服务时间 服务时间 可参加服务时间 空闲时间 服务时段 可服务时段 方便时间",
        ),
        Column(
            "intention",
            readers.parts("intentions", "、"),
            "服务意向 服务类别 志愿服务项目 服务意愿 意向 服务意向类别 意向服务 意向服务项目 意向服务类别",
        ),
        Column("insurance_until", readers.day("insurance_until", future=True), "保险到期 保险截止日期 保险有效期"),
        Column("hours", readers.silent, "服务时长 累计时长 时长 志愿时长", is_old=True),
        Column("points", readers.silent, "积分 核定积分", is_old=True),
    ),
    several=frozenset({"tags", "phone2"}),
    boxes=BOXES,
    sections=(*SECTIONS, "team"),
    finish=finish,
)


class VolunteerKeeper(OfPeople):
    """Takes in volunteers, as applied; the coordinator admits them."""

    model: ClassVar[Any] = Volunteer
    state: ClassVar[Any] = VolunteerState.APPLIED

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once which people are volunteers already."""
        super().prefetch(drafts)
        self.known.update(held(Volunteer, self))

    def build(self, draft: Draft) -> Volunteer:
        """Return the new volunteer, whose person is there by the time the row is written."""
        meant = {name: value for name, value in draft.meant.items() if name not in ("place", "guardian_name")}
        volunteer = Volunteer(**self.world.columns(Volunteer, meant))
        volunteer.community_id, volunteer.person_id = self.world.community_id, 0
        volunteer.state, volunteer.number = self.state, PREFIX
        volunteer.guardian = draft.meant.get("guardian_name")
        volunteer.registered_on = volunteer.registered_on or self.world.today
        return volunteer

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the volunteer ready to be written, with the person; a number comes when the transaction begins."""
        volunteer, checked = self.row(draft)
        volunteer.person = self.people.party(draft, bulk)
        made = bulk.add(volunteer, "register", self.state.value, checked=checked, **self.told(draft))
        serve(volunteer.person, bulk)
        waiting = self.world.memo.setdefault("numbers of volunteers", [])
        if not waiting:
            bulk.first(lambda: _number(waiting, self.world.community_id))
        waiting.append(made)
        return made


def held(model: Any, keeper: OfPeople) -> dict[Any, int]:
    """Return the rows of a list by the person they are about, of the people known to the rows read together."""
    found: dict[Any, int] = {}
    with widely():
        for some in batches(keeper.people.known_ids()):
            wanted = select(model.person_id, model.id).where(
                model.community_id == keeper.world.community_id, model.person_id.in_(some)
            )
            found |= {(("id", person),): pk for person, pk in db.session.execute(wanted)}
    return found


def serve(party: Party, bulk: Bulk) -> None:
    """Let who works with volunteers read the name of a new one."""
    if party.id is None:
        bulk.patch(party, serves=True)
    else:
        pk = party.id
        bulk.last(lambda: _let_serve(pk))


def _let_serve(pk: int) -> None:
    party = db.session.get_one(Party, pk)
    party.serves = True


def _number(waiting: list[Made], community_id: int) -> None:
    codes = next_codes(db.session(), community_id, PREFIX, clock.today(), len(waiting))
    for made, code in zip(waiting, codes, strict=True):
        made.put("number", code)
        made.put("sought", made.row.found_by())

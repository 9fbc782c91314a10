"""Grid staff in ledgers (网格员、楼栋长名册): one person may stand there with several posts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from sqlalchemy import select

from app.communities.models import Place, PlaceKind
from app.core.bulk import Bulk, Made
from app.core.sheets import readers, values
from app.core.sheets.filling import add, filling
from app.core.sheets.headings import NUMERALS
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason
from app.extensions import db
from app.ledgers.keeper import conflicts
from app.ledgers.world import batches, widely
from app.parties.models import Party
from app.people.ledger import HOME, PERSON, finish
from app.people.meeting import WHO, OfPeople
from app.people.models import Person
from app.posts.choices import WIDE, PostDuty
from app.posts.models import Post, post_place

SECOND: Final = "second_post"
"""What is done with a row of somebody who has another post: it is a post of the same person."""

DUTIES: Final = readers.spelled(
    {
        PostDuty.GRID_LEAD: "网格长 网格党支部书记",
        PostDuty.GRID_WORKER: "专职网格员 网格员 专职",
        PostDuty.PART_TIME: "兼职网格员 兼职 企业兼职网格员",
        PostDuty.BUILDING_HEAD: "楼栋长 楼长 栋长",
        PostDuty.UNIT_HEAD: "单元长",
        PostDuty.AREA_LEAD: "片长 片区长",
        PostDuty.LANE_HEAD: "巷长 巷邻长 邻长",
        PostDuty.PARTY_GROUP_LEAD: "党小组长 党小组组长",
        PostDuty.MEDIATOR: "调解员 人民调解员",
        PostDuty.DELEGATE: "居民代表 代表",
        PostDuty.CADRE: "两委干部 社区干部",
        PostDuty.COMMUNITY_WORKER: "社区工作者 专职社工",
        PostDuty.COMPOUND_MANAGER: "小区管家 小区长",
    }
)
"""What ledgers call the duties."""
SAID: Final = {
    PostDuty.GRID_LEAD: "网格长",
    PostDuty.GRID_WORKER: "专职网格员",
    PostDuty.PART_TIME: "兼职网格员",
    PostDuty.BUILDING_HEAD: "楼栋长",
    PostDuty.UNIT_HEAD: "单元长",
}
"""How outsiders call them."""


def _finish(draft: Draft, sight: Sight) -> None:
    finish(draft, sight)
    _tell_whether_wholly(draft)
    after = _looked_after(draft)
    if after and "grid" not in draft.at and "places" not in draft.meant:
        _follow(draft, after, sight)
    if "compound" in draft.said or "entrance" in draft.said:
        whole = "、".join(words[0] for words in after)
        draft.meant["scope"] = draft.said["scope"] = whole[:LONGEST_SCOPE]
    if "places" not in draft.meant and not draft.troubles and draft.meant.get("duty") not in NEEDS_NONE:
        draft.reject(Reason.MISSING, "grid")


LONGEST_SCOPE: Final = 120
NEEDS_NONE: Final = frozenset(duty.value for duty in WIDE)


def _looked_after(draft: Draft) -> list[tuple[str, ...]]:
    """Return the buildings somebody looks after, each by the words it may be known by: with its unit, and without."""
    before, behind = draft.said.get("compound", ""), _called(draft.said.get("entrance", ""), "单元")
    buildings = [_called(one, "栋") for one in values.parts(draft.said.get("scope"))] or [""]
    several = [(f"{before}{one}{behind}", f"{before}{one}") for one in buildings]
    return [words for one in several if (words := tuple(dict.fromkeys(filter(None, one))))]


def _called(said: str, sort: str) -> str:
    return f"{said}{sort}" if _BARE.fullmatch(said) else said


_BARE: Final = re.compile(r"[0-9]{1,3}[A-Za-z]?|[A-Za-z]")
"""What stands below 楼栋 or 单元 where only its number is written."""


def _follow(draft: Draft, after: Sequence[tuple[str, ...]], sight: Sight) -> None:
    """Let the places of a post be what somebody looks after, where no column names a place; the grid follows."""
    found = [next((one for said in words if (one := sight.find(Place, said))), ()) for words in after]
    unknown = next((words[0] for words, one in zip(after, found, strict=True) if len(one) != 1), None)
    if unknown is None:
        draft.meant["places"] = list(dict.fromkeys(one[0][0] for one in found))
        draft.said["grid"] = _grid_of(*found[0][0])
    elif draft.meant.get("duty") not in NEEDS_NONE:
        draft.reject(Reason.PLACE, "scope" if "scope" in draft.at else "compound", unknown)


def _grid_of(pk: int, called: str) -> str:
    """Return the name of the grid a place lies in, or of the place itself where it lies in none."""
    place = db.session.get(Place, pk)
    while place is not None:
        if place.kind is PlaceKind.GRID:
            return place.name
        place = place.parent
    return called


def _place(draft: Draft, key: str, cell: Any, sight: Sight) -> None:
    several = _listed(values.text(cell), sight)
    found = [Draft("", 0, "") for _one in several]
    for one, words in zip(found, several, strict=True):
        readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE)(one, key, words, sight)
    known = [one for one in found if one.said]
    if known:
        draft.said[key] = "、".join(one.said[key] for one in known)
        draft.meant["places"] = list(dict.fromkeys(one.meant["place"] for one in known))
        draft.keys["places"] = key


def _listed(text: str, sight: Sight) -> list[str]:
    """Return the places a cell names: 第一网格、第二网格, and 第一、二网格."""
    parts = values.parts(text)
    if len(parts) < SEVERAL or sight.find(Place, text):
        return [text]
    sort = _SORT.search(parts[-1])
    return [f"{one}{sort[0]}" if sort and _UNSAID.fullmatch(one) else one for one in parts]


SEVERAL: Final = 2
_SORT: Final = re.compile("(?:微?网格|片区|小区|楼栋|号楼|栋|幢|单元)$")
_UNSAID: Final = re.compile(f"第?[0-9{NUMERALS}]{{1,3}}")


_DUTY: Final = readers.choice("duty", PostDuty, DUTIES, SAID)


def _role(draft: Draft, key: str, cell: Any, sight: Sight) -> None:
    """A duty, also behind the place it is for: 第一网格网格长."""
    whole = values.half(cell)
    text = _first_of(whole)
    duty = max((one for one in DUTIES if text.endswith(one)), key=len, default="")
    before = text.removesuffix(duty).strip() if duty else ""
    if before in _FORMER:
        raise values.Rejected(Reason.CHOICE, whole)
    _DUTY(draft, key, duty or cell, sight)
    # 第一网格网格长, and shorter 第一网格长.
    named = [words for words in (before, f"{before}网格") if before and len(sight.find(Place, words)) == 1]
    if named and "grid" not in draft.said:
        _place(draft, "grid", named[0], sight)
    elif before and not named and before not in _SORTS:
        add(draft, "remark", whole)
        return
    if text != whole:
        add(draft, "remark", whole)


def _first_of(text: str) -> str:
    """Return the duty that is named first where another one, which the list does not know, stands behind 兼."""
    first = _ALSO.split(text)[0].strip()
    return first if any(first.endswith(one) for one in DUTIES) else text


_ALSO: Final = re.compile(r"(?<=[长员人])\s*兼(?!职)任?\s*(?=.)")


def _wholly(draft: Draft, key: str, cell: Any, sight: Sight) -> None:
    """Whether somebody has no other work, where the duty itself stands in a column of its own."""
    if text := values.half(cell):
        draft.said[key] = text


WHOLLY: Final = "是否专职 专兼职 专/兼职 专职/兼职 专职兼职 专职或兼职"
"""Headings over 专职 or 兼职, which is the duty where no other column says it."""


def _tell_whether_wholly(draft: Draft) -> None:
    """Let 兼职 in a column of its own make a part-time one of a grid worker; of other duties it is a note."""
    said = draft.said.get("wholly", "")
    duty = draft.meant.get("duty")
    if duty == PostDuty.GRID_WORKER.value and (said.startswith("兼") or said.upper() in values.NO):
        draft.meant["duty"], draft.said["role"] = PostDuty.PART_TIME.value, SAID[PostDuty.PART_TIME]
    elif said and duty not in (PostDuty.GRID_WORKER.value, PostDuty.PART_TIME.value):
        add(draft, "remark", f"专兼职：{said}")


_FORMER: Final = frozenset({"原", "前", "原任", "前任", "曾任"})
"""Before what somebody no longer is."""
_SORTS: Final = frozenset({"社区", "小区", "专职", "兼职", "企业", "义务"})


def _named(column: Column) -> Column:
    """In lists of one duty the name stands under what the duty is called."""
    duties = (
        "楼栋长 单元长 网格长 巷邻长 片长 网格员 专职网格员 兼职网格员 楼长 栋长 片区长 巷长 邻长 党小组长 "
        "调解员 人民调解员 居民代表 小区管家 小区长"
    )
    if column.key == "name":
        return replace(column, said=f"{column.said} {duties}")
    # Where somebody lives is said in other words than what they look after.
    homes = " ".join(word for word in column.words if word != "小区")
    return replace(column, said=homes) if column.key == "address" else column


LEDGER: Final = Ledger(
    "grid_staff",
    "posts",
    "网格员 楼栋长 网格长 网格人员 网格队伍 网格工作 网格力量 单元长 巷邻长",
    (
        *(_named(column) for column in PERSON if column.key != "job"),
        *(column for column in HOME if column.key not in ("tags", "door", "door_building", "door_unit")),
        Column(
            "grid",
            _place,
            (
                "网格 所属网格 网格名称 所在网格 网格编号 片区 所属片区 负责网格 管辖网格 责任网格 包联网格 "
                "包保网格 所辖网格 服务网格"
            ),
        ),
        Column(
            "role",
            filling("duty", _role),
            (
                "岗位 职务 人员类型 网格职务 身份 岗位类别 类别 角色 网格岗位 担任职务 岗位名称 人员类别 "
                f"岗位职务 职务岗位 岗位/职务 职务/岗位 网格岗位职务 职务名称 所任职务 {WHOLLY}"
            ),
            needed=True,
        ),
        Column("wholly", _wholly, WHOLLY),
        Column(
            "scope",
            readers.line("scope", LONGEST_SCOPE),
            (
                "管辖范围 负责楼栋 负责区域 楼栋 责任区域 负责范围 管辖楼栋 楼栋号 楼号 栋号 楼栋名称 所属楼栋 "
                "所在楼栋 责任楼栋 包联楼栋 服务楼栋"
            ),
        ),
        Column("compound", readers.line(), "小区 小区名称 所属小区 负责小区 管辖小区 服务小区 责任小区"),
        Column("entrance", readers.line(), "单元 单元号 负责单元 管辖单元 责任单元"),
        Column(
            "households", readers.count("households", 0, 100_000), "户数 管辖户数 负责户数 联系户数 管理户数 服务户数"
        ),
        Column("company", readers.line("company", 80), "所属企业 单位 所属公司 工作单位 企业名称"),
        Column(
            "from",
            readers.day("since", part=True),
            "任职时间 上岗时间 任职日期 开始时间 聘任时间 入职时间 聘用时间 任职起始时间 到岗时间",
        ),
        Column("to", readers.day("until", future=True), "离任时间 离岗时间 结束时间 聘期至", is_old=True),
    ),
    several=frozenset({"phone2"}),
    sections=("role", "grid"),
    finish=_finish,
)


class PostKeeper(OfPeople):
    """Takes in posts; the second post of somebody is theirs, and the same one is not written again."""

    model: ClassVar[Any] = Post

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once which posts the people have who are known."""
        super().prefetch(drafts)
        self.posts: dict[tuple[int, str], set[int]] = {}
        with widely():
            for some in batches(self.people.known_ids()):
                wanted = select(Post.person_id, Post.duty, post_place.c.place_id, Post.id).outerjoin(
                    post_place, post_place.c.post_id == Post.id
                )
                here = Post.community_id == self.world.community_id, Post.person_id.in_(some), Post.in_force()
                for person, duty, place, pk in db.session.execute(wanted.where(*here)):
                    self.known[(("id", person),), duty.value, place] = pk
                    self.posts.setdefault((person, duty.value), set()).add(place)

    def natural(self, draft: Draft) -> Any:
        """Somebody has a duty at a place once."""
        place = next(iter(draft.meant.get("places", [])), None)
        return tuple(sorted(draft.meant[WHO].items())), draft.meant.get("duty"), place

    def judge(self, draft: Draft) -> None:
        """A row of somebody who stands above with another post is a second post."""
        super().judge(draft)
        who = draft.meant[WHO]
        first = self.world.drafts.get((who["sheet"], who["row"])) if "row" in who else None
        if draft.verdict == "accepted" and first is not None and first is not draft and first.verdict == "accepted":
            draft.same_as = {"sheet": first.sheet, "row": first.row}
            draft.action, draft.key = SECOND, self.key(draft)
            names = {"name", "gender", "birth", "id_number", "phone"}
            draft.conflicts = [name for name in conflicts(first.said, draft.said) if name in names]

    def build(self, draft: Draft) -> Post:
        """Return the new post, whose holder is there by the time it is written."""
        meant = {name: value for name, value in draft.meant.items() if name != "until" or self.world.history}
        post = Post(**self.world.columns(Post, meant))
        post.community_id, post.person_id = self.world.community_id, 0
        post.since = post.since or self.world.today
        post.gives_role = False
        post.from_ledger = True  # type: ignore[misc]  # of this row, not of all
        return post

    def write(self, drafts: Sequence[Draft], bulk: Bulk) -> Any:
        """Write second posts too."""
        for draft in drafts:
            if (draft.verdict == "accepted" or draft.action == SECOND) and self.is_asked(draft):
                yield draft, self.add(draft, bulk)

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the post ready to be written, with its holder, whose name everybody of the community may then read."""
        post, checked = self.row(draft)
        post.person = self.people.party(draft, bulk, appointed=True)
        if post.person.id is not None:
            pk = post.person.id
            bulk.last(lambda: _let_be_known(pk))
        return bulk.add(post, "register", None, checked=checked, **self.told(draft))


def _let_be_known(pk: int) -> None:
    person, party = db.session.get_one(Person, pk), db.session.get_one(Party, pk)
    person.appointed = party.known = True

"""People in ledgers: the columns that say who somebody is, and what a whole row of them says (收表约定 7)."""

import re
from functools import cache
from typing import Any, Final

from app.communities.models import Place, PlaceKind
from app.core.fields import Labelled, NotUnderstood
from app.core.sheets import filling, names, readers, values
from app.core.sheets.book import Cell
from app.core.sheets.ledger import Column, Draft, Sight
from app.core.sheets.readers import Spellings
from app.core.sheets.values import Reason
from app.people import identity
from app.people.birth import Birth
from app.people.choices import SPELLINGS, Education, Marital, Political, Relation, Residence, Sex
from app.people.ethnic import Ethnic
from app.people.identity import Identity, IdType
from app.people.ledger_groups import GROUP
from app.people.rules import ADULT, UNSAID

REASONS: Final = ((identity.CHECK, Reason.ID_CHECKSUM), (identity.IMPOSSIBLE, Reason.ID_BIRTH))
"""What is wrong with a number, as programs get it; whatever else it is, its form."""


def _more(table: type[Labelled]) -> Spellings:
    return _spelled(table)


@cache
def _spelled(table: type[Labelled]) -> dict[str, Labelled]:
    return dict(SPELLINGS.get(table, {}))


def _table(sets: str, table: type[Labelled], column: str = "remark", prefix: str = "") -> Any:
    return readers.choice(sets, table, lambda: _more(table), otherwise=readers.unknown_to(column, prefix))


def _ethnic(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    said = values.half(cell)
    words = said if said.endswith("族") or not said else f"{said}族"
    _table("ethnic", Ethnic, prefix="民族：")(draft, key, words, sight)


def _number(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Take the number of a document; what it says is looked at with the whole row."""
    if isinstance(cell, str) and (found := _WITH_PHONE.fullmatch(values.half(cell))):
        beside = found["before"] or found["behind"]
        if beside:
            _PHONES(draft, "phone", beside, sight)
        cell = found["number"]
        if found["note"]:
            filling.add(draft, "remark", f"证件号旁注：{found['note']}")
    said = "" if isinstance(cell, str) and _NOT_GIVEN.fullmatch(values.half(cell)) else values.identity(cell)
    if said and said not in values.EMPTY:
        draft.said[key] = draft.meant["id_number"] = said
        draft.keys["id_number"] = key


_PHONES: Final = names.phones()
_BESIDE: Final = r"(?:1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8})"
_WITH_PHONE: Final = re.compile(
    rf"(?:(?P<before>{_BESIDE})[\s,;、/]+)?(?:身份证(?:号码?)?:\s*)?(?P<number>[0-9]{{17}}[0-9Xx]|[0-9]{{15}})"
    rf"(?:[\s,;、/]+(?P<behind>{_BESIDE}))?(?:\((?P<note>[^()]{{1,20}})\))?"
)
"""An identity number that stands in one cell with a telephone number, or a note."""
_NOT_GIVEN: Final = re.compile("(?:暂?未|没有?|不愿|拒绝|待)(?:提供|登记|填写?|补充?|采集)|不详|未知")


def _relation(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """What somebody is to the head, also as a register says it: 之妻, 户主之子."""
    said = _OF_HEAD.sub("", values.half(cell))
    counted = _COUNTED.fullmatch("".join(said.split()))
    said = f"{counted['inside'] or ''}{counted['what']}" if counted is not None else said
    _table("relation_to_head", Relation, prefix="与户主关系：")(draft, key, said, sight)


_COUNTED: Final = re.compile(
    "(?:大|小|老?[一二三四五六七八九]|长|次|幼|老幺)(?P<inside>外)?(?P<what>儿子|女儿|子|女|孙子|孙女|孙|哥|弟|姐|妹|哥哥|弟弟|姐姐|妹妹)"
)
"""The which of several children or others somebody is: 大女儿, 二孙子."""
_OF_HEAD: Final = re.compile("^(?:户主)?[之的](?=.)")


def _head(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Who the head is; a mark below 是否户主 says whether it is who the row is about."""
    if values.written(cell).upper() in values.YES:
        _relation(draft, "relation", "户主", sight)
    elif values.half(cell) not in values.NO:
        _HEAD(draft, key, cell, sight)


_HEAD: Final = names.name("head_name")


def _gender(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    readers.choice("sex", Sex, lambda: _more(Sex))(draft, key, cell, sight)


def _age(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Whole years; who has lived for months or days only has none: 3个月, 出生20天."""
    _YEARS(draft, key, 0 if isinstance(cell, str) and _MONTHS.fullmatch(values.half(cell)) else cell, sight)


def _birth(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """When somebody was born; below 年龄/出生年月, or where it says so, the age may stand instead: 82, 67岁."""
    text = values.half(cell) if cell is not None else ""
    if _AGED.fullmatch(text) or (
        text.isdecimal() and len(text) <= LONGEST_AGE and "年龄" in sight.headings.get(key, "")
    ):
        _age(draft, "age", cell, sight)
    else:
        _BORN(draft, key, cell, sight)


_BORN: Final = readers.birth()
_AGED: Final = re.compile(r"[0-9]{1,3}\s*周?岁")
LONGEST_AGE: Final = 3
_YEARS: Final = readers.count()
_MONTHS: Final = re.compile(
    r"(?:出生)?\s*(?:\d{1,2}|[一二三四五六七八九十两半]+)\s*(?:个?多?月|天|日)(?:大|半|龄)?|满月|新生儿"
)


def _political(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Under 是否党员 a mark says whether somebody is a member; who is none may still be anything else."""
    said = values.half(cell).upper()
    if said in values.NO:
        draft.said[key] = values.text(cell)
    elif said in values.YES:
        _table("political", Political)(draft, key, MEMBER, sight)
    elif MEMBER in said and "预备" in said:
        _table("political", Political)(draft, key, Political.PROBATIONARY.value, sight)
    else:
        _table("political", Political, prefix="政治面貌：")(draft, key, cell, sight)


MEMBER: Final = "党员"
ID_TYPES: Final = readers.spelled(
    {
        IdType.RESIDENT: "身份证 居民身份证 二代身份证",
        IdType.HMT_PERMIT: "港澳台居民居住证 港澳居民居住证 台湾居民居住证",
        IdType.FOREIGN_PERMANENT: "外国人永久居留证 外国人永久居留身份证",
        IdType.HM_TRAVEL: "港澳居民来往内地通行证 回乡证",
        IdType.TW_TRAVEL: "台湾居民来往大陆通行证 台胞证",
        IdType.BIRTH_CERTIFICATE: "出生证 出生医学证明",
        IdType.OFFICER: "军官证 士兵证",
    }
)
"""What ledgers call the documents."""

PERSON: Final = (
    Column(
        "name",
        names.person(),
        (
            "姓名 名字 居民姓名 志愿者姓名 志愿者 党员姓名 成员姓名 人员姓名 业主姓名 真实姓名 "
            "住户姓名 党员 家庭成员姓名 租户姓名 承租人 承租人姓名 住户 老人姓名 儿童姓名 成员 家庭成员 "
            "队员姓名 网格员姓名 楼栋长姓名"
        ),
        needed=True,
    ),
    Column("former_name", names.name("former_name"), "曾用名"),
    Column("gender", _gender, "性别 男/女"),
    Column(
        "id_number",
        _number,
        (
            "身份证号 身份证号码 身份证 公民身份号码 公民身份证号码 证件号码 证件号 居民身份证号码 "
            "身份证件号码 身份号码  "
            "身份证件号 证件编号 身份证编号 居民身份证号 公民身份证 公民身份证号"
        ),
    ),
    Column(
        "id_type",
        readers.choice("id_type", IdType, ID_TYPES, otherwise=readers.unknown_to("remark", "证件：")),
        "证件类型 证件种类 证件名称",
    ),
    Column("birth", filling.filling("birth", _birth), "出生年月 出生日期 出生年月日 生日 出生时间 出生 出生日"),
    Column("age", _age, "年龄 周岁 年龄(周岁)"),
    Column(
        "phone",
        names.phones(),
        (
            "联系电话 联系方式 手机 手机号 手机号码 电话 电话号码 移动电话 本人电话 联系手机 联系人电话 本人联系电话 "
            "联系电话1 手机电话 联系手机号 常用电话 本人手机 联系号码 联系电话号码 联络电话 电话/手机 "
            "党员电话 党员联系电话 居民电话 志愿者电话 队员电话 老人电话 本人联系方式"
        ),
    ),
    Column(
        "phone2",
        names.phones(),
        ("备用电话 联系电话2 家庭电话 固定电话 其他电话 亲属电话 备用联系电话 座机 宅电"),
    ),
    Column("phone_kin", names.phones(of="亲属"), "亲属电话 家属电话 子女电话 监护人电话 紧急联系电话 紧急联系人电话"),
    Column("ethnic", _ethnic, "民族"),
    Column(
        "education",
        _table("education", Education, prefix="学历："),
        "学历 文化程度 最高学历 学历程度 受教育程度 教育程度",
    ),
    Column("political", _political, "政治面貌 政治面目 是否党员 党员否 中共党员"),
    Column("marital", _table("marital", Marital, prefix="婚姻："), "婚姻状况 婚姻 婚否 婚育情况 婚姻情况"),
    Column(
        "job", readers.line("job", 40), "职务 职业 职务/职称 职称 从业状况 从业情况 就业情况 就业状况 从事职业 工作岗位"
    ),
    Column(
        "address",
        readers.line("address", 120),
        (
            "住址 家庭住址 居住地址 现住址 现居住地 常住地址 居住小区 现住详细门牌 家庭地址 详细地址 地址 居住地 "
            "现居住地址 居住详址 现住地址 详细住址 家庭详细住址 家庭详细地址 通讯地址 所住小区 所在小区 小区"
        ),
    ),
    Column("remark", readers.words("remark", 500), "备注 说明 其他"),
)
"""The columns that say who somebody is, in every ledger of people."""

UNIT: Final = Column(
    "unit",
    readers.line("unit_name", 80),
    (
        "单位 工作单位 所在单位 单位名称 单位(全称) 所在党组织 所在党支部 组织关系所在党支部 工作/学习情况 就读学校 "
        "单位及职务 工作单位及职务 单位职务 所在单位及职务 单位全称"
    ),
)
_BUILDING: Final = re.compile(r"\d+(?:号楼|楼栋|栋|幢|号|座|楼|#)?")

GRID: Final = Column(
    "grid",
    readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE),
    "网格 所属网格 网格名称 所在网格 网格编号 片区 所属片区 楼栋 所属楼栋 网格号 责任网格 微网格 所属微网格",
)

HOME: Final = (
    Column("door", readers.line("door", 20), "门牌号 房号 楼栋房号 楼栋门牌 户室号 单元房号 门牌 室号 房间号 房屋号"),
    Column("door_building", readers.line("door_building", 20), "楼号 栋号 幢号 楼栋号 座号 楼栋 楼幢"),
    Column("door_unit", readers.line("door_unit", 20), "单元 单元号"),
    Column("head", filling.filling("head_name", _head), "户主 户主姓名"),
    Column(
        "relation",
        filling.filling("relation_to_head", _relation),
        "与户主关系 与户主的关系 户主关系 与其他人员关系 家庭关系",
    ),
    Column("household_no", readers.code("household_no", 20), "户号 户编号 户口本户号 户口号 家庭编号"),
    Column(
        "residence",
        _table("residence_kind", Residence, prefix="人员类型："),
        "人员类型 人口类型 户籍类型 常住/流动 是否人户分离 是否常住 居住状态 人口性质",
    ),
    Column(
        "registered_address",
        readers.line("registered_address", 120),
        "户籍地 户籍地址 户籍详细地址 户口所在地 户籍所在地 户籍地详址 户口地址",
    ),
    Column("health", readers.noted("remark", "健康状况："), "健康状况"),
    Column("house", readers.noted("remark", "房屋性质："), "房屋性质 居住类型 住房性质"),
    Column("guardian", names.name("guardian_name"), "监护人 监护人姓名"),
    Column(
        "tags",
        readers.tags(beside="remark"),
        (
            "特殊人群 重点类别 人员类别 标签 重点人群 重点人群类别 困难类别 困难类型 人群类别 人群类型 "
            "特殊人群类别 特殊人群类型 救助类别"
        ),
        above=GROUP,
    ),
)
SECTIONS: Final = ("grid",)
"""What a line above several people may say of all of them."""
IN_TEMPLATES: Final = ("身份证号", "联系电话", "性别", "出生年月", "政治面貌", "住址")
"""What the templates of volunteers, members and grid staff ask beside the name."""

COLUMNS: Final = frozenset(
    {
        "name",
        "former_name",
        "sex",
        "id_number",
        "id_type",
        "birth",
        "phones",
        "ethnic",
        "education",
        "political",
        "marital",
        "job",
        "address",
        "remark",
        "unit_name",
        "place",
        "door",
        "head_name",
        "relation_to_head",
        "household_no",
        "residence_kind",
        "registered_address",
        "tags",
        "guardian_name",
    }
)
"""The columns of a person a ledger may fill."""

# -- the whole row --------------------------------------------------------------------------------------------------


def finish(draft: Draft, sight: Sight) -> None:
    """Hold what a row says of a person against the number of the document, which is right (收表约定 7)."""
    said = _said_by_number(draft)
    if said is not None:
        _follow(draft, said, sight)
    elif "id_number" in draft.at and not any(one.field == "id_number" for one in draft.troubles):
        draft.warn("id_missing", "id_number")
    _compare_party(draft)
    _open_door(draft, sight)
    if "age" in draft.said and "birth" not in draft.said:
        filling.add(draft, "remark", f"{sight.today.year}年{draft.said['age']}岁")
    if isinstance(draft.said.get("birth"), str):
        draft.meant["birth"] = draft.said["birth"]


def _said_by_number(draft: Draft) -> Identity | None:
    number = draft.meant.get("id_number")
    if number is None:
        return None
    kind = next((one for one in IdType if one.value == draft.meant.get("id_type")), None)
    try:
        return identity.read(number, kind)
    except NotUnderstood as wrong:
        reason = next((reason for text, reason in REASONS if text is wrong.args[0]), Reason.ID_FORMAT)
        draft.reject(reason, "id_number", str(number))
        return None


def _follow(draft: Draft, said: Identity, sight: Sight) -> None:
    draft.said["id_number"] = draft.meant["id_number"] = said.number
    draft.meant["id_type"] = said.kind.value
    if said.upgraded:
        draft.warn("id_15_upgraded", "id_number")
    if said.kind is not IdType.RESIDENT:
        draft.warn("id_other_type", "id_number")
    if said.sex is not None:
        if draft.meant.get("sex") not in {None, said.sex.value, *(one.value for one in UNSAID if one)}:
            draft.warn("gender_id_mismatch", "gender", str(draft.said.get("gender", "")))
        draft.meant["sex"], draft.said["gender"] = said.sex.value, str(said.sex.label)
    if said.birth is not None:
        _follow_birth(draft, said.birth, sight)


def _follow_birth(draft: Draft, birth: Birth, sight: Sight) -> None:
    typed = draft.said.get("birth")
    if typed is not None and not birth.plain().startswith(typed):
        draft.warn("birth_id_mismatch", "birth", typed)
    draft.said["birth"] = birth.plain()
    least, most = birth.ages(sight.today)
    age = draft.said.get("age")
    # People count from birth, from the new year, or by the day the ledger was written.
    if age is not None and not least - 1 <= age <= most + 1:
        draft.warn("age_id_mismatch", "age", str(age))


_DOOR: Final = re.compile(r"(?:号楼|楼栋|栋|幢|号|座|楼|单元|室|房)+$")


def _open_door(draft: Draft, sight: Sight) -> None:
    """Let building, unit and room of columns of their own be one door: 3-1-101.

    A building that is no place of the community is part of the door too, where unit or room are said, or where no
    buildings are kept.
    """
    strange = [one for one in draft.troubles if one.field == "grid" and _BUILDING.fullmatch(one.found)]
    is_told = "door_unit" in draft.meant or "door" in draft.meant
    if strange and "door_building" not in draft.meant and (is_told or not sight.keeps(PlaceKind.BUILDING)):
        draft.troubles.remove(strange[0])
        draft.meant["door_building"] = strange[0].found
    before = [draft.meant.pop(name, None) for name in ("door_building", "door_unit")]
    parts = [part for part in (*before, draft.meant.get("door")) if part]
    parts = [_DOOR.sub("", part).replace("单元", "-") for part in parts] if is_told else parts
    if any(before):
        draft.meant["door"] = draft.said["door"] = "-".join(parts)[:LONGEST_DOOR]
        draft.keys.setdefault("door", "door")


LONGEST_DOOR: Final = 20


def _compare_party(draft: Draft) -> None:
    joined, born = draft.said.get("party_date"), draft.said.get("birth")
    if joined is None or born is None:
        return
    if int(joined[:4]) - int(born[:4]) - (joined[5:7] < born[5:7] if len(joined) > 4 and len(born) > 4 else 0) < ADULT:
        draft.warn("party_date_under_18", "party_date", joined)

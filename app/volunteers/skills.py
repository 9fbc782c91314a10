"""What a volunteer can do: a tree of skills in two levels, by code, and read as people write it (测血压、陪诊).

The words are data here, like those of opening times. Each skill is called by words that needs use too, so that the
topics of a need find it; some should not be offered to somebody without insurance.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from flask_babel import lazy_gettext as _

from app.core import checks
from app.core.fields import Boxes, NotUnderstood, Worded

LONGEST: Final = 1000
"""How much somebody may type, in characters."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill: its code below that of its group, what it is called, and what else says the same.

    `insured`: who does it is to be insured.
    """

    code: str
    name: str
    words: str = ""
    insured: bool = False

    @property
    def text(self) -> str:
        """Return all words for it."""
        return f"{self.name} {self.words}".strip()


def _group(code: str, *skills: tuple[str, str, str] | tuple[str, str, str, bool]) -> tuple[Skill, ...]:
    return tuple(Skill(f"{code}.{name}", *rest) for name, *rest in skills)


TREE: Final[dict[str, tuple[Skill, ...]]] = {
    "医疗健康": _group(
        "health",
        ("measuring", "测血压血糖", "量血压 健康"),
        ("clinic", "义诊", "医生 看病 体检"),
        ("chinese_medicine", "中医理疗", "推拿 艾灸"),
        ("nursing", "换药护理", "护理 用药"),
        ("rehabilitation", "康复指导", "康复"),
        ("first_aid", "急救", "急救培训"),
    ),
    "法律": _group("law", ("advice", "法律咨询", "律师 维权 合同"), ("mediation", "邻里调解", "调解 纠纷 劝和")),
    "维修": _group(
        "repair",
        ("electrics", "电工维修", "电路 照明 灯泡 路灯", True),
        ("plumbing", "水管疏通", "水管 漏水 下水道 疏通 水龙头", True),
        ("building", "房屋修缮", "木工 泥水 门窗 扶手", True),
        ("appliances", "家电维修", "家电 小家电 磨刀"),
        ("sewing", "裁缝缝补", "缝补 裁缝"),
        ("haircut", "理发", "义剪"),
    ),
    "文体": _group(
        "culture",
        ("singing", "唱歌合唱", "合唱 唱歌"),
        ("dance", "舞蹈", "跳舞 广场舞"),
        ("opera", "戏曲乐器", "粤曲 乐器 演出"),
        ("calligraphy", "书法绘画", "书法"),
        ("sports", "健身运动", "太极 健身 锻炼"),
    ),
    "教育": _group(
        "teaching",
        ("homework", "课后辅导", "作业 孩子 辅导"),
        ("reading", "亲子阅读", "阅读 图书 儿童"),
        ("lectures", "党课宣讲", "政策 宣讲 党课"),
        ("languages", "外语", "英语"),
    ),
    "心理": _group("mind", ("counselling", "心理疏导", "心理 情绪"), ("listening", "陪聊倾诉", "陪聊 聊天 倾诉 孤单")),
    "照护": _group(
        "care",
        ("visiting", "探访陪伴", "探访 陪伴 独居 老人"),
        ("escort", "陪诊", "看病 轮椅 老人"),
        ("bathing", "助浴", "失能 老人", True),
        ("meals", "送餐", "助餐 做饭"),
        ("children", "儿童托管", "托管 接送 孩子"),
        ("disabled", "助残", "残疾 盲人"),
    ),
    "应急": _group(
        "emergency",
        ("fire", "消防安全", "消防 灭火器 隐患", True),
        ("patrol", "治安巡逻", "巡逻 防盗", True),
        ("rescue", "应急救援", "积水 内涝 抢险", True),
        ("fraud", "反诈宣传", "反诈 诈骗 防骗"),
    ),
    "科技": _group(
        "digital",
        ("phones", "手机教学", "手机 智能手机 微信 挂号"),
        ("computers", "电脑数码", "电脑 数码 上网"),
    ),
    "环境": _group(
        "environment",
        ("cleaning", "清洁卫生", "清扫 清洁 楼道 垃圾"),
        ("gardening", "绿化园艺", "绿化 修剪 花草"),
        ("pets", "宠物照看", "宠物 流浪"),
    ),
    "便民": _group(
        "everyday",
        ("errands", "代办跑腿", "代办 跑腿 买菜 买药 取药"),
        ("moving", "搬运", "搬运 搬家 重物", True),
        ("papers", "政策代办", "社保 医保 材料"),
        ("jobs", "就业指导", "就业 求职 简历"),
    ),
}
"""The groups, and the skills in each."""

BY_CODE: Final = {skill.code: skill for skills in TREE.values() for skill in skills}
_ORDER: Final = {code: place for place, code in enumerate(BY_CODE)}
_BY_NAME: Final = {skill.name: (skill.code,) for skill in BY_CODE.values()}
_BY_GROUP: Final = {group: tuple(skill.code for skill in skills) for group, skills in TREE.items()}
_NAMED: Final = _BY_GROUP | _BY_NAME | {code: (code,) for code in BY_CODE}
_BETWEEN: Final = re.compile(r"[\s、,;。/]+")

NO_SKILLS: Final = _("Skills are a list of their codes.")


@dataclass(frozen=True)
class Skills(Worded):
    """The skills somebody has, in the order of the tree; at least one."""

    codes: tuple[str, ...]
    schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "string", "enum": [*BY_CODE]}}
    boxes: ClassVar[Boxes] = tuple(
        (group, tuple((skill.name, skill.name) for skill in skills)) for group, skills in TREE.items()
    )

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read names of skills, or of a group for all of it. Raises NotUnderstood."""
        plain = unicodedata.normalize("NFKC", text)
        if len(text) > LONGEST or checks.visible(text) is not None:
            raise NotUnderstood(_("Name the skills, parted by commas, for example 测血压血糖、陪诊."))
        named = [word for word in _BETWEEN.split(plain) if word]
        unknown = next((word for word in named if word not in _NAMED), None)
        if unknown is not None:
            raise NotUnderstood(
                _("“%(word)s” is none of the skills to tick; write it under other skills.", word=unknown[:20])
            )
        return cls._of(code for word in named for code in _NAMED[word])

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read a list of codes. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, list) or not all(isinstance(code, str) and code in BY_CODE for code in given):
            raise NotUnderstood(NO_SKILLS)
        return cls._of(given)

    @classmethod
    def _of(cls, codes: Iterable[str]) -> Self | None:
        found = tuple(sorted(set(codes), key=_ORDER.__getitem__))
        return cls(found) if found else None

    @property
    def each(self) -> list[Skill]:
        """Return the skills themselves."""
        return [BY_CODE[code] for code in self.codes]

    def plain(self) -> list[str]:
        """Return the codes."""
        return list(self.codes)

    def ticked(self) -> frozenset[str]:
        """Return the names, which the boxes say."""
        return frozenset(skill.name for skill in self.each)

    def __str__(self) -> str:
        return "、".join(skill.name for skill in self.each)

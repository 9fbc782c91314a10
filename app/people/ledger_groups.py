"""The groups of people ledgers keep lists of, or boxes to tick for: 低保, 独居老人."""

import re
from typing import Final

BOXES: Final = (
    "低保 低保户 低保边缘 低保边缘户 低收入 特困 特困供养 五保户 残疾 残疾人 重残 独居 独居老人 空巢 "
    "空巢老人 孤寡老人  "
    "留守老人 留守儿童 留守妇女 "
    "高龄 高龄老人 失能 失能老人 半失能 失独 失独家庭 计生特殊家庭 孤儿 困境儿童 事实无人抚养 "
    "退役军人 现役军属 军属 烈属 优抚 优抚对象 重点妇女 重病 大病"
)
"""Headings over a box that says whether somebody belongs to a group."""
GROUP: Final = re.compile(f"(?:{'|'.join(BOXES.split())})(?:供养)?(?:人员|人|户|对象|家庭|老人|儿童)?")
"""How a group of people is called in a line above them, or in the title of their list."""

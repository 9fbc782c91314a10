"""What titles and lines above rows are about, without their numbers and what only calls it something."""

import re
from typing import Final

from app.core.sheets.asides import is_section
from app.core.sheets.headings import NUMERALS
from app.core.sheets.labelled import parted

_NUMBERED: Final = re.compile(rf"^(?:[{NUMERALS}\d]+[、.．]|[(（][{NUMERALS}\d]+[)）]、?)")
_BESIDE: Final = re.compile(r"[(（\[【:：].*$", re.DOTALL)
_NAMES: Final = re.compile(r"^(?:资源|需求|项目|服务)?(?:类别|类型|网格|片区|小区|楼栋|岗位|职务)\s*[:：]\s*")
"""What a line that says a column calls it: 类别：场地."""
_GRID: Final = re.compile(rf"第?[{NUMERALS}\d]+号?网格")
_SUBJECT: Final = re.compile(
    r"(?:.*(?:社区|街道|居委会))?(.+?)(?:基本|登记|信息|情况|花名册|名册|名单|台账|一览|统计|汇总|通讯录|表)+"
)
_LABELLED: Final = re.compile(
    r"(?:^|(?<=[\s，,；;]))(?:所在|所属|报到|派出|工作|驻区|共建|提供)?(?:单位|网格|党组织|党支部)(?:名称|全称)?"
    r"(?:[(（][^)）]*[)）])?\s*[:：]\s*([^\s，,；;：:]+)"
)
_WHOSE: Final = re.compile(
    r"(.{2,30}?)(?:[到向赴](?:本|所在|居住地?)?社区(?:党组织)?报到的?)?(?:(?:机关)?(?:全体)?(?:在职)?党员|(?:可|能)?(?:提供|共享)?(?:的)?资源)"
)
_HERE: Final = re.compile("社区|街道|居委会")
"""The community itself is no unit that reports in or shares what it has."""
LONGEST_TITLE: Final = 40


def section_words(section: str) -> str:
    """Return what a line above several rows names, without its number and what stands beside it in brackets."""
    if parted(section)[0] and not is_section(section):
        return ""
    return _BESIDE.sub("", _NAMES.sub("", _NUMBERED.sub("", section.strip()))).strip()


def subjects(title: str) -> list[str]:
    """Return what titles are about: 楼栋长 in 清河社区楼栋长花名册, who 单位名称： names, the only grid."""
    plain = [_BESIDE.sub("", "".join(line.split())) for line in title.split("\n") if len(line) <= LONGEST_TITLE]
    found = [match[1] for line in plain if (match := _SUBJECT.fullmatch(line))]
    grids = set(_GRID.findall(title))
    whose = [match[1] for line in plain if (match := _WHOSE.match(line)) and not _HERE.search(match[1])]
    labelled = [_BESIDE.sub("", match[1]) for match in _LABELLED.finditer(title)]
    return labelled + whose + found + (list(grids) if len(grids) == 1 else [])

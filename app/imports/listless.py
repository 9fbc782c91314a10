"""Ledgers communities keep for which there is no list yet: recognised, so that their rows go into no other one."""

from collections.abc import Mapping
from typing import Final

from app.core.sheets.columns import Lexicon

ATTENDANCE: Final = "attendance"
"""Who came to something: known by its title alone, for it has no column of its own but an empty one to sign in."""
STRANGE: Final[Mapping[str, Lexicon]] = {
    "wish": Lexicon(
        {
            "": ("微心愿", "心愿"),
            "category": ("对象类别", "对象类型", "人员类别", "类别"),
            "person": ("心愿人", "姓名", "许愿人"),
            "content": ("心愿内容", "微心愿", "心愿"),
            "claimant": ("认领人", "认领单位", "认领人/单位", "圆梦人"),
            "claim_date": ("认领时间", "认领日期"),
            "done_date": ("实现时间", "完成时间", "圆梦时间"),
            "beneficiaries": ("受益人次", "获助人次"),
            "phone": ("联系电话", "联系方式"),
        }
    ),
    "volunteer_hours": Lexicon(
        {
            "": ("服务时长", "志愿时长", "时长记录"),
            "date": ("服务日期", "活动日期", "日期"),
            "activity": ("活动名称", "服务项目", "项目名称", "活动内容"),
            "name": ("志愿者", "志愿者姓名", "姓名"),
            "phone": ("联系电话", "手机号", "电话"),
            "hours": ("服务时长", "时长", "服务小时", "志愿时长"),
            "points": ("积分", "核定积分"),
            "signer": ("组织者", "记录人", "确认人", "签字"),
        }
    ),
    "grid_structure": Lexicon(
        {
            "": ("架构表", "网格架构", "组织架构"),
            "grid": ("网格", "网格名称", "所属网格"),
            **{
                duty: (duty,)
                for duty in ("片长", "网格长", "网格员", "专职网格员", "兼职网格员", "楼栋长", "单元长", "巷邻长")
            },
            "scope": ("楼栋", "覆盖楼栋", "管辖范围"),
            "households": ("户数",),
            "phone": ("联系电话", "电话", "联系方式"),
        }
    ),
    ATTENDANCE: Lexicon(
        {
            "": ("签到",),
            "name": ("姓名", "志愿者姓名", "参加人员"),
            "phone": ("联系电话", "电话", "联系方式", "手机号"),
            "signature": ("签名", "签到", "本人签名", "签字", "签到时间", "签退时间", "参加人签名"),
        }
    ),
    "talent": Lexicon(
        {
            "": ("人才", "能人", "乡贤"),
            "category": ("人才类别", "人才类型", "能人类别", "能人类型"),
            "kind": ("类别", "类型"),
            "name": ("姓名", "人才姓名"),
            "gender": ("性别",),
            "age": ("年龄", "出生年月"),
            "skills": ("专业技能", "特长", "专长", "专长领域", "技能特长", "专业特长", "专业领域"),
            "honours": ("荣誉", "荣誉称号", "所获荣誉"),
            "services": ("可服务内容", "可提供服务", "可提供的服务", "可服务项目", "可参与的服务"),
            "phone": ("联系电话", "电话", "联系方式", "手机号"),
            "grid": ("网格", "所属网格", "所在网格"),
            "unit": ("单位", "工作单位"),
            "remark": ("备注",),
        }
    ),
    "visit": Lexicon(
        {
            "": ("走访记录", "走访日志", "走访台账", "入户走访"),
            "date": ("走访日期", "走访时间"),
            "visitor": ("走访人", "巷邻长", "走访人员"),
            "household": ("走访户", "走访对象", "受访居民"),
            "method": ("走访方式",),
            "problem": ("发现问题", "存在问题"),
            "result": ("处理结果", "落实情况"),
        }
    ),
}
"""Ledgers communities keep for which there is no list yet: recognised, so that their rows never go into another one."""
ONLY_THERE: Final[Mapping[str, frozenset[str]]] = {
    "wish": frozenset({"content", "claimant"}),
    "volunteer_hours": frozenset({"date", "activity"}),
    "grid_structure": frozenset(STRANGE["grid_structure"].words) - {"", "grid", "scope", "households", "phone"},
    ATTENDANCE: frozenset({"signature"}),
    "talent": frozenset({"category", "honours"}),
    "visit": frozenset({"visitor", "household"}),
}
"""The columns no other ledger has."""
LEAST_THERE: Final = {"grid_structure": 2}

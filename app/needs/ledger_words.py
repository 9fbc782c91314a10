"""What ledgers call the choices of needs: words are data here."""

from typing import Final

from app.core.sheets import readers
from app.needs.choices import Channel, NeedKind, Urgency, VulnerableGroup

SATISFACTION: Final = {
    "非常满意": 5,
    "很满意": 5,
    "十分满意": 5,
    "满意": 5,
    "基本满意": 4,
    "较满意": 4,
    "比较满意": 4,
    "一般": 3,
    "不满意": 2,
    "非常不满意": 1,
    "很不满意": 1,
}
CHANNELS: Final = readers.spelled(
    {
        Channel.VISIT: "走访 入户 上门 入户走访",
        Channel.HALL: "大厅 窗口 来访",
        Channel.PHONE: "来电 电话 电话来访",
        Channel.WECHAT: "微信 微信群",
        Channel.HOTLINE: "热线 12345",
        Channel.QR: "扫码 二维码 扫码问卷 扫码上报",
        Channel.MEETING: "会议 座谈 议事会 座谈会 议事协商",
        Channel.POINT: "邻里汇 倾听点",
        Channel.UNIT: "单位",
    }
)
KINDS: Final = readers.spelled(
    {
        NeedKind.HELP: "求助",
        NeedKind.APPEAL: "诉求 投诉",
        NeedKind.SUGGESTION: "建议",
        NeedKind.HAZARD: "隐患",
    }
)
URGENT: Final = readers.spelled(
    {
        Urgency.URGENT: "紧急 急 较急",
        Urgency.CRITICAL: "特急 非常紧急",
        Urgency.NORMAL: "一般 普通",
    }
)
GROUPS: Final = readers.spelled(
    {
        VulnerableGroup.SUBSISTENCE: "低保",
        VulnerableGroup.EXTREME_POVERTY: "特困",
        VulnerableGroup.DISABILITY: "残疾",
        VulnerableGroup.ELDER_ALONE: "独居老人",
    }
)

"""What old ledgers call the states of needs, and what a state asks for before a need is taken to stand there.

Words are data here. A state that asks for more than the ledger says is not guessed at: the row says so, and arrives as
submitted.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from app.core.sheets import filling, names, readers, values
from app.core.sheets.book import Cell
from app.core.sheets.ledger import Column, Draft, Sight
from app.needs.choices import NeedState

STATES: Final = readers.spelled(
    {
        NeedState.SUBMITTED: "待受理 已登记 已提交 未办理 未受理 待办 待处理 未办结 未解决 未完成 未落实 否 × ✗ ✘",
        NeedState.ACCEPTED: "待认领 已受理 受理",
        NeedState.IN_PROGRESS: (
            "办理中 处理中 进行中 在办 正在办理 跟进中 正在处理 推进中 正在推进 处置中 正在办理中 正在处理中"
        ),
        NeedState.ON_HOLD: "挂起 已挂起 暂缓 暂缓办理 已暂缓 缓办 搁置",
        NeedState.REFERRED: "转办 已转办 移交 已移交 转交 已转交",
        NeedState.DELIVERED: "已落实 已落地 落实 待回访",
        NeedState.CLOSED: (
            "办结 已办结 已完成 完成 已解决 已处理 结案 已结案 已办 已办理 完结 已完结 销号 已销号 是 √ ✓ ✔ ☑"
        ),
        NeedState.REJECTED: "不予受理",
        NeedState.MERGED: "并案 已并案 合并 已合并 并入",
        NeedState.WITHDRAWN: "已撤回 撤回 已撤销 撤销 已取消 取消",
    }
)
"""What ledgers call the states (columns.md), and what is ticked under 是否办结, 是否解决."""
SAID_STATES: Final = {
    NeedState.CLOSED: "办结",
    NeedState.IN_PROGRESS: "办理中",
    NeedState.DELIVERED: "已落实",
    NeedState.ACCEPTED: "待认领",
    NeedState.SUBMITTED: "待受理",
}
"""How outsiders call them."""
NAMING: Final[tuple[tuple[re.Pattern[str], NeedState, str], ...]] = (
    (re.compile(r"已?(?:转办|移交|转交)(?:给|至|到|于)?[:(]?(.+?)\)?"), NeedState.REFERRED, "referred_body"),
    (re.compile(r"已?(?:并案|合并|并入)(?:至|到|入|于)?[:(]?(.+?)\)?"), NeedState.MERGED, "into"),
)
"""Words of a state that name in the same cell which body, or which need: 转办：供电所, 并入XQ20260308-001."""
LONGEST: Final = timedelta(days=366)
CASE: Final = "into"
"""Under this name a draft says into which need it was merged, by its code."""
REASON: Final = "held_for"
"""Under this name it says why it was put on hold."""

_chosen = readers.choice("state", NeedState, STATES, SAID_STATES, otherwise=readers.unknown_to("done_text"))


def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """Read how a need stands, and the body or need named with it."""
    text = values.half(cell)
    text = text.strip("√✓✔ 。") or text
    for pattern, state, name in NAMING:
        found = pattern.fullmatch(text) if text not in STATES else None
        if found is not None:
            draft.meant.setdefault(name, _tidy(name, found[1]))
            draft.meant["state"], draft.said[key], draft.keys["state"] = state.value, text, key
            return
    if (beside := _BESIDE.fullmatch(text)) is not None:
        # Why it is so, or since when: 未解决(资金不足).
        filling.add(draft, "done_text", text)
        draft.warn("beside_status", key, beside[1])
    _chosen(draft, key, text, sight)


_BESIDE: Final = re.compile(r"[^()]+\(([^()]+)\)")


def _tidy(name: str, text: str) -> str:
    return "".join(text.split())[:40] if name == CASE else " ".join(text.split())[:80]


COLUMNS: Final = (
    Column("held_for", readers.line(REASON, 200), "挂起原因 暂缓原因", is_old=True),
    Column(
        "resume_on",
        readers.day("resume_on", future=True),
        "恢复办理日期 恢复日期 挂起至 暂缓至 预计恢复日期 预计恢复时间",
        is_old=True,
    ),
    Column("referred_body", readers.line("referred_body", 80), "转办单位 移交单位 转交单位", is_old=True),
    Column("referred_phone", names.phone("referred_phone"), "转办电话 转办单位电话 移交单位电话", is_old=True),
    Column("into", readers.code(CASE), "并入编号 并案编号 合并编号 并入需求 并入需求编号", is_old=True),
)
"""What the states ask for."""


def complete(draft: Draft, sight: Sight) -> None:
    """Let a need stand on hold, with another body or merged only where the ledger says all that asks for."""
    state = draft.meant.get("state")
    lacks = {
        NeedState.ON_HOLD.value: not (draft.meant.get(REASON) and _is_ahead(draft.meant, sight.today)),
        NeedState.REFERRED.value: "referred_body" not in draft.meant,
        NeedState.MERGED.value: CASE not in draft.meant,
    }
    if not lacks.get(str(state)):
        return
    del draft.meant["state"]
    said = str(draft.said.get("status", ""))
    draft.warn(f"{state}_incomplete", "status", said)
    filling.add(draft, "done_text", said)


def _is_ahead(meant: Mapping[str, str], today: date) -> bool:
    """Tell whether the day it goes on lies ahead, within a year."""
    day = meant.get("resume_on")
    return day is not None and timedelta() < date.fromisoformat(day) - today <= LONGEST

"""Needs in ledgers: the list of residents' needs (群众需求清单), and the book of appeals (民情台账)."""

import re
from typing import Any, Final

from app.communities.models import Category, Place
from app.core.sheets import done_days, filling, names, readers, spans, values
from app.core.sheets.book import Cell
from app.core.sheets.boxes import ticked
from app.core.sheets.headings import NUMBERING
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.core.sheets.values import Reason, Rejected
from app.needs import ledger_homes, ledger_states
from app.needs.choices import Channel, NeedKind, Urgency, VulnerableGroup
from app.needs.ledger_words import CHANNELS, GROUPS, KINDS, SATISFACTION, URGENT
from app.needs.service import first_sentence


def _category(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """An unknown word is kept in the words of the ledger, never refused (columns.md)."""
    text = " ".join(ticked(values.text(cell)).split())
    if not text:
        return
    found = sight.find(Category, text) or sight.find(Category, text.removesuffix("类"))
    draft.said[key] = text
    if len(found) == 1:
        draft.meant["category"] = found[0][0]
    else:
        draft.meant["category_text"] = text[:60]
        draft.warn("category_unknown", key, text)


_ANSWERS: Final = dict.fromkeys(values.YES, "满意") | dict.fromkeys(values.NO, "不满意")
"""What an answer below 是否满意 says."""


def _satisfaction(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    text = values.half(cell)
    if not text:
        return
    if "是否" in sight.headings.get(key, "") and (found := _ANSWERS.get(text)):
        text = found
    draft.said[key] = text
    points = SATISFACTION.get(text) or (int(text) if text in {"1", "2", "3", "4", "5"} else None)
    if points is not None:
        draft.meant["satisfaction"] = points
    else:
        filling.add(draft, "done_text", text)


def _content(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """What is asked for; who asks for nothing has no need."""
    if not _NO_NEED.fullmatch(values.half(cell)):
        _WORDS(draft, key, cell, sight)


_WORDS = readers.words("text", 5000)
_CONTENT: Final = filling.filling("text", _content)
_NO_NEED: Final = re.compile(
    "(?:目前|现在|今日|本月|暂时?)?(?:无|没有|没)(?:任何|其他|其它)?(?:需求|诉求|问题|需要|反映|意见|建议)?。?"
)
_NOTED: Final = "noted"
"""Under this name a draft keeps what has no column of its own until it stands below the text."""


def _unknown(prefix: str) -> Any:
    return readers.unknown_to(_NOTED, prefix)


def _code(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """The code of a need; numbers that begin anew with each ledger only tell its rows apart within the file."""
    text = "".join(values.half(cell).split())
    if sight.headings.get(key) in NUMBERING and _RUNNING.fullmatch(text):
        draft.said[key] = text
    else:
        _CODE(draft, key, text, sight)


_CODE: Final = readers.code("code")
_RUNNING: Final = re.compile("[0-9]{1,4}|[①-⑳]|[一二三四五六七八九十]{1,3}")


def _quantity(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """A number; what is none (若干, 3-5人) is kept in words."""
    try:
        readers.count("quantity_asked", 1)(draft, key, cell, sight)
    except Rejected as wrong:
        text = values.text(cell)
        if wrong.reason is not Reason.NUMBER or not _IN_WORDS.search(text):
            raise
        draft.said[key] = text
        draft.warn("quantity_in_words", key, text)
        filling.add(draft, _NOTED, f"数量：{text}")


_IN_WORDS: Final = re.compile("[\u3400-\u9fff]|[0-9]-[0-9]")


def _reporter(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """The name of who asks; who does not want to be named is nobody of that name."""
    text = values.half(cell).strip()
    if found := _WITH_MORE.fullmatch(text):
        # Age, sex and door in the cell of the name: 王芳 女 68岁 3-101.
        filling.add(draft, _NOTED, f"姓名旁注：{found[2]}")
        draft.warn("beside_name", key, found[2])
        text = found[1]
    text = values.name(text)
    if _UNNAMED.fullmatch(text):
        draft.said[key] = text
        draft.meant["anonymous"] = True
    else:
        _NAMED(draft, key, text, sight)


_WITH_MORE: Final = re.compile(
    r"([\u3400-\u9fff·]{2,4})[\s,，;；/]+((?=[男女]|.*[0-9]).*?)(?:[,，;；]?(?:联系)?(?:电话|手机)[:：]?)?"
)
_NAMED: Final = names.name("reporter_name", beside=_NOTED)
_REPORTER: Final = filling.filling("reporter_name", _reporter)
_UNNAMED: Final = re.compile(
    "匿名(?:人|者|人士|居民|群众|市民|业主|反映|来电|投诉|举报)?"
    "|(?:居民|群众|本人)?(?:不愿意?|不便|不想|不肯|拒绝|未|没有)(?:透露|提供|告知|公开|留下?|报)(?:真实)?(?:姓名|名字|身份|名)?"
)

SHARED: Final = (
    Column(
        "phone",
        names.phone("reporter_phone"),
        (
            "联系电话 联系方式 手机 手机号 手机号码 电话 电话号码 移动电话 诉求人电话 反映人电话 来电号码 来电电话 "
            "需求人电话 居民电话 来访人电话 反映人联系方式 诉求人联系方式 需求人联系方式 来访人联系方式"
        ),
    ),
    Column(
        "grid",
        readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE),
        "所属网格 网格 网格名称 所在网格 网格编号 片区 所属片区 地点",
    ),
    *ledger_homes.COLUMNS,
    Column(
        "address",
        readers.line("address", 120),
        (
            "住址 家庭住址 居住地址 现住址 现居住地 常住地址 居住小区 门牌号 地址 详细地址 家庭地址 "
            "楼栋房号 详细住址 现居住地址 所在小区 楼栋门牌"
        ),
    ),
    Column("category", _category, "需求类别 需求类型 类别 诉求类别 诉求类型 问题类别 问题类型 分类 需求分类 诉求分类"),
    Column(
        "source",
        readers.choice("channel", Channel, CHANNELS, otherwise=_unknown("来源：")),
        "来源渠道 来源 收集渠道 反映渠道 渠道",
    ),
    Column(
        "urgency", readers.choice("urgency", Urgency, URGENT, otherwise=_unknown("紧急程度：")), "紧急程度 缓急 优先级"
    ),
    Column("beneficiary", readers.line("beneficiary", 80), "受益人 服务对象 受助人 需求主体 受益对象 需求对象"),
    Column("quantity", filling.filling("quantity_asked", _quantity), "需求数量 数量 人数"),
    Column(
        "vulnerable_group",
        readers.choice("vulnerable_group", VulnerableGroup, GROUPS, otherwise=_unknown("困难群体：")),
        "困难群体 特殊群体 重点人群类别",
    ),
    Column(
        "collector",
        names.name("recorded_by"),
        "收集人 登记人 网格员 采集人 记录人 接件人 接待人 接待人员 收集人员 采集人员 走访人 走访人员 记录人员",
    ),
    Column(
        "handler",
        names.name("handler"),
        (
            "责任人员 责任人 承办人 经办人 负责人 办理人 责任单位 办理责任人 责任人姓名 办理人员 包联干部 "
            "承办单位 对接单位 承接单位"
        ),
    ),
    Column(
        "status",
        ledger_states.read,
        (
            "处理状态 状态 办理情况 办理状态 进展情况 办理进度 是否解决 解决情况 落实情况 完成情况 是否办结 办结情况 "
            "是否完成 处理情况 处置情况 处理进度 办理 处理 处置"
        ),
        is_old=True,
    ),
    Column(
        "done_date",
        done_days.done_day("done_on"),
        "办结时间 办结日期 完成时间 完成日期 解决时间 解决日期 办结日",
        is_old=True,
    ),
    Column(
        "measures",
        readers.words("done_text", 1000),
        (
            "办理措施 落实措施 处理措施 办理结果 答复情况 回复情况 处理过程 解决措施 解决办法 处理办法 办理过程 "
            "整改措施 回复 答复 处理意见 办理情况 处理情况 处置情况 进展情况 解决情况 落实情况"
        ),
        is_old=True,
    ),
    Column(
        "feedback",
        _satisfaction,
        "反馈结果 满意度 处理结果 群众满意度 回访结果 是否满意 评价 群众评价 居民评价 回访情况",
        is_old=True,
    ),
    *ledger_states.COLUMNS,
    Column("detail", readers.words("detail", 5000), "详细情况 详细说明 补充说明"),
    Column("remark", readers.noted(_NOTED, "备注："), "备注 说明"),
)


def _finish(draft: Draft, sight: Sight) -> None:
    ledger_homes.live_there(draft, sight)
    text, detail = draft.meant.get("text"), draft.meant.pop("detail", None)
    if text is not None and values.are_numbered(text):
        draft.warn("several_needs", "content")
    if text is not None:
        draft.meant["title"] = first_sentence(text) or text[:80]
    if detail is not None:
        draft.meant["text"] = detail
    if noted := draft.meant.pop(_NOTED, None):
        draft.meant["text"] = f"{draft.meant.get('text', '')}\n{noted}".strip()
    spans.follows(draft, "done_date", "done_on", "date", "received_at")
    ledger_states.complete(draft, sight)


NEED: Final = Ledger(
    "need",
    "needs",
    "群众需求 需求清单 居民需求 需求",
    (
        Column("code", filling.filling("code", _code), "需求编号 编号 需求编码 事项编号"),
        Column(
            "person",
            names.contact("reporter_name", "reporter_phone", _REPORTER),
            "居民姓名 反映人 需求人 姓名 提出人 申请人 居民 需求人姓名 反映人姓名 群众姓名 联系人",
        ),
        Column(
            "content",
            _CONTENT,
            (
                "需求内容 群众需求 需求 具体需求 需求描述 需求事项 需求详情 需求建议 需求及建议 需求情况 "
                "具体需求内容 居民需求 反映需求"
            ),
            needed=True,
        ),
        Column(
            "date",
            readers.moment("received_at", part=True),
            "登记日期 登记时间 收集日期 反映时间 收集时间 提出时间 日期 采集时间 采集日期 需求提出时间 时间",
        ),
        Column("kind", readers.choice("kind", NeedKind, KINDS, otherwise=_unknown("需求性质：")), "需求性质"),
        *SHARED,
    ),
    sections=("grid", "category"),
    finish=_finish,
)
APPEAL: Final = Ledger(
    "appeal",
    "needs",
    "民情台账 民情 诉求 信访 来访 民情日记",
    (
        Column("code", filling.filling("code", _code), "诉求编号 事项编号 工单号 工单编号 编号"),
        Column(
            "date",
            readers.moment("received_at", part=True),
            (
                "受理时间 反映时间 接件时间 来访时间 受理日期 登记时间 反映日期 日期 诉求时间 来访日期 "
                "来电时间 接访时间 收集时间 收集日期 登记日期 时间"
            ),
        ),
        Column(
            "person",
            names.contact("reporter_name", "reporter_phone", _REPORTER),
            (
                "诉求人 反映人 来访人 信访人 投诉人 举报人 求助人 姓名 当事人 诉求人姓名 反映人姓名 来访人姓名 "
                "来访者 来电人 群众姓名 联系人 居民 居民姓名 需求人 提出人 申请人"
            ),
        ),
        Column(
            "content",
            _CONTENT,
            (
                "问题内容 反映问题 诉求内容 来访事由 反映内容 问题描述 诉求 事由 反映问题内容 诉求事项 "
                "主要诉求 来访事项 反映事项 主要问题 民情内容 群众诉求 反映情况"
            ),
            needed=True,
        ),
        *SHARED,
    ),
    sections=("grid", "category"),
    finish=_finish,
)

"""Needs of one ledger that say the same but for their own words: each is what it would be if it stood there alone."""

from typing import Any

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.extensions import db
from app.imports import service
from app.imports.service import Asked
from app.ledgers.world import World
from app.needs.keeper import NeedKeeper
from app.needs.ledger import NEED
from tests.core.sheets.paper import xlsx

HEADINGS = [
    "需求编号",
    "居民姓名",
    "手机号",
    "所属网格",
    "需求内容",
    "需求类别",
    "登记日期",
    "处理状态",
    "紧急程度",
    "办结时间",
]
ROWS = [
    ["XQ1", "王芳", "13800001111", "第一网格", "楼道灯不亮", "公共设施", "2026-03-08", "办理中", "", ""],
    ["XQ2", "李强", "13800002222", "第二网格", "水管漏水。很急", "公共设施", "2026-03-08", "办理中", "", ""],
    ["XQ3", "王芳", "", "", "楼道灯不亮", "公共设施", "2026-03-08", "已办结", "", "2026-03-12"],
    ["XQ4", "赵敏", "", "第一网格", "门口积水", "公共设施", "2026-03-08", "已办结", "", "2026-03-20"],
    ["XQ5", "赵敏", "", "第一网格", "门口积水", "别的", "2026-03-08", "转办：供电所", "紧急", ""],
    ["XQ6", "孙丽", "", "第一网格", "没有暖气", "别的", "2026-03-08", "转办：热力公司", "紧急", ""],
]


@pytest.mark.parametrize("history", [True, False])
def test_each_is_what_it_would_be_alone(app: Any, acting_as: Any, history: bool) -> None:
    with acting_as("secretary"):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        taken, _world = service.read(community, xlsx({"群众需求清单": [HEADINGS, *ROWS]}), Asked("needs", history))
        world = World(db.session.get_one(Community, community.id), history)
        together = NeedKeeper(NEED, world)
        together.prefetch(taken.drafts)
        needs = [vars(together.build(draft)) for draft in taken.drafts]
        for draft, need in zip(taken.drafts, needs, strict=True):
            alone = NeedKeeper(NEED, world)
            alone.prefetch([draft])
            assert vars(alone.build(draft)) == need
    assert len(together.alike) == (5 if history else 2)
    assert len({need["title"] for need in needs}) == 4

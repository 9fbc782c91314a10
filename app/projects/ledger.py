"""Service projects in ledgers (服务项目清单)."""

from typing import Any, ClassVar, Final

from app.core.sheets import names, readers
from app.core.sheets.ledger import Column, Draft, Ledger, Sight
from app.ledgers.keeper import NamedKeeper
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import ServiceProject
from app.projects.schedule import Schedule

KINDS: Final = readers.spelled(
    {
        ProjectKind.REGULAR: "常规 常规服务 常规服务项目 常规项目 基本服务",
        ProjectKind.FEATURED: "特色 特色服务 特色服务项目 特色项目 品牌项目",
    }
)
"""What ledgers call the kinds; a section line may say it for all rows below."""
SAID: Final = {ProjectKind.REGULAR: "常规", ProjectKind.FEATURED: "特色"}


def _finish(draft: Draft, sight: Sight) -> None:
    """Let the section a row stands under say its kind where the row does not."""
    if "kind" in draft.meant or not draft.section:
        return
    found = next(
        (
            kind
            for word, kind in (("特色", ProjectKind.FEATURED), ("常规", ProjectKind.REGULAR))
            if word in draft.section
        ),
        None,
    )
    if found is not None:
        draft.meant["kind"], draft.said["type"] = found.value, SAID[found]
    else:
        draft.meant["section"] = " ".join(draft.section.split())[:40]


LEDGER: Final = Ledger(
    "service_project",
    "projects",
    "服务项目 项目清单 服务清单",
    (
        Column(
            "type",
            readers.choice("kind", ProjectKind, KINDS, SAID, readers.unknown_to("section")),
            "项目类型 类型 项目类别 类别 服务类型 服务类别",
        ),
        Column(
            "name",
            readers.line("name", 60),
            "项目名称 服务项目 服务事项 事项名称 服务名称 项目 服务内容 名称 服务项目名称",
            needed=True,
        ),
        Column(
            "audience",
            readers.line("audience", 120),
            "服务对象 受众 面向对象 服务人群 对象 受益人群 受益对象 面向人群 服务群体",
        ),
        Column(
            "leader",
            names.contact("owner", "phone", readers.line("owner", 60)),
            "责任人 负责人 项目负责人 联系人 牵头人 项目责任人 责任部门 责任单位",
        ),
        Column("phone", names.phone("phone"), "联系电话 办公电话 电话 联系方式"),
        Column(
            "frequency",
            readers.worded("schedule", Schedule, readers.unknown_to("duty_boundary", "服务时间：")),
            "服务频次 服务时间 频次 开展时间 时间 周期 活动时间 服务频率 开展频次 活动频次",
        ),
        Column("section", readers.line("section", 40), "板块 所属板块 栏目"),
        Column(
            "duty_boundary",
            readers.words("duty_boundary", 500),
            (
                "职责边界 服务标准 具体内容 项目内容 服务内容说明 服务内容 服务内容及标准 服务标准及内容 "
                "项目简介 主要内容"
            ),
        ),
        Column("funding", readers.line("funding", 120), "资金来源 经费来源 经费"),
        Column("remark", readers.noted("duty_boundary", "备注："), "备注 说明"),
    ),
    finish=_finish,
)


class ProjectKeeper(NamedKeeper):
    """Takes in service projects, as drafts for the secretary to approve."""

    model: ClassVar[Any] = ServiceProject
    state: ClassVar[Any] = ProjectState.DRAFT

    def build(self, draft: Draft) -> ServiceProject:
        """Return the new project."""
        project: ServiceProject = super().build(draft)
        project.kind = project.kind or ProjectKind.REGULAR
        return project

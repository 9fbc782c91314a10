"""The pictures of the handbook: who looks at which page on what screen, and what must be seen there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "docs" / "handbook" / "pictures"
MOST: Final = 25
HEAVIEST: Final = 60_000
DESK: Final = (1200, 800)
PHONE: Final = (390, 780)


@dataclass(frozen=True)
class Picture:
    """A picture: `seen` are the elements the handbook points at, by selector; all of them must be visible."""

    login: str
    path: str
    seen: tuple[str, ...]
    size: tuple[int, int] = DESK
    top: str = ""
    """What stands at the upper edge, where that is not the head of the page."""


PICTURES: Final = {
    "secretary-home": Picture("secretary", "/", ("main h1", "main :text('超期')", "main :text('扫码待审核')")),
    "secretary-late": Picture("secretary", "/needs/late", ("main h1", "main table")),
    "secretary-posts": Picture("secretary", "/posts/board", ("main h1", "main :text('第三网格')")),
    "worker-home": Picture("worker", "/", ("main h1", "main :text('待受理')", "main :text('我负责的')")),
    "worker-mine": Picture(
        "worker", "/needs/list/?quick=mine", ("main .quick a[aria-current]", "main table a", "main .do .btn")
    ),
    "gridlead-needs": Picture("gridlead", "/needs/list/", ("main .rows", ".bar .plus"), PHONE),
    "gridworker-add": Picture("gridworker", "/needs/add", ("main [name=title]", "main #place"), PHONE),
    "coordinator-volunteers": Picture("coordinator", "/volunteers/list/", ("main .quick", "main .do .btn")),
    "liaison-resources": Picture("liaison", "/resources/list/", ("main table", "main a:text('登记资源')")),
    "partner-orders": Picture("partner", "/fulfilments/list/?quick=ours", ("main .rows", "main .quick b"), PHONE),
    "volunteer-me": Picture("volunteer", "/me", ("main h1", "main :text('可服务时间')"), PHONE),
    "supervisor-figures": Picture("supervisor", "/figures/", ("main h1", "main .figures a")),
    "auditor-history": Picture(
        "auditor", "/audit/", ("main :text('立即核对')",), top="main .card:has(:text('立即核对'))"
    ),
    "admin-users": Picture("admin", "/users/list/", ("main table", "main a:text('新建账号')")),
    "residents-poster": Picture("", "/q/poster", ("main textarea", "main button"), PHONE),
}

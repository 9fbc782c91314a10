"""Which chapter of the handbook tells of a list: the one table behind the question mark on each list's page."""

from typing import Final

from app.handbook.writing import ADDRESS

CHAPTERS: Final = {
    "needs": "worker#每一步",
    "resources": "worker#登记一项资源",
    "projects": "worker#服务项目清单",
    "fulfilments": "worker#派单请单位队伍志愿者来办",
    "callbacks": "worker#回访",
    "units": "worker#双报到单位和党员来报到",
    "members": "worker#双报到单位和党员来报到",
    "service_posts": "worker#双报到单位和党员来报到",
    "agreements": "worker#双报到单位和党员来报到",
    "feedbacks": "worker#双报到单位和党员来报到",
    "partners": "worker#双报到单位和党员来报到",
    "teams": "worker#志愿者",
    "volunteers": "worker#志愿者",
    "people": "worker#登记一个人",
    "vulnerabilities": "secretary#困难群众",
    "talents": "worker#社区人才库",
    "posts": "secretary#网格队伍",
    "party_orgs": "secretary#党组织",
    "party_members": "secretary#党组织",
    "places": "secretary#社区设置",
    "categories": "secretary#社区设置",
    "holidays": "secretary#社区设置",
    "limits": "secretary#社区设置",
    "communities": "secretary#社区设置",
    "users": "secretary#账号和授权",
    "grants": "secretary#账号和授权",
    "approvals": "worker#导出未脱敏数据",
}
"""The page and the heading by the name of the list."""


def address(list_name: str) -> str | None:
    """Return the address of the chapter of a list; None where there is none."""
    chapter = CHAPTERS.get(list_name)
    return f"{ADDRESS}{chapter}" if chapter else None

"""Boxes on disk, and the state of everything a box could change."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.accounts.models import Account, Grant
from app.communities.models import Category, Community, Holiday, Place
from app.core import database
from app.extensions import db
from app.organizations.models import Organization, Team
from app.people.models import Person
from app.posts.models import Post
from app.projects.models import ServiceProject

BOX = """\
code: dh
name: 东河社区
street: 惠民街道
district: 武江区
city: 韶关市
levels: [社区, 网格, 楼栋, 单元]
places:
  - name: 第一网格
    aliases: [河边网格]
    children:
      - {name: 3栋, households: 24}
      - name: 4栋
        children: [{name: 1单元}, {name: 2单元}]
  - name: 第二网格
    children:
      - {name: 3栋}
  - {name: 河西片区, kind: area, level: 网格}
categories:
  - name: 社区治理
    children: [环境卫生, {name: 公共设施}]
holidays:
  - {day: 2026-10-01, name: 国庆节}
  - {day: 2026-10-10, name: 调休上班, works: true}
accounts:
  - {login: zhaoli, name: 赵丽, phone: 13900001111, role: Secretary}
  - {login: qianwei, name: 钱伟, phone: "13900001112", role: GridLead, place: 二网格三幢}
  - {login: sunxia, name: 孙霞, role: UnitLiaison, unit: 惠民小学}
  - {login: lijun, name: 李军, phone: 13900001113, role: Volunteer, unit: 护学队}
units:
  - {name: 惠民小学, kind: school, member_count: 12, contact_phone: 0751-8880000, place: 河西片区}
  - {name: 邻里中心}
teams:
  - {name: 护学队, unit: 惠民小学, speciality: 上下学护送}
reference_date: 2026-11-20
"""


KEPT = (Community, Place, Category, Holiday, Organization, Team, Person, Post, ServiceProject, Account, Grant)


@pytest.fixture
def box(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a box file."""

    def write(text: str | bytes = BOX) -> Path:
        path = tmp_path / "box.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    """Another portal, in which there is nothing yet."""
    folder = tmp_path / "elsewhere"
    portal = create_app({"TESTING": True, "INSTANCE": folder, "DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.db'}"})
    database.upgrade(portal)
    yield portal
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def everything(behind: Any) -> Callable[[], dict[str, list[Any]]]:
    """Return every stored value a box could have changed, versions and change times included."""

    def read() -> dict[str, list[Any]]:
        with behind():
            return {
                model.__tablename__: [
                    tuple(row) for row in db.session.execute(select(*model.__table__.c).order_by("id"))
                ]
                for model in KEPT
            }

    return read

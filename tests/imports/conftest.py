"""What the tests of ledgers use: workbooks written by hand, and the ways to send them."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.communities.models import Community
from app.extensions import db
from app.imports import service, taking
from app.imports.models import ImportBatch
from app.imports.reporting import report
from app.imports.service import Asked
from tests.core.sheets.paper import xlsx

NEEDS = ["需求编号", "居民姓名", "手机号", "所属网格", "需求内容", "需求类别", "登记日期", "处理状态"]


def needs(*rows: Sequence[Any], title: str = "武江北社区群众需求清单") -> bytes:
    """Return a ledger of needs."""
    return xlsx({"群众需求清单": [[title], NEEDS, *rows]})


@pytest.fixture
def read(app: Flask, acting_as: Any) -> Callable[..., dict[str, Any]]:
    """Read a ledger as somebody, and return the report; nothing is written."""

    def run(data: bytes, listing: str = "auto", login: str = "secretary", **asked: Any) -> dict[str, Any]:
        with acting_as(login):
            community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            taken, _world = service.read(community, data, Asked(listing, **asked))
            return report(taken.drafts, taken.told(), db.session.get_one(Community, community.id))

    return run


@pytest.fixture
def take_in(app: Flask, acting_as: Any) -> Callable[..., int]:
    """Read a ledger and take it in, and return the number of the batch."""

    def run(data: bytes, listing: str = "auto", login: str = "secretary", history: bool = False) -> int:
        with acting_as(login):
            community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            batch = service.stage(community, data, "台账.xlsx", Asked(listing, history))
            taking.apply(batch)
            return int(batch.id)

    return run


@pytest.fixture
def counts(behind: Any) -> Callable[[int], Mapping[str, int]]:
    """Return the counts of a batch."""

    def run(number: int) -> Mapping[str, int]:
        with behind():
            found: dict[str, int] = db.session.get_one(ImportBatch, number).told["counts"]
            return found

    return run


def sent(data: bytes, name: str = "台账.xlsx", **more: Any) -> dict[str, Any]:
    """Return the form by which a file is sent."""
    return {"file": (BytesIO(data), name), **more}

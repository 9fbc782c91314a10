"""Rows that are being written piece by piece are seen by nobody until the last piece is there."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from app.core import database, unfinished
from app.core.actor import acting, system
from app.core.history import Entry
from app.core.timeline import Step
from app.extensions import db
from app.needs.models import Need
from tests.whole.test_openapi import bearer  # noqa: F401 - a fixture


@pytest.fixture
def hidden(app: Any, register: Any) -> int:
    """The id of a need that is not finished, beside one that is."""
    register(title="先登记的一件")
    pk = register(title="还没写完的一件")
    with app.app_context(), acting(system("tests")), database.transaction():
        unfinished.hide(7, "needs", [pk])
    return pk


def finish(app: Any) -> None:
    """Let the work be finished."""
    with app.app_context(), acting(system("tests")), database.transaction():
        unfinished.show(7)


def test_numbers_that_follow_each_other_are_told_once():
    assert unfinished.runs([4, 1, 2, 9, 3]) == [(1, 4), (9, 9)]
    assert unfinished.runs([]) == []


def test_an_unfinished_need_is_nowhere_until_it_is_finished(
    app: Any,
    hidden: int,
    as_secretary: Any,
    bearer: Any,  # noqa: F811 - the fixture
):
    header = bearer("secretary")

    def seen() -> list[bool]:
        texts = [as_secretary.page("/needs/list/"), as_secretary.get("/needs/export.csv").get_data(as_text=True)]
        texts += [as_secretary.page("/needs/list/?q=还没写完")]
        texts.append(app.test_client().get("/api/v1/needs/", headers=header).get_data(as_text=True))
        found = ["还没写完的一件" in text.replace("还没写完”", "") for text in texts]
        return [*found, as_secretary.get(f"/needs/show/{hidden}").status_code == 200]

    assert set(seen()) == {False}
    finish(app)
    assert set(seen()) == {True}


def test_not_even_the_system_counts_it_nor_tells_its_history(app: Any, hidden: int, acting_as: Any):
    other = aliased(Need)
    asked = (
        select(func.count()).select_from(Need),
        select(func.count()).select_from(other).where(other.id > 0),
        select(func.count()).select_from(Step).where(Step.list == "needs"),
        select(func.count()).select_from(Entry).where(Entry.list == "needs"),
        select(func.count()).select_from(select(Need.id).options(joinedload(Need.place)).subquery()),
    )
    for login in ("", "secretary"):
        with app.app_context(), acting(system("tests")) if not login else acting_as(login):
            assert [db.session.scalar(one) for one in asked] == [1, 1, 1, 1, 1]
            assert db.session.get(Need, hidden) is None
            with unfinished.seeing(7):
                assert [db.session.scalar(one) for one in asked] == [2, 2, 2, 2, 2]
            with unfinished.seeing(8):
                assert db.session.scalar(asked[0]) == 1

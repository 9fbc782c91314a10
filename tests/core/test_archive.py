"""Nothing is deleted: rows are put away with a reason, and come back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.timeline import Step
from app.extensions import db


@pytest.fixture
def put_away(as_secretary):
    """Archive a need."""
    return lambda pk, reason="登记重复", **more: as_secretary.post(f"/needs/archive/{pk}", {"reason": reason} | more)


def test_the_secretary_puts_a_need_away_with_a_reason(as_secretary, register, need, put_away, behind):
    pk = register()
    assert "归档" in as_secretary.page(f"/needs/archive/{pk}")
    assert put_away(pk).status_code == 302
    assert (need(pk)["archive_reason"], need(pk)["archived_at"] is not None) == ("登记重复", True)
    assert "楼下路灯不亮" not in as_secretary.page("/needs/list/")
    assert "楼下路灯不亮" in as_secretary.page("/needs/list/?archived=1")
    with behind():
        assert [step.move for step in db.session.scalars(select(Step).order_by(Step.id))] == ["register", "archive"]


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201, "看不\x00见"])
def test_without_a_good_reason_nothing_is_put_away(register, need, put_away, reason):
    pk = register()
    answer = put_away(pk, reason)
    assert answer.status_code == 422
    assert 'class="errors"' in answer.get_data(as_text=True)
    assert need(pk)["archived_at"] is None


def test_what_was_put_away_is_only_shown_until_it_is_restored(as_secretary, register, need, put_away):
    pk = register()
    put_away(pk)
    assert "登记重复" in as_secretary.page(f"/needs/show/{pk}")
    assert as_secretary.get(f"/needs/edit/{pk}").status_code == 409
    assert as_secretary.post(f"/needs/move/accept/{pk}").status_code == 409
    assert put_away(pk).status_code == 409
    assert as_secretary.post(f"/needs/restore/{pk}").status_code == 302
    assert need(pk)["archived_at"] is None
    assert as_secretary.post(f"/needs/restore/{pk}").status_code == 409


def test_after_thirty_days_it_stays_put_away(as_secretary, register, need, put_away, as_person):
    pk = register()
    put_away(pk)
    clock.clock.fixed = clock.now() + timedelta(days=30, minutes=1)
    later = as_person("secretary")
    assert later.post(f"/needs/restore/{pk}").status_code == 409
    assert need(pk)["archived_at"] is not None


def test_a_row_changed_since_the_page_was_opened_is_not_put_away(as_secretary, register, need, put_away):
    pk = register()
    as_secretary.post(f"/needs/move/accept/{pk}")
    assert put_away(pk, version="1").status_code == 409
    assert need(pk)["archived_at"] is None


@pytest.mark.parametrize("login", ["worker", "gridlead", "gridworker", "auditor", "liaison", "supervisor"])
def test_only_the_secretary_puts_needs_away(as_person, register, need, login):
    pk = register()
    assert as_person(login).post(f"/needs/archive/{pk}", {"reason": "x"}).status_code == 403
    assert as_person(login).post(f"/needs/restore/{pk}").status_code == 403
    assert need(pk)["archived_at"] is None


def test_the_neighbour_puts_nothing_of_ours_away(as_neighbour, register, need):
    pk = register()
    assert as_neighbour.post(f"/needs/archive/{pk}", {"reason": "x"}).status_code == 404
    assert need(pk)["archived_at"] is None


def test_opening_the_page_changes_nothing(as_secretary, register, need):
    pk = register()
    as_secretary.page(f"/needs/archive/{pk}")
    assert as_secretary.get(f"/needs/restore/{pk}").status_code == 405
    assert need(pk)["version"] == 1

"""That what is made once for all requests says to each person only what is theirs."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts import reach
from app.accounts.models import Account, Grant
from app.communities.models import Community, Holiday
from app.core import clock, scope
from app.core.codes import next_codes
from app.core.database import transaction
from app.extensions import db
from app.needs.views import NeedView
from app.roles import Role
from tests.projects.conftest import run

__all__ = ["run"]


def account_of(behind, login: str) -> int:
    with behind():
        return int(db.session.scalars(select(Account.id).filter_by(login=login)).one())


def view_of(app: Flask, kind: type):
    return next(view for view in app.extensions["appbuilder"].list_views() if isinstance(view, kind))


def test_a_row_opened_by_the_secretary_is_not_there_for_the_neighbour(as_secretary, as_neighbour, register):
    here, there = register(), register("neighbour", place=None)
    for _again in range(2):
        assert as_secretary.get(f"/needs/show/{here}").status_code == 200
        assert as_neighbour.get(f"/needs/show/{here}").status_code == 404
        assert as_neighbour.get(f"/needs/show/{there}").status_code == 200
        assert as_secretary.get(f"/needs/show/{there}").status_code == 404
        assert as_secretary.get(f"/needs/edit/{there}").status_code == 404


def test_a_row_is_gone_for_whom_the_grant_has_ended(as_secretary, register, behind):
    pk = register()
    assert as_secretary.get(f"/needs/show/{pk}").status_code == 200
    with behind(), transaction():
        for grant in db.session.scalars(select(Grant).join(Grant.account).where(Account.login == "secretary")):
            grant.ends_on = clock.today() - timedelta(days=1)
    assert as_secretary.get(f"/needs/show/{pk}").status_code in (302, 403, 404)


def test_what_narrows_a_list_further_is_asked_of_each(as_secretary, as_neighbour, behind):
    pk = account_of(behind, "worker")
    for _again in range(2):
        assert as_secretary.get(f"/users/show/{pk}").status_code == 200
        assert as_neighbour.get(f"/users/show/{pk}").status_code == 404


def test_the_statement_of_one_row_is_made_once(app: Flask, as_secretary, as_worker, register):
    first, second = register(), register()
    as_secretary.page(f"/needs/show/{first}")
    view = view_of(app, NeedView)
    made = dict(view._one_row)
    as_worker.page(f"/needs/show/{second}")
    as_secretary.page(f"/needs/show/{second}")
    assert made == view._one_row
    assert (tuple(view.show_columns), True) in made


def test_a_row_that_brings_many_others_along_keeps_nothing_more_when_opened_again(as_secretary, run):
    address = f"/projects/show/{run()}"
    as_secretary.page(address)
    kept = scope._kept.cache_info().currsize
    for _again in range(3):
        as_secretary.page(address)
    assert scope._kept.cache_info().currsize == kept


def test_words_of_a_page_are_escaped_and_filled_in(app: Flask, as_secretary):
    say = app.jinja_env.globals["_"]
    with app.test_request_context():
        assert say("Archived: %(reason)s", reason="<b>") == "已归档：&lt;b&gt;"
        assert say("100%% of <b>") == "100% of <b>"
        assert say("Home") == "工作台"


def test_who_is_told_goes_by_the_day_the_community_and_the_roles(app: Flask, behind):
    clock.clock.fixed = clock.now()
    worker, roles = account_of(behind, "worker"), [Role.WORKER]
    with behind():
        here, there = (db.session.scalars(select(Community.id).filter_by(code=code)).one() for code in ("wjb", "qn"))
        assert [one.user_id for one in reach.working(here, roles, [])] == [worker]
        assert reach.working(there, roles, [worker]) == []
        assert reach.working(here, [], []) == []
        assert [one.user_id for one in reach.working(here, [], [worker])] == [worker]
        with transaction():
            grant = db.session.scalars(select(Grant).filter_by(account_id=worker)).one()
            grant.ends_on = clock.today()
        assert [one.user_id for one in reach.working(here, roles, [])] == [worker]
        clock.clock.fixed += timedelta(days=1)
        assert reach.working(here, roles, []) == []


def test_a_holiday_entered_now_moves_what_is_registered_next(register, need, behind):
    clock.clock.fixed = clock.parse_local("2026-11-23 09:00")
    before = need(register())["response_due"]
    with behind(), transaction():
        for code in ("wjb", "qn"):
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            days = (24, 25, 26, 27) if code == "wjb" else (24,)
            db.session.add_all(
                Holiday(community=community, day=date(2026, 11, day), name="放假", works=False) for day in days
            )
    ours, theirs = need(register())["response_due"], need(register("neighbour", place=None))["response_due"]
    assert ours > theirs > before


def test_codes_are_counted_by_community_prefix_and_day(app: Flask, behind):
    with behind():
        here, there = db.session.scalars(select(Community.id).order_by(Community.id)).all()
        day, next_day = date(2026, 11, 22), date(2026, 11, 23)
        assert next_codes(db.session(), here, "XQ", day, 3)[-1] == "XQ20261122003"
        assert next_codes(db.session(), there, "XQ", day, 1) == ["XQ20261122001"]
        assert next_codes(db.session(), here, "XQ", day, 2) == ["XQ20261122004", "XQ20261122005"]
        assert next_codes(db.session(), here, "XQ", next_day, 1) == ["XQ20261123001"]
        assert next_codes(db.session(), here, "FW", day, 1) == ["FW20261122001"]

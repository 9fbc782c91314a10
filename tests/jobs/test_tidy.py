"""What is removed when it has been kept long enough, and what stays."""

from datetime import timedelta

from sqlalchemy import func, select

from app.accounts import links, sessions
from app.accounts.models import Account
from app.accounts.traces import LinkPurpose, OneTimeLink, SignIn
from app.core import clock, heads
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.jobs import own


def count(model):
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.rollback()
    return found


def test_expired_sign_ins_and_links_go_and_those_of_today_stay(app, as_secretary):
    with app.test_request_context(), acting(system("tests")):
        clock.clock.fixed = clock.now() - timedelta(days=40)
        with transaction():
            account = db.session.scalars(select(Account).filter_by(login="worker")).one()
            links.make(account, LinkPurpose.RESET)
            sessions.begin(account.id, "")
        clock.clock.fixed = None
        before = count(SignIn), count(OneTimeLink)
        assert own.tidy().items() >= {"sign_ins": 1, "links": 1}.items()
        assert (count(SignIn), count(OneTimeLink)) == (before[0] - 1, before[1] - 1)
        assert set(own.tidy().values()) == {0}
    assert as_secretary.page("/")


def test_the_ends_of_history_are_kept_also_on_a_quiet_day(app, register):
    register()
    tomorrow = clock.now() + timedelta(days=1)
    with app.app_context(), acting(system("heads")):
        clock.clock.fixed = tomorrow
        assert own.keep_ends() == {}
        days = [kept.day for kept in heads.kept()]
        assert days[-1] == clock.today().isoformat()
        assert own.keep_ends() == {}
        assert [kept.day for kept in heads.kept()] == days

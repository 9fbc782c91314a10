"""Ticket codes: one in force, none readable anywhere, gone after 180 days."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.actor import acting, system
from app.extensions import db
from app.needs.models import Need
from app.public import codes, tickets
from app.public.codes import Kind
from app.public.models import TicketCode
from tests.public.conftest import code_on
from tests.whole.scene import dump


@pytest.fixture
def opens(app):
    """Return the id of the need a code opens."""

    def what(signs):
        with app.app_context():
            found = tickets.find(signs)
            return found.need.id if found is not None else None

    return what


def test_a_code_opens_its_own_need_and_no_other(register, ticket, opens):
    one, other = register(), register(title="另一件事")
    first, second = ticket(one), ticket(other)
    assert (opens(first), opens(second)) == (one, other)
    assert opens(codes.new(Kind.TICKET)) is None


def test_the_next_code_replaces_the_one_before(register, ticket, opens):
    pk = register()
    first, second = ticket(pk), ticket(pk)
    assert first != second
    assert (opens(first), opens(second)) == (None, pk)


def test_after_180_days_a_code_opens_nothing_and_is_removed(register, ticket, opens, app):
    clock.clock.fixed = clock.now()
    pk, begun = register(), clock.now()
    signs = ticket(pk)
    clock.clock.fixed = begun + timedelta(days=180, seconds=-1)
    assert opens(signs) == pk
    clock.clock.fixed = begun + timedelta(days=180, seconds=1)
    assert opens(signs) is None
    with app.app_context():
        assert tickets.forget_old() == 1
        db.session.commit()
        assert tickets.forget_old() == 0


def test_an_archived_need_is_closed_to_its_code(register, ticket, opens, as_secretary):
    pk = register()
    signs = ticket(pk)
    assert as_secretary.post(f"/needs/archive/{pk}", {"reason": "登记错了", "version": "2"}).status_code == 302
    assert opens(signs) is None


def test_the_database_holds_no_code(app, register, ticket):
    signs = ticket(register())
    everything = str(dump(app))
    assert signs not in everything
    assert codes.written(signs) not in everything
    with app.app_context():
        kept = db.session.scalars(select(TicketCode.hash)).one()
        assert kept == tickets.hash_of(signs)
        assert len(kept) == 64


def test_a_form_has_one_code_that_does_not_follow_without_the_key(app):
    with app.app_context():
        first = tickets.drawn_from("0" * 32)
        assert first == tickets.drawn_from("0" * 32)
        assert first != tickets.drawn_from("1" + "0" * 31)
        assert codes.read(first).kind is Kind.TICKET


def test_the_desk_prints_a_new_code_and_the_timeline_says_so(register, as_worker, resident, ticket):
    pk = register(title="楼下路灯不亮")
    before = ticket(pk)
    printed = as_worker.post(f"/needs/slip/{pk}")
    assert printed.status_code == 200
    assert resident.open(before).status_code == 404
    page = resident.open(code_on(printed))
    assert page.status_code == 200
    assert "楼下路灯不亮" in page.get_data(as_text=True)
    shown = as_worker.page(f"/needs/show/{pk}")
    assert "打印了新的查询码" in shown
    assert "李国强" in shown
    assert code_on(printed) not in shown


@pytest.mark.parametrize(
    ("login", "status"),
    [("secretary", 200), ("worker", 200), ("gridlead", 200), ("neighbour", 404), ("auditor", 403), ("partner", 403),
     ("volunteer", 403), ("liaison", 403), ("coordinator", 403), ("admin", 403), ("supervisor", 403)],
)  # fmt: skip
def test_who_may_print_a_slip(register, as_person, login, status, behind):
    pk = register()
    assert as_person(login).post(f"/needs/slip/{pk}").status_code == status
    with behind():
        assert (db.session.scalars(select(TicketCode)).first() is not None) == (status == 200)


def test_the_grid_worker_prints_slips_for_what_she_recorded_and_for_no_other(register, as_gridworker):
    assert as_gridworker.post(f"/needs/slip/{register('gridworker')}").status_code == 200
    assert as_gridworker.post(f"/needs/slip/{register('secretary')}").status_code == 403


def test_who_did_the_work_prints_no_slip_for_it(at, as_person):
    pk = at("delivered")
    assert as_person("gridworker").post(f"/needs/slip/{pk}").status_code == 409
    assert as_person("worker").post(f"/needs/slip/{pk}").status_code == 200


def test_opening_the_slip_as_a_page_gives_out_nothing(register, as_worker, need):
    pk = register()
    assert as_worker.get(f"/needs/slip/{pk}").status_code == 405
    assert need(pk)["code_issued_at"] is None


def test_many_codes_one_after_the_other_leave_one_in_force(register, ticket, behind):
    pk = register()
    signs = [ticket(pk) for _number in range(20)]
    with behind():
        rows = db.session.scalars(select(TicketCode).filter_by(need_id=pk)).all()
        assert [row.hash for row in rows if row.revoked_at is None] == [tickets.hash_of(signs[-1])]


def test_the_need_is_found_by_the_hash_alone_whoever_asks(app, register, ticket):
    signs = ticket(register("neighbour", place="桥南一网格"))
    with app.app_context(), acting(system("tests")):
        found = tickets.find(signs)
        assert isinstance(found.need, Need)
        assert found.need.community.code == "qn"

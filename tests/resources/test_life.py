"""The life of a shared resource through its doors: who offers what, who reviews, publishes, pauses and asks again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.history import Entry
from app.core.moves import Refused, perform
from app.core.timeline import Step
from app.extensions import db
from app.jobs.registry import known
from app.notices.models import Notice
from app.resources import service
from app.resources.choices import ResourceState
from app.resources.models import Resource
from tests.core.conftest import Program
from tests.resources.conftest import PARTNER, UNIT


@pytest.fixture
def form(ids):
    """What somebody types to offer a hall by time."""
    return {
        "name": "多功能室",
        "kind": "venue",
        "quantity_mode": "scheduled",
        "windows": "周六上午9点到11点半（2人）；每周三、五 下午2点到4点",
        "categories": ["", str(ids["公共设施"])],
        "place": str(ids["第一网格"]),
    }


NAMES = ("甲轮椅", "乙轮椅", "丙轮椅")


def move(person, name, pk, **values):
    return person.post(f"/resources/move/{name}/{pk}", values).status_code


def newest(behind):
    with behind():
        return db.session.scalar(select(Resource.id).order_by(Resource.id.desc()).limit(1))


# -- offering -------------------------------------------------------------------------------------------------------


def test_the_liaison_offers_what_the_own_unit_provides_without_naming_it(as_liaison, form, behind, resource, ids):
    page = as_liaison.page("/resources/add")
    assert UNIT in page
    assert PARTNER not in as_liaison.page("/resources/choices/provider")
    assert as_liaison.post("/resources/add", form).status_code == 302
    found = resource(newest(behind))
    assert (found["provider_id"], found["state"]) == (ids[UNIT], ResourceState.DRAFT)
    assert str(found["windows"]) == "周三、周五 14:00–16:00；周六 9:00–11:30（每次 2 人）"
    assert found["categories"] == ["公共设施"]


@pytest.mark.parametrize("login", ["liaison", "partner"])
def test_nobody_offers_what_somebody_else_provides(as_person, form, behind, ids, login):
    other = {"liaison": PARTNER, "partner": UNIT}[login]
    answer = as_person(login).post("/resources/add", form | {"provider": str(ids[other])})
    assert answer.status_code == 422
    assert "只能提供" in answer.get_data(as_text=True)
    program = Program(as_person(login).client)
    sent = {"name": "会议室", "kind": "venue", "provider": ids[other]}
    answer = program.post("/api/v1/resources/", **sent)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["provider"])
    own = program.post("/api/v1/resources/", name="会议室", kind="venue").json
    answer = program.put(f"/api/v1/resources/{own['id']}", version=own["result"]["version"], provider=ids[other])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["provider"])
    assert newest(behind) == own["id"]


def test_the_office_names_the_provider(as_worker, form):
    answer = as_worker.post("/resources/add", form)
    assert answer.status_code == 422
    assert "周六上午9点到11点半（2人）" in answer.get_data(as_text=True)


@pytest.mark.parametrize("login", ["coordinator", "gridlead", "gridworker", "volunteer", "supervisor", "auditor"])
def test_others_only_read(as_person, share, form, ids, login):
    pk = share()
    person = as_person(login)
    assert "轮椅" in person.page("/resources/list/")
    assert person.post("/resources/add", form | {"provider": str(ids[UNIT])}).status_code == 403
    assert move(person, "pause", pk) == 403


def test_a_partner_sees_only_the_own(as_partner, share):
    theirs, mine = share(name="轮椅"), share(name="雨伞", provider=PARTNER)
    page = as_partner.page("/resources/list/")
    assert "雨伞" in page
    assert "轮椅" not in page
    assert as_partner.get(f"/resources/show/{theirs}").status_code == 404
    assert as_partner.get(f"/resources/edit/{mine}").status_code == 200


def test_the_neighbour_sees_nothing_of_it(as_neighbour, share, ids):
    pk = share()
    assert as_neighbour.get(f"/resources/show/{pk}").status_code == 404
    answer = as_neighbour.post("/resources/add", {"name": "伞", "kind": "goods", "provider": str(ids[UNIT])})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"quantity_mode": "countable"}, ["quantity", "unit_of_measure"]),
        ({"quantity_mode": "countable", "quantity": 0, "unit_of_measure": "把"}, ["quantity"]),
        ({"quantity_mode": "scheduled"}, ["windows"]),
        ({"windows": "预约"}, ["windows"]),
        ({"windows": "周六 11:00-9:00"}, ["windows"]),
        ({"windows": [{"weekday": 9, "from": "09:00", "to": "10:00"}]}, ["windows"]),
        ({"valid_from": "2026-12-31", "valid_to": "2026-12-01"}, ["valid_to"]),
        ({"checked_on": "2099-01-01"}, ["checked_on"]),
        ({"contact_phone": "12"}, ["contact_phone"]),
        ({"categories": [999999]}, ["categories"]),
        ({"categories": "公共设施"}, ["categories"]),
        ({"provider": 999999}, ["provider"]),
        ({"committed": 1}, ["committed"]),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(as_secretary, ids, typed, beside):
    sent = {"name": "轮椅", "kind": "goods", "provider": ids[UNIT]} | typed
    answer = Program(as_secretary.client).post("/api/v1/resources/", **sent)
    assert (answer.status_code, list(answer.json["message"])) == (422, beside)


def test_a_program_writes_and_reads_windows_and_categories(as_secretary, ids):
    windows = [{"weekday": 6, "from": "09:00", "to": "11:30", "capacity": 2}]
    sent = {"name": "多功能室", "kind": "venue", "provider": ids[UNIT], "quantity_mode": "scheduled"}
    program = Program(as_secretary.client)
    made = program.post("/api/v1/resources/", **sent, windows=windows, categories=[ids["公共设施"]]).json["result"]
    assert (made["windows"], made["categories"]) == (windows, [ids["公共设施"]])
    answer = program.put(f"/api/v1/resources/{made['id']}", version=made["version"], windows="每天 上午", categories=[])
    assert len(answer.json["result"]["windows"]) == 7
    assert answer.json["result"]["categories"] == []


def test_what_was_archived_provides_nothing_new(as_secretary, form, behind, ids):
    unit = str(ids[UNIT])
    assert as_secretary.post(f"/units/archive/{unit}", {"reason": "已搬走"}).status_code == 302
    answer = as_secretary.post("/resources/add", form | {"provider": unit})
    assert answer.status_code == 422


# -- history --------------------------------------------------------------------------------------------------------


def test_a_move_that_changes_no_column_stands_in_history_too(as_worker, share, behind, resource, app):
    pk = share(state=ResourceState.AVAILABLE, checked_on=clock.today())
    before = resource(pk)
    assert move(as_worker, "recheck", pk) == 302
    after = resource(pk)
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"changed_at"} == {"version", "changed_by_id"}
    with behind():
        entry = db.session.scalars(select(Entry).filter_by(list="resources", row_id=pk).order_by(Entry.id)).all()[-1]
        step = db.session.scalars(select(Step).filter_by(list="resources", row_id=pk).order_by(Step.id)).all()[-1]
        assert (entry.act, entry.step_uid, entry.roles) == ("recheck", step.uid, "Worker")
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_two_moves_in_one_go_stand_in_history_each_by_whoever_made_it(app, share, behind):
    pk = share(state=ResourceState.DRAFT)
    with app.app_context(), transaction(), acting(system("office")):
        row = db.session.get_one(Resource, pk)
        perform(row, "review", {})
        with acting(system("night")):
            perform(row, "publish", {})
            db.session.flush()
    with behind():
        entries = db.session.scalars(select(Entry).filter_by(list="resources", row_id=pk).order_by(Entry.id)).all()
        told = [(entry.act, entry.actor_label, entry.told().get("state")) for entry in entries[-2:]]
    assert told == [("review", "system:office", ["draft", "available"]), ("publish", "system:night", None)]
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_who_opened_it_before_such_a_move_makes_it_once(as_worker, as_secretary, share, behind):
    pk = share(state=ResourceState.AVAILABLE, checked_on=clock.today())
    seen = as_worker.page(f"/resources/move/recheck/{pk}").split('name="version"')[1].split('value="')[1].split('"')[0]
    twice = [as_worker.post(f"/resources/move/recheck/{pk}", {"version": seen}).status_code for _click in range(2)]
    assert twice == [302, 302]
    assert as_secretary.post(f"/resources/move/recheck/{pk}", {"version": seen}).status_code == 409
    with behind():
        made = db.session.scalars(select(Step).filter_by(list="resources", row_id=pk, move="recheck")).all()
    assert len(made) == 1


# -- moving ---------------------------------------------------------------------------------------------------------


def test_from_draft_to_available_and_back(as_worker, as_liaison, share, resource):
    pk = share(state=ResourceState.DRAFT)
    assert move(as_liaison, "review", pk) == 403
    assert move(as_worker, "publish", pk) == 409
    assert [move(as_worker, name, pk) for name in ("review", "publish")] == [302, 302]
    assert move(as_liaison, "pause", pk) == 302
    assert resource(pk)["state"] is ResourceState.PAUSED
    assert move(as_liaison, "recheck", pk) == 302
    assert move(as_liaison, "exhaust", pk) == 403
    assert move(as_worker, "exhaust", pk) == 302
    assert move(as_worker, "restock", pk) == 302
    assert resource(pk)["state"] is ResourceState.AVAILABLE


def test_publishing_counts_as_having_asked(as_worker, share, resource, behind):
    pk = share(state=ResourceState.REVIEWED)
    with behind(), transaction():
        db.session.scalars(select(Resource)).one().checked_on = None
    assert move(as_worker, "publish", pk) == 302
    assert resource(pk)["checked_on"] == clock.today()


def test_what_is_over_is_not_published_before_its_term_is_set_anew(as_worker, share):
    pk = share(state=ResourceState.REVIEWED, valid_to=clock.today() - timedelta(1))
    assert move(as_worker, "publish", pk) == 409


def test_the_end_of_the_term_comes_by_itself(as_secretary, share):
    assert move(as_secretary, "expire", share()) == 403


def test_more_is_there_only_if_more_is_said(as_worker, counted, behind, resource):
    pk = counted(1)
    with behind(), transaction():
        service.reserve(db.session.get(Resource, pk), 1)
    assert move(as_worker, "restock", pk) == 422
    assert move(as_worker, "restock", pk, quantity="4") == 302
    assert (resource(pk)["state"], resource(pk)["quantity"]) == (ResourceState.AVAILABLE, 4)


def test_the_office_reviews_and_publishes_many_at_once(as_secretary, share, resource):
    pks = [share(name=f"轮椅{number}", state=ResourceState.DRAFT) for number in range(3)]
    for name in ("review", "publish"):
        assert as_secretary.post("/resources/action_post", {"action": name, "rowid": pks}).status_code == 200
    assert {resource(pk)["state"] for pk in pks} == {ResourceState.AVAILABLE}


def test_the_quick_filters_find_what_they_say(as_secretary, as_liaison, share):
    today = clock.today()
    share(name="甲轮椅", state=ResourceState.DRAFT, provider=PARTNER)
    share(name="乙轮椅", checked_on=today - timedelta(80))
    share(name="丙轮椅", valid_to=today + timedelta(3))
    found = {
        quick: {name for name in NAMES if name in as_secretary.page(f"/resources/list/?quick={quick}")}
        for quick in ("available", "review", "check", "ending", "ours")
    }
    assert found == {
        "available": {"乙轮椅", "丙轮椅"},
        "review": {"甲轮椅"},
        "check": {"乙轮椅"},
        "ending": {"丙轮椅"},
        "ours": {*NAMES},
    }
    assert "丙轮椅" in as_liaison.page("/resources/list/?quick=ours")


def test_a_category_finds_what_answers_to_it_or_to_those_below(as_secretary, share, ids, behind):
    pk = share(name="电工")
    share(name="轮椅")
    address = f"/resources/list/?categories={ids['社区治理']}"
    assert "电工" not in as_secretary.page(address)
    with behind(), transaction():
        db.session.get(Resource, pk).categories = [db.session.get(Category, ids["公共设施"])]
    assert "电工" in as_secretary.page(address)
    assert "轮椅" not in as_secretary.page(address)


# -- what time brings -----------------------------------------------------------------------------------------------


def test_time_reminds_then_pauses_then_ends_each_once(share, behind, resource):
    today, told = clock.today(), []
    fresh, soon, late = (share(name=f"轮椅{days}", checked_on=today - timedelta(days)) for days in (10, 80, 91))
    over = share(name="展板", valid_to=today - timedelta(1))

    def listen(sender, resource):
        told.append(resource.id)

    with service.check_due.connected_to(listen), behind():
        assert [service.remind_providers(clock.now()) for _again in range(2)] == [2, 0]
        assert service.pause_unchecked(clock.now()) == 0
        clock.clock.fixed = clock.now() + timedelta(1)
        assert [service.pause_unchecked(clock.now()) for _again in range(2)] == [1, 0]
        assert [service.expire_terms(clock.now()) for _again in range(2)] == [1, 0]
    assert told == [soon, late]
    states = [resource(pk)["state"] for pk in (fresh, soon, late, over)]
    assert states == [ResourceState.AVAILABLE, ResourceState.AVAILABLE, ResourceState.PAUSED, ResourceState.EXPIRED]
    with behind():
        said = select(Step.move, Step.by_label).where(Step.list == "resources", Step.row_id.in_([late, over]))
        assert {("pause", "system:pause_unchecked"), ("expire", "system:expire_terms")} <= {
            tuple(one) for one in db.session.execute(said)
        }


def test_asking_again_lets_the_reminder_come_again(as_liaison, share, behind, resource):
    pk = share(checked_on=clock.today() - timedelta(80))
    with behind():
        assert service.remind_providers(clock.now()) == 1
    assert move(as_liaison, "recheck", pk) == 302
    assert (resource(pk)["checked_on"], resource(pk)["reminded_on"]) == (clock.today(), None)


@pytest.fixture
def told(behind):
    """Return who was told of a kind of news and may still do something about it."""

    def read(kind):
        with behind():
            found = select(Account.login).join(Notice, Account.id == Notice.account_id)
            return {*db.session.scalars(found.where(Notice.kind == kind, Notice.done_at.is_(None)))}

    return read


def test_the_provider_is_told_before_and_when_it_is_paused(as_liaison, share, behind, told):
    pk = share("worker", checked_on=clock.today() - timedelta(80))
    with behind():
        service.remind_providers(clock.now())
    assert told("resource_check_due") == {"liaison", "worker"}
    with behind():
        assert service.pause_unchecked(clock.now() + timedelta(20)) == 1
    assert told("resource_check_due") == set()
    assert told("resource_paused") == {"liaison", "worker"}
    assert move(as_liaison, "recheck", pk) == 302
    assert told("resource_paused") == set()


def test_nothing_is_paused_that_nobody_was_reminded_of(share, behind, resource):
    pk = share(checked_on=clock.today() - timedelta(200), reminded_on=clock.today() - timedelta(300))
    with behind():
        assert service.pause_unchecked(clock.now()) == 0
        assert service.remind_providers(clock.now()) == 1
        assert service.pause_unchecked(clock.now()) == 0
    assert resource(pk)["state"] is ResourceState.AVAILABLE


def test_the_office_is_told_of_what_a_unit_shares(as_liaison, as_worker, share, told):
    pk = share("liaison", state=ResourceState.DRAFT)
    assert told("resource_to_review") == {"secretary", "worker"}
    assert move(as_worker, "review", pk) == 302
    assert told("resource_to_review") == set()


def test_one_that_cannot_be_written_holds_up_no_other(share, behind, resource, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    pks = [share(name=f"轮椅{number}", checked_on=clock.today() - timedelta(100)) for number in range(5)]
    with behind():
        assert service.remind_providers(clock.now()) == 5
        assert service.pause_unchecked(clock.now() + timedelta(1)) == 5
    assert {resource(pk)["state"] for pk in pks} == {ResourceState.PAUSED}


def test_nobody_expires_by_hand_what_the_system_ends(behind, share):
    pk = share()
    with behind():
        row = db.session.get(Resource, pk)
        with acting(system("expire_terms")):
            perform(row, "expire", {})
            with pytest.raises(Refused):
                perform(row, "pause", {})


def test_the_nightly_jobs_do_what_they_say(app, share, behind, resource):
    pk = share(checked_on=clock.today() - timedelta(91))
    with behind():
        assert known()["remind_providers"].run() == {"resources": 1}
        clock.clock.fixed = clock.now() + timedelta(1)
        counts = {name: known()[name].run() for name in ("remind_providers", "pause_unchecked", "expire_terms")}
    assert counts == {
        "remind_providers": {"resources": 0},
        "pause_unchecked": {"resources": 1},
        "expire_terms": {"resources": 0},
    }
    assert resource(pk)["state"] is ResourceState.PAUSED

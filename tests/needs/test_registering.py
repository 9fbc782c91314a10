"""A form registers past the session: what stands afterwards is what the session would have written."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities.models import Category, Community, Place
from app.core import clock, recording, verifying
from app.core.access import OutOfScope
from app.core.actor import acting, system
from app.core.database import Clash, transaction
from app.core.history import Entry
from app.core.model import new_uid
from app.core.rules import Violation
from app.core.timeline import Step
from app.extensions import db
from app.needs import service
from app.needs.choices import Channel, NeedKind, NeedState, Urgency
from app.needs.models import Need
from app.notices.models import Notice

OWN = {"id", "uid", "code", "reporter_phone_index"}
"""What two needs never share, or what follows from it."""
WAYS = (service.register, service.register_plainly)


@pytest.fixture(autouse=True)
def monday(app: Any) -> None:
    """Both needs of a pair are registered at the same moment."""
    clock.clock.fixed = clock.day_starts(date(2026, 11, 23))


@pytest.fixture
def registered(acting_as: Any, behind: Any) -> Callable[..., dict[str, Any]]:
    """Register a need one way, as somebody, and return all that stands of it afterwards."""

    def make(way: Callable[..., Need], login: str, said: dict[str, Any]) -> dict[str, Any]:
        with acting_as(login), transaction():
            pk = way(**{name: _found(value) for name, value in said.items()}).id
        with behind():
            return _standing(pk)

    return make


def _found(value: Any) -> Any:
    """Return the row a pair of model and name stands for; anything else is itself."""
    model, *name = value if isinstance(value, tuple) else (None,)
    return db.session.scalars(select(model).filter_by(name=name[0])).one() if model else value


def _standing(pk: int) -> dict[str, Any]:
    row = db.session.get_one(Need, pk)
    own = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
    entries = db.session.scalars(select(Entry).filter_by(list="needs", row_id=pk).order_by(Entry.seq)).all()
    steps = db.session.scalars(select(Step).filter_by(list="needs", row_id=pk)).all()
    notices = db.session.scalars(select(Notice).filter_by(list="needs", row_id=pk).order_by(Notice.account_id)).all()
    found = db.session.scalars(select(Need.id).where(Need.id == pk, Need.holding("扶手"))).all()
    return {
        "need": {name: value for name, value in own.items() if name not in OWN},
        "sought": own.pop("sought").replace(own["code"].lower(), ""),
        "entries": [(one.act, one.actor_label, one.roles, _told(one)) for one in entries],
        "steps": [(one.move, one.source, one.target, one.by_label, one.said, one.at) for one in steps],
        "notices": [(one.account_id, one.kind) for one in notices],
        "found": len(found),
    }


def _told(entry: Entry) -> dict[str, Any]:
    """Return what an entry says, and of what is sealed or of one row alone only that it says it."""
    said = json.loads(entry.changes)
    alone = ("code", "*step")
    return {name: name in alone or pair[1] if "sealed" not in str(pair) else "sealed" for name, pair in said.items()}


def _same(one: dict[str, Any], other: dict[str, Any]) -> None:
    for each in (one, other):
        each["need"].pop("sought", None)
    assert one == other


FULL = {
    "text": "楼道没有扶手，老人上下楼不方便。",
    "kind": NeedKind.HELP,
    "urgency": Urgency.URGENT,
    "channel": Channel.PHONE,
    "reporter_name": "陈小明",
    "reporter_phone": "13800001234",
    "beneficiary": "三楼的老人",
    "collective": True,
    "quantity_asked": 3,
    "category": (Category, "公共设施"),
    "place": (Place, "武江北路8栋"),
}


@pytest.mark.parametrize("login", ["secretary", "worker", "gridworker"])
@pytest.mark.parametrize("said", [FULL, {"title": "扶手", "place": (Place, "武江北路8栋")}], ids=["full", "bare"])
def test_both_ways_leave_the_same_need_history_timeline_notices_and_words(registered, login, said):
    about = {"community": (Community, "武江北社区")} | said
    one, other = (registered(way, login, about) for way in WAYS)
    assert one["found"] == 1
    assert one["notices"]
    _same(one, other)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {"title": st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text.strip() == text)},
        optional={
            "urgency": st.sampled_from(Urgency),
            "kind": st.sampled_from(NeedKind),
            "channel": st.sampled_from(Channel),
            "anonymous": st.booleans(),
            "collective": st.booleans(),
            "quantity_asked": st.integers(1, 500),
            "received_at": st.datetimes(clock.day_starts(date(2026, 11, 1)).replace(tzinfo=None)).map(
                lambda moment: min(moment.replace(tzinfo=clock.now().tzinfo), clock.now())
            ),
        },
    )
)
def test_whatever_is_said_both_ways_agree(registered, said):
    about = {"community": (Community, "武江北社区"), "place": (Place, "武江北路8栋")} | said
    _same(*(registered(way, "secretary", about) for way in WAYS))


def test_what_is_wrong_is_said_in_the_same_words(acting_as):
    wrong = {"title": "长" * 81, "reporter_phone": "abc", "quantity_asked": 0}
    with acting_as("secretary"):
        ours = db.session.scalars(select(Community)).one()
        said = []
        for way in WAYS:
            with pytest.raises(Violation) as refused, transaction():
                way(community=ours, **wrong)
            said.append({name: [*map(str, words)] for name, words in refused.value.errors.items()})
    assert said[0] == said[1]
    assert said[0].keys() == wrong.keys()


@pytest.mark.parametrize(("login", "place"), [("gridworker", "第二网格"), ("neighbour", "武江北路8栋")])
@pytest.mark.parametrize("way", WAYS)
def test_nobody_registers_where_the_own_role_does_not_reach(acting_as, behind, login, place, way):
    with beyond(acting_as, login, place) as (there, community), pytest.raises(OutOfScope), transaction():
        way(title="扶手", community=community, place=there)
    with behind():
        assert db.session.scalars(select(Need)).all() == []


@contextmanager
def beyond(acting_as: Any, login: str, place: str) -> Iterator[tuple[Place, Community]]:
    """Let somebody act who holds a place in hands that a form would never give."""
    with acting_as(login):
        with acting(system("tests")):
            there = db.session.scalars(select(Place).filter_by(name=place)).one()
            community = there.community
        yield there, community


def test_a_form_that_was_sent_before_is_told_by_its_key(acting_as):
    with acting_as("secretary"):
        ours, key = db.session.scalars(select(Community)).one(), new_uid()
        with transaction():
            service.register_plainly(title="扶手", community=ours, uid=key)
        with pytest.raises(Clash), transaction():
            service.register_plainly(title="扶手", community=db.session.scalars(select(Community)).one(), uid=key)


def test_the_chain_of_a_community_holds_after_both_ways(app, registered):
    about = {"community": (Community, "武江北社区"), "place": (Place, "武江北路8栋"), "title": "扶手"}
    for way in (*WAYS, *WAYS):
        registered(way, "secretary", about)
    with app.app_context(), acting(system("tests")):
        assert [one.finding for one in verifying.verify(db.session.connection()) if one.finding] == []


def test_a_row_that_is_in_nobodys_session_begins_as_submitted_and_lies_with_the_community(registered):
    stands = registered(service.register_plainly, "secretary", {"community": (Community, "武江北社区")} | FULL)
    assert stands["need"]["state"] is NeedState.SUBMITTED
    assert stands["need"]["due_at"] == stands["need"]["response_due"]
    assert recording.stored(stands["need"]["received_at"])

"""Below every page: the session itself shows the neighbour nothing of ours and lets nothing across."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update

from app.accounts import sessions
from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.core.access import OutOfScope
from app.core.actor import acting
from app.core.fields import shape
from app.core.model import Recorded, Scoped
from app.core.rules import Violation
from app.core.scope import guarded_models
from app.core.timeline import Step
from app.extensions import db
from tests.whole.scene import Scene, dump, list_of, pk_of, relations
from tests.whole.special import OURS, THEIRS


def their_share(model: Any) -> int:
    """Return how many rows of a model are within sight."""
    return db.session.scalar(select(func.count(model.id))) or 0


def test_the_session_shows_the_neighbour_none_of_our_rows(app: Flask, scene: Scene, ours, acting_as, behind):
    with behind():
        mine = {model: ids_of(model, OURS) for model in guarded_models() if hasattr(model, "community_id")}
    assert all(mine.values())
    with acting_as("neighbour"):
        for model, keys in mine.items():
            assert set(db.session.scalars(select(model.id))) & keys == set(), model
            assert [db.session.get(model, key) for key in keys] == [None] * len(keys), model
            assert db.session.scalars(select(model).where(model.id.in_(keys))).all() == []


def ids_of(model: Any, code: str) -> set[int]:
    community = select(Community.id).filter_by(code=code).scalar_subquery()
    return set(db.session.scalars(select(model.id).where(model.community_id == community)))


def test_relations_stop_at_the_border(app: Flask, acting_as, behind):
    with behind():
        supervisor = db.session.scalars(select(Account.id).filter_by(login="supervisor")).one()
        assert len(db.session.scalars(select(Grant).filter_by(account_id=supervisor)).all()) == 2
    with acting_as("neighbour"):
        account = db.session.get(Account, supervisor)
        assert account is not None
        assert [grant.community.code for grant in account.grants] == [THEIRS]


@pytest.mark.parametrize("statement", ["update", "delete", "insert"])
def test_rows_are_not_written_in_bulk_past_the_checks(app: Flask, scene: Scene, ours, acting_as, statement: str):
    before = dump(app)
    with acting_as("neighbour"):
        for model in guarded_models():
            if not model.__module__.startswith("app."):
                continue
            bulk = {
                "update": update(model).values(uid="x"),
                "delete": delete(model),
                "insert": insert(model).values(uid="x"),
            }
            with pytest.raises(OutOfScope):
                db.session.execute(bulk[statement])
        db.session.rollback()
    assert {name: rows for name, rows in dump(app).items() if name != "sign_in"} == {
        name: rows for name, rows in before.items() if name != "sign_in"
    }


def test_the_neighbour_cannot_put_a_row_into_our_community(app: Flask, scene: Scene, behind, acting_as):
    with behind():
        ours = db.session.scalars(select(Community.id).filter_by(code=OURS)).one()
    for view in scene.lists():
        if not issubclass(view.model, Scoped):
            continue
        pk = scene.make(view, "neighbour")
        with acting_as("neighbour"):
            row = db.session.get(view.model, pk)
            row.community_id = ours
            with pytest.raises(OutOfScope):
                db.session.flush()
            db.session.rollback()
            copied = {
                c.key: getattr(row, c.key) for c in view.model.__mapper__.column_attrs if c.key not in ("id", "uid")
            }
            db.session.add(view.model(**copied | {"community_id": ours}))
            with pytest.raises(OutOfScope):
                db.session.flush()
            db.session.rollback()


def test_the_neighbour_cannot_point_at_our_rows_by_their_keys(app: Flask, scene: Scene, ours, acting_as):
    tried = 0
    for view in scene.lists():
        pk = scene.make(view, "neighbour")
        for name in relations(view):
            if shape(view.model, name).kind == "many":
                continue
            with acting_as("neighbour"):
                setattr(db.session.get(view.model, pk), shape(view.model, name).column, pk_of(view, name, ours))
                if name not in ("created_by", "changed_by"):
                    with pytest.raises(OutOfScope):
                        db.session.flush()
                    tried += 1
                db.session.rollback()
    assert tried > 5


def test_who_works_in_both_communities_cannot_mix_them(app: Flask, scene: Scene, ours, acting_as, behind):
    """A secretary of both sees both; still no row of one may point at a row of the other."""
    theirs = {view.list_name: scene.make(view, "neighbour") for view in scene.lists()}
    with behind():
        community = db.session.scalars(select(Community).filter_by(code=THEIRS)).one()
        secretary = db.session.scalars(select(Account).filter_by(login="secretary")).one()
        db.session.add(Grant(account=secretary, role=GrantRole.SECRETARY, community=community))
        db.session.commit()
    tried = 0
    for view in scene.lists():
        for name in relations(view):
            target = shape(view.model, name).target
            if not (issubclass(view.model, Scoped) and issubclass(target, Scoped)):
                continue
            with acting_as("secretary"):
                row = db.session.get(view.model, ours[view.list_name])
                other = db.session.get(target, theirs[list_of(target)])
                assert other is not None
                setattr(row, name, [other] if shape(view.model, name).kind == "many" else other)
                with pytest.raises((OutOfScope, Violation)):
                    db.session.flush()
                db.session.rollback()
                tried += 1
    assert tried >= 4


def test_nobody_deletes_rows(app: Flask, scene: Scene, ours, acting_as):
    with acting_as("secretary"):
        for view in scene.lists():
            db.session.delete(db.session.get(view.model, ours[view.list_name]))
            with pytest.raises(OutOfScope):
                db.session.flush()
            db.session.rollback()


def test_without_anybody_acting_nothing_is_visible_and_nothing_can_be_written(app: Flask, scene: Scene, ours):
    with app.app_context():
        for model in guarded_models():
            assert their_share(model) == 0, model
        for view in scene.lists():
            assert db.session.get(view.model, ours[view.list_name]) is None
        for model in {view.model for view in scene.lists()} | {Step}:
            assert issubclass(model, Recorded | Step)
            db.session.add(model())
            with pytest.raises(OutOfScope):
                db.session.flush()
            db.session.rollback()


def test_an_outsider_who_holds_nothing_sees_only_the_own_account(app: Flask, scene: Scene, ours, behind):
    with behind():
        stranger = Account(login="stranger", name="路人")
        db.session.add(stranger)
        db.session.flush()
        token = sessions.begin(stranger.id, "")
        db.session.commit()
    with app.app_context():
        found = sessions.find(token)
        assert found is not None
        with acting(found[1]):
            counted = {model.__name__: their_share(model) for model in guarded_models()}
    assert {name: count for name, count in counted.items() if count} == {"Account": 1}

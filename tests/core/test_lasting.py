"""Places, categories and communities are asked once: everybody still chooses among the own ones, as they now are."""

from typing import Any

import pytest
from flask import g
from sqlalchemy import create_engine, select

from app.communities.models import Category, Community, Place
from app.core import edition, lasting, selects, unfinished
from app.core.actor import acting, system
from app.extensions import db
from app.needs.models import Need
from tests.cast.people import NAMES
from tests.whole.counting import hearing

KEPT = (Community, Place, Category)
FORM = {"title": "楼下路灯不亮", "text": "晚上看不见路", "kind": "help", "channel": "phone", "urgency": "normal"}


@pytest.fixture
def everything(app: Any, behind: Any) -> dict[Any, list[int]]:
    """The ids of all rows that are kept, of both communities, and one that is none."""
    with behind():
        return {model: [*db.session.scalars(select(model.id).order_by(model.id)), 999_999] for model in KEPT}


@pytest.fixture
def marked(app: Any, behind: Any) -> str:
    """The mark a request would have learnt."""
    with behind():
        return str(db.session.scalars(select(edition.Edition.mark)).one())


def _found(model: Any, ids: list[int]) -> list[Any]:
    """Choose rows one after the other, as in one form after the other."""
    return [row for one in ids for row in selects.find_all(model, [str(one)])]


@pytest.mark.parametrize("login", sorted(NAMES))
def test_everybody_finds_exactly_the_rows_the_database_would_show(acting_as, everything, marked, login):
    for _time in ("asked", "kept"):
        with acting_as(login):
            edition.learn(marked)
            for model, ids in everything.items():
                shown = {*db.session.scalars(select(model.id))}
                db.session.expunge_all()
                wanted = [one for one in ids if one in shown]
                assert [row.id for row in _found(model, ids)] == wanted
                assert [row.id for row in selects.find_all(model, map(str, ids))] == wanted


def test_a_row_that_is_kept_says_all_that_a_row_just_read_says(acting_as, everything, marked):
    with acting_as("secretary"):
        edition.learn(marked)
        for model, ids in everything.items():
            for row in _found(model, ids):
                said = {name: getattr(row, name) for name in row.__mapper__.column_attrs.keys()}  # noqa: SIM118
                db.session.expunge_all()
                read = db.session.get_one(model, row.id)
                assert said == {name: getattr(read, name) for name in said}
                assert selects.option_words(read)


def test_two_who_look_at_once_never_hold_the_same_object(acting_as, everything, marked):
    first, second = [], []
    for held in (first, second):
        with acting_as("secretary"):
            edition.learn(marked)
            held.extend(_found(Place, everything[Place]))
            assert all(row in db.session for row in held)
            db.session.remove()
    assert first
    assert not {id(row) for row in first} & {id(row) for row in second}


def test_what_the_session_holds_with_a_change_is_not_put_back(acting_as, everything, marked):
    with acting_as("secretary"):
        edition.learn(marked)
        place = selects.find(Place, str(everything[Place][0]))
        place.name = "新名字"
        assert selects.find(Place, str(place.id)) is place
        assert place.name == "新名字"
        db.session.rollback()


def test_a_category_another_process_renames_is_called_so_in_the_next_form(app, as_secretary, behind):
    with behind():
        category = db.session.scalars(select(Category).filter_by(name="公共设施")).first()
        pk = category.id
    wrong = {**FORM, "quantity_asked": "0", "category": str(pk)}
    assert "公共设施" in as_secretary.post("/needs/add", wrong).text
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.begin() as connection:
        connection.execute(Category.__table__.update().where(Category.id == pk).values(name="设施维修"))
    engine.dispose()
    assert "设施维修" in as_secretary.post("/needs/add", wrong).text


def test_a_place_of_a_ledger_that_is_not_finished_is_chosen_by_nobody(app, acting_as, everything, marked):
    with app.app_context(), acting(system("tests")):
        unfinished.hide(7, "places", [everything[Place][0]])
        db.session.commit()
    with acting_as("secretary"):
        assert g.edition != marked
        assert selects.find(Place, str(everything[Place][0])) is None


def test_the_second_need_of_the_day_asks_neither_place_nor_category_nor_community(app, as_secretary, everything):
    form = {**FORM, "category": str(everything[Category][0]), "place": str(everything[Place][0])}
    as_secretary.post("/needs/add", form)
    said: list[str] = []
    with hearing(app, lambda _connection, _cursor, statement, *_more: said.append(statement)):
        assert as_secretary.post("/needs/add", form).status_code == 302
    assert not [one for one in said if one.startswith(("SELECT place.", "SELECT category.", "SELECT community."))]
    assert len([one for one in said if not one.startswith("BEGIN")]) <= 10


def test_several_chosen_at_once_are_asked_in_one_statement_after_somebody_changed_one(app, acting_as, everything):
    said: list[str] = []
    with acting_as("secretary"):
        edition.learn("0" * edition.LENGTH)
        with hearing(app, lambda _connection, _cursor, statement, *_more: said.append(statement)):
            assert len(selects.find_all(Place, map(str, everything[Place]))) > 1
    assert len([one for one in said if "FROM place" in one]) == 1


def test_only_what_all_members_see_may_be_kept():
    with pytest.raises(TypeError):
        lasting.keep(Need)

"""A statement carries only the criteria of what it can read; with those of all models it would say the same."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Account
from app.callbacks.models import Callback
from app.communities.models import Community, Place
from app.core import reads, scope
from app.core.actor import Actor
from app.extensions import db
from app.needs.models import Need
from app.projects.models import ServiceProject
from tests.whole.counting import counting
from tests.whole.scene import Scene
from tests.whole.walk import ROLES, doors, makes, passes


def by_all(actor: Actor | None, listing: str | None = None) -> list[Any]:
    """Return the criteria of every guarded model; of what hangs on rows of lists, those for the one list asked of."""
    memo: Any = {} if actor is None else actor.memo
    if ("all", listing) not in memo:
        asked = [(model, listing if hasattr(model, "visible_of") else None) for model in scope.guarded_models()]
        pairs = [(model, scope.condition(model, actor, one)) for model, one in asked]
        memo["all", listing] = [scope._only(model, rows) for model, rows in pairs if rows is not None]
    return list(memo["all", listing])


def said(statement: Any, criteria: list[Any]) -> str:
    """Return the SQL of a narrowed statement, its nameless parts without their numbers."""
    return re.sub(r"_\d+", "", str(statement.options(*criteria).compile(dialect=db.engine.dialect)))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Compare each statement that is narrowed from now on, and collect what was compared."""
    few: Any = scope.criteria
    found: set[Any] = set()

    def both(statement: Any, actor: Actor | None) -> list[Any]:
        narrowed = few(statement, actor)
        of_list = statement.get_execution_options().get(reads.OF_LIST)
        # By what the statement is kept once it is compiled: whoever asks the same again is narrowed the same.
        key = (of_list, statement._generate_cache_key().key)
        if key not in found:
            assert said(statement, narrowed) == said(statement, by_all(actor, of_list))
            found.add(key)
        return narrowed

    monkeypatch.setattr(scope, "criteria", both)
    return found


@pytest.mark.parametrize(("login", "first"), [("secretary", 0), ("volunteer", 1)])
def test_few_criteria_narrow_every_page_as_all_do(app: Flask, scene: Scene, visit, compared, login: str, first: int):
    role, person = ROLES[login], visit(login)
    # Of two doors beside each other one is opened by her who sees most, the other by him who sees least.
    for door in doors(app, scene, login, {})[first::2]:
        if door.method == "GET" and passes(door, role) and makes(door, role) and "setup" not in door.endpoint:
            assert person.get(door.address).status_code < 500, door.address
    assert len(compared) > 100


def test_a_statement_reads_what_it_names_wherever_it_names_it(app: Flask):
    counted = select(func.count()).select_from(select(Need.id).limit(3).subquery()).scalar_subquery()
    assert reads.models_in(select(counted)) >= {Need}
    assert reads.models_in(select(Place).where(exists().where(Need.place_id == Place.id))) >= {Need, Place}
    assert reads.models_in(select(Need.id).union(select(Place.id))) >= {Need, Place}
    assert reads.models_in(select(Account).join(Need, Need.in_charge_id == Account.id)) >= {Need, Account}


def test_a_statement_reads_what_comes_along(app: Flask):
    assert reads.models_in(select(Callback)) >= {Callback, Need}
    loads = (selectinload(ServiceProject.asked_by).joinedload(Need.place), joinedload(ServiceProject.community))
    assert reads.models_in(select(ServiceProject).options(*loads)) >= {ServiceProject, Need, Place, Community}


def test_a_statement_carries_no_criterion_of_what_it_cannot_read(app: Flask):
    assert Place not in reads.models_in(select(Account.id))


@pytest.mark.parametrize("login", ROLES)
def test_what_narrows_follows_from_the_grants_and_the_day_alone(app: Flask, acting_as, login: str):
    with acting_as(login) as somebody, counting(app) as said:
        for model in scope.guarded_models():
            scope.condition(model, somebody)
        assert said == []


def test_who_acts_by_the_same_grants_meets_the_same_criteria_until_the_day_ends(app: Flask, acting_as):
    with acting_as("worker") as before:
        of_before = scope.known(before, 0, date(2026, 11, 22))
    with acting_as("worker") as after:
        assert scope.known(after, 0, date(2026, 11, 22)) is of_before
        assert scope.known(after, 0, date(2026, 11, 23)) is not of_before
    with acting_as("neighbour") as somebody_else:
        assert scope.known(somebody_else, 0, date(2026, 11, 22)) is not of_before

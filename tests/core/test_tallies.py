"""The numbers in the menu: counted once for several pages, and at once anew when something happens."""

import re

from sqlalchemy import update

from app.core import fresh
from app.extensions import db
from app.needs.models import Need

BADGE = re.compile(r'href="/needs/list/"[^>]*>(?:(?!</a>).)*?<span class="badge[^>]*>(\d+)', re.DOTALL)


def waits(page: str) -> int:
    found = BADGE.search(page)
    return int(found[1]) if found else 0


def test_between_two_pages_on_which_nothing_happens_nobody_counts(as_secretary, register, spoken):
    register()
    assert waits(as_secretary.page("/needs/list/")) == 1
    spoken.clear()
    assert waits(as_secretary.page("/needs/list/")) == 1
    assert not [said for said in spoken if "count(*)" in said and "resource" in said]


def test_what_the_secretary_does_is_counted_on_the_next_page(as_secretary, register):
    pk = register()
    assert waits(as_secretary.page("/needs/list/")) == 1
    register()
    assert waits(as_secretary.page("/needs/list/")) == 2
    as_secretary.post(f"/needs/move/withdraw/{pk}", {"reason": "好了"})
    assert waits(as_secretary.page("/needs/list/")) == 1


def test_what_a_command_writes_is_counted_as_well(app, as_secretary, register):
    register()
    assert waits(as_secretary.page("/needs/list/")) == 1
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Need.__table__).values(state="withdrawn"))
    assert waits(as_secretary.page("/needs/list/")) == 0


def test_what_another_process_writes_is_counted_soon(app, as_secretary, register, monkeypatch):
    register()
    assert waits(as_secretary.page("/needs/list/")) == 1
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Need.__table__).values(state="withdrawn"))
        # Nobody tells this process.
        monkeypatch.setattr(fresh, "_kept", dict(fresh._kept))
    monkeypatch.setattr(fresh, "KEPT_FOR", 0.0)
    assert waits(as_secretary.page("/needs/list/")) == 0


def test_each_person_has_own_numbers(as_secretary, as_neighbour, register):
    register()
    assert (waits(as_secretary.page("/needs/list/")), waits(as_neighbour.page("/needs/list/"))) == (1, 0)

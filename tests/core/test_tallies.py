"""The numbers in the menu: counted once for several pages, and at once anew when something happens."""

import re

from sqlalchemy import update

from app.core import fresh, repeating, tallies
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


def test_after_a_write_the_same_statement_is_asked_again_and_not_made_again(as_secretary, register, monkeypatch):
    register()
    assert waits(as_secretary.page("/needs/list/")) == 1
    register()
    monkeypatch.setattr(tallies, "_under", None)
    assert waits(as_secretary.page("/needs/list/")) == 2


def test_a_statement_asked_again_says_to_each_only_what_is_theirs(as_secretary, as_worker, as_neighbour, register):
    for count in (1, 2, 3):
        register()
        people = as_secretary, as_neighbour, as_worker
        assert [waits(person.page("/needs/list/")) for person in people] == [count, 0, count]


def test_a_statement_is_made_anew_after_a_minute(as_secretary, register, monkeypatch):
    made = []
    monkeypatch.setattr(tallies, "_counting", lambda rows, counting=tallies._counting: made.append(1) or counting(rows))
    as_secretary.page("/needs/list/")
    first = len(made)
    register()
    as_secretary.page("/needs/list/")
    assert len(made) == first > 0
    monkeypatch.setattr(repeating, "KEPT_FOR", 0.0)
    register()
    assert waits(as_secretary.page("/needs/list/")) == 2
    assert len(made) == 2 * first


def test_with_a_statement_nothing_else_of_who_asked_is_kept(as_secretary, register):
    register()
    as_secretary.page("/needs/list/")
    kept = [who for who, *_rest in repeating._asked if who is not None]
    assert kept
    assert not any(who.memo for who in kept)

"""What the role table closes to somebody is refused, before any row is asked, and nothing changes."""

import pytest
from flask import Flask

from tests.whole.scene import dump
from tests.whole.walk import ROLES, doors, makes, passes


@pytest.mark.parametrize("login", ROLES)
def test_who_may_not_write_is_refused_and_changes_nothing(app: Flask, scene, visit, login: str):
    person, role = visit(login), ROLES[login]
    closed = [door for door in doors(app, scene, login) if door.method != "GET" and not passes(door, role)]
    person.token()
    before = dump(app)
    answers = {str(door): person.knock(door).status_code for door in closed}
    assert {door: status for door, status in answers.items() if status != 403} == {}
    assert dump(app) == before


@pytest.mark.parametrize("login", ROLES)
def test_a_move_of_other_roles_is_refused_and_changes_nothing(app: Flask, scene, visit, login: str):
    person, role = visit(login), ROLES[login]
    moves = [door for door in doors(app, scene, login) if door.move and door.method != "GET" and passes(door, role)]
    others = [door for door in moves if not makes(door, role)]
    person.token()
    before = dump(app)
    answers = {str(door): person.knock(door, {"reason": "试试"}).status_code for door in others}
    assert {door: status for door, status in answers.items() if status != 403} == {}
    assert dump(app) == before


@pytest.mark.parametrize("login", ["secretary", "supervisor", "admin"])
def test_no_form_is_taken_without_its_token(app: Flask, scene, visit, login: str):
    person = visit(login)
    posts = [door for door in doors(app, scene, login) if door.method != "GET"]
    before = dump(app)
    for door in posts:
        # Programs are told first that their role does not reach here.
        expected = 400 if passes(door, ROLES[login]) or not door.for_programs else 403
        for form in ({}, {"csrf_token": "wrong"}):
            answer = person.client.open(door.address, method=door.method, data=form)
            assert answer.status_code == expected, str(door)
    assert len(posts) > 20
    assert dump(app) == before

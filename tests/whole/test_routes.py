"""Every address by every role: exactly what the table in the handbook says, and nothing else."""

import re
from typing import NamedTuple

import pytest
from flask import Flask

from app.core import clock, gate
from app.roles import TABLE, Role, rules
from tests.cast.people import CAST
from tests.whole.counting import counting, most
from tests.whole.looks import wrong
from tests.whole.matrix import (
    API_DOORS,
    LIST_PAGES,
    MEMBERS,
    MORE_LIST_PAGES,
    OTHER_PAGES,
    PUBLIC,
    WORD,
    declared,
    line,
    line_of,
)
from tests.whole.scene import dump
from tests.whole.walk import (
    HANDBOOK,
    ROLES,
    Door,
    doors,
    makes,
    masked,
    one_of_each,
    only_totals,
    passes,
    spares,
    verbs,
)

REFUSED = (403,)
LED = {
    ("VolunteerView.add", Role.COORDINATOR),
    ("MemberView.add", Role.LIAISON),
    ("MemberView.enrol", Role.VOLUNTEER),
}
"""Who may not read the people registers others by name and phone; who speaks only for herself registers herself."""
LEDGERS = {"imports.show", "imports.rejected", "import_doors.get"}
"""Pages of one ledger, of which the walk knows none."""


def handbook_table() -> dict[str, tuple[str, ...]]:
    """Read the table of the handbook as it stands: a line per list, a column per role."""
    lines = [line for line in (HANDBOOK / "roles.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    start = next(number for number, row in enumerate(rows) if row[1:] == [role.value for role in Role])
    found = {}
    for row in rows[start + 2 :]:
        code = re.match(r"`(\w+)`", row[0])
        if code is None or len(row) != len(Role) + 1:
            break
        found[code[1]] = tuple(row[1:])
    return found


def test_the_role_table_is_the_one_in_the_handbook():
    assert handbook_table() == TABLE


def test_every_address_carries_a_rule(app: Flask):
    assert gate.unruled(app) == []


def test_every_address_is_for_whom_the_matrix_says(app: Flask):
    for endpoint, function in app.view_functions.items():
        rule, wanted = gate.rule_of(function), declared(endpoint)
        assert rule is not None, endpoint
        said = PUBLIC if rule.public else WORD + rule.word if rule.word else rule.verbs or MEMBERS
        assert said == wanted, endpoint
        view = getattr(function, "__self__", None)
        stands = line_of(endpoint, getattr(view, "model", None)) if rule.verbs or rule.word else ""
        assert rule.listing == stands, endpoint


def test_the_matrix_names_no_address_that_is_gone(app: Flask):
    assert (OTHER_PAGES | MORE_LIST_PAGES).keys() <= app.view_functions.keys()
    assert {*LIST_PAGES, *API_DOORS} <= {endpoint.partition(".")[2] for endpoint in app.view_functions}


def test_every_list_stands_under_a_line_of_the_table(scene):
    assert {line(view.list_name) for view in scene.lists()} <= set(TABLE)


def answers(door: Door, role: Role) -> tuple[int, ...]:
    """Return what may be answered to a role that looks at an address."""
    if door.of_a_file and "v" not in verbs(role, "needs"):
        return (404,)
    if not passes(door, role) or not makes(door, role) or spares(door, role):
        return REFUSED
    if door.move:
        return (200, 409)
    if "/choices/" in door.address and door.values["name"] not in (*door.view.add_names, *door.view.edit_names):
        # What is asked by a move is offered to those who make the move.
        return (200, 404)
    if "setup" in door.endpoint or door.endpoint == "public.at" or only_totals(door, role):
        return (404,)
    if "file_id" in door.values and door.view is not None and door.view.model.portrait and masked(role, "people"):
        # Whoever reads the row masked sees no photo of the person.
        return (404,)
    if door.endpoint.startswith("own_service."):
        return (200,) if role is Role.VOLUNTEER else (404,)
    if door.endpoint in LEDGERS:
        return (404,)
    leads = door.endpoint == "accounts.login" or door.endpoint.endswith("View.take_in")
    return (302,) if leads or (door.endpoint, role) in LED else (200,)


ON_ONE_DATABASE = [pytest.param(login, marks=pytest.mark.one_database) for login in CAST if login != "secretary"]


@pytest.mark.parametrize("login", ["secretary", *ON_ONE_DATABASE])
def test_who_may_look_finds_the_page_at_few_statements_who_may_not_is_told_so(app: Flask, scene, visit, login: str):
    # That somebody is still there is written down once a minute; here no minute passes.
    clock.clock.fixed = clock.now()
    person = visit(login)
    looked = [door for door in doors(app, scene, login) if door.method == "GET"]
    taking = [door for door in looked if ".export_" in door.endpoint]
    before = dump(app)
    found = look(app, person, [door for door in looked if door not in taking])
    assert dump(app) == before
    # Taking rows out is written down, and nothing else becomes of it.
    found += look(app, person, taking)
    after = dump(app)
    assert [name for name in before if after[name] != before[name]] in ([], ["chain_head", "history"])
    # The neighbour stands apart, and finds nothing of ours.
    role = ROLES.get(login)
    assert [(str(one.door), one.status) for one in found if one.status not in expected(one.door, role)] == []
    assert [(one.door.address, one.cost) for one in found if one.cost > most(one.door.address)] == []
    assert [line for one in found for line in one.wrong] == []
    assert max(one.cost for one in found) > 1


class Look(NamedTuple):
    door: Door
    status: int
    cost: int
    wrong: list[str]


def look(app: Flask, person, looked: list[Door]) -> list[Look]:
    found = []
    for door in looked:
        with counting(app) as said:
            answer = person.get(door.address)
        found.append(Look(door, answer.status_code, len(said), wrong(door, answer)))
    return found


def expected(door: Door, role: Role | None) -> tuple[int, ...]:
    return answers(door, role) if role else (200, 302, 403, 404, 409)


@pytest.mark.one_database
def test_asking_for_the_head_of_a_page_changes_nothing(app: Flask, scene, visit):
    person = visit("secretary")
    looked = one_of_each(app, [door for door in doors(app, scene, "secretary") if door.method == "GET"])
    before = dump(app)
    for door in looked:
        assert person.client.head(door.address, buffered=True).status_code < 500, str(door)
    assert dump(app) == before


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "QUERY"])
def test_no_page_takes_other_methods(app: Flask, scene, visit, method: str):
    found = one_of_each(app, doors(app, scene, "worker"))
    person = visit("secretary")
    before = dump(app)
    for door in found:
        assert person.client.open(door.address, method=method).status_code in (400, 405), str(door)
    assert dump(app) == before


def test_the_table_is_read_as_its_words_say():
    assert verbs(Role.SECRETARY, "needs") == set("vcemaixR")
    assert verbs(Role.GRID_WORKER, "needs") == set("vcem")
    assert verbs(Role.ADMIN, "needs") == set()
    assert verbs(Role.SUPERVISOR, "communities") == set("vce")
    assert masked(Role.AUDITOR, "needs")
    assert not masked(Role.GRID_LEAD, "needs")


@pytest.mark.parametrize("role", list(Role))
def test_the_platform_reads_every_cell_alike(role: Role):
    for listing in TABLE:
        read = {verb for rule in rules(role, listing) for verb in rule.verbs}
        assert read == verbs(role, listing), (role, listing)

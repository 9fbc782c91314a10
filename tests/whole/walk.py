"""The doors of the portal: every registered address, filled in for one row, and who the role table lets through."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask import Flask, url_for
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from app.assets import shelf
from app.assets.shelf import Asset
from app.core.api import ListApi
from app.core.fields import RELATED, facts, shape
from app.core.revealing import revealable
from app.roles import TABLE, Role
from tests.cast import people
from tests.conftest import Person
from tests.whole.matrix import ANY_LIST, MEMBERS, PUBLIC, WORD, declared, line_of
from tests.whole.scene import Scene

ROOT: Final = Path(__file__).parents[2]
HANDBOOK: Final = ROOT / "docs" / "handbook"
ROLES: Final = people.ROLES | {"admin": Role.ADMIN, "supervisor": Role.SUPERVISOR}
"""The role of each person of the cast at home; the neighbour stands apart."""

STYLE: Final = {
    "filename": "portal.css",
    "fingerprint": Asset("portal.css", shelf.STATIC / "portal.css").fingerprint,
}

API: Final = "/api/"
ROWS: Final = {
    "need_id": "needs",
    "place_id": "places",
    "resource_id": "resources",
    "unit_id": "units",
    "member_id": "members",
    "agreement_id": "agreements",
    "community_id": "communities",
}
"""The lists whose rows some addresses outside them name."""
LETTERS: Final = frozenset("vcemaixR")
FILES: Final = frozenset({"vulnerabilities"})
"""The lists whose rows are parts of somebody's file: who edits the file adds to it (decision 0023)."""


class Visitor(Person):
    """Somebody of the cast who goes through doors of every kind."""

    def post(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form, or JSON to the doors of programs."""
        return self.send("POST", address, data) if address.startswith(API) else super().post(address, data, **kwargs)

    def send(self, method: str, address: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send JSON as a page's own script would."""
        headers = {"X-CSRFToken": self.token()}
        return self.client.open(address, method=method, json=data or {}, headers=headers)

    def knock(self, door: "Door", data: dict[str, Any] | None = None) -> TestResponse:
        """Go through a door by its method."""
        if door.method == "GET":
            return self.get(door.address)
        return self.send(door.method, door.address, data) if door.for_programs else self.post(door.address, data)

    def get(self, address: str, **kwargs: Any) -> TestResponse:
        """Open an address and read the answer to its end, so that no file stays open."""
        return super().get(address, buffered=True, **kwargs)


@dataclass(frozen=True)
class Door:
    """One address of the portal with everything filled in."""

    method: str
    address: str
    endpoint: str
    view: Any
    values: dict[str, str]
    path: str = ""
    """The address as the description of the doors for programs writes it."""

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def for_programs(self) -> bool:
        """Tell whether programs speak JSON here."""
        return self.address.startswith(API)

    @property
    def move(self) -> str:
        """Return the move the door makes, if it makes one."""
        return self.values["name"] if "/move/" in self.address else ""

    @property
    def of_a_file(self) -> bool:
        """Tell whether the door is that of a single file, which follows the row it belongs to."""
        return self.endpoint.startswith("files.")


def doors(app: Flask, scene: Scene, login: str, rows: dict[str, int] | None = None) -> list[Door]:
    """Return every address of the portal by every method, where it takes a row with the one of this person."""
    rows = {} if rows is None else rows
    found: list[Door] = []
    for route in sorted(app.url_map.iter_rules(), key=str):
        view = page_of(app.view_functions[route.endpoint])
        for one in _rows_of(route, view, scene):
            if one.list_name not in rows:
                rows[one.list_name] = scene.make(one, login)
        for values in _filled(route, view, rows, partial(_file, scene, login, rows)):
            address = _address(app, route.endpoint, values)
            methods = sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
            path = _described(str(route), values)
            found += [Door(method, address, route.endpoint, view, values, path) for method in methods]
    return found


def _address(app: Flask, endpoint: str, values: dict[str, str]) -> str:
    """Return the address `url_for` gives; only that of a file needs more than what it is given."""
    if endpoint != "static":
        return app.url_map.bind("").build(endpoint, values)
    with app.test_request_context():
        return url_for(endpoint, **values)


def one_of_each(app: Flask, found: Iterable[Door]) -> list[Door]:
    """Return the first door of each function and method: what the lists have in common is asked of one of them."""
    firsts: dict[Any, Door] = {}
    for door in found:
        function = app.view_functions[door.endpoint]
        firsts.setdefault((getattr(function, "__func__", function), door.method), door)
    return list(firsts.values())


def _rows_of(route: Route, view: Any, scene: Scene) -> list[Any]:
    """Return the lists of which an address names a row."""
    named = {ROWS[argument] for argument in ROWS.keys() & route.arguments}
    own = [view] if "pk" in route.arguments else []
    return [*own, *(one for one in scene.lists() if one.list_name in named)]


def _file(scene: Scene, login: str, rows: dict[str, int], view: Any) -> str:
    """Return a file of the row of a list; where no list is meant, of the first list whose rows have files."""
    view = view or next(one for one in scene.lists() if one.model.attachments and not one.model.portrait)
    if view.list_name not in rows:
        rows[view.list_name] = scene.make(view, login)
    return str(scene.file_of(view.list_name, rows[view.list_name]))


def _described(route: str, values: dict[str, str]) -> str:
    kept = {"pk": "{pk}", "file_id": "{file_id}", "number": "{number}"}
    return re.sub(r"<(?:int:)?(\w+)>", lambda found: kept.get(found[1]) or values[found[1]], route)


def page_of(function: Any) -> Any:
    """Return the page of the list an address belongs to; that of a door for programs is the one it stands beside."""
    view = getattr(function, "__self__", None)
    return view.view if isinstance(view, ListApi) else view


def _filled(route: Route, view: Any, rows: dict[str, int], file: Callable[[Any], str]) -> Iterator[dict[str, str]]:
    """Yield the values for the arguments of a route; an argument nobody knows yet stops the walk."""
    fixed = STYLE | {"code": "solved", "token": "no-such-link", "page": "secretary", "picture": "secretary-home.png"}
    fixed |= dict.fromkeys(("sign_in_id", "view_id", "token_id", "notice_id", "number"), "999999")
    fixed |= {argument: str(rows[name]) for argument, name in ROWS.items() if argument in route.arguments}
    if "pk" in route.arguments:
        fixed["pk"] = str(rows[view.list_name])
    if "file_id" in route.arguments:
        fixed["file_id"] = file(view)
    # The portal itself knows the fingerprint of a file.
    unknown = route.arguments - fixed.keys() - {"name", "fingerprint"}
    assert not unknown, f"{route}: tell tests/whole/walk.py what {sorted(unknown)} stands for"
    plain = {key: value for key, value in fixed.items() if key in route.arguments}
    if "name" not in route.arguments:
        yield plain
        return
    for name in _names(str(route), view):
        yield plain | {"name": name}


def _names(address: str, view: Any) -> Iterable[str]:
    if "/move/" in address:
        flow = getattr(view.model, "flow", None)
        return list(flow.by_name) if flow else list(view.deeds)
    if "/reveal/" in address:
        return revealable(view.model)
    if "/filters/" in address:
        return [name for name in view.offer.filters if shape(view.model, name).kind in RELATED]
    return [name for name in facts(view.model) if shape(view.model, name).kind in RELATED]


def verbs(role: Role, listing: str) -> set[str]:
    """Return the verbs a role has on a list, read from the words of the table without the platform's own reader."""
    cell = TABLE[listing][list(Role).index(role)] if listing in TABLE else ""
    found = {letter for clause in cell.split(", ") for letter in _letters(clause)}
    return found | {"c"} if listing in FILES and "e" in found else found


def _letters(clause: str) -> set[str]:
    first, *more = clause.replace("(M)", "(M) ").split() or [""]
    letters = set(first.removesuffix("(M)"))
    if not letters <= LETTERS:
        return set()
    second = set(more[0]) if more and first.endswith("(M)") else set()
    return letters | (second if second <= LETTERS else set())


def reveals(role: Role, listing: str) -> bool:
    """Tell whether a role reveals masked values of every row of a list it reaches, not only of some."""
    cell = TABLE[listing][list(Role).index(role)] if listing in TABLE else ""
    whole = [clause for clause in cell.split(", ") if set("".join(clause.replace("(M)", "").split())) <= LETTERS]
    return any("R" in _letters(clause) for clause in whole)


def masked(role: Role, listing: str) -> bool:
    """Tell whether the table shows this role the `!` columns of a list masked, whatever the row."""
    seeing = [clause for clause in TABLE[listing][list(Role).index(role)].split(", ") if clause.startswith("v")]
    return all("(M)" in clause for clause in seeing)


def passes(door: Door, role: Role) -> bool:
    """Tell whether matrix and table let a role through a door at all, for some row."""
    needed = declared(door.endpoint)
    if needed in (PUBLIC, MEMBERS):
        return True
    if needed.startswith(WORD):
        listing = line_of(door.endpoint, door.view)
        return needed.removeprefix(WORD) in TABLE[listing][list(Role).index(role)].split(", ")
    stands = line_of(door.endpoint, door.view)
    lists = TABLE if stands == ANY_LIST else [stands]
    return any(set(needed) & verbs(role, listing) for listing in lists)


def makes(door: Door, role: Role) -> bool:
    """Tell whether a role is one of those that make the door's move; a file is removed by who writes its row."""
    if door.endpoint == "files.remove":
        return bool({"e", "m"} & verbs(role, "needs"))
    flow = getattr(door.view.model, "flow", None) if door.move else None
    move = flow.by_name[door.move] if flow else None
    return move is None or (not move.by_system and (not move.by or role in move.by))


ONLY_COUNTED: Final = ("v totals", "v counts")
"""What the table says of who learns how many rows there are, and sees none."""


def only_totals(door: Door, role: Role) -> bool:
    """Tell whether the role reads totals of the list and opens none of its rows."""
    return door.view is not None and "pk" in door.values and cell_of(role, door.view.guard) in ONLY_COUNTED


def cell_of(role: Role, listing: str) -> str:
    """Return what the table says of a role and a list."""
    return TABLE[listing][list(Role).index(role)] if listing in TABLE else ""


def spares(door: Door, role: Role) -> bool:
    """Tell whether the role may reveal values of some rows of the list, of which the scene's is none."""
    return "/reveal/" in door.address and not reveals(role, door.view.guard)

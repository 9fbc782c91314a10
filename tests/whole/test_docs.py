"""The handbook and the program say the same: settings, commands, addresses, roles, columns; no more and no less."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from flask import Flask

import config
from app import catalog
from app.core.fields import facts
from app.roles import TABLE, TITLES, Role
from tests.whole.scene import Scene
from tests.whole.walk import HANDBOOK, ROOT

DOCS: Final = ROOT / "docs"
BORROWED: Final = {"db", "fab", "routes", "run", "shell", "babel"}
"""Command groups of the frameworks; of these the handbook names what operators need."""
FOR_TESTS: Final = {"SIDAN_TEST_DATABASE_URL", "SIDAN_NO_SKIPS", "SIDAN_PICTURES"}
CODE: Final = re.compile(r"`([^`\n]+)`")


def pages() -> list[Path]:
    found = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    assert len(found) > 10
    return found


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def everything_written() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in pages())


# -- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_explained_in_its_own_words(setting: Any):
    lines = [line for line in page("operations.md").splitlines() if line.startswith(f"| `{setting.variable}` |")]
    assert len(lines) == 1
    assert setting.meaning in lines[0]


def test_no_setting_is_written_about_that_does_not_exist():
    written = set(re.findall(r"SIDAN_[A-Z_]+[A-Z]", everything_written()))
    assert written - {setting.variable for setting in config.SETTINGS} <= FOR_TESTS


# -- commands -------------------------------------------------------------------------------------------------------


def commands(app: Flask) -> dict[str, click.Command]:
    """Return our commands by the words one types."""

    def below(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if isinstance(command, click.Group):
            for name, child in command.commands.items():
                yield from below(f"{words} {name}".strip(), child)
        else:
            yield words, command

    at = click.Context(app.cli)
    named = {name: app.cli.get_command(at, name) for name in app.cli.list_commands(at)}
    ours = {name: group for name, group in named.items() if name not in BORROWED}
    return dict(pair for name, group in ours.items() for pair in below(name, group))


def section(name: str, heading: str) -> str:
    """Return what stands under a heading of the handbook."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no section “{heading}”"
    return found[1]


def test_every_command_and_each_of_its_options_is_in_the_handbook(app: Flask):
    assert len(commands(app)) >= 6
    for words, command in commands(app).items():
        text = section("handbook/commands.md", f"`flask --app app {words}`")
        options = [name for param in command.params if isinstance(param, click.Option) for name in param.opts]
        assert [name for name in options if name not in text] == [], words


def test_no_command_is_written_about_that_does_not_exist(app: Flask):
    known = {*commands(app), "db upgrade", "db copy"}
    written = set(re.findall(r"flask --app app ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", everything_written()))
    assert written
    assert {
        words for words in written if words not in known and f"{words} " not in "".join(f"{k} " for k in known)
    } == set()


def test_no_option_is_written_about_that_does_not_exist(app: Flask):
    known = {name for command in commands(app).values() for param in command.params for name in param.opts}
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page("handbook/commands.md")))
    assert written <= known | {"--app", "--help"}


# -- addresses ------------------------------------------------------------------------------------------------------


def addresses(app: Flask) -> set[str]:
    """Return every address, those of lists by what they have in common."""
    names = {view.list_name for view in app.extensions["appbuilder"].list_views()}
    common = {
        "list/",
        "show",
        "history",
        "print",
        "add",
        "edit",
        "move",
        "action_post",
        "archive",
        "restore",
        "options",
        "choices",
        "filters",
        "attach",
        "reveal",
        "find",
        "template.xlsx",
        "import",
        "export.xlsx",
        "export.csv",
    }
    found = set()
    for route in app.url_map.iter_rules():
        of_one_list = ".ask_" in route.endpoint
        if not of_one_list and str(route).startswith("/api/v1/") and (parts := str(route).split("/"))[3] in names:
            found.add("/".join([*parts[:3], "P", *parts[4:]]))
            continue
        _slash, first, *rest = str(route).split("/", 2)
        is_common = first in names and rest and (rest[0] in common or rest[0].split("/")[0] in common)
        found.add(f"/P/{rest[0]}" if is_common else str(route))
    return found


def written_addresses() -> set[str]:
    lines = [line for line in page("handbook/addresses.md").splitlines() if line.startswith("| `/")]
    return {found for line in lines for found in CODE.findall(line.split("|")[1])}


def test_every_address_is_in_the_handbook_and_no_other(app: Flask):
    assert addresses(app) == written_addresses()


def test_every_list_is_among_the_page_names_and_no_other(app: Flask):
    names = {view.list_name for view in app.extensions["appbuilder"].list_views()}
    lines = re.findall(r"^\| `([a-z_]+)` \|", section("handbook/addresses.md", "清单"), re.MULTILINE)
    assert names == set(lines) - {"page", "order", "q", "quick"}


def test_the_methods_of_each_address_are_those_of_the_program(app: Flask):
    wanted = {}
    for route in app.url_map.iter_rules():
        wanted.setdefault(str(route), set()).update((route.methods or set()) - {"HEAD", "OPTIONS"})
    lines = [line.split("|") for line in page("handbook/addresses.md").splitlines() if line.startswith("| `/")]
    for _empty, address, methods, *_rest in lines:
        path = CODE.findall(address)[0].replace("/P/", "/needs/")
        assert set(methods.strip().split("、")) == wanted[path], path


# -- roles ----------------------------------------------------------------------------------------------------------


def test_every_role_is_in_the_handbook_by_code_and_title(app: Flask):
    text = page("handbook/roles.md")
    with app.test_request_context("/"):
        for role in Role:
            assert f"| `{role.value}` | {TITLES[role]} |" in text, role
    assert re.findall(r"^\| `([a-z_]+)` ", text, re.MULTILINE)[-len(TABLE) :] == list(TABLE)


def test_every_role_has_a_page_that_begins_with_its_name(app: Flask):
    index = page("handbook/README.md")
    titles = "".join(line for line in index.splitlines() if line.startswith("| "))
    with app.test_request_context("/"):
        assert [role for role in Role if str(TITLES[role]) not in titles] == []


# -- columns --------------------------------------------------------------------------------------------------------


def columns(scene: Scene) -> Iterator[tuple[Any, str]]:
    for view in scene.lists():
        heading = next(
            (line[3:] for line in page("handbook/columns.md").splitlines() if line.endswith(f" `{view.list_name}`")), ""
        )
        assert heading, f"columns.md has no section for {view.list_name}"
        yield view, section("handbook/columns.md", heading)


def test_every_column_is_in_the_handbook_and_no_other(scene: Scene):
    for view, text in columns(scene):
        written = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        assert sorted(written) == sorted(facts(view.model)), view.list_name


def test_the_handbook_calls_each_column_as_the_pages_do_and_says_what_is_masked(app: Flask, scene: Scene):
    for view, text in columns(scene):
        lines = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
        with app.test_request_context("/"):
            for name, fact in facts(view.model).items():
                cells = [cell.strip() for cell in lines[name].split("|")]
                sign = "!!" if fact.sealed else "!" if fact.mask else ""
                filled = "✓" if name in (*view.add_names, *view.edit_names) else ""
                assert (cells[2], cells[4], cells[5]) == (str(fact.label), filled, sign), (view.list_name, name)


def test_every_move_is_in_the_handbook_by_code_and_name(app: Flask, scene: Scene):
    text = page("handbook/worker.md")
    with app.test_request_context("/"):
        for view in scene.lists():
            for move in getattr(getattr(view.model, "flow", None), "moves", ()):
                assert f"| {move.label} `{move.name}` |" in text, move.name


# -- pages ----------------------------------------------------------------------------------------------------------


def test_every_link_between_pages_leads_somewhere():
    for path in pages():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_page_of_the_handbook_is_in_its_index():
    index = page("handbook/README.md")
    assert [path.name for path in HANDBOOK.glob("*.md") if path.name != "README.md" and path.name not in index] == []


def test_what_the_handbook_quotes_from_the_pages_stands_there(app: Flask):
    """Names of buttons and pages in “…” are those of the catalogue."""
    known = "\n".join(str(message.string) for message in catalog.messages(catalog.stored()))
    own_words = {"没有", "类型", "填写", "敏感", "是", "哪些行", "吹哨", "删除"}
    for path in HANDBOOK.glob("*.md"):
        quoted = set(re.findall(r"“([^”]+)”", path.read_text(encoding="utf-8")))
        assert {words for words in quoted if words not in known} - own_words == set(), path.name


def test_every_decision_is_in_the_index_and_numbered_without_a_gap():
    folder = HANDBOOK.parent / "decisions"
    records = sorted(path.name for path in folder.glob("0*.md"))
    index = (folder / "README.md").read_text("utf-8")
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert [name for name in records if f"]({name})" not in index] == []


# -- quality --------------------------------------------------------------------------------------------------------


def test_what_shows_each_goal_of_quality_is_there():
    rows = [line.split("|") for line in page("quality.md").splitlines() if re.match(r"\| [SR]\d", line)]
    assert [row[1].strip() for row in rows] == [*(f"S{n}" for n in range(1, 12)), *(f"R{n}" for n in range(1, 8))]
    for row in rows:
        shown = CODE.findall(row[3])
        assert shown or row[5].strip(), f"{row[1]}: neither shown nor said to be missing"
        assert [path for path in shown if not (ROOT / path).is_file()] == []

"""The links of new accounts come as slips to print: once, for each person, in a file that needs no network."""

import re

import pytest

from app.box.commands import community as commands
from tests.box.conftest import BOX


@pytest.fixture
def run(app):
    def invoke(*words):
        return app.test_cli_runner().invoke(commands, [str(word) for word in words])

    return invoke


def test_each_person_gets_a_slip_and_the_screen_shows_no_link(run, box, tmp_path, nobody):
    path = tmp_path / "slips.html"
    answer = run("init", box(), "--slips", path)
    assert answer.exit_code == 0, answer.output
    assert "/setup/" not in answer.output
    page = path.read_text("utf-8")
    links = re.findall(r'class="link">[^<]*(/setup/[^<]+)<', page)
    assert len(links) == 4
    assert nobody.get(links[0]).status_code == 200
    assert [name in page for name in ("赵丽", "网格长", "qianwei", "东河社区")] == [True] * 4
    assert path.stat().st_mode & 0o077 == 0


def test_the_file_asks_nothing_of_any_network(run, box, tmp_path):
    path = tmp_path / "slips.html"
    run("init", box(), "--slips", path)
    page = path.read_text("utf-8")
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page) == []
    assert "url(" not in page
    assert "<script" not in page


def test_nothing_is_made_where_the_slips_cannot_be_written(run, box, tmp_path, everything):
    before = everything()
    path = tmp_path / "slips.html"
    path.write_text("mine")
    assert run("init", box(), "--slips", path).exit_code != 0
    assert run("init", box(), "--slips", tmp_path / "no" / "slips.html").exit_code != 0
    assert everything() == before
    assert path.read_text() == "mine"


def test_no_file_is_written_where_nobody_is_new(run, box, tmp_path):
    run("init", box())
    path = tmp_path / "slips.html"
    assert run("init", box(), "--slips", path).exit_code == 0
    assert not path.exists()


def test_odd_names_stay_text_on_the_slip(run, box, tmp_path):
    path = tmp_path / "slips.html"
    run("init", box(BOX.replace("赵丽", "'<b>赵丽</b>'")), "--slips", path)
    assert "<b>" not in path.read_text("utf-8")


def test_a_slip_calls_a_role_as_the_community_does(run, box, tmp_path):
    path = tmp_path / "slips.html"
    run("init", box(f"{BOX}words: {{角色·网格长: 片区长}}\n"), "--slips", path)
    assert re.findall(r"<dd>(片区长|网格长)</dd>", path.read_text("utf-8")) == ["片区长"]

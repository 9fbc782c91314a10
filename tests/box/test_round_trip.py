"""A community that was handed out and read again is the same, in both forms, here and in an empty installation."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.box import export, files, handing, reading, service
from app.box.commands import community as commands
from app.box.words import BELOW
from app.communities import naming
from app.core import checks, clock
from app.core.actor import acting, system
from app.core.sheets import reading as sheets
from app.extensions import db
from app.resources.models import Resource
from tests.box.conftest import BOX
from tests.box.test_box import PROJECTS

MORE = """\
founded_on: 1981-09-01
area_km2: 0.6
phone: 0751-8223344
working_hours: 8:30-12:00、14:30-17:30
hold_days: 5
unused: 志愿服务、双报到
limits:
  - {urgency: urgent, response: 12小时}
  - {category: 环境卫生, urgency: normal, response: 2个工作日, resolution: 7天, note: 创卫期间}
resources:
  - {name: 会议室, provider: 惠民小学, kind: venue, place: 河西片区, categories: [公共设施], valid_to: 2027-12-31}
  - {name: 轮椅, provider: 护学队, kind: goods, quantity_mode: countable, quantity: 3, unit_of_measure: 辆}
"""
USED = PROJECTS.replace("featured, schedule", "featured, resources: [轮椅, 会议室], schedule")
WHOLE = BOX + USED + MORE
FORMS = ("yaml", "xlsx")


@pytest.fixture
def run(app):
    def invoke(*words):
        return app.test_cli_runner().invoke(commands, [str(word) for word in words])

    return invoke


@pytest.fixture
def taken(behind):
    def take(code, with_people=False):
        with behind():
            return export.take(handing.community_of(code), with_people).content

    return take


@pytest.fixture
def eastern(run, box):
    answer = run("init", box(WHOLE))
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", ["dh", "wjb", "qn"])
def test_what_was_handed_out_and_is_read_again_changes_nothing(run, eastern, tmp_path, everything, code, form):
    path = tmp_path / f"out.{form}"
    answer = run("export", code, path)
    assert answer.exit_code == 0, answer.output
    before = everything()
    again = run("init", path)
    assert again.exit_code == 0, again.output
    assert "没有需要改动的内容" in again.output
    assert len(again.output.splitlines()) == 1
    assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_it_comes_out_the_same_in_an_empty_installation(run, eastern, taken, tmp_path, elsewhere, form):
    path = tmp_path / f"out.{form}"
    run("export", "dh", path)
    answer = elsewhere.test_cli_runner().invoke(commands, ["init", str(path)])
    assert answer.exit_code == 0, answer.output
    with elsewhere.app_context(), acting(system("tests")):
        assert export.take(handing.community_of("dh")).content == taken("dh")


def test_the_secretary_finds_in_it_what_the_community_set_for_itself(run, eastern, tmp_path):
    path = tmp_path / "out.yaml"
    run("export", "dh", path)
    said = yaml.safe_load(path.read_text("utf-8"))
    assert (said["name"], said["area_km2"], said["hold_days"]) == ("东河社区", 0.6, 5)
    assert said["unused"] == "志愿服务、双报到"
    assert said["limits"][1] == {
        "category": "环境卫生", "urgency": "normal", "response": "2个工作日", "resolution": "7天", "note": "创卫期间"
    }  # fmt: skip
    assert [one["name"] for one in said["resources"]] == ["会议室", "轮椅"]
    assert [one.get("resources") for one in said["projects"]] == [None, ["会议室", "轮椅"]]


def test_a_resource_that_was_archived_is_no_longer_named_by_its_project(run, eastern, box, taken, app, everything):
    with app.app_context(), acting(system("tests")):
        wheelchair = db.session.scalars(select(Resource).where(Resource.name == "轮椅")).one()
        wheelchair.archived_at, wheelchair.archive_reason = clock.now(), "坏了"
        db.session.commit()
    assert taken("dh")["projects"][1]["resources"] == ["会议室"]
    before = everything()
    assert run("init", box(WHOLE)).exit_code == 0
    assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_people_and_their_numbers_do_not_leave_with_it(run, eastern, tmp_path, form):
    path = tmp_path / f"out.{form}"
    run("export", "dh", path)
    told = path.read_text("utf-8") if form == "yaml" else repr(cells(path.read_bytes()))
    for secret in ("赵丽", "13900001111", '0751-8880000"', "zhaoli", "孙霞"):
        assert secret not in told.replace("phone: 0751-8880000", "")
    assert path.stat().st_mode & 0o077 == 0


def cells(data):
    return {sheet.name: sheet.rows[3:] for sheet in sheets.read(data).sheets}


def test_that_it_was_handed_out_stands_in_history(run, eastern, tmp_path, as_person):
    run("export", "wjb", tmp_path / "out.xlsx")
    assert "Excel" in as_person("secretary").page("/audit/?act=exported")


def test_a_file_that_is_there_is_not_overwritten_unasked(run, eastern, tmp_path):
    path = tmp_path / "out.yaml"
    path.write_text("mine")
    assert run("export", "dh", path).exit_code != 0
    assert path.read_text() == "mine"
    assert run("export", "dh", path, "--force").exit_code == 0


def test_there_must_be_such_a_community_and_such_a_form(run, tmp_path):
    assert "nowhere" in run("export", "nowhere", tmp_path / "out.yaml").output
    assert run("export", "wjb", tmp_path / "box.pdf").exit_code != 0


# -- odd words ------------------------------------------------------------------------------------------------------

ODD = [
    "=1+1",
    "+86",
    "-3",
    "@x",
    "'quoted",
    '"',
    '"a、b"',
    "a、b",
    "2026-10-01",
    "1e5",
    "007",
    "null",
    "~",
    "yes",
    "无",
    "/",
]
ODD += [
    "# no",
    "a: b",
    "- x",
    "_x0041_",
    "合计",
    "注：一",
    "🏠",
    "x\u2028y",
    "{a}",
    "*",
    "&amp;",
    "<b>",
    "0",
    "是",
    "1,000",
]
texts = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30),
)
words = texts.map(str.strip).filter(lambda word: word and checks.visible(word) is None and BELOW.strip() not in word)
names = words.filter(lambda word: "＞" not in word)


@st.composite
def grid(draw, name):
    """A grid, perhaps with buildings and other names."""
    children = draw(st.lists(names.filter(keyed), max_size=2, unique_by=keyed))
    below = [{"name": child, "kind": "building", "level": "楼栋"} for child in children]
    aliases = draw(st.lists(names, max_size=3, unique=True))
    found = {"name": name, "kind": "grid", "level": "网格", "aliases": aliases, "children": below}
    return {key: value for key, value in found.items() if value}


@st.composite
def boxes(draw):
    """A box as an export says it, with words nobody expects."""
    name = draw(names)
    grids = draw(st.lists(names.filter(keyed), min_size=1, max_size=3, unique_by=keyed))
    places = [draw(grid(name)) for name in grids]
    box = {"code": "odd", "name": name, "levels": ["社区", "网格", "楼栋"], "places": places}
    box["boundary"] = draw(st.one_of(words, st.integers(1, 400).map(lambda size: "东" * size)))
    tops = draw(st.lists(names.filter(keyed), min_size=1, max_size=2, unique_by=keyed))
    box["categories"] = [{"name": top} for top in tops]
    box["units"] = [{"name": one, "kind": "other"} for one in draw(st.lists(names, max_size=2, unique=True))]
    box["teams"] = [{"name": "队", "kind": "service_team", "speciality": draw(words)}]
    return box


def keyed(word):
    return naming.key(word)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=boxes())
def test_odd_words_come_back_as_they_were(app, tmp_path, content):
    path = tmp_path / "odd.yaml"
    with app.app_context(), acting(system("tests")):
        path.write_bytes(files.as_yaml(content))
        service.put(reading.read(path))
        first = export.take(handing.community_of("odd")).content
        for form in FORMS:
            db.session.rollback()
            again = tmp_path / f"again.{form}"
            again.write_bytes(handing.FORMS[f".{form}"](first))
            service.put(reading.read(again))
            assert export.take(handing.community_of("odd")).content == first
        db.session.rollback()
    assert [one["name"] for one in first["places"]] == [one["name"] for one in content["places"]]
    assert first["boundary"] == content["boundary"]

"""A wrong file names each wrong line and changes nothing."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.box import reading
from app.box.commands import community as commands
from app.box.contents import BoxError
from app.box.lines import LARGEST_FILE
from app.core.clock import clock
from tests.box.conftest import BOX

LINE = re.compile(r"^第(\d+)行", re.MULTILINE)


@pytest.fixture
def refused(app, box, everything):
    """Read a file that must be refused; return the lines it names."""

    def read(text):
        before = everything()
        answer = app.test_cli_runner().invoke(commands, ["init", str(box(text))])
        assert answer.exit_code == 1, answer.output
        assert everything() == before
        lines = answer.output.splitlines()
        assert all(LINE.match(line) for line in lines) or len(lines) == 1
        return [int(number) for number in LINE.findall(answer.output)]

    return read


WRONG = """\
code: x y
name:
foo: 1
levels: [社区]
places:
  - name: 第一网格
    kind: moon
    level: 9
  - name: 一网格
  - kind: grid
    aliases: abc
  - 8
accounts:
  - {login: A B, name: 张三, phone: 123, role: Boss}
  - {login: zhangsan, name: 张三, role: GridLead}
  - {login: zhangsan, name: 李四, role: GridLead, place: 九网格}
  - {login: lisi, name: 李四, role: Admin}
holidays:
  - {name: 国庆节}
  - {day: 2026-10-01, name: 国庆节, works: perhaps}
reference_date: 2026-13-01
units: 5
name: 5
"""


def test_each_wrong_line_is_named(refused):
    expected = [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 14, 14, 14, 15, 16, 16, 17, 19, 20, 21, 22, 23]
    assert refused(WRONG) == expected


@pytest.mark.parametrize(
    ("said", "instead", "line"),
    [
        ("code: dh", "code: 东河", 1),
        ("name: 东河社区", f"name: {'东' * 61}", 2),
        ("name: 东河社区", 'name: "东\\u200b河"', 2),
        ("name: 东河社区", "name: [东河社区]", 2),
        ("name: 东河社区", "name: !!python/object:os.system x", 2),
        ("street: 惠民街道", "strasse: 惠民街道", 3),
        ("levels: [社区, 网格, 楼栋, 单元]", "levels: [社区, 网格, 网格]", 6),
        ("    aliases: [河边网格]", "    aliases: [[河边网格]]", 9),
        ("{name: 3栋, households: 24}", "{name: 3栋, households: 很多}", 11),
        ("{name: 3栋, households: 24}", "{name: 4幢, households: 24}", 12),
        ("{name: 2单元}]", "{name: 2单元, children: 5}]", 13),
        ("{name: 河西片区, kind: area, level: 网格}", "{name: 河西片区, kind: area, level: 社区}", 17),
        ("{name: 河西片区, kind: area, level: 网格}", "{name: 河西片区, kind: area, level: -1}", 17),
        ("children: [环境卫生, {name: 公共设施}]", "children: [环境卫生, 环境卫生]", 20),
        ("children: [环境卫生, {name: 公共设施}]", "children: [{name: 环境卫生, children: [扫地]}]", 20),
        ("day: 2026-10-01", "day: 1026-10-01", 22),
        ("day: 2026-10-10", "day: 2026-10-01", 23),
        ("login: zhaoli", "login: 赵丽", 25),
        ("phone: 13900001111", "phone: 13900001112", 26),
        ("phone: 13900001111", "phone: 9", 25),
        ("role: Secretary", "role: secretary", 25),
        ("place: 二网格三幢", "place: 三幢", 26),
        ("place: 二网格三幢", "place: 桥南一网格", 26),
        (", place: 二网格三幢", "", 26),
        ("name: 钱伟", "name: null", 26),
        (", unit: 惠民小学}", "}", 27),
        ("role: UnitLiaison, unit: 惠民小学", "role: UnitLiaison, unit: 护学队", 27),
        ("role: Volunteer, unit: 护学队", "role: Volunteer, unit: 惠民小学", 28),
        ("role: Volunteer, unit: 护学队", "role: Volunteer, unit: 没有的队", 28),
        ("place: 二网格三幢", "place: 二网格三幢, unit: 惠民小学", 26),
        ("kind: school", "kind: 月球", 30),
        ("member_count: 12", "member_count: 十二", 30),
        ("0751-8880000, place", "12, place", 30),
        ("place: 河西片区", "place: 河东片区", 30),
        ("{name: 邻里中心}", "{name: 惠民小学}", 31),
        ("{name: 邻里中心}", "{kind: school}", 31),
        ("{name: 邻里中心}", "{name: 邻里中心, credit_code: 91350100M000100Y44}", 31),
        ("护学队, unit: 惠民小学", "护学队, unit: 惠民中学", 33),
        ("护学队, unit: 惠民小学", "护学队, head: 李军", 33),
        ("reference_date: 2026-11-20", "reference_date: 去年", 34),
    ],
)
def test_one_wrong_word_names_its_line(refused, said, instead, line):
    assert said in BOX
    assert refused(BOX.replace(said, instead, 1)) == [line]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("name: 东河社区\nplaces: [{name: 一\n", [2]),
        ("name: 东河社区\n\tcode: dh\n", [2]),
        ("name: 东河社区\ncode: 'dh\n", [2]),
        ("name: 东河社区\n---\nname: 西河社区\n", [2]),
        ("a: &a [x]\nb: &b [*a, *a]\n", [1]),
        ("name: 东河社区\ncode: *dh\n", [2]),
        ("name: 东河社区\nplaces: " + "[" * 60 + "]" * 60, [2]),
        ("- name: 东河社区\n", [1, 1]),
        ("东河社区", [1, 1]),
        ("", []),
        ("# 还没写\n", []),
        ("name: 东河\x07社区\n", [1]),
        ("name: 东河社区\ncode: d\x01h\n", [2]),
        ("name: 东河社区\n".encode() + b"street: \xff\n", [2]),
        (b"x" * (LARGEST_FILE + 1), []),
    ],
)
def test_a_file_that_is_no_box_is_refused_in_words(refused, text, lines):
    assert refused(text) == lines


def test_a_file_that_is_not_there_is_named(app, tmp_path):
    answer = app.test_cli_runner().invoke(commands, ["init", str(tmp_path / "nowhere.yaml")])
    assert answer.exit_code == 1
    assert "nowhere.yaml" in answer.output


def test_a_bomb_of_references_is_refused_at_once(refused):
    layers = [f"l{number}: &l{number} [{', '.join([f'*l{number - 1}'] * 9)}]" for number in range(1, 30)]
    assert refused("l0: &l0 [boom]\n" + "\n".join(layers)) == [1]


def words_of(path):
    """Return the community's name, or what is wrong with the file."""
    try:
        return reading.read(path).name
    except BoxError as error:
        return " ".join(str(complaint.text) for complaint in error.complaints)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.builds(
        lambda cut, junk: BOX[:cut].encode() + junk + BOX[cut:].encode(),
        st.integers(0, len(BOX)),
        st.binary(max_size=8),
    )
)
def test_any_bytes_are_a_box_or_are_refused(app, box, data):
    with app.app_context():
        assert words_of(box(data))


def test_the_clock_plays_no_part(app, box):
    clock.fixed = None
    with app.app_context():
        assert reading.read(box()).reference_date.year == 2026


def test_a_line_that_begins_with_a_tab_is_told_so(app, box):
    text = "name: 东河社区\nplaces:\n\t- {name: 第一网格}\n\t- {name: 第二网格}\n"
    answer = app.test_cli_runner().invoke(commands, ["init", str(box(text))])
    assert re.findall(r"第(\d+)行：.*制表符", answer.output) == ["3", "4"]


def test_a_word_that_stands_for_a_role_and_a_duty_is_asked_for(app, box):
    answer = app.test_cli_runner().invoke(commands, ["init", str(box("name: 东河社区\nwords: 网格长=片长\n"))])
    assert (answer.exit_code, LINE.findall(answer.output)) == (1, ["2"])
    assert "角色·网格长、岗位职责·网格长" in answer.output

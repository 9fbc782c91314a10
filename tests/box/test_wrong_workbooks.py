"""A wrong workbook names each wrong cell in a Chinese sentence and changes nothing."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.box import files, reading
from app.box.commands import community as commands
from app.box.contents import BoxError
from app.core.sheets import several
from app.core.sheets.paper import Column, Paper
from app.core.sheets.reading import read
from tests.core.sheets.paper import Raw, xlsx

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
CELL = re.compile(r"^“(.+?)”表(?:第(\d+)行)?(?:([A-Z]+)列)?(?:“(.+?)”)?：\S.*[。；;.]$")


def paper(name, headings, *rows):
    return Paper(name, name, "", [Column(heading) for heading in headings], rows)


US = paper("社区", ["编号", "名称"], ["dh", "东河社区"])


@pytest.fixture
def init(app, tmp_path):
    def invoke(*papers, data=None, name="box.xlsx"):
        path = tmp_path / name
        path.write_bytes(several.workbook(papers, MOMENT) if data is None else data)
        return app.test_cli_runner().invoke(commands, ["init", str(path)])

    return invoke


@pytest.fixture
def refused(init, everything):
    """Read a workbook that must be refused; return the cells it names."""

    def read(*papers):
        before = everything()
        answer = init(*papers)
        assert answer.exit_code == 1, answer.output
        assert everything() == before
        lines = answer.output.splitlines()
        assert all(CELL.match(line) for line in lines), answer.output
        return [CELL.match(line).groups() for line in lines]

    return read


def test_each_wrong_cell_is_named_by_sheet_row_column_and_heading(refused):
    places = paper(
        "位置",
        ["名称", "上级", "种类", "户数"],
        ["第一网格", None, "网格", "48"],
        [None, None, "月球", "4"],
        ["3栋", "第九网格", "楼栋", "很多"],
    )
    holidays = paper("节假日", ["日期", "名称", "上班"], ["十月一日", "国庆节", "也许"])
    assert refused(US, places) == [("位置", "6", "B", "上级")]
    places.rows[2][1] = "第一网格"
    assert [found[:3] for found in refused(US, holidays, places)] == [
        ("节假日", "4", "A"),
        ("节假日", "4", "C"),
        ("位置", "5", "A"),
        ("位置", "5", "C"),
        ("位置", "6", "D"),
    ]


def test_a_part_that_is_none_is_named_with_its_cell(refused):
    us = paper("社区", ["编号", "名称", "不用的部分"], ["dh", "东河社区", "志愿服务、广场舞"])
    assert refused(us) == [("社区", "4", "C", "不用的部分")]


def test_an_account_without_role_or_with_a_strange_one_is_named(refused):
    people = paper("账号", ["登录名", "姓名", "角色"], ["zhaoli", "赵丽", None], ["qianwei", "钱伟", "皇帝"])
    assert refused(US, people) == [("账号", "4", "C", "角色"), ("账号", "5", "C", "角色")]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (paper("位置", ["名称", "颜色"], ["第一网格", "红"]), [("位置", "3", "B", None), ("位置", "4", "B", None)]),
        (paper("位置", ["名称", "名称"], ["第一网格", "二"]), [("位置", "3", "B", "名称"), ("位置", "4", "B", None)]),
        (paper("位置", ["种类", "户数"], ["网格", "1"]), [("位置", None, None, None)]),
        (paper("仓库", ["名称"], ["一"]), [("仓库", None, None, None)]),
        (
            paper("位置", ["名称", "上级"], ["a", "b"], ["b", "a"]),
            [("位置", "4", "B", "上级"), ("位置", "5", "B", "上级")],
        ),
        (paper("位置", ["名称", "上级"], ["a", "a"]), [("位置", "4", "B", "上级")]),
        (
            paper("位置", ["名称", "上级"], ["a", None], ["b", None], ["c", "a"], ["c", "b"], ["d", "c"]),
            [("位置", "8", "B", "上级")],
        ),
        (paper("类别", ["名称", "上级"], ["a", None], ["b", "a"], ["c", "b"]), [("类别", "6", None, None)]),
    ],
)
def test_strange_sheets_and_headings_and_rows_that_lie_nowhere_are_named(refused, wrong, expected):
    assert refused(US, wrong) == expected


def test_two_communities_do_not_fit_in_one_file(refused):
    assert refused(paper("社区", ["编号", "名称"], ["dh", "东河社区"], ["xh", "西河社区"])) == [
        ("社区", "5", None, None)
    ]


def test_a_workbook_without_a_community_is_refused(init):
    assert init(paper("位置", ["名称"], ["第一网格"])).exit_code == 1


def test_order_of_sheets_and_columns_blank_rows_and_wide_digits_do_not_matter(init):
    places = paper(
        "位 置",
        ["户数", "别名", "上级", "名称＊"],
        ["２４", None, "第一网格", "3栋"],
        [None, None, None, None],
        ["  ", None, "", "  "],
        [100, "河边网格、老街网格", None, "第一网格"],
    )
    holidays = paper("节假日", ["名称", "日期"], ["国庆节", "2026/10/1"], ["元旦", date(2027, 1, 1)])
    answer = init(holidays, places, paper("Sheet1", ["x"]), paper("社区", ["名称", "编号"], ["东河社区", "ｄｈ"]))
    assert answer.exit_code == 1
    assert "Sheet1" in answer.output
    answer = init(holidays, places, paper("社区", ["名称", "编号"], ["东河社区", "ｄｈ"]))
    assert answer.exit_code == 0, answer.output
    assert "东河社区 (dh)" in answer.output
    assert "位置 2" in answer.output
    assert "节假日 2" in answer.output


def test_merged_cells_and_formulas_are_refused_where_they_stand(app, tmp_path):
    rows = {"社区": [["编号", "名称"], ["dh", "东河社区"]], "位置": [["名称", "户数"], ["第一网格"], ["第二网格"]]}
    with app.app_context():
        assert spots(tmp_path, xlsx(rows, merged={"位置": ["A2:A3"]})) == [("位置", 2, "A")]
        rows["位置"].append(["第三网格", Raw('<c r="REF"><f>1+1</f></c>')])
        assert spots(tmp_path, xlsx(rows)) == [("位置", 4, "B")]


def spots(tmp_path, data):
    path = tmp_path / "patched.xlsx"
    path.write_bytes(data)
    with pytest.raises(BoxError) as error:
        reading.read(path)
    return [(one.line.sheet, one.line.row, one.line.column) for one in error.value.complaints]


@pytest.mark.parametrize("name", ["box.xlsx", "box.xls", "box.yaml"])
@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04" + bytes(100), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), b"%PDF-1.7", bytes(6 << 20)],
)
def test_what_is_no_workbook_is_one_sentence(init, everything, data, name):
    before = everything()
    answer = init(data=data, name=name)
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    assert len(answer.output.splitlines()) == 1
    assert everything() == before


def test_the_template_is_a_workbook_that_asks_for_the_name_of_the_community(app, tmp_path):
    path = tmp_path / "template.xlsx"
    runner = app.test_cli_runner()
    assert runner.invoke(commands, ["template", str(path)]).exit_code == 0
    book = read(path.read_bytes())
    assert [sheet.name for sheet in book.sheets] == [
        "说明", "社区", "位置", "类别", "时限", "节假日", "单位", "队伍", "资源", "服务项目", "账号", "网格队伍"
    ]  # fmt: skip
    assert runner.invoke(commands, ["template", str(path)]).exit_code != 0
    assert runner.invoke(commands, ["template", str(path), "--force"]).exit_code == 0
    answer = runner.invoke(commands, ["init", str(path)])
    assert answer.exit_code == 1
    assert "“社区”表" in answer.output


def test_a_filled_template_makes_the_community(app, tmp_path, init):
    content = {"name": "东河社区", "places": [{"name": "第一网格", "children": [{"name": "3栋"}]}], "code": "dh"}
    with app.app_context():
        data = files.as_workbook(content)
    answer = init(data=data)
    assert answer.exit_code == 0, answer.output
    assert "位置 2" in answer.output


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.lists(
            st.one_of(
                st.none(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["第一网格", "网格", "1"])
            ),
            min_size=5,
            max_size=5,
        ),
        max_size=8,
    )
)
def test_whatever_stands_in_the_cells_is_answered(app, tmp_path, rows):
    path = tmp_path / "any.xlsx"
    headings = ["名称", "上级", "种类", "级别", "别名"]
    path.write_bytes(several.workbook([US, paper("位置", headings, *rows)], MOMENT))
    with app.app_context(), suppress(BoxError):
        assert reading.read(path).name == "东河社区"

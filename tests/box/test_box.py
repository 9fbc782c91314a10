"""A community comes out of its box: whole, once, and without harm when the box is read again."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from app.accounts.models import Account, Grant
from app.box.commands import community as commands
from app.communities import service
from app.communities.models import Category, Community, Holiday, Place, PlaceKind
from app.core import clock
from app.extensions import db
from app.organizations.choices import TeamKind, UnitKind
from app.organizations.models import Organization, Team
from app.people.models import Person
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import ServiceProject
from app.roles import Role
from tests.box.conftest import BOX


@pytest.fixture
def run(app):
    def invoke(*words):
        return app.test_cli_runner().invoke(commands, [str(word) for word in words])

    return invoke


def count(model):
    return db.session.scalar(select(func.count(model.id)))


@pytest.fixture
def eastern(behind):
    """Look at 东河社区 as it came out of the box."""

    def look():
        return db.session.scalars(select(Community).filter_by(code="dh")).one()

    return look


def test_a_community_comes_out_of_its_box(run, box, behind, eastern):
    answer = run("init", box())
    assert answer.exit_code == 0, answer.output
    with behind():
        made = eastern()
        assert (made.name, made.street, made.city) == ("东河社区", "惠民街道", "韶关市")
        assert made.reference_date == date(2026, 11, 20)
        (unit,) = service.find_places(made, "一网格四幢2单元")
        assert (unit.level, unit.kind, unit.depth) == (3, PlaceKind.UNIT, 2)
        (grid,) = service.find_places(made, "河边网格")
        assert (grid.name, grid.kind) == ("第一网格", PlaceKind.GRID)
        (area,) = service.find_places(made, "河西片区")
        assert (area.level, area.kind) == (1, PlaceKind.AREA)
        assert db.session.scalars(select(Category.name).filter_by(community=made).order_by(Category.id)).all() == [
            "社区治理",
            "环境卫生",
            "公共设施",
        ]
        assert not service.is_working_day(made, date(2026, 10, 1))
        assert service.is_working_day(made, date(2026, 10, 10))


def test_its_people_get_their_role_and_a_link_once(run, box, behind, eastern):
    answer = run("init", box())
    assert answer.output.count("/setup/") == 4
    with behind():
        lead = db.session.scalars(select(Account).filter_by(login="qianwei")).one()
        (grant,) = lead.grants
        assert (grant.role.role, grant.community, grant.place.full_name) == (Role.GRID_LEAD, eastern(), "第二网格 3栋")
        assert lead.password_hash is None


def test_units_and_teams_come_out_of_it_and_its_people_speak_for_them(run, box, behind, eastern):
    said = run("init", box()).output
    assert "单位 2" in said
    assert "队伍 1" in said
    with behind():
        school, centre = db.session.scalars(select(Organization).filter_by(community=eastern()).order_by("id"))
        assert (school.name, school.kind, school.member_count) == ("惠民小学", UnitKind.SCHOOL, 12)
        assert (school.contact_phone, school.place.name) == ("0751-8880000", "河西片区")
        assert (centre.name, centre.kind) == ("邻里中心", UnitKind.OTHER)
        team = db.session.scalars(select(Team).filter_by(community=eastern())).one()
        assert (team.kind, team.organization, str(team.leader)) == (TeamKind.SERVICE_TEAM, school.party, "李军")
        person = db.session.scalars(select(Person).filter_by(community=eastern())).one()
        assert (person.name, person.phones, person.account.login) == ("李军", ["13900001113"], "lijun")
        held = {login: subjects(login) for login in ("sunxia", "lijun", "qianwei")}
        assert held == {"sunxia": [school.party], "lijun": [person.party, team.party], "qianwei": [None]}


def subjects(login):
    grants = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == login)
    return [grant.subject for grant in db.session.scalars(grants.order_by(Grant.id))]


def test_what_became_of_units_and_teams_since_stays(run, box, behind, eastern):
    run("init", box())
    with behind():
        school = db.session.scalars(select(Organization).filter_by(community=eastern(), name="惠民小学")).one()
        centre = db.session.scalars(select(Organization).filter_by(community=eastern(), name="邻里中心")).one()
        team = db.session.scalars(select(Team).filter_by(community=eastern())).one()
        school.contact_phone, school.member_count, team.leader = "0751-8881111", 15, None
        centre.archived_at = clock.now()
        db.session.commit()
    again = run("init", box())
    assert again.exit_code == 0
    assert "15" in again.output
    assert "0751-8881111" not in again.output
    with behind():
        units = db.session.scalars(select(Organization).filter_by(community=eastern()).order_by("id")).all()
        assert [(unit.name, unit.member_count, unit.archived_at is None) for unit in units] == [
            ("惠民小学", 15, True),
            ("邻里中心", None, False),
        ]
        assert db.session.scalars(select(Team).filter_by(community=eastern())).one().leader is None


def test_reading_a_box_again_changes_nothing(run, box, everything):
    run("init", box())
    before = everything()
    clock.clock.fixed = clock.now().replace(year=2027)
    again = run("init", box())
    assert again.exit_code == 0
    assert "/setup/" not in again.output
    assert everything() == before


def test_what_the_community_changed_since_stays(run, box, behind, eastern):
    run("init", box())
    with behind():
        made = eastern()
        made.street = "新华街道"
        (grid,) = service.find_places(made, "第二网格")
        service.close_place(grid, clock.today(), "并入第一网格", with_children=True)
        grant = db.session.scalars(
            select(Grant).join(Account, Grant.account_id == Account.id).filter_by(login="qianwei")
        ).one()
        grant.ends_on = clock.today()
        db.session.commit()
    answer = run("init", box())
    assert "新华街道" in answer.output
    with behind():
        assert eastern().street == "新华街道"
        assert service.find_places(eastern(), "第二网格") == []
        assert db.session.scalar(select(func.count(Grant.id)).where(Grant.community_id == eastern().id)) == 5


def test_a_longer_box_adds_what_is_new(run, box, behind, eastern):
    run("init", box())
    longer = BOX.replace("  - {name: 河西片区", "  - {name: 第三网格, aliases: [新网格]}\n  - {name: 河西片区")
    longer = longer.replace("aliases: [河边网格]", "aliases: [河边网格, 老街网格]")
    answer = run("init", box(longer))
    assert answer.exit_code == 0
    with behind():
        assert len(service.find_places(eastern(), "3网格")) == 1
        (grid,) = service.find_places(eastern(), "老街网格")
        assert grid.aliases == ["河边网格", "老街网格"]


def test_a_box_without_categories_gets_the_usual_ones(run, box, behind, eastern):
    run("init", box("code: dh\nname: 东河社区\n"))
    with behind():
        tops = select(func.count(Category.id)).where(Category.community_id == eastern().id)
        assert db.session.scalar(tops.where(Category.parent_id.is_(None))) == 3
        assert db.session.scalar(tops) == 21


def test_a_box_without_a_code_always_means_the_same_community(run, box, behind):
    first = json.loads(run("init", box("name: 东河社区\n"), "--json").output)
    second = json.loads(run("init", box("name: 东河社区\n"), "--json").output)
    assert first == second
    with behind():
        assert count(Community) == 3


def test_a_person_may_hold_roles_in_two_communities(run, box, behind):
    ours = "accounts:\n  - {login: zhaoli, name: 赵丽, phone: 13900001111, role: StreetSupervisor}\n"
    run("init", box(f"code: dh\nname: 东河社区\n{ours}"))
    answer = run("init", box(f"code: xh\nname: 西河社区\n{ours}"))
    assert answer.exit_code == 0
    with behind():
        assert len(db.session.scalars(select(Account).filter_by(login="zhaoli")).one().grants) == 2


def test_nobody_gets_rights_because_of_a_login_that_was_already_taken(run, box, everything):
    before = everything()
    answer = run(
        "init", box("code: dh\nname: 东河社区\naccounts:\n  - {login: neighbour, name: 某某, role: Secretary}\n")
    )
    assert answer.exit_code != 0
    assert "第4行" in answer.output
    assert everything() == before


def test_a_phone_of_somebody_else_is_refused(run, box, everything):
    before = everything()
    answer = run(
        "init", box("name: 东河社区\naccounts:\n  - {login: sunli, name: 孙丽, phone: 13800001001, role: Worker}\n")
    )
    assert "第3行" in answer.output
    assert everything() == before


def test_the_list_of_communities_counts_places_and_people(run, box):
    run("init", box())
    lines = run("list").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["dh", "qn", "wjb"]
    assert "8" in lines[0].split("\t")[2]


CONTEXT = {
    "community": "清河社区",
    "grids": ["第一网格", "第二网格", "第三网格"],
    "reference_date": "2026-11-20",
    "volunteers": [{"name": "孔伟", "phone": "16600000001"}],
}


class TestContext:
    @pytest.fixture
    def expected(self, tmp_path):
        def write(content):
            path = tmp_path / "s1.expected.json"
            path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
            return path

        return write

    def test_the_context_of_an_expected_result_is_a_box(self, run, expected, behind):
        answer = run("init", "--context", expected({"accepted": [], "context": CONTEXT}), "--json")
        code = json.loads(answer.output)["code"]
        with behind():
            made = db.session.scalars(select(Community).filter_by(code=code)).one()
            assert (made.name, made.reference_date) == ("清河社区", date(2026, 11, 20))
            grids = db.session.scalars(select(Place).filter_by(community=made).order_by(Place.path)).all()
            assert [(grid.name, grid.level, grid.kind) for grid in grids] == [
                (name, 1, PlaceKind.GRID) for name in CONTEXT["grids"]
            ]
            assert service.find_places(made, "三网格") == [grids[2]]

    def test_reading_it_again_changes_nothing(self, run, expected, everything):
        run("init", "--context", expected({"context": CONTEXT}))
        before = everything()
        clock.clock.fixed = clock.now().replace(year=2027)
        assert run("init", "--context", expected({"context": CONTEXT}), "--json").exit_code == 0
        assert everything() == before

    def test_registered_volunteers_are_named_and_left_aside(self, run, expected):
        assert "volunteers" in run("init", "--context", expected({"context": CONTEXT})).output

    def test_a_later_context_tells_the_newer_day(self, run, expected, behind):
        run("init", "--context", expected({"context": CONTEXT}))
        run("init", "--context", expected({"context": {**CONTEXT, "reference_date": "2026-12-01"}}))
        with behind():
            made = db.session.scalars(select(Community).filter_by(name="清河社区")).one()
            assert made.reference_date == date(2026, 12, 1)

    @pytest.mark.parametrize(
        "content",
        [
            "{",
            "[]",
            "[" * 100_000,
            {"context": []},
            {"context": {}},
            {"context": {**CONTEXT, "community": 5}},
            {"context": {**CONTEXT, "community": "清" * 61}},
            {"context": {**CONTEXT, "grids": "第一网格"}},
            {"context": {**CONTEXT, "grids": ["第一网格", "1网格"]}},
            {"context": {**CONTEXT, "grids": [None]}},
            {"context": {**CONTEXT, "reference_date": "明天"}},
            {"context": {**CONTEXT, "reference_date": 5}},
        ],
    )
    def test_a_wrong_context_is_refused_in_words(self, run, expected, everything, content):
        before = everything()
        answer = run("init", "--context", expected(content))
        assert answer.exit_code == 1
        assert answer.output.strip()
        assert everything() == before

    def test_one_file_at_a_time(self, run, box, expected):
        assert run("init").exit_code == 1
        assert run("init", box(), "--context", expected({"context": CONTEXT})).exit_code == 1


def test_holidays_of_a_box_are_the_communitys(run, box, behind):
    run("init", box())
    with behind():
        assert {day.community.code for day in db.session.scalars(select(Holiday))} == {"dh"}


PROJECTS = """\
projects:
  - name: 护学行动
    section: 儿童服务
    categories: [公共设施, 环境卫生]
    schedule: 每周一至周五 7:30-8:10
    provider: 护学队
    owner: 李军
    phone: 0751-8880000
  - {name: 河畔音乐会, kind: featured, schedule: 每季度一次}
"""


def test_its_service_projects_begin_as_drafts(run, box, behind, eastern):
    answer = run("init", box(BOX + PROJECTS))
    assert "服务项目 2" in answer.output
    with behind():
        guard, music = db.session.scalars(select(ServiceProject).filter_by(community=eastern()).order_by("id"))
        assert (guard.state, guard.kind, guard.provider.name) == (ProjectState.DRAFT, ProjectKind.REGULAR, "护学队")
        assert {category.name for category in guard.categories} == {"公共设施", "环境卫生"}
        assert (music.kind, str(music.schedule)) == (ProjectKind.FEATURED, "每季度一次")


def test_a_project_that_was_changed_or_archived_since_stays_so(run, box, behind, eastern):
    run("init", box(BOX + PROJECTS))
    with behind():
        guard, music = db.session.scalars(select(ServiceProject).filter_by(community=eastern()).order_by("id"))
        guard.owner, guard.phone, music.archived_at = "赵丽", None, clock.now()
        db.session.commit()
    again = run("init", box(BOX + PROJECTS))
    assert "赵丽" in again.output
    with behind():
        guard, music = db.session.scalars(select(ServiceProject).filter_by(community=eastern()).order_by("id"))
        assert (guard.owner, guard.phone, music.archived_at is None) == ("赵丽", "0751-8880000", False)


@pytest.mark.parametrize(
    "wrong",
    [
        "{name: 护学, kind: 别的}",
        "{name: 护学, categories: [没有的]}",
        "{name: 护学, provider: 没有的}",
        "{name: 护学, phone: 12}",
        "{kind: regular}",
        "护学",
    ],
)
def test_what_is_wrong_with_a_project_is_named_with_its_line(run, box, wrong):
    answer = run("init", box(f"{BOX}projects:\n  - {wrong}\n"))
    assert answer.exit_code == 1
    assert answer.output.startswith(f"第{len(BOX.splitlines()) + 2}行"), answer.output


def test_a_box_says_what_the_community_calls_its_lists_and_what_was_said_since_stays(run, box, behind, eastern):
    run("init", box(BOX + "words: 群众需求清单=邻里需求单；portal.name=邻里汇\n"))
    with behind():
        assert service.words_of(eastern()) == {"list.needs": "邻里需求单", "portal.name": "邻里汇"}
        service.set_words(eastern(), {"list.needs": "居民心愿单"})
        db.session.commit()
    answer = run("init", box(BOX + "words: 群众需求清单=邻里需求单\n"))
    assert "居民心愿单" in answer.output
    with behind():
        assert service.words_of(eastern()) == {"list.needs": "居民心愿单"}


@pytest.mark.parametrize("wrong", ["words: 群众需求清单\n", "words: 没有的清单=邻里汇\n", "words: 群众需求清单=<b>\n"])
def test_a_wrong_word_of_the_community_is_named_with_its_line(run, box, wrong):
    answer = run("init", box(BOX + wrong))
    assert answer.exit_code == 1
    assert answer.output.startswith(f"第{len(BOX.splitlines()) + 1}行"), answer.output


def test_a_second_community_of_one_name_is_made_and_told(run, box):
    run("init", box())
    answer = run("init", box("code: dh2\nname: 东河社区\n"))
    assert answer.exit_code == 0
    assert "另有一个社区也叫“东河社区”：编号 dh。" in answer.output


def test_a_place_renamed_in_the_file_only_is_made_and_the_old_one_told(run, box, behind, eastern):
    run("init", box())
    answer = run("init", box(BOX.replace("河西片区", "河西一片")))
    assert "照旧保留的位置：河西片区。" in answer.output
    with behind():
        assert len(service.find_places(eastern(), "河西片区")) == 1


def test_a_phone_is_read_however_it_was_typed(run, box, behind):
    typed = BOX.replace("13900001111", "139 0000 1111").replace('"13900001112"', '"+86 139-0000-1112"')
    assert run("init", box(typed)).exit_code == 0
    with behind():
        named = {one.login: one.phone for one in db.session.scalars(select(Account))}
        assert (named["zhaoli"], named["qianwei"]) == ("13900001111", "13900001112")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_box_may_be_saved_as_chinese_offices_save_text(run, tmp_path, behind, eastern, encoding):
    path = tmp_path / "dh.yaml"
    path.write_bytes(BOX.encode(encoding))
    answer = run("init", path)
    assert answer.exit_code == 0, answer.output
    with behind():
        assert eastern().name == "东河社区"


@pytest.mark.parametrize("words", ["{群众需求清单: 邻里汇}", "[群众需求清单=邻里汇]", "群众需求清单=邻里汇"])
def test_own_words_are_keys_with_values_or_lines(run, box, behind, eastern, words):
    assert run("init", box(f"{BOX}words: {words}\nunused: [困难群众]\n")).exit_code == 0
    with behind():
        assert (eastern().words.plain(), str(eastern().unused)) == ({"list.needs": "邻里汇"}, "困难群众")

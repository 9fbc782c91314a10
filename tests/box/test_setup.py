"""A community comes out of eight questions: whole, once, and with a slip by which its secretary begins."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from sqlalchemy import func, select

from app.accounts.models import Account, Grant, GrantRole
from app.box import setting_up
from app.box.questions import QUESTIONS, SetupForm, box_of
from app.communities import naming, service
from app.communities.models import Category, Community, Holiday, Place, PlaceKind
from app.core import clock
from app.core.access import Forbidden
from app.core.pinyin import spelled
from app.extensions import db

SETUP = "/communities/setup/"
ANSWERS = {
    "name": "河东社区",
    "street": "惠民街道",
    "district": "武江区",
    "city": "韶关市",
    "levels": "grids",
    "grids": "第一网格\t河边网格、老街\n第二网格",
    "compounds": "江畔花园\t花园",
    "categories": "",
    "secretary": "赵丽",
    "phone": "13900001111",
    "working_hours": "8:30-12:00、14:30-17:30",
    "holidays": "2026-10-01 国庆节\n2026/10/10\t调休\t上班",
    "slogan": "河东一家亲",
    "word_portal_name": "邻里汇",
    "word_list_needs": "邻里需求单",
}


def answered(**other):
    return ANSWERS | other


def count(model):
    return db.session.scalar(select(func.count(model.id)))


def the_link(answer):
    found = re.search(r"<output[^>]*>([^<]+)</output>", answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)[:2000]
    return "/setup/" + found[1].rpartition("/setup/")[2]


@pytest.fixture
def eastern(behind):
    def look():
        return db.session.scalars(select(Community).filter_by(name="河东社区")).one()

    return look


def test_the_supervisor_sets_up_a_community_and_its_secretary_begins_to_work(as_supervisor, app, behind, eastern):
    answer = as_supervisor.post(SETUP, answered())
    assert answer.status_code == 200
    assert "赵丽" in answer.get_data(as_text=True)
    with behind():
        community = eastern()
        assert community.code == "hedong"
        assert (community.street, community.slogan) == ("惠民街道", "河东一家亲")
        assert str(community.working_hours) == "8:30-12:00、14:30-17:30"
        assert service.words_of(community) == {"portal.name": "邻里汇", "list.needs": "邻里需求单"}
        places = db.session.scalars(select(Place).filter_by(community=community).order_by(Place.id)).all()
        assert [(place.name, place.kind, place.level) for place in places] == [
            ("第一网格", PlaceKind.GRID, 1),
            ("第二网格", PlaceKind.GRID, 1),
            ("江畔花园", PlaceKind.COMPOUND, 1),
        ]
        assert places[0].aliases == ["河边网格", "老街"]
        assert len(db.session.scalars(select(Category).filter_by(community=community)).all()) > 10
        days = db.session.scalars(select(Holiday).filter_by(community=community).order_by(Holiday.day)).all()
        assert [(day.name, day.works) for day in days] == [("国庆节", False), ("调休", True)]
        account = db.session.scalars(select(Account).filter_by(login="zhaoli")).one()
        assert [(one.role, one.community_id) for one in account.grants] == [(GrantRole.SECRETARY, community.id)]
    secretary = app.test_client()
    page = secretary.get(the_link(answer)).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
    password = {"csrf_token": token, "password": "river-east-2026", "again": "river-east-2026"}
    assert secretary.post(the_link(answer), data=password).status_code == 302
    page = secretary.get("/login/").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
    typed = {"csrf_token": token, "username": "13900001111", "password": "river-east-2026"}
    assert secretary.post("/login/", data=typed).status_code == 302
    page = secretary.get("/needs/list/").get_data(as_text=True)
    assert "<title>邻里需求单 · 邻里汇</title>" in page


def test_the_new_community_is_the_supervisors_and_nobody_elses(as_supervisor, as_secretary, behind, eastern):
    as_supervisor.post(SETUP, answered())
    with behind():
        number = eastern().id
        supervising = select(Account.login).join(Grant, Grant.account_id == Account.id)
        supervising = supervising.where(Grant.community_id == number, Grant.role == GrantRole.SUPERVISOR)
        assert db.session.scalars(supervising).all() == ["supervisor"]
    assert as_supervisor.get(f"/communities/show/{number}").status_code == 200
    assert as_secretary.get(f"/communities/show/{number}").status_code == 404


def test_the_administrator_sets_up_a_community_and_supervises_none(as_admin, behind, eastern):
    assert as_admin.post(SETUP, answered()).status_code == 200
    with behind():
        assert [one.role for one in db.session.scalars(select(Grant).filter_by(community=eastern()))] == [
            GrantRole.SECRETARY
        ]


@pytest.mark.parametrize("login", ["secretary", "worker", "auditor", "volunteer", "neighbour"])
def test_nobody_else_sets_up_communities(as_person, acting_as, app, login):
    assert as_person(login).get(SETUP).status_code == 403
    assert as_person(login).post(SETUP, answered()).status_code == 403
    with acting_as(login), app.test_request_context(method="POST", data=answered()), pytest.raises(Forbidden):
        setting_up.set_up(box_of(SetupForm(meta={"csrf": False}), setting_up.NAMES))


def test_a_double_click_makes_one_community_and_the_link_last_shown_works(as_supervisor, nobody, behind):
    with behind():
        before = count(Community), count(Account), count(Place)
    first, second = as_supervisor.post(SETUP, answered()), as_supervisor.post(SETUP, answered())
    assert (first.status_code, second.status_code) == (200, 200)
    with behind():
        assert (count(Community), count(Account), count(Place)) == (before[0] + 1, before[1] + 1, before[2] + 3)
    assert nobody.get(the_link(first)).status_code == 410
    assert nobody.get(the_link(second)).status_code == 200


def test_two_clicks_at_the_same_moment_make_one_community(as_person, behind):
    people = [as_person("supervisor"), as_person("supervisor")]
    for person in people:
        person.token()
    with behind():
        before = count(Community), count(Account)
    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(lambda person: person.post(SETUP, answered()), people)]
    assert [answer.status_code for answer in answers] == [200, 200]
    with behind():
        assert (count(Community), count(Account)) == (before[0] + 1, before[1] + 1)


def test_a_name_that_is_taken_is_refused_and_a_code_of_ones_own_helps(as_supervisor, as_admin, behind):
    as_admin.post(SETUP, answered())
    other = answered(secretary="钱伟", phone="13900002222")
    refused = as_supervisor.post(SETUP, other)
    assert refused.status_code == 422
    assert "已经有这个名称或编号的社区" in refused.get_data(as_text=True)
    assert as_supervisor.post(SETUP, other | {"code": "hd2"}).status_code == 200
    with behind():
        assert db.session.scalars(select(Community.code).filter_by(name="河东社区")).all() == [
            "hedong",
            "hd2",
        ]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "请填写"),
        ("name", "社" * 61, "最多 60 个字"),
        ("code", "河东", "编号由 2 到 32 个"),
        ("street", "街" * 61, "最多 60 个字"),
        ("levels", "nonsense", "不在可选范围内"),
        ("grid_count", "一百", "请填整数"),
        ("grid_count", "1000", "请填 1 到 99 的数"),
        ("grids", "第一网格\n一网格", "“一网格”重复了"),
        ("grids", "网" * 61, "最多 60 个字"),
        ("compounds", "\n".join(f"小区{number}" for number in range(301)), "最多 300 行"),
        ("categories", "治理：卫" + "生" * 61, "字"),
        ("secretary", "", "请填写"),
        ("phone", "", "请填写"),
        ("phone", "123", "11 位"),
        ("working_hours", "整天", "请写成这样"),
        ("holidays", "国庆节", "开头不是日期"),
        ("holidays", "2026-10-01", "请填写"),
        ("word_list_needs", "<b>", "只能用文字"),
        ("word_list_needs", "资源共享清单", "请换一个"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_everything_typed_stays(as_supervisor, behind, field, typed, said):
    other = {"grids": ""} if field == "grid_count" else {}
    with behind():
        before = count(Community), count(Account)
    answer = as_supervisor.post(SETUP, answered(**{field: typed}, **other))
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    errors = re.findall(rf'<ul class="errors" id="{field}-errors">(.*?)</ul>', page, re.DOTALL)
    assert errors, re.findall(r'<ul class="errors" id="[^"]*">.*?</ul>', page, re.DOTALL)
    assert said in errors[0]
    for name, kept in answered(**{field: typed}, **other).items():
        if kept and name != "levels":
            assert kept in page, name
    with behind():
        assert (count(Community), count(Account)) == before


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("解放路社区", "jiefanglu"),
        ("银行街社区居民委员会", "yinhangjie"),
        ("三里村村委会", "sanlicun"),
        ("东风2号社区", "dongfeng2hao"),
        ("社区", "shequ"),
    ],
)
def test_the_code_is_the_name_spelled_out(acting_as, name, code):
    with acting_as("admin"):
        assert setting_up.code_for(name) == code


def test_names_that_sound_alike_get_codes_of_their_own(as_supervisor, behind):
    as_supervisor.post(SETUP, answered())
    sounds_alike = answered(name="和东社区", secretary="钱伟", phone="13900002222")
    assert as_supervisor.post(SETUP, sounds_alike).status_code == 200
    with behind():
        codes = {one.name: one.code for one in db.session.scalars(select(Community))}
        assert (codes["河东社区"], codes["和东社区"]) == ("hedong", "hedong2")


def test_a_name_that_nobody_can_spell_gets_a_code_all_the_same(as_supervisor, behind):
    assert as_supervisor.post(SETUP, answered(name="！？")).status_code == 200
    with behind():
        code = db.session.scalars(select(Community.code).filter_by(name="！？")).one()
        assert re.fullmatch("c[0-9a-f]{10}", code)


def test_the_code_can_be_changed_later_and_is_still_nobody_elses(as_supervisor, as_admin, behind, eastern):
    as_supervisor.post(SETUP, answered())
    with behind():
        pk = eastern().id
    page = as_supervisor.page(f"/communities/edit/{pk}")
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    taken = as_supervisor.post(f"/communities/edit/{pk}", {"version": version, "code": "wjb"})
    assert taken.status_code == 422
    assert 'id="code-errors"' in taken.get_data(as_text=True)
    assert as_supervisor.post(f"/communities/edit/{pk}", {"version": version, "code": "hd"}).status_code == 302
    with behind():
        assert eastern().code == "hd"


def test_areas_hold_the_grids_and_compounds_they_name(as_supervisor, behind, eastern):
    typed = answered(levels="areas", areas="东片区：一网格、花园\n西片区: 第二网格")
    assert as_supervisor.post(SETUP, typed).status_code == 200
    with behind():
        found = select(Place).filter_by(community=eastern()).order_by(Place.path)
        places = [(one.full_name, one.kind.value, one.level) for one in db.session.scalars(found)]
    assert places == [
        ("东片区", "area", 1),
        ("东片区 第一网格", "grid", 2),
        ("东片区 江畔花园", "compound", 2),
        ("西片区", "area", 1),
        ("西片区 第二网格", "grid", 2),
    ]


def test_what_lies_in_no_area_stays_directly_below_the_community(as_supervisor, behind, eastern):
    own = answered(levels="own", own_levels="社区\n片区\n小区\n楼栋", grids="", areas="东片区：江畔花园")
    assert as_supervisor.post(SETUP, own | {"grid_count": "1"}).status_code == 200
    with behind():
        found = select(Place).filter_by(community=eastern()).order_by(Place.level, Place.id)
        assert [one.full_name for one in db.session.scalars(found)] == ["东片区", "第一网格", "东片区 江畔花园"]


@pytest.mark.parametrize(
    "areas", ["东片区：没有的小区", "东片区：江畔花园\n西片区：花园", "：江畔花园", "东片区\n东片区"]
)
def test_an_area_that_does_not_fit_is_said_beside_the_areas(as_supervisor, areas):
    answer = as_supervisor.post(SETUP, answered(levels="areas", areas=areas))
    assert answer.status_code == 422
    assert 'id="areas-errors"' in answer.get_data(as_text=True)


def test_the_holidays_one_can_read_already_are_filled_in_and_taken(as_supervisor, as_secretary, behind, eastern):
    clock.clock.fixed = clock.parse_local("2026-03-02T09:00")
    for day, name, works in (("2026-10-01", "国庆节", ""), ("2026-10-10", "调休", "y"), ("2027-01-01", "元旦", "")):
        form = {"day": day, "name": name} | ({"works": works} if works else {})
        assert as_secretary.post("/holidays/add", form).status_code == 302
    filled = re.search(r'<textarea[^>]*name="holidays"[^>]*>\s*([^<]*)<', as_supervisor.page(SETUP))[1]
    assert filled.split("\n") == ["2026-10-01 国庆节", "2026-10-10 调休 上班"]
    assert as_supervisor.post(SETUP, answered(holidays=filled)).status_code == 200
    with behind():
        days = db.session.scalars(select(Holiday).filter_by(community=eastern()).order_by(Holiday.day)).all()
        assert [(day.name, day.works) for day in days] == [("国庆节", False), ("调休", True)]


def test_a_supervisor_of_other_communities_is_not_shown_the_holidays_of_ours(as_supervisor, as_secretary, behind):
    as_secretary.post("/holidays/add", {"day": f"{clock.today().year}-07-07", "name": "本社区停电"})
    with behind():
        ours = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
        held = select(Grant).where(Grant.role == GrantRole.SUPERVISOR, Grant.community_id == ours)
        db.session.delete(db.session.scalars(held).one())
        db.session.commit()
    page = as_supervisor.page(SETUP)
    assert 'name="holidays"' in page
    assert "本社区停电" not in page


def test_own_levels_are_asked_for_where_they_are_chosen(as_supervisor, behind, eastern):
    assert as_supervisor.post(SETUP, answered(levels="own", own_levels="社区")).status_code == 422
    assert as_supervisor.post(SETUP, answered(levels="own", own_levels="社区\n小区\n楼栋")).status_code == 200
    with behind():
        assert eastern().level_names == ["社区", "小区", "楼栋"]


def test_a_phone_of_somebody_else_is_refused_beside_the_phone(as_supervisor, behind):
    as_supervisor.post(SETUP, answered())
    answer = as_supervisor.post(SETUP, answered(name="河西社区", secretary="孙霞"))
    assert answer.status_code == 422
    assert 'id="phone-errors"' in answer.get_data(as_text=True)
    with behind():
        assert db.session.scalars(select(Community).filter_by(name="河西社区")).all() == []


def test_two_secretaries_of_one_name_get_two_login_names(as_supervisor, behind):
    as_supervisor.post(SETUP, answered())
    assert as_supervisor.post(SETUP, answered(name="河西社区", phone="13900003333")).status_code == 200
    with behind():
        logins = db.session.scalars(select(Account.login).filter_by(name="赵丽").order_by(Account.id)).all()
        assert logins == ["zhaoli", "zhaoli2"]


def test_grids_are_counted_in_chinese_and_own_categories_have_two_levels(as_supervisor, behind, eastern):
    own = answered(grids="", grid_count="11", categories="治理：卫生、绿化\n民生")
    assert as_supervisor.post(SETUP, own).status_code == 200
    with behind():
        grids = select(Place.name).filter_by(community=eastern(), kind=PlaceKind.GRID).order_by(Place.sort)
        assert db.session.scalars(grids).all()[8:] == ["第九网格", "第十网格", "第十一网格"]
        categories = db.session.scalars(select(Category).filter_by(community=eastern()).order_by(Category.id)).all()
        assert sorted(one.full_name for one in categories) == ["民生", "治理", "治理 卫生", "治理 绿化"]


def test_there_are_eight_questions_and_the_page_asks_each_of_them(as_supervisor):
    page = as_supervisor.page(SETUP)
    assert len(QUESTIONS) == 8
    assert len(re.findall(r"<legend>\d\. ", page)) == 8
    assert f'href="{SETUP}"' in as_supervisor.page("/communities/list/")
    assert all(f'name="{name}"' in page for _title, names in QUESTIONS for name in names)


def test_numerals_are_read_as_they_are_written():
    assert all(naming.number(naming.numeral(value)) == value for value in range(1, 100))
    assert [naming.numeral(value) for value in (1, 10, 12, 20, 99)] == ["一", "十", "十二", "二十", "九十九"]


def test_a_name_is_spelled_out_for_the_login_name(app, acting_as):
    assert spelled("赵丽") == "zhaoli"
    with acting_as("admin"):
        assert setting_up.login_for("！") == "secretary2"


def test_what_is_typed_as_people_type_it_is_taken(as_supervisor, behind, eastern):
    answer = as_supervisor.post(SETUP, answered(phone="139 0000 1111", holidays="2027-01-02 上班"))
    assert answer.status_code == 200
    with behind():
        days = db.session.scalars(select(Holiday).filter_by(community=eastern()).order_by(Holiday.day)).all()
        assert [(day.name, day.works) for day in days] == [("调休上班", True)]
        assert db.session.scalars(select(Account).filter_by(name="赵丽")).one().phone == "13900001111"

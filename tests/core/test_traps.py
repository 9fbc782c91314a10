"""Flask-AppBuilder's traps at the start and with identities; the numbers are those of the decision record."""

import re
import tomllib
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup
from flask_appbuilder import Model
from flask_migrate import check
from sqlalchemy import inspect, select
from sqlalchemy.orm import class_mapper

import config
from app import create_app
from app.accounts import links, passwords, service
from app.accounts.models import Account
from app.communities.models import Community, Holiday
from app.core import clock, revisions
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.rules import Violation
from app.extensions import db
from tests.cast.people import CAST, PASSWORD

OURS = [mapper.class_ for mapper in Model.registry.mappers if mapper.class_.__module__.startswith("app.")]
REQUIREMENTS = (config.ROOT / "requirements.txt").read_text(encoding="utf-8")


def pinned(name):
    """Return the version a requirement is pinned to, as numbers."""
    found = re.search(rf"^{name}==([\d.]+)", REQUIREMENTS, re.MULTILINE)
    assert found, name
    return tuple(int(part) for part in found[1].split("."))


@pytest.fixture
def fresh(tmp_path):
    """A portal whose database is empty."""
    portal = create_app({"TESTING": True, "INSTANCE": tmp_path, "DATABASE_URL": "", "NOW": None})
    yield portal
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def door_bell(app):
    """Ring at the sign-in page as somebody, and return the answer."""

    def ring(name, password, client=None, **environ):
        client = client or app.test_client()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login/").get_data(as_text=True))[1]
        data = {"csrf_token": token, "username": name, "password": password}
        return client.post("/login/", data=data, environ_base=environ)

    return ring


# -- versions and start -----------------------------------------------------------------------------------------------


def test_f01_a_program_starts_and_gets_relations_by_id(program, register, ids):
    pk = register()
    row = program("secretary").get(f"/api/v1/needs/{pk}").json["result"]
    assert row["category"] == ids("category", name="公共设施")


def test_f03_migrations_see_the_tables_of_the_models(app):
    assert {"need", "place", "account"} <= set(Model.metadata.tables)
    with app.app_context():
        assert not db.metadata.tables
        check(str(revisions.MIGRATIONS))


def test_f04_no_model_names_another_database():
    assert [model for model in OURS if hasattr(model, "__bind_key__")] == []


def test_f05_versions_that_still_have_what_the_framework_uses_are_pinned_and_warnings_stop_the_tests():
    assert pinned("WTForms") < (3, 4)
    assert pinned("SQLAlchemy") < (2, 2)
    settings = tomllib.loads((config.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["pytest"]["ini_options"]["filterwarnings"][0] == "error"


@pytest.mark.parametrize(
    "command",
    [
        [
            "create-user",
            "--username",
            "boss",
            "--firstname",
            "a",
            "--lastname",
            "b",
            "--email",
            "a@b",
            "--role",
            "Admin",
        ],
        ["create-admin", "--username", "boss", "--firstname", "a", "--lastname", "b", "--email", "a@b"],
        ["reset-password", "--username", "secretary"],
    ],
)
def test_f06_the_frameworks_commands_make_no_account_and_no_weak_password(app, behind, command, door_bell):
    CliRunner().invoke(FlaskGroup(create_app=lambda: app), ["fab", *command, "--password", "short"])
    with behind():
        assert len(db.session.scalars(select(Account)).all()) == len(CAST)
    assert door_bell("secretary", "short").status_code == 401
    assert door_bell("secretary", PASSWORD).status_code == 302


def test_f07_views_and_menu_entries_never_share_a_name(app):
    for view in app.extensions["appbuilder"].baseviews:
        assert type(view).__name__.endswith(("View", "Api"))
    assert [item.name for item in app.extensions["appbuilder"].menu.menu if not item.name.startswith("m.")] == []


def test_f08_the_start_makes_no_tables_and_an_empty_database_is_a_sentence(fresh):
    with fresh.app_context():
        assert inspect(db.engine).get_table_names() == []
    answer = fresh.test_client().get("/login/")
    assert answer.status_code == 503
    assert "flask db upgrade" in answer.get_data(as_text=True)
    asked = CliRunner().invoke(FlaskGroup(create_app=lambda: fresh), ["fab", "create-db"])
    assert asked.exit_code == 1
    with fresh.app_context():
        assert inspect(db.engine).get_table_names() == []


def test_f09_the_start_says_nothing_to_the_database(app, stage, spoken):
    create_app({name: stage.app.config[name] for name in ("TESTING", "INSTANCE", "DATABASE_URL", "NOW")})
    assert spoken == []


def test_f10_the_portal_is_made_without_any_context_around_it(fresh):
    assert fresh.extensions["appbuilder"].baseviews


def test_f11_no_role_has_every_permission(app, as_admin, behind):
    assert app.config["AUTH_ROLE_ADMIN"] == config.HIDDEN_ROLE
    assert as_admin.get("/needs/list/").status_code == 403
    with behind():
        assert config.HIDDEN_ROLE not in {
            grant.role.value for grant in db.session.scalars(select(Account)).all()[0].grants
        }


def test_f12_every_constraint_has_a_name(app):
    unnamed = [
        (table.name, constraint)
        for table in Model.metadata.tables.values()
        if not table.name.startswith("ab_")
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []


def test_f13_every_model_names_its_table():
    assert [model for model in OURS if "__tablename__" not in vars(model)] == []


# -- identity ---------------------------------------------------------------------------------------------------------


def test_f14_a_person_has_one_name_and_needs_no_e_mail(as_secretary, behind):
    assert not {"email", "first_name", "last_name"} & {attribute.key for attribute in class_mapper(Account).attrs}
    assert "陈秀兰" in as_secretary.page("/profile/")
    with behind():
        assert db.session.scalars(select(Account).filter_by(login="secretary")).one().get_full_name() == "陈秀兰"


def test_f15_one_signs_in_with_the_phone(door_bell):
    assert door_bell("13800001001", PASSWORD).status_code == 302


def test_f17_a_permission_is_a_whole_word(app, acting_as):
    manager = app.extensions["appbuilder"].sm
    with acting_as("auditor"):
        assert manager.has_access("can_list", "NeedView")
        for name in ("can_list_everything", "can_edit", "can_", "list.*", ".*"):
            assert not manager.has_access(name, "NeedView")
        assert not manager.has_access("can_list", "NeedViewX")


def test_f18_roles_are_not_edited_in_the_portal(app):
    assert [str(rule) for rule in app.url_map.iter_rules() if str(rule).startswith("/roles")] == ["/roles/"]
    assert app.url_map.bind("").match("/roles/", method="GET")[0] == "accounts.roles"


def test_f19_the_frameworks_actions_are_not_used(app):
    assert [view for view in app.extensions["appbuilder"].list_views() if view.actions] == []


def test_f20_page_and_api_ask_the_same_line_of_the_role_table_and_own_no_permissions(app):
    views = {type(view).__name__: view for view in app.extensions["appbuilder"].baseviews}
    assert views["NeedApi"].guard == views["NeedView"].guard == "needs"
    assert views["NeedApi"].base_permissions == []
    assert app.config["FAB_UPDATE_PERMS"] is False


@pytest.mark.parametrize(
    "password", ["short", "12345678", "password1", "aaaaaaa1", "chenxiulan", "secretary2026", "x1" * 65]
)
def test_f21_a_weak_password_is_refused_in_chinese_below_every_door(app, behind, password):
    with app.app_context(), acting(system("tests")):
        person = db.session.scalars(select(Account).filter_by(login="secretary")).one()
        with transaction():
            token = service.reset_link(person).rsplit("/", 1)[1]
        with pytest.raises(Violation) as refused:
            links.use(token, password)
    with app.test_request_context():
        assert re.search("[\u4e00-\u9fff]{4}", str(refused.value.errors["password"][0]))


def test_f22_a_brake_on_one_account_leaves_the_neighbour_at_the_same_address_alone(door_bell):
    for _guess in range(6):
        last = door_bell("secretary", "wrong-guess-1", REMOTE_ADDR="10.0.0.9")
    assert last.status_code == 429
    assert re.search("[\u4e00-\u9fff]{6}", last.get_data(as_text=True))
    assert door_bell("worker", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302
    assert door_bell("secretary", PASSWORD, REMOTE_ADDR="10.0.0.77").status_code == 429


def test_f23_of_forty_guesses_at_most_five_are_answered(app, monkeypatch):
    looked_at = []
    monkeypatch.setattr(passwords, "matches", lambda stored, password: looked_at.append(password) and False)
    client = app.test_client()
    for number in range(40):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login/").get_data(as_text=True))[1]
        client.post("/login/", data={"csrf_token": token, "username": "secretary", "password": f"guess-{number}"})
    assert len(looked_at) <= 5


def test_f24_the_cookie_is_closed_to_scripts_and_other_sites(door_bell, tmp_path):
    cookie = door_bell("secretary", PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    settings = config.load({"INSTANCE": tmp_path, "BASE_URL": "https://sidan.example"}, environ={})
    assert settings["SESSION_COOKIE_SECURE"] is True


def test_f25_signing_out_takes_a_form(as_secretary):
    assert as_secretary.get("/logout/").status_code == 405
    assert as_secretary.client.post("/logout/").status_code == 400
    assert as_secretary.get("/profile/").status_code == 200
    as_secretary.post("/logout/")
    assert as_secretary.get("/profile/").status_code == 302


def test_f26_a_new_password_ends_every_sign_in(as_secretary, app):
    with app.app_context(), acting(system("tests")), transaction():
        person = db.session.scalars(select(Account).filter_by(login="secretary")).one()
        service.set_password(person, "another-lane-2027")
    assert as_secretary.get("/profile/").status_code == 302


def test_f27_the_cookie_keeps_no_addresses_and_reading_writes_nothing(as_secretary, register, spoken):
    register()
    as_secretary.page("/needs/list/?q=路灯")
    with as_secretary.client.session_transaction() as session:
        assert set(session) <= {"sid", "csrf_token", "_flashes", "_fresh"}
        assert "路灯" not in str(dict(session))
    spoken.clear()
    as_secretary.page("/needs/list/?q=路灯")
    assert [said for said in spoken if not said.startswith("SELECT")] == []


def test_f28_no_token_passes_by_the_brake(app, nobody):
    for address in ("/api/v1/security/login", "/api/v1/security/refresh", "/api/v1/security/csrf_token/"):
        assert nobody.post(
            address, json={"username": "secretary", "password": PASSWORD, "provider": "db"}
        ).status_code in (
            400,
            404,
        )
    assert not [rule for rule in app.url_map.iter_rules() if "security" in str(rule)]


def test_f29_a_job_without_a_person_writes_and_changes(app, behind):
    with app.app_context(), acting(system("nightly")):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        with transaction():
            day = Holiday(community=community, day=clock.today(), name="元旦")
            db.session.add(day)
        with transaction():
            day.day += timedelta(days=1)
    with behind():
        row = db.session.scalars(select(Holiday)).one()
        assert (row.created_by_id, row.changed_by_id, row.version) == (None, None, 2)


def test_f30_permissions_cost_no_statement(as_secretary, register, spoken):
    register()
    spoken.clear()
    as_secretary.page("/needs/list/")
    assert len(spoken) <= 6
    assert not any("ab_" in said for said in spoken)


def test_f31_a_mask_costs_no_statement_per_cell(as_gridworker, register, spoken):
    counts = []
    for more in (2, 20):
        for _each in range(more):
            register(reporter_name="赵大爷")
        spoken.clear()
        as_gridworker.page("/needs/list/")
        counts.append(len(spoken))
    assert counts[0] == counts[1] <= 6


def test_f32_nothing_changes_by_opening_an_address(as_secretary, register, need):
    pk = register()
    for address in (f"/needs/move/accept/{pk}", f"/needs/archive/{pk}", f"/needs/restore/{pk}", "/needs/action_post"):
        as_secretary.get(f"{address}?action=accept&rowid={pk}&reason=x")
    assert need(pk)["version"] == 1


def test_f33_a_cookie_alone_is_no_permission_for_programs(program, register, need):
    pk = register()
    secretary = program("secretary")
    for headers in ({}, {"X-CSRFToken": "x"}, {"Referer": "http://localhost/"}):
        secretary.headers = headers
        assert secretary.put(f"/api/v1/needs/{pk}", version=1, title="x").status_code == 400
    assert need(pk)["version"] == 1

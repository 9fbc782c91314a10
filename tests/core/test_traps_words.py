"""Flask-AppBuilder's traps in words, looks and the database; the numbers are those of the decision record."""

import re
from html import unescape

import pytest
from flask_babel import gettext
from sqlalchemy import text

import config
from app import catalog
from app.extensions import db
from app.roles import TITLES, VERBS, Role
from tests.core.test_traps_pages import CHINESE, visible

# -- words ------------------------------------------------------------------------------------------------------------


def test_f87_every_text_has_its_chinese():
    assert catalog.main(["check"]) == 0


@pytest.mark.parametrize("address", ["/needs/list/", "/needs/add", "/users/list/", "/places/list/", "/holidays/add"])
def test_f88_titles_and_labels_are_chinese(as_secretary, address):
    page = as_secretary.page(address)
    assert CHINESE.search(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1])
    words = re.findall(r"<(?:th|label|legend|h1|h2|button)[^>]*>\s*([^<]+?)\s*<", page)
    assert words
    assert [word for word in words if re.search("[A-Za-z]{3}", unescape(word))] == []


def test_f89_nothing_empty_true_or_precise_stands_there_as_a_machine_says_it(as_secretary, register):
    pk = register(collective=True)
    for address in (
        "/needs/list/",
        f"/needs/show/{pk}",
        f"/needs/edit/{pk}",
        "/users/list/",
        "/grants/list/",
        "/places/list/",
    ):
        page = as_secretary.page(address)
        assert not re.search(r"\b(None|True|False|__None)\b", visible(page)), address
        assert not re.search(r"\d\d:\d\d:\d\d", visible(page)), address


def test_f90_roles_and_permissions_have_chinese_names(as_secretary, app):
    page = visible(as_secretary.page("/roles/"))
    with app.test_request_context():
        for words in [*TITLES.values(), *VERBS.values()]:
            assert CHINESE.search(str(words))
    assert not re.search(r"can_|can list", page)
    assert len(TITLES) == len(Role)


def test_f91_errors_speak_chinese(as_admin, nobody, as_secretary):
    answers = {
        400: as_secretary.get("/needs/list/?page=x"),
        403: as_admin.get("/needs/list/"),
        404: as_secretary.get("/nothing"),
        405: as_secretary.get("/logout/"),
        413: as_secretary.post("/needs/add", {"title": "x" * 21_000_000}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        page = visible(answer.get_data(as_text=True))
        assert len(CHINESE.findall(page)) > 10
        assert not re.search("Not Found|Forbidden|Bad Request|Method|Large", page)


def test_f92_no_script_brings_words_or_the_frameworks_own(as_secretary, app):
    scripts = re.findall(r'<script[^>]*src="([^"]+)"', as_secretary.page("/needs/add"))
    assert scripts
    assert not [script for script in scripts if "appbuilder" in script or "jquery" in script or "select2" in script]
    assert as_secretary.get("/static/appbuilder/js/ab.js").status_code == 404
    own = (config.ROOT / "app" / "static" / "portal.js").read_text(encoding="utf-8")
    assert not re.search(r"(textContent|innerHTML|placeholder|alert\()\s*[=(]?\s*[\"'][A-Za-z]", own)


def test_f93_a_page_says_its_language(as_secretary, nobody):
    for page in (as_secretary.page("/needs/list/"), nobody.get("/login/").get_data(as_text=True)):
        assert '<html lang="zh-Hans"' in page


def test_f94_dates_and_selects_are_the_browsers_and_our_own(as_secretary):
    page = as_secretary.page("/needs/list/")
    assert 'type="date"' in page
    assert not re.search("datepicker|select2", page)


def test_f96_no_page_for_trying_the_interface_is_served(app, as_secretary):
    assert not [rule for rule in app.url_map.iter_rules() if "swagger" in str(rule)]
    assert as_secretary.get("/swagger/v1").status_code == 404


def test_f97_the_form_library_speaks_through_our_catalogue(app):
    with app.test_request_context():
        assert CHINESE.search(gettext("Not a valid choice."))
        assert (
            app.extensions["appbuilder"].list_views()[0].add_form().meta.get_translations(None).gettext("Save")
            == "保存"
        )


def test_f98_our_words_win_over_the_frameworks(app):
    assert (
        app.config["BABEL_TRANSLATION_DIRECTORIES"].startswith("/")
        or ":" in app.config["BABEL_TRANSLATION_DIRECTORIES"]
    )
    with app.test_request_context():
        assert gettext("Home") == "首页" or CHINESE.search(gettext("Home"))
        assert CHINESE.search(gettext("Not a valid choice."))


def test_f99_there_is_one_language_and_it_is_listed(app, as_secretary):
    assert app.config["BABEL_DEFAULT_LOCALE"] in app.config["LANGUAGES"]
    assert as_secretary.get("/lang/en").status_code == 404
    english = as_secretary.get("/needs/list/", headers={"Accept-Language": "en"})
    assert "群众需求" in english.get_data(as_text=True)


# -- the network, scripts, the database -------------------------------------------------------------------------------


def test_f100_no_page_loads_charts_from_elsewhere(as_secretary):
    for address in ("/", "/needs/list/", "/users/list/"):
        answer = as_secretary.get(address)
        assert "gstatic" not in answer.get_data(as_text=True)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_f101_nobody_registers_by_themselves(app, nobody):
    assert app.config["AUTH_USER_REGISTRATION"] is False
    assert [rule for rule in app.url_map.iter_rules() if "register" in str(rule)] == []
    assert nobody.get("/register/form").status_code == 404


def test_f102_the_look_asks_no_other_machine(as_secretary, app):
    assert app.config["APP_THEME"] == ""
    for address in re.findall(r'<link[^>]*href="([^"]+)"', as_secretary.page("/needs/list/")):
        assert re.match("/[a-z]", address)
        style = as_secretary.get(address).get_data(as_text=True)
        assert not re.search(r"@import|url\(\s*[\"']?(https?:)?//", style)


def test_f103_signing_in_asks_nobody_outside(app):
    assert app.config["AUTH_TYPE"] == 1
    assert "OAUTH_PROVIDERS" not in app.config


@pytest.mark.parametrize(
    "address", ["/", "/needs/list/", "/needs/add", "/users/list/", "/places/list/", "/roles/", "/profile/"]
)
def test_f104_no_page_needs_styles_or_scripts_inside_itself(as_secretary, address):
    answer = as_secretary.get(address)
    page = answer.get_data(as_text=True)
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style", page)
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_f108_a_writer_waits_long_enough_for_another(app):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pragmas = [
                db.session.scalar(text(f"PRAGMA {name}")) for name in ("busy_timeout", "journal_mode", "foreign_keys")
            ]
            assert pragmas == [15000, "wal", 1]
        else:
            assert db.session.scalar(text("SHOW deadlock_timeout"))

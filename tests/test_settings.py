"""Settings: each read once, from the environment, and refused in one Chinese sentence when it makes no sense."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import config


def refusal(**environ: str) -> str:
    with pytest.raises(config.SettingError) as refused:
        config.load({}, environ)
    return str(refused.value)


def load(tmp_path: Path, overrides: dict[str, Any] | None = None, **environ: str) -> dict[str, Any]:
    return config.load({"INSTANCE": tmp_path} | (overrides or {}), environ)


def test_an_admin_who_sets_nothing_gets_a_portal_on_this_machine_only(tmp_path):
    settings = load(tmp_path)
    assert (settings["HOST"], settings["PORT"]) == ("127.0.0.1", 8080)
    assert settings["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path.as_posix()}/sidan.db"
    assert settings["SECRET_KEY"] is None
    assert settings["DEMO"] is False


def test_every_setting_has_a_name_a_meaning_and_a_default_that_can_be_read():
    names = [setting.name for setting in config.SETTINGS]
    assert len(names) == len(set(names))
    for setting in config.SETTINGS:
        assert setting.variable == f"SIDAN_{setting.name}"
        assert len(setting.meaning) > 4
        assert setting.read({}) == (setting.kind(setting.default) if setting.default else None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIDAN_PORT", "abc"),
        ("SIDAN_PORT", "0"),
        ("SIDAN_PORT", "70000"),
        ("SIDAN_PORT", "８０８０"),
        ("SIDAN_THREADS", "-1"),
        ("SIDAN_BASE_URL", "sidan.example"),
        ("SIDAN_BASE_URL", "ftp://sidan.example"),
        ("SIDAN_BASE_URL", "https://sidan.example/portal"),
        ("SIDAN_BASE_URL", "https://somebody@sidan.example"),
        ("SIDAN_BASE_URL", "https://sidan.example:99999"),
        ("SIDAN_TRUST_PROXY", "yes"),
        ("SIDAN_SESSION_IDLE_SECONDS", "1"),
        ("SIDAN_LOG_LEVEL", "LOUD"),
        ("SIDAN_NOW", "yesterday"),
    ],
)
def test_an_admin_who_mistypes_a_setting_reads_which_one_and_what_it_should_be(name, value):
    said = refusal(**{name: value})
    assert said.startswith(f"设置 {name} 不对：应为")
    assert f"“{value}”" in said
    assert said.count("。") == 1


@pytest.mark.parametrize("name", ["SIDAN_SECRET_KEY", "SIDAN_DATA_KEY", "SIDAN_DATABASE_URL"])
def test_a_refused_secret_is_not_repeated_on_the_screen(name):
    assert "hunter2" not in refusal(**{name: "hunter2"})


@pytest.mark.parametrize(("name", "value"), [("SIDAN_NOW", "2026-11-22T09:30:00"), ("SIDAN_DEMO_PASSWORD", "abc")])
def test_a_fixed_clock_and_a_demo_password_are_refused_outside_demo_and_tests(tmp_path, name, value):
    with pytest.raises(config.SettingError, match=f"设置 {name} 只能用于演示和测试"):
        load(tmp_path, **{name: value})
    assert load(tmp_path, {"TESTING": True}, **{name: value})[name.removeprefix("SIDAN_")]
    (tmp_path / config.DEMO_MARKER).touch()
    assert load(tmp_path, **{name: value})["DEMO"] is True


def test_a_fixed_clock_without_an_offset_is_shanghai_time(tmp_path):
    now = load(tmp_path, {"TESTING": True}, SIDAN_NOW="2026-11-22T09:30:00")["NOW"]
    assert now.utcoffset() == timedelta(hours=8)


def test_the_cookie_travels_only_encrypted_once_the_portal_has_an_https_address(tmp_path):
    assert load(tmp_path)["SESSION_COOKIE_SECURE"] is False
    settings = load(tmp_path, SIDAN_BASE_URL="https://sidan.example/")
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["BASE_URL"] == "https://sidan.example"
    assert settings["SESSION_COOKIE_NAME"] == "__Host-sidan"


def test_a_district_may_name_its_postgresql(tmp_path):
    settings = load(tmp_path, SIDAN_DATABASE_URL="postgresql://sidan@db/sidan", SIDAN_THREADS="12")
    assert settings["SQLALCHEMY_DATABASE_URI"] == "postgresql://sidan@db/sidan"
    assert settings["SQLALCHEMY_ENGINE_OPTIONS"] == {
        "hide_parameters": True,
        "pool_size": 12,
        "connect_args": {"connect_timeout": 5, "prepare_threshold": 1},
    }


def test_an_empty_variable_counts_as_not_set(tmp_path):
    assert load(tmp_path, SIDAN_PORT=" ")["PORT"] == 8080


def test_what_a_caller_overrides_wins(tmp_path):
    assert load(tmp_path, {"PORT": 9000}, SIDAN_PORT="8081")["PORT"] == 9000


def test_the_framework_neither_creates_tables_nor_knows_an_almighty_role(tmp_path):
    settings = load(tmp_path)
    assert settings["FAB_CREATE_DB"] is settings["FAB_UPDATE_PERMS"] is False
    assert settings["AUTH_ROLE_ADMIN"] == config.HIDDEN_ROLE


def test_the_handbook_lists_every_setting_with_its_default_and_meaning():
    handbook = (config.ROOT / "docs" / "operations.md").read_text("utf-8")
    for setting in config.SETTINGS:
        shown = "instance/" if setting.name == "INSTANCE" else setting.default
        default = f"`{shown}`" if shown else "（不设）"
        assert f"| `{setting.variable}` | {default} | {setting.meaning} |" in handbook

"""Every setting once: name, default, meaning in one line, and how its text is read.

A setting is an environment variable whose name begins with ``SIDAN_``. What is written here is what
``docs/operations.md`` lists; nothing else in the program reads the environment.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import click

ROOT: Final = Path(__file__).resolve().parent
ZONE: Final = ZoneInfo("Asia/Shanghai")
LOCALE: Final = "zh_Hans_CN"
PREFIX: Final = "SIDAN_"
DEMO_MARKER: Final = "demo"
HIDDEN_ROLE: Final = "held-by-nobody"
SESSION_ABSOLUTE: Final = timedelta(hours=12)
MEGABYTE: Final = 1024 * 1024
MOST_RECEIVED: Final = 64 * MEGABYTE
"""What is read of one request at all; more than the portal takes, so that it can say so itself."""
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")

Parser = Callable[[str], Any]


class Refusal(click.ClickException):
    """A start that cannot go on; the text is one Chinese sentence that tells the operator what to do.

    A command shows the sentence and ends, without a traceback.
    """

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence alone, where click would put an English word before it."""
        click.echo(self.message, file=file, err=file is None)


class SettingError(Refusal):
    """A setting that cannot be used."""


@dataclass(frozen=True)
class Setting:
    """One thing an operator may set; `kind` reads its text and raises ValueError with the reason."""

    name: str
    default: str
    meaning: str
    kind: Parser
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name

    def read(self, environ: Mapping[str, str]) -> Any:
        """The parsed value; an empty variable counts as not set. Raises SettingError."""
        given = environ.get(self.variable, "").strip() or self.default
        if not given:
            return None
        try:
            return self.kind(given)
        except ValueError as reason:
            shown = "" if self.secret else f"，现在是“{given}”"
            raise SettingError(f"设置 {self.variable} 不对：{reason}{shown}，请改正后再启动。") from None


def text(given: str) -> str:
    """Any text."""
    return given


def folder(given: str) -> Path:
    """A folder; a relative one is taken from where the program was started."""
    return Path(given).expanduser().resolve()


def whole_number(least: int, most: int) -> Parser:
    """A parser of whole numbers between two limits, both included."""

    def parse(given: str) -> int:
        if not (given.isascii() and given.isdigit() and least <= int(given) <= most):
            raise ValueError(f"应为 {least} 到 {most} 的整数")
        return int(given)

    return parse


def web_address(given: str) -> str:
    """An http or https address of a host, without the closing slash."""
    parts = urlsplit(given)
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or more or not _has_port(parts):
        raise ValueError("应为 http:// 或 https:// 开头的网址，后面不带路径")
    return given.rstrip("/")


def _has_port(parts: SplitResult) -> bool:
    """Whether the port, if one is named, is one."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def database_address(given: str) -> str:
    """A SQLAlchemy address of SQLite or PostgreSQL."""
    if not given.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        raise ValueError("应以 sqlite: 或 postgresql: 开头")
    return given


def secret_text(given: str) -> str:
    """A key that signs; long enough not to be guessed."""
    if len(given) < 32:
        raise ValueError("至少要 32 个字符")
    return given


def data_keys(given: str) -> str:
    """256-bit keys, each written as 64 hexadecimal digits, the newest first, parted by commas."""
    keys = [key.strip().lower() for key in given.split(",")]
    if any(len(key) != 64 or set(key) - set("0123456789abcdef") for key in keys):
        raise ValueError("应为 64 位十六进制数字，有几个时用逗号隔开")
    return ",".join(keys)


def moment(given: str) -> datetime:
    """A moment in ISO 8601; without an offset it is Shanghai time."""
    try:
        parsed = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError("应为日期时间，例如 2026-11-22T09:30:00") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZONE)


def log_level(given: str) -> str:
    """One of the four levels the log knows."""
    if given.upper() not in LOG_LEVELS:
        raise ValueError("应为 " + "、".join(LOG_LEVELS) + " 之一")
    return given.upper()


SETTINGS: Final = (
    Setting("INSTANCE", str(ROOT / "instance"), "存放数据、日志和上传文件的文件夹", folder),
    Setting(
        "DATABASE_URL", "", "数据库地址；不设时用数据文件夹里的 SQLite 文件 sidan.db", database_address, secret=True
    ),
    Setting("REDIS_URL", "", "Redis 地址；只有区级部署才需要", text, secret=True),
    Setting("HOST", "127.0.0.1", "监听的网络地址；默认只有本机能访问", text),
    Setting("PORT", "8080", "监听的端口", whole_number(1, 65535)),
    Setting("THREADS", "8", "同时处理请求的线程数", whole_number(1, 128)),
    Setting("BASE_URL", "", "对外的网址，用于链接和二维码；以 https:// 开头时 Cookie 只走加密连接", web_address),
    Setting("TRUST_PROXY", "0", "前面有几层可信的反向代理；没有代理时为 0", whole_number(0, 5)),
    Setting("SECRET_KEY", "", "会话签名密钥；不设时用数据文件夹里的密钥文件", secret_text, secret=True),
    Setting(
        "DATA_KEY", "", "数据密钥（64 位十六进制），新的在前、最早的在最后；不设时用密钥文件", data_keys, secret=True
    ),
    Setting("SESSION_IDLE_SECONDS", "1800", "多少秒没有操作就要重新登录", whole_number(60, 43200)),
    Setting("ASSETS_DIR", "", "离线安装时存放页面素材的文件夹", folder),
    Setting("BACKUP_DIR", "", "存放备份的文件夹；不设时用数据文件夹里的 backups", folder),
    Setting("LOG_LEVEL", "INFO", "日志记到哪一级：DEBUG、INFO、WARNING、ERROR", log_level),
    Setting("DEMO_PASSWORD", "", "演示人员的密码；只能用于演示和测试", text, secret=True),
    Setting("NOW", "", "把时钟固定在某一时刻；只能用于演示和测试", moment),
)
ONLY_FOR_DEMO: Final = ("DEMO_PASSWORD", "NOW")

FIXED: Final[dict[str, Any]] = {
    "APP_NAME": "四单",
    "APP_THEME": "",
    "AUTH_TYPE": 1,
    # FAB adds every new permission to its admin role, so its name points at a role nobody holds.
    "AUTH_ROLE_ADMIN": HIDDEN_ROLE,
    "AUTH_ROLE_PUBLIC": HIDDEN_ROLE,
    "AUTH_USER_REGISTRATION": False,
    "BABEL_DEFAULT_LOCALE": LOCALE,
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
    "FAB_ADD_SECURITY_API": False,
    "FAB_ADD_SECURITY_VIEWS": False,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "LANGUAGES": {LOCALE: {"flag": "cn", "name": "中文（简体）"}},
    "MAX_CONTENT_LENGTH": 20 * MEGABYTE,
    "MAX_FORM_MEMORY_SIZE": 16 * MEGABYTE,
    "MAX_FORM_PARTS": 5000,
    "PERMANENT_SESSION_LIFETIME": SESSION_ABSOLUTE,
    "RATELIMIT_ENABLED": False,
    "SESSION_ABSOLUTE": SESSION_ABSOLUTE,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_NAME": "sidan",
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SQLALCHEMY_TRACK_MODIFICATIONS": False,
    # The session ends on the server; a form left open over lunch must still be saved.
    "WTF_CSRF_TIME_LIMIT": None,
}


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the whole Flask configuration; `overrides` win over the environment.

    Keys are the names of SETTINGS and Flask's own. SECRET_KEY and DATA_KEY are None unless given:
    `app.instance.complete` then takes them from the instance's key files. Raises SettingError.
    """
    environ = os.environ if environ is None else environ
    given = dict(overrides or {})
    values = {setting.name: setting.read(environ) for setting in SETTINGS} | given
    values["DEMO"] = given.get("DEMO", (Path(values["INSTANCE"]) / DEMO_MARKER).exists())
    _refuse_demo_settings(values)
    return FIXED | _derived(values) | values


def _refuse_demo_settings(values: Mapping[str, Any]) -> None:
    if values["DEMO"] or values.get("TESTING"):
        return
    for name in ONLY_FOR_DEMO:
        if values[name] is not None:
            raise SettingError(f"设置 {PREFIX}{name} 只能用于演示和测试：请先去掉它，再启动正式的门户。")


def _derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """What Flask and SQLAlchemy want to know, from what the operator said."""
    address = values["DATABASE_URL"] or f"sqlite:///{(Path(values['INSTANCE']) / 'sidan.db').as_posix()}"
    encrypted = (values["BASE_URL"] or "").startswith("https://")
    # Browsers take a cookie with this prefix only from this very host, and only encrypted.
    prefix = "__Host-" if encrypted else ""
    return {
        "SQLALCHEMY_DATABASE_URI": address,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(address, values["THREADS"]),
        "SESSION_COOKIE_NAME": prefix + FIXED["SESSION_COOKIE_NAME"],
        "SESSION_COOKIE_SECURE": encrypted,
        "PREFERRED_URL_SCHEME": "https" if encrypted else "http",
    }


def _engine_options(address: str, threads: int) -> dict[str, Any]:
    """Connections enough for every thread; statement parameters stay out of errors and logs."""
    if address.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 15}}
    # What a page asks it asks again: it is prepared at the second time, not at the sixth.
    how = {"connect_timeout": 5, "prepare_threshold": 1}
    return {"hide_parameters": True, "pool_size": threads, "connect_args": how}

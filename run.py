"""One community up and running: folder, keys, migrations, first administrator or demo, server.

    python run.py                          a real installation in instance/
    python run.py --demo [--fresh] [--full]  the demo community in instance-demo/

What it says to the operator is Chinese; each refusal is one sentence that says what to do.
"""

from __future__ import annotations

import contextlib
import errno
import io
import signal
import socket
import sys
from pathlib import Path
from typing import Any

if sys.version_info < (3, 11):  # noqa: UP036 - the operator's Python may well be older
    sys.exit("需要 Python 3.11 或更新的版本：请先安装，再用它新建虚拟环境 .venv。")

try:
    from flask import Flask
    from sqlalchemy.exc import DBAPIError

    import config
    from app import create_app, instance, receiving
    from app.accounts import service as accounts
    from app.assets import fetch
    from app.core import arenas, database, settling
    from app.core.hosts import address, is_loopback
    from app.jobs.supervisor import Supervisor
except ImportError as missing:
    if (missing.name or "").partition(".")[0] in ("app", "config"):
        raise
    sys.exit(f"缺少运行所需的程序库 {missing.name}：请先执行 .venv/bin/pip install -r requirements.txt。")

OPTIONS = {
    "--demo": "启动演示社区（数据在 instance-demo 文件夹，会保留）",
    "--fresh": "与 --demo 同用：清空演示数据，重新开始",
    "--full": "与 --demo 同用：装入全部统计数字的明细",
}


def main() -> None:
    """Start as the command line says; leave with one sentence where that is not possible."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A script's background job inherits that Ctrl+C is ignored; here it is what stops the portal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        start(options(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("已取消启动。")
    except config.Refusal as refusal:
        sys.exit(refusal.message)
    except (database.DatabaseNewer, database.Unavailable, DBAPIError, ModuleNotFoundError, OSError) as error:
        sys.exit(sentence(error))


def options(given: list[str]) -> frozenset[str]:
    """The options of the command line. Raises Refusal for one that does not exist or does not fit."""
    if {"-h", "--help"} & set(given):
        print("用法：python run.py [--demo [--fresh] [--full]]")
        print(*(f"  {name:8} {meaning}" for name, meaning in OPTIONS.items()), sep="\n")
        sys.exit(0)
    for name in given:
        if name not in OPTIONS:
            raise config.Refusal(f"没有 {name} 这个选项：可用的有 {'、'.join(OPTIONS)}。")
    if given and "--demo" not in given:
        raise config.Refusal(f"{given[0]} 只能与 --demo 同用：正式数据不会被清空，也不会装入演示内容。")
    return frozenset(given)


def start(chosen: frozenset[str]) -> None:
    """Take instance and port, bring the database up to date, and serve until stopped."""
    overrides = demo_overrides() if "--demo" in chosen else {}
    settings = config.load(overrides)
    folder = instance.make_folder(settings["INSTANCE"])
    with contextlib.closing(instance.Lock(folder)) as lock:
        lock.take(address(settings))
        with listen(settings["HOST"], settings["PORT"]) as door:
            if chosen:
                prepare_demo(settings, chosen)
            install(settings)
            app = ready(overrides)
            welcome(app, chosen)
            with Supervisor(settings):
                serve(app, door)
    print("门户已停止。")


def demo_overrides() -> dict[str, Any]:
    """The demo has a folder of its own, unless the operator names one."""
    named = config.load({"DEMO": True})["INSTANCE"]
    default = named == config.ROOT / "instance"
    return {"DEMO": True, "INSTANCE": config.ROOT / "instance-demo" if default else named}


def prepare_demo(settings: dict[str, Any], chosen: frozenset[str]) -> None:
    """Mark the folder as the demo's; empty it first where a fresh start is asked for. Raises Refusal."""
    folder, database_address = settings["INSTANCE"], settings["SQLALCHEMY_DATABASE_URI"]
    marker = folder / config.DEMO_MARKER
    if not marker.exists() and instance.has_database(folder, database_address):
        raise config.Refusal(f"{folder} 里是正式数据，不能用来演示：请用 SIDAN_INSTANCE 指定另一个文件夹。")
    if "--fresh" in chosen:
        if settings["DATABASE_URL"]:
            raise config.Refusal("--fresh 只清空演示文件夹：请去掉 SIDAN_DATABASE_URL，或为它另建一个空的数据库。")
        instance.empty(folder)
    marker.touch()


def install(settings: dict[str, Any]) -> None:
    """Fetch the styles, scripts and icons of others, unless they are there. Raises Refusal."""
    if fetch.faults(settings):
        print("正在准备页面素材……")
        fetch.fetch(settings)


def ready(overrides: dict[str, Any]) -> Flask:
    """The portal, its database made or brought up to date."""
    app = create_app(overrides)
    with app.app_context():
        if not database.is_current(app):
            print("正在准备数据库……")
            database.upgrade(app)
    return app


def welcome(app: Flask, chosen: frozenset[str]) -> None:
    """Load the demo or offer the set-up link, then say where the portal is."""
    with app.app_context():
        if "--demo" in chosen:
            if "--full" in chosen:
                print("正在装入全部统计数字的明细，约需一分钟……")
            from app import demo  # noqa: PLC0415 - one megabyte, which no real installation needs

            password = demo.load(app, fresh="--fresh" in chosen, complete="--full" in chosen)
            if password and not app.config["DEMO_PASSWORD"]:
                print(f"演示人员的密码（只显示这一次）：{password}")
        else:
            link = accounts.setup_link(app)
            if link:
                print(f"请用这个一次性链接设置第一位管理员：{link}")
    if exposed(app.config):
        print(
            "注意：门户对外开放，却没有加密连接。请配置 https 的 SIDAN_BASE_URL，或经反向代理并设置 SIDAN_TRUST_PROXY。"
        )
    print(f"门户已启动：{address(app.config)}")
    print("按 Ctrl+C 停止。")


def serve(app: Flask, door: socket.socket) -> None:
    """Answer requests until Ctrl+C or a stop from the system."""
    arenas.settle()
    settling.later(app)
    receiving.server(
        app,
        sockets=[door],
        threads=app.config["THREADS"],
        ident="",
        # Well above what any page takes, so that the refusal comes from the portal, in Chinese.
        max_request_body_size=config.MOST_RECEIVED,
        # The portal itself reads what a trusted proxy says, and only as many as are trusted.
        clear_untrusted_proxy_headers=not app.config["TRUST_PROXY"],
    ).run()


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is changed. Raises Refusal."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise config.Refusal(
                f"端口 {port} 已被别的程序占用：请停止那个程序，或用 SIDAN_PORT 换一个端口。"
            ) from None
        if error.errno == errno.EACCES:
            raise config.Refusal(f"没有权限使用端口 {port}：请用 SIDAN_PORT 换一个 1024 以上的端口。") from None
        raise config.Refusal(f"不能监听 {host}：SIDAN_HOST 应为本机的网络地址，例如 127.0.0.1 或 0.0.0.0。") from None


def exposed(settings: dict[str, Any]) -> bool:
    """Whether others can reach the portal although nothing is known to encrypt the connection."""
    encrypted = (settings["BASE_URL"] or "").startswith("https://")
    return not (is_loopback(settings["HOST"]) or encrypted or settings["TRUST_PROXY"])


def sentence(error: Exception) -> str:
    """What went wrong with database, driver or disk, and what to do about it."""
    if isinstance(error, database.DatabaseNewer):
        return "数据库比程序新：请把程序更新到最新版本，或恢复与这个程序同版本的备份。"
    if isinstance(error, ModuleNotFoundError):
        return f"缺少数据库驱动 {error.name}：请先执行 .venv/bin/pip install -r requirements-district.txt。"
    if isinstance(error, (database.Unavailable, DBAPIError)):
        return "数据库不能使用：请检查数据库是否在运行、地址和密码（SIDAN_DATABASE_URL）是否正确、文件是否可写。"
    path = Path(error.filename) if isinstance(error, OSError) and error.filename else "数据文件夹"
    return f"不能读写 {path}：请检查磁盘空间和当前用户的权限。"


if __name__ == "__main__":
    main()

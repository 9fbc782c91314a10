"""The demo: two communities, a cast, and what happened among them lately."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from flask_babel import gettext
from sqlalchemy import select

from app.accounts import passwords
from app.accounts import service as accounts
from app.accounts.models import Account
from app.box import reading
from app.box.service import put
from app.communities.models import Community
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.rules import Violation
from app.demo import dual, full, posters, story
from app.extensions import db
from app.roles import Role
from config import SettingError

BOXES: Final = tuple(Path(__file__).with_name(name) for name in ("box.yaml", "neighbour.yaml"))
FIRST_DAY: Final = timedelta(days=60)
"""How long ago the demo communities were set up; the story begins after that."""

ADMIN: Final = ("admin", "罗伟文", "13800001011")
"""Login, name and phone; a box makes no administrators."""

EASY: Final = "abcdefghjkmnpqrstuvwxyz"
"""Letters nobody takes for digits."""


def load(app: Flask, fresh: bool = False, complete: bool = False) -> str | None:
    """Load the demo unless it is there; return the password of the whole cast if it was set just now, else None.

    `fresh`: the caller has emptied the instance. `complete`: with the rows behind every figure of account 003, also
    where the demo is there without them. Raises SettingError when SIDAN_DEMO_PASSWORD is no good password;
    nothing is loaded then.
    """
    wanted: str | None = app.config["DEMO_PASSWORD"]
    with acting(system("demo")), transaction():
        if fresh or not _is_loaded():
            password: str | None = _set_up(wanted or _new_password())
        else:
            password = _renewed(wanted) if wanted else None
        if complete:
            full.play(clock.now(), reading.read(BOXES[0]).code)
        return password


def _set_up(password: str) -> str:
    """Make the communities and their cast, and let the story happen; return the password."""
    now = clock.now()
    with story.at(now - FIRST_DAY):
        for path in BOXES:
            put(reading.read(path))
        accounts.grant(accounts.create_account(*ADMIN), Role.ADMIN, None)
        _set_passwords(password)
        posters.hang()
        db.session.commit()
    dual.play(now, reading.read(BOXES[0]).code)
    story.play(now, story.written())
    return password


def _is_loaded() -> bool:
    code = reading.read(BOXES[0]).code
    return db.session.scalar(select(Community.id).filter_by(code=code)) is not None


def _new_password() -> str:
    letters = "".join(secrets.choice(EASY) for _ in range(6))
    return f"{letters}-{secrets.randbelow(9000) + 1000}"


def _set_passwords(password: str) -> None:
    try:
        for account in db.session.scalars(select(Account)):
            accounts.set_password(account, password)
    except Violation as violation:
        reason = next(iter(violation.errors.values()))[0]
        raise SettingError(gettext("SIDAN_DEMO_PASSWORD cannot be used: %(reason)s", reason=reason)) from None


def _renewed(password: str) -> str | None:
    """Give the whole cast the password the operator names, unless it is theirs already."""
    admin = accounts.find(ADMIN[0])
    if admin is None or passwords.matches(admin.password_hash, password):
        return None
    _set_passwords(password)
    return password

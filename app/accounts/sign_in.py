"""Signing in: from what somebody types, or from the cookie or token of a request, to a person who acts."""

import unicodedata
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, g, request, session
from itsdangerous import BadSignature, Signer
from sqlalchemy import Row, or_, select, update

from app.accounts import brake, passwords, refusals, sessions, tokens
from app.accounts.models import Account
from app.called import NO_WORDS, speak
from app.core import checks, clock, recording, sealing
from app.core.actor import acting, set_actor, system
from app.core.database import transaction, writing
from app.extensions import db

COOKIE_KEY = "sid"
WORKED_HERE: Final = timedelta(days=30)
"""How long a browser is known as one that people of the community work with."""


def identify() -> None:
    """Say for this request who acts: by the token of a program, else by the sign-in its cookie names. Runs first.

    A token opens the REST doors only, and is never helped by a cookie that came along.
    """
    set_actor(None)
    speak(NO_WORDS)
    g.account = None
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and request.path.startswith("/api/"):
        bearer = tokens.find(given.strip())
        if bearer is not None:
            actor, own = bearer
            set_actor(actor)
            speak(own)
        return
    token = session.get(COOKIE_KEY) if request.endpoint != "static" else None
    found = sessions.find(token) if isinstance(token, str) else None
    if found is not None:
        g.account, actor = found
        set_actor(actor)
        speak(g.account.words)


def sign_in(name: str, password: str, agent: str = "") -> str | None:
    """Return the token of a new sign-in, or None if name and password do not belong together. Raises brake.Braked.

    `name`: the login name or the phone number. Every way takes the time of one password hash, and no transaction is
    open meanwhile. The count of tries is taken before the password is looked at.
    """
    db.session.rollback()
    known = _find(normal(name))
    account_id = known.id if known else None
    key = brake.key_of(account_id, normal(name))
    with refusals.noted(account_id):
        brake.take(key)
    right = passwords.matches(known.password_hash if known else None, password)
    token = _begin(known, key, agent) if known is not None and right else None
    if token is None:
        refusals.note(refusals.REFUSED, account_id)
    return token


def _begin(known: Row[Any], key: str, agent: str) -> str | None:
    """Start the sign-in, unless the account was closed or its password changed while this one was looked at."""
    unchanged = (Account.id == known.id, Account.password_hash == known.password_hash, Account.active)
    with acting(system("sign-in")), writing(), transaction():
        # Not through the row itself: a sign-in is no new version of the account.
        seen = update(Account).where(*unchanged).values(last_sign_in=clock.now())
        if db.session.execute(seen, execution_options={"synchronize_session": False}).rowcount != 1:
            return None
        brake.release(key)
        recording.note("sign_in", "users", known, by=known.id)
        return sessions.begin(known.id, agent)


def _find(name: str) -> Row[Any] | None:
    """Return ids and password of the account with this login name or phone, signed in or not."""
    if not name or len(name) > 64 or checks.visible(name) is not None:
        return None
    columns = select(Account.id, Account.uid, Account.password_hash)
    with acting(system("sign-in")):
        found = db.session.execute(
            columns.where(or_(Account.login == name, sealing.holds(Account, "phone", name)))
        ).first()
    # The password is looked at next, and that must not happen inside a transaction.
    db.session.rollback()
    return found


def normal(name: str) -> str:
    """Return a login name or phone number as it is stored."""
    text = unicodedata.normalize("NFKC", name).strip().lower()
    digits = text.removeprefix("+86").replace(" ", "").replace("-", "")
    return digits if checks.mobile(digits) is None else text


def enter(token: str) -> None:
    """Let the browser carry a sign-in; nothing of the session before remains."""
    session.clear()
    session[COOKIE_KEY] = token
    after_this_request(_remember_browser)


def _remember_browser(response: Response) -> Response:
    """Let the browser say for a month that somebody signed in here; who it was it does not say."""
    cookies: Any = current_app.session_interface
    now = str(int(clock.now().timestamp()))
    response.set_cookie(
        _browser_cookie(),
        _signer().sign(now).decode("ascii"),
        max_age=WORKED_HERE,
        secure=cookies.get_cookie_secure(current_app),
        httponly=True,
        samesite="Lax",
    )
    return response


def worked_here() -> bool:
    """Tell whether somebody has signed in with this browser within a month, or is signed in now."""
    try:
        since = int(_signer().unsign(request.cookies.get(_browser_cookie(), "")))
    except (BadSignature, ValueError):
        return g.get("account") is not None
    return g.get("account") is not None or clock.now().timestamp() - since < WORKED_HERE.total_seconds()


def _browser_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-work"


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="browser")


def leave() -> None:
    """End the sign-in of this request and forget everything the cookie carried."""
    person = g.account
    session.clear()
    if person is not None:
        with transaction():
            sessions.end(person.id, person.sign_in_id)
            recording.note("sign_out", "users", person)


def local_path(target: str | None) -> str:
    """Return the path to go on to, if it is one of this portal, else the home page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or checks.visible(target):
        return "/"
    parts = urlsplit(target.replace("\\", "/"))
    if parts.scheme or parts.netloc or "\n" in target or "\r" in target or "\t" in target:
        return "/"
    return target

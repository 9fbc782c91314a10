"""What signing in leaves behind is removed when it has been kept long enough."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete

from app.accounts.sessions import KEPT
from app.accounts.traces import OneTimeLink, SignIn
from app.core import clock
from app.extensions import db
from app.jobs.own import tidies


def forget_sign_ins() -> int:
    """Remove the sign-ins that ended a month ago, and return how many."""
    return _removed(delete(SignIn).where(SignIn.ends_at < clock.now() - KEPT))


def forget_links() -> int:
    """Remove the one-time links that expired a month ago, and return how many."""
    return _removed(delete(OneTimeLink).where(OneTimeLink.expires_at < clock.now() - KEPT))


def _removed(old: Any) -> int:
    found: Any = db.session.execute(old)
    return int(found.rowcount)


def declare() -> None:
    """Let the daily job remove them."""
    tidies("sign_ins", _("Old sign-ins"), forget_sign_ins)
    tidies("links", _("Old one-time links"), forget_links)

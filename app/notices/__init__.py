"""Notices: what concerns or waits for one person, told once, read, and kept for 90 days (`/notices/`).

A list says beside its flow whom each step is told (`news.declare`); a job tells with `service.tell`.
"""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _

from app.accounts.pages import profile_panels
from app.core import hanging, tallies
from app.jobs.own import tidies
from app.notices import kinds, service
from app.notices.views import notice_pages, panel


def register(appbuilder: Any) -> None:
    """Add the page of notices, the bell and the switches to the portal."""
    current_app.register_blueprint(notice_pages)
    for kind in (kinds.GRANTED, kinds.RESET, kinds.REVEALED):
        kinds.declare(kind)
    tallies.counted(service.TALLY, service.unread)
    hanging.ON_ALL[service.UNREAD] = service.unread_about
    tidies("notices", _("Old notices"), service.forget_old)
    if panel not in profile_panels:
        profile_panels.append(panel)

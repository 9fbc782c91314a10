"""The public door: residents without an account report at a poster, look a need up by its code, and answer.

S0-03 (every request is answered), S4-07 (the honest number of what is solved comes from the residents themselves).
Party members report in at the poster of the community (S2-21).
"""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _

from app.extensions import csrf
from app.jobs.own import tidies
from app.public import desk, pages, quotas, tickets


def register(appbuilder: Any) -> None:
    """Open the door, and let needs, places and communities show the way to slips and posters."""
    # Its own check does not ask where a form came from, for these pages tell nobody.
    csrf.exempt(pages.pages)
    current_app.register_blueprint(pages.pages)
    current_app.register_blueprint(desk.pages)
    views = {view.list_name: view for view in appbuilder.list_views()}
    for name, panel in desk.GUESTS.items():
        views[name].guests.append(panel)
    for name in desk.MEMBER_LISTS:
        views[name].ways.append(desk.member_posters)
    views["places"].deeds = {**views["places"].deeds, "renew_code": desk.RENEW}
    tidies("ticket_codes", _("Codes that have run out"), tickets.forget_old)
    tidies("knocks", _("Counters of the public door"), quotas.forget_old)

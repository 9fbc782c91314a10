"""The pages of the talents: only what differs from every other list."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.database import Clash
from app.core.errors import CLASH
from app.core.fields import Text
from app.core.listing import Quick
from app.core.timeline import add_step
from app.core.views import ListView, ScopedInterface
from app.extensions import db
from app.parties.models import PartyKind, choices
from app.talents.choices import TalentState
from app.talents.models import Talent


class TalentView(ListView):
    """社区人才库."""

    datamodel = ScopedInterface(Talent)
    list_title = _("Talents")
    menu_group = _("People and units")
    icon = "lightbulb"
    add_hint = _("Register a talent")
    empty_hint = _("Nobody is registered here. Register who knows or can do something, or clear the filters.")
    link_column = "person"
    filter_columns = ("state", "field", "think_tank", "service_group", "person")
    quiet_filters = ("community",)
    order_names = ("id", "field", "state")
    quick_filters = {
        "active": Quick(_("Take part"), lambda: Talent.state == TalentState.ACTIVE),
        "think_tank": Quick(_("Think tank"), lambda: Talent.think_tank.is_(True)),
        "service_group": Quick(_("Service group"), lambda: Talent.service_group.is_(True)),
        "found": Quick(_("To be invited"), lambda: Talent.state == TalentState.FOUND),
    }
    bulk_moves = ("invite", "join")

    def create(self, values: dict[str, Any]) -> Talent:
        """Record it, with its first line in the timeline."""
        talent = Talent(**values)
        talent.state = TalentState.FOUND
        db.session.add(talent)
        db.session.flush()
        add_step(db.session, talent, "register", None, talent.state.value)
        return talent

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer people."""
        return choices(text, PartyKind.PERSON) if name == "person" else super().choices(name, text)

    def clash(self, error: Clash) -> dict[str, list[Text]]:
        """Return the complaint for an entry two people made at the same moment."""
        return {"person": [CLASH]} if "person" in error.constraint else super().clash(error)

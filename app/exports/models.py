"""The request for a raw export: what somebody wants to take out with sensitive values open, why, and who decided."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core import access
from app.core.actor import Actor, Held
from app.core.fields import Text, about
from app.core.flow import Ask, Flow, Move
from app.core.model import Recorded, RowSet, Scoped, recorded_by
from app.core.timeline import keeps_timeline
from app.exports.choices import FileKind, Listing, ListingName, RequestState
from app.exports.files import LONGEST
from app.roles import Role

OPEN_FOR: Final = timedelta(hours=24)
"""How long an approved export can be fetched."""
DECIDING: Final = (Role.SECRETARY, Role.WORKER, Role.SUPERVISOR)
_ASKED, _APPROVED, _REFUSED, _WITHDRAWN, _FETCHED, _LAPSED = RequestState


def own(request: Any, actor: Actor, held: Held) -> Any:
    """The requests the actor made."""
    return recorded_by(request, actor)


def by_a_second_person(request: "ExportRequest", actor: Actor) -> Text | None:
    """Two people know of it: who asks never decides, and a worker decides only on what a secretary asks for."""
    if request.created_by_id == actor.user_id:
        return _("Somebody else must decide on what you asked for.")
    if access.roles_for("m", request, actor) & set(DECIDING) == {Role.WORKER} and not request.by_secretary:
        return _("The secretary decides on this.")
    return None


def by_who_asked(request: "ExportRequest", actor: Actor) -> Text | None:
    """Who asked for it may let it be."""
    return None if request.created_by_id == actor.user_id else _("Only who asked for it may withdraw it.")


FLOW: Final = Flow(
    "state",
    (
        Move(
            "approve",
            _("Approve the export"),
            (_ASKED,),
            _APPROVED,
            by=DECIDING,
            guards=(by_a_second_person,),
            tone="strong",
            help=_("Who asked may fetch the file once, within 24 hours."),
        ),
        Move(
            "refuse",
            _("Do not approve"),
            (_ASKED,),
            _REFUSED,
            by=DECIDING,
            asks=(Ask("reason", label=_("Reason")),),
            guards=(by_a_second_person,),
            tone="grave",
        ),
        Move("withdraw", _("Withdraw the request"), (_ASKED, _APPROVED), _WITHDRAWN, guards=(by_who_asked,)),
        Move("fetch", _("Fetch the file"), (_APPROVED,), _FETCHED, by_system=True),
        Move("lapse", _("Let the approval lapse"), (_APPROVED,), _LAPSED, by_system=True),
    ),
)

_WHAT, _DECISION = _("The export"), _("Decision")


@keeps_timeline
class ExportRequest(Recorded, Scoped, Model):
    """One export of one community that somebody asked for, with sensitive values open."""

    __tablename__ = "export_request"
    __table_args__ = (
        Index("ix_export_request_newest", "community_id", "archived_at", "id"),
        Index("ix_export_request_state", "community_id", "state", "expires_at"),
    )
    list_name = "approvals"
    archivable = False
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"own": own}

    listing: Mapped[Listing] = mapped_column(
        ListingName(),
        info=about(
            _("List to be exported"), _("Those with masked values that you may export."), listed=True, group=_WHAT
        ),
    )
    asked: Mapped[str | None] = mapped_column(
        String(LONGEST),
        info=about(
            _("Filter of the address"),
            _("What stands behind the ? of the list's address; the list fills it in. Empty: all rows."),
            group=_WHAT,
        ),
    )
    ending: Mapped[FileKind] = mapped_column(
        default=FileKind.XLSX, info=about(_("Kind of file"), listed=True, group=_WHAT)
    )
    reason: Mapped[str] = mapped_column(
        String(200),
        info=about(
            _("What it is needed for"),
            _("Who receives it, and why masked values will not do."),
            listed=True,
            group=_WHAT,
        ),
    )
    conditions: Mapped[str | None] = mapped_column(
        String(500), info=about(_("Filter in words"), edited=False, group=_WHAT)
    )
    row_count: Mapped[int] = mapped_column(
        default=0, info=about(_("Rows when asked"), edited=False, listed=True, group=_WHAT)
    )
    state: Mapped[RequestState] = mapped_column(
        default=_ASKED, info=about(_("State"), edited=False, listed=True, group=_DECISION)
    )
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_by: Mapped[Account | None] = relationship(
        foreign_keys=[decided_by_id], info=about(_("Decided by"), edited=False, listed=True, group=_DECISION)
    )
    decided_at: Mapped[datetime | None] = mapped_column(info=about(_("Decided at"), edited=False, group=_DECISION))
    expires_at: Mapped[datetime | None] = mapped_column(
        info=about(_("To be fetched by"), edited=False, group=_DECISION)
    )
    by_secretary: Mapped[bool] = mapped_column(default=False)
    """Whether a secretary asked, so that a worker may be the second person."""

    def __str__(self) -> str:
        return str(self.listing)

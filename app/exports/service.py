"""Raw exports: asked for with a reason, decided by a second person, fetched once within a day by who asked."""

from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts.models import Account
from app.core import access, clock, masking, recording
from app.core.actor import Actor, acting, current
from app.core.addresses import BadQuery
from app.core.database import transaction
from app.core.fields import facts
from app.core.moves import Refused, Stale, moved, perform
from app.core.rules import Violation
from app.core.sheets import chosen, exporting
from app.core.sheets.exporting import Handing, Outgoing
from app.core.timeline import add_step
from app.exports.choices import WHOLES, FileKind, Listing, RequestState, Whole
from app.exports.files import asked_of, view_of
from app.exports.models import OPEN_FOR, ExportRequest
from app.extensions import db
from app.jobs.registry import Counts
from app.notices import service as notices
from app.notices.kinds import Kind
from app.notices.service import Whom
from app.roles import Role

ASKED: Final = Kind(
    "export_asked",
    _("Somebody asks for an export with sensitive values open; decide on it"),
    fixed=True,
    done_by=("approve", "refuse", "withdraw"),
    icon="shield-check",
    tone="busy",
)
OVER: Final = _("The 24 hours are over; ask for it again.")
_EMPTY: Final = _("Please fill this in.")


def ask(listing: Listing | None, community: Any, asked: str | None = None, **columns: Any) -> ExportRequest:
    """Ask for a raw export of a list of one community; the caller commits.

    Raises Violation for a list that is none or that the actor may not export there, and for a filter it does not have.
    """
    if listing is None or community is None:
        raise Violation({"listing" if listing is None else "community": [_EMPTY]})
    columns["ending"] = columns.get("ending") or FileKind.XLSX
    told = _told(listing, community, asked or "")
    request = ExportRequest(listing=listing, community=community, asked=asked, **columns, **told)
    request.state = RequestState.ASKED
    request.by_secretary = _is_secretary(community.id)
    db.session.add(request)
    db.session.flush()
    add_step(db.session, request, "register", None, request.state.value)
    notices.tell(ASKED, request, _deciders(request))
    return request


def _told(listing: Listing, community: Any, asked: str) -> dict[str, Any]:
    """Return what the request says of what would be handed out. Raises Violation."""
    whole = WHOLES.get(listing.name)
    if whole is None:
        handing = _handing(listing, community, asked)
        words = [said for _name, _value, said in handing.query.chips] + chosen.words(handing.view.model, handing.query)
        return {"conditions": masking.free_text(gettext(", ").join(words))[:500] or None, "row_count": handing.total}
    _require_whole(whole, community)
    if asked:
        raise Violation({"asked": [_("This is handed out whole; leave the filter empty.")]})
    return {"row_count": whole.count(community)}


def _require_whole(whole: Whole, community: Any) -> None:
    if not _may_export(view_of(whole.like), community.id):
        raise Violation({"listing": [_("Your role does not export this list.")]})


def _handing(listing: Listing, community: Any, asked: str) -> Handing:
    """Return what would be handed out of one community. Raises Violation."""
    view = view_of(listing.name)
    if not _may_export(view, community.id):
        raise Violation({"listing": [_("Your role does not export this list.")]})
    try:
        query = asked_of(view, asked)
    except BadQuery as bad:
        raise Violation({"asked": [bad.sentence]}) from None
    return exporting.prepared(view, replace(query, where=(*query.where, view.model.community_id == community.id)))


def _may_export(view: Any, community_id: int) -> bool:
    actor = current()
    if actor is None or "community" not in facts(view.model):
        return False
    held = (one for one, _rule in access.clauses(actor, view.guard, "x"))
    return actor.unbounded or community_id in {one.community_id for one in held}


def _is_secretary(community_id: int) -> bool:
    actor = current()
    held = actor.held if actor is not None else ()
    return any(one.role is Role.SECRETARY and one.community_id == community_id for one in held)


def _deciders(request: ExportRequest) -> Whom:
    roles = (Role.SECRETARY, Role.SUPERVISOR)
    return Whom(roles=(*roles, Role.WORKER) if request.by_secretary else roles)


@moved.connect_via(ExportRequest)
def decide(sender: type[ExportRequest], row: ExportRequest, move: str, values: dict[str, Any]) -> None:
    """Keep who decided, and until when the file may be fetched."""
    if move not in ("approve", "refuse"):
        return
    actor = current()
    row.decided_by_id, row.decided_at = actor.user_id if actor is not None else None, clock.now()
    row.expires_at = clock.now() + OPEN_FOR if move == "approve" else None


# -- fetching -------------------------------------------------------------------------------------------------------


def is_ready(request: ExportRequest) -> bool:
    """Tell whether the actor may fetch the file of a request now."""
    actor = current()
    mine = actor is not None and actor.user_id is not None and request.created_by_id == actor.user_id
    is_open = request.expires_at is not None and request.expires_at > clock.now()
    return mine and request.state is RequestState.APPROVED and is_open


def fetch(request: ExportRequest) -> Outgoing:
    """Return the file of an approved request, once, to who asked for it; that it leaves is written down first.

    Raises Forbidden, Refused and Stale. Commits.
    """
    actor = _who_asked(request)
    if request.listing.name in WHOLES:
        raise Refused(_("This is handed out by command, to who keeps the server; see the handbook."))
    try:
        handing = _handing(request.listing, request.community, request.asked or "")
    except Violation:
        raise access.Forbidden from None
    open_ = replace(handing, approved=_approver(request))
    ending = request.ending.value
    with transaction():
        _by_the_system(actor, request, "fetch")
        exporting.note(open_, ending)
    return exporting.outgoing(open_, ending)


def release(request: ExportRequest, ending: str) -> None:
    """Write down that something approved leaves whole now, once, with who asked for it; the caller commits.

    Raises Forbidden, Refused and Stale.
    """
    actor = _who_asked(request)
    try:
        _require_whole(WHOLES[request.listing.name], request.community)
    except Violation:
        raise access.Forbidden from None
    _by_the_system(actor, request, "fetch")
    community, rows = request.community, request.row_count
    recording.note("exported_raw", "communities", community, into=community.id, rows=rows, file=ending)


def _who_asked(request: ExportRequest) -> Actor:
    """Return the actor, if it is who asked and the time is not over. Raises Forbidden and Refused."""
    actor = current()
    if actor is None or request.created_by_id is None or request.created_by_id != actor.user_id:
        raise access.Forbidden
    if request.state is RequestState.APPROVED and not is_ready(request):
        raise Refused(OVER)
    return actor


def _approver(request: ExportRequest) -> str:
    approver = db.session.get(Account, request.decided_by_id) if request.decided_by_id is not None else None
    return str(approver) if approver is not None else gettext("Somebody outside")


def _by_the_system(actor: Actor, request: ExportRequest, move: str) -> None:
    """Make a move nobody chooses: it is still the actor who made it."""
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        perform(request, move, {})
        db.session.flush()


def lapse_all() -> Counts:
    """Let the approvals lapse whose 24 hours are over."""
    late = (ExportRequest.state == RequestState.APPROVED) & (ExportRequest.expires_at <= clock.now())
    numbers = list(db.session.scalars(select(ExportRequest.id).where(late)))
    lapsed = sum(_lapse(number) for number in numbers)
    return {"lapsed": lapsed}


def _lapse(number: int) -> bool:
    try:
        with transaction():
            perform(db.session.get_one(ExportRequest, number), "lapse", {})
    except (Refused, Stale):
        # It was fetched or withdrawn at this very moment.
        return False
    return True

"""Ledgers for programs: sent as a file, answered with the report of interface.md, taken in and taken back."""

from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.models import Community
from app.core.actor import current
from app.core.api import ask_cookies
from app.core.gate import ANY_LIST, requires
from app.core.rules import Violation
from app.core.sheets.book import TooMany, Unreadable
from app.extensions import csrf, db
from app.imports import long, registry, service, storing
from app.imports.models import ImportBatch
from app.imports.pages import batch_of, communities
from app.imports.reporting import failed, report
from app.imports.service import Asked

import_doors: Final = Blueprint("import_doors", __name__)
import_doors.before_request(ask_cookies)
csrf.exempt(import_doors)

TRUE: Final = {"1": True, "true": True, "": False, "0": False, "false": False}
NO_FILE: Final = _("Send the ledger itself, as a file.")
NO_COMMUNITY: Final = _("There is no such community in which you may take in ledgers.")
NOT_SAID: Final = _("Say true or false.")
NO_LIST: Final = _("There is no list “%(name)s” for ledgers.")


@import_doors.post("/api/v1/imports/")
@requires("i", ANY_LIST)
def send() -> ResponseReturnValue:
    """Read a ledger, into the list `list` says, else into those the file itself shows."""
    return _send(request.form.get("list", registry.AUTO))


def send_to(listing: str) -> ResponseReturnValue:
    """Read a ledger into one list."""
    return _send(listing)


def _send(listing: str) -> ResponseReturnValue:
    community, asked, dry = _asked(listing)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Violation({"file": [NO_FILE]})
    data, name, pk = sent.read(), sent.filename, community.id
    try:
        if dry:
            taken, _world = service.read(community, data, replace(asked, most_rows=long.AT_ONCE))
            return jsonify(report(taken.drafts, taken.told(), db.session.get_one(Community, pk)))
        batch = long.send(community, data, name, asked)
    except Unreadable as wrong:
        sentence = long.DRY if dry and isinstance(wrong, TooMany) else wrong.sentence
        return jsonify(failed(wrong.fault.value, str(sentence), db.session.get_one(Community, pk))), 422
    return jsonify(_told(batch)), 202 if batch.is_busy else 201


def _asked(listing: str) -> tuple[Community, Asked, bool]:
    """Read what is asked beside the file. Raises Violation."""
    if listing != registry.AUTO and registry.list_of(listing) is None:
        raise Violation({"list": [NO_LIST % {"name": listing[:40]}]})
    found, code = communities(), request.form.get("community", "")
    named = [one for one in found if not code or code in {one.code, str(one.id)}]
    community = named[0] if named else None
    if community is None:
        raise Violation({"community": [NO_COMMUNITY]})
    return community, Asked(listing, _flag("history")), _flag("dry_run")


def _flag(name: str) -> bool:
    said = request.form.get(name, "").lower()
    if said not in TRUE:
        raise Violation({name: [NOT_SAID]})
    return TRUE[said]


def _told(batch: ImportBatch) -> dict[str, Any]:
    """Return the report of a ledger that stands by or was taken in; its values only to who sent it."""
    actor = current()
    own = actor is not None and batch.by_id is not None and batch.by_id == actor.user_id
    community = db.session.get_one(Community, batch.community_id)
    about = {"id": batch.id, "batch": batch.id, "state": batch.state.value, "file": batch.file_name}
    about |= {"progress": {"done": batch.pieces_done, "of": batch.pieces}, "stopped": batch.fault_text}
    if not batch.told:
        return failed(batch.fault, batch.fault_text or "", community) | about
    return report(storing.first_of(batch, long.AT_ONCE), batch.told, community, shows=own) | about


@import_doors.get("/api/v1/imports/<int:number>")
@requires("i", ANY_LIST)
def get(number: int) -> ResponseReturnValue:
    """Return the report of a ledger."""
    return jsonify(_told(batch_of(number)))


@import_doors.post("/api/v1/imports/<int:number>/apply")
@requires("i", ANY_LIST)
def apply(number: int) -> ResponseReturnValue:
    """Take a ledger in."""
    long.apply(batch_of(number))
    batch = batch_of(number)
    return jsonify(_told(batch)), 202 if batch.is_busy else 200


@import_doors.post("/api/v1/imports/<int:number>/undo")
@requires("i", ANY_LIST)
def undo(number: int) -> ResponseReturnValue:
    """Take a ledger back; `everything` in the body: also what somebody has changed since."""
    batch = batch_of(number)
    body = request.get_json(silent=True) if request.data else {}
    everything = body.get("everything", False) if isinstance(body, dict) else None
    if not isinstance(everything, bool):
        raise Violation({"everything": [gettext("This must be true or false.")]})
    done = long.undo(batch, everything)
    return jsonify(id=number, state=batch_of(number).state.value, result=done), 202 if done is None else 200

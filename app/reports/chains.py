"""Verifying the chains of history on the page, and handing them out as a file: for those whose role says so."""

from collections.abc import Iterator

from flask import Response, abort, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection, select

from app.communities.models import Community
from app.core import access, clock, copies, heads, recording, verifying
from app.core.database import reading, transaction
from app.core.fields import Text
from app.core.gate import does
from app.core.verifying import Walked
from app.extensions import db
from app.reports import findings
from app.reports.audit import audit_pages, page

MOST = 200_000
"""So many entries of a chain are verified while somebody waits, about six seconds; more of them by command."""


@audit_pages.post("/audit/verify")
@does("verify", "audit")
def verify() -> ResponseReturnValue:
    """Verify the chains of the communities in which the person may, and say what was found."""
    communities = _communities("verify")
    with _looking() as connection:
        ends = heads.ends_of(connection)
        walked = [_walked(connection, one, ends) for one in communities]
    with transaction():
        for one, found in zip(communities, walked, strict=True):
            if found is not None:
                recording.note("history_verified", "communities", one, whole=found.finding is None)
    called = {one.id: one.name for one in communities}
    lines = [_told(one, found, called) for one, found in zip(communities, walked, strict=True)]
    return page(verified=lines)


def _walked(connection: Connection, community: Community, ends: heads.Ends) -> Walked | None:
    """Verify one chain, unless it is too long for somebody to wait."""
    if ends.get(community.id, (0, ""))[0] > MOST:
        return None
    return next(verifying.verify(connection, community.id), Walked(community.id))


def _told(community: Community, found: Walked | None, called: dict[int, str]) -> tuple[bool, Text]:
    if found is None:
        said = gettext("%(name)s: too long to verify here; ask who runs the server.", name=community.name)
        return False, said
    return found.finding is None, findings.said(found, called)


@audit_pages.post("/audit/export")
@does("export", "audit")
def export() -> ResponseReturnValue:
    """Hand out the chain of one community as a file, and note that it was."""
    community = _asked(_communities("export"))
    with transaction():
        recording.note("history_exported", "communities", community)
    about = {"history": community.name, "community": community.code}
    name = f"history-{community.code}-{clock.today()}.jsonl"
    answer = Response(stream_with_context(_lines(community.id, about)), mimetype="application/x-ndjson")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _asked(communities: list[Community]) -> Community:
    wanted = request.form.get("community", "")
    found = [one for one in communities if wanted in ("", str(one.id))]
    if not found:
        abort(404)
    return found[0]


def _lines(number: int, about: dict[str, str]) -> Iterator[str]:
    with _looking() as connection:
        yield from copies.lines(connection, number, about)


def _looking() -> Connection:
    """Return a connection of its own that only reads, so that nobody who writes waits for it."""
    db.session.rollback()
    with reading():
        connection = db.engine.connect()
        connection.begin()
    return connection


def _communities(act: str) -> list[Community]:
    """Return the communities in which the person's role allows the act."""
    found = select(Community).where(Community.id.in_(access.where_may(act, "audit"))).order_by(Community.id)
    return list(db.session.scalars(found))

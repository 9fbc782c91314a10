"""The page of history over all lists: what was done, by whom, from where; for each role as far as the table says."""

from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict

from app.accounts.models import Account
from app.communities.models import Community
from app.core import access, checks, clock, telling
from app.core.actor import Actor, current
from app.core.addresses import BadQuery
from app.core.errors import answer
from app.core.fields import Text, facts
from app.core.gate import members
from app.core.history import Entry, recorded_models
from app.extensions import db
from app.roles import LIST_TITLES, WORDS

audit_pages: Final = Blueprint("audit", __name__)

TITLED: Final = LIST_TITLES | {"imports": _("Take in ledgers")}
"""What stands in history and is no list of its own."""
SIZE: Final = 50
TOTALLED: Final = timedelta(days=30)
LONGEST: Final = 40
ASKED: Final = ("list", "act", "person", "from", "to")


@audit_pages.get("/audit/")
@members
def index() -> ResponseReturnValue:
    """Show the entries the person may see, the newest first, and to a supervisor the totals of the communities."""
    return page()


def page(**more: Any) -> ResponseReturnValue:
    """Return the page with the entries the address asks for, and whatever else is to be said on it."""
    try:
        wanted = _asked(request.args)
    except BadQuery as bad:
        return answer(400, bad.sentence)
    entries = list(db.session.scalars(wanted.order_by(Entry.id.desc()).limit(SIZE + 1)))
    lines = _lines(entries[:SIZE])
    older = _older(entries[SIZE - 1].id) if len(entries) > SIZE else ""
    shown = {"lines": lines, "older": older, "totals": _totals(), "lists": _lists(), "acts": _acts()}
    return render_template("audit.html", **shown, chains=_chains(), **more)


def _chains() -> dict[str, list[tuple[int, str]]]:
    """Return by word of the role table id and name of the communities whose chain the person may verify or export."""
    allowed = {word: access.where_may(word, Entry.guard()) for word in WORDS}
    some = frozenset().union(*allowed.values())
    if not some:
        return {word: [] for word in allowed}
    asked = select(Community.id, Community.name).where(Community.id.in_(some)).order_by(Community.id)
    names = [(row.id, row.name) for row in db.session.execute(asked)]
    return {word: [(pk, name) for pk, name in names if pk in where] for word, where in allowed.items()}


def _older(before: int) -> str:
    """Return the address of the entries before this one, by the same filters."""
    asked: dict[str, Any] = {name: request.args[name] for name in ASKED if request.args.get(name)}
    return url_for("audit.index", **asked, before=before)


def _asked(args: MultiDict[str, str]) -> Select[Any]:
    """Return the entries an address asks for. Raises BadQuery."""
    found = select(Entry)
    if listing := args.get("list", ""):
        found = found.where(Entry.list == _known("list", listing, _lists()))
    if act := args.get("act", ""):
        found = found.where(Entry.act == _known("act", act, _acts()))
    if person := args.get("person", "").strip():
        found = found.where(Entry.actor_id.in_(_people(person)))
    if (first := _day(args, "from")) is not None:
        found = found.where(Entry.at >= clock.day_starts(first))
    if (last := _day(args, "to")) is not None:
        found = found.where(Entry.at < clock.day_ends(last))
    before = _before(args)
    return found.where(Entry.id < before) if before is not None else found


def _known(name: str, code: str, known: dict[str, Text]) -> str:
    if code not in known:
        raise BadQuery(gettext("This list has no filter “%(name)s”.", name=name))
    return code


def _people(words: str) -> Any:
    """Return the ids of the people with this name or login, as far as they are in sight."""
    if len(words) > LONGEST or checks.visible(words) is not None:
        raise BadQuery(gettext("There are invisible control characters in the address."))
    return select(Account.id).where((Account.login == words.lower()) | (Account.name == words))


def _day(args: MultiDict[str, str], name: str) -> date | None:
    given = args.get(name, "")
    if not given:
        return None
    try:
        found = date.fromisoformat(given)
    except ValueError:
        raise BadQuery(gettext("This is not a date; write it like 2026-11-22.")) from None
    if checks.plausible(found) is not None:
        raise BadQuery(gettext("This is not a date; write it like 2026-11-22."))
    return found


def _before(args: MultiDict[str, str]) -> int | None:
    given = args.get("before", "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 10):
        raise BadQuery(gettext("This list has no filter “%(name)s”.", name="before"))
    return int(given) if given else None


def _lists() -> dict[str, Text]:
    """Return the lists that have a history, by name."""
    return {view.list_name: view.list_title for view in current_app.extensions["appbuilder"].list_views()}


def _acts() -> dict[str, Text]:
    """Return every act there is, in words; a move of a list stands under its own name."""
    flows = (getattr(model, "flow", None) for model in recorded_models().values())
    moves = {move.name: move.label for flow in flows if flow is not None for move in flow.moves}
    more = [getattr(model, "acts", {}) for model in recorded_models().values()]
    told = {code: label for acts in more for code, label in acts.items()}
    return {code: label for code, label in telling.ACTS.items() if code not in ("register", "edit")} | told | moves


def _lines(entries: list[Entry]) -> list[dict[str, Any]]:
    """Return what the page shows of each entry: which columns changed, and never their values."""
    opened = {
        view.list_name: view
        for view in current_app.extensions["appbuilder"].list_views()
        if access.may("v", view.guard)
    }
    names = telling.Names()
    for entry in entries:
        names.ask(Account, entry.actor_id)
        if entry.list in opened:
            names.ask(opened[entry.list].model, entry.row_id)
    names.load()
    titles = TITLED | _lists()
    return [
        {"list": titles.get(entry.list, entry.list)} | _line(entry, names, opened.get(entry.list)) for entry in entries
    ]


def _line(entry: Entry, names: telling.Names, view: Any) -> dict[str, Any]:
    model = recorded_models().get(entry.list)
    return {
        "entry": entry,
        "label": telling.act_label(model, entry.act),
        "by": names.person(entry.actor_id, entry.actor_label),
        "row": _row(entry, names, view),
        "columns": telling.taken_out(entry) or gettext(", ").join(_columns(model, entry)),
    }


def _row(entry: Entry, names: telling.Names, view: Any) -> tuple[str, str] | None:
    """Return what the row is called and the address of its history; None where the list is not opened to the person."""
    if view is None or entry.row_id is None:
        return None
    return names.row(view.model, entry.row_id), view.url("history", pk=entry.row_id)


def _columns(model: Any, entry: Entry) -> list[str]:
    described = facts(model) if model is not None else {}
    if entry.act in telling.LOOKS:
        return [words for _label, words in telling.looked(model, entry)]
    return [str(described[name].label) for name in entry.told() if name in described and entry.act != "create"]


def _totals() -> list[tuple[str, Text, int]]:
    """Return how often each act happened in the last 30 days, by community, for those who may see only totals."""
    actor = current()
    supervised = _supervised(actor) if actor is not None else []
    if not supervised:
        return []
    table = Entry.__table__.c
    counted = (
        select(Community.name, table.act, func.count())
        .join(Community, Community.id == table.chain)
        .where(table.chain.in_(supervised), table.at >= clock.now() - TOTALLED)
        .group_by(Community.name, table.act)
        .order_by(Community.name, func.count().desc(), table.act)
    )
    known = _acts()
    return [(name, known.get(act, act), count) for name, act, count in db.session.execute(counted)]


def _supervised(actor: Actor) -> list[int]:
    """Return the communities of which the role table gives the actor totals."""
    allowed = [held for held, rule in access.clauses(actor, Entry.guard(), "v") if rule.rows == "totals"]
    return [held.community_id for held in allowed if held.community_id is not None]

"""The pages of ledgers on their way in (收表): send one, look at what was understood, take it in, take it back."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.communities.models import Community, Place
from app.core import access, selects
from app.core.actor import current
from app.core.database import Clash, transaction
from app.core.database import writing as writing_now
from app.core.errors import CLASH, answer
from app.core.forms import Flag, PortalForm
from app.core.gate import ANY_LIST, requires
from app.core.moves import Refused
from app.core.sheets import writing
from app.core.sheets.book import Unreadable
from app.extensions import db
from app.imports import long, registry, returning, service, showing, storing, undoing
from app.imports.models import BatchState, ImportBatch
from app.imports.service import Asked
from app.imports.understanding import KEYED, Choice

import_pages: Final = Blueprint("imports", __name__)

SHOWN: Final = 50
"""How many ledgers the list shows at once."""
FEW: Final = 10
"""How many of the rows somebody has changed since are named."""
SECONDS: Final = 3
"""After so long the page of a ledger somebody is at work with looks again how far it is."""
NO_FILE: Final = _("Choose the file first.")
NO_PLACE: Final = _("Choose for one of the names at least which place it means.")
NO_CHOICE: Final = _("This choice does not exist (any more); choose again.")
NOWHERE: Final = _("In this community nobody lets you take in ledgers; ask its secretary.")


class SendForm(PortalForm):
    """A ledger to be read."""

    file = FileField(
        _("Ledger"),
        description=_("Excel, WPS or text: xlsx, xls, et, ods, csv; as it is, at most 20 MB."),
        render_kw={"accept": ".xlsx,.xlsm,.xls,.et,.ods,.csv,.tsv,.txt", "aria-required": "true"},
    )
    history = Flag(
        _("An old ledger: take over how things stood"),
        description=_("States, dates of completion and answers as written there. Otherwise every row starts anew."),
    )


@import_pages.get("/imports/")
@requires("i", ANY_LIST)
def index() -> ResponseReturnValue:
    """Show the ledgers that were sent, and let one be sent."""
    return _index(SendForm())


def _index(form: SendForm, status: int = 200) -> ResponseReturnValue:
    found = select(ImportBatch).options(joinedload(ImportBatch.by)).order_by(ImportBatch.id.desc()).limit(SHOWN + 1)
    before = request.args.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 10:
        found = found.where(ImportBatch.id < int(before))
    batches = list(db.session.scalars(found))
    used = [batch for batch in batches[:SHOWN] if not service.is_unused(batch)]
    older = batches[SHOWN - 1].id if len(batches) > SHOWN else None
    values = {"batches": used, "older": older, "listing": _listing(), "form": form}
    places = communities()
    lists = sorted({name for one in places for name in service.importable(one)}, key=registry.listed().index)
    values |= {
        "places": places,
        "lists": lists,
        "titles": showing.titles(),
        "templates": showing.templates(lists),
        "history": _may_take_history(),
    }
    return render_template("imports/index.html", **values), status


def communities() -> list[Community]:
    """Return the communities into whose lists the actor may take ledgers."""
    actor = current()
    held = actor.communities if actor is not None else frozenset()
    found = db.session.scalars(select(Community).where(Community.id.in_(held)).order_by(Community.code))
    return [community for community in found if service.importable(community)]


def _may_take_history() -> bool:
    return any(service.may_take_history(community) for community in communities())


def _listing() -> str:
    asked = request.values.get("list", registry.AUTO)
    return asked if asked == registry.AUTO or registry.list_of(asked) is not None else registry.AUTO


@import_pages.post("/imports/")
@requires("i", ANY_LIST)
def send() -> ResponseReturnValue:
    """Read a ledger; nothing is written into any list yet."""
    form = SendForm()
    community = _community()
    if community is None:
        form.complain({"": [NOWHERE]})
        return _index(form, 422)
    sent = request.files.get("file")
    if not form.validate() or not sent or not sent.filename:
        form.complain({"file": [NO_FILE]})
        return _index(form, 422)
    try:
        asked = Asked(_listing(), bool(form.history.data))
        batch = long.send(community, sent.read(), sent.filename, asked)
    except (Unreadable, Refused) as wrong:
        said = wrong.sentence if isinstance(wrong, Unreadable) else wrong.reason
        form.complain({"file": [said]})
        return _index(form, 422)
    return redirect(url_for("imports.show", number=batch.id))


def _community() -> Community | None:
    found = communities()
    asked = request.form.get("community", "")
    return next((one for one in found if str(one.id) == asked), found[0] if found and not asked else None)


def batch_of(number: int) -> ImportBatch:
    """Return a ledger the actor sees, of lists its community uses. Raises OutOfScope."""
    batch = db.session.get(ImportBatch, number)
    if batch is None or service.is_unused(batch):
        raise access.OutOfScope
    return batch


@import_pages.get("/imports/<int:number>")
@requires("i", ANY_LIST)
def show(number: int) -> ResponseReturnValue:
    """Show what was understood of a ledger, and each row with what becomes of it."""
    return _show(batch_of(number))


def _show(
    batch: ImportBatch, complaint: Any = None, status: int = 200, meant: Mapping[str, Place] | None = None
) -> ResponseReturnValue:
    page = request.args.get("page", "1")
    rows = showing.Rows(batch, request.args.get("show", ""), int(page) if page.isdigit() and len(page) < 7 else 1)
    changed = undoing.changed_since(batch) if batch.state is BatchState.APPLIED else []
    sheets = showing.sheets(batch)
    values = {"batch": batch, "rows": rows, "sheets": sheets, "changed": len(changed)}
    values |= {"changes": showing.named(changed[:FEW])}
    values |= {"old": "" if batch.history else showing.old_columns(sheets)}
    values |= {
        "ledgers": [
            one.name for one in registry.ledgers(service.importable(_home(batch))) if not one.name.startswith(KEYED)
        ]
    }
    values |= {
        "titles": showing.titles(),
        "asides": showing.asides(batch),
        "complaint": complaint,
        "history": _may_take_history(),
    }
    values |= {"strange": storing.strange_of(batch) if batch.state is BatchState.READ else []}
    values |= {"names": service.may_name_places(batch), "meant": meant or {}}
    values |= {"seconds": SECONDS, "is_left": batch.fault_text is not None or long.is_left(batch)}
    return render_template("imports/show.html", **values), status


def _home(batch: ImportBatch) -> Community:
    return db.session.get_one(Community, batch.community_id)


@import_pages.post("/imports/<int:number>/read")
@requires("i", ANY_LIST)
def read(number: int) -> ResponseReturnValue:
    """Read a ledger again as somebody said its sheets and columns are to be read."""
    batch = batch_of(number)
    try:
        long.choose(batch, _choices(request.form), bool(request.form.get("history")))
    except (Unreadable, Refused) as wrong:
        said = wrong.sentence if isinstance(wrong, Unreadable) else wrong.reason
        return _show(batch_of(number), said, 409)
    if request.form.get("remember") and not batch_of(number).is_busy:
        service.remember(batch_of(number))
    return redirect(url_for("imports.show", number=number))


def _choices(sent: Mapping[str, str]) -> dict[str, Choice]:
    """Return what the form says of each sheet: `list-N` and `column-N-P`, N counting the sheets of the header."""
    found: dict[str, Choice] = {}
    for name, value in sent.items():
        kind, _dash, rest = name.partition("-")
        sheet, _dash, place = rest.partition("-")
        own = sent.get(f"sheet-{sheet}", "")
        if kind == "list":
            found.setdefault(own, Choice()).ledger = value if value in registry.KEEPERS else ""
        elif kind == "column" and place.isdigit() and len(place) < 6:
            found.setdefault(own, Choice()).columns[int(place)] = value
    return found


@import_pages.post("/imports/<int:number>/places")
@requires("i", ANY_LIST)
def name_places(number: int) -> ResponseReturnValue:
    """Let words nobody knows mean places from now on, and read the ledger again."""
    batch = batch_of(number)
    meant, wrong = _meant(batch, request.form)
    if wrong is not None:
        return _show(batch, wrong, 422, meant)
    try:
        named = long.name_places(batch, meant)
    except (Unreadable, Refused) as refused:
        said = refused.sentence if isinstance(refused, Unreadable) else refused.reason
        return _show(batch_of(number), said, 409, meant)
    flash(gettext("Read again; %(count)s places have one more name.", count=named), "success")
    return redirect(url_for("imports.show", number=number))


def _meant(batch: ImportBatch, sent: Mapping[str, str]) -> tuple[dict[str, Place], Any]:
    """Return which place each of the words is said to mean (`word-N`, `place-N`), and what is wrong with that."""
    numbers = [name.removeprefix("place-") for name, given in sent.items() if name.startswith("place-") and given]
    chosen = {sent.get(f"word-{number}", ""): sent[f"place-{number}"] for number in numbers}
    found = {str(place.id): place for place in selects.find_all(Place, chosen.values())}
    own = {pk: place for pk, place in found.items() if place.community_id == batch.community_id and place.is_open}
    meant = {words: own[pk] for words, pk in chosen.items() if pk in own}
    return meant, NO_CHOICE if len(meant) < len(chosen) else None if meant else NO_PLACE


@import_pages.post("/imports/<int:number>/apply")
@requires("i", ANY_LIST)
def apply(number: int) -> ResponseReturnValue:
    """Take a ledger in, all of it or nothing."""
    batch = batch_of(number)
    try:
        counts = long.apply(batch)
    except Clash:
        return _show(batch_of(number), CLASH, 409)
    if counts is not None:
        flash(gettext("%(accepted)s rows taken in, %(duplicates)s known already.", **counts), "success")
    return redirect(url_for("imports.show", number=number))


@import_pages.post("/imports/<int:number>/undo")
@requires("i", ANY_LIST)
def undo(number: int) -> ResponseReturnValue:
    """Take back what a ledger brought."""
    done = long.undo(batch_of(number), request.form.get("everything") == "1")
    if done is not None:
        flash(gettext("%(undone)s records taken back (made along too); %(kept)s kept, changed since.", **done))
    return redirect(url_for("imports.show", number=number))


@import_pages.post("/imports/<int:number>/discard")
@requires("i", ANY_LIST)
def discard(number: int) -> ResponseReturnValue:
    """Put a ledger aside."""
    service.discard(batch_of(number))
    flash(gettext("Put aside; nothing was taken in."), "success")
    return redirect(url_for("imports.index"))


@import_pages.get("/imports/<int:number>/rejected.xlsx")
@requires("i", ANY_LIST)
def rejected(number: int) -> ResponseReturnValue:
    """Return the rejected rows as a workbook, with the reasons beside the cells."""
    batch = batch_of(number)
    if not batch.told.get("counts", {}).get("rejected"):
        return answer(404)
    content = returning.rejected(batch)
    count = batch.told["counts"]["rejected"]
    # Like an export: that somebody takes rows out is the one thing such a page writes.
    db.session.rollback()
    with writing_now(), transaction():
        service.write_down("ledger_returned", batch_of(number), rows=count)
    batch = batch_of(number)
    name = gettext("Rejected rows of %(file)s", file=_stem(batch.file_name))
    found = Response(content, mimetype=writing.MIME)
    found.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return found


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name

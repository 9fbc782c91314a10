"""The pages at `/help/`. They tell nothing secret, and who cannot sign in needs them most: no sign-in is asked for."""

from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request, send_file

from app.core.gate import public
from app.handbook import book

help_pages: Final = Blueprint("handbook", __name__, template_folder="templates")


@help_pages.get("/help/")
@public
def index() -> Any:
    """Show the first page of the handbook, one's own pages before all others; or what was found for `q`."""
    first, text = book.index(), request.args.get("q", "")[:100].strip()
    if first is None:
        return render_template("handbook/missing.html"), 404
    common: dict[str, Any] = {"contents": book.contents(), "text": text, "own": book.own()}
    if text:
        return render_template("handbook/found.html", hits=book.find(text), **common)
    return render_template("handbook/page.html", page=first, following=book.pages()[0], **common)


@help_pages.get("/help/<page>")
@public
def page(page: str) -> Any:
    """Show one page of the handbook; 404 for a name its index does not know."""
    if book.index() is None:
        return render_template("handbook/missing.html"), 404
    pages = book.pages()
    place = next((number for number, one in enumerate(pages) if one.name == page), None)
    if place is None:
        abort(404)
    before = pages[place - 1] if place else book.index()
    after = pages[place + 1] if place + 1 < len(pages) else None
    shown = {"page": pages[place], "previous": before, "following": after}
    return render_template("handbook/page.html", contents=book.contents(), text="", own=[], **shown)


@help_pages.get("/help/pictures/<picture>")
@public
def picture(picture: str) -> Response:
    """Send a picture of the handbook; 404 for a name that is not among them."""
    path = book.picture(picture)
    if path is None:
        abort(404)
    return send_file(path, mimetype="image/png")

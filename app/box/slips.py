"""Slips to print, one for each account a box has made: who it is for, and the link by which a password is chosen.

A file by itself, for links are shown once: it holds its styles and pictures, and asks nothing of any network.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import segno
from flask import current_app
from flask_babel import gettext
from markupsafe import Markup

from app.accounts.links import VALID
from app.accounts.traces import LinkPurpose
from app.box.contents import Box
from app.box.report import Report
from app.called import speaking
from app.core import clock
from app.exports.files import write

STYLE: Final = Path("static") / "slips.css"


def write_slips(path: Path, box: Box, report: Report) -> int:
    """Write the slips into a file only its owner can read, and return how many there are."""
    with speaking(report.words):
        slips = list(_slips(box, report))
    style = (Path(current_app.root_path) / STYLE).read_text(encoding="utf-8")
    until = clock.local(clock.now() + VALID[LinkPurpose.INVITE])
    # No request is at hand, which the portal's own pages ask for much.
    page = current_app.jinja_env.get_template("box/slips.html").render(
        title=gettext("Slips for the accounts of %(name)s", name=report.name),
        community=report.name,
        slips=slips,
        until=f"{until:%Y-%m-%d %H:%M}",
        style=Markup(style),  # noqa: S704 - our own file
    )
    write(path, [page.encode()])
    return len(slips)


def _slips(box: Box, report: Report) -> Iterator[dict[str, Any]]:
    for login, name, link in report.links:
        roles = (str(entry.role.label) for entry in box.accounts if entry.login == login)
        picture = segno.make_qr(link, error="m").svg_data_uri(border=2)
        said = {"login": login, "name": name, "link": link, "picture": picture}
        yield said | {"roles": gettext(", ").join(dict.fromkeys(roles))}

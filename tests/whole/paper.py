"""Filling in forms: what a page shows in its fields, and what somebody would type into an empty one."""

import re
import zipfile
from datetime import date, datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final

from app.core import clock
from app.core.fields import Labelled, Worded, facts
from app.core.sheets.writing import MIME
from tests.whole.scene import Scene

HAN: Final = re.compile("[\u4e00-\u9fff]{4}")
"""A few Chinese words in a row."""


class _Fields(HTMLParser):
    """Collects the fields of the forms of a page that are sent by POST, by the address they go to."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inside = False
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.inside = given.get("method", "").lower() == "post"
            if self.inside:
                self.forms.append((given.get("action", ""), {}))
        elif self.inside:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        fields = self.forms[-1][1]
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") != "file":
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked:
                fields[name] = given.get("value", "")
        elif tag == "textarea":
            self.area, fields[name] = name, ""
        elif tag == "select":
            self.select, fields[name] = name, ""
        elif tag == "option" and "selected" in given:
            fields[self.select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1][1][self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            fields = self.forms[-1][1]
            # HTML leaves out the first line break of a text box.
            fields[self.area] = fields[self.area].removeprefix("\r\n").removeprefix("\n")
            self.area = ""


def text_of(answer: Any) -> str:
    """Return what an answer says: of a workbook the XML of all its parts."""
    if answer.mimetype != MIME or answer.status_code != 200 or not answer.data:
        # A picture is no text; what would stand in it as text is found all the same.
        return answer.get_data().decode(errors="replace")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def fields_of(page: str, action: str = "") -> dict[str, str]:
    """Return the fields of the form of a page that is sent to `action`, as a browser would send them."""
    reader = _Fields()
    reader.feed(page)
    found = [fields for address, fields in reader.forms if address == action]
    assert found, f"no form for “{action}” among {[address for address, _fields in reader.forms]}"
    return found[0]


def typed(scene: Scene, view: Any, login: str) -> dict[str, str]:
    """Return what somebody would type to register a row of a list, with every field filled in."""
    with scene._as(login) as community:
        values = scene._values(view, community, login)
        return {name: written(values[name]) for name in view.add_names} | {"community": str(community.id)}


def sent(scene: Scene, view: Any, login: str) -> dict[str, Any]:
    """Return the JSON a program would send to register a row of a list, with every column filled in."""
    with scene._as(login) as community:
        values = scene._values(view, community, login)
        found = {name: spoken(values[name]) for name in view.add_names}
        return found | ({"community": community.id} if "community" in facts(view.model) else {})


def spoken(value: Any) -> Any:
    """Return a value as programs send it."""
    if isinstance(value, list):
        return [spoken(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.id if hasattr(value, "id") else written(value)


def written(value: Any) -> str:
    """Return a value as it is sent by a form."""
    if value is None or value is False:
        return ""
    if isinstance(value, Labelled):
        return str(value.value)
    if isinstance(value, list):
        return "\n".join(written(one) for one in value)
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Worded) and value.is_chosen:
        return str(value.plain())
    return str(value.id) if hasattr(value, "id") else str(value)


def said(answer: Any) -> str:
    """Return the sentence of an error page, without frame and title."""
    found = re.search(r'<section class="error">(.*?)</section>', answer.get_data(as_text=True), re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[1]) if found else ""

"""Whether what a person reads is Chinese: a page, a sentence; names, days and yes or no as people write them."""

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final

from tests.cast.people import NAMES

HAN: Final = re.compile("[\u4e00-\u9fff]")
ENGLISH: Final = re.compile(r"[A-Za-z]{2,}")
ALLOWED: Final = (
    r"(?:XQ|LD|HZ|ZY)\d{11}",  # the code of a need or an order, the number of a receipt or of a volunteer
    r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){1,2}\b",  # the code of a poster or of a need
    r"\b(?:wjb|qn)\b",  # the codes of the two communities
    r"\b(?:liuan|jiangfeng)\d+\b",  # what the rows of the tests are filled with
    r"\bwangfang\b",  # the login name the help gives as an example
    r"\b12345\b|\bPDF\b|\bExcel\b|\bWord\b|\bCSV\b",  # names people use as they are
    r"\.png\b",  # the ending of a file's name
    r"\b[12]0 MB\b",  # the unit of a size
    r"\b[0-9a-f]{16}\b",  # the number of a request on an error page
    r"https?://\S+",  # a one-time link
    r"“[^”]*”",  # what somebody typed, said back
)
NO_WORDS: Final = re.compile(r"\b(?:None|True|False|__None|undefined|null|nan)\b")
FOREIGN_DAYS: Final = re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}|\+00:00")
SPOKEN: Final = ("placeholder", "aria-label", "title", "alt", "data-label")


class Reader(HTMLParser):
    """Collects what of a page is read or read aloud, but for quotations that say which language they are in."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.quoting: list[str] = []
        self.language = ""

    @property
    def silent(self) -> bool:
        return bool(self.quoting)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        elif tag in ("script", "style") or given.get("lang") or (self.quoting and tag == self.quoting[0]):
            self.quoting.append(tag)
        if self.silent:
            return
        self.said += [given[name] or "" for name in SPOKEN if given.get(name)]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.said.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self.quoting and tag == self.quoting[0]:
            self.quoting.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.said.append(data.strip())


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@lru_cache(maxsize=100_000)
def foreign(text: str) -> str:
    """Return what of a text is not Chinese and has no reason to be as it is."""
    for pattern in (*ALLOWED, *(rf"\b{login}\b" for login in NAMES)):
        text = re.sub(pattern, " ", text)
    found = ENGLISH.search(text) or NO_WORDS.search(text) or FOREIGN_DAYS.search(text)
    return found[0] if found else ""


def complaints(where: str, page: str) -> list[str]:
    """Return what on a page is not Chinese."""
    reader = read(page)
    # A piece that is put into a page speaks the language of the page.
    assert reader.language == "zh-Hans" or page.lstrip().startswith("<div id="), where
    return [f"{where}: “{found}” in “{text[:80]}”" for text in reader.said if (found := foreign(text))]

"""Serving: addresses that change with the content, kept for a year, small on the wire; and the page of licences."""

import gzip
import logging
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound

from app.assets import fetch, lock, relock, serving
from app.assets.shelf import Shelf
from tests.assets.conftest import Depot
from tests.conftest import Person

ADDRESS = re.compile(r'(?:href|src)="(/assets/[^"#]+)')
PACKED = {"Accept-Encoding": "gzip, br"}


def address(app: Flask, name: str) -> str:
    """Return what `asset(name)` writes into a page."""
    with app.test_request_context():
        return serving.asset(name)


@pytest.mark.parametrize(
    "name", ["portal.css", "portal.js", "mark.svg", *[file.name for file in lock.files_of(lock.load())]]
)
def test_a_browser_gets_each_file_once_and_keeps_it_for_a_year(app: Flask, nobody: FlaskClient, name: str):
    answer = nobody.get(address(app, name))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
    assert answer.mimetype == kinds[Path(name).suffix]
    packed = nobody.get(address(app, name), headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == answer.data
    assert packed.headers["ETag"] != answer.headers["ETag"]


def test_signing_in_does_not_make_a_browser_ask_again(app: Flask, as_secretary: Person):
    answer = as_secretary.get(address(app, "portal.css"))
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_has_the_file_is_not_sent_it_again(app: Flask, nobody: FlaskClient):
    mark = nobody.get(address(app, "portal.css")).headers["ETag"]
    answer = nobody.get(address(app, "portal.css"), headers={"If-None-Match": mark})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_browser_that_refuses_compression_gets_the_plain_file(app: Flask, nobody: FlaskClient):
    answer = nobody.get(address(app, "portal.css"), headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "wrong",
    [
        "/assets/0000000000000000/portal.css",
        "/assets/missing/portal.css",
        "/assets/x/no-such-file.js",
        "/assets/x/../../config.py",
        "/assets/x/%2e%2e%2fconfig.py",
        "/static/portal.css",
    ],
)
def test_another_address_leads_nowhere_and_is_not_kept(nobody: FlaskClient, wrong: str):
    answer = nobody.get(wrong)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_address_changes_with_the_content(depot: Depot):
    fetch.ensure(depot.settings())
    before = Shelf(depot.instance)
    depot.pack(style=b"body { color: blue }")
    assert relock.main([str(depot.folder)]) == 0
    fetch.ensure(depot.settings())
    after = Shelf(depot.instance)
    assert before.fingerprint("style.css") != after.fingerprint("style.css")
    assert before.fingerprint("few.svg") == after.fingerprint("few.svg")
    assert after.find("style.css", before.fingerprint("style.css")) is None


def test_a_file_that_has_changed_since_the_start_is_not_given_out_as_the_old_one(depot: Depot):
    fetch.ensure(depot.settings())
    shelf = Shelf(depot.instance)
    found = shelf.find("style.css", shelf.fingerprint("style.css"))
    other = shelf.find("few.svg", shelf.fingerprint("few.svg"))
    assert found
    assert other
    assert found.content == found.path.read_bytes()
    for asset in (found, other):
        asset.path.write_bytes(b"something else")
    assert found.content not in (None, b"something else")
    assert other.packed is None
    assert other.content is None


def test_a_name_nobody_knows_fails_while_the_page_is_made(app: Flask):
    with app.test_request_context(), pytest.raises(LookupError, match="no-such-file"):
        serving.asset("no-such-file.css")


def test_the_log_names_what_is_missing_and_the_portal_still_answers(
    app: Flask, nobody: FlaskClient, depot: Depot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    bare = Shelf(depot.instance)
    with caplog.at_level(logging.ERROR):
        bare.tell(depot.instance)
    assert [record.getMessage() for record in caplog.records if "style.css" in record.getMessage()]
    monkeypatch.setitem(app.extensions, "assets", bare)
    assert address(app, "style.css") == "/assets/missing/style.css"
    with app.test_request_context(), pytest.raises(NotFound):
        serving.serve("missing", "style.css")
    assert nobody.get("/health").get_json() == {"status": "ok"}


def test_a_developer_sees_changes_without_a_restart(app: Flask, depot: Depot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app, "debug", True)
    assert address(app, "style.css") == "/assets/missing/style.css"


def test_the_sign_in_page_is_light(app: Flask, nobody: FlaskClient):
    page = nobody.get("/login/")
    found = set(ADDRESS.findall(page.get_data(as_text=True)))
    assert found
    answers = [nobody.get(one, headers=PACKED) for one in found]
    assert {answer.status_code for answer in answers} == {200}
    assert 1 + len(answers) <= 12
    assert len(page.data) + sum(len(answer.data) for answer in answers) <= 200_000


def test_everybody_reads_whose_works_the_portal_uses(nobody: FlaskClient):
    answer = nobody.get("/licences/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for carrier in lock.load():
        assert carrier.name in page
        for work in carrier.works:
            assert work.name in page
            assert work.holder in page
    texts = [one for one in ADDRESS.findall(page) if one.endswith(".txt")]
    assert len(set(texts)) >= 7
    assert {nobody.get(one).status_code for one in texts} == {200}

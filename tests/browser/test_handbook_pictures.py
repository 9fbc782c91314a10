"""The pictures of the handbook: each page they show can still be opened and has on it what the handbook points at.

`SIDAN_PICTURES=1 python -m pytest -m browser tests/browser/test_handbook_pictures.py` takes them anew.
"""

import os
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask_appbuilder import Model
from PIL import Image
from sqlalchemy import select

from app import demo
from app.accounts import passwords
from app.communities.models import Place
from app.core import clock
from app.core.actor import acting, system
from app.extensions import db
from app.public import points
from tests.browser.pictures import FOLDER, PICTURES, Picture

pytestmark = pytest.mark.browser

PASSWORD = "lantern-4827"
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Half past nine in the morning, as it is there."""
COLOURS = 48


@pytest.fixture
def shown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The portal as the demo shows it on a Monday morning."""
    for name, value in {"DEMO_PASSWORD": PASSWORD, "DEMO": True}.items():
        monkeypatch.setitem(app.config, name, value)
    # Twelve passwords are hashed; here that need not be hard work.
    monkeypatch.setattr(passwords, "METHOD", "scrypt:1024:8:1")
    monkeypatch.setattr(clock.clock, "fixed", MONDAY)
    with app.app_context(), acting(system("tests")):
        for table in reversed(Model.metadata.sorted_tables):
            if not table.name.startswith("ab_") and table.name not in ("history", "chain_head"):
                db.session.execute(table.delete())
        db.session.commit()
        demo.load(app)
    return app


def poster(app: Flask) -> str:
    """Return the address residents reach from a poster of the demo."""
    with app.app_context(), acting(system("tests")):
        place = db.session.scalars(select(Place).filter_by(name="武江北路8栋")).one()
        return f"/q/{points.code_of(place)}"


def small(picture: bytes) -> bytes:
    """Return a picture in few colours."""
    kept = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        kept, "PNG", optimize=True
    )
    return kept.getvalue()


def test_each_picture_of_the_handbook_can_be_taken_again(shown: Flask, visitor):
    people = {}
    for name, picture in PICTURES.items():
        who = (picture.login, picture.size)
        if who not in people:
            people[who] = visitor(picture.size)
            if picture.login:
                people[who].sign_in(picture.login, PASSWORD)
        take(people[who], name, picture, poster(shown) if picture.path == "/q/poster" else picture.path)


def take(person, name: str, picture: Picture, path: str) -> None:
    """Open the page, look for what the handbook points at, and keep the picture where that is asked for."""
    assert person.open(path) == 200, name
    for selector in picture.seen:
        person.page.locator(selector).first.wait_for(state="visible", timeout=5000)
    if picture.top:
        person.page.locator(picture.top).last.evaluate("one => one.scrollIntoView()")
    assert person.messages == [], name
    if os.environ.get("SIDAN_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(small(person.page.screenshot()))

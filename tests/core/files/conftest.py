"""Files as people have them: photos that say where they were taken, documents, and what only looks like one."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from PIL.ExifTags import GPS, IFD
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from app.core import database
from app.core.files import service, vault
from app.core.files.models import Attachment
from app.extensions import db
from app.needs.models import Need
from tests.conftest import Person

COMMENT = b"taken-at-wujiang-north-road-8"
TYPES = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
}


def picture(form: str = "JPEG", size: tuple[int, int] = (800, 600), mode: str = "RGB", orientation: int = 1) -> bytes:
    """Return a photo that says where and with what it was taken."""
    image = Image.new(mode, size)
    image.putdata([(x * 7 % 256, x * 3 % 256, x % 256, 200)[: len(image.getbands())] for x in range(size[0] * size[1])])
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "SecretPhone 9", orientation
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (24.0, 48.0, 36.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    target = BytesIO()
    more: dict[str, Any] = {"comment": COMMENT} if form == "JPEG" else {}
    image.save(target, form, exif=exif, xmp=b"<x>" + COMMENT + b"</x>", **more)
    return target.getvalue()


def office(kind: str = "docx", more: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """Return a document as Word or Excel would write it, as far as anybody looks."""
    part, called = TYPES[kind]
    written = types or f'<Override ContentType="application/vnd.openxmlformats-officedocument.{called}"/>'
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"[Content_Types].xml": written.encode(), part: b"<x/>", **(more or {})}.items():
            archive.writestr(name, data)
    return target.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def send(person: Person, address: str, /, *files: tuple[bytes, str], **fields: str) -> TestResponse:
    """Send a form with photos, as a browser does."""
    photos = [FileStorage(BytesIO(data), name, "photos") for data, name in files]
    form = MultiDict([("csrf_token", person.token()), *fields.items(), *(("photos", one) for one in photos)])
    boundary, body = encode_multipart(form)
    return person.client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.fixture
def given(app: Flask, acting_as: Any) -> Callable[..., int]:
    """Add a file to a need as somebody of the cast, and return its id."""

    def add(pk: int, login: str = "secretary", data: bytes | None = None, name: str = "楼道灯.jpg") -> int:
        with acting_as(login), database.transaction():
            row = db.session.scalars(select(Need).where(Need.id == pk)).one()
            made = service.attach(row, BytesIO(picture() if data is None else data), name)
            db.session.flush()
            return made.id

    return add


@pytest.fixture
def kept(behind: Any) -> Callable[[int], list[tuple[str, str]]]:
    """Return name and kind of the files of a need."""

    def read(pk: int) -> list[tuple[str, str]]:
        with behind():
            found = select(Attachment).filter_by(list="needs", row_id=pk).order_by(Attachment.id)
            return [(one.name, one.kind.value) for one in db.session.scalars(found)]

    return read


@pytest.fixture
def contents(app: Flask) -> Callable[[], list[Path]]:
    """Return everything that lies in the folder of files."""

    def look() -> list[Path]:
        return [path for path in (Path(app.config["INSTANCE"]) / vault.FOLDER).rglob("*") if path.is_file()]

    return look

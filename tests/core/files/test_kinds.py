"""What is taken is told by the content, and everything else is refused with a sentence, quickly."""

import struct
import zlib
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.files import pictures, service
from app.core.files.kinds import Kind, NotTaken, recognise, tidy_name
from tests.core.files.conftest import PDF, office, picture, send


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture("JPEG"), Kind.JPG),
        (picture("PNG"), Kind.PNG),
        (picture("WEBP"), Kind.WEBP),
        (PDF, Kind.PDF),
        (office("docx"), Kind.DOCX),
        (office("xlsx"), Kind.XLSX),
    ],
    ids=lambda one: one.value if isinstance(one, Kind) else "",
)
def test_each_kind_is_known_by_its_content(data: bytes, kind: Kind):
    assert recognise(data) is kind


def huge_zip() -> bytes:
    """A document whose directory promises more than any disk holds."""
    data = bytearray(office("docx", {"word/media/a.bin": b"0" * 4096}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 0xF0000000)
    return bytes(data)


def wide_directory() -> bytes:
    data = bytearray(office())
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<I", 0x7FFFFFFF)
    return bytes(data)


def bomb_picture() -> bytes:
    """A PNG of a few bytes that would take 10 GB."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    length = struct.pack(">I", len(head))
    return b"\x89PNG\r\n\x1a\n" + length + chunk + struct.pack(">I", zlib.crc32(chunk)) + picture("PNG")[33:]


HOSTILE = {
    "an empty one": (b"", "空"),
    "a program": (b"MZ\x90\x00" + b"\x00" * 200, "只能添加"),
    "a page": (b"<html><script>alert(1)</script>", "只能添加"),
    "a drawing with script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "只能添加"),
    "a gif": (b"GIF89a" + b"\x00" * 50, "只能添加"),
    "a photo of an iPhone": (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "HEIC"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 50, "另存为"),
    "half a photo": (picture()[:2000], "损坏"),
    "the head of a photo": (b"\xff\xd8\xff\xe0", "损坏"),
    "half a picture": (picture("PNG")[:1000], "损坏"),
    "half a web picture": (picture("WEBP")[:400], "损坏"),
    "half a PDF": (PDF[:20], "损坏"),
    "half a document": (office()[:100], "损坏"),
    "a bomb of pixels": (bomb_picture(), "像素"),
    "a bomb of bytes": (huge_zip(), "太大"),
    "a directory without end": (wide_directory(), "太大"),
    "too many parts": (office("xlsx", {f"xl/{number}": b"" for number in range(2001)}), "太大"),
    "a list of types without end": (office(types="x" * 300_000), "太大"),
    "a document with macros": (office("docx", {"word/vbaProject.bin": b"x"}), "宏"),
    "a document of macros by its types": (office("xlsx", types="application/vnd.ms-excel.sheet.macroEnabled"), "宏"),
    "any other zip file": (office(types="<Types/>"), "只能添加"),
    "more than 10 MB": (picture() + b"\x00" * service.LARGEST, "10 MB"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_not_taken_is_refused_with_a_sentence_beside_the_field(as_secretary, register, kept, contents, what):
    data, reason = HOSTILE[what]
    pk = register()
    for name in ("照片.jpg", "照片.pdf", "合同.docx"):
        answer = send(as_secretary, f"/needs/attach/{pk}", (data, name))
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert reason in text.partition('id="photos-errors"')[2], what
        assert what.startswith("more") or "“" in text
    assert kept(pk) == []
    assert contents() == []


@given(data=st.binary(max_size=400), head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP"]))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_broken_picture_is_refused_and_nothing_worse(data: bytes, head: bytes):
    with pytest.raises(NotTaken):
        pictures.redraw(head + data, recognise(head + data))


@given(data=st.binary(max_size=600), at=st.integers(4, 500), kind=st.sampled_from(["docx", "xlsx"]))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_broken_document_is_refused_or_what_it_was(data: bytes, at: int, kind: str):
    whole = bytearray(office(kind))
    whole[at : at + len(data)] = data
    with suppress(NotTaken):
        assert recognise(bytes(whole)).value == kind


@pytest.mark.parametrize(
    ("given_name", "kind", "tidy"),
    [
        ("楼道灯.jpg", Kind.JPG, "楼道灯.jpg"),
        ("楼道灯.JPEG", Kind.JPG, "楼道灯.JPEG"),
        ("../../etc/passwd", Kind.PNG, "passwd.png"),
        ("C:\\Users\\a\\照片.png", Kind.PNG, "照片.png"),
        ("程序.exe", Kind.JPG, "程序.exe.jpg"),
        ("照片\u202egpj.exe", Kind.JPG, "照片gpj.exe.jpg"),
        ("a\x00b\r\nSet-Cookie: x=1.pdf", Kind.PDF, "abSet-Cookie: x=1.pdf"),
        ("", Kind.JPG, "文件.jpg"),
        ("...", Kind.DOCX, "文件.docx"),
        (".jpg", Kind.JPG, "jpg.jpg"),
        ("长" * 300 + ".xlsx", Kind.XLSX, "长" * 250 + ".xlsx"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_one(app: Flask, given_name: str, kind: Kind, tidy: str):
    with app.test_request_context():
        assert tidy_name(given_name, kind) == tidy

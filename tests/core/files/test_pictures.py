"""Pictures are drawn anew: upright, of modest size, and silent about where they were taken."""

from io import BytesIO

import pytest
from PIL import Image

from app.core.files.kinds import Kind
from app.core.files.pictures import LONGEST_SIDE, THUMB_SIDE, redraw
from tests.core.files.conftest import COMMENT, picture

TELLING = (b"Exif", b"SecretPhone", b"GPS", COMMENT, b"http://ns.adobe.com", b"eXIf", b"ICC")
FORMS = {"JPEG": Kind.JPG, "PNG": Kind.PNG, "WEBP": Kind.WEBP}


@pytest.mark.parametrize("form", FORMS)
def test_where_and_with_what_it_was_taken_is_gone(form: str):
    before = picture(form)
    assert Image.open(BytesIO(before)).getexif()
    drawn = redraw(before, FORMS[form])
    for data in (drawn.data, drawn.thumb):
        assert [word for word in TELLING if word in data] == []
        assert dict(Image.open(BytesIO(data)).getexif()) == {}
    assert Image.open(BytesIO(drawn.data)).format == form
    assert Image.open(BytesIO(drawn.thumb)).format == "JPEG"


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_stands_upright(orientation: int):
    drawn = redraw(picture(size=(80, 60), orientation=orientation), Kind.JPG)
    assert (drawn.width, drawn.height) == ((80, 60) if orientation == 3 else (60, 80))


@pytest.mark.parametrize("form", FORMS)
def test_a_large_picture_becomes_a_modest_one(form: str):
    image = Image.new("RGB", (3600, 1800), "teal")
    target = BytesIO()
    image.save(target, form)
    drawn = redraw(target.getvalue(), FORMS[form])
    assert (drawn.width, drawn.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert Image.open(BytesIO(drawn.thumb)).size == (THUMB_SIDE, THUMB_SIDE // 2)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_a_picture_of_any_colours_is_drawn(mode: str):
    target = BytesIO()
    Image.new(mode, (40, 30)).save(target, "PNG")
    drawn = redraw(target.getvalue(), Kind.PNG)
    assert (drawn.width, drawn.height) == (40, 30)
    assert Image.open(BytesIO(drawn.thumb)).mode in ("RGB", "L")


def test_a_photo_in_the_colours_of_print_is_drawn():
    target = BytesIO()
    Image.new("CMYK", (40, 30), (10, 20, 30, 0)).save(target, "JPEG")
    assert Image.open(BytesIO(redraw(target.getvalue(), Kind.JPG).data)).mode == "RGB"

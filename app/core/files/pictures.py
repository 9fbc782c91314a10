"""Pictures are drawn anew: upright, of modest size, and without where and with what they were taken.

One at a time: drawing takes memory by the pixel, and many at once would take all there is.
"""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any, Final

from flask_babel import lazy_gettext as _
from PIL import Image, ImageOps

from app.core.files.kinds import DAMAGED, Kind, NotTaken

MOST_PIXELS: Final = 65_000_000
LONGEST_SIDE: Final = 2400
THUMB_SIDE: Final = 480
FORMATS: Final = {Kind.JPG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
HOW: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "PNG": {},
    "WEBP": {"quality": 85, "method": 4},
}
TOO_MANY_PIXELS: Final = _("The picture has too many pixels; at most 65 million can be added.")

_drawing: Final = Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew, and a small one of it as JPEG."""

    data: bytes
    thumb: bytes
    width: int
    height: int


def redraw(data: bytes, kind: Kind) -> Picture:
    """Return the picture drawn anew. Raises NotTaken."""
    with _drawing:
        try:
            image = _opened(data, FORMATS[kind])
            return Picture(_saved(image, FORMATS[kind]), _saved(_small(image), "JPEG"), image.width, image.height)
        except NotTaken:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotTaken(TOO_MANY_PIXELS) from None
        except Exception:  # noqa: BLE001 - a broken picture makes the decoder raise anything
            raise NotTaken(DAMAGED) from None


def _opened(data: bytes, form: str) -> Image.Image:
    image: Image.Image = Image.open(BytesIO(data), formats=[form])
    if image.width * image.height > MOST_PIXELS:
        raise NotTaken(TOO_MANY_PIXELS)
    # A large photo is read at a fraction of its size right away.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    image = image if image.mode in ("L", "RGB", "RGBA") else image.convert(_mode(image))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    return _bare(upright)


def _mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone: comments, profiles, places and dates stay behind."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _small(image: Image.Image) -> Image.Image:
    small = image.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return small


def _saved(image: Image.Image, form: str) -> bytes:
    if form == "JPEG" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    target = BytesIO()
    image.save(target, form, **HOW[form])
    return target.getvalue()

"""Sending a file: as a download under its own name, never as something a browser would run."""

from io import BytesIO

from flask import Response, send_file

from app.core.files import service
from app.core.files.kinds import MIMES, Kind
from app.core.files.models import Attachment


def sent(attachment: Attachment, thumb: bool = False) -> Response:
    """Return the answer that carries a file, or the small picture of one. Raises OutOfScope where it is missing."""
    small = thumb and attachment.kind.is_picture
    mime = MIMES[Kind.JPG] if small else attachment.kind.mime
    body = BytesIO(service.content(attachment, small))
    return send_file(
        body, mime, as_attachment=True, download_name=attachment.name, conditional=False, etag=False, max_age=None
    )

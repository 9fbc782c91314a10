"""Sending a file while it is being made."""

from urllib.parse import quote

from flask import Response, request, stream_with_context

from app.core.sheets.exporting import Outgoing


def streamed(file: Outgoing) -> Response:
    """Return the answer that sends a file while it is being made; who only asks what it would be gets no file."""
    chunks = () if request.method == "HEAD" else stream_with_context(file.chunks())
    answer = Response(chunks, mimetype=file.mime)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return answer

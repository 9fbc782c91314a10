"""Requests larger than the server takes: read to their end and thrown away, so that the portal's own page answers.

The server itself would answer in English, and cut off browsers that are still sending before they read the answer.
"""

from io import BytesIO
from typing import Any, Final

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.utilities import RequestEntityTooLarge

import config

MOST_THROWN_AWAY: Final = 2048 * config.MEGABYTE
"""Who sends more is cut off."""


class Nothing:
    """Takes what is sent and keeps none of it."""

    def append(self, data: bytes) -> None:
        """Let it go."""

    def __len__(self) -> int:
        """Nothing was kept."""
        return 0

    def getfile(self) -> BytesIO:
        """Return an empty body."""
        return BytesIO()

    def close(self) -> None:
        """There is nothing to close."""


class Parser(HTTPRequestParser):
    """Reads a request; of one that is too large only its length is left for the portal, which refuses it by that."""

    def received(self, data: bytes) -> int:
        """Take what has come in, and return how much of it belongs to this request."""
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self._throw_away()
        return consumed

    def _throw_away(self) -> None:
        # There is one as soon as more than nothing is announced.
        body: Any = self.body_rcv
        if not isinstance(body.buf, Nothing):
            body.buf.close()
            body.buf = Nothing()
        length = max(self.content_length, self.body_bytes_received)
        self.error = None
        self.headers = {**self.headers, "CONTENT_LENGTH": str(length), "CONNECTION": "close"}
        self.completed = body.completed or bool(body.error) or self.body_bytes_received >= MOST_THROWN_AWAY


class Channel(HTTPChannel):
    """A connection whose requests are read in this way."""

    parser_class = Parser


def server(app: Any, **settings: Any) -> Any:
    """Return waitress with these settings, ready to run."""
    made: Any = create_server(app, **settings)
    made.channel_class = Channel
    return made

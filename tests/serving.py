"""The portal behind the server it is delivered with, in a thread that ends before its sockets do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server


@contextmanager
def served(app: Flask, threads: int) -> Iterator[int]:
    """Serve on a port of its own and give its number.

    The loop is asked to end and is waited for: a server closed while its loop
    still watches the sockets fails now and then with a bad file descriptor.
    """
    sockets: dict[int, Any] = {}
    server = create_server(
        app, host="127.0.0.1", port=0, threads=threads, map=sockets, clear_untrusted_proxy_headers=True
    )
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            wasyncore.loop(timeout=0.05, map=sockets, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.effective_port
    finally:
        ending.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.close()
        for kept in list(sockets.values()):
            kept.close()

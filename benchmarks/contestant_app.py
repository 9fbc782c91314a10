"""The portal as the side-by-side harness starts it: on the database $BENCH_DB, with an instance of its own."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Flask

from app import create_app

URL: Final = os.environ["BENCH_DB"]
INSTANCES: Final = Path(os.environ.get("BENCH_INSTANCES", "/var/tmp/sidan-bench"))  # noqa: S108 - thrown away


def make() -> Flask:
    """Make the portal."""
    folder = INSTANCES / Path(urlsplit(URL).path).stem
    folder.mkdir(parents=True, exist_ok=True)
    # The database is there before the portal, which then would not make keys by itself.
    keys = {"SECRET_KEY": "benchmark " * 8, "DATA_KEY": "5ca1ab1e" * 8}
    return create_app({"INSTANCE": folder, "DATABASE_URL": URL, **keys})

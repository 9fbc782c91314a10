"""What each process of the portal takes: started, after the page to sign in, and after a secretary's home page.

    python -m benchmarks.memory [sqlite|postgresql]

The demo and fifty accounts are loaded first, by a process that is gone before the portal starts. Run it from a virtual
environment with what `requirements.txt` names and nothing else: huey, mako and others load what they find besides.
"""

import os
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

import click

from benchmarks.load import Person, fill, memory, portal


def measure(url: str | None) -> None:
    """Start the portal once, and print what its processes take at each step."""
    click.echo(f"== {'PostgreSQL, gunicorn' if url else 'SQLite, waitress'}: MB of portal and processes below it")
    with tempfile.TemporaryDirectory(prefix="sidan-memory-") as made:
        instance = Path(made) / "instance"
        with get_context("spawn").Pool(1) as apart:
            apart.apply(fill, (instance, url))
        with portal(instance, url) as (port, pid):
            click.echo(f"started    {memory(pid)}")
            person = Person(port)
            person.call("GET", "/login/")
            click.echo(f"to sign in {memory(pid)}")
            person.sign_in("load0")
            person.timed("home", 200, "GET", "/")
            click.echo(f"home       {memory(pid)} {person.errors or ''}")


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where a database is named."""
    url = os.environ.get("SIDAN_BENCH_DATABASE_URL")
    if "postgresql" not in sys.argv:
        measure(None)
    if url and "sqlite" not in sys.argv:
        measure(url)


if __name__ == "__main__":
    main()

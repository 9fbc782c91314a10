"""How long a million entries of history take to verify: `python -m benchmarks.verify_history [ENTRIES]`.

Fills a fresh instance in a temporary folder, so nothing of a real one is touched. The goal is 30 seconds for a million.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from app import create_app
from app.core import chain, clock, database, recording, verifying
from app.core.history import ChainHead, Entry
from app.extensions import db

AT_ONCE = 10_000


def fill(count: int, data_key: str, chain_number: int = 1) -> None:
    """Write one chain of so many entries, each as large as a usual one."""
    key, previous, moment = chain.derived(data_key, "history chain"), chain.START, clock.now()
    with db.engine.begin() as connection:
        connection.execute(insert(ChainHead.__table__).values(chain=chain_number, seq=0, hash=chain.START))
        for start in range(1, count + 1, AT_ONCE):
            some: list[dict[str, Any]] = []
            for seq in range(start, min(start + AT_ONCE, count + 1)):
                entry = an_entry(seq) | {"at": moment, "chain": chain_number}
                previous = entry["hash"] = chain.link(key, previous, recording.parts(entry))
                some.append(entry)
            connection.execute(insert(Entry.__table__), some)


def an_entry(seq: int) -> dict[str, Any]:
    """Return the entry of a need whose state and category were changed."""
    changes = {"state": ["submitted", "accepted"], "category": [None, seq % 40], "title": ["路灯不亮", f"路灯{seq}"]}
    who = {"actor_id": 3, "actor_label": "person:3", "roles": "Secretary", "request": "0" * 16, "ip": "127.0.0.1"}
    row = {"list": "needs", "row_id": seq, "row_uid": f"{seq:032x}", "step_uid": None}
    return {"chain": 1, "seq": seq, "act": "change", "changes": chain.encode(changes)} | who | row


def main(count: int) -> None:
    """Fill, verify and say how long it took and how much memory it needed beyond that."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"TESTING": True, "INSTANCE": Path(folder)})
        database.upgrade(app)
        with app.app_context():
            fill(count, app.config["DATA_KEY"])
            begun = time.perf_counter()
            with db.engine.connect() as connection:
                found = list(verifying.verify(connection))
            took = time.perf_counter() - begun
            db.engine.dispose()
    assert [one.finding for one in found] == [None]  # noqa: S101 - a benchmark of a broken chain means nothing
    sys.stdout.write(f"{count} entries verified in {took:.1f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

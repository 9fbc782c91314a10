"""A throw-away PostgreSQL of the test's own, which may be restarted under everybody's feet."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.program import free_port


def programs() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    beside = shutil.which("initdb")
    return found[-1] if found else Path(beside).parent if beside else None


class Cluster:
    """One server on this machine only, with nobody else's data."""

    def __init__(self, where: Path) -> None:
        self.programs = where
        self.folder = Path(tempfile.mkdtemp(prefix="sidan-postgresql-"))
        self.port = free_port()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "--username=sidan", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._control("start")
        self._run("createdb", "--host=127.0.0.1", f"--port={self.port}", "--username=sidan", "sidan", at_home=False)

    @property
    def url(self) -> str:
        """Return the address of its database."""
        return f"postgresql://sidan@127.0.0.1:{self.port}/sidan"

    def stop(self) -> None:
        """End every connection at once, as a restart of the server does."""
        self._control("stop", "--mode=fast")

    def start(self) -> None:
        """Answer again."""
        self._control("start")

    def remove(self) -> None:
        """Stop it and take everything away."""
        self._control("stop", "--mode=immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *words: str) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off -c max_connections=200"
        self._run("pg_ctl", f"--log={self.folder}/log", "--wait", "--silent", f"--options={options}", *words)

    def _run(self, program: str, *words: str, at_home: bool = True) -> None:
        home = [f"--pgdata={self.folder}"] if at_home else []
        # The server refuses to run as root.
        other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*other, str(self.programs / program), *home, *words]
        subprocess.run(command, check=True, timeout=60, cwd="/", stdout=subprocess.DEVNULL)

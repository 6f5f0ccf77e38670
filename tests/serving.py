"""The real app on a free port, as a process of its own, for tests that need a server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT_S = 90


@dataclass(frozen=True)
class Server:
    """A running app: its address, its GNNREC_HOME, its log file and its process."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen

    def kill(self) -> None:
        """End the server at once, as `kill -9` does; children that asked for a session of their own stay."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def streamlit_command(port: int, entry: Path = ROOT / "app.py") -> list[str]:
    """`streamlit run` of the entry on a port of this machine."""
    flags = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    return [sys.executable, "-m", "streamlit", "run", str(entry), *flags]


def uvicorn_command(port: int) -> list[str]:
    """`uvicorn app:app` on a port of this machine."""
    return [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(ROOT), f"--port={port}"]


@contextmanager
def running_app(
    home: Path,
    *,
    port: int | None = None,
    command: Sequence[str] | None = None,
    cwd: Path = ROOT,
    environment: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Start the app, wait until it answers, and end it afterwards.

    Args:
        home: its GNNREC_HOME.
        port: where to listen; a free one when left out. Give the same one again to play a restart.
        command: the command line; `streamlit run app.py` when left out.
        cwd: the folder it starts in.
        environment: variables on top of this process's own.
    """
    port = port or free_port()
    home.mkdir(parents=True, exist_ok=True)
    log = home / f"server-{port}-{time.monotonic_ns()}.log"
    variables = {**os.environ, "GNNREC_HOME": str(home), **(environment or {})}
    with log.open("wb") as sink:
        process = subprocess.Popen(
            list(command or streamlit_command(port)),
            cwd=cwd,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", home, log, process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start; its log:\n{server.log.read_text(errors='replace')}")

"""Start the app in a browser's reach."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from gnnrec import places
from gnnrec.errors import ConfigError


def serve(port: int = 8501, address: str = "127.0.0.1", allow_remote: bool = False) -> int:
    """Serve the app until it is stopped.

    On Linux and macOS the server takes the place of this process, so that Ctrl+C and signals reach it; then
    this function does not return.

    Args:
        port: where the browser finds it, 1 to 65535.
        address: the address to listen on; anything but a loopback address needs `allow_remote`.
        allow_remote: let other machines reach the app, which has no passwords.

    Returns:
        The exit code of the server, where it could not take the place of this process.

    Raises:
        ConfigError: port out of range or taken, address that needs permission, unknown mode.
    """
    if allow_remote:
        os.environ["GNNREC_ALLOW_REMOTE"] = "1"
    places.mode()
    places.require_safe_address(address)
    _require_free_port(port, address)
    shown = f"[{address}]" if ":" in address else address
    print(f"gnnrec serves on http://{shown}:{port} (Ctrl+C ends it)", flush=True)
    command = server_command(port, address)
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)


def server_command(port: int, address: str) -> list[str]:
    """The command line that starts the server in an interpreter of its own."""
    flags = [
        f"--server.port={port}",
        f"--server.address={address}",
        "--server.headless=true",
        # Streamlit's own greeting asks another host for this machine's public address.
        "--logger.hideWelcomeMessage=true",
    ]
    return [sys.executable, "-m", "streamlit", "run", str(places.app_file()), *flags]


def _require_free_port(port: int, address: str) -> None:
    todo = f"Choose another one, for example `gnnrec serve --port {port + 1 if 0 < port < 65535 else 8501}`."
    if not 1 <= port <= 65535:
        raise ConfigError(where="--port", found=str(port), expected="a number from 1 to 65535", todo=todo)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port in the wait after a server's end is free for the next one, as it is for the server itself.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.strip("[]"), port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigError(
                where=f"{address}:{port}",
                found=f"cannot listen there ({reason})",
                expected="an address of this machine and a free port",
                todo=todo,
            ) from None

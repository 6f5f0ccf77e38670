"""The verb `serve`: start the app in a browser's reach."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from gnnrec import places
from gnnrec.cli.output import print_json
from gnnrec.errors import ConfigError


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "serve the app to a browser"
    parser = subparsers.add_parser("serve", help=words, description=words, parents=list(parents))
    parser.add_argument("--port", type=int, default=8501, help="default 8501")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="let other machines reach the app, which has no passwords",
    )


def run(args: argparse.Namespace) -> NoReturn:
    """Serve until stopped; with `--json` the address is printed and the server's words go to standard error.

    Raises:
        ConfigError: As `serve` does.
        SystemExit: The server ended, where it could not take the place of this process.
    """

    def announce(url: str) -> None:
        if not args.json:
            print(_greeting(url), file=args.stdout, flush=True)
            return
        print_json({"url": url, "port": args.port, "address": args.address}, args.stdout)
        if args.stdout is sys.__stdout__:
            # The server inherits the open files, not what Python calls them.
            os.dup2(sys.stderr.fileno(), args.stdout.fileno())

    raise SystemExit(serve(args.port, args.address, args.allow_remote, announce))


def serve(
    port: int = 8501,
    address: str = "127.0.0.1",
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
) -> int:
    """Serve the app until it is stopped.

    On Linux and macOS the server takes the place of this process, so that Ctrl+C and signals reach it; then
    this function does not return.

    Args:
        port: where the browser finds it, 1 to 65535.
        address: the address to listen on; anything but a loopback address needs `allow_remote`.
        allow_remote: let other machines reach the app, which has no passwords.
        announce: told the address just before the server starts; a printed line where None.

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
    url = f"http://{shown}:{port}"
    if announce is None:
        print(_greeting(url), flush=True)
    else:
        announce(url)
    command = server_command(port, address)
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)


def _greeting(url: str) -> str:
    return f"gnnrec serves on {url} (Ctrl+C ends it)"


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

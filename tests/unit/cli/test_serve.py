"""`gnnrec serve`: what is refused before anything starts, and how the server is started."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from gnnrec import places
from gnnrec.cli import serve as module
from gnnrec.cli.serve import serve, server_command
from gnnrec.errors import ConfigError
from tests.serving import free_port


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that would have taken the place of this process."""
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "")
    monkeypatch.setenv("GNNREC_MODE", "workbench")
    commands: list[list[str]] = []
    monkeypatch.setattr(module.os, "execv", lambda path, command: commands.append(command))
    return commands


def test_it_runs_the_app_on_the_given_port(started, capsys) -> None:
    port = free_port()
    serve(port)
    assert started == [server_command(port, "127.0.0.1")]
    command = started[0]
    assert command[:5] == [sys.executable, "-m", "streamlit", "run", str(places.app_file())]
    assert f"http://127.0.0.1:{port}" in capsys.readouterr().out
    assert not places.remote_allowed()


def test_other_machines_need_permission_which_the_server_inherits(started) -> None:
    with pytest.raises(ConfigError, match="--allow-remote"):
        serve(free_port(), "0.0.0.0")
    assert not started
    serve(free_port(), "0.0.0.0", allow_remote=True)
    assert started and os.environ["GNNREC_ALLOW_REMOTE"] == "1"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range(port: int, started) -> None:
    with pytest.raises(ConfigError, match="1 to 65535"):
        serve(port)
    assert not started


def test_a_taken_port(started) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="cannot listen there"):
            serve(taken.getsockname()[1])
    assert not started


def test_an_address_of_another_machine(started) -> None:
    with pytest.raises(ConfigError, match="an address of this machine"):
        serve(free_port(), "203.0.113.7", allow_remote=True)
    assert not started


def test_an_unknown_mode_starts_nothing(started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "public")
    with pytest.raises(ConfigError, match="GNNREC_MODE"):
        serve(free_port())
    assert not started

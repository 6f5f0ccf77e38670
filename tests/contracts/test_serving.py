"""The real server, started each way: the same headers on every answer, and no start for all the world."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gnnrec.ui.headers import FIXED, page_policy
from tests.serving import ROOT, free_port, running_app, streamlit_command, uvicorn_command

WAYS = {"streamlit run": streamlit_command, "uvicorn": uvicorn_command}
PATHS = ("/", "/recommend", "/_stcore/health", "/no/such/file.js")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_start_gives_the_same_headers(way: str, tmp_path: Path) -> None:
    port = free_port()
    # From another folder: neither the entry nor the settings may depend on where the command was typed.
    with running_app(tmp_path / "home", port=port, command=WAYS[way](port), cwd=tmp_path) as server:
        for path in PATHS:
            headers = answer(f"{server.url}{path}").headers
            assert headers["Content-Security-Policy"] == page_policy(f"127.0.0.1:{port}"), path
            for name, value in FIXED.items():
                assert headers.get_all(name) == [value], path
        assert answer(server.url).status == 200
        assert answer(server.url, host="rebound.example.org").status == 403
        assert "Traceback" not in server.log.read_text(errors="replace")


@pytest.mark.parametrize("way", WAYS)
def test_no_way_to_start_opens_the_app_to_other_machines_unasked(way: str, tmp_path: Path) -> None:
    port = free_port()
    command = [word for word in WAYS[way](port) if "address" not in word]
    command += ["--host=0.0.0.0"] if way == "uvicorn" else ["--server.address=0.0.0.0"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert "GNNREC_ALLOW_REMOTE=1" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_settings_are_found_from_any_folder(tmp_path: Path) -> None:
    shown = "config.get_option('client.toolbarMode'), config.get_option('browser.gatherUsageStats')"
    ask = f"import app; from streamlit import config; print({shown})"
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ask]
    result = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["viewer", "False"]


def answer(url: str, host: str | None = None):
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response
    except urllib.error.HTTPError as refused:
        return refused

"""Folders, modes and the addresses that need permission."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec import places
from gnnrec.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GNNREC_HOME", "GNNREC_DATA", "GNNREC_MODE", "GNNREC_ALLOW_REMOTE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The places of a wheel: a carried folder inside the package."""
    carried = tmp_path / "site-packages" / "gnnrec" / "_app"
    carried.mkdir(parents=True)
    monkeypatch.setattr(places, "_CARRIED", carried)
    return carried


def test_a_checkout_finds_its_own_folders() -> None:
    assert places.is_checkout()
    assert places.app_root() == ROOT
    assert places.app_file().is_file()
    assert places.pages_folder().is_dir()
    assert places.shipped_models() == ROOT / "models"
    assert places.shipped_results() == ROOT / "benchmarks" / "results"
    assert places.home() == ROOT / ".gnnrec"
    assert places.data_root() == ROOT / ".gnnrec" / "datasets"


def test_a_wheel_finds_what_it_carries(installed: Path) -> None:
    assert not places.is_checkout()
    assert places.app_file() == installed / "app.py"
    assert places.pages_folder() == installed / "pages"
    assert places.shipped_models() == installed / "models"


@pytest.mark.parametrize(
    ("platform", "name", "variable", "expected"),
    [
        ("linux", "posix", "XDG_DATA_HOME", "{tmp}/gnnrec"),
        ("linux", "posix", None, "{home}/.local/share/gnnrec"),
        ("darwin", "posix", None, "{home}/Library/Application Support/gnnrec"),
    ],
)
def test_a_wheel_keeps_runs_in_the_users_data_folder(
    installed: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    platform: str,
    name: str,
    variable: str | None,
    expected: str,
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(places.sys, "platform", platform)
    monkeypatch.setattr(places.os, "name", name)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert places.home() == Path(expected.format(tmp=tmp_path, home=Path.home()))


def test_the_environment_wins_and_is_read_at_each_call(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "a"))
    assert places.home() == tmp_path / "a"
    assert places.data_root() == tmp_path / "a" / "datasets"
    assert places.trained_models() == tmp_path / "a" / "models"
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "b"))
    monkeypatch.setenv("GNNREC_DATA", str(tmp_path / "d"))
    assert places.home() == tmp_path / "b"
    assert places.data_root() == tmp_path / "d"
    assert not (tmp_path / "b").exists(), "asking where something is must not create it"


def test_relative_and_tilde_paths_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GNNREC_HOME", "runs")
    monkeypatch.setenv("GNNREC_DATA", "~/sets")
    assert places.home() == tmp_path / "runs"
    assert places.data_root() == (Path.home() / "sets").resolve()


def test_modes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.mode() == "workbench"
    assert places.writes_allowed()
    places.require_writes("Training a model")
    monkeypatch.setenv("GNNREC_MODE", " Present ")
    assert places.mode() == "present"
    assert places.writes_allowed()


def test_demo_mode_refuses_writes_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    assert not places.writes_allowed()
    with pytest.raises(ConfigError, match=r"^Training a model: this is a public demo"):
        places.require_writes("Training a model")


def test_an_unknown_mode_is_never_taken_for_one_that_allows_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "dem0")
    for ask in (places.mode, places.writes_allowed, places.server_paths_allowed):
        with pytest.raises(ConfigError, match="'dem0'; expected one of workbench, demo, present"):
            ask()


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "::ffff:127.0.0.1", "unix:///tmp/s"],
)
def test_loopback_addresses_need_no_permission(address: str) -> None:
    assert places.is_loopback(address)
    places.require_safe_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "0.0.0.0",
        "::",
        "::ffff:192.168.1.4",
        "192.168.1.4",
        "example.org",
        "localhost.example.org",
        "127.0.0.1.example.org",
    ],
)
def test_other_addresses_need_permission(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not places.is_loopback(address)
    with pytest.raises(ConfigError, match="--allow-remote"):
        places.require_safe_address(address)
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "0")
    with pytest.raises(ConfigError):
        places.require_safe_address(address)
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "1")
    places.require_safe_address(address)


def test_paths_on_the_server_are_for_the_workbench_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.server_paths_allowed()
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "1")
    assert not places.server_paths_allowed()
    monkeypatch.delenv("GNNREC_ALLOW_REMOTE")
    monkeypatch.setenv("GNNREC_MODE", "present")
    assert not places.server_paths_allowed()

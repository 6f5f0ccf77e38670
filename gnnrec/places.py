"""Where things are and what the app may do: the folders of a checkout or a wheel, and the three modes.

Everything is read from the environment at each call, so that a test or a notebook can change it while
running. Nothing here creates a folder: whoever writes does that.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

from gnnrec.errors import ConfigError

MODES = ("workbench", "demo", "present")

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries app.py, pages/, models/ and the rest here (pyproject.toml); a checkout never does.
_CARRIED = _PACKAGE / "_app"


def is_checkout() -> bool:
    """Whether the package runs from a checkout (or its editable install) and not from a wheel."""
    return not _CARRIED.is_dir()


def app_root() -> Path:
    """The folder that holds app.py, pages/, models/ and .streamlit/."""
    return _PACKAGE.parent if is_checkout() else _CARRIED


def app_file() -> Path:
    """The entry that `streamlit run` and `uvicorn` start."""
    return app_root() / "app.py"


def pages_folder() -> Path:
    """The folder of the pages, one file each."""
    return app_root() / "pages"


def shipped_models() -> Path:
    """The folder of the pretrained checkpoints that come with the project."""
    return app_root() / "models"


def shipped_results() -> Path:
    """The folder of the measured result tables that come with the project."""
    return app_root() / "benchmarks" / "results"


def home() -> Path:
    """The folder for the store, runs and imports.

    $GNNREC_HOME where it is set; else .gnnrec beside app.py in a checkout; else the user's data folder.
    """
    given = os.environ.get("GNNREC_HOME", "").strip()
    if given:
        return Path(given).expanduser().resolve()
    return app_root() / ".gnnrec" if is_checkout() else _user_data_folder()


def data_root() -> Path:
    """The folder of downloaded and imported data sets: $GNNREC_DATA, else datasets/ under home."""
    given = os.environ.get("GNNREC_DATA", "").strip()
    return Path(given).expanduser().resolve() if given else home() / "datasets"


def trained_models() -> Path:
    """The folder of the checkpoints that were trained or imported here."""
    return home() / "models"


def _user_data_folder() -> Path:
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    elif os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "gnnrec"


def mode() -> str:
    """The mode the app runs in: workbench (one person's own machine), demo (public) or present (on a stage).

    Raises:
        ConfigError: when $GNNREC_MODE is none of the three.
    """
    given = os.environ.get("GNNREC_MODE", "").strip().lower() or "workbench"
    if given not in MODES:
        raise ConfigError(
            where="GNNREC_MODE",
            found=f"{given!r}",
            expected=f"one of {', '.join(MODES)}",
            todo="Set it to one of the three, or leave it unset for workbench.",
        )
    return given


def writes_allowed() -> bool:
    """Whether anything may be trained, imported, noted or deleted: everywhere but in a public demo."""
    return mode() != "demo"


def require_writes(action: str) -> None:
    """Refuse an action that changes something while the app runs as a public demo.

    Args:
        action: what is about to happen, as a phrase that can start a sentence ("Training a model").

    Raises:
        ConfigError: in demo mode.
    """
    if not writes_allowed():
        raise ConfigError(
            where=action,
            found="this is a public demo, where nothing can be changed",
            expected="workbench or present mode",
            todo="Run gnnrec on your own computer to do this; the README has the two commands.",
        )


def developer_controls() -> bool:
    """Whether controls for those who build models are shown: exports, logs, imports, renaming; not on a stage."""
    return mode() != "present"


def remote_allowed() -> bool:
    """Whether the app was told that other machines may reach it ($GNNREC_ALLOW_REMOTE)."""
    return os.environ.get("GNNREC_ALLOW_REMOTE", "").strip().lower() in {"1", "true", "yes", "on"}


def server_paths_allowed() -> bool:
    """Whether a page may take a path on this machine: only in workbench mode and out of others' reach."""
    return mode() == "workbench" and not remote_allowed()


def is_loopback(address: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone.

    Args:
        address: host name, IPv4 or IPv6 address, or a unix socket written `unix:///path`; empty means all
            interfaces.
    """
    name = address.strip().strip("[]").lower()
    if name == "localhost" or name.startswith("unix://"):
        return True
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return False
    # A dual-stack socket reports an IPv4 visitor in the mapped form, which Python 3.11 does not see through.
    return (getattr(number, "ipv4_mapped", None) or number).is_loopback


def require_safe_address(address: str) -> None:
    """Refuse to listen where other machines can reach the app, unless that was asked for.

    Args:
        address: the address the server is about to listen on; empty means all interfaces.

    Raises:
        ConfigError: when the address is not a loopback address and remote access was not allowed.
    """
    if not is_loopback(address) and not remote_allowed():
        raise ConfigError(
            where=f"Address {address or '(all interfaces)'}",
            found="other machines could reach the app, and it has no passwords",
            expected="a loopback address such as 127.0.0.1",
            todo="Leave the address out, or allow it with `gnnrec serve --allow-remote` or "
            "GNNREC_ALLOW_REMOTE=1; add GNNREC_MODE=demo for a public server.",
        )

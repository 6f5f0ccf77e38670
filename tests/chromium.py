"""Find a Chromium for the browser tests, or install one: `python -m tests.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A container's user is often root and its /dev/shm small; both stop Chromium.
    "--no-sandbox",
    "--disable-dev-shm-usage",
)


def in_ci() -> bool:
    """Whether a missing browser is a failure and not a skip."""
    return os.environ.get("CI", "").strip().lower() in {"1", "true", "yes"}


def find() -> str | None:
    """The path of a Chromium that starts: $GNNREC_CHROMIUM, the system's, or Playwright's."""
    return next((path for path in _candidates() if path and _starts(path)), None)


def _candidates() -> Iterator[str | None]:
    named = os.environ.get("GNNREC_CHROMIUM")
    if named:
        yield named
        return
    yield from map(shutil.which, COMMANDS)
    yield _playwrights()


def _playwrights() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    # Playwright names a path before anything is there, and Ubuntu's chromium may be a stub without its snap.
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> None:
    """Try what this machine offers: its packages where we are root, then Playwright's own download."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Chromium found; installing the system's package.", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        package = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(package, env=quiet, check=False)
    if find() is None:
        print("Downloading Playwright's Chromium (about 170 MB).", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Find or install; say what came of it. In CI a machine without a browser ends with 1."""
    if find() is None:
        install()
    path = find()
    if path:
        print(f"Browser tests use {path}")
        return 0
    print(
        f"{'!' * 20} NO CHROMIUM COULD BE FOUND OR INSTALLED: BROWSER TESTS CANNOT RUN {'!' * 20}",
        file=sys.stderr,
    )
    return 1 if in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())

"""A worker goes last, and so does the session that it has for itself; nobody else's session is touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PRIORITY = Path("/proc/self/autogroup")
_CODE = """
import os, pathlib, sys
from gnnrec.runs import launch
launch._SESSION_PRIORITY = pathlib.Path(sys.argv[1])
launch.give_way()
launch.give_way()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


def _niceness(priority: Path, *, own_session: bool) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(priority)],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=own_session,
    )
    return int(done.stdout)


@pytest.mark.parametrize(("own_session", "expected"), [(True, "10"), (False, "of somebody else")])
def test_a_worker_makes_way_with_its_own_session_only(
    own_session: bool, expected: str, tmp_path: Path
) -> None:
    priority = tmp_path / "autogroup"
    priority.write_text("of somebody else")
    assert _niceness(priority, own_session=own_session) >= 10
    assert priority.read_text() == expected


def test_a_system_that_does_not_share_out_among_sessions_is_no_error(tmp_path: Path) -> None:
    assert _niceness(tmp_path / "not there" / "autogroup", own_session=True) >= 10


@pytest.mark.skipif(
    # Linux shows an empty file to a process in a control group of its own.
    not _PRIORITY.is_file() or not _PRIORITY.read_text().strip(),
    reason="this system does not share the processor out among sessions",
)
def test_the_session_of_whoever_starts_a_worker_keeps_its_priority() -> None:
    before = _PRIORITY.read_text()
    assert _niceness(_PRIORITY, own_session=True) >= 10
    assert _niceness(_PRIORITY, own_session=False) >= 10
    assert _PRIORITY.read_text() == before

"""A worker goes last, and so does the session that it has for itself; nobody else's session is touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PRIORITY = Path("/proc/self/autogroup")
_CODE = (
    "import os, pathlib; from gnnrec.runs.launch import give_way; give_way(); give_way(); "
    "print(os.getpriority(os.PRIO_PROCESS, 0), pathlib.Path('/proc/self/autogroup').read_text().split()[-1])"
)


@pytest.mark.skipif(
    not _PRIORITY.is_file(), reason="this system does not share the processor out among sessions"
)
def test_a_worker_makes_way_with_its_own_session_only() -> None:
    before = _PRIORITY.read_text()
    for own_session, expected in ((True, "10"), (False, before.split()[-1])):
        done = subprocess.run(
            [sys.executable, "-c", _CODE],
            capture_output=True,
            text=True,
            check=True,
            start_new_session=own_session,
        )
        niceness, session = done.stdout.split()
        assert int(niceness) >= 10
        assert session == expected
    assert _PRIORITY.read_text() == before

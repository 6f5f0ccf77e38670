"""A thousand cases from two processes of which one is killed: none lost that was acknowledged, none twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from gnnrec.store import cases, database

ROOT = Path(__file__).resolve().parents[3]
EACH = 500
# Each line on its standard output acknowledges one case; it goes out only after the case was stored.
WRITER = """
import sys, uuid
from gnnrec.store import cases
from gnnrec.store.case import Draft
name, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(first, last):
    uid = uuid.uuid5(uuid.NAMESPACE_OID, f"{name}-{number}").hex
    cases.add(Draft("demo", f"{name}-{number}", "good", note=f"note {number}", who=name, uid=uid))
    print(uid, flush=True)
"""


def uid_of(name: str, number: int) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{name}-{number}").hex


def writer(name: str, first: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, name, str(first), str(EACH)]
    return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
def test_a_thousand_cases_from_two_processes_while_one_is_killed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    one, two = writer("one"), writer("two")
    acknowledged = [two.stdout.readline().strip() for _ in range(EACH // 3)]
    two.send_signal(signal.SIGKILL)
    acknowledged += two.stdout.read().split()
    assert two.wait() == -signal.SIGKILL
    assert len(acknowledged) < EACH, "it was to be killed in the middle of its work"
    finished = one.communicate()[0].split()
    assert one.returncode == 0 and len(finished) == EACH

    stored = [case.uid for case in cases.listed()]
    assert len(set(stored)) == len(stored)
    assert set(finished) | set(acknowledged) <= set(stored)
    # The case it was writing when it was killed may be there unacknowledged, but no other.
    assert len(stored) <= EACH + len(acknowledged) + 1

    # Whoever got no answer asks again: from the last case that was acknowledged, which is there already.
    again = writer("two", first=len(acknowledged) - 1)
    assert len(again.communicate()[0].split()) == EACH - len(acknowledged) + 1
    everything = cases.listed()
    assert len(everything) == 2 * EACH
    assert {case.uid for case in everything} == {
        uid_of(name, n) for name in ("one", "two") for n in range(EACH)
    }
    assert {case.version for case in everything} == {1}
    with database.reading() as db:
        assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
        assert db.execute("pragma foreign_key_check").fetchall() == []

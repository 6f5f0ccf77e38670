"""Launch: start a worker as a process of its own, which outlives the server that started it.

What every such process shares stands here too: its environment, its low priority and its exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import gnnrec
from gnnrec import places
from gnnrec.runs import alive
from gnnrec.runs.folder import RunFolder

LOCK_VARIABLE = "GNNREC_RUN_LOCK"
# Exit code of a process that found its folder taken.
ALREADY_RUNNING = 75
_NICE = 10
_SESSION_PRIORITY = Path("/proc/self/autogroup")


def launch(folder: RunFolder, lock: int) -> int:
    """Start the worker of a run.

    Args:
        folder: What to train.
        lock: Descriptor of the run's held lock. The child inherits it, so that there is no moment at which a
            started run looks dead.

    Returns:
        The process id.

    Raises:
        OSError: The process could not be started, or there is no room for its files.
    """
    folder.write_status({"state": "running", "stage": "start", "heartbeat": time.time()})
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "gnnrec.runs.worker", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder.path,
            env=environment(threads()) | {LOCK_VARIABLE: str(lock)},
            pass_fds=(lock,),
            start_new_session=True,
        )
    # A child that ended stays in the process table until somebody asks for its exit code.
    threading.Thread(target=process.wait, name=f"reap-{folder.run_id}", daemon=True).start()
    folder.write_json("process.json", {"pid": process.pid, "created": alive.started_at(process.pid)})
    return process.pid


def threads() -> int:
    """How many cores a worker uses: all but one, which stays with the pages."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return max(1, cores - 1)


def give_way() -> None:
    """Let other programs go first."""
    with suppress(OSError):
        # Set, not added: a worker that is started by another one would become nicer and nicer.
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    # Linux may share the processor out among sessions first and look at priorities only within one. A session that a
    # worker has for itself is made as low as the worker; one of somebody's terminal is not ours to change.
    with suppress(OSError):
        if os.getsid(0) == os.getpid():
            _SESSION_PRIORITY.write_text(str(_NICE), encoding="ascii")


def environment(cores: int) -> dict[str, str]:
    """The environment of a process that trains: this package, these folders, so many cores."""
    root = str(Path(gnnrec.__file__).resolve().parents[1])
    inherited = os.environ.get("PYTHONPATH", "")
    count = str(cores)
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [root, inherited])),
        "PYTHONUNBUFFERED": "1",
        "GNNREC_HOME": str(places.home()),
        "GNNREC_DATA": str(places.data_root()),
        "OMP_NUM_THREADS": count,
        "OMP_WAIT_POLICY": "PASSIVE",
        "MKL_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
    }

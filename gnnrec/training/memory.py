"""Memory of this machine and of this process."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

import psutil


def free_memory_mib() -> float:
    """Memory that a new process can have, the limit of a container included."""
    free = psutil.virtual_memory().available
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    # No such files without a container, and the word "max" in one without a limit.
    with suppress(OSError, ValueError):
        free = min(free, int(limit.read_text()) - int(used.read_text()))
    return free / 2**20


def resident_mib() -> float:
    """Memory this process has now."""
    return psutil.Process().memory_info().rss / 2**20


def peak_rss_mib() -> float:
    """Most memory this process had so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return most / 2**20 if sys.platform == "darwin" else most / 2**10

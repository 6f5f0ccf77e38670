"""Memory of this machine and of this process."""

from __future__ import annotations

import ctypes
import resource
import sys
from contextlib import suppress
from pathlib import Path

import psutil

# Parameters of glibc's mallopt, and the largest threshold it takes on 64 bits.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _LARGEST_THRESHOLD = -1, -3, 32 << 20
_KEPT = 1 << 30


def keep_freed_memory() -> None:
    """Let this process keep what it frees, up to a GiB, for its next tables of the same size.

    Training makes and drops tables of tens of MiB at every step. By default each goes back to the system and comes
    again page by page, filled with zeros: a tenth of an epoch on 43,000 items. Nothing is done where the C library is
    not glibc.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST_THRESHOLD)
        mallopt(_TRIM_THRESHOLD, _KEPT)


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

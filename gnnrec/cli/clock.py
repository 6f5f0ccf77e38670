"""Clock: what a command took, from the start of the process, stage by stage."""

from __future__ import annotations

import os
import sys
import time


class Clock:
    """Time since a command began, cut into stages that follow one another.

    **Units**: seconds.

    Args:
        age: How long ago it began.
        cpu: CPU time that was used before it began.
    """

    def __init__(self, age: float = 0.0, cpu: float | None = None) -> None:
        self._began = time.monotonic() - age
        self._cpu_before = _cpu_seconds() if cpu is None else cpu
        self._stage = "start"
        self._stage_began = self._began
        self._seconds: dict[str, float] = {}

    @classmethod
    def of_process(cls) -> Clock:
        """A clock that began when this process did: the interpreter's own start counts."""
        return cls(_process_age(), 0.0)

    @property
    def wall(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._began

    @property
    def cpu(self) -> float:
        """CPU seconds of all threads and ended children since the command began."""
        return _cpu_seconds() - self._cpu_before

    @property
    def stages(self) -> dict[str, float]:
        """Seconds of every stage so far, the present one included; they add up to `wall`."""
        now = time.monotonic()
        running = self._seconds.get(self._stage, 0.0) + now - self._stage_began
        return {**self._seconds, self._stage: running}

    def begin(self, stage: str) -> None:
        """End the present stage and begin another."""
        now = time.monotonic()
        self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._stage_began
        self._stage, self._stage_began = stage, now


def peak_rss_mib() -> float:
    """Most memory this process had so far. **Units**: MiB."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def _cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _process_age() -> float:
    import psutil

    created = psutil.Process().create_time()
    if hasattr(time, "CLOCK_BOOTTIME"):
        # Linux counts from the boot, whose date is known to the second only: here that date cancels out.
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - (created - psutil.boot_time())
    else:
        age = time.time() - created
    return max(age, 0.0)

"""Whether a worker lives: the lock it holds, which the kernel frees on any death, and safe signals to it."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


@contextmanager
def held(lock: Path) -> Iterator[int | None]:
    """Hold a lock for the block; gives its file descriptor, or None where somebody else has it.

    A child that inherits the descriptor goes on holding the lock after this block.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield descriptor if _locked(descriptor) else None
    finally:
        os.close(descriptor)


def keep(lock: Path) -> bool:
    """Hold a lock until this process ends. Returns whether it was free."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    if _locked(descriptor):
        return True
    os.close(descriptor)
    return False


def is_held(lock: Path) -> bool:
    """Whether some living process holds the lock. A missing file is held by nobody."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


def started_at(pid: int) -> float | None:
    """When a process started, which tells it from another one that got the same number later."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def send(pid: int, created: float, number: signal.Signals, *, group: bool = False) -> bool:
    """Send a signal to exactly that process (or to its whole group). Returns whether it was there."""
    if pid <= 1 or started_at(pid) != created:
        return False
    with suppress(ProcessLookupError):
        if group and os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
        return True
    return False


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

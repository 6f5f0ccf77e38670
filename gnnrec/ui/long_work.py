"""Work that takes a while: what it will take is said first, it starts with a button, shows how far it is, and stops.

Done in a thread of the server, one at a time, so that pages of other visitors keep a core. Results are kept for
everybody under a key that names the checkpoint, so a replaced model is never answered for by the old one.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

from gnnrec.errors import GnnrecError
from gnnrec.explain.deletion import Tell
from gnnrec.runs.estimates import about_seconds
from gnnrec.ui.failures import show_failure

Value = TypeVar("Value")

# What takes no longer than this is done while the page is drawn; up to the second, it begins by itself, with
# progress and a way to stop it; beyond, it waits for the button.
AT_ONCE_S = 0.3
BY_ITSELF_S = 4.0
_KEPT = 128
# Nobody looks any more: the visitor has gone to another page or closed the window.
_UNWATCHED_S = 15.0
_LOOK_S = 0.5


class Stopped(Exception):
    """The visitor cancelled, or left."""


@dataclass(eq=False)
class Job:
    """One piece of work in progress.

    Attributes:
        done: Steps done.
        of: Steps there are; 0 before the first.
        result: What came out.
        error: What went wrong.
        ended: Whether the thread is at its end.
        cancelled: Set to end it.
        looked: When its progress was last drawn.
    """

    done: int = 0
    of: int = 0
    result: object = None
    error: Exception | None = None
    ended: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)
    looked: float = field(default_factory=time.monotonic)

    def tell(self, done: int, of: int) -> None:
        """Take note of the progress; end the work where nobody waits for it."""
        self.done, self.of = done, of
        if self.cancelled.is_set() or time.monotonic() - self.looked > _UNWATCHED_S:
            raise Stopped

    def run(self, make: Callable[[Tell], object], turn: threading.Lock) -> None:
        """The body of the thread."""
        try:
            while not turn.acquire(timeout=0.2):
                self.tell(self.done, self.of)
            try:
                self.result = make(self.tell)
            finally:
                turn.release()
        except Stopped:
            pass
        except Exception as error:
            self.error = error
        self.ended = True


class Bench:
    """All work in progress, and the last results."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._jobs: dict[Hashable, Job] = {}
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def kept(self, key: Hashable) -> tuple[bool, object]:
        """Whether there is a result, and which."""
        with self._lock:
            if key not in self._kept:
                return False, None
            self._kept.move_to_end(key)
            return True, self._kept[key]

    def keep(self, key: Hashable, result: object) -> None:
        """Keep a result; the oldest one goes."""
        with self._lock:
            self._kept[key] = result
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def start(self, key: Hashable, make: Callable[[Tell], object]) -> None:
        """Begin, unless it is under way already."""
        with self._lock:
            # What ended while nobody looked is forgotten.
            self._jobs = {name: job for name, job in self._jobs.items() if not job.ended}
            if key in self._jobs:
                return
            job = self._jobs[key] = Job()
        threading.Thread(target=job.run, args=(make, self._turn), daemon=True).start()

    def job(self, key: Hashable) -> Job | None:
        """The work for a key, under way or just ended."""
        with self._lock:
            return self._jobs.get(key)

    def take_off(self, key: Hashable) -> None:
        """Clear away work that has ended, keeping its result."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None and job.error is None and job.result is not None:
            self.keep(key, job.result)


@st.cache_resource(show_spinner=False)
def bench() -> Bench:
    """The bench of this server."""
    return Bench()


def worked(
    key: Hashable, seconds: float, make: Callable[[Tell], Value], what: str, widget: str, button: str
) -> Value | None:
    """A result that is there, or quick to make; else the button, the progress or what went wrong.

    Args:
        key: Names everything the result depends on, the checkpoint's address first.
        seconds: What it is expected to take.
        make: Does the work, telling how far it is; must not call Streamlit.
        what: What is done, in words, such as `Taking out each of 120 films`.
        widget: Key of the elements.
        button: What stands on the button.

    Returns:
        The result, or None while there is none.
    """
    job = bench().job(key)
    cancelled = False
    if job is not None and job.ended:
        # A job that was cancelled stays where it is, so that it does not begin by itself again.
        cancelled = job.cancelled.is_set()
        if not cancelled:
            bench().take_off(key)
        if job.error is not None:
            show_failure(job.error)
            return None
        job = None
    there, result = bench().kept(key)
    if there:
        return result
    if job is None and not cancelled and seconds <= BY_ITSELF_S:
        if seconds <= AT_ONCE_S:
            return _now(key, make)
        bench().start(key, make)
        job = bench().job(key)
    with st.container(border=True):
        if job is None:
            st.caption(f"{what} takes {about_seconds(seconds)}.")
            st.button(
                button,
                key=f"{widget}_start",
                icon=":material/play_arrow:",
                on_click=lambda: bench().start(key, make),
            )
        else:
            _watch(key, what, widget)
    return None


def _now(key: Hashable, make: Callable[[Tell], Value]) -> Value | None:
    try:
        result = make(_silent)
    except GnnrecError as error:
        show_failure(error)
        return None
    bench().keep(key, result)
    return result


def _watch(key: Hashable, what: str, widget: str) -> None:
    """Progress and Cancel; the page is drawn again once at the end."""

    def look() -> None:
        job = bench().job(key)
        if job is None or job.ended:
            st.rerun()
        job.looked = time.monotonic()
        said = f"{what}: {job.done} of {job.of}" if job.of else f"{what} …"
        st.progress(job.done / job.of if job.of else 0.0, text=said)
        st.button("Cancel", key=f"{widget}_cancel", icon=":material/close:", on_click=job.cancelled.set)

    st.fragment(look, run_every=_LOOK_S)()


def _silent(done: int, of: int) -> None:
    """Quick work tells nobody."""

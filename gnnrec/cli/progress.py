"""Progress on standard error: one line that changes on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from gnnrec.training import Epoch

_LOG_EVERY_S = 5.0
_TERMINAL_EVERY_S = 0.1
_WIDTH = 79
# Waiting longer than this is announced.
_LONG_S = 5.0


class Progress:
    """Tells how far a long command is.

    Short commands stay silent in a log: nothing is written before the first few seconds are over.

    Args:
        stream: Where to write; standard error where None.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty()
        self._last = time.monotonic()
        self._open_line = False
        self._stage = ""

    def stage(self, stage: str) -> None:
        """A new stage began."""
        self._stage = stage
        self.tell(stage, now=self._terminal)

    def epoch(self, epoch: Epoch) -> None:
        """An epoch ended."""
        valid = "" if epoch.valid is None else f", validation NDCG@10 {epoch.valid:.4f}"
        self.tell(f"{self._stage}: epoch {epoch.epoch}, loss {epoch.loss:.4f}{valid}")

    def tell(self, text: str, *, now: bool = False) -> None:
        """Say something, unless the last word was only just said."""
        clock = time.monotonic()
        if not now and clock - self._last < (_TERMINAL_EVERY_S if self._terminal else _LOG_EVERY_S):
            return
        self._last = clock
        if self._terminal:
            self._stream.write(f"\r{text[:_WIDTH]:<{_WIDTH}}")
            self._open_line = True
        else:
            self._stream.write(text + "\n")
        self._stream.flush()

    def line(self, text: str) -> None:
        """Say something that stays."""
        self.close()
        self._stream.write(text + "\n")
        self._stream.flush()

    def announce(self, seconds: float, text: str) -> None:
        """Say beforehand that something will take long; a short wait needs no word."""
        if seconds > _LONG_S:
            self.line(text)

    def close(self) -> None:
        """Leave the changing line empty, so that what follows starts in the first column."""
        if self._open_line:
            self._stream.write(f"\r{'':<{_WIDTH}}\r")
            self._stream.flush()
            self._open_line = False

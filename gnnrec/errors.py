"""The only errors a user is meant to read: where, what was found, what was expected, and what to do."""

from __future__ import annotations

__all__ = [
    "CheckpointError",
    "ConfigError",
    "DataError",
    "GnnrecError",
    "IncompatibleError",
    "RunError",
]

PARTS = ("where", "found", "expected", "todo")


class GnnrecError(Exception):
    """Something the user can put right.

    Raise one of the children. The command line prints the sentence and exits with code 2, a page shows the
    four parts in a box; every other exception is a bug and keeps its trace.

    Args:
        where: the file, setting, page field or object it is about, as the user knows it.
        found: what is there, with the offending values named (the first five, then a count).
        expected: what would have been right.
        todo: the next step, one or two sentences.
    """

    def __init__(self, *, where: str, found: str, expected: str = "", todo: str = "") -> None:
        super().__init__(where, found, expected, todo)
        self.where = where
        self.found = found
        self.expected = expected
        self.todo = todo

    @property
    def parts(self) -> dict[str, str]:
        """The four parts by name, for a page's box or a JSON line."""
        return {part: getattr(self, part) for part in PARTS}

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.found}"
        if self.expected:
            sentence += f"; expected {self.expected}"
        if not sentence.endswith((".", "!", "?")):
            sentence += "."
        return f"{sentence} {self.todo}".rstrip()

    def __reduce__(self):
        # Keyword-only parts do not survive the default reduction, and worker processes send errors back.
        return _rebuild, (type(self), self.parts)


def _rebuild(kind: type[GnnrecError], parts: dict[str, str]) -> GnnrecError:
    return kind(**parts)


class DataError(GnnrecError):
    """The data itself: an unreadable file, a missing column, an unknown user or item id, an empty set."""


class ConfigError(GnnrecError):
    """A setting, option or argument: out of range, unknown, or not allowed in the mode the app runs in."""


class IncompatibleError(GnnrecError):
    """Two things that do not go together: a checkpoint and a data set, two splits, a model and a question."""


class CheckpointError(GnnrecError):
    """A checkpoint folder that is damaged, incomplete, too large, of another format, or not to be trusted."""


class RunError(GnnrecError):
    """A training job that cannot start, go on or be stopped: already active, lost, no memory, no device."""

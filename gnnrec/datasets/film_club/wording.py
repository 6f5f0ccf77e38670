"""Reading the hand-written word files: sections in square brackets, and what stands under them."""

from __future__ import annotations

from pathlib import Path

_WORDS = Path(__file__).parent / "words"


def lines(name: str) -> list[str]:
    """All lines of a word file.

    Args:
        name: File name without ending.

    Returns:
        Lines without the empty ones, space at their ends removed.
    """
    text = (_WORDS / f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]


def sections(name: str) -> dict[str, list[str]]:
    """The lines of a word file under each heading, in the file's order."""
    out: dict[str, list[str]] = {}
    for line in lines(name):
        if line.startswith("[") and line.endswith("]"):
            current = out.setdefault(line[1:-1], [])
        else:
            current.append(line)
    return out


def listed(line: str) -> list[str]:
    """The parts of a line that are separated by commas."""
    return [part.strip() for part in line.split(",")]

"""Files that are there whole or not at all, and JSON objects in them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gnnrec.errors import ConfigError


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A file for the block to write, which then takes the place of the one at the path in one step.

    After an error in the block the old one stays as it was.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        # What went wrong before matters more than a file that cannot be removed.
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_named(path: Path, data: bytes) -> None:
    """Write to where somebody asked for it, whole or not at all.

    Raises:
        ConfigError: The file cannot be written.
    """
    try:
        with replaced(path) as partial:
            partial.write_bytes(data)
    except OSError as error:
        raise ConfigError(
            where=str(path),
            found=error.strerror or str(error),
            expected="a file that can be written",
            todo="Correct the path, or free some space. Nothing was half-written.",
        ) from error


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is absent or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_object(path: Path, values: Mapping[str, Any]) -> None:
    """Put a JSON object in the place of a file in one step. Raises OSError where there is no room."""
    content = json.dumps(plain(dict(values)), indent=1, ensure_ascii=False) + "\n"
    with replaced(path) as partial:
        partial.write_bytes(content.encode())


def plain(value: Any) -> Any:
    """Plain values for JSON, with null where a number is not finite."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and value - value != 0 else value

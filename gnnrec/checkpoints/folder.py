"""The folder of a checkpoint: which files it may hold, how they are verified, how it comes to be in one step."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from gnnrec.errors import CheckpointError

FORMAT = 1
MANIFEST = "manifest.json"
FILES = ("model.safetensors", "per_user.safetensors", "config.json", "metrics.json", "README.md")
MOST_BYTES = 8 * 2**30
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")


def checked_slug(slug: str) -> str:
    """The name of a checkpoint, if it can be one: it becomes a folder, so no path can hide in it.

    Raises:
        CheckpointError: It holds anything but lower-case letters, digits, dots, dashes and underscores.
    """
    if not _SLUG.fullmatch(slug) or ".." in slug:
        raise CheckpointError(
            where="checkpoint name",
            found=f"'{slug[:80]}'",
            expected="lower-case letters, digits, dots, dashes and underscores, at most 80",
            todo="For example my-lightgcn.",
        )
    return slug


def identity(folder: Path) -> str:
    """First 12 hex digits of the sha256 of the manifest."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()[:12]


def verify(folder: Path) -> None:
    """Check that a folder holds exactly what its manifest says, byte for byte.

    Raises:
        CheckpointError: A file is missing, cut short, changed, too large or not expected (a pickle, say).
    """
    where = f"checkpoint {folder.name}"
    manifest = _read_manifest(folder)
    listed = manifest["files"]
    strangers = sorted(set(listed) - set(FILES)) + sorted(
        entry.name for entry in folder.iterdir() if entry.name not in FILES and entry.name != MANIFEST
    )
    if strangers:
        raise CheckpointError(
            where=where,
            found=f"a file '{strangers[0][:60]}'",
            expected=f"only {', '.join(FILES)} and {MANIFEST}",
            todo="Remove it if you trust the rest; nothing in it is ever executed.",
        )
    missing = [name for name in ("model.safetensors", "config.json", "metrics.json") if name not in listed]
    if missing:
        raise CheckpointError(
            where=where,
            found=f"no {missing[0]} in {MANIFEST}",
            expected="a complete checkpoint",
            todo="Save or copy it again.",
        )
    if sum(int(entry["size"]) for entry in listed.values()) > MOST_BYTES:
        raise CheckpointError(
            where=where, found="more than 8 GiB", expected="at most 8 GiB", todo="Train with smaller vectors."
        )
    for name, entry in listed.items():
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise CheckpointError(
                where=where,
                found=f"no file {name}",
                expected="every file of the manifest",
                todo="Copy it again.",
            )
        size = path.stat().st_size
        if size != entry["size"]:
            raise CheckpointError(
                where=f"{where}, {name}",
                found=f"{size:,} bytes",
                expected=f"{entry['size']:,}",
                todo="The file was cut short or changed: copy it again.",
            )
        if file_hash(path) != entry["sha256"]:
            raise CheckpointError(
                where=f"{where}, {name}",
                found="other contents than when it was saved",
                expected=f"sha256 {entry['sha256'][:12]}…",
                todo="The file was damaged or changed: copy it again.",
            )


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """A JSON file of a checkpoint.

    Raises:
        CheckpointError: It is missing or is no JSON object.
    """
    try:
        value = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(
            where=f"checkpoint {folder.name}, {name}",
            found=f"{type(error).__name__}",
            expected="a JSON file",
            todo="Copy the checkpoint again.",
        ) from error
    if not isinstance(value, dict):
        raise CheckpointError(
            where=f"checkpoint {folder.name}, {name}",
            found="no JSON object",
            expected="a JSON object",
            todo="Copy the checkpoint again.",
        )
    return value


@contextmanager
def written_at_once(final: Path) -> Iterator[Path]:
    """A temporary folder that becomes `final` in one step, with its manifest, when the block ends well.

    A full disk or a crash leaves nothing under the final name, and nothing saved before is touched.

    Raises:
        CheckpointError: The folder exists already, or could not be written.
    """
    if final.exists():
        raise CheckpointError(
            where=f"checkpoint {final.name}",
            found="a folder of that name",
            expected="a new name: a saved checkpoint never changes",
            todo="Choose another name, or delete the old one on the Models page.",
        )
    partial = final.parent / f".partial-{final.name}-{uuid.uuid4().hex[:8]}"
    try:
        partial.mkdir(parents=True)
        yield partial
        _seal(partial)
        os.rename(partial, final)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            where=f"saving checkpoint {final.name}",
            found=getattr(error, "strerror", None) or str(error),
            expected="room and permission to write",
            todo="Free some space or choose another folder; nothing was half-written.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _seal(folder: Path) -> None:
    entries = {
        path.name: {"size": path.stat().st_size, "sha256": file_hash(path)}
        for path in sorted(folder.iterdir())
    }
    (folder / MANIFEST).write_text(
        json.dumps({"format": FORMAT, "files": entries}, indent=1, sort_keys=True), encoding="utf-8"
    )
    for path in folder.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _read_manifest(folder: Path) -> dict[str, Any]:
    if not (folder / MANIFEST).is_file():
        raise CheckpointError(
            where=f"checkpoint {folder.name}",
            found=f"no {MANIFEST}",
            expected="a folder saved by this software",
            todo="Check the path.",
        )
    manifest = read_json(folder, MANIFEST)
    if manifest.get("format") != FORMAT or not isinstance(manifest.get("files"), dict):
        raise CheckpointError(
            where=f"checkpoint {folder.name}",
            found=f"format {manifest.get('format')!r}",
            expected=f"format {FORMAT}",
            todo="It comes from another version: update the software, or train again.",
        )
    return manifest

"""The library of checkpoints: those shipped with the project and those trained here."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from gnnrec import places
from gnnrec.checkpoints.checkpoint import Checkpoint
from gnnrec.checkpoints.folder import MANIFEST, checked_slug, identity
from gnnrec.errors import CheckpointError, GnnrecError


@dataclass(frozen=True)
class Library:
    """Checkpoints found, and folders that look like one but cannot be opened, with the reason."""

    checkpoints: list[Checkpoint] = field(default_factory=list)
    broken: dict[str, GnnrecError] = field(default_factory=dict)

    def of(self, dataset: str, split_hash: str | None = None) -> list[Checkpoint]:
        """Those fitted on a data set (and on one split of it)."""
        return [
            one
            for one in self.checkpoints
            if one.config["dataset"] == dataset and split_hash in (None, one.config["split_hash"])
        ]


_opened: dict[tuple[str, str, tuple], Checkpoint] = {}


def folders() -> list[Path]:
    """Where checkpoints lie: shipped ones first, then those trained here."""
    return [places.shipped_models(), places.trained_models()]


def read_library() -> Library:
    """Every checkpoint that can be opened. A folder whose files did not change since is not hashed again."""
    library = Library()
    for parent in folders():
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            if folder.name.startswith(".") or not (folder / MANIFEST).is_file():
                continue
            try:
                library.checkpoints.append(_open_once(folder))
            except GnnrecError as error:
                library.broken[folder.name] = error
    return library


def find(address: str) -> Checkpoint:
    """The checkpoint at `slug@id`, a bare slug, or (on the command line) a folder.

    Raises:
        CheckpointError: There is none, or its id differs from the one in the address.
    """
    slug, _, wanted = address.partition("@")
    checked_slug(slug)
    known = []
    for parent in folders():
        if (parent / slug / MANIFEST).is_file():
            found = _open_once(parent / slug)
            if wanted in ("", found.id):
                return found
            known.append(found.address)
    raise CheckpointError(
        where=f"checkpoint {address[:100]}",
        found=f"only {', '.join(known)}" if known else "no such checkpoint",
        expected="a checkpoint of the Models page",
        todo="Choose another one; it may have been deleted or replaced.",
    )


def find_or_open(text: str) -> Checkpoint:
    """For the command line: a folder if there is one, else an address."""
    folder = Path(text).expanduser()
    return Checkpoint.open(folder) if (folder / MANIFEST).is_file() or "/" in text else find(text)


def delete(address: str) -> None:
    """Remove a checkpoint trained here; shipped ones stay.

    Raises:
        CheckpointError: It is a shipped one or does not exist.
    """
    places.require_writes("Deleting a model")
    found = find(address)
    _own(found, "deleted")
    shutil.rmtree(found.folder)


def rename(address: str, slug: str) -> Checkpoint:
    """Give a checkpoint trained here another name; its id stays.

    Raises:
        CheckpointError: It is a shipped one, the name is taken or cannot be one.
    """
    places.require_writes("Renaming a model")
    found = find(address)
    _own(found, "renamed")
    target = found.folder.parent / checked_slug(slug)
    if any((parent / slug).exists() for parent in folders()):
        raise CheckpointError(
            where=f"checkpoint name {slug}",
            found="a model of that name",
            expected="a new name",
            todo="Choose another name.",
        )
    found.folder.rename(target)
    return Checkpoint.open(target)


def _own(checkpoint: Checkpoint, verb: str) -> None:
    if checkpoint.folder.parent != places.trained_models():
        raise CheckpointError(
            where=f"checkpoint {checkpoint.slug}",
            found="a model shipped with the software",
            expected="one trained here",
            todo=f"Shipped models cannot be {verb}.",
        )


def _open_once(folder: Path) -> Checkpoint:
    stamps = tuple(
        sorted((entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in folder.iterdir())
    )
    key = (str(folder), identity(folder), stamps)
    if key not in _opened:
        if len(_opened) > 500:
            _opened.clear()
        _opened[key] = Checkpoint.open(folder)
    return _opened[key]

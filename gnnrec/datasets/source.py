"""Source: what is known of a data set before it is opened: publisher, files, checksums, licence, words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from gnnrec import places
from gnnrec.data import Dataset, Licence, Words
from gnnrec.errors import DataError


@dataclass(frozen=True)
class Member:
    """One file as its publisher made it.

    Attributes:
        bytes: Its size.
        sha256: Its checksum.
        git_blob: The name git gives to its content, for a file whose sha256 is not known; it stands in for it.
    """

    bytes: int
    sha256: str = ""
    git_blob: str = ""

    @property
    def checksum(self) -> str:
        """What a file has to match, with the kind of checksum: `sha256 06416e59…`."""
        return f"sha256 {self.sha256}" if self.sha256 else f"git blob {self.git_blob}"

    def checksum_of(self, content: BinaryIO) -> str:
        """The checksum of that kind of some content."""
        if self.sha256:
            return f"sha256 {hashlib.file_digest(content, 'sha256').hexdigest()}"
        digest = hashlib.sha1(b"blob %d\0" % self.bytes, usedforsecurity=False)
        while chunk := content.read(1 << 20):
            digest.update(chunk)
        return f"git blob {digest.hexdigest()}"


@dataclass(frozen=True)
class Archive:
    """Where the publisher keeps the files.

    Attributes:
        url: Address of the archive, https.
        bytes: Its size; a download stops above it.
        sha256: Its checksum.
        folder: The folder inside the archive that holds the members.
    """

    url: str
    bytes: int
    sha256: str
    folder: str


@dataclass(frozen=True)
class Source:
    """A data set that gnnrec knows how to read.

    A new one is a file in this folder with a `SOURCE`; lists, pages and contract tests find it by themselves.

    Attributes:
        name: Address of the data set in links and on the command line.
        title: Name for the screen.
        folder: Folder under `$GNNREC_DATA`.
        summary: One sentence: what is in it.
        publisher: The publisher's page.
        licence: Terms of use.
        citation: How to cite.
        words: Names used in sentences.
        read: Folder → Dataset.
        members: The files it needs, with their checksums; empty for files that travel with the package.
        editions: Files of which one is enough, the fullest first; `read` takes the first that is there. Each
            gives interactions of its own, and so fingerprints of its own.
        extras: Further files that add something where they are: path under `$GNNREC_DATA` → checksum.
        archive: Where to download it, None where it cannot be had by a plain download.
        shipped: Folder inside the package, for data that travels with it.
        repeated: Repeated pairs of person and item in its files that `read` leaves out.
    """

    name: str
    title: str
    folder: str
    summary: str
    publisher: str
    licence: Licence
    citation: str
    words: Words
    read: Callable[[Path], Dataset]
    members: Mapping[str, Member] = field(default_factory=dict)
    editions: Mapping[str, Member] = field(default_factory=dict)
    extras: Mapping[str, Member] = field(default_factory=dict)
    archive: Archive | None = None
    shipped: Path | None = None
    repeated: int = 0

    @property
    def location(self) -> Path:
        """The folder that holds, or should hold, the files."""
        return self.shipped or places.data_root() / self.folder

    @property
    def shown_location(self) -> str:
        """The folder as an error or a page names it."""
        return str(self.shipped) if self.shipped else f"$GNNREC_DATA/{self.folder} ({self.location})"

    @property
    def present(self) -> bool:
        """Whether its files are there; whether they are sound shows when they are opened."""
        return self.location.is_dir() and not self._missing

    @property
    def edition(self) -> str | None:
        """The file among `editions` that is read, or None."""
        return next((name for name in self.editions if (self.location / name).is_file()), None)

    @property
    def fullest(self) -> str | None:
        """The edition that a download brings, or None where there are no editions."""
        return next(iter(self.editions), None)

    @property
    def needed(self) -> list[str]:
        """The files it is read from; the fullest edition where none is there yet."""
        chosen = self.edition or self.fullest
        return [*self.members, *([chosen] if chosen else [])]

    @property
    def _missing(self) -> list[str]:
        return [name for name in self.needed if not (self.location / name).is_file()]

    @property
    def reason_absent(self) -> str:
        """Why it cannot be opened, in words; empty where its files are there."""
        if self.present:
            return ""
        if not self.location.is_dir():
            return "not downloaded yet"
        missing = self._missing
        return f"{len(missing)} of {len(self.needed)} files are missing, such as {missing[0]}"

    @property
    def how_to_get(self) -> str:
        """The next step for somebody who does not have it."""
        if self.archive is None:
            return f"Get it from {self.publisher} and put its files into {self.shown_location}."
        archive = self.archive
        return (
            f"Run `gnnrec data download {self.name}`, or download {archive.url} (sha256 {archive.sha256}) "
            f"and put the files of its folder {archive.folder}/ into {self.shown_location}."
        )

    def open(self) -> Dataset:
        """Read it, after comparing every file with its checksum.

        Raises:
            DataError: It is absent, incomplete, damaged or another edition.
        """
        if not self.present:
            raise DataError(
                where=f"data set {self.name}",
                found=self.reason_absent,
                expected=f"its files in {self.shown_location}",
                todo=self.how_to_get,
            )
        self.verify()
        return self.read(self.location)

    def verify(self) -> None:
        """Compare each file that is read with the publisher's checksum.

        Raises:
            DataError: A file differs; it is named, with both checksums.
        """
        for name in self.needed:
            _verify(self.location / name, {**self.members, **self.editions}[name], self)
        for name, member in self.extras.items():
            if (places.data_root() / name).is_file():
                _verify(places.data_root() / name, member, self)

    @property
    def stamp(self) -> str:
        """Changes whenever a file does: what a cache of the opened data set has to be keyed by."""
        names = self.needed or sorted(path.name for path in self.location.glob("*.parquet"))
        paths = [self.location / name for name in names] + [places.data_root() / name for name in self.extras]
        stats = [(path, path.stat()) for path in paths if path.is_file()]
        marks = "\n".join(f"{path}:{stat.st_size}:{stat.st_mtime_ns}" for path, stat in stats)
        return hashlib.sha256(marks.encode()).hexdigest()


def _verify(path: Path, member: Member, source: Source) -> None:
    stat = path.stat()
    found, expected = f"{stat.st_size:,} bytes", f"{member.bytes:,} bytes"
    if found == expected:
        found, expected = _checksum(path, member, stat.st_size, stat.st_mtime_ns), member.checksum
    if found != expected:
        raise DataError(
            where=f"{source.name}, file {path.name}",
            found=found,
            expected=expected,
            todo=f"Put the publisher's file in its place. {source.how_to_get}",
        )


@lru_cache(maxsize=512)
def _checksum(path: Path, member: Member, _size: int, _modified: int) -> str:
    """The checksum of a file, computed again only when its size or time of change differs."""
    with path.open("rb") as file:
        return member.checksum_of(file)

"""Download of a published data set: an explicit act, checked byte by byte before anything is put in place."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from gnnrec import places
from gnnrec.datasets.source import Source
from gnnrec.errors import DataError

Opener = Callable[[str], AbstractContextManager[BinaryIO]]

_CHUNK = 1 << 16
_TIMEOUT_S = 30


def download(source: Source, *, opener: Opener | None = None) -> Path:
    """Get the files of a source from its publisher.

    Members are read from the archive by the names known here; no path is taken from it.

    Args:
        source: What to get.
        opener: Opens an address for reading; the network by default.

    Returns:
        The folder with the files.

    Raises:
        ConfigError: In a public demo.
        DataError: It cannot be downloaded, or what arrives is not what the publisher made.
    """
    places.require_writes("Downloading data")
    if source.shipped:
        return source.location
    if source.archive is None:
        raise DataError(
            where=f"data set {source.name}",
            found="its publisher offers no plain download",
            expected="an archive",
            todo=source.how_to_get,
        )
    if source.present and source.edition == source.fullest:
        source.verify()
        return source.location
    try:
        places.data_root().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=places.data_root()) as folder:
            archive = Path(folder) / "archive.zip"
            _fetch(source, archive, opener or _open)
            members = _unpack(source, archive, Path(folder))
            source.location.mkdir(parents=True, exist_ok=True)
            for path in members:
                os.replace(path, source.location / path.name)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        reason = getattr(error, "reason", None) or error
        raise _failed(source, str(reason) or type(error).__name__) from None
    return source.location


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to another https address."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not newurl.startswith("https://"):
            raise OSError(f"redirected to {newurl[:80]}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str) -> AbstractContextManager[BinaryIO]:
    return urllib.request.build_opener(_HttpsOnly).open(url, timeout=_TIMEOUT_S)


def _fetch(source: Source, target: Path, opener: Opener) -> None:
    archive = source.archive
    if not archive.url.startswith("https://"):
        raise OSError("the address is not https")
    digest, size = hashlib.sha256(), 0
    with opener(archive.url) as response, open(target, "wb") as file:
        while chunk := response.read(_CHUNK):
            size += len(chunk)
            if size > archive.bytes:
                raise OSError(f"more than the expected {archive.bytes:,} bytes arrived")
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != archive.sha256:
        raise OSError(f"what arrived has {size:,} bytes and sha256 {digest.hexdigest()}")


def _unpack(source: Source, archive: Path, folder: Path) -> list[Path]:
    """The members, each written under its known name and equal to its checksum."""
    written = []
    with zipfile.ZipFile(archive) as packed:
        wanted = dict(source.members)
        if source.fullest:
            wanted[source.fullest] = source.editions[source.fullest]
        for name, member in wanted.items():
            with (
                packed.open(f"{source.archive.folder}/{name}") as packed_file,
                open(folder / name, "wb") as file,
            ):
                # One byte more than known is enough to notice; an archive that lies about sizes stops here.
                content = packed_file.read(member.bytes + 1)
                if member.checksum_of(io.BytesIO(content)) != member.checksum:
                    raise OSError(f"{name} in the archive is not the publisher's file")
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            written.append(folder / name)
    return written


def _failed(source: Source, reason: str) -> DataError:
    archive = source.archive
    return DataError(
        where=archive.url,
        found=f"the download failed ({reason[:300]})",
        expected=f"{archive.bytes:,} bytes with sha256 {archive.sha256}",
        todo="Nothing was changed. Try again later, or download it in a browser and put the files of its "
        f"folder {archive.folder}/ into {source.shown_location}.",
    )

"""Open a zipped document (Word, LibreOffice) without letting it unpack more than it may."""

from __future__ import annotations

import io
import zipfile
import zlib

from .model import Fault, Unread

#: What a whole file, and one part of it that is read, may unpack to. Bytes.
LARGEST, LARGEST_PART = 200_000_000, 40_000_000
_MOST_PARTS = 5_000


class Archive:
    """A zip whose declared sizes have been checked; ``zipfile`` never reads past a declared size."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError) as broken:
            raise Unread(Fault.DAMAGED) from broken
        parts = self._zip.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
            raise Unread(Fault.TOO_HEAVY)
        if any(part.file_size > LARGEST_PART and part.filename.endswith(".xml") for part in parts):
            raise Unread(Fault.TOO_HEAVY)
        if any(part.flag_bits & 1 for part in parts):
            raise Unread(Fault.LOCKED)
        self.names = frozenset(part.filename for part in parts)

    def xml(self, name: str) -> bytes:
        """One part in full; a document that declares entities of its own is refused.

        Raises:
            Unread: it is missing, damaged or too large.
        """
        try:
            part = self._zip.getinfo(name)
            if part.file_size > LARGEST_PART:
                raise Unread(Fault.TOO_HEAVY)
            content = self._zip.read(part)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            OSError,
            RuntimeError,
            ValueError,
        ) as broken:
            raise Unread(Fault.DAMAGED) from broken
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise Unread(Fault.DAMAGED)
        return content

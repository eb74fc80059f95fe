"""Evidence on disk: each file under its SHA-256, in folders of two levels, written whole or not at all."""

import hashlib
import os
import uuid
import zipfile
from pathlib import Path
from typing import IO, Any

import puremagic

from services.intake.files.model import (
    DOCUMENT,
    LARGEST_FILE,
    LARGEST_UNFOLDED,
    MOST_PARTS,
    TYPES,
    WORKBOOK,
    StoredFile,
)
from services.intake.files.rules import media_type_of, too_large, unsafe

CHUNK = 256 * 1024


# What the sniffer calls them where it differs from the registered name.
SAME_TYPE = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "application/x-pdf": "application/pdf",
}
OOXML_MAIN = {
    DOCUMENT: b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    WORKBOOK: b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
LONGEST_CONTENT_TYPES = 1024 * 1024


class EvidenceFolder:
    """`services.intake.ports.EvidenceFiles` in a folder. A name a client gave never becomes part of a path."""

    def __init__(self, folder: Path, *, scanned: bool = False) -> None:
        self.folder = folder
        self.scanned = scanned
        self.incoming = folder / "incoming"

    def check(self) -> dict[str, Any]:
        """For health: whether files can be kept."""
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        return {"ok": os.access(self.incoming, os.W_OK | os.X_OK)}

    def store(self, stream: IO[bytes], client_name: str | None) -> StoredFile:
        """Read at most the limit, look what it is, and keep it; safely on disk when this returns."""
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self.incoming / uuid.uuid4().hex
        try:
            sha256, size = self._receive(stream, partial)
            media_type = media_type_of(sniff(partial), client_name)
            self._keep(partial, sha256)
        finally:
            partial.unlink(missing_ok=True)
        return StoredFile(sha256, size, media_type)

    def path(self, sha256: str) -> Path | None:
        """The stored file, or None."""
        path = self._place(sha256)
        return path if path.is_file() else None

    def delete(self, sha256: str) -> None:
        """Remove the file; safely gone when this returns."""
        place = self._place(sha256)
        if place.exists():
            place.unlink()
            _sync_folder(place.parent)

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _receive(self, stream: IO[bytes], partial: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > LARGEST_FILE:
                    raise too_large()
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise unsafe("empty")
        return digest.hexdigest(), size

    def _keep(self, partial: Path, sha256: str) -> None:
        place = self._place(sha256)
        for folder in (place.parent.parent, place.parent):
            if not folder.exists():
                folder.mkdir(exist_ok=True, mode=0o700)
                _sync_folder(folder.parent)
        if not place.exists():
            partial.chmod(0o400)
            partial.replace(place)
        _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    """A new name is only safe once its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sniff(path: Path) -> str | None:
    """The media type by content, or None if unknown; raises a Refusal for archives that are not what they seem."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return _archive_type(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # OLE: an old Office file, or a new one under a password.
        raise unsafe("encrypted") if _holds_encrypted_package(path) else unsafe("old")
    try:
        found = puremagic.magic_file(path)
    except (puremagic.PureError, ValueError):
        return None
    types = [SAME_TYPE.get(match.mime_type, match.mime_type) for match in found]
    known = next((name for name in types if name in TYPES), None)
    return known if known in ("application/pdf", "image/png", "image/jpeg") and _begins_as(head, known) else None


def _begins_as(head: bytes, media_type: str) -> bool:
    """The sniffer also guesses by endings of files; the beginning has to say it too."""
    beginnings = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
    return head.startswith(beginnings[media_type])


def _holds_encrypted_package(path: Path) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()


def _archive_type(path: Path) -> str | None:
    """Office documents are ZIP files: judged by their own table of contents, never unfolded as a whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_UNFOLDED:
                raise unsafe("unfolds")
            if any(part.flag_bits & 0x1 for part in parts):
                raise unsafe("encrypted")
            names = {part.filename for part in parts}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise unsafe("macros")
            if "mimetype" in names:
                return _read(archive, "mimetype", 200).decode("ascii", "replace").strip()
            if "[Content_Types].xml" in names:
                listed = _read(archive, "[Content_Types].xml", LONGEST_CONTENT_TYPES)
                return next((name for name, main in OOXML_MAIN.items() if main in listed), None)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError) as error:
        raise unsafe("broken") from error
    return None


def _read(archive: zipfile.ZipFile, name: str, longest: int) -> bytes:
    with archive.open(name) as part:
        return part.read(longest)

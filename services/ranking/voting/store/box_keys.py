"""Box keys: papers are sealed with HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305); private keys are files.

A private key is made when its box opens and destroyed after the box has closed. Until then, whoever holds both the
key's file and the database can read the papers; afterwards nobody can, not even from an old copy of the database.
"""

import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from services.ranking.voting.ports import KeyMissing

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class BoxKeyFiles:
    """`services.ranking.voting.ports.BoxKeys` in a folder outside the database, one file a box, 32 raw bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def create(self, box: uuid.UUID) -> bytes:
        """Make a key pair; the private key is on disk before the public one is returned."""
        private = X25519PrivateKey.generate()
        descriptor = os.open(self._path(box), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private.private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        self._sync_folder()
        return private.public_key().public_bytes_raw()

    def seal(self, public_key: bytes, box: uuid.UUID, content: bytes) -> bytes:
        """Seal to a public key; the box's id is bound in, so that a paper opens in its own box only."""
        return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public_key), box.bytes)

    def open(self, box: uuid.UUID, sealed: Sequence[bytes]) -> list[bytes | None]:
        """The contents in the given order; None where something was sealed to another key or changed since."""
        try:
            private = X25519PrivateKey.from_private_bytes(self._path(box).read_bytes())
        except (OSError, ValueError) as error:
            raise KeyMissing(str(box)) from error
        return [self._opened(private, box, paper) for paper in sealed]

    def _opened(self, private: X25519PrivateKey, box: uuid.UUID, sealed: bytes) -> bytes | None:
        try:
            return _SUITE.decrypt(sealed, private, box.bytes)
        except (InvalidTag, ValueError):
            return None

    def destroy(self, box: uuid.UUID) -> None:
        """Overwrite and remove the key; a second time does nothing."""
        path = self._path(box)
        try:
            with path.open("r+b") as file:
                file.write(os.urandom(32))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._sync_folder()

    def _path(self, box: uuid.UUID) -> Path:
        return self.folder / f"{box}.key"

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""Ed25519 keys of editions, named by their RFC 7638 thumbprint."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class UnusableKeyError(Exception):
    """What was given as a key is no Ed25519 key; the message says what was expected, never the key."""


@dataclass(frozen=True)
class PublicKey:
    """32 raw bytes and what follows from them."""

    raw: bytes

    @property
    def text(self) -> str:
        """The raw key in base64url, as JWK's `x`."""
        return encoded(self.raw)

    @property
    def key_id(self) -> str:
        """RFC 7638 thumbprint of the JWK."""
        jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": self.text}, separators=(",", ":"), sort_keys=True)
        return encoded(hashlib.sha256(jwk.encode()).digest())

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made the signature (64 bytes) of the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The private key of a service."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        raw, encoding = serialization.PublicFormat.Raw, serialization.Encoding.Raw
        return PublicKey(self.private.public_key().public_bytes(encoding, raw))

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes; the same message always gives the same."""
        return self.private.sign(message)


def signing_key(pem: bytes) -> SigningKey:
    """The key of an unencrypted PKCS #8 PEM. Raises UnusableKeyError."""
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableKeyError("expected an unencrypted PEM private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UnusableKeyError("expected an Ed25519 key")
    return SigningKey(private)


def public_keys(content: bytes) -> list[PublicKey]:
    """The keys in a PEM, a JWK, a JWKS, or a raw key in base64url or hexadecimal. Raises UnusableKeyError."""
    text = content.decode("utf-8", "replace").strip()
    if text.startswith("-----BEGIN"):
        return [_from_pem(text.encode())]
    if text.startswith("{"):
        return _from_json(text)
    if len(text) == 64:
        try:
            return [PublicKey(bytes.fromhex(text))]
        except ValueError:
            pass
    return [_raw(text)]


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Reads strict base64url without padding. Raises ValueError for any other notation of the same bytes."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if encoded(raw) != text:
        raise ValueError("not base64url")
    return raw


def _from_pem(pem: bytes) -> PublicKey:
    try:
        public = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKeyError("expected a PEM public key") from error
    if not isinstance(public, Ed25519PublicKey):
        raise UnusableKeyError("expected an Ed25519 key")
    return PublicKey(public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def _from_json(text: str) -> list[PublicKey]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableKeyError("expected a JWK or a JWKS") from error
    found = document.get("keys", [document])
    listed = found if isinstance(found, list) else []
    keys = [jwk for jwk in listed if isinstance(jwk, dict) and jwk.get("crv") == "Ed25519"]
    if not keys:
        raise UnusableKeyError("expected a JWK or a JWKS with an Ed25519 key")
    return [_raw(jwk.get("x")) for jwk in keys]


def _raw(text: Any) -> PublicKey:
    try:
        raw = decoded(text) if isinstance(text, str) else b""
    except ValueError as error:
        raise UnusableKeyError("expected 32 bytes in base64url or hexadecimal") from error
    if len(raw) != 32:
        raise UnusableKeyError("expected 32 bytes in base64url or hexadecimal")
    return PublicKey(raw)

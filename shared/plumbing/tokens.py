"""Signed tokens that say who acts: ten minutes for people, one minute between services. Ed25519, nothing else.

`trusted_keys.json` maps issuers to key sets (RFC 7517): `{"intake": {"keys": [...]}, "verify": {"keys": [...]}}`.
An issuer may have several keys, so that a new one can be trusted before it signs and an old one until its last token
has expired. Only intake, and issuers whose key set carries `"signs_people": true`, may say who a *person* is: the
key of any other service proves that service alone.
"""

import hashlib
import json
import math
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from shared.clock import Clock, SystemClock
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Actor, ActorKind

SUITE = "cong-tam"  # the audience of people's tokens: every service of the suite
IDENTITY_ISSUER = "intake"
PERSON_LIFETIME = timedelta(minutes=10)
SERVICE_LIFETIME = timedelta(seconds=60)
# Clocks of two machines may differ a little: a token from the near future is taken, an expired one never.
EARLY = timedelta(seconds=5)
# RFC 9864's name for EdDSA on Curve25519; the polymorphic name "EdDSA" is deprecated and refused.
ALGORITHM = "Ed25519"
# A cookie holds 4,096 bytes with its name and attributes.
LONGEST_TOKEN = 3800
_REGISTRY = JWSRegistry(algorithms=[ALGORITHM])


class UnusableKeyError(Exception):
    """A key or the list of trusted keys cannot be used; the message says which and why, never the key."""


class TokenRefused(Refusal):
    """The token proves nothing. `code` is token_missing, token_expired, token_invalid or token_revoked."""

    def __init__(self, code: str, message: Sentence) -> None:
        super().__init__(code, Kind.UNAUTHENTICATED, message)


def _invalid() -> TokenRefused:
    # One sentence for everything that is wrong: a forger learns nothing from it.
    return TokenRefused("token_invalid", sentence("This sign-in cannot be verified. Please sign in again."))


def _expired() -> TokenRefused:
    return TokenRefused("token_expired", sentence("Your sign-in has expired. Please sign in again."))


# --- keys -----------------------------------------------------------------------------------------------------


def create_signing_key(path: Path) -> None:
    """Make an Ed25519 key in a new file (PEM, PKCS #8) that only its owner can read."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def load_signing_key(path: Path) -> OKPKey:
    """The private key of a PEM file; its `kid` is the RFC 7638 thumbprint. Raises UnusableKeyError."""
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableKeyError(
            f"{path.name}: no readable unencrypted PEM private key ({type(error).__name__})"
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UnusableKeyError(f"{path.name}: not an Ed25519 key")
    return _with_thumbprint(OKPKey.import_key(_raw_jwk(private)))


def public_jwk(key: OKPKey) -> dict[str, Any]:
    """The public half of a key as it is published and trusted."""
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}


def _raw_jwk(private: Ed25519PrivateKey) -> Any:
    from joserfc.util import urlsafe_b64encode

    raw, encoding = serialization.PrivateFormat.Raw, serialization.Encoding.Raw
    secret = private.private_bytes(encoding, raw, serialization.NoEncryption())
    public = private.public_key().public_bytes(encoding, serialization.PublicFormat.Raw)
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": urlsafe_b64encode(secret).decode(),
        "x": urlsafe_b64encode(public).decode(),
    }


def _with_thumbprint(key: OKPKey) -> OKPKey:
    return OKPKey.import_key({**key.as_dict(private=key.is_private), "kid": key.thumbprint()})


# --- whom we trust --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrustedIssuer:
    """An issuer's public keys by `kid`, and whether it may say who a person is."""

    keys: Mapping[str, OKPKey]
    signs_people: bool


def read_trusted_keys(path: Path) -> dict[str, Any]:
    """The document of `trusted_keys.json`, checked: issuer → key set. Raises UnusableKeyError."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableKeyError(f"{path.name}: not a readable JSON document ({type(error).__name__})") from error
    trusted_issuers(document)
    checked: dict[str, Any] = document
    return checked


def trusted_issuers(document: Mapping[str, Any]) -> dict[str, TrustedIssuer]:
    """Issuer → keys, from issuer → JWKS. Raises UnusableKeyError for anything but public Ed25519 keys."""
    if not isinstance(document, Mapping) or not document:
        raise UnusableKeyError("trusted keys: expected an object of issuers, each with a key set")
    issuers: dict[str, TrustedIssuer] = {}
    for issuer, key_set in document.items():
        if not isinstance(key_set, Mapping) or not isinstance(key_set.get("keys"), list) or not key_set["keys"]:
            raise UnusableKeyError(f"trusted keys of {issuer}: expected a key set with at least one key")
        keys = [_trusted_key(issuer, jwk) for jwk in key_set["keys"]]
        signs_people = key_set.get("signs_people", issuer == IDENTITY_ISSUER)
        if not isinstance(signs_people, bool):
            raise UnusableKeyError(f"trusted keys of {issuer}: signs_people is true or false")
        issuers[issuer] = TrustedIssuer({str(key.kid): key for key in keys}, signs_people)
    return issuers


def _trusted_key(issuer: str, jwk: Any) -> OKPKey:
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise UnusableKeyError(f"trusted keys of {issuer}: only Ed25519 keys are trusted")
    if "d" in jwk:
        raise UnusableKeyError(f"trusted keys of {issuer}: a private key does not belong here")
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": str(jwk.get("x"))})
        key.raw_value  # noqa: B018 - decodes the point, which is what may fail
        named = jwk.get("kid") or key.thumbprint()
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": str(jwk["x"]), "kid": str(named)})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise UnusableKeyError(f"trusted keys of {issuer}: a key cannot be read ({type(error).__name__})") from error


# --- signing --------------------------------------------------------------------------------------------------


class TokenSigner:
    """Signs in the name of one service."""

    def __init__(self, issuer: str, key: OKPKey, clock: Clock | None = None) -> None:
        if not key.is_private:
            raise UnusableKeyError("a signer needs a private key")
        self.issuer = issuer
        self.key = _with_thumbprint(key)
        self.clock: Clock = clock or SystemClock()

    def person_token(
        self, actor: Actor, lifetime: timedelta = PERSON_LIFETIME, issued_at: datetime | None = None
    ) -> str:
        """A token for a person (or a person's API client), good at every service of the suite.

        `issued_at`: when it was decided that the actor is who they are; by default now. Raises a
        Refusal when the grants are so many that no browser would keep the cookie.
        """
        if actor.kind not in (ActorKind.PERSON, ActorKind.CLIENT):
            raise ValueError("only people and their clients get such a token")
        token = self._sign(actor.to_claims(), SUITE, lifetime, issued_at)
        if len(token) > LONGEST_TOKEN:
            raise Refusal(
                "too_many_grants",
                Kind.CONFLICT,
                sentence("This account has more roles, units and criteria than a sign-in can carry; divide them."),
            )
        return token

    def service_token(self, audience: str, lifetime: timedelta = SERVICE_LIFETIME) -> str:
        """A token that says "this service is asking", good at one other service."""
        return self._sign({"sub": self.issuer, "knd": str(ActorKind.SERVICE)}, audience, lifetime)

    def jwks(self) -> dict[str, Any]:
        """The key set to publish at `/.well-known/jwks.json`."""
        return {"keys": [public_jwk(self.key)]}

    def _sign(
        self, claims: Mapping[str, Any], audience: str, lifetime: timedelta, issued_at: datetime | None = None
    ) -> str:
        now = issued_at or self.clock.now()
        payload = {
            "iss": self.issuer,
            "aud": audience,
            # With fractions: a token signed right after a revocation must not look older than it.
            "iat": round(now.timestamp(), 6),
            "exp": math.ceil((now + lifetime).timestamp()),
            **claims,
        }
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self.key.kid}
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return jws.serialize_compact(header, text.encode(), self.key, registry=_REGISTRY)


# --- verifying ------------------------------------------------------------------------------------------------


class TokenVerifier:
    """Turns a token into the actor it proves. `audience` is the name of the service that asks."""

    def __init__(self, trusted: Mapping[str, Any], audience: str, clock: Clock | None = None) -> None:
        self.trusted = trusted_issuers(trusted)
        self.audience = audience
        self.clock: Clock = clock or SystemClock()

    def verify(self, token: str) -> Actor:
        """The actor, with `issued_at`. Raises TokenRefused (token_expired, token_invalid)."""
        issuer, trusted = self._issuer(token)
        claims = self._claims(token, trusted)
        moment = self.clock.now().timestamp()
        issued, expires, not_before = (_moment(claims, name) for name in ("iat", "exp", "nbf"))
        if issued is None or expires is None:
            raise _invalid()
        if max(issued, not_before or issued) > moment + EARLY.total_seconds():
            raise _invalid()
        try:
            actor = Actor.from_claims(claims, datetime.fromtimestamp(issued, UTC))
        except ValueError as error:
            raise _invalid() from error
        self._check_standing(actor, issuer, trusted, claims.get("aud"))
        # Last of all: only a token that is good in every other way is called expired.
        if moment >= expires:
            raise _expired()
        return actor

    def _issuer(self, token: str) -> tuple[str, TrustedIssuer]:
        issuer = unverified_claims(token).get("iss")
        trusted = self.trusted.get(issuer) if isinstance(issuer, str) else None
        if trusted is None:
            raise _invalid()
        return str(issuer), trusted

    def _claims(self, token: str, trusted: TrustedIssuer) -> dict[str, Any]:
        try:
            header = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
            key = trusted.keys.get(str(header.get("kid")))
            if key is None or header.get("alg") != ALGORITHM:
                raise _invalid()
            signed = jws.deserialize_compact(token, key, algorithms=[ALGORITHM], registry=_REGISTRY)
            claims = json.loads(signed.payload or b"")
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise _invalid() from error
        if not isinstance(claims, dict):
            raise _invalid()
        return claims

    def _check_standing(self, actor: Actor, issuer: str, trusted: TrustedIssuer, audience: Any) -> None:
        """Whether this issuer may say this about this actor, to us."""
        audiences = audience if isinstance(audience, list) else [audience]
        if actor.kind in (ActorKind.PERSON, ActorKind.CLIENT):
            if not trusted.signs_people or SUITE not in audiences:
                raise _invalid()
        elif actor.kind is ActorKind.SERVICE:
            if actor != replace(actor, account=issuer, name="", home_units=(), grants=(), session=None):
                raise _invalid()
            if self.audience not in audiences:
                raise _invalid()
        else:
            raise _invalid()


def unverified_claims(token: str) -> dict[str, Any]:
    """What a token says of itself, believed by nobody: for choosing a key, never for deciding. {} if unreadable."""
    try:
        claims = json.loads(jws.extract_compact(token.encode(), registry=_REGISTRY).payload or b"")
    except (JoseError, ValueError, TypeError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    # Written so that NaN fails too; the bound is the last moment a datetime can hold.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 253_402_300_800:
        raise _invalid()
    return float(value)


# --- opaque keys of outside clients ---------------------------------------------------------------------------


def new_client_key() -> str:
    """An opaque key for an outside API client: 256 random bits, recognisable by its beginning."""
    return "ctk_" + secrets.token_urlsafe(32)


def hash_client_token(token: str) -> str:
    """How an opaque key or session secret is stored: SHA-256 in hexadecimal. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

"""Tokens: what is signed comes back as it was; everything else proves nothing."""

import base64
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from shared.clock import FrozenClock
from shared.contracts.refusals import Kind, Refusal
from shared.people import ANONYMOUS, Actor, ActorKind, Grant, Role
from shared.plumbing.tokens import (
    TokenRefused,
    TokenSigner,
    TokenVerifier,
    UnusableKeyError,
    create_signing_key,
    hash_client_token,
    load_signing_key,
    new_client_key,
    public_jwk,
    read_trusted_keys,
    trusted_issuers,
)

NOON = datetime(2026, 1, 31, 5, 0, 0, 250_000, tzinfo=UTC)
OFFICER = Actor(
    "acc-1",
    "Trần Văn Đức",
    (("central", "HN"),),
    (
        Grant(Role.PROVINCE_OFFICER, "central", units=("HN",)),
        Grant(Role.CONTRIBUTOR, "central", ("HN",), None, ("I.1",)),
    ),
    "ses-1",
)
SAMPLE_KEY = OKPKey.generate_key("Ed25519")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def key(tmp_path: Path) -> OKPKey:
    create_signing_key(tmp_path / "intake.pem")
    return load_signing_key(tmp_path / "intake.pem")


@pytest.fixture
def intake(key: OKPKey, clock: FrozenClock) -> TokenSigner:
    return TokenSigner("intake", key, clock)


@pytest.fixture
def verify(clock: FrozenClock) -> TokenSigner:
    return TokenSigner("verify", OKPKey.generate_key("Ed25519"), clock)


@pytest.fixture
def verifier(intake: TokenSigner, verify: TokenSigner, clock: FrozenClock) -> TokenVerifier:
    return TokenVerifier({"intake": intake.jwks(), "verify": verify.jwks()}, "ranking", clock)


def forged(key: Any, header: dict[str, Any], algorithm: str = "Ed25519", **claims: Any) -> str:
    """A correctly signed token with anything in it."""
    registry = JWSRegistry(algorithms=[algorithm])
    header = {"alg": algorithm, "typ": "JWT", **header}
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, registry=registry)


def claims_of(actor: Actor = OFFICER, **changes: Any) -> dict[str, Any]:
    issued = NOON.timestamp()
    claims = {"iss": "intake", "aud": "cong-tam", "iat": issued, "exp": issued + 600, **actor.to_claims(), **changes}
    return {name: value for name, value in claims.items() if value is not ...}


def refused(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        verifier.verify(token)
    assert caught.value.kind is Kind.UNAUTHENTICATED
    return caught.value.code


def test_a_person_comes_back_as_they_were(intake: TokenSigner, verifier: TokenVerifier) -> None:
    actor = verifier.verify(intake.person_token(OFFICER))
    assert (actor.account, actor.name, actor.home_units, actor.grants, actor.session, actor.kind) == (
        OFFICER.account,
        OFFICER.name,
        OFFICER.home_units,
        OFFICER.grants,
        OFFICER.session,
        ActorKind.PERSON,
    )
    # To the microsecond: a token signed just after a revocation is not caught by it.
    assert actor.issued_at == NOON


def test_a_service_is_known_by_its_name_only(verify: TokenSigner, verifier: TokenVerifier) -> None:
    actor = verifier.verify(verify.service_token("ranking"))
    assert (actor.account, actor.kind, actor.grants, actor.home_units) == ("verify", ActorKind.SERVICE, (), ())


@pytest.mark.parametrize(
    ("lifetime", "make"),
    [
        (600, lambda intake, verify: intake.person_token(OFFICER)),
        (60, lambda i, verify: verify.service_token("ranking")),
    ],
)
def test_tokens_live_ten_minutes_and_one(
    lifetime: int, make: Any, intake: TokenSigner, verify: TokenSigner, verifier: TokenVerifier, clock: FrozenClock
) -> None:
    token = make(intake, verify)
    clock.forward(seconds=lifetime)
    assert verifier.verify(token).is_known
    clock.forward(seconds=1)
    assert refused(verifier, token) == "token_expired"


def test_a_token_from_the_future_is_refused_beyond_a_small_drift(
    intake: TokenSigner, verifier: TokenVerifier, clock: FrozenClock, key: OKPKey
) -> None:
    token = intake.person_token(OFFICER)
    clock.forward(seconds=-4)
    assert verifier.verify(token).is_known
    clock.forward(seconds=-4)
    assert refused(verifier, token) == "token_invalid"
    clock.moment = NOON
    assert refused(verifier, forged(key, {"kid": key.kid}, **claims_of(nbf=NOON.timestamp() + 60))) == "token_invalid"


def test_another_audience_is_refused(verify: TokenSigner, verifier: TokenVerifier, key: OKPKey) -> None:
    assert refused(verifier, verify.service_token("intake")) == "token_invalid"
    # A person's token is for the suite, a service's for one service; neither passes for the other.
    assert refused(verifier, verify.service_token("cong-tam")) == "token_invalid"
    assert refused(verifier, forged(key, {"kid": key.kid}, **claims_of(aud="ranking"))) == "token_invalid"
    assert refused(verifier, forged(key, {"kid": key.kid}, **claims_of(aud=...))) == "token_invalid"


def test_only_the_identity_issuer_may_sign_for_people(
    verify: TokenSigner, verifier: TokenVerifier, clock: FrozenClock
) -> None:
    kid = {"kid": verify.key.kid}
    assert refused(verifier, forged(verify.key, kid, **claims_of(iss="verify"))) == "token_invalid"
    # Saying "intake" does not help: the key is looked for among intake's.
    assert refused(verifier, forged(verify.key, kid, **claims_of(iss="intake"))) == "token_invalid"
    # Nor does calling oneself a service with roles, or another service.
    disguised = claims_of(iss="verify", knd="service", sub="verify", aud="ranking")
    assert refused(verifier, forged(verify.key, kid, **disguised)) == "token_invalid"
    other = claims_of(Actor("ranking", "", kind=ActorKind.SERVICE), iss="verify", aud="ranking")
    assert refused(verifier, forged(verify.key, kid, **other)) == "token_invalid"
    outside = TokenVerifier({"verify": {**verify.jwks(), "signs_people": True}}, "ranking", clock)
    assert outside.verify(forged(verify.key, kid, **claims_of(iss="verify"))).account == "acc-1"


def test_signers_refuse_what_they_must_not_say(verify: TokenSigner) -> None:
    with pytest.raises(ValueError, match="people"):
        verify.person_token(ANONYMOUS)
    with pytest.raises(UnusableKeyError):
        TokenSigner("verify", OKPKey.import_key(verify.key.as_dict(private=False)))


def test_no_other_algorithm_is_accepted(key: OKPKey, verifier: TokenVerifier) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    unsigned = f"{part({'alg': 'none', 'kid': key.kid})}.{part(claims_of())}."
    assert refused(verifier, unsigned) == "token_invalid"
    # The classic confusion: the public key, which everybody knows, used as an HMAC secret.
    for secret in (
        key.as_pem(private=False),
        key.as_dict(private=False)["x"].encode(),
        key.raw_value.public_key().public_bytes_raw(),
    ):
        signed = f"{part({'alg': 'HS256', 'kid': key.kid})}.{part(claims_of())}"
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256")).rstrip(b"=").decode()
        assert refused(verifier, f"{signed}.{mac}") == "token_invalid"


def test_unknown_issuers_and_keys_are_refused(key: OKPKey, verifier: TokenVerifier) -> None:
    stranger = OKPKey.generate_key("Ed25519")
    assert refused(verifier, forged(stranger, {"kid": stranger.thumbprint()}, **claims_of())) == "token_invalid"
    assert refused(verifier, forged(stranger, {"kid": key.kid}, **claims_of())) == "token_invalid"
    assert refused(verifier, forged(key, {}, **claims_of())) == "token_invalid"
    assert refused(verifier, forged(key, {"kid": key.kid}, **claims_of(iss="mallory"))) == "token_invalid"
    assert refused(verifier, forged(key, {"kid": key.kid}, **claims_of(iss=...))) == "token_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": ...},
        {"iat": ...},
        {"exp": "2099-01-01"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"iat": -1},
        {"iat": "now"},
        {"nbf": []},
        {"sub": ...},
        {"sub": 5},
        {"knd": "anonymous"},
        {"knd": ...},
        {"gra": [["administrator"]]},
        {"gra": [["province_officer", "central"]]},
    ],
)
def test_claims_of_another_shape_are_refused(key: OKPKey, verifier: TokenVerifier, changes: dict[str, Any]) -> None:
    assert refused(verifier, forged(key, {"kid": key.kid}, **claims_of(**changes))) == "token_invalid"


def test_a_changed_token_is_refused(intake: TokenSigner, verifier: TokenVerifier) -> None:
    head, body, signature = intake.person_token(OFFICER).split(".")
    raised = json.loads(base64.urlsafe_b64decode(body + "=="))
    raised["gra"] = [["administrator", "central"]]
    other = base64.urlsafe_b64encode(json.dumps(raised).encode()).rstrip(b"=").decode()
    assert refused(verifier, f"{head}.{other}.{signature}") == "token_invalid"


@given(st.text(max_size=60) | st.from_regex(r"[\w-]{0,30}\.[\w-]{0,30}\.[\w-]{0,30}", fullmatch=True))
def test_no_text_whatever_breaks_the_verifier(text: str) -> None:
    verifier = TokenVerifier({"intake": {"keys": [public_jwk(SAMPLE_KEY)]}}, "ranking", FrozenClock(NOON))
    assert refused(verifier, text) == "token_invalid"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), st.lists, max_leaves=5))
def test_no_signed_claims_break_the_verifier(value: Any) -> None:
    verifier = TokenVerifier({"intake": {"keys": [public_jwk(SAMPLE_KEY)]}}, "ranking", FrozenClock(NOON))
    header = {"kid": SAMPLE_KEY.thumbprint()}
    for name in ("iss", "aud", "iat", "exp", "nbf", "sub", "knd", "name", "hom", "gra", "sid"):
        token = forged(SAMPLE_KEY, header, **claims_of(**{name: value}))
        try:
            code = verifier.verify(token).kind
        except TokenRefused as refusal:
            code = refusal.code
        assert code in ("person", "token_invalid")


def test_old_and_new_keys_are_trusted_side_by_side(intake: TokenSigner, clock: FrozenClock) -> None:
    """Rotation: trust the new key, sign with it, forget the old one."""
    fresh = TokenSigner("intake", OKPKey.generate_key("Ed25519"), clock)
    old_token, new_token = intake.person_token(OFFICER), fresh.person_token(OFFICER)
    both = TokenVerifier({"intake": {"keys": intake.jwks()["keys"] + fresh.jwks()["keys"]}}, "verify", clock)
    assert both.verify(old_token).account == both.verify(new_token).account == "acc-1"
    after = TokenVerifier({"intake": fresh.jwks()}, "verify", clock)
    assert refused(after, old_token) == "token_invalid"
    assert after.verify(new_token).account == "acc-1"


def test_a_token_no_cookie_could_hold_is_not_signed(intake: TokenSigner) -> None:
    many = tuple(
        Grant(Role.CONTRIBUTOR, "central", (f"UNIT-{number}",), None, tuple("ABCDEFGH")) for number in range(99)
    )
    with pytest.raises(Refusal) as caught:
        intake.person_token(Actor("acc-1", "Hoa", (), many))
    assert caught.value.code == "too_many_grants"


def test_key_files_are_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    create_signing_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_signing_key(path)


def test_unusable_key_files_are_named_without_their_content(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n")
    with pytest.raises(UnusableKeyError, match=r"wrong\.pem") as caught:
        load_signing_key(wrong)
    assert "secret" not in str(caught.value)
    with pytest.raises(UnusableKeyError, match=r"absent\.pem"):
        load_signing_key(tmp_path / "absent.pem")
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    wrong.write_bytes(pem)
    with pytest.raises(UnusableKeyError, match="Ed25519"):
        load_signing_key(wrong)


def test_published_keys_hold_no_secret(intake: TokenSigner) -> None:
    (published,) = intake.jwks()["keys"]
    assert "d" not in published
    assert published["kid"] == OKPKey.import_key({k: published[k] for k in ("kty", "crv", "x")}).thumbprint()


def test_trusted_keys_are_read_from_a_file(tmp_path: Path, intake: TokenSigner, clock: FrozenClock) -> None:
    path = tmp_path / "trusted_keys.json"
    path.write_text(json.dumps({"intake": intake.jwks()}))
    assert TokenVerifier(read_trusted_keys(path), "verify", clock).verify(intake.person_token(OFFICER)).is_known
    path.write_text("{")
    with pytest.raises(UnusableKeyError, match=r"trusted_keys\.json"):
        read_trusted_keys(path)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"intake": []},
        {"intake": {"keys": []}},
        {"intake": {"keys": [5]}},
        {"intake": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
        {"intake": {"keys": [{"kty": "OKP", "crv": "X25519", "x": "AAAA"}]}},
        {"intake": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "short"}]}},
        {"intake": {"keys": [{"kty": "OKP", "crv": "Ed25519"}]}},
        {"intake": {"keys": [SAMPLE_KEY.as_dict(private=True)]}},
        {"intake": {"keys": [public_jwk(SAMPLE_KEY)], "signs_people": "yes"}},
    ],
)
def test_only_public_ed25519_keys_are_trusted(document: Any) -> None:
    with pytest.raises(UnusableKeyError):
        trusted_issuers(document)


def test_client_keys_are_unlike_each_other_and_stored_hashed() -> None:
    first, second = new_client_key(), new_client_key()
    assert first != second
    assert len(first) >= 43
    assert hash_client_token(first) == hash_client_token(first) != hash_client_token(second)
    assert len(hash_client_token("\ud800")) == 64

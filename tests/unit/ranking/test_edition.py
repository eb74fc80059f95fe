"""Editions: canonical, signed, chained; whatever is changed afterwards is found."""

import copy
import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.ranking.cli import main
from services.ranking.editions.rules.checking import Report, check_edition, follows
from services.ranking.editions.rules.edition import Edition, Head, build_edition, signed_bytes
from services.ranking.editions.rules.inputs import Inputs, Options, inputs_from_document
from services.ranking.editions.rules.keys import (
    PublicKey,
    SigningKey,
    UnusableKeyError,
    decoded,
    encoded,
    public_keys,
    signing_key,
)
from shared.contracts.refusals import BadInput
from shared.criteria.loader import load_document
from tests.unit.criteria.examples import table

GOLDEN = Path(__file__).parent / "golden" / "edition.json"
# The key of RFC 8032's first test; nobody may trust it.
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
))  # fmt: skip
OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
FRAMEWORK = load_document(
    table(3, missing="exclude", tie_breakers=["C1"], title={"vi": "Bảng điểm", "en": "Table"},
          bonuses=[{"code": "B1", "points_each": 5}])
)  # fmt: skip
ISSUED = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


def inputs(change: float = 0.0) -> Inputs:
    nan = np.nan
    points = np.array([[9.125 + change, 8, 7, nan], [9.125, nan, 1 / 3, 5], [5, 5, 5, nan], [nan, nan, nan, nan]])
    statuses = [["verified", "documented", "verified", ""], ["verified", "", "contested", ""], [""] * 4, [""] * 4]
    return Inputs(
        FRAMEWORK, ("VN-01", "VN-02", "VN-04", "VN-06"), ("A", "A", "A", "B"), points, statuses, Options(50, 0.25, 7)
    )


def head(**changes: Any) -> Head:
    settings: dict[str, Any] = {
        "number": 1, "cycle": "nam-2025", "audience": "public", "issued_at": ISSUED, "synthetic": True,
        "notice": {"vi": "Số liệu minh họa", "en": "Synthetic figures"}, "sheets": {"A": "0" * 64},
    }  # fmt: skip
    return Head(**{**settings, **changes})


def edition(**changes: Any) -> Edition:
    return build_edition(head(**changes), inputs(), KEY)


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(edition().canonical)
    return made


def messages(report: Report) -> list[str]:
    return [sentence.in_language("en") for sentence in report.messages]


def test_golden_edition() -> None:
    """The bytes of an edition never change by accident: old editions must stay checkable."""
    ours, kept = json.loads(edition().canonical), json.loads(GOLDEN.read_text("utf-8"))
    assert check_edition(kept, keys=[KEY.public]).holds
    for made in (ours, kept):  # the versions that computed it are signed, so they and the signature may differ
        del made["ranking"]["simulation"]["libraries"], made["signature"]
    assert rfc8785.dumps(ours) == rfc8785.dumps(kept)


def test_an_edition_is_canonical_and_carries_decimal_strings() -> None:
    made = edition()
    assert made.canonical == rfc8785.dumps(json.loads(made.canonical))
    assert list(json.loads(made.canonical)) == ["edition", "inputs", "ranking", "signature"]
    assert set(made.document["edition"]) >= {
        "number", "cycle", "audience", "issued_at", "supersedes", "previous_sha256", "key_id",
    }  # fmt: skip
    first = made.document["ranking"]["clusters"][0]["standings"][0]
    assert (first["unit"], first["total"], first["criteria"]["C1"]) == ("VN-01", "24.13", "9.13")
    assert made.document["inputs"]["points"][1]["points"] == {
        "C1": "9.125", "C2": None, "C3": "0.3333333333333333", "B1": "5",
    }  # fmt: skip
    assert made.inputs_sha256 == made.document["ranking"]["inputs_sha256"]


def test_the_signature_can_be_checked_with_nothing_of_ours() -> None:
    made: dict[str, Any] = json.loads(edition().canonical)
    signature = decoded(made.pop("signature"))
    Ed25519PublicKey.from_public_bytes(KEY.public.raw).verify(signature, rfc8785.dumps(made))
    assert hashlib.sha256(rfc8785.dumps(made)).hexdigest() == edition().sha256


def test_inputs_hash_is_of_the_canonical_form() -> None:
    own = inputs()
    assert own.canonical == rfc8785.dumps(own.document())
    assert own.sha256 == hashlib.sha256(rfc8785.dumps(own.document())).hexdigest()
    again = inputs_from_document(json.loads(own.canonical))
    assert again.canonical == own.canonical
    backwards = Inputs(
        FRAMEWORK, own.units[::-1], own.clusters[::-1], own.points[::-1], list(own.statuses or [])[::-1], own.options
    )
    assert backwards.canonical == own.canonical


def test_a_good_edition_holds_and_says_what_was_checked() -> None:
    with_key = check_edition(document(), keys=[OTHER.public, KEY.public])
    assert with_key.holds
    assert with_key.sha256 == edition().sha256
    assert messages(with_key)[1:] == [
        f"The signature is by the key given, {KEY.public.key_id}.", "This edition rests on synthetic data.",
    ]  # fmt: skip
    alone = check_edition(document())
    assert alone.holds
    assert "by the key that the edition itself carries" in messages(alone)[1]
    assert "is not checked" in messages(alone)[1]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from leaves(member, (*path, index))
    else:
        yield path


def changed(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str() if value and value[0] in "0123456789":
            return str((int(value[0]) + 1) % 10) + value[1:]
        case str() if value:
            return ("A" if value[0] != "A" else "B") + value[1:]
        case _:
            return "1"


LEAVES = list(leaves(json.loads(edition().canonical)))


def test_every_changed_value_is_found() -> None:
    for path in LEAVES:
        made = document()
        node: Any = made
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = changed(node[path[-1]])
        assert not holds(made, keys=[]), path
        assert not holds(made), path


def test_every_removed_or_added_key_is_found() -> None:
    for path in {leaf[:length] for leaf in LEAVES for length in range(1, len(leaf) + 1)}:
        made = document()
        node: Any = made
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]
        assert not holds(made), path
    for path in {leaf[:length] for leaf in LEAVES for length in range(len(leaf))}:
        made = document()
        node = made
        for step in path:
            node = node[step]
        if isinstance(node, dict):
            node["extra"] = "1"
        else:
            node.append(node[0])
        assert not holds(made), path


def holds(made: Any, keys: Sequence[PublicKey] = (KEY.public,)) -> bool:
    try:
        return check_edition(made, keys=keys).holds
    except BadInput:
        return False


def test_a_forger_with_a_key_of_his_own_is_found_by_the_publishers_key() -> None:
    forged = json.loads(build_edition(head(), inputs(0.5), OTHER).canonical)
    assert check_edition(forged).holds  # consistent in itself …
    report = check_edition(forged, keys=[KEY.public])
    assert messages(report) == [f"The edition names key {OTHER.public.key_id}; the key given is {KEY.public.key_id}."]
    forged["edition"]["key_id"] = KEY.public.key_id
    assert "is not the key" in messages(check_edition(forged, keys=[KEY.public]))[0]
    forged["edition"]["public_key"] = KEY.public.text
    assert "is not by key" in messages(check_edition(forged, keys=[KEY.public]))[0]


def test_the_first_difference_is_named() -> None:
    made = document()
    made["ranking"]["clusters"][0]["standings"][1]["total"] = "99.00"
    assert messages(check_edition(made))[0] == (
        'ranking.clusters[0].standings[1].total: the edition says "99.00", its inputs give "19.19".'
    )
    made = document()
    made["inputs"]["points"][0]["points"]["C1"] = "9.1250"
    assert messages(check_edition(made))[0] == (
        'inputs.points[0].points.C1: the edition says "9.1250", its inputs give "9.125".'
    )


def test_editions_form_a_chain() -> None:
    first = edition()
    second = build_edition(
        head(number=2, supersedes=1, previous_sha256=first.sha256, reason="late source"), inputs(0.5), KEY
    )
    assert check_edition(json.loads(second.canonical), keys=[KEY.public]).holds
    assert follows(second.document, first.document)
    forged = copy.deepcopy(dict(first.document))
    forged["edition"]["cycle"] = "nam-2024"
    assert not follows(second.document, forged)
    assert not follows(first.document, second.document)
    other_inputs = build_edition(head(), inputs(0.5), KEY)
    assert not follows(second.document, other_inputs.document)


def signed_again(**changes: Any) -> dict[str, Any]:
    """The first edition with another head, signed by the publisher, so that nothing else is wrong with it."""
    made = document()
    made["edition"] |= changes
    made["signature"] = encoded(KEY.sign(signed_bytes(made)))
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {"previous_sha256": "0" * 64},  # a first edition that follows another one
        {"previous_sha256": "0" * 64, "supersedes": 1},
        {"number": 2},  # a later one that follows none
        {"number": 2, "supersedes": 1},
        {"number": 7},
    ],
)
def test_a_signed_edition_outside_the_chain_is_refused(changes: dict[str, Any]) -> None:
    report = check_edition(signed_again(**changes), keys=[KEY.public])
    assert not report.holds
    assert messages(report) == ["Every edition but the first names the hash of the one before it."]


@pytest.mark.parametrize("number", [2, 7])
def test_a_later_edition_that_names_the_one_before_holds(number: int) -> None:
    later = signed_again(number=number, supersedes=number - 1, previous_sha256="0" * 64)
    assert check_edition(later, keys=[KEY.public]).holds


def test_a_number_left_out_breaks_the_chain() -> None:
    first = edition()
    assert follows(signed_again(number=2, previous_sha256=first.sha256), first.document)
    assert not follows(signed_again(number=3, previous_sha256=first.sha256), first.document)
    assert not follows(signed_again(number=2, previous_sha256=first.sha256, audience="board"), first.document)


def test_heads_that_make_no_sense() -> None:
    for changes, why in (
        ({"audience": "everybody"}, "audience"),
        ({"issued_at": datetime(2026, 1, 1)}, "aware"),  # noqa: DTZ001 - naive on purpose
        ({"number": 2}, "the one before"),
        ({"previous_sha256": "0" * 64}, "the one before"),
    ):
        with pytest.raises(ValueError, match=why):
            head(**changes)


def test_keys_in_every_form_people_have_them() -> None:
    public = KEY.private.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": KEY.public.text}
    # RFC 8037 appendix A.3 gives the thumbprint of this very key.
    assert KEY.public.key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    for form in (pem, json.dumps(jwk).encode(), KEY.public.text.encode() + b"\n", KEY.public.raw.hex().encode()):
        assert public_keys(form) == [KEY.public]
    assert public_keys(json.dumps({"keys": [jwk, {"kty": "RSA"}]}).encode()) == [KEY.public]
    private = KEY.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert signing_key(private).public == KEY.public
    for wrong in (
        b"",
        b"abc",
        b"{}",
        b"{",
        b'{"keys": []}',
        private,
        pem[:-40],
        b"\xff" * 32,
        b"A" * 44,
        b'{"keys": 3}',
    ):
        with pytest.raises(UnusableKeyError):
            public_keys(wrong)
    with pytest.raises(UnusableKeyError):
        signing_key(pem)


def test_check_edition_as_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "edition.json"
    path.write_text(json.dumps(document(), indent=2), "utf-8")  # another layout of the same document
    assert main(["check-edition", str(path), "--public-key", KEY.public.text]) == 0
    assert main(["check-edition", str(path), "--public-key", OTHER.public.text]) == 1
    key_file = tmp_path / "key.jwk"
    key_file.write_text(json.dumps({"kty": "OKP", "crv": "Ed25519", "x": KEY.public.text}), "utf-8")
    assert main(["check-edition", str(path), "--public-key", str(key_file)]) == 0
    assert main(["check-edition", str(path), "--public-key", "nonsense"]) == 2
    path.write_text(path.read_text("utf-8").replace('"24.13"', '"24.14"'), "utf-8")
    capsys.readouterr()
    assert main(["check-edition", str(path)]) == 1
    err = capsys.readouterr().err
    assert "ranking.clusters[0].standings[0].total: " in err
    for broken in (
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"edition": 1, "edition": 2}',
        b'{"edition": NaN}',
        b"\xff",
        b"[" * 99999,
        b"1e999",
    ):
        path.write_bytes(broken)
        assert main(["check-edition", str(path)]) == 2
    assert main(["check-edition", str(tmp_path / "nowhere.json")]) == 2

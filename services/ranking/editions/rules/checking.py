"""Checks an edition with nothing but itself (and, better, the publisher's public key)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from services.ranking.editions.model import AUDIENCES
from services.ranking.editions.rules.edition import (
    HEAD_KEYS,
    OPTIONAL_KEYS,
    signed_bytes,
    with_decimal_points,
)
from services.ranking.editions.rules.inputs import inputs_from_document
from services.ranking.editions.rules.keys import PublicKey, UnusableKeyError, decoded, public_keys
from services.ranking.editions.rules.ranking import rank
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, sentence

PARTS = ("edition", "inputs", "ranking", "signature")
_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Report:
    """Whether the edition holds, and what was checked or differs. `sha256` is the edition's hash, for the chain."""

    holds: bool
    messages: tuple[Sentence, ...]
    sha256: str


def check_edition(document: Any, name: str | None = None, keys: Sequence[PublicKey] = ()) -> Report:
    """Ranks the edition's inputs again, compares to the byte, and verifies the signature.

    `keys` are the publisher's, known from elsewhere; without them only the key that the edition carries can be used.
    Raises BadInput if the document is no edition.
    """
    faults = list(_shape_faults(document, name))
    if faults:
        raise BadInput(faults)
    try:
        message = signed_bytes(document)
    except (rfc8785.CanonicalizationError, RecursionError):
        raise BadInput([Fault(sentence("The document holds what canonical JSON cannot say."), file=name)]) from None
    problems = [*_difference(document, name), *_signature_problems(document, message, keys)]
    sha256 = hashlib.sha256(message).hexdigest()
    if problems:
        return Report(False, tuple(problems), sha256)
    return Report(True, tuple(_confirmations(document, sha256, keys)), sha256)


def _shape_faults(document: Any, name: str | None) -> Iterator[Fault]:
    def fault(path: str, message: Sentence) -> Fault:
        return Fault(message, file=name, path=path or None)

    if not isinstance(document, dict):
        yield fault("", sentence("Expected an edition: a table with %(keys)s.", keys=", ".join(PARTS)))
        return
    yield from _keys(document, PARTS, (), "", fault)
    head = document.get("edition")
    if not isinstance(head, dict):
        yield fault("edition", sentence("Expected a table of keys."))
        return
    yield from _keys(head, HEAD_KEYS, OPTIONAL_KEYS, "edition", fault)
    for key, value in head.items():
        expected = _HEAD_VALUES.get(key)
        if expected is not None and not expected(value):
            yield fault(f"edition.{key}", sentence("This value cannot stand here."))
    if not isinstance(document.get("signature"), str):
        yield fault("signature", sentence("Expected text (put it in quotes)."))
    if not isinstance(document.get("ranking"), dict):
        yield fault("ranking", sentence("Expected a table of keys."))


def _keys(table: Mapping[str, Any], needed: Sequence[str], optional: Sequence[str], path: str, fault: Any) -> Any:
    for key in needed:
        if key not in table:
            yield fault(path, sentence("The key “%(key)s” is missing.", key=key))
    for key in table:
        if key not in (*needed, *optional):
            yield fault(path, sentence("Unknown key “%(key)s”.", key=key))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and _HEXADECIMAL.issuperset(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_titles(value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= {"vi", "en"} and all(isinstance(t, str) for t in value.values())


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_HEAD_VALUES = {
    "number": _is_whole,
    "cycle": _is_text,
    "audience": lambda value: value in AUDIENCES,
    "issued_at": _is_moment,
    "supersedes": lambda value: value is None or _is_whole(value),
    "previous_sha256": lambda value: value is None or _is_hash(value),
    "key_id": _is_text,
    "public_key": _is_text,
    "synthetic": lambda value: value is True,
    "notice": _is_titles,
    "title": _is_titles,
    "sheets": lambda value: isinstance(value, dict) and all(_is_hash(entry) for entry in value.values()),
    "reason": _is_text,
}


def _difference(document: Mapping[str, Any], name: str | None) -> Iterator[Sentence]:
    """What the recomputation finds, at most the first difference."""
    inputs = inputs_from_document(document["inputs"], name)
    written = first_difference(document["inputs"], inputs.document(), "inputs")
    if written is not None:
        yield written
        return
    again = with_decimal_points(rank(inputs), inputs.framework)
    given = document["ranking"]
    if isinstance(given.get("simulation"), dict) and isinstance(again["simulation"], dict):
        # The versions that computed the edition, not ours; what they computed is compared.
        versions = given["simulation"].get("libraries")
        if isinstance(versions, dict) and all(_is_text(version) for version in versions.values()):
            again["simulation"] = {**again["simulation"], "libraries": versions}
    found = first_difference(given, again, "ranking")
    if found is not None:
        yield found
    head = document["edition"]
    if (head["number"] == 1) != (head["previous_sha256"] is None):
        yield sentence("Every edition but the first names the hash of the one before it.")


def first_difference(given: Any, recomputed: Any, path: str) -> Sentence | None:
    """The first place where two plain documents differ, or None. 1 and 1.0 are the same number, True is none."""
    if isinstance(given, dict) and isinstance(recomputed, dict):
        for key in sorted({*given, *recomputed}):
            if key not in given or key not in recomputed:
                where = f"{path}.{key}"
                if key not in given:
                    return sentence("%(path)s is missing in the edition.", path=where)
                return sentence("%(path)s stands in the edition but does not follow from its inputs.", path=where)
            found = first_difference(given[key], recomputed[key], f"{path}.{key}")
            if found is not None:
                return found
        return None
    if isinstance(given, list) and isinstance(recomputed, list):
        for index, (left, right) in enumerate(zip(given, recomputed, strict=False)):
            found = first_difference(left, right, f"{path}[{index}]")
            if found is not None:
                return found
        if len(given) == len(recomputed):
            return None
        message = N_("%(path)s has %(given)s entries in the edition, %(recomputed)s follow from its inputs.")
        return sentence(message, path=path, given=len(given), recomputed=len(recomputed))
    left, right = _shown(given), _shown(recomputed)
    if left == right:
        return None
    message = N_("%(path)s: the edition says %(given)s, its inputs give %(recomputed)s.")
    return sentence(message, path=path, given=left, recomputed=right)


def _shown(value: Any) -> str:
    text = rfc8785.dumps(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"


def _signature_problems(document: Mapping[str, Any], message: bytes, keys: Sequence[PublicKey]) -> Iterator[Sentence]:
    head = document["edition"]
    try:
        signature = decoded(document["signature"])
    except ValueError:
        signature = b""
    if len(signature) != 64:
        yield sentence("The signature is not 64 bytes in base64url.")
        return
    if keys and head["key_id"] not in [key.key_id for key in keys]:
        own = ", ".join(key.key_id for key in keys)
        yield sentence("The edition names key %(named)s; the key given is %(given)s.", named=head["key_id"], given=own)
        return
    embedded = _embedded(head)
    if "public_key" in head and (embedded is None or embedded.key_id != head["key_id"]):
        yield sentence("The public key in the edition is not the key %(named)s.", named=head["key_id"])
        return
    chosen = next((key for key in keys if key.key_id == head["key_id"]), embedded)
    if chosen is not None and not chosen.signed(message, signature):
        yield sentence("The signature is not by key %(named)s over this content.", named=head["key_id"])


def _embedded(head: Mapping[str, Any]) -> PublicKey | None:
    try:
        return public_keys(head["public_key"].encode())[0] if "public_key" in head else None
    except UnusableKeyError:
        return None


def _confirmations(document: Mapping[str, Any], sha256: str, keys: Sequence[PublicKey]) -> Iterator[Sentence]:
    head = document["edition"]
    message = N_(
        "Edition %(number)s of %(cycle)s for %(audience)s: its inputs give its ranking to the byte. SHA-256 %(sha256)s."
    )
    yield sentence(message, number=head["number"], cycle=head["cycle"], audience=head["audience"], sha256=sha256)
    if keys:
        yield sentence("The signature is by the key given, %(key)s.", key=head["key_id"])
    elif "public_key" in head:
        message = N_(
            "The signature is by the key that the edition itself carries, %(key)s. "
            "That it is the publisher's key is not checked: give it with --public-key."
        )
        yield sentence(message, key=head["key_id"])
    else:
        yield sentence("The signature was not checked: the edition carries no public key; give one with --public-key.")
    if head.get("synthetic"):
        yield sentence("This edition rests on synthetic data.")


def follows(document: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether an edition is the next one of the same cycle and audience after `before`, by number and hash."""
    head, old = document["edition"], before["edition"]
    same = all(head[key] == old[key] for key in ("cycle", "audience"))
    named = head["previous_sha256"] == hashlib.sha256(signed_bytes(before)).hexdigest()
    return bool(same and named and head["number"] == old["number"] + 1)

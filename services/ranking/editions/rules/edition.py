"""An edition: a ranking with everything it was computed from, numbered, signed and chained.

{"edition": …, "inputs": …, "ranking": …, "signature": …}. Signed and hashed are the bytes of its RFC 8785 form without
`signature`. Points are decimal strings, so that no reader's floating point can change them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785

from services.ranking.editions.model import AUDIENCES
from services.ranking.editions.rules.inputs import Inputs, decimal_notation
from services.ranking.editions.rules.keys import SigningKey, encoded
from services.ranking.editions.rules.ranking import rank
from shared.criteria import model

HEAD_KEYS = ("number", "cycle", "audience", "issued_at", "supersedes", "previous_sha256", "key_id")
# Carried where they are true or known. `public_key`: to check the signature without asking anybody; `sheets`: cluster →
# SHA-256 of its frozen score sheet; `reason`: what changed against the edition it supersedes.
OPTIONAL_KEYS = ("public_key", "synthetic", "notice", "title", "sheets", "reason")


@dataclass(frozen=True)
class Head:
    """What an edition says about itself. `notice` and `title` by language (vi, en)."""

    number: int
    cycle: str
    audience: str
    issued_at: datetime
    supersedes: int | None = None
    previous_sha256: str | None = None
    synthetic: bool = False
    notice: Mapping[str, str] | None = None
    title: Mapping[str, str] | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.audience not in AUDIENCES:
            raise ValueError(f"no audience: {self.audience!r}")
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at must be aware")
        if (self.number == 1) != (self.previous_sha256 is None):
            raise ValueError("every edition but the first names the hash of the one before")

    def document(self, key: SigningKey) -> dict[str, Any]:
        """Plain JSON; what is not true or not known is left out."""
        plain: dict[str, Any] = {
            "number": self.number,
            "cycle": self.cycle,
            "audience": self.audience,
            "issued_at": self.issued_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "supersedes": self.supersedes,
            "previous_sha256": self.previous_sha256,
            "key_id": key.public.key_id,
            "public_key": key.public.text,
        }
        if self.synthetic:
            plain["synthetic"] = True
        for name in ("notice", "title", "sheets"):
            if getattr(self, name):
                plain[name] = dict(getattr(self, name))
        if self.reason:
            plain["reason"] = self.reason
        return plain


@dataclass(frozen=True)
class Edition:
    """A signed edition. `canonical`: the file, RFC 8785; `sha256`: of what is signed, named by the next edition."""

    document: Mapping[str, Any]
    canonical: bytes
    sha256: str
    inputs_sha256: str
    key_id: str


def build_edition(head: Head, inputs: Inputs, key: SigningKey) -> Edition:
    """Ranks the inputs and signs the result."""
    document: dict[str, Any] = {
        "edition": head.document(key),
        "inputs": inputs.document(),
        "ranking": with_decimal_points(rank(inputs), inputs.framework),
    }
    message = signed_bytes(document)
    document["signature"] = encoded(key.sign(message))
    return Edition(
        document=document,
        canonical=rfc8785.dumps(document),
        sha256=hashlib.sha256(message).hexdigest(),
        inputs_sha256=inputs.sha256,
        key_id=key.public.key_id,
    )


def signed_bytes(document: Mapping[str, Any]) -> bytes:
    """The RFC 8785 form without `signature`. Raises rfc8785.CanonicalizationError for what JSON cannot say."""
    return rfc8785.dumps({key: value for key, value in document.items() if key != "signature"})


def with_decimal_points(ranking: Mapping[str, Any], framework: model.Framework) -> dict[str, Any]:
    """RANKING as an edition carries it: total, groups, criteria and additions as decimal strings."""

    def fixed(figure: float | None) -> str | None:
        return None if figure is None else f"{figure:.{framework.rounding}f}"

    def part(figure: float | None) -> str | None:
        # Parts of a weighted framework are not rounded, so they show what they have.
        return fixed(figure) if framework.aggregation == "sum" or figure is None else decimal_notation(figure)

    def standing(entry: Mapping[str, Any]) -> dict[str, Any]:
        changed: dict[str, Any] = {**entry, "total": fixed(entry["total"])}
        for name in ("groups", "criteria"):
            changed[name] = {code: part(figure) for code, figure in entry[name].items()}
        if "additions" in entry:
            changed["additions"] = {code: fixed(figure) for code, figure in entry["additions"].items()}
        return changed

    clusters = [
        {**cluster, "standings": [standing(entry) for entry in cluster["standings"]]} for cluster in ranking["clusters"]
    ]
    return {**ranking, "clusters": clusters}

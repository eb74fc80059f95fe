"""What was sent: a version that nobody changes any more, named by the hash of its content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from services.intake.domain.assessment import Claim, Draft
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework


@dataclass(frozen=True)
class Submission:
    """One version of one unit's self-assessment. `content` is what `content_sha256` is the hash of."""

    cycle: str
    unit: str
    cluster: str
    number: int
    content: Mapping[str, Any]
    content_sha256: str
    submitted_at: datetime
    late: bool
    account: str
    name: str
    draft_version: int

    @property
    def framework_sha256(self) -> str:
        return str(self.content["framework_sha256"])

    @property
    def synthetic(self) -> bool:
        """Whether its cycle only shows or tries: what is claimed is made up."""
        return bool(self.content.get("synthetic", False))

    def event(self) -> dict[str, Any]:
        """The data of `submission_sent` (shared.contracts.intake_v1.SubmissionSent)."""
        return {
            "cycle": self.cycle,
            "unit": self.unit,
            "cluster": self.cluster,
            "number": self.number,
            "content_sha256": self.content_sha256,
            "framework_sha256": self.framework_sha256,
            "submitted_at": self.submitted_at.isoformat(),
            "late": self.late,
            "synthetic": self.synthetic,
            "items": self.content["items"],
            "dossier": self.content.get("dossier"),
        }


def content_of(
    draft: Draft, framework: Framework, targets: Mapping[str, float], *, synthetic: bool = False
) -> dict[str, Any]:
    """What is sent and hashed: cycle, unit, framework hash, and every item said, in the framework's order.

    `targets`: those of the covenant that count; they stand in the place of what the form says. Made-up claims say so in
    what is hashed (`"synthetic": true`); real ones have no such key.
    """
    return {
        "cycle": draft.cycle,
        "unit": draft.unit,
        "framework_sha256": framework.sha256,
        **({"synthetic": True} if synthetic else {}),
        "items": [
            item_content(draft.claims[item.code], targets) for item in framework.items if item.code in draft.claims
        ],
        "dossier": None if draft.dossier.is_empty else draft.dossier.document(),
    }


def item_content(claim: Claim, targets: Mapping[str, float]) -> dict[str, Any]:
    """What is sent of one item, with the target that counts."""
    figures = {**claim.figures(), "target": targets.get(claim.criterion, claim.target)}
    return {"criterion": claim.criterion, **figures, "evidence": [entry.document() for entry in claim.evidence]}


def content_sha256(content: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of the RFC 8785 form."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()


def refuse_nothing(content: Mapping[str, Any]) -> None:
    """An empty self-assessment is not sent."""
    if not content["items"]:
        raise Refusal(
            "nothing_to_send", Kind.CONFLICT, sentence("Nothing is filled in yet, so there is nothing to send.")
        )


def left_blank(draft: Draft, framework: Framework) -> tuple[str, ...]:
    """Criteria of the table with neither value nor self-score, in the framework's order."""
    return tuple(
        criterion.code
        for criterion in framework.criteria
        if draft.claim(criterion.code).value is None and draft.claim(criterion.code).self_points is None
    )


def without_evidence(draft: Draft, framework: Framework) -> tuple[str, ...]:
    """Items that say something and need evidence but name none, in the framework's order."""
    return tuple(
        item.code
        for item in framework.items
        if getattr(item, "evidence", None) == "required"
        and item.code in draft.claims
        and not draft.claims[item.code].evidence
    )


@dataclass(frozen=True)
class Difference:
    """What one item (or, with no criterion, the dossier) said in an earlier version and says in a later one."""

    criterion: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts differ."""
        names = (*(self.before or {}), *(name for name in self.after or {} if name not in (self.before or {})))
        return tuple(name for name in names if (self.before or {}).get(name) != (self.after or {}).get(name))


def differences(before: Mapping[str, Any], after: Mapping[str, Any], framework: Framework) -> tuple[Difference, ...]:
    """What changed between two contents, in the framework's order; the dossier last."""
    old = {item["criterion"]: item for item in before["items"]}
    new = {item["criterion"]: item for item in after["items"]}
    changed = [
        Difference(item.code, old.get(item.code), new.get(item.code))
        for item in framework.items
        if _said(old.get(item.code)) != _said(new.get(item.code))
    ]
    if before.get("dossier") != after.get("dossier"):
        changed.append(Difference(None, before.get("dossier"), after.get("dossier")))
    return tuple(changed)


def _said(item: Mapping[str, Any] | None) -> dict[str, Any]:
    """An item without what an older version could not say yet."""
    return {name: value for name, value in (item or {}).items() if value not in ("", None)}

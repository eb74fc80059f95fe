"""What a submission holds, what differs between two, and what other members see of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.intake.assessments.model import ITEM_FIELDS, REFERENCE_ONLY, Claim, Draft
from services.intake.assessments.rules import self_score
from services.intake.submissions.model import (
    ACCEPTED,
    FOLLOWING,
    PUBLIC,
    RECEIVED,
    RETURNED,
    STATE_NAMES,
    SUBMITTED,
    Difference,
    Reception,
    Submission,
)
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion, Framework, Item


def shown_to_members(submission: Submission, framework: Framework) -> Submission:
    """What the other members read of a submission: of classified items and documents the number and nothing else."""
    items = {item.code: item for item in framework.items}
    content = {
        **submission.content,
        "items": [_shown(said, items[said["criterion"]]) for said in submission.content["items"]],
    }
    dossier = content.get("dossier")
    if dossier is not None:
        content["dossier"] = {**dossier, "sha256": None, "size": None, "media_type": None}
    return replace(submission, content=content)


def _shown(said: Mapping[str, Any], item: Item) -> dict[str, Any]:
    evidence = [shown_document(entry, item) for entry in said["evidence"]]
    if item.disclosure == REFERENCE_ONLY:
        return {**said, **{one.name: one.nothing for one in ITEM_FIELDS if one.name in said}, "evidence": evidence}
    return {**said, "evidence": evidence}


def shown_document(entry: Mapping[str, Any], item: Item) -> dict[str, Any]:
    """A document as the other members see it."""
    return {**entry, **hidden(entry["reference_only"], item)}


def hidden(reference_only: bool, item: Item) -> dict[str, Any]:
    """What a document does not show: its file unless the framework discloses it, and of a classified one all but
    the number."""
    widths = {item.disclosure, item.evidence_disclosure if isinstance(item, Criterion) else PUBLIC}
    hidden: dict[str, Any] = {}
    if widths != {PUBLIC}:
        hidden = {"sha256": None, "size": None, "media_type": None}
    if reference_only or REFERENCE_ONLY in widths:
        hidden |= {"issuer": "", "issued_on": None, "signer": "", "reference_only": True}
    return hidden


def state_of(steps: Sequence[Reception]) -> str:
    """Where a version stands after these steps, oldest first."""
    return steps[-1].state if steps else SUBMITTED


def is_taken(steps: Sequence[Reception]) -> bool:
    """Whether the council's staff took a version in and did not return it."""
    return state_of(steps) in (RECEIVED, ACCEPTED)


def check_step(newest: Submission, number: int, current: str, state: str, reason: str) -> None:
    """Refuse a step that cannot be taken: another version is newer, the story is over, or the reason is missing."""
    if newest.number != number:
        raise Refusal(
            "newer_version",
            Kind.CONFLICT,
            sentence("The unit has sent version %(number)s meanwhile; please look at that one.", number=newest.number),
        )
    if state not in FOLLOWING[current]:
        raise Refusal(
            "reception_state",
            Kind.CONFLICT,
            sentence("This version is %(state)s already.", state=STATE_NAMES[current]),
        )
    if state == RETURNED and not reason:
        raise BadInput([Fault(sentence("Say why it is returned, so that the unit knows what to do."), path="reason")])


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


def submitted_total(framework: Framework, submission: Submission) -> float | None:
    """The sum of the self-scores that were sent; None where the framework does not add points."""
    claims = {
        said["criterion"]: Claim(said["criterion"], self_points=said["self_points"])
        for said in submission.content["items"]
    }
    return self_score(framework, claims)

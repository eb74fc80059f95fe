"""Domain objects as the JSON API shows them."""

from collections.abc import Sequence
from typing import Any

from services.intake.domain.assessment import Claim, Draft
from services.intake.domain.cycles import Cycle, cluster_document, title_document
from services.intake.domain.directory import Cluster, Council, Headship, Membership, Row, Succession, Unit, Validity
from services.intake.domain.reception import Reception, state_of
from services.intake.domain.submissions import Submission
from services.intake.ports import Standing
from services.intake.usecases.cycles import CycleView
from services.intake.usecases.drafts import DraftView


def council_document(council: Council) -> dict[str, Any]:
    return {"council": council.code, "title": title_document(council.title)}


def directory_document(row: Row) -> dict[str, Any]:
    """A directory row with its dates."""
    if isinstance(row, Succession):
        return dict(vars(row))
    return {**_row(row), **_dates(row.validity)}


def _row(row: Unit | Cluster | Membership | Headship) -> dict[str, Any]:
    match row:
        case Unit():
            return {"unit": row.code, "title": title_document(row.title)}
        case Cluster():
            return {"cluster": row.code, "title": title_document(row.title), "method": row.method}
        case Membership():
            return {"unit": row.unit, "cluster": row.cluster}
    return {"cluster": row.cluster, "unit": row.unit, "position": row.position, "place": row.place}


def _dates(validity: Validity) -> dict[str, Any]:
    return {"valid_from": validity.valid_from, "valid_to": validity.valid_to}


def cycle_document(cycle: Cycle) -> dict[str, Any]:
    return {
        "cycle": cycle.code,
        "council": cycle.council,
        "title": title_document(cycle.title),
        "period": cycle.period,
        "period_kind": cycle.period_kind,
        "deadline_at": cycle.deadline_at,
        "closes_at": cycle.closes_at,
        "state": cycle.state,
        "synthetic": cycle.synthetic,
        "notice": title_document(cycle.notice) if cycle.notice else None,
        "framework_sha256": cycle.framework_sha256,
    }


def whole_cycle_document(view: CycleView, standings: Sequence[Standing]) -> dict[str, Any]:
    return {
        **cycle_document(view.cycle),
        "framework": dict(view.framework.document),
        "clusters": [cluster_document(cluster) for cluster in view.clusters],
        "standings": [
            {
                "unit": one.member.unit,
                "cluster": one.member.cluster,
                "title": title_document(one.member.title),
                "draft_version": one.version,
                "edited_at": one.edited_at,
                "submissions": one.submissions,
                "submitted_at": one.submitted_at,
                "late": one.late,
            }
            for one in standings
        ],
    }


def draft_document(view: DraftView) -> dict[str, Any]:
    """The draft as far as the reader may see it, items in the framework's order."""
    draft = view.draft
    return {
        "cycle": draft.cycle,
        "unit": draft.unit,
        "cluster": draft.cluster,
        "version": draft.version,
        "submissions": draft.submissions,
        "is_sent": draft.is_sent,
        "synthetic": view.cycle.synthetic,
        "items": [
            claim_document(draft, draft.claims[item.code])
            for item in view.framework.items
            if item.code in draft.claims and item.code in view.readable
        ],
        "rolled_up": [
            {**vars(one), "parts": [{"cycle": cycle, "value": value} for cycle, value in one.parts]}
            for code, one in view.rolled.items()
            if code in view.readable
        ],
        "dossier": draft.dossier.document() if view.sees_everything and not draft.dossier.is_empty else None,
    }


def claim_document(draft: Draft, claim: Claim) -> dict[str, Any]:
    """One item of a draft, with who saved it last."""
    edit = draft.edits.get(claim.criterion)
    return {
        "criterion": claim.criterion,
        **claim.figures(),
        "evidence": [{"id": entry.id, "label": entry.label, **entry.document()} for entry in claim.evidence],
        "saved_by": edit.name if edit else None,
        "saved_at": edit.at if edit else None,
    }


def receipt_document(submission: Submission, steps: Sequence[Reception] = ()) -> dict[str, Any]:
    """What proves that something was sent, and what staff did with it."""
    return {
        "cycle": submission.cycle,
        "unit": submission.unit,
        "cluster": submission.cluster,
        "number": submission.number,
        "content_sha256": submission.content_sha256,
        "framework_sha256": submission.framework_sha256,
        "submitted_at": submission.submitted_at,
        "submitted_by": submission.name,
        "late": submission.late,
        "synthetic": submission.synthetic,
        "items": len(submission.content["items"]),
        "state": state_of(steps),
        "steps": [step_document(step) for step in steps],
    }


def step_document(step: Reception) -> dict[str, Any]:
    return {"state": step.state, "reason": step.reason, "by": step.name, "at": step.at}

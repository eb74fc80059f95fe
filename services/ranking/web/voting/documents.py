"""How voting's values stand in JSON answers."""

from typing import Any

from services.ranking.voting.rules.documents import rule_document
from services.ranking.voting.model import AnnouncedTally, Box, BoxView


def box_document(box: Box) -> dict[str, Any]:
    """A box as everybody who may know of it sees it."""
    snapshot, plan = box.snapshot, box.plan
    return {
        "id": box.id,
        "council": snapshot.council,
        "cycle": snapshot.cycle,
        "cluster": snapshot.cluster,
        "round": box.round,
        "sheet_version": snapshot.sheet_version,
        "sheet_sha256": snapshot.sheet_sha256,
        "synthetic": snapshot.synthetic,
        "notice": snapshot.notice,
        "method": plan.method.name,
        "places": plan.method.places,
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
        "quorum": rule_document(plan.quorum),
        "threshold": rule_document(plan.threshold),
        "state": str(box.state),
        "closed_at": box.closed_at,
        "members": list(snapshot.units),
        "returned": box.cast,
    }


def view_document(view: BoxView) -> dict[str, Any]:
    """A box with what concerns the asker."""
    return {
        **box_document(view.box),
        "own": [vars(entry) for entry in view.own],
        "roll": None if view.roll is None else [vars(entry) for entry in view.roll],
    }


def tally_answer(tally: AnnouncedTally) -> dict[str, Any]:
    """The announced tally."""
    return dict(vars(tally))

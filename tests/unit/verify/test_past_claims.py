"""What earlier cycles teach: verdicts and figures that nobody is still to sign, or to answer an objection about."""

from typing import Any

import pytest

from services.verify.renewal.model import EarlierCycle, EarlierItem
from services.verify.renewal.rules import past_claims
from services.verify.reviews.model.states import ItemState
from shared.criteria.loader import load_document

DOCUMENT: dict[str, Any] = {
    "framework": "example",
    "criteria": [{"code": "C1", "max_points": 50, "rule": {"name": "goalposts", "low": 0, "high": 100}}],
}


def verified(review: str, basis: str = "decision") -> float | None:
    framework = load_document(DOCUMENT)
    item = EarlierItem("HN", "K1", "C1", 90.0, 45.0, None, 60.0, None, basis, review)
    (past,) = past_claims(framework, [EarlierCycle("2025", DOCUMENT, framework.sha256, [item])])
    assert past.self_points == 45.0  # the claim itself is always history
    return past.verified_points


@pytest.mark.parametrize("state", ItemState)
def test_nothing_is_learned_from_what_is_not_final(state: ItemState) -> None:
    waits = state in (ItemState.AWAITING, ItemState.CHALLENGED)
    assert verified(state.value) == (None if waits else 30.0)
    assert verified(state.value, "none") is None


def test_a_sources_figure_counts_as_before() -> None:
    assert verified("closed", "source") == 30.0

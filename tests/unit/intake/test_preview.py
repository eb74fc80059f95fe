"""Points shown beside a claim, and the sum of self-scores."""

import pytest

from services.intake.assessments.model import Claim
from services.intake.assessments.rules import points_of, self_score
from shared.criteria.loader import load_document
from shared.criteria.model import Framework
from tests.builders.intake import FRAMEWORK


@pytest.fixture(scope="module")
def framework() -> Framework:
    extra = {
        "code": "III",
        "criteria": [
            {"code": "L1", "max_points": 10, "rule": {"name": "minmax"}},
            {"code": "T1", "max_points": 10, "rule": {"name": "proportional"}, "target": "registered"},
        ],
    }
    document = {**FRAMEWORK, "total": 120, "groups": [*FRAMEWORK["groups"], extra]}
    return load_document({**document, "penalties": [{"code": "P1", "points_each": -8, "floor": -20}]})


@pytest.mark.parametrize(
    ("claim", "points"),
    [
        (Claim("C1", 5.1), 20.4),
        (Claim("C1", 12), 40),
        (Claim("C1", None, 30), None),
        (Claim("C2", 3), 15),
        (Claim("C3", 1), 20),
        (Claim("C3", 0), 0),
        (Claim("C4", 5), None),
        (Claim("L1", 5), None),
        (Claim("T1", 6, None, 8), 7.5),
        (Claim("T1", 6), None),
        (Claim("B1", 3), 6),
        (Claim("B1", 30), 10),
        (Claim("P1", 2), -16),
        (Claim("P1", 9), -20),
        (Claim("X1", 1), None),
    ],
)
def test_points_by_the_rule(framework: Framework, claim: Claim, points: float | None) -> None:
    item = framework.items[framework.columns[claim.criterion]]
    found = points_of(framework, item, claim, "K1")
    assert found == (None if points is None else pytest.approx(points))


def test_what_the_cluster_decides_is_said_so(framework: Framework) -> None:
    assert [item.code for item in framework.items if item.compares != "nobody"] == ["L1"]


def test_the_self_score_adds_up_only_where_points_add_up(framework: Framework) -> None:
    claims = {"C1": Claim("C1", 5, 20.1), "C2": Claim("C2", 1, 0.2), "C3": Claim("C3", 1), "X1": Claim("X1", 1, 5)}
    assert self_score(framework, claims) == pytest.approx(20.3)
    index = load_document({**FRAMEWORK, "aggregation": "weighted_arithmetic"})
    assert self_score(index, claims) is None

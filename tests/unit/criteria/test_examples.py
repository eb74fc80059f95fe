"""The 39-criteria framework that the project shows, labelled a proposal, with the overlays of nine clusters."""

from pathlib import Path

import numpy as np
import pytest

import shared.criteria
from shared.criteria import model
from shared.criteria.excel.writing import framework_workbook
from shared.criteria.files import load_file, load_text
from shared.criteria.lint import remarks
from shared.criteria.standings import score_cohort, stand

PROPOSAL = load_file(Path(shared.criteria.__file__).parent / "examples" / "vietnam_provinces.yaml")
CLUSTERS = [f"C{number}" for number in range(1, 10)]


def test_it_adds_up_as_the_domain_paper_says() -> None:
    assert len(PROPOSAL.criteria) == 39
    assert [group.max_points for group in PROPOSAL.groups] == [350, 250, 100, 150, 150]
    assert PROPOSAL.total == PROPOSAL.root.max_points == 1000
    assert (PROPOSAL.bonus_cap, PROPOSAL.penalty_floor) == (50, -100)
    assert "đề xuất" in PROPOSAL.title.vi
    assert "proposal" in PROPOSAL.title.en
    by_kind = {kind: sum(c.max_points for c in PROPOSAL.criteria if c.kind == kind) for kind in model.KINDS}
    assert by_kind == {"quantitative": 840, "count": 45, "qualitative": 100, "binary": 15}
    assert all(item.title.vi and item.title.en for item in PROPOSAL.items)


def test_every_cluster_has_a_thousand_points() -> None:
    assert {cluster for overlay in PROPOSAL.overlays for cluster in overlay.clusters} == set(CLUSTERS) - {
        "C4",
        "C5",
        "C6",
    }
    for cluster in CLUSTERS:
        assert sum(PROPOSAL.maximum(criterion.code, cluster) for criterion in PROPOSAL.criteria) == 1000
    assert PROPOSAL.maximum("S08", "C1") == 50
    assert PROPOSAL.maximum("D01", "C3") == PROPOSAL.maximum("D01", "C7") == 35


def test_changes_that_can_be_zero_or_negative_are_never_divided_by() -> None:
    for code in ("E05", "S01", "D03", "D05", "M07"):
        assert isinstance(PROPOSAL.criterion(code).rule, model.Goalposts)
    assert PROPOSAL.criterion("D03").rule == model.Goalposts(5, -10)


def test_little_is_to_be_said_of_it() -> None:
    assert [(remark.code, remark.said.params.get("code")) for remark in remarks(PROPOSAL)] == [
        ("two_levels", "M02"),
        ("unverifiable", "M06"),
        ("quantified_share", None),
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_its_workbook_gives_it_back(language: str) -> None:
    assert load_text(framework_workbook(PROPOSAL, language), "k.xlsx").sha256 == PROPOSAL.sha256


def test_it_ranks_units() -> None:
    draw = np.random.default_rng(2015)
    values = np.stack([_plausible(item, draw, 12) for item in PROPOSAL.items], axis=1)
    targets = values * draw.uniform(0.8, 1.1, values.shape)
    units, clusters = [f"u{number:02}" for number in range(12)], ["C1"] * 5 + ["C6"] * 7
    points = score_cohort(PROPOSAL, units, clusters, values, targets)
    standings = stand(PROPOSAL, units, clusters, points)
    assert sorted(standings.rank[:5]) == [1, 2, 3, 4, 5]
    assert ((standings.total > 100) & (standings.total <= 1050)).all()


def _plausible(item: model.Item, draw: np.random.Generator, count: int) -> np.ndarray:
    if not isinstance(item, model.Criterion):
        return np.zeros(count)
    if isinstance(item.rule, model.Goalposts):
        return draw.uniform(min(item.rule.low, item.rule.high), max(item.rule.low, item.rule.high), count)
    if isinstance(item.rule, model.Rubric):
        return draw.integers(1, 6, count).astype(float)
    return draw.uniform(1, 100, count)

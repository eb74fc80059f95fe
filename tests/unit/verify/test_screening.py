"""The queue: order, what is shown, explanations in both languages."""

import itertools

import numpy as np
import pytest

from services.verify.claims.model import PastClaim
from services.verify.screening.rules.cohort import cohort_of
from services.verify.screening.rules.screening import screen
from tests.benchmarks.simulated_rounds import Setting, framework_of, make_round, rows_of
from tests.unit.verify.material import claim, figure, framework, panel


def test_every_claim_once_in_the_order_of_priority() -> None:
    made = make_round(2, "fresh", Setting(units=21, criteria=7, past=2))
    claims, observations, history = rows_of(made)
    items = list(screen(cohort_of(framework_of(made), claims, observations, history, "2025")).items())
    assert sorted((item.unit, item.criterion) for item in items) == sorted(
        (claim.unit, claim.criterion) for claim in claims
    )
    assert [item.rank for item in items] == list(range(1, len(items) + 1))
    assert all(one.priority >= other.priority for one, other in itertools.pairwise(items))
    for item in items:
        assert 0 <= item.suspicion <= 1
        if item.gap is not None:
            assert item.self_points is not None
            assert item.independent_points is not None
            assert item.gap == pytest.approx(item.self_points - item.independent_points, abs=1e-6)
            assert item.points_at_stake == max(0.0, item.gap)
            assert item.priority == pytest.approx(item.suspicion * item.points_at_stake)
        else:
            assert item.points_at_stake is None


def test_related_ratings_are_mapped_to_points_and_missing_ones_are_not_guessed() -> None:
    draw = np.random.default_rng(3)
    points = draw.uniform(30, 90, (20, 5))
    ratings = (points - 20) / 20 + draw.normal(0, 0.05, points.shape)
    ratings[4, 1] = np.nan
    screening = screen(panel(points, figures=ratings))
    shown = screening.independent_points
    assert np.isnan(shown[4, 1])
    known = np.isfinite(shown)
    assert known.sum() == 99
    assert np.abs(shown[known] - points[known]).mean() < 5
    assert ((shown[known] >= 0) & (shown[known] <= 100)).all()


def test_an_officer_reads_the_figures_in_both_languages() -> None:
    draw = np.random.default_rng(4)
    claims = [claim(f"U{row:02d}", value=float(round(draw.uniform(40, 60), 1))) for row in range(30)]
    claims[7] = claim("U07", value=95.5)
    figures = [figure(one.unit, value=50.1) for one in claims]
    first = next(screen(cohort_of(framework(), claims, figures)).items())
    assert first.unit == "U07"
    assert first.explained("vi").startswith(
        "Tự chấm 95,5/100; theo nso 50,1 % → 50,1; chênh lệch lớn hơn 99 % số đơn vị."
    )
    assert "Self-score 95.5 of 100; nso has 50.1 %, which gives 50.1" in first.explained("en")
    assert "PEER_OUTLIER" in first.codes


def test_words_that_accuse_are_avoided() -> None:
    made = make_round(1, "province", Setting())
    claims, observations, history = rows_of(made)
    items = list(screen(cohort_of(framework_of(made), claims, observations, history, "2025")).items())
    text = " ".join(item.explained(language) for item in items for language in ("vi", "en")).lower()
    assert not [word for word in ("gian lận", "khai man", "fraud", "cheat", "inflat", " lied") if word in text]


def test_history_and_figures_of_later_periods_are_not_used_and_counted() -> None:
    history = [PastClaim("A", "C0", period, 10.0, 10.0) for period in ("2023", "2025", "2026")]
    cohort = cohort_of(framework(), [claim("A")], [figure("A", period="2026"), figure("Z")], history, "2025")
    assert cohort.past_points.shape[0] == 1
    assert cohort.ignored == {"units": 1, "later periods": 1, "history": 2}
    assert np.isnan(cohort.same_value).all()


def test_an_empty_claim_is_screened_and_suspected_of_nothing() -> None:
    item = next(screen(cohort_of(framework(), [claim("A", value=None)])).items())
    assert item.suspicion == 0
    assert item.self_points is None
    assert item.explained("en") == "Nothing is claimed here. " + (
        "The cluster has fewer than 5 units, so there is no comparison with its peers."
    )


def test_a_figure_that_bears_a_jump_out_silences_the_comparison() -> None:
    draw = np.random.default_rng(5)
    claims = [
        claim(f"U{row:02d}", f"C{column}", float(round(draw.uniform(45, 55), 1)))
        for row in range(12)
        for column in range(5)
    ]
    claims[0] = claim("U00", "C0", 98.0)
    history = [
        PastClaim(one.unit, one.criterion, str(year), None, 50.0 + year % 3)
        for one in claims
        for year in (2022, 2023, 2024)
    ]
    alone = screen(cohort_of(framework(5), claims, (), history, "2025"))
    assert alone.flagged[0, 0]
    borne_out = screen(cohort_of(framework(5), claims, [figure("U00", value=97.5)], history, "2025"))
    assert not borne_out.flagged[0, 0]
    assert borne_out.suspicion[0, 0] <= 0.05


def test_expected_false_flags_are_stated() -> None:
    made = make_round(6, "fresh", Setting(units=40, criteria=15, past=3))
    claims, observations, history = rows_of(made)
    screening = screen(cohort_of(framework_of(made), claims, observations, history, "2025"))
    assert screening.judgement is not None
    assert screening.judgement.discovered == screening.flagged.sum()
    assert screening.expected_false == pytest.approx(0.1 * screening.flagged.sum())


def test_the_fast_way_of_speaking_says_the_same() -> None:
    made = make_round(3, "chronic", Setting(units=20, criteria=6, past=2))
    claims, observations, history = rows_of(made)
    for item in screen(cohort_of(framework_of(made), claims, observations, history, "2025")).items():
        for language in ("vi", "en"):
            assert item.explained(language) == " ".join(said.in_language(language) for said in item.explanation)


def test_what_a_claim_would_fall_to_is_named_and_points_are_told_from_figures() -> None:
    made = framework(2, tolerance=50)
    claims = [claim(unit, code, 60.0) for unit in "AB" for code in ("C0", "C1")]
    figures = [figure("A", "C0", 45.0), figure("A", "C1", 50.0, period="2024"), figure("B", "C0", 70.0)]
    screened = screen(cohort_of(made, claims, figures, (), "2025"))
    found = [[screened.impact_of(row, column) for column in range(2)] for row in range(2)]
    told = [[(one.stake_basis, one.falls_to, one.points_lost, one.awaited) for one in row] for row in found]
    assert told == [
        [("same", 45.0, 15.0, False), ("older", 50.0, 10.0, True)],
        [("same", 70.0, None, False), ("none", None, None, True)],  # B claims less than its figure
    ]


def test_ratings_and_comparisons_give_points_only() -> None:
    draw = np.random.default_rng(3)
    points = draw.uniform(30, 70, (20, 5)).round(1)
    points[2, 3] = 100.0
    ratings = (points - 20) / 20 + draw.normal(0, 0.05, points.shape)
    ratings[2, 3] = 1.0
    rated = screen(panel(points, figures=ratings)).impact_of(2, 3)
    assert (rated.stake_basis, rated.awaited) == ("rating", False)
    assert rated.falls_to is not None
    assert rated.points_lost == pytest.approx(100 - rated.falls_to, abs=1e-6)
    past = np.stack([points + draw.normal(0, 1, points.shape) for _ in range(3)])
    past[:, 2, 3] = 40.0
    expected = screen(panel(points, past=past)).impact_of(2, 3)
    assert expected.stake_basis == "expected"
    assert expected.falls_to == pytest.approx(40, abs=15)

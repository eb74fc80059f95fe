"""What earlier verdicts teach, and when they teach nothing."""

from typing import Any

import numpy as np
import pytest

from services.verify.screening.rules.calibration import Calibration, calibrate
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.judgement import inputs_of, small_clusters
from services.verify.screening.rules.screening import screen
from services.verify.screening.rules.tails import likely
from shared.contracts.sentences import Sentence
from tests.benchmarks.bench_screening import auroc, cohort_of_round
from tests.benchmarks.simulated_rounds import Setting, make_round, smaller

VERIFIED = smaller(Setting(), units=40, criteria=20, verified_past=True)


def learned(cohort: Cohort) -> Calibration | Sentence:
    return calibrate(inputs_of(cohort, small_clusters(cohort)))


def round_of(habit: str | None, seed: int = 3, **changes: Any) -> Cohort:
    return cohort_of_round(make_round(seed, habit, smaller(VERIFIED, **changes)))


def test_habits_that_were_corrected_before_are_found_again_and_suspicion_means_what_it_says() -> None:
    said, true = [], []
    for seed in range(3):
        made = make_round(seed, "chronic", VERIFIED)
        done = screen(cohort_of_round(made))
        assert done.judgement is not None
        assert isinstance(done.judgement.calibration, Calibration)
        assert auroc(done.suspicion, made.inflated) > 0.99
        said.append(done.suspicion.ravel())
        true.append(made.inflated.ravel())
    suspicion, inflated = np.concatenate(said), np.concatenate(true)
    assert abs(float(suspicion.mean()) - float(inflated.mean())) < 0.02
    assert float(inflated[suspicion > 0.9].mean()) > 0.9
    assert float(inflated[suspicion < 0.1].mean()) < 0.02


@pytest.mark.parametrize(
    ("habit", "changes", "why"),
    [
        ("chronic", {"verified_past": False}, "no earlier verdicts"),
        ("chronic", {"past": 1}, "no earlier verdicts"),  # nothing came before it
        ("chronic", {"units": 8, "criteria": 6}, "too few"),
        (None, {}, "hardly ever differ"),
    ],
)
def test_thin_or_deferential_verdicts_teach_nothing(habit: str | None, changes: dict[str, Any], why: str) -> None:
    found = learned(round_of(habit, **changes))
    assert isinstance(found, Sentence)
    assert why in found.in_language("en")


def test_verdicts_against_the_evidence_teach_nothing() -> None:
    cohort = round_of(None)
    draw = np.random.default_rng(5)
    lowered = draw.random(cohort.past_points.shape) < 0.05
    # Whoever claims least is adjusted: nothing that screening could follow.
    level = cohort.past_points - cohort.past_points.mean(axis=0)
    cohort.past_verified[:] = cohort.past_points - np.where((level < -6) | (lowered & (level < 0)), 30.0, 0.0)
    found = learned(cohort)
    assert isinstance(found, Sentence)
    assert "do not follow" in found.in_language("en")


def test_evidence_never_lowers_suspicion() -> None:
    found = learned(round_of("chronic"))
    assert isinstance(found, Calibration)
    assert found.slopes[0] > 0
    assert min(found.slopes) >= 0


def test_as_many_are_flagged_as_the_stated_share_of_false_ones_allows() -> None:
    chance = np.array([[0.99, 0.95, 0.8, 0.5], [np.nan, 0.8, 0.1, 0.0]])
    flagged = likely(chance, 0.12)
    assert flagged.tolist() == [[True, True, True, False], [False, True, False, False]]
    assert not likely(chance, 0.005).any()
    assert not likely(np.full((2, 2), np.nan), 0.1).any()

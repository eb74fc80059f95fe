"""Known ways to find odd cells, to be measured beside the screen on the same rounds. Higher score: more suspicious.

DHIS2's z and modified z over a unit's own past and REDCap's rule E (more than 2 SD from the column) are re-expressed
from their published algorithms; the plain residuals and their maximum are the best of the paper on peers (section
d.3). The detectors of scikit-learn and PyOD look at one row per cell with all that is known of it: the claim in its
column, its residual against the own past, against the median polish and against the rating (0 where there is none,
for they refuse missing numbers). Seeds are fixed.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.simulated_rounds import Round

Floats = NDArray[np.float64]
Scorer = Callable[[Round], Floats]
TINY = 1e-9


def column_spread(values: Floats) -> Floats:
    """Median absolute deviation, scaled."""
    return np.maximum(1.4826 * np.nanmedian(np.abs(values - np.nanmedian(values, axis=0)), axis=0), TINY)


def own_past(made: Round) -> Floats:
    """Claim minus the median of its own past, the year's shift removed, per criterion."""
    steps = made.claims - np.nanmedian(made.past, axis=0)
    return np.asarray((steps - np.nanmedian(steps, axis=0)) / column_spread(steps))


def two_way(made: Round) -> Floats:
    """Median polish over units and criteria."""
    left = made.claims.copy()
    for _ in range(10):
        left = left - np.nanmedian(left, axis=1, keepdims=True)
        left = left - np.nanmedian(left, axis=0)
    return np.asarray(left / column_spread(left))


def external(made: Round) -> Floats:
    """Residual of scikit-learn's HuberRegressor on the rating, per criterion; minus infinity without a rating."""
    from sklearn.linear_model import HuberRegressor

    left = np.full(made.claims.shape, -np.inf)
    for column in range(made.claims.shape[1]):
        rating = made.ratings[:, column]
        known = np.isfinite(rating) & np.isfinite(made.claims[:, column])
        if known.sum() >= 5:
            standard = ((rating - rating[known].mean()) / max(rating[known].std(), TINY))[:, None]
            fitted = HuberRegressor(max_iter=1000).fit(standard[known], made.claims[known, column])
            residual = made.claims[known, column] - fitted.predict(standard[known])
            left[known, column] = residual / max(1.4826 * np.median(np.abs(residual)), TINY)
    return left


def dhis2_z(made: Round) -> Floats:
    """z over the unit's own past and the tested value, population standard deviation, as DHIS2 computes it."""
    everything = np.concatenate([made.past, made.claims[None]])
    return np.asarray((made.claims - np.nanmean(everything, axis=0)) / np.maximum(np.nanstd(everything, axis=0), TINY))


def dhis2_modified_z(made: Round) -> Floats:
    """0.6745 · (x − median) / MAD over the same values; rows without spread are dropped, as there."""
    everything = np.concatenate([made.past, made.claims[None]])
    median = np.nanmedian(everything, axis=0)
    spread = np.nanmedian(np.abs(everything - median), axis=0)
    return np.where(spread > 0, 0.6745 * (made.claims - median) / np.where(spread > 0, spread, 1.0), -np.inf)


def redcap_rule_e(made: Round) -> Floats:
    """Distance from the column's mean in standard deviations."""
    return np.asarray((made.claims - np.nanmean(made.claims, axis=0)) / np.nanstd(made.claims, axis=0))


def maximum_of_three(made: Round) -> Floats:
    """The best combination of the paper on peers, of the signals that there are."""
    signals = [two_way(made), external(made)] + ([own_past(made)] if made.past.shape[0] else [])
    return np.fmax.reduce(signals)


def last_step(made: Round) -> Floats:
    """Claim minus the newest figure of its own past."""
    latest = np.full(made.claims.shape, np.nan)
    for cycle in made.past:
        latest = np.where(np.isfinite(cycle), cycle, latest)
    return np.asarray(made.claims - latest)


def cells(made: Round) -> Floats:
    """One row per cell: claim in its column, own past, median polish, rating."""
    if not _latest or _latest[0][0] is not made:
        _latest[:] = [(made, _cells(made))]
    return _latest[0][1]


_latest: list[tuple[Round, Floats]] = []  # so that ten detectors do not work out the same residuals ten times


def _cells(made: Round) -> Floats:
    known = [redcap_rule_e(made), two_way(made), external(made)] + ([own_past(made)] if made.past.shape[0] else [])
    return np.stack([np.clip(np.where(np.isfinite(each), each, 0.0), -50, 50).ravel() for each in known], axis=1)


def of_scikit_learn(name: str) -> Scorer:
    """A detector of scikit-learn over the cells."""

    def score(made: Round) -> Floats:
        from sklearn.covariance import EllipticEnvelope
        from sklearn.ensemble import IsolationForest
        from sklearn.neighbors import LocalOutlierFactor
        from sklearn.svm import OneClassSVM

        detector = {
            "IsolationForest": IsolationForest(random_state=0),
            "EllipticEnvelope": EllipticEnvelope(random_state=0),
            "LocalOutlierFactor": LocalOutlierFactor(novelty=True),
            "OneClassSVM": OneClassSVM(nu=0.05, gamma="scale"),
        }[name].fit(cells(made))
        return np.asarray(-detector.score_samples(cells(made))).reshape(made.claims.shape)

    return score


def of_pyod(name: str) -> Scorer:
    """A detector of PyOD over the cells."""

    def score(made: Round) -> Floats:
        import importlib

        module = importlib.import_module(f"pyod.models.{name.lower()}")
        seed = {"random_state": 0} if name in ("IForest", "MCD") else {}
        detector = getattr(module, name)(**seed).fit(cells(made))
        return np.asarray(detector.decision_scores_).reshape(made.claims.shape)

    return score


PLAIN: Mapping[str, Scorer] = {
    "own past, one-sided": own_past,
    "two-way polish": two_way,
    "external residual": external,
    "maximum of these three": maximum_of_three,
    "DHIS2 z": dhis2_z,
    "DHIS2 modified z": dhis2_modified_z,
    "REDCap rule E": redcap_rule_e,
}
DETECTORS: Mapping[str, Scorer] = {
    **{
        f"sklearn {name}": of_scikit_learn(name)
        for name in ("IsolationForest", "EllipticEnvelope", "LocalOutlierFactor", "OneClassSVM")
    },
    **{f"PyOD {name}": of_pyod(name) for name in ("IForest", "ECOD", "COPOD", "HBOS", "KNN", "MCD")},
}
NEED_PAST = ("own past, one-sided", "DHIS2 z", "DHIS2 modified z")
THRESHOLDS = {"DHIS2 z": 3.0, "DHIS2 modified z": 3.0, "REDCap rule E": 2.0}

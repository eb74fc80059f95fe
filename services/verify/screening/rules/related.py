"""What another body's rating amounts to in points: a robust line over the cohort, fitted without the unit judged.

A `related` rating has a scale of its own, so it is mapped by Huber's regression (scikit-learn's HuberRegressor;
Huber, Ronchetti: Robust Statistics, 2nd ed., 2009) of the claimed points on the rating, one line per criterion. The
line that judges a unit is fitted on other units (cross-fitting), so that a claim cannot move its own yardstick.
"""

import numpy as np

from services.verify.screening.rules.robust import Floats, Whole
from services.verify.screening.rules.signals import MOST_TAUGHT, folds_of

LEAST_RATED = 10  # units; with fewer a line of their own would say more about single units than about the rating
MOST_TURNS = 1000


def rated_shares(claimed: Floats, rated: Floats, deal: Whole) -> Floats:
    """The share of the maximum (n, m) that each rating (n, m) amounts to; NaN without a rating or enough others.

    `claimed` (n, m) are self-scores as shares of the maximum, `rated` standardised ratings, `deal` (n,) deals the
    units out to the folds. No row order and no seed matters.
    """
    # Late, because it costs seconds and a hundred megabytes that only a worker with ratings to map needs.
    from sklearn.linear_model import HuberRegressor

    amounts = np.full(rated.shape, np.nan)
    folds = folds_of(len(deal))
    order = np.argsort(deal)
    for column in np.flatnonzero(np.isfinite(rated).any(axis=0)):
        x, y = rated[:, column], claimed[:, column]
        known = np.isfinite(x) & np.isfinite(y)
        for fold in range(folds):
            judged = np.isfinite(x) & (deal % folds == fold)
            taught = order[known[order] & (deal[order] % folds != fold)]
            taught = taught[:: max(1, len(taught) // MOST_TAUGHT)]
            if not judged.any() or len(taught) < LEAST_RATED or np.ptp(x[taught]) == 0 or np.ptp(y[taught]) == 0:
                continue
            try:
                line = HuberRegressor(max_iter=MOST_TURNS).fit(x[taught, None], y[taught])
            except ValueError:
                continue  # it did not converge (nearly all points on one line): what the model expects stands in
            amounts[judged, column] = line.predict(x[judged, None])
    return np.asarray(np.clip(amounts, 0.0, 1.0))

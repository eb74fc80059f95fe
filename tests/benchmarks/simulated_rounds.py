"""Made-up rounds of self-assessments in which it is known who claimed too much. All figures are synthetic.

What is assumed: a unit's true level is its own quality, the criterion's difficulty and something particular to both
(which lasts); honest claims scatter around it from year to year; an independent rating of some criteria follows the
truth on a scale of its own, with noise. Sizes are chosen so that the known rivals do as well as in the paper on peers
(section d.3). Three habits: `fresh` (5 % of the items, this year), `chronic` (5 %, every year), `province` (three of
63 units, half of their criteria, every year).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.verify.claims.model import Claim, PastClaim
from services.verify.sources.model import Observation
from shared.criteria.loader import load_document
from shared.criteria.model import Framework

Floats = NDArray[np.float64]
HABITS = ("fresh", "chronic", "province")


@dataclass(frozen=True)
class Setting:
    """One way the world may be.

    `tails`: degrees of freedom of the noise (None: Gaussian); `bent`: ratings saturate; `biased`: points by which the
    ratings favour every third cluster; `gaps`: share of the ratings and of the past that is missing; `step`: claims
    are rounded to so many points (with little noise the past is then constant: MAD 0); `uneven`: criteria differ in
    noise, units have strong and weak fields (two factors), every year shifts all, and nobody claims more than 100.
    """

    units: int = 63
    criteria: int = 30
    past: int = 5
    cluster_size: int = 7
    covered: float = 0.6
    inflated: float = 0.05
    particular: float = 5.5
    noise: float = 3.7
    rating_noise: float = 4.6
    tails: float | None = None
    bent: bool = False
    biased: float = 0.0
    gaps: float = 0.0
    step: float = 0.0
    uneven: bool = False
    verified_past: bool = False


@dataclass(frozen=True)
class Round:
    """Claims (n, m), earlier claims (t, n, m), ratings (n, m) or NaN, and what was added to the truth.

    `truth_past` (t, n, m) are the earlier claims without what was added to them; where it is the very same array as
    `past`, only what was verified is known of the past. NaN: not claimed.
    """

    setting: Setting
    claims: Floats
    past: Floats
    truth_past: Floats
    ratings: Floats
    added: Floats

    @property
    def inflated(self) -> NDArray[np.bool_]:
        return np.asarray(self.added > 0)

    @property
    def units(self) -> list[str]:
        return [f"U{row:06d}" for row in range(self.claims.shape[0])]

    @property
    def clusters(self) -> list[str]:
        return [f"K{row // self.setting.cluster_size:05d}" for row in range(self.claims.shape[0])]

    @property
    def criteria(self) -> list[str]:
        return [f"C{column:02d}" for column in range(self.claims.shape[1])]


def make_round(seed: int, habit: str | None, setting: Setting = Setting()) -> Round:
    """A round with the given habit, or an honest one (None)."""
    draw = np.random.default_rng(seed)
    units, criteria, cycles = setting.units, setting.criteria, setting.past + 1

    def noise(*shape: int) -> Floats:
        if setting.tails is None:
            return draw.standard_normal(shape)
        return np.asarray(draw.standard_t(setting.tails, shape) / np.sqrt(setting.tails / (setting.tails - 2)))

    uneven = draw.lognormal(0, 0.4, criteria) if setting.uneven else np.ones(criteria)
    level = 60 + draw.normal(0, 8, criteria) + draw.normal(0, 6, (units, 1))
    if setting.uneven:
        level = level + draw.normal(0, 3, (units, 2)) @ draw.normal(0, 1, (2, criteria))
    truth = level + setting.particular * noise(units, criteria)
    claims = np.stack([truth + setting.noise * uneven * noise(units, criteria) for _ in range(cycles)])
    followed = truth + setting.rating_noise * uneven * noise(units, criteria)
    if setting.bent:
        followed = 60 + 40 * np.tanh((followed - 60) / 25)
    if setting.biased:
        followed = followed + setting.biased * (np.arange(units) // setting.cluster_size % 3 == 0)[:, None]
    if setting.uneven:
        claims = claims + draw.normal(0, 2, (cycles, 1, 1))
    ratings = draw.normal(0, 20, criteria) + draw.uniform(0.3, 2, criteria) * followed
    ratings[:, draw.permutation(criteria)[round(setting.covered * criteria) :]] = np.nan
    chosen = np.zeros((units, criteria), dtype=bool)
    if habit == "province":
        for row in draw.permutation(units)[: max(1, round(units * 3 / 63))]:
            chosen[row, draw.permutation(criteria)[: criteria // 2]] = True
    elif habit is not None:
        chosen = draw.random((units, criteria)) < setting.inflated
    added = np.where(chosen, draw.uniform(8, 25, (units, criteria)), 0.0)
    honest = claims.copy()
    claims[-1 if habit == "fresh" else slice(None)] += added
    claims, honest = (_written(each, setting) for each in (claims, honest))
    past, truth_past = claims[:-1], honest[:-1]
    if setting.gaps:
        ratings[draw.random(ratings.shape) < setting.gaps] = np.nan
        lost = draw.random(past.shape) < setting.gaps
        past, truth_past = np.where(lost, np.nan, past), np.where(lost, np.nan, truth_past)
    return Round(setting, claims[-1], past, truth_past, ratings, added)


def _written(points: Floats, setting: Setting) -> Floats:
    """Points as units write them down."""
    if setting.step:
        points = np.round(points / setting.step) * setting.step
    return np.clip(points, 0.0, 100.0) if setting.uneven else points


def framework_of(made: Round) -> Framework:
    """Criteria of 150 points (room above, so that nothing is cut off) or, cut off, of 100; rated ones with a source."""
    rated = np.asarray(np.isfinite(made.ratings).any(axis=0))
    return load_document(
        {
            "framework": "simulated",
            "rounding": 2,
            "missing": "exclude",
            "criteria": [
                {"code": code, "max_points": 100 if made.setting.uneven else 150}
                | ({"sources": [{"id": "ministry", "indicator": code, "relation": "related"}]} if rated[column] else {})
                for column, code in enumerate(made.criteria)
            ],
        }
    )


def rows_of(made: Round) -> tuple[list[Claim], list[Observation], list[PastClaim]]:
    """The round as claims, observations and history."""
    cells = [
        (row, column, unit, cluster, code)
        for row, (unit, cluster) in enumerate(zip(made.units, made.clusters, strict=True))
        for column, code in enumerate(made.criteria)
    ]
    unclaimed = made.past is made.truth_past
    claims = [
        Claim(unit, cluster, code, self_points=round(float(made.claims[row, column]), 2))
        for row, column, unit, cluster, code in cells
        if np.isfinite(made.claims[row, column])
    ]
    observations = [
        Observation("ministry", unit, code, "2025", float(made.ratings[row, column]))
        for row, column, unit, _cluster, code in cells
        if np.isfinite(made.ratings[row, column])
    ]
    history = [
        PastClaim(
            unit,
            code,
            str(2025 - made.past.shape[0] + cycle),
            self_points=None if unclaimed else _known(made.past[cycle, row, column]),
            verified_points=_known(made.truth_past[cycle, row, column]) if made.setting.verified_past else None,
        )
        for cycle in range(made.past.shape[0])
        for row, column, unit, _cluster, code in cells
        if np.isfinite(made.past[cycle, row, column]) or np.isfinite(made.truth_past[cycle, row, column])
    ]
    return claims, observations, history


def _known(points: float) -> float | None:
    return round(float(points), 2) if np.isfinite(points) else None


def smaller(setting: Setting, **changes: object) -> Setting:
    """The same world with some sizes changed."""
    return replace(setting, **changes)  # type: ignore[arg-type]

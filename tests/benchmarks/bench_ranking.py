"""Scoring and ranking of 34, 3,321 and 100,000 units against a plain numpy evaluation of the same formulas.

Both are measured in this run on the same figures; the plain one has no tree, no missing values, no names and no ties
by tick, so the ratio is what those cost. Also simulations a second, and the whole path from CSV bytes to RANKING.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from services.ranking.editions.rules.inputs import Inputs, Options
from services.ranking.editions.rules.ranking import rank, ranking_text
from shared.criteria.loader import load_document
from shared.criteria.model import Framework
from shared.criteria.standings import score_cohort, stand
from shared.criteria.tables import read_values

Floats = NDArray[np.float64]
CRITERIA = 40
SIZES = (34, 3_321, 100_000)


def framework() -> Framework:
    """1,000 points in five groups of eight criteria with fixed goalposts."""
    groups = [
        {
            "code": f"G{group}",
            "criteria": [
                {
                    "code": f"C{group}{number}",
                    "max_points": 25,
                    "rule": {"name": "goalposts", "low": number, "high": 100 + number},
                }
                for number in range(CRITERIA // 5)
            ],
        }
        for group in range(5)
    ]
    return load_document({"framework": "bench", "total": 1000, "groups": groups})


def plain_points(values: Floats, low: Floats, high: Floats) -> Floats:
    """The shortest numpy that gives the same points."""
    return np.asarray(np.clip((values - low) / (high - low), 0, 1) * 25)


def plain_ranks(points: Floats) -> NDArray[np.int64]:
    """The shortest numpy that gives the same ranks for a complete table in one cluster."""
    total = np.floor(points * 100 + 0.5 + 1e-6).sum(axis=1)
    return np.searchsorted(np.sort(-total), -total, side="left") + 1


def best_of(work: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def compare(name: str, times: int, plain: Callable[[], object], ours: Callable[[], object]) -> None:
    """Measures both and prints their ratio."""
    base, own = best_of(plain, times), best_of(ours, times)
    print(f"{name}: plain numpy {base * 1e3:8.2f} ms, ours {own * 1e3:8.2f} ms, ratio {own / base:.2f}")


def main() -> None:
    """Prints one line per measurement."""
    chosen = framework()
    low = np.array([criterion.rule.low for criterion in chosen.criteria])  # type: ignore[union-attr]
    high = np.array([criterion.rule.high for criterion in chosen.criteria])  # type: ignore[union-attr]
    for size in SIZES:
        values = np.random.Generator(np.random.PCG64(1)).uniform(0, 120, (size, CRITERIA))
        units = [f"U{number:06}" for number in range(size)]
        clusters = ["K"] * size
        times = 50 if size < 1000 else 5

        points = score_cohort(chosen, units, clusters, values)
        simple = plain_points(values, low, high)
        assert np.array_equal(stand(chosen, units, clusters, points).rank, plain_ranks(simple))
        compare(f"score {size:>7,} units x {CRITERIA}", times, partial(plain_points, values, low, high),
                partial(score_cohort, chosen, units, clusters, values))  # fmt: skip
        compare(f"stand {size:>7,} units x {CRITERIA}", times, partial(plain_ranks, simple),
                partial(stand, chosen, units, clusters, points))  # fmt: skip
        if size <= SIZES[1]:
            simulated(chosen, tuple(units), points)
        whole(chosen, units, values)


def simulated(chosen: Framework, units: tuple[str, ...], points: Floats) -> None:
    """Draws a second in process, ranks and intervals included."""
    draws = 2000 if len(units) < 1000 else 100
    inputs = Inputs(chosen, units, ("K",) * len(units), points, None, Options(draws, 0.25, 1))
    duration = best_of(lambda: rank(inputs), 2)
    print(f"simulate {len(units):>5,} units: {draws / duration:,.0f} draws a second")


def whole(chosen: Framework, units: list[str], values: Floats) -> None:
    """From the bytes of VALUES.csv to the text of RANKING.json."""
    codes = [criterion.code for criterion in chosen.criteria]
    rows = [
        f"{u},{c},{v!r}\n"
        for u, row in zip(units, values.tolist(), strict=True)
        for c, v in zip(codes, row, strict=True)
    ]
    raw = ("unit,criterion,value\n" + "".join(rows)).encode()
    start = time.perf_counter()
    table = read_values(chosen, raw, "values.csv")
    read = time.perf_counter() - start
    points = score_cohort(chosen, table.units, table.clusters, table.values, table.targets)
    text = ranking_text(rank(Inputs(chosen, table.units, table.clusters, points)))
    duration = time.perf_counter() - start
    print(
        f"whole {len(units):>8,} units: {len(raw) / 1e6:.1f} MB of CSV read in {read:.2f} s "
        f"({len(rows) / read:,.0f} rows a second), RANKING of {len(text) / 1e6:.1f} MB after {duration:.2f} s"
    )


if __name__ == "__main__":
    main()

"""What hangs on claims: 34, 3,321 and 100,000 units × 40 criteria in clusters of ten, with 1 % of all claims falling.

Beside it in the same run, on the same figures: brute force (the whole cohort scored and ranked again, on a sample of
the falls; shown as what it would take for all) and a lower bound, plain numpy that knows no tree, no names, no missing
values and no leaders: the difference of the ticks of each fallen claim, and a binary search for its new place.
"""

import time
import tracemalloc
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.criteria.impact import Cluster, Falls, blast_radius, replaced
from shared.criteria.loader import load_document
from tests.benchmarks.bench_ranking import best_of

Floats = NDArray[np.float64]
SIZES, CRITERIA, CLUSTER, SHARE, SAMPLE = (34, 3_321, 100_000), 40, 10, 0.01, 5
KINDS: dict[str, dict[str, Any]] = {
    "own figures only": {"name": "goalposts", "low": 0, "high": 100},
    "every fourth by share of the cluster's best": {"name": "share_of_best"},
    "every fourth by share of everybody's best": {"name": "share_of_best", "scope": "all"},
}


def cohort_of(units: int, fourth: dict[str, Any]) -> Cluster:
    """Figures around 60, in clusters of ten; every fourth criterion has the rule given."""
    rules = [fourth if column % 4 == 0 else KINDS["own figures only"] for column in range(CRITERIA)]
    criteria = [{"code": f"C{column}", "max_points": 25, "rule": rule} for column, rule in enumerate(rules)]
    document = {"framework": "bench", "total": 25 * CRITERIA, "tie_breakers": ["C0"], "criteria": criteria}
    values = np.clip(np.random.default_rng(5).normal(60, 12, (units, CRITERIA)), 1, 100)
    clusters = [f"K{row // CLUSTER:06d}" for row in range(units)]
    return Cluster(load_document(document), [f"U{row:06d}" for row in range(units)], clusters, values)


def falls_of(cohort: Cluster) -> Falls:
    """One claim in a hundred falls by a fifth of itself."""
    draw = np.random.default_rng(6)
    rows, columns = np.nonzero(draw.random(cohort.values.shape) < SHARE)
    return Falls(rows, columns, 0.8 * cohort.values[rows, columns], np.full(len(rows), np.nan))


def plain(values: Floats, falls: Falls) -> NDArray[np.int64]:
    """The new place of each fallen claim's unit, by the shortest numpy."""
    ticks = np.floor(values * 25 + 0.5 + 1e-6).sum(axis=1)
    cluster = np.arange(len(values)) // CLUSTER * 1e7
    after = ticks[falls.rows] - np.floor(values[falls.rows, falls.columns] * 25 * 0.2)
    placed = np.sort(cluster - ticks)
    start = np.searchsorted(placed, cluster - 9e6)
    return np.searchsorted(placed, cluster[falls.rows] - after) - start[falls.rows] + 1


def brute_force(cohort: Cluster, falls: Falls, sample: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Rank afterwards and ranks changed of a sample of the falls, everything scored and ranked again for each."""
    before, _ = cohort.standings(cohort.values)
    found = []
    for place in sample:
        row, column = int(falls.rows[place]), int(falls.columns[place])
        changed = replaced(cohort, row, column, float(falls.values[place]))
        after, _ = changed.standings(changed.values)
        found.append((int(after.rank[row]), int((after.rank != before.rank).sum())))
    return found


def main() -> None:
    for units in SIZES:
        print(f"{units:,} units × {CRITERIA} criteria")
        for name, fourth in KINDS.items():
            cohort = cohort_of(units, fourth)
            falls = falls_of(cohort)
            count = len(falls.rows)
            bound = best_of(lambda cohort=cohort, falls=falls: plain(cohort.values, falls), 3)
            ranking = best_of(lambda cohort=cohort: cohort.standings(cohort.values), 1)
            taken = best_of(lambda cohort=cohort, falls=falls: blast_radius(cohort, falls), 1)
            tracemalloc.start()
            found = blast_radius(cohort, falls)
            memory = tracemalloc.get_traced_memory()[1] / 1e6
            tracemalloc.stop()
            sample = np.linspace(0, count - 1, min(count, SAMPLE)).astype(np.int64)
            start = time.perf_counter()
            expected = brute_force(cohort, falls, sample)
            brute = (time.perf_counter() - start) / len(sample) * count
            same = expected == [(int(found.rank_after[i]), int(found.ranks_changed[i])) for i in sample]
            print(
                f"  {name:<44} {count:>6,} falls {taken:8.3f} s ({1e6 * taken / count:6.1f} µs), {memory:4.0f} MB; "
                f"{taken / bound:6.1f} × plain numpy, {taken / ranking:5.1f} × one ranking, "
                f"1/{brute / taken:,.0f} of brute force; sample {'equal' if same else 'UNEQUAL'}"
            )


if __name__ == "__main__":
    main()

"""A province's, or the nation's, last evening: 3,321 communes in 400 clusters send at once, against bare INSERT."""

from tests.benchmarks.bench_submissions import bench_cycle, measure

COMMUNES = 3321  # communes, wards and special zones since 1 July 2025
CLUSTERS = 400


def main() -> None:
    """Print how long all of them took, both rates and their ratio."""
    measure(bench_cycle(COMMUNES, CLUSTERS))

"""Real self-assessments with somebody else's figure or verdict beside them, as rounds. Read only if they are there.

Immunisation: countries report vaccination coverage; WHO and UNICEF estimate it and say which reports they reject.
A round is one year: reports as claims, earlier years as past. What is looked for are rejected reports that lie above
the estimate; rejected ones below it are left out. No verdict is shown to anybody.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.simulated_rounds import Round, Setting, smaller

Floats = NDArray[np.float64]
FIRST, LAST = 2009, 2022


@dataclass(frozen=True)
class Reports:
    """Coverage in per cent by year, country and vaccine; NaN where nothing was reported or estimated."""

    years: tuple[int, ...]
    reported: Floats
    estimated: Floats
    rejected: NDArray[np.bool_]

    def rounds(self) -> Iterator[tuple[int, Round, Round, NDArray[np.bool_]]]:
        """(year, the round with earlier reports and estimates, the same with estimates alone, which cells count)."""
        for place, year in enumerate(self.years):
            if not FIRST <= year <= LAST:
                continue
            claims, estimate = self.reported[place], self.estimated[place]
            over = self.rejected[place] & (claims > estimate)
            # A report above 100 % is asked about by the rule alone; what is measured here is the comparison.
            claims = np.minimum(claims, 100.0)
            setting = smaller(
                Setting(), units=claims.shape[0], criteria=claims.shape[1], cluster_size=claims.shape[0],
                past=place, uneven=True, verified_past=True,
            )  # fmt: skip
            unrated = np.full(claims.shape, np.nan)
            past, estimates = np.minimum(self.reported[:place], 100.0), self.estimated[:place]
            both = Round(setting, claims, past, estimates, unrated, np.where(over, 1.0, 0.0))
            alone = Round(setting, claims, estimates, estimates, unrated, both.added)
            yield year, both, alone, np.isfinite(claims) & ~(self.rejected[place] & ~over)


def read_reports(folder: Path) -> Reports:
    """The immunisation reports."""
    with (folder / "reported_vs_estimate.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = sorted({int(row["year"]) for row in rows})
    countries, vaccines = sorted({row["iso3"] for row in rows}), sorted({row["vaccine"] for row in rows})
    shape = len(years), len(countries), len(vaccines)
    reported, estimated, rejected = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for row in rows:
        cell = int(row["year"]) - years[0], countries.index(row["iso3"]), vaccines.index(row["vaccine"])
        reported[cell] = float(row["reported"]) if row["reported"] else np.nan
        estimated[cell] = float(row["wuenic"]) if row["wuenic"] else np.nan
        rejected[cell] = row["reported_rejected"] == "1"
    return Reports(tuple(years), reported, estimated, rejected)


def read_evaluations(folder: Path, hidden: float) -> tuple[Round, NDArray[np.bool_]]:
    """IHR 2018 with the external evaluation as a rating, and which cells have one.

    Looked for are claims more than 20 above the evaluation. Of the countries, every `1 / hidden`-th has its rating
    hidden from everybody (0: none).
    """
    with (folder / "claims.csv").open(encoding="utf-8") as file:
        claimed = list(csv.DictReader(file))
    with (folder / "observations.csv").open(encoding="utf-8") as file:
        seen = {(row["unit"], row["indicator"]): float(row["value"]) for row in csv.DictReader(file)}
    units, codes = sorted({row["unit"] for row in claimed}), sorted({row["criterion"] for row in claimed})
    claims, ratings = (np.full((len(units), len(codes)), np.nan) for _ in range(2))
    for row in claimed:
        cell = units.index(row["unit"]), codes.index(row["criterion"])
        claims[cell] = float(row["self_points"])
        ratings[cell] = seen.get((row["unit"], row["criterion"]), np.nan)
    known = np.isfinite(claims) & np.isfinite(ratings)
    over = np.where(known & (claims - ratings > 20), claims - ratings, 0.0)
    if hidden:
        ratings[:: round(1 / hidden)] = np.nan
        known &= ~np.isfinite(ratings)
    setting = smaller(Setting(), units=len(units), criteria=len(codes), cluster_size=len(units), past=0, uneven=True)
    past = np.empty((0, *claims.shape))
    return Round(setting, claims, past, past, ratings, over), known

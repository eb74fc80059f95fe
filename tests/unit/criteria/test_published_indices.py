"""The engine recomputes what the world has published."""

import csv
from pathlib import Path

import numpy as np
import pytest

from shared.criteria.loader import load_document
from shared.criteria.standings import score_cohort, stand
from tests.needs import data_folder
from tests.unit.criteria.examples import HDI, pci


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_human_development_index_2022_gives_every_published_rank_and_value() -> None:
    rows = [row for row in _rows(data_folder("hdi-2022") / "hdi_2022.csv") if row["hdi_rank_2022"]]
    framework = load_document(HDI)
    units = [row["iso3"] for row in rows]
    values = np.array([[float(row[f"{name}_2022"]) for name in ("le", "eys", "mys", "gnipc")] for row in rows])
    points = score_cohort(framework, units, ["all"] * len(units), values)
    standings = stand(framework, units, ["all"] * len(units), points)
    published = [int(float(row["hdi_rank_2022"])) for row in rows]
    assert len(rows) == 193
    assert sum(ours == theirs for ours, theirs in zip(standings.rank.tolist(), published, strict=True)) == 193
    assert standings.total.tolist() == [float(row["hdi_2022"]) for row in rows]


@pytest.mark.parametrize("year", [2010, 2012, 2013, 2014, 2015])
def test_provincial_competitiveness_index_gives_every_published_total_and_rank(year: int) -> None:
    rows = [row for row in _rows(data_folder("vietnam") / "pci_2010_2015.csv") if row["year"] == str(year)]
    framework = load_document(pci(year))
    units = [row["prov_vi"] for row in rows]
    values = np.array([[float(row[criterion.code]) for criterion in framework.criteria] for row in rows])
    points = score_cohort(framework, units, ["all"] * 63, values)
    standings = stand(framework, units, ["all"] * 63, points)
    assert len(rows) == 63
    totals = np.array([float(row["pci_pub"]) for row in rows])
    assert np.abs(standings.total - totals).max() <= 1e-4
    published = [int(float(row["rank_pub"])) for row in rows]
    assert sum(ours == theirs for ours, theirs in zip(standings.rank.tolist(), published, strict=True)) == 63

"""The tables of the demo cite their sources, its framework is a full one, and what is made up is always the same."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from deploy.demo.cycles import DemoCycle, rows_of
from deploy.demo.made_up import SEED, Draws
from deploy.demo.story import item_of
from deploy.demo.vietnam import FOLDER, LATE, SHEETS, vietnam_2015
from shared.contracts.fields import Title
from shared.criteria.loader import load_document
from shared.criteria.model import Framework
from shared.criteria.standings import score_cohort

TABLES = {name: rows_of(FOLDER / f"{name}.csv") for name in ("figures", "tables", "sources", "provinces", "clusters")}
# The claims as they were when their pattern was written down in README.md. Another hash: tell there what is drawn now.
CLAIMS_SHA256 = "036dc8c65f6ff95b8430dc7eef0d03a9860c06b928e6790ed3275e9e21be5115"
# What every numpy gives for the seed.
DRAWN = [0.5040722046495625, 0.22239512285486418, 0.7714278221375851]
PAPI = (
    *("PARTICIPATION", "LOCAL_TRANSPARENCY", "ACCOUNTABILITY", "CORRUPTION_CONTROL", "PROCEDURES"),
    "PUBLIC_SERVICES",
)


@pytest.fixture(scope="module")
def cycle() -> DemoCycle:
    return vietnam_2015()


@pytest.fixture(scope="module")
def framework(cycle: DemoCycle) -> Framework:
    return load_document(cycle.framework)


def test_every_figure_names_publisher_table_and_year() -> None:
    tables = {row["table"]: row for row in TABLES["tables"]}
    sources = {row["source"]: row for row in TABLES["sources"]}
    for row in TABLES["figures"]:
        table = tables[row["table"]]
        source = sources[table["source"]]
        assert all(table[name] for name in ("title_vi", "title_en"))
        assert all(source[name] for name in ("publisher_vi", "publisher_en", "licence", "tabulated_in"))
        assert row["year"] in ("2013", "2014", "2015")
        assert np.isfinite(float(row["value"]))


def test_no_figure_is_given_twice_and_every_province_has_its_figures() -> None:
    keys = Counter((row["indicator"], row["year"], row["province"]) for row in TABLES["figures"])
    assert max(keys.values()) == 1
    provinces = {row["province"] for row in TABLES["provinces"]}
    assert len(provinces) == 63
    missing = {
        (indicator, year): provinces - {row["province"] for row in rows}
        for (indicator, year), rows in _grouped(TABLES["figures"]).items()
    }
    # No forest is published for three provinces; PAPI withheld two in 2014.
    assert {key: len(left) for key, left in missing.items() if left} == {
        **{("FOREST_COVER", year): 3 for year in ("2013", "2014", "2015")},
        **{(indicator, "2014"): 2 for indicator in PAPI},
    }


def _grouped(rows: list[dict[str, str]]) -> Mapping[tuple[str, str], list[dict[str, str]]]:
    grouped: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        grouped.setdefault((row["indicator"], row["year"]), []).append(row)
    return grouped


def test_published_figures_are_what_the_publishers_say() -> None:
    """A few that anybody can look up."""
    codes = {row["name_en"]: row["province"] for row in TABLES["provinces"]}
    figures = {(row["indicator"], row["year"], row["province"]): float(row["value"]) for row in TABLES["figures"]}
    assert figures["POVERTY_RATE", "2015", codes["Ha Noi"]] == 1.8
    assert figures["TRAINED_WORKERS", "2015", codes["Ha Noi"]] == 39.4
    assert figures["FOREST_COVER", "2015", codes["Ha Noi"]] == 5.6
    assert figures["INFANT_MORTALITY", "2015", codes["Bac Ninh"]] == 12.8


def test_clusters_hold_every_province_once_and_say_how_their_members_are_known(cycle: DemoCycle) -> None:
    members = Counter(row["cluster"] for row in TABLES["provinces"])
    assert dict(members) == {"C1": 5, "C2": 9, "C3": 7, "C4": 7, "C5": 6, "C6": 5, "C7": 5, "C8": 7, "C9": 12}
    assert all(row["known_from"] for row in TABLES["clusters"])
    for row in TABLES["clusters"]:
        reconstructed = row["membership"] == "reconstructed"
        assert ("dựng lại" in row["title_vi"]) == ("reconstructed" in row["title_en"]) == reconstructed
    assert set(cycle.votes) == {f"C{number}" for number in range(1, 8)}


def test_at_least_twenty_criteria_rest_on_published_figures(framework: Framework) -> None:
    published = {row["source"] for row in TABLES["sources"]}
    real = [criterion for criterion in framework.criteria if criterion.sources[0].id in published]
    assert len(real) == 25
    assert sum(criterion.max_points for criterion in framework.criteria) == framework.total == 1000
    assert {criterion.sources[0].id for criterion in framework.criteria} - published == set(SHEETS)


def test_units_bear_neutral_names_and_every_unit_claims_everything(cycle: DemoCycle, framework: Framework) -> None:
    names = {row[column] for row in TABLES["provinces"] for column in ("name_vi", "name_en")}
    titles = json.dumps([dict(unit.title) for unit in cycle.units], ensure_ascii=False)
    assert not [name for name in names if name in titles]
    assert {len(cycle.claims[unit.code]) for unit in cycle.units} == {len(framework.criteria)}
    assert cycle.synthetic
    assert all(earlier.synthetic for earlier in cycle.earlier)


def test_made_up_sheets_say_so_in_name_publisher_and_every_row(cycle: DemoCycle) -> None:
    releases = [release for one in (cycle, *cycle.earlier) for release in (*one.releases, *one.late_releases)]
    sheets = [release for release in releases if release.source in SHEETS]
    assert {release.source for release in cycle.late_releases} == {LATE}
    assert len(sheets) == 12
    for release in sheets:
        assert "giả định" in release.title["vi"]
        assert "made up" in release.title["en"]
        assert "giả định" in release.publisher["vi"]
        assert "made up" in release.publisher["en"]
        assert release.file_name.endswith(".synthetic.csv")
        assert all(line.endswith(",synthetic") for line in release.content.decode().splitlines()[1:])
    for release in releases:
        assert release in sheets or all(line.endswith(",final") for line in release.content.decode().splitlines()[1:])
        assert not Title().validate(dict(release.title))


def test_self_scores_are_what_the_rules_give(cycle: DemoCycle, framework: Framework) -> None:
    units = [unit.code for unit in cycle.units]
    claims = [cycle.claims[unit] for unit in units]
    values = np.array([[claim.value for claim in own] for own in claims])
    targets = np.array([[np.nan if claim.target is None else claim.target for claim in own] for own in claims])
    points = score_cohort(framework, units, [unit.cluster for unit in cycle.units], values, targets)
    own = np.array([[claim.self_points for claim in of_unit] for of_unit in claims])
    assert np.abs(points - own).max() <= 0.05 + 1e-9


def test_the_pattern_overlaps_what_is_honest(cycle: DemoCycle, framework: Framework) -> None:
    """Neither does every raised claim leave its tolerance, nor does every honest one stay within it."""
    planted = cycle.planted or {}
    figures = {
        (line.split(",")[0], line.split(",")[1]): float(line.split(",")[3])
        for release in (*cycle.releases, *cycle.late_releases)
        for line in release.content.decode().splitlines()[1:]
    }
    outside: Counter[tuple[str, bool]] = Counter()
    for unit, claims in cycle.claims.items():
        for claim in claims:
            source = framework.criterion(claim.criterion).sources[0]
            if (figure := figures.get((unit, source.indicator))) is not None:
                kind = planted.get((unit, claim.criterion), "honest")
                outside[kind, not source.tolerance.holds(claim.value, figure)] += 1
    assert set(planted.values()) == {"fresh", "chronic", "unit"}
    assert outside["honest", True] > 20
    assert outside["honest", False] > 1000
    assert outside["unit", False] > outside["unit", True]
    assert all(outside[kind, inside] for kind in ("fresh", "chronic") for inside in (True, False))
    assert len({unit for (unit, _), kind in planted.items() if kind == "unit"}) == 2


def test_claims_are_drawn_the_same_every_time_and_everywhere(cycle: DemoCycle) -> None:
    assert _drawn(cycle) == _drawn(vietnam_2015())
    text = json.dumps(_drawn(cycle), ensure_ascii=False, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest() == CLAIMS_SHA256


def _drawn(cycle: DemoCycle) -> list[Any]:
    return [
        {
            "claims": {unit: [item_of(claim) for claim in claims] for unit, claims in one.claims.items()},
            "files": [hashlib.sha256(release.content).hexdigest() for release in (*one.releases, *one.late_releases)],
            "planted": sorted([*item, kind] for item, kind in (one.planted or {}).items()),
        }
        for one in (cycle, *cycle.earlier)
    ]


def test_draws_are_those_of_the_raw_generator() -> None:
    """Only raw output is used, whose stream numpy promises to keep."""
    draws = Draws(SEED)
    assert [draws.share() for _ in range(3)] == DRAWN
    assert Draws(SEED).shuffled(range(6)) == Draws(SEED).shuffled(range(6))
    many = [draws.normal() for _ in range(4000)]
    assert abs(float(np.mean(many))) < 0.05
    assert 0.95 < float(np.std(many)) < 1.05

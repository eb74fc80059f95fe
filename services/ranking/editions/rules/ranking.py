"""RANKING: the standings of every cluster with all their parts, as plain JSON."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.ranking.editions.rules.inputs import Inputs, Options
from services.ranking.editions.rules.simulation import Spread, noise, spread
from shared.criteria import model
from shared.criteria.aggregate import edge_count, filled, maxima_of
from shared.criteria.standings import Standings, added_ticks, stand
from shared.criteria.ticks import from_ticks, tick_values

Floats = NDArray[np.float64]
METHOD = 1  # changes when the same inputs would give another ranking
PART_DECIMALS = 10  # of parts in weighted frameworks: they are not rounded, only cut where binary noise begins
SHARE_DECIMALS = 6  # of simulated shares


def rank(inputs: Inputs) -> dict[str, Any]:
    """RANKING of the inputs. Units that cannot be ranked stand last, with null for rank and total."""
    framework = inputs.framework
    standings = stand(framework, inputs.units, inputs.clusters, inputs.points, inputs.verified)
    spreads = _spreads(inputs, standings) if inputs.options.simulate else {}
    rows_of: dict[str, list[int]] = {}
    for row, cluster in enumerate(inputs.clusters):
        rows_of.setdefault(cluster, []).append(row)
    published = _Published(framework, standings)
    clusters = []
    for cluster in sorted(rows_of):
        rows = sorted(rows_of[cluster], key=lambda row: (standings.rank[row] or len(rows_of[cluster]) + 1, row))
        clusters.append({"cluster": cluster, "standings": [published.standing(row, spreads.get(row)) for row in rows]})
    return {
        "framework": framework.code,
        "method": _method(framework),
        "clusters": clusters,
        "simulation": _simulation(inputs.options),
        "inputs_sha256": inputs.sha256,
    }


def ranking_text(ranking: dict[str, Any]) -> str:
    """RANKING as a file: JSON with one unit a line."""
    clusters = []
    for entry in ranking["clusters"]:
        lines = ",\n".join(_line(standing) for standing in entry["standings"])
        clusters.append(f'{{"cluster": {_line(entry["cluster"])}, "standings": [\n{lines}\n]}}')
    parts = [
        f'"{key}": ' + ("[\n" + ",\n".join(clusters) + "\n]" if key == "clusters" else _line(value))
        for key, value in ranking.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _method(framework: model.Framework) -> dict[str, Any]:
    return {
        "version": METHOD,
        "framework_version": framework.version,
        "framework_sha256": framework.sha256,
        "aggregation": framework.aggregation,
        "missing": framework.missing,
        "rounding": framework.rounding,
        "ranks": "standard competition (1224)",
        "tie_breakers": list(framework.tie_breakers),
    }


def _simulation(options: Options) -> dict[str, Any] | None:
    if options.simulate is None:
        return None
    return {
        "draws": options.simulate,
        "weight_noise": options.weight_noise,
        "seed": options.seed,
        "generator": "PCG64",
        "percentiles": [5, 95],
        "libraries": {"numpy": np.__version__},
    }


class _Published:
    """The parts of standings as they are published; all arrays turned into plain numbers once."""

    def __init__(self, framework: model.Framework, standings: Standings) -> None:
        table = framework.aggregation == "sum"
        decimals = framework.rounding if table else max(framework.rounding, PART_DECIMALS)
        self.standings = standings
        self.criteria = [criterion.code for criterion in framework.criteria]
        self.groups = [group.code for group in framework.groups]
        self.additions = [bonus.code for bonus in framework.bonuses] + [penalty.code for penalty in framework.penalties]
        self.gates = [gate.code for gate in framework.gates]
        self.ranks: list[int] = standings.rank.tolist()
        self.totals = _plain(standings.total)
        self.of_groups = _plain(_cut(standings.groups, decimals))
        self.of_criteria = _plain(_cut(standings.criteria, decimals))
        self.of_additions = _plain(_cut(standings.additions, framework.rounding))
        share = standings.share_verified
        self.shares = [None] * len(self.ranks) if share is None else _plain(_cut(share, PART_DECIMALS))

    def standing(self, row: int, spread_of_unit: tuple[int, int, float] | None) -> dict[str, Any]:
        """One entry of `standings`."""
        entry: dict[str, Any] = {
            "unit": self.standings.units[row],
            "rank": self.ranks[row] or None,
            "total": self.totals[row],
            "groups": dict(zip(self.groups, self.of_groups[row], strict=True)),
            "criteria": dict(zip(self.criteria, self.of_criteria[row], strict=True)),
            "share_verified": self.shares[row],
            "rank_interval": None if spread_of_unit is None else list(spread_of_unit[:2]),
            "probability_first": None if spread_of_unit is None else spread_of_unit[2],
        }
        if self.additions:
            entry["additions"] = dict(zip(self.additions, self.of_additions[row], strict=True))
        if self.gates:
            applies = self.standings.gates[row]
            entry["gates"] = [code for code, holds in zip(self.gates, applies, strict=True) if holds]
        return entry


def _cut(figures: Floats, decimals: int) -> Floats:
    return from_ticks(tick_values(figures, decimals), decimals)


def _plain(figures: Floats) -> Any:
    """Nested lists with None for NaN."""
    plain = figures.astype(object)
    plain[np.isnan(figures)] = None
    return plain.tolist()


def _spreads(inputs: Inputs, standings: Standings) -> dict[int, tuple[int, int, float]]:
    """Row → (low, high, share first) of every ranked unit. One set of weights is drawn for all clusters."""
    framework, options = inputs.framework, inputs.options
    factors = noise(options.seed, options.simulate or 0, edge_count(framework), options.weight_noise)
    found: dict[int, tuple[int, int, float]] = {}
    names = np.array(inputs.clusters)
    many = len(framework.criteria)
    for cluster in sorted(set(inputs.clusters)):
        everybody = np.flatnonzero(names == cluster)
        nobody_apart = np.zeros(len(everybody), dtype=np.int64)
        counted = filled(framework, inputs.points[everybody, :many], nobody_apart)
        maxima = maxima_of(framework, (cluster,), np.zeros(1, dtype=np.int64))
        ranked = standings.rank[everybody] > 0
        rows = everybody[ranked]
        if not len(rows):
            continue
        added = added_ticks(framework, inputs.points[rows, many:])
        result = spread(framework, counted[ranked], maxima, added, standings.tie_order[rows], factors)
        found.update(zip(rows.tolist(), _entries(result), strict=True))
    return found


def _entries(result: Spread) -> list[tuple[int, int, float]]:
    shares = _cut(result.first, SHARE_DECIMALS)
    return list(zip(result.low.tolist(), result.high.tolist(), shares.tolist(), strict=True))

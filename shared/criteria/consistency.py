"""What must hold between the parts of a framework document whose shape is right."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.sentences import Sentence, sentence
from shared.criteria.documents import Path_

Located = tuple[Path_, Sentence]
Loaded = Mapping[str, Any]


def faults(loaded: Loaded) -> list[Located]:
    """Every contradiction of a loaded document with its path; empty when it can become a framework."""
    found = [*_nodes(loaded, (), "sum"), *_codes(loaded), *_top(loaded)]
    return found or list(_references(loaded))


def _nodes(node: Loaded, path: Path_, inherited: str) -> Iterator[Located]:
    aggregation = node.get("aggregation", inherited)
    criteria, groups = node.get("criteria", []), node.get("groups", [])
    if not criteria and not groups:
        yield path, sentence("A group needs at least one criterion or group.")
    if aggregation == "sum" and "max_points" in node:
        message = sentence("The maximum of a sum is the sum of its parts; leave max_points out.")
        yield (*path, "max_points"), message
    weights = [child.get("weight", 1.0) for child in (*criteria, *groups)]
    if aggregation != "sum" and weights and not math.fsum(weights) > 0:
        yield path, sentence("At least one weight in the group must be above 0.")
    for index, criterion in enumerate(criteria):
        yield from _criterion(criterion, (*path, "criteria", index), aggregation)
    for index, group in enumerate(groups):
        yield from _nodes(group, (*path, "groups", index), aggregation)


def _criterion(criterion: Loaded, path: Path_, aggregation: str) -> Iterator[Located]:
    if aggregation == "sum" and "max_points" not in criterion:
        yield path, sentence("The key “%(key)s” is missing.", key="max_points")
    rule = criterion.get("rule", {})
    direction = criterion.get("direction")
    own: str | None = None
    if rule.get("name") == "goalposts":
        own = "higher" if rule["low"] < rule["high"] else "lower"
    elif rule.get("name") == "bands":
        own = "higher" if "at_least" in rule["bands"][0] else "lower"
    elif rule.get("name") in ("rubric", "binary", "per_count"):
        own = "higher"
    if own is not None and direction is not None and direction != own:
        message = sentence("The rule says that %(own)s is better, the direction says %(direction)s.",
                           own=own, direction=direction)  # fmt: skip
        yield (*path, "direction"), message


def _walk(node: Loaded, path: Path_) -> Iterator[tuple[str, Path_, Loaded]]:
    for kind in ("criteria", "groups"):
        for index, child in enumerate(node.get(kind, [])):
            yield kind, (*path, kind, index), child
            if kind == "groups":
                yield from _walk(child, (*path, kind, index))


def _codes(loaded: Loaded) -> Iterator[Located]:
    """Groups among themselves, and criteria with bonuses, penalties and gates, have codes of their own."""
    seen: dict[tuple[bool, str], Path_] = {}
    everything = [*_walk(loaded, ())]
    for kind in ("bonuses", "penalties", "gates"):
        everything += [(kind, (kind, index), entry) for index, entry in enumerate(loaded.get(kind, []))]
    for kind, path, entry in everything:
        key = (kind == "groups", entry["code"])
        if key in seen:
            yield (*path, "code"), sentence("The code “%(code)s” is given twice.", code=entry["code"])
        seen.setdefault(key, path)


def _top(loaded: Loaded) -> Iterator[Located]:
    weighted = loaded.get("aggregation", "sum") != "sum"
    if weighted and "total" not in loaded:
        yield (), sentence("The key “%(key)s” is missing.", key="total")
    if not weighted and loaded.get("missing") == "cluster_mean":
        yield ("missing",), sentence("A table of points (aggregation sum) may not fill gaps with the cluster's mean.")
    for kind, limit in (("bonuses", "cap"), ("penalties", "floor")):
        for index, entry in enumerate(loaded.get(kind, [])):
            if limit in entry and abs(entry[limit]) < abs(entry["points_each"]):
                message = sentence(
                    "The limit is smaller than a single one (%(each)s).", each=float(entry["points_each"])
                )
                yield (kind, index, limit), message


def _references(loaded: Loaded) -> Iterator[Located]:
    criteria: dict[str, float] = {}
    known: set[str] = set()
    for kind, _, child in _walk(loaded, ()):
        known.add(child["code"])
        if kind == "criteria":
            criteria[child["code"]] = child.get("max_points", 1.0)
    for index, code in enumerate(loaded.get("tie_breakers", [])):
        if code not in known:
            message = sentence("“%(code)s” is no criterion or group of this framework.", code=code)
            yield ("tie_breakers", index), message
    clusters: set[str] = set()
    for index, overlay in enumerate(loaded.get("overlays", [])):
        path: Path_ = ("overlays", index)
        for cluster in overlay["clusters"]:
            if cluster in clusters:
                message = sentence("The cluster “%(cluster)s” has two overlays.", cluster=cluster)
                yield (*path, "clusters"), message
            clusters.add(cluster)
        yield from _changes(overlay, path, criteria)


def _changes(overlay: Loaded, path: Path_, criteria: Mapping[str, float]) -> Iterator[Located]:
    bound = overlay.get("bound", 20.0)
    for code, change in overlay["changes"].items():
        where = (*path, "changes", code)
        if code not in criteria:
            yield where, sentence("“%(code)s” is no criterion of this framework.", code=code)
        elif criteria[code] + change <= 0:
            yield where, sentence("The maximum of “%(code)s” would fall to 0 or below.", code=code)
        if abs(change) > bound:
            yield where, sentence("The change is larger than the bound of %(bound)s points.", bound=float(bound))
    total = math.fsum(overlay["changes"].values())
    if abs(total) > 1e-9:
        message = sentence("The changes must add up to 0; they add up to %(total)s.", total=total)
        yield (*path, "changes"), message

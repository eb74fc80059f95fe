"""Frameworks that several tests use, as plain documents."""

from typing import Any

HDI: dict[str, Any] = {
    "framework": "hdi-2022",
    "total": 1,
    "rounding": 3,
    "missing": "exclude",
    "aggregation": "weighted_geometric",
    "groups": [
        {
            "code": "HEALTH",
            "criteria": [{"code": "LE", "max_points": 1, "rule": {"name": "goalposts", "low": 20, "high": 85}}],
        },
        {
            "code": "EDUCATION",
            "aggregation": "weighted_arithmetic",
            "criteria": [
                {"code": "EYS", "max_points": 1, "rule": {"name": "goalposts", "low": 0, "high": 18}},
                {"code": "MYS", "max_points": 1, "rule": {"name": "goalposts", "low": 0, "high": 15}},
            ],
        },
        {
            "code": "INCOME",
            "criteria": [
                {
                    "code": "GNI",
                    "max_points": 1,
                    "rule": {"name": "goalposts", "low": 100, "high": 75000, "transform": "log"},
                }
            ],
        },
    ],
}

# Weights of the Provincial Competitiveness Index, of 100, on sub-indices of ten points.
_PCI_PARTS = ("entry", "land", "transparency", "time", "informal", "bias", "proactive", "support", "labor", "legal")
_PCI_BEFORE_2013 = (10, 5, 20, 15, 10, 0, 10, 5, 20, 5)
_PCI_SINCE_2013 = (5, 5, 20, 5, 10, 5, 5, 20, 20, 5)


def pci(year: int) -> dict[str, Any]:
    """The Provincial Competitiveness Index of a year: ten sub-indices (nine before 2013), weighted."""
    weights = _PCI_SINCE_2013 if year >= 2013 else _PCI_BEFORE_2013
    return {
        "framework": f"pci-{year}",
        "total": 100,
        "rounding": 4,
        "missing": "error",
        "aggregation": "weighted_arithmetic",
        "criteria": [
            {"code": part, "max_points": 10, "weight": weight, "rule": {"name": "goalposts", "low": 0, "high": 10}}
            for part, weight in zip(_PCI_PARTS, weights, strict=True)
            if weight
        ],
    }


def table(criteria: int = 3, *, maximum: float = 10, **keys: Any) -> dict[str, Any]:
    """A table of points with criteria C1, C2, … from 0 to 100 per cent."""
    return {
        "framework": "table",
        "criteria": [
            {"code": f"C{number}", "max_points": maximum, "rule": {"name": "goalposts", "low": 0, "high": 100}}
            for number in range(1, criteria + 1)
        ],
        **keys,
    }

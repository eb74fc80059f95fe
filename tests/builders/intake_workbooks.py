"""A form of 39 criteria with every kind of rule, filled in, for the tests of its workbook."""

from typing import Any

RULES: tuple[dict[str, Any], ...] = (
    {"kind": "quantitative", "rule": {"name": "goalposts", "low": 0, "high": 10}},
    {"kind": "quantitative", "rule": {"name": "goalposts", "low": 30, "high": 2}},
    {"kind": "quantitative", "rule": {"name": "goalposts", "low": 100, "high": 75000, "transform": "log"}},
    {"kind": "quantitative", "rule": {"name": "proportional"}, "target": "registered", "direction": "higher"},
    {"kind": "quantitative", "rule": {"name": "proportional"}, "target": "registered", "direction": "lower"},
    {
        "kind": "quantitative",
        "rule": {"name": "bands", "bands": [{"at_least": 9, "share": 1}, {"at_least": 7, "share": 0.6}]},
    },
    {
        "kind": "quantitative",
        "rule": {"name": "bands", "bands": [{"at_most": 2, "share": 1}, {"at_most": 4, "share": 0.5}]},
    },
    {"kind": "qualitative", "rule": {"name": "rubric", "shares": [0.2, 0.4, 0.6, 0.8, 1.0]}},
    {"kind": "binary", "rule": {"name": "binary"}},
    {"kind": "count", "rule": {"name": "per_count", "points_each": 2.5}},
    {"kind": "quantitative", "rule": {"name": "leader_relative"}, "target": "registered", "direction": "higher"},
    {"kind": "quantitative", "rule": {"name": "minmax"}, "direction": "higher"},
    {"kind": "qualitative"},
)
COUNT = 39
CODES = tuple(f"D{number:02d}" for number in range(1, COUNT + 1))


def framework() -> dict[str, Any]:
    """39 criteria in three groups, a bonus, a penalty and a gate."""
    criteria = [
        {
            "code": code,
            "title": {"vi": f"Tiêu chí số {number}", "en": f"Criterion {number}"},
            "unit": "%",
            "max_points": 25,
            "evidence": "required",
            **RULES[number % len(RULES)],
        }
        for number, code in enumerate(CODES)
    ]
    return {
        "framework": "thirty-nine",
        "version": 1,
        "title": {"vi": "Khung 39 tiêu chí", "en": "39 criteria"},
        "total": 975,
        "rounding": 2,
        "missing": "zero",
        "groups": [
            {"code": f"G{part}", "title": {"vi": f"Nhóm {part}"}, "criteria": criteria[part * 13 : part * 13 + 13]}
            for part in range(3)
        ],
        "bonuses": [{"code": "B1", "title": {"vi": "Sáng kiến"}, "points_each": 2, "cap": 10}],
        "penalties": [{"code": "P1", "title": {"vi": "Nộp muộn"}, "points_each": -1.5, "floor": -6}],
        "gates": [{"code": "X1", "title": {"vi": "Có vụ án"}, "effect": "hold"}],
    }

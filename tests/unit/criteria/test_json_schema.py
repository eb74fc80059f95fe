"""The published JSON Schema: kept beside the code, and of one mind with the loader about the shape of documents."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given

import shared.criteria
from shared.contracts.refusals import BadInput
from shared.criteria.json_schema import framework_json_schema, framework_json_schema_text
from shared.criteria.loader import load_document
from tests.unit.criteria.documents import documents
from tests.unit.criteria.examples import HDI, pci

FOLDER = Path(shared.criteria.__file__).parent
VALIDATOR = jsonschema_rs.Draft202012Validator(framework_json_schema())


def test_the_schema_that_is_kept_is_the_one_that_the_code_gives() -> None:
    kept = (FOLDER / "framework.schema.json").read_text(encoding="utf-8")
    assert kept == framework_json_schema_text(), (
        "run: .venv/bin/python -m shared.criteria schema > shared/criteria/framework.schema.json"
    )


@pytest.mark.parametrize(
    "document",
    [HDI, pci(2015), yaml.safe_load((FOLDER / "examples" / "vietnam_provinces.yaml").read_text(encoding="utf-8"))],
)
def test_known_frameworks_are_valid(document: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(document)) == []


@given(documents())
def test_what_the_loader_takes_is_valid(document: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(document)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("framework",), "mã khung"),
        (("framework",), 5),
        (("surprise",), 1),
        (("rounding",), 2.5),
        (("rounding",), 9),
        (("missing",), "guess"),
        (("total",), 0),
        (("groups", 0, "criteria", 0, "max_points"), "10"),
        (("groups", 0, "criteria", 0, "max_points"), -1),
        (("groups", 0, "criteria", 0, "rule"), {"name": "magic"}),
        (("groups", 0, "criteria", 0, "rule"), {"name": "goalposts", "low": 1}),
        (("groups", 0, "criteria", 0, "rule"), {"name": "binary", "low": 1}),
        (("groups", 0, "criteria", 0, "evidence"), "perhaps"),
        (("groups", 0, "criteria", 0, "evidence"), {"rule": "required", "who": "me"}),
        (("groups", 0, "criteria", 0, "sources"), [{"id": "nso"}]),
        (("tie_breakers",), [1]),
        (("bonuses",), [{"code": "B", "points_each": -1}]),
        (("penalties",), [{"code": "P", "points_each": 1}]),
        (("gates",), [{"code": "X", "effect": "vanish"}]),
        (("overlays",), [{"clusters": ["a"], "changes": {"LE": 1}}]),
        (("quantified",), "most"),
    ],
)
def test_a_wrong_shape_is_refused_by_both(path: tuple[str | int, ...], value: Any) -> None:
    document: Any = copy.deepcopy(HDI)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(json.loads(json.dumps(document)))
    with pytest.raises(BadInput):
        load_document(document)

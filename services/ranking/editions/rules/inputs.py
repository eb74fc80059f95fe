"""What a ranking rests on, and nothing else: the framework, the options and the points. Its hash names it.

The document is {"framework", "options", "points"}; `points` has one entry per unit in the order of unit codes:
{"unit", "cluster", "points": {code: decimal string or null}, "status": {code: status}} (no `status` where the points
came without). No ids and no times, so equal inputs have equal hashes.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import rfc8785
from numpy.typing import NDArray

from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model
from shared.criteria.loader import load_document
from shared.criteria.tables import LARGEST_POINTS, Points

Floats = NDArray[np.float64]
VERIFIED = "verified"
MOST_DRAWS = 1_000_000
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


@dataclass(frozen=True)
class Options:
    """How sure: `simulate` draws (None: no simulation), weights ± `weight_noise`, from `seed`."""

    simulate: int | None = None
    weight_noise: float = 0.25
    seed: int = 0

    def __post_init__(self) -> None:
        if self.simulate is not None and not 1 <= self.simulate <= MOST_DRAWS:
            raise ValueError(f"simulate must be 1 to {MOST_DRAWS}")
        if not 0 <= self.weight_noise < 1:
            raise ValueError("weight_noise must be at least 0 and below 1")
        if not 0 <= self.seed < 2**53:
            raise ValueError("seed must be at least 0 and below 2**53")

    def document(self) -> dict[str, Any]:
        """Plain JSON; without a simulation the other two mean nothing and are null."""
        if self.simulate is None:
            return {"simulate": None, "weight_noise": None, "seed": None}
        return {"simulate": self.simulate, "weight_noise": float(self.weight_noise), "seed": self.seed}


@dataclass(frozen=True)
class Inputs:
    """Points [n, k] of n units (any order; kept in the order of their codes), columns as `framework.items`.

    `statuses` has one list of n × k texts (empty: none), or is None when the points came without.
    """

    framework: model.Framework
    units: tuple[str, ...]
    clusters: tuple[str, ...]
    points: Floats
    statuses: Sequence[Sequence[str]] | None = None
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        if len(set(self.units)) != len(self.units):
            raise ValueError("a unit is given twice")
        if self.points.shape != (len(self.units), len(self.framework.items)):
            raise ValueError(f"points have shape {self.points.shape}")
        order = sorted(range(len(self.units)), key=self.units.__getitem__)
        if order != list(range(len(order))):
            object.__setattr__(self, "points", self.points[order])
            for name in ("units", "clusters"):
                object.__setattr__(self, name, tuple(getattr(self, name)[row] for row in order))
            if self.statuses is not None:
                object.__setattr__(self, "statuses", [self.statuses[row] for row in order])

    @classmethod
    def from_table(cls, framework: model.Framework, table: Points, options: Options) -> "Inputs":
        """The inputs in a POINTS table."""
        statuses = None
        if table.statuses is not None:
            names = [*table.status_names, ""]
            statuses = [[names[number] for number in row] for row in table.statuses]
        return cls(framework, table.units, table.clusters, table.points, statuses, options)

    @property
    def verified(self) -> NDArray[np.bool_] | None:
        """[n, k] which points rest on status `verified`; None without statuses."""
        if self.statuses is None:
            return None
        marks = [[status == VERIFIED for status in row] for row in self.statuses]
        return np.array(marks, dtype=bool).reshape(self.points.shape)

    def document(self) -> dict[str, Any]:
        """The plain JSON that `canonical` writes and `from_document` reads."""
        return {
            "framework": dict(self.framework.document),
            "options": self.options.document(),
            "points": self._rows(),
        }

    @cached_property
    def canonical(self) -> bytes:
        """The RFC 8785 form of `document()`."""
        # The rows hold only texts, nulls and ASCII keys, for which json with sorted keys writes the same bytes as
        # RFC 8785, forty times faster (a test compares).
        rows = json.dumps(self._rows(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        head = rfc8785.dumps({"framework": dict(self.framework.document), "options": self.options.document()})
        return head[:-1] + b',"points":' + rows.encode() + b"}"

    @cached_property
    def sha256(self) -> str:
        """`inputs_sha256` of RANKING."""
        return hashlib.sha256(self.canonical).hexdigest()

    def _rows(self) -> list[dict[str, Any]]:
        codes = [item.code for item in self.framework.items]
        rows: list[dict[str, Any]] = []
        for index, (unit, cluster, figures) in enumerate(zip(self.units, self.clusters, self.points, strict=True)):
            texts = [None if figure != figure else decimal_notation(figure) for figure in figures.tolist()]
            row = {"unit": unit, "cluster": cluster, "points": dict(zip(codes, texts, strict=True))}
            if self.statuses is not None:
                row["status"] = {
                    code: status for code, status in zip(codes, self.statuses[index], strict=True) if status
                }
            rows.append(row)
        return rows


def decimal_notation(figure: float) -> str:
    """The shortest decimal notation, without exponent, that reads back as the same float64."""
    text = repr(figure)
    if "e" in text:
        text = np.format_float_positional(figure, unique=True, trim="-")
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def inputs_from_document(document: Any, name: str | None = None) -> Inputs:
    """The inputs in plain JSON (of an edition called `name`). Raises BadInput with the path of every fault."""
    reader = _Reader(name)
    if not reader.table(document, "inputs", ("framework", "options", "points")):
        raise BadInput(reader.faults)
    framework = load_document(document["framework"], name)
    options = reader.options(document["options"])
    rows = document["points"] if isinstance(document["points"], list) else []
    if not rows:
        reader.add_fault("inputs.points", sentence("Expected at least one entry."))
    shape = (len(rows), len(framework.items))
    points = np.full(shape, np.nan)
    statuses = [[""] * shape[1] for _ in rows]
    with_status = 0
    units: list[str] = []
    clusters: list[str] = []
    for index, row in enumerate(rows):
        path = f"inputs.points[{index}]"
        if not reader.table(row, path, ("unit", "cluster", "points"), optional=("status",)):
            continue
        units.append(reader.text(row["unit"], f"{path}.unit"))
        clusters.append(reader.text(row["cluster"], f"{path}.cluster"))
        for code, figure in reader.entries(row["points"], f"{path}.points", framework.columns):
            points[index, framework.columns[code]] = reader.figure(figure, f"{path}.points.{code}")
        with_status += "status" in row
        for code, status in reader.entries(row.get("status", {}), f"{path}.status", framework.columns):
            statuses[index][framework.columns[code]] = reader.text(status, f"{path}.status.{code}")
    if units != sorted(set(units)):
        reader.add_fault("inputs.points", sentence("Units stand once each, in the order of their codes."))
    if with_status not in (0, len(rows)):
        reader.add_fault("inputs.points", sentence("Either every unit has a status table or none has."))
    if reader.faults or options is None:
        raise BadInput(reader.faults)
    return Inputs(framework, tuple(units), tuple(clusters), points, statuses if with_status else None, options)


class _Reader:
    """Reads the parts of a document and collects faults by path."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.faults: list[Fault] = []

    def add_fault(self, path: str, message: Sentence) -> None:
        self.faults.append(Fault(message, file=self.name, path=path))

    def table(self, value: Any, path: str, keys: Sequence[str], optional: Sequence[str] = ()) -> bool:
        if not isinstance(value, dict):
            self.add_fault(path, sentence("Expected a table of keys."))
            return False
        for key in keys:
            if key not in value:
                self.add_fault(path, sentence("The key “%(key)s” is missing.", key=key))
        for key in value:
            if key not in (*keys, *optional):
                self.add_fault(path, sentence("Unknown key “%(key)s”.", key=str(key)))
        return all(key in value for key in keys)

    def entries(self, value: Any, path: str, known: Mapping[str, int]) -> list[tuple[str, Any]]:
        if not isinstance(value, dict):
            self.add_fault(path, sentence("Expected a table of keys."))
            return []
        for code in value:
            if code not in known:
                self.add_fault(path, sentence("“%(found)s” is no criterion of the framework.", found=str(code)))
        return [(code, entry) for code, entry in value.items() if code in known]

    def text(self, value: Any, path: str) -> str:
        if isinstance(value, str) and value and value.isprintable():
            return value
        self.add_fault(path, sentence("Expected text (put it in quotes)."))
        return ""

    def figure(self, value: Any, path: str) -> float:
        if value is None:
            return float("nan")
        if (
            isinstance(value, str)
            and _DECIMAL.match(value)
            and len(value) < 400
            and abs(float(value)) <= LARGEST_POINTS
        ):
            return float(value)
        self.add_fault(path, sentence("Expected points as a decimal text like “12.5”, or null."))
        return float("nan")

    def options(self, value: Any) -> Options | None:
        if not self.table(value, "inputs.options", ("simulate", "weight_noise", "seed")):
            return None
        draws, noise, seed = value["simulate"], value["weight_noise"], value["seed"]
        if (draws, noise, seed) == (None, None, None):
            return Options()
        whole = all(isinstance(number, int) and not isinstance(number, bool) for number in (draws, seed))
        if whole and isinstance(noise, int | float) and not isinstance(noise, bool):
            try:
                return Options(simulate=draws, weight_noise=float(noise), seed=seed)
            except ValueError:
                pass
        self.add_fault("inputs.options", sentence("These options are out of range."))
        return None

"""SDMX-JSON 1.0 and 2.0: time series, cross-sections and flat data.

Source: SDMX-JSON data message, field guides 1.0 and 2.0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.verify.sources.readers.figures import PLAIN, figure
from services.verify.sources.readers.sdmx_names import MEASURE, STATUS_IDS
from services.verify.sources.readers.table import ERROR, Notes, Row, Table, bad_number, named
from services.verify.sources.readers.text import mended
from shared.contracts.sentences import sentence

_DELETE = ("delete", "d")
_TEXT_TYPES = ("string", "alpha", "alphanumeric", "uri")


def is_sdmx_json(document: Any) -> bool:
    """Whether a JSON document is an SDMX data message."""
    if not isinstance(document, Mapping):
        return False
    data = document.get("data", document)
    return isinstance(data, Mapping) and "dataSets" in data and ("structure" in data or "structures" in data)


def read(document: Mapping[str, Any], notes: Notes) -> Table:
    """Codes. Columns are the key's dimensions in their order, then the dimension at observation level.

    What a dataset with the action “delete” takes back is no cell; how much it was is remarked.
    """
    data = document.get("data", document)
    structures = data["structures"] if "structures" in data else [data["structure"]]
    sets = data["dataSets"]
    if (
        not isinstance(structures, list)
        or not isinstance(sets, list)
        or not all(map(_is_mapping, (*structures, *sets)))
    ):
        raise notes.unreadable(
            sentence("This is not an SDMX-JSON data message: its structures or datasets are no lists.")
        )
    shapes = [_shape(structure, notes) for structure in structures]
    columns: dict[str, int] = {}
    for shape in shapes:
        for name in shape.columns:
            columns.setdefault(name, len(columns))
    return Table(named([[name] for name in columns]), _rows(sets, shapes, columns, notes))


@dataclass(frozen=True)
class _Shape:
    """A structure: dimensions (name, codes) by level, measures, and where the status stands in an observation."""

    fixed: list[tuple[str, list[str]]]
    series: list[tuple[str, list[str]]]
    observation: list[tuple[str, list[str]]]
    columns: list[str]
    measures: list[str]
    holds_text: bool
    status_at: int | None
    statuses: list[str]
    series_status_at: int | None
    series_statuses: list[str]


def _shape(structure: Mapping[str, Any], notes: Notes) -> _Shape:
    levels = _mapping(structure.get("dimensions"))
    described = {level: _list(levels.get(level)) for level in ("dataSet", "series", "observation")}
    if not any(described.values()):
        raise notes.unreadable(sentence("The message describes no dimensions."), path="structure.dimensions")
    outer, inner = described["dataSet"] + described["series"], described["observation"]
    groups = [outer, inner] if described["series"] else [outer + inner]
    columns = [_name(one) for group in groups for one in sorted(group, key=_position)]
    measures = _list(_mapping(structure.get("measures")).get("observation"))
    names = [_name(measure) for measure in measures] or ["OBS_VALUE"]
    attributes = _mapping(structure.get("attributes"))
    status_at, statuses = _status(_list(attributes.get("observation")))
    series_at, series_statuses = _status(_list(attributes.get("series")))
    return _Shape(
        fixed=_named_codes(described["dataSet"]),
        series=_named_codes(described["series"]),
        observation=_named_codes(described["observation"]),
        columns=columns + ([MEASURE] if len(names) > 1 else []),
        measures=names,
        holds_text=any(_is_text(measure) for measure in measures),
        status_at=None if status_at is None else len(names) + status_at,
        statuses=statuses,
        series_status_at=series_at,
        series_statuses=series_statuses,
    )


def _rows(sets: list[Any], shapes: list[_Shape], columns: Mapping[str, int], notes: Notes) -> Iterator[Row]:
    deleted = 0
    for number, given in enumerate(sets):
        shape_number = given.get("structure", 0)
        if not re.fullmatch(r"[0-9]+", str(shape_number)) or int(shape_number) >= len(shapes):
            raise notes.unreadable(
                sentence("The dataset names a structure that is not there."), path=f"dataSets[{number}]"
            )
        reading = _Dataset(given, shapes[int(shape_number)], columns, f"dataSets[{number}]", notes)
        if str(given.get("action", "")).lower() in _DELETE:
            deleted += reading.count()
        else:
            yield from reading.rows()
    if deleted:
        notes.remark(
            sentence("%(count)s observations are taken back by this message; they are left out.", count=deleted)
        )


class _Dataset:
    def __init__(
        self, given: Mapping[str, Any], shape: _Shape, columns: Mapping[str, int], path: str, notes: Notes
    ) -> None:
        self.given, self.shape, self.columns, self.path, self.notes = given, shape, columns, path, notes
        self.series = _mapping(given.get("series"))
        self.observations = _mapping(given.get("observations"))

    def count(self) -> int:
        """How many observations the dataset names."""
        inside = sum(len(_mapping(_mapping(one).get("observations"))) for one in self.series.values())
        return len(self.observations) + inside

    def rows(self) -> Iterator[Row]:
        """The rows of all series, then of the observations outside series."""
        blank = [""] * len(self.columns)
        for name, codes in self.shape.fixed:
            blank[self.columns[name]] = codes[0] if codes else ""
        for key, given in self.series.items():
            labels, series = list(blank), _mapping(given)
            self._fill(labels, self.shape.series, key, f"{self.path}.series")
            status = self._series_status(series)
            yield from self._inside(labels, _mapping(series.get("observations")), status, f"{self.path}.series.{key}")
        yield from self._inside(blank, self.observations, "", self.path)

    def _inside(self, labels: list[str], observations: Mapping[str, Any], status: str, path: str) -> Iterator[Row]:
        shape = self.shape
        for key, observation in observations.items():
            place = f"{path}.observations.{key}"
            full = list(labels)
            self._fill(full, shape.observation, key, place)
            parts = observation if isinstance(observation, list) else [observation]
            own = self._coded(parts, shape.status_at, shape.statuses) or status
            for at, measure in enumerate(shape.measures):
                if len(shape.measures) > 1:
                    full[self.columns[MEASURE]] = measure
                value = parts[at] if at < len(parts) else None
                if type(value) is str and PLAIN.match(value):
                    yield (*full, value, own)
                else:
                    yield (*full, *self._odd(value, own, place))

    def _odd(self, value: Any, status: str, place: str) -> tuple[str, str]:
        if value is None:
            return "", status
        text = value if isinstance(value, str) else str(value)
        read = figure(text) if isinstance(value, str) else None
        if read is not None:
            return read[0], status or read[1]
        if self.shape.holds_text:
            return mended(text), status
        self.notes.bad.add(bad_number(text), path=place)
        return "", ERROR

    def _fill(self, labels: list[str], dimensions: Sequence[tuple[str, list[str]]], key: str, place: str) -> None:
        steps = key.split(":") if dimensions else []
        if len(steps) != len(dimensions):
            message = sentence(
                "The key “%(key)s” does not fit the %(count)s dimensions.", key=key[:40], count=len(dimensions)
            )
            raise self.notes.unreadable(message, path=place)
        for (name, codes), step in zip(dimensions, steps, strict=True):
            try:
                labels[self.columns[name]] = codes[int(step)]
            except (ValueError, IndexError):
                message = sentence("The key “%(key)s” names no value of “%(name)s”.", key=key[:40], name=name)
                raise self.notes.unreadable(message, path=place) from None

    def _series_status(self, series: Mapping[str, Any]) -> str:
        return self._coded(_list(series.get("attributes")), self.shape.series_status_at, self.shape.series_statuses)

    @staticmethod
    def _coded(parts: Sequence[Any], at: int | None, codes: Sequence[str]) -> str:
        if at is None or at >= len(parts) or parts[at] is None:
            return ""
        given = mended(str(parts[at]))
        if not codes:
            return given
        return codes[int(given)] if given.isascii() and given.isdigit() and int(given) < len(codes) else ""


def _status(attributes: Sequence[Any]) -> tuple[int | None, list[str]]:
    for wanted in STATUS_IDS:
        for at, attribute in enumerate(attributes):
            if _mapping(attribute).get("id") == wanted:
                return at, _codes(attribute)
    return None, []


def _named_codes(dimensions: Sequence[Any]) -> list[tuple[str, list[str]]]:
    return [(_name(one), _codes(one)) for one in dimensions]


def _position(dimension: Any) -> float:
    given = str(_mapping(dimension).get("keyPosition", ""))
    return int(given) if given.isascii() and given.isdigit() else float("inf")


def _name(thing: Any) -> str:
    return mended(str(_mapping(thing).get("id") or _mapping(thing).get("name") or ""))


def _codes(described: Any) -> list[str]:
    """The codes of a dimension or attribute; what has no code is its value or its name."""
    codes = []
    for value in _list(_mapping(described).get("values")):
        one = _mapping(value)
        code = next((one[key] for key in ("id", "value", "name") if one.get(key) is not None), "")
        codes.append(mended(str(code)))
    return codes


def _is_text(measure: Any) -> bool:
    kind = str(_mapping(_mapping(measure).get("format")).get("dataType", "")).lower()
    return kind in _TEXT_TYPES


def _is_mapping(thing: Any) -> bool:
    return isinstance(thing, Mapping)


def _mapping(thing: Any) -> Mapping[str, Any]:
    return thing if isinstance(thing, Mapping) else {}


def _list(thing: Any) -> list[Any]:
    return thing if isinstance(thing, list) else []

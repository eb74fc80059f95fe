"""SDMX-ML: generic and structure-specific data of 2.1 and 3.0, generic and compact data of 2.0; time series and flat.

Source: SDMX-ML schemas 2.0, 2.1 and 3.0. Read as a stream by expat, twice: first for the columns, then for the rows.
A document type declaration is refused, and with it every entity: SDMX needs none.
"""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from services.verify.adapters.statistics.figures import PLAIN, figure
from services.verify.adapters.statistics.sdmx_names import MEASURE, STATUS_IDS, TIME, VALUE_IDS, dimensions_of
from services.verify.adapters.statistics.table import ERROR, MOST_CELLS, Notes, Row, Table, bad_number, named
from shared.contracts.refusals import Kind
from shared.contracts.sentences import sentence

_CHUNK = 1 << 20  # bytes at a time
_DATA_ROOTS = (
    *("GenericData", "GenericTimeSeriesData", "StructureSpecificData", "StructureSpecificTimeSeriesData"),
    *("CompactData", "MessageGroup"),
)
_PADDING = b"\x00\x1a \t\r\n"
_ALL = "AllDimensions"
_TYPE = "xsi:type"

Key = tuple[tuple[str, ...], tuple[str, ...]]  # ids of dimensions, and their codes
Sink = Callable[[Key, str | None, str, int, int], None]  # key, value, status, line, column


def read(raw: bytes, notes: Notes) -> Table:
    """Codes. A message that describes structures only, or carries only a footer, gives a table without rows."""
    raw = raw.strip(_PADDING)
    columns: dict[str, int] = {}
    text_only = True

    def look(key: Key, value: str | None, status: str, line: int, column: int) -> None:
        nonlocal text_only
        for name in key[0]:
            if name not in columns:
                columns[name] = len(columns)
        if text_only and value is not None:
            text_only = figure(value) is None

    first = _Message(look, notes)
    for _ in first.parsed(raw):
        if first.cells > MOST_CELLS:
            notes.check_size([first.cells])
    for said in first.remarks:
        notes.remark(said)
    if not first.cells:
        return Table(named([[name] for name in first.structure]), ())
    return Table(named([[name] for name in columns]), _rows(raw, columns, text_only and first.cells > 1, notes))


def _rows(raw: bytes, columns: dict[str, int], holds_text: bool, notes: Notes) -> Iterator[Row]:
    rows: list[Row] = []
    width = len(columns)
    in_order: dict[tuple[str, ...], bool] = {}
    match = PLAIN.match

    def enter(key: Key, value: str | None, status: str, line: int, column: int) -> None:
        ids, labels = key
        if not in_order.setdefault(ids, ids == tuple(columns)):
            placed = [""] * width
            for name, label in zip(ids, labels, strict=True):
                placed[columns[name]] = label
            labels = tuple(placed)
        if value is None:
            rows.append((*labels, "", status))
        elif match(value):
            rows.append((*labels, value, status))
        elif (read := figure(value)) is not None:
            rows.append((*labels, read[0], status or read[1]))
        elif holds_text:
            rows.append((*labels, value, status))
        else:
            notes.bad.add(bad_number(value), line, column)
            rows.append((*labels, "", ERROR))

    for _ in _Message(enter, notes).parsed(raw):
        yield from rows
        rows.clear()


class _Message:
    """Walks through one message and gives every observation to a sink. Only local names of elements count."""

    def __init__(self, sink: Sink, notes: Notes) -> None:
        self.sink, self.notes = sink, notes
        self.remarks: list[Any] = []
        self.cells = self.deleted = self.depth = 0
        self.structure: list[str] = []  # dimensions that the message itself describes
        self.at_observation = TIME
        self.header_action = self.action = ""
        self.in_dimensions = False
        self.series: dict[str, str] = {}
        self.series_key: Key = ((), ())
        self.series_status = ""
        self.observation: dict[str, str] | None = None
        self.value: str | None = None
        self.values: dict[str, str] | None = None  # where a `Value` goes: a key or the attributes, generic data
        self.key: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self.component = ""
        self.text: list[str] | None = None
        self.keys: dict[tuple[str, ...], list[str]] = {}
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def parsed(self, raw: bytes) -> Iterator[None]:
        """Feeds the message piece by piece; stops after each so that rows can be taken away."""
        try:
            for start in range(0, len(raw), _CHUNK):
                self.parser.Parse(raw[start : start + _CHUNK], False)
                yield
            self.parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            said = sentence("The XML is broken at this place.")
            raise self.notes.unreadable(said, error.lineno, error.offset + 1) from None
        if self.deleted:
            said = sentence(
                "%(count)s observations are taken back by this message; they are left out.", count=self.deleted
            )
            self.remarks.append(said)

    def _refuse_doctype(self, *_: object) -> NoReturn:
        said = sentence("A document type declaration does not belong into SDMX; the file is not read further.")
        raise self.notes.unreadable(said, self.parser.CurrentLineNumber, kind=Kind.UNSUPPORTED)

    def _start(self, full_name: str, pairs: list[str]) -> None:
        name = full_name.rpartition(":")[2]
        self.depth += 1
        if self.depth == 1:
            self._check_root(name)
        if name == "Obs":
            self._start_observation(pairs)
        elif name == "Value":
            self._generic_value(pairs)
        elif name == "ObsValue":
            self.value = _attribute(pairs, "value")
        elif name == "ObsDimension":
            self.key[_attribute(pairs, "id") or self.at_observation] = _attribute(pairs, "value") or ""
        elif name == "Series":
            self.series = _own(pairs)
            self.series_key, self.series_status = self._key(self.series), _status(self.series)
        else:
            self._start_seldom(name, pairs)

    def _start_seldom(self, name: str, pairs: list[str]) -> None:
        if name in ("SeriesKey", "ObsKey"):
            self.key = {} if name == "ObsKey" else self.series
            self.values = self.key
        elif name in ("GroupKey", "Group"):
            self.values = None
        elif name == "Attributes":
            self.values = self.attributes if self.observation is not None else {}
        elif name == "Comp":
            self.component = _attribute(pairs, "id") or ""
        elif name == "DataSet":
            self.action = _attribute(pairs, "action") or self.header_action
        elif name == "Structure":
            self.at_observation = _attribute(pairs, "dimensionAtObservation") or self.at_observation
        elif name in ("Time", "DataSetAction", "Text") or name == "Value":
            self._listen()
        elif name in ("DimensionList", "Components"):
            self.in_dimensions = True
        elif self.in_dimensions and name in ("Dimension", "MeasureDimension", "TimeDimension"):
            told = _attribute(pairs, "id") or _attribute(pairs, "conceptRef")
            if told and told not in self.structure:
                self.structure.append(told)

    def _end(self, full_name: str) -> None:
        name = full_name.rpartition(":")[2]
        self.depth -= 1
        text = "".join(self.text) if self.text is not None else None
        if name == "Obs":
            self._finish_observation()
        elif name == "SeriesKey":
            ids = tuple(self.series)
            self.series_key, self.values = (ids, tuple(self.series.values())), None
        elif name in ("Attributes", "ObsKey"):
            self.values = None
        elif text is not None:
            self._take_text(name, text.strip())
        elif name == "Comp":
            self.component = ""
        elif name in ("DimensionList", "Components"):
            self.in_dimensions = False

    def _take_text(self, name: str, text: str) -> None:
        if name == "Time" and self.observation is not None:
            self.key[TIME] = text
        elif name == "DataSetAction":
            self.header_action = text
        elif name == "Text" and self.depth > 1 and not self.component and text:
            self.remarks.append(sentence("The sender says: %(words)s", words=text[:300]))
        elif name == "Value" and self.component and self.observation is not None:
            before = self.observation.get(self.component)
            self.observation[self.component] = text if before is None else f"{before};{text}"
        self.parser.CharacterDataHandler = None
        self.text = None

    def _listen(self) -> None:
        self.text = []
        self.parser.CharacterDataHandler = self.text.append

    def _generic_value(self, pairs: list[str]) -> None:
        if self.component:
            self._listen()
        elif self.values is not None:
            name = _attribute(pairs, "id") or _attribute(pairs, "concept") or ""
            self.values[name] = _attribute(pairs, "value") or ""

    def _start_observation(self, pairs: list[str]) -> None:
        self.observation = dict(zip(pairs[::2], pairs[1::2], strict=True))
        self.key, self.attributes, self.value = {}, {}, None

    def _finish_observation(self) -> None:
        given, self.observation = self.observation or {}, None
        action = given.get("action", self.action)
        if action in ("Delete", "D"):
            self.deleted += 1
            return
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        if self.key:  # generic data
            ids, labels = self.series_key
            key = ((*ids, *self.key), (*labels, *self.key.values()))
            self._give(key, self.value, _status(self.attributes) or self.series_status, line, column)
            return
        ids, labels = self.series_key
        own = self._observed(given)
        key = ((*ids, *own), (*labels, *(given.get(name, "") for name in own)))
        status = _status(given) or self.series_status
        measures = [name for name in given if VALUE_IDS.match(name)]
        if len(measures) < 2:
            value = given.get("OBS_VALUE") if not measures else given[measures[0]]
            self._give(key, value, status, line, column)
            return
        for name in measures:
            self._give(((*key[0], MEASURE), (*key[1], name)), given[name], status, line, column)

    def _observed(self, given: dict[str, str]) -> list[str]:
        """The dimensions that an observation of structure-specific data carries itself."""
        if self.at_observation != _ALL and self.series:
            if self.at_observation not in given:
                kind = given.get(_TYPE, "")
                if kind and kind.rpartition(":")[2] not in ("ObsType", ""):  # a measure of its own type
                    given[self.at_observation] = kind.rpartition(":")[2]
                elif TIME in given:
                    return [TIME]
            return [self.at_observation] if self.at_observation in given else []
        shape = tuple(given)
        if shape not in self.keys:
            own = [name for name in shape if ":" not in name and name != "action"]
            before = [name for name in own if not VALUE_IDS.match(name)]
            until = next((at for at, name in enumerate(own) if VALUE_IDS.match(name)), len(own))
            self.keys[shape] = dimensions_of(own[:until] or before, self.structure)
        return self.keys[shape]

    def _key(self, series: dict[str, str]) -> Key:
        names = dimensions_of(list(series), self.structure)
        return tuple(names), tuple(series[name] for name in names)

    def _give(self, key: Key, value: str | None, status: str, line: int, column: int) -> None:
        self.cells += 1
        self.sink(key, value, status, line, column)

    def _check_root(self, name: str) -> None:
        if name in _DATA_ROOTS:
            return
        if name == "Structure":
            self.remarks.append(sentence("This message describes structures; it holds no figures."))
            return
        said = sentence("This is XML, but no SDMX data that can be read (it starts with “%(name)s”).", name=name[:40])
        raise self.notes.unreadable(said, 1, kind=Kind.UNSUPPORTED)


def _attribute(pairs: list[str], wanted: str) -> str | None:
    for at in range(0, len(pairs), 2):
        if pairs[at].rpartition(":")[2] == wanted:
            return pairs[at + 1]
    return None


def _own(pairs: list[str]) -> dict[str, str]:
    """The components of a series: attributes without a prefix."""
    return {
        name: value
        for name, value in zip(pairs[::2], pairs[1::2], strict=True)
        if ":" not in name and not name.startswith("xmlns") and name != "action"
    }


def _status(given: dict[str, str]) -> str:
    for name in STATUS_IDS:
        if name in given:
            return given[name]
    return ""

"""Walks through an SDMX-ML message with expat and collects its observations, whatever their clothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from services.verify.sources.readers.figures import PLAIN, figure
from services.verify.sources.readers.sdmx_names import MEASURE, STATUS_IDS, TIME, VALUE_IDS, dimensions_of
from services.verify.sources.readers.table import MOST_CELLS, Notes
from shared.contracts.refusals import Kind
from shared.contracts.sentences import Sentence, sentence

_CHUNK = 1 << 20  # bytes at a time
_DATA_ROOTS = (
    *("GenericData", "GenericTimeSeriesData", "StructureSpecificData", "StructureSpecificTimeSeriesData"),
    *("CompactData", "MessageGroup"),
)
_ALL = "AllDimensions"
_DELETE = ("Delete", "D")

# An observation that waits: number of its shape, codes, value, status; and its line and column if it is no figure.
Waiting = tuple[int, tuple[str, ...], str, str] | tuple[int, tuple[str, ...], str, str, int, int]


class _Plan(NamedTuple):
    """Where in the attributes of an observation its dimensions, values and status stand."""

    dimensions: tuple[str, ...]
    codes: list[int]
    values: list[tuple[str, int]]
    status: int | None
    action: int | None
    typed: bool  # the last code is the name of a type


class Message:
    """Walks through one message and collects its observations. Only local names of elements count."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.remarks: list[Sentence] = []
        self.waiting: list[Waiting] = []
        self.shapes: dict[tuple[str, ...], int] = {}  # ids of dimensions → number
        self.structure: list[str] = []  # dimensions that the message itself describes
        self.cells = self.deleted = self.depth = 0
        self.all_text = True
        self.at_observation, self.header_action, self.action = TIME, "", ""
        self.in_dimensions = False
        self.series_ids: tuple[str, ...] = ()
        self.series_codes: tuple[str, ...] = ()
        self.series_status = ""
        self.key: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self.values: dict[str, str] | None = None  # where a `Value` of generic data goes
        self.value: str | None = None
        self.observation: list[str] | None = None  # its attributes: name, value, name, value …
        self.component, self.text = "", [""]
        self.plans: dict[tuple[tuple[str, ...], ...], _Plan] = {}
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = self.parser.buffer_text = True
        self.starts = _ByLocalName(_STARTS)
        self.ends = _ByLocalName(_ENDS)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    @property
    def holds_text(self) -> bool:
        """Whether the measure is text throughout: SDMX 3.0 allows it, and then text is no fault."""
        return self.all_text and self.cells > 1

    def parsed(self, raw: bytes) -> Iterator[list[Waiting]]:
        """Feeds the message piece by piece; gives the observations of each."""
        try:
            for start in range(0, len(raw) + 1, _CHUNK):
                piece = raw[start : start + _CHUNK]
                self.parser.Parse(piece, len(piece) < _CHUNK)
                if self.cells > MOST_CELLS:
                    self.notes.check_size([self.cells])
                yield self.waiting
                self.waiting = []
        except LookupError:  # an encoding that there is not
            raise self.notes.unreadable(sentence("The XML is broken at this place."), 1) from None
        except expat.ExpatError as error:
            message = sentence("The XML is broken at this place.")
            raise self.notes.unreadable(message, error.lineno, error.offset + 1) from None
        if self.deleted:
            message = sentence(
                "%(count)s observations are taken back by this message; they are left out.", count=self.deleted
            )
            self.remarks.append(message)

    def _start(self, name: str, pairs: list[str]) -> None:
        self.depth += 1
        if self.depth == 1:
            self._check_root(name.rpartition(":")[2])
        handler = self.starts[name]
        if handler is not None:
            handler(self, pairs)

    def _end(self, name: str) -> None:
        self.depth -= 1
        handler = self.ends[name]
        if handler is not None:
            handler(self)

    def _refuse_doctype(self, *_: object) -> NoReturn:
        message = sentence("A document type declaration does not belong into SDMX; the file is not read further.")
        raise self.notes.unreadable(message, self.parser.CurrentLineNumber, kind=Kind.UNSUPPORTED)

    def _check_root(self, name: str) -> None:
        if name == "Structure":
            self.remarks.append(sentence("This message describes structures; it holds no figures."))
        elif name not in _DATA_ROOTS:
            message = sentence(
                "This is XML, but no SDMX data that can be read (it starts with “%(name)s”).", name=name[:40]
            )
            raise self.notes.unreadable(message, 1, kind=Kind.UNSUPPORTED)

    # Header, structures, footer

    def _start_structure(self, pairs: list[str]) -> None:
        self.at_observation = _given(pairs, "dimensionAtObservation") or self.at_observation

    def _start_dimension_list(self, _: list[str]) -> None:
        self.in_dimensions = True

    def _end_dimension_list(self) -> None:
        self.in_dimensions = False

    def _start_dimension(self, pairs: list[str]) -> None:
        name = _given(pairs, "id") or _given(pairs, "conceptRef")
        if self.in_dimensions and name and name not in self.structure:
            self.structure.append(name)

    def _listen(self, _: list[str] | None = None) -> None:
        self.text = []
        self.parser.CharacterDataHandler = self.text.append

    def _heard(self) -> str:
        self.parser.CharacterDataHandler = None
        return "".join(self.text).strip()

    def _end_data_set_action(self) -> None:
        self.header_action = self._heard()

    def _end_text(self) -> None:
        words = self._heard()
        if words and not self.component:
            self.remarks.append(sentence("The sender says: %(words)s", words=words[:300]))

    # Datasets, series, groups

    def _start_data_set(self, pairs: list[str]) -> None:
        self.action = _given(pairs, "action") or self.header_action
        self._start_series([])

    def _start_series(self, pairs: list[str]) -> None:
        own = {name: code for name, code in _pairs(pairs) if ":" not in name and name not in ("action", "xmlns")}
        ids = dimensions_of(list(own), self.structure)
        self.series_ids, self.series_codes = tuple(ids), tuple(own[name] for name in ids)
        self.series_status = next((own[name] for name in STATUS_IDS if name in own), "")

    def _start_series_key(self, _: list[str]) -> None:
        self.key = self.values = {}

    def _end_series_key(self) -> None:
        self.series_ids, self.series_codes = tuple(self.key), tuple(self.key.values())
        self.key, self.values = {}, None

    def _start_attributes(self, _: list[str]) -> None:
        self.values = self.attributes if self.observation is not None else None

    def _end_attributes(self) -> None:
        self.values = None

    def _start_group_key(self, _: list[str]) -> None:
        self.values = None

    # Observations

    def _start_obs(self, pairs: list[str]) -> None:
        self.observation = pairs
        self.value = None
        if self.key:
            self.key = {}
        if self.attributes:
            self.attributes = {}

    def _start_obs_key(self, _: list[str]) -> None:
        self.values = self.key

    def _start_obs_dimension(self, pairs: list[str]) -> None:
        self.key[_given(pairs, "id") or self.at_observation] = _given(pairs, "value") or ""

    def _start_obs_value(self, pairs: list[str]) -> None:
        self.value = _given(pairs, "value")

    def _start_value(self, pairs: list[str]) -> None:
        if self.component:
            self._listen()
        elif self.values is not None:
            self.values[_given(pairs, "id") or _given(pairs, "concept") or ""] = _given(pairs, "value") or ""

    def _end_time(self) -> None:
        if self.observation is not None:
            self.key[TIME] = self._heard()

    def _start_comp(self, pairs: list[str]) -> None:
        self.component = _given(pairs, "id") or ""

    def _end_comp(self) -> None:
        self.component = ""

    def _end_value(self) -> None:
        """A component of 3.0 with values of its own: several are joined by semicolons, as SDMX-CSV writes them."""
        if not self.component or self.parser.CharacterDataHandler is None:
            return
        text = self._heard()
        if self.observation is None:
            return
        if self.component in self.observation[::2]:
            at = 2 * self.observation[::2].index(self.component) + 1
            self.observation[at] += f";{text}"
        else:
            self.observation += [self.component, text]

    def _end_obs(self) -> None:
        given = self.observation or []
        self.observation = None
        if not self.key:
            self._give_specific(given)
        elif self.action in _DELETE:
            self.deleted += 1
        else:
            ids = (*self.series_ids, *self.key)
            status = next((self.attributes[name] for name in STATUS_IDS if name in self.attributes), self.series_status)
            self._give(ids, (*self.series_codes, *self.key.values()), self.value, status)

    def _give_specific(self, given: list[str]) -> None:
        shape = tuple(given[::2])
        plan = self.plans.get((self.series_ids, shape)) or self._planned(shape)
        if (self.action if plan.action is None else given[plan.action]) in _DELETE:
            self.deleted += 1
            return
        codes = (*self.series_codes, *[given[at] for at in plan.codes])
        if plan.typed:
            codes = (*codes[:-1], codes[-1].rpartition(":")[2])
        status = self.series_status if plan.status is None else given[plan.status]
        if len(plan.values) == 1:
            self._give(plan.dimensions, codes, given[plan.values[0][1]], status)
        elif not plan.values:
            self._give(plan.dimensions, codes, None, status)
        else:
            for name, at in plan.values:
                self._give((*plan.dimensions, MEASURE), (*codes, name), given[at], status)

    def _planned(self, shape: tuple[str, ...]) -> _Plan:
        """Where things stand in an observation of structure-specific data whose attributes have these names."""
        place = {name: 2 * at + 1 for at, name in enumerate(shape)}
        own = [name for name in shape if ":" not in name and name != "action"]
        values = [(name, place[name]) for name in own if VALUE_IDS.match(name)]
        if self.at_observation == _ALL or not self.series_ids:
            first = next((at for at, name in enumerate(own) if VALUE_IDS.match(name)), len(own))
            dimensions = dimensions_of(own[:first] or [name for name in own if (name, place[name]) not in values])
            if self.structure:
                dimensions = dimensions_of(own, self.structure)
            codes = [place[name] for name in dimensions]
        else:
            dimensions = [self.at_observation]
            if self.at_observation in place:
                codes = [place[self.at_observation]]
            elif "xsi:type" in place:  # a measure with a type of its own: the type is its code
                codes = [place["xsi:type"]]
            else:
                dimensions = [TIME] if TIME in place else []
                codes = [place[name] for name in dimensions]
        status = next((place[name] for name in STATUS_IDS if name in place), None)
        typed = codes == [place.get("xsi:type")]
        plan = _Plan((*self.series_ids, *dimensions), codes, values, status, place.get("action"), typed)
        self.plans[self.series_ids, shape] = plan
        return plan

    def _give(self, ids: tuple[str, ...], codes: tuple[str, ...], value: str | None, status: str) -> None:
        self.cells += 1
        number = self.shapes.setdefault(ids, len(self.shapes))
        if value is not None and PLAIN.match(value):
            self.all_text = False
            self.waiting.append((number, codes, value, status))
        elif value is None:
            self.waiting.append((number, codes, "", status))
        elif (read := figure(value)) is not None:
            self.all_text = False
            self.waiting.append((number, codes, read[0], status or read[1]))
        else:
            place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            self.waiting.append((number, codes, value, status, *place))


# What is done where an element begins and ends, by its local name.
_STARTS: Mapping[str, Callable[..., None]] = {
    "Attributes": Message._start_attributes,
    "Comp": Message._start_comp,
    "Components": Message._start_dimension_list,
    "DataSet": Message._start_data_set,
    "DataSetAction": Message._listen,
    "Dimension": Message._start_dimension,
    "DimensionList": Message._start_dimension_list,
    "GroupKey": Message._start_group_key,
    "MeasureDimension": Message._start_dimension,
    "Obs": Message._start_obs,
    "ObsDimension": Message._start_obs_dimension,
    "ObsKey": Message._start_obs_key,
    "ObsValue": Message._start_obs_value,
    "Series": Message._start_series,
    "SeriesKey": Message._start_series_key,
    "Structure": Message._start_structure,
    "Text": Message._listen,
    "Time": Message._listen,
    "TimeDimension": Message._start_dimension,
    "Value": Message._start_value,
}
_ENDS: Mapping[str, Callable[..., None]] = {
    "Attributes": Message._end_attributes,
    "Comp": Message._end_comp,
    "Components": Message._end_dimension_list,
    "DataSetAction": Message._end_data_set_action,
    "DimensionList": Message._end_dimension_list,
    "Obs": Message._end_obs,
    "ObsKey": Message._end_attributes,
    "SeriesKey": Message._end_series_key,
    "Text": Message._end_text,
    "Time": Message._end_time,
    "Value": Message._end_value,
}


class _ByLocalName(dict[str, Callable[..., None] | None]):
    """Name of an element as the file writes it, with its prefix → what is done there, if anything."""

    def __init__(self, actions: Mapping[str, Callable[..., None]]) -> None:
        super().__init__()
        self.actions = actions

    def __missing__(self, name: str) -> Callable[..., None] | None:
        found = self[name] = self.actions.get(name.rpartition(":")[2])
        return found


def _pairs(pairs: list[str]) -> Iterator[tuple[str, str]]:
    return zip(pairs[::2], pairs[1::2], strict=True)


def _given(pairs: list[str], wanted: str) -> str | None:
    """The value of an attribute; SDMX writes these without a prefix."""
    for at in range(0, len(pairs), 2):
        if pairs[at] == wanted:
            return pairs[at + 1]
    return None

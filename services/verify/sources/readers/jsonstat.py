"""JSON-stat 1.x and 2.0: datasets, bundles of datasets, collections, and the responses of PX-Web.

Source: json-stat.org, format descriptions 1.03 and 2.0.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product, repeat
from typing import Any

from services.verify.sources.readers.figures import PLAIN, figure
from services.verify.sources.readers.table import ERROR, Notes, Row, Table, bad_number, named
from services.verify.sources.readers.text import mended
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import sentence

DATASET = "dataset"  # name of the extra column when a file holds several datasets


def is_jsonstat(document: Any) -> bool:
    """Whether a JSON document speaks JSON-stat at all."""
    if not isinstance(document, Mapping):
        return False
    if document.get("class") in ("dataset", "collection", "dimension"):
        return True
    return any(isinstance(part, Mapping) and "dimension" in part for part in (document, *document.values()))


def read(document: Mapping[str, Any], notes: Notes) -> Table:
    """The table of all datasets of a file; labels where the file has them, else codes.

    Several datasets give the columns of all of them after a first column with the dataset's name.
    """
    cubes = [_Cube(name, path, dataset, notes) for name, path, dataset in _datasets(document, notes)]
    notes.check_size([sum(cube.cells for cube in cubes)])
    if len(cubes) == 1:
        return Table(cubes[0].names, cubes[0].rows())
    columns: dict[str, int] = {}
    for cube in cubes:
        for name in cube.names:
            columns.setdefault(name, len(columns))
    return Table(
        (named([[DATASET, "data set"], *([name] for name in columns)])[:1] + tuple(columns)) if cubes else (),
        (row for cube in cubes for row in _widened(cube, columns)),
    )


def _widened(cube: "_Cube", columns: Mapping[str, int]) -> Iterator[Row]:
    places = [columns[name] for name in cube.names]
    for row in cube.rows():
        wide = [""] * len(columns)
        for place, text in zip(places, row, strict=False):
            wide[place] = text
        yield (cube.name, *wide, *row[-2:])


def _datasets(document: Mapping[str, Any], notes: Notes) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every dataset with figures: its name, where it stands, itself."""
    kind = document.get("class")
    if kind == "collection":
        yield from _collected(document, "", notes)
    elif kind == "dimension":
        raise notes.unreadable(sentence("This JSON-stat document describes a dimension; it holds no figures."))
    elif "dimension" in document:
        yield str(document.get("label") or ""), "", document
    else:
        for name, part in document.items():
            if isinstance(part, Mapping) and "dimension" in part:
                yield name, name, part


def _collected(collection: Mapping[str, Any], above: str, notes: Notes) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    link = collection.get("link")
    items = link.get("item") if isinstance(link, Mapping) else None
    elsewhere = 0
    for at, item in enumerate(items if isinstance(items, Sequence) else ()):
        path = f"{above}link.item[{at}]"
        if not isinstance(item, Mapping):
            continue
        if "dimension" in item and "value" in item:
            yield str(item.get("label") or item.get("href") or at + 1), path, item
        elif item.get("class") == "collection" and "link" in item:
            yield from _collected(item, f"{path}.", notes)
        else:
            elsewhere += 1
    if elsewhere:
        notes.remark(
            sentence(
                "%(count)s datasets of this collection are named by address only; they hold no figures here.",
                count=elsewhere,
            )
        )


class _Cube:
    """One dataset: names and categories of its dimensions, its values and statuses, all checked for size."""

    def __init__(self, name: str, path: str, dataset: Mapping[str, Any], notes: Notes) -> None:
        self.name, self.path, self.notes = name, f"{path}." if path else "", notes
        dimensions = dataset["dimension"]
        if not isinstance(dimensions, Mapping):
            raise self._fail("dimension")
        codes = dataset.get("id", dimensions.get("id"))
        sizes = dataset.get("size", dimensions.get("size"))
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise self._fail("id")
        if not isinstance(sizes, list) or len(sizes) != len(codes):
            raise self._fail("size")
        self.sizes = [self._whole(size, f"size[{at}]") for at, size in enumerate(sizes)]
        self.cells = notes.check_size(self.sizes)
        self.is_wrapped = path == DATASET
        described = [_mapping(dimensions.get(code)) for code in codes]
        self.names = named([[_text(one.get("label")), _text(code)] for code, one in zip(codes, described, strict=True)])
        self.labels = [
            self._categories(code, one, size) for code, one, size in zip(codes, described, self.sizes, strict=True)
        ]
        self.values = self._spread(dataset.get("value"), "value")
        self.statuses = self._statuses(dataset.get("status"))
        self.is_text = _holds_text(self.values)

    def rows(self) -> Iterator[Row]:
        """One row per cell, the last dimension running fastest."""
        match = PLAIN.match
        for at, (labels, value, status) in enumerate(
            zip(product(*self.labels), self.values, self.statuses, strict=False)
        ):
            if value is None:
                yield (*labels, "", status)
            elif type(value) is str and match(value):
                yield (*labels, value, status)
            else:
                yield (*labels, *self._odd(value, status, at))

    def _odd(self, value: Any, status: str, at: int) -> tuple[str, str]:
        """Value and status of a cell that holds something else than a plain number."""
        if isinstance(value, str):
            read = figure(value)
            if read is not None:
                return read[0], status or read[1]
            if self.is_text:
                return mended(value), status
        shown = value if isinstance(value, str) else type(value).__name__
        self.notes.bad.add(bad_number(shown), path=f"{self.path}value[{at}]")
        return "", ERROR

    def _categories(self, code: str, dimension: Mapping[str, Any], size: int) -> list[str]:
        category = _mapping(dimension.get("category"))
        index, labels = category.get("index"), _mapping(category.get("label"))
        if isinstance(index, list):
            order = [str(key) for key in index]
        elif isinstance(index, Mapping):
            try:
                order = sorted(index, key=lambda key: int(index[key]))
            except (TypeError, ValueError):
                raise self._fail(f"dimension.{code}.category.index") from None
        else:  # only a dimension of one category may leave its index out
            order = list(labels) or ([code] if size == 1 else [])
        if len(order) != size:
            message = sentence(
                "The dimension “%(name)s” has %(found)s categories where its size says %(expected)s.",
                name=code, found=len(order), expected=size,
            )  # fmt: skip
            raise self.notes.unreadable(message, path=f"{self.path}dimension.{code}.category")
        texts = [_text(labels.get(key)) or _text(key) for key in order]
        # PX-Web numbers the categories of tables without codes, and hands on the blanks that indent their labels on
        # its pages. Labels with codes of their own are kept to the letter.
        numbered = self.is_wrapped and order == [str(number) for number in range(size)]
        return [" ".join(text.split()) for text in texts] if numbered else texts

    def _spread(self, given: Any, key: str) -> Iterable[Any]:
        """What stands under `value` or `status`, one thing per cell, None where nothing is said."""
        if isinstance(given, list):
            if len(given) != self.cells:
                message = sentence(
                    "Expected %(expected)s figures, found %(found)s.", expected=self.cells, found=len(given)
                )
                raise self.notes.unreadable(message, path=f"{self.path}{key}")
            return given
        if isinstance(given, Mapping):
            spread: list[Any] = [None] * self.cells
            for place, thing in given.items():
                if not (place.isascii() and place.isdigit()) or int(place) >= self.cells:
                    message = sentence("There is no cell “%(place)s”; the table has %(cells)s.",
                                    place=place[:20], cells=self.cells)  # fmt: skip
                    raise self.notes.unreadable(message, path=f"{self.path}{key}")
                spread[int(place)] = thing
            return spread
        raise self._fail(key)

    def _statuses(self, given: Any) -> Iterable[str]:
        if isinstance(given, Mapping) and isinstance(given.get("value"), list | Mapping | str):
            given = given["value"]  # Eurostat's first service wrapped the statuses
        if isinstance(given, str):
            return repeat(_text(given), self.cells)
        if isinstance(given, list) and len(given) == 1 and self.cells != 1:
            return repeat(_text(given[0]), self.cells)
        if given is None or (isinstance(given, list | Mapping) and not given):
            return repeat("", self.cells)
        return [_text(one) for one in self._spread(given, "status")]

    def _whole(self, size: Any, path: str) -> int:
        try:
            number = int(size)
        except (TypeError, ValueError):
            raise self._fail(path) from None
        if number < 0 or isinstance(size, bool):
            raise self._fail(path)
        return number

    def _fail(self, key: str) -> BadInput:
        message = sentence("This part of the JSON-stat dataset is missing or not as the format says.")
        return self.notes.unreadable(message, path=f"{self.path}{key}")


def _holds_text(values: Iterable[Any]) -> bool:
    """Whether the measure is text throughout: JSON-stat allows it, and then text is no fault."""
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(value, str) and figure(value) is None for value in given)


def _mapping(thing: Any) -> Mapping[str, Any]:
    return thing if isinstance(thing, Mapping) else {}


def _text(thing: Any) -> str:
    return "" if thing is None else mended(str(thing))

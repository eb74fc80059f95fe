"""From a workbook to a framework's document, with the cell of every value; every fault names sheet and cell."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.figures import NotAFigure, read_figure
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.documents import Path_, Places
from shared.criteria.excel import layout
from shared.criteria.excel.layout import Column, SheetLayout, folded, key_of, listed
from shared.criteria.workbooks import Formula, Sheet, Value, figure_of, read_workbook, text_of

_LEVEL = re.compile(r"(?:(>=|≥|<=|≤)\s*([^:]+):)?\s*(.+)")


@dataclass(frozen=True)
class Line:
    """One line of a sheet: what its cells say by path, and where the line and its cells stand."""

    sheet: Sheet
    row: int
    values: Mapping[str, Any]
    columns: Mapping[str, int]

    def fault(self, path: str, message: Sentence) -> Fault:
        """A fault at the line's cell for `path`."""
        return self.sheet.fault(self.row, self.columns.get(path), message)


@dataclass
class Cells(Places):
    """Where the values of the document stand in the workbook."""

    cells: dict[Path_, tuple[Sheet, int, int | None]] = field(default_factory=dict)

    def fault(self, path: Path_, message: Sentence, *, key: bool = False) -> Fault:
        """A fault at the cell of `path`; what has no cell of its own takes the nearest one above."""
        for length in range(len(path), -1, -1):
            if place := self.cells.get(path[:length]):
                sheet, row, column = place
                return sheet.fault(row, column, message)
        return Fault(message, file=self.file)


def read_framework_workbook(raw: bytes, name: str | None = None) -> tuple[dict[str, Any], Places]:
    """The document in a workbook laid out as `layout.SHEETS`, in Vietnamese or English, and its places.

    Raises BadInput with every fault of the cells; whether the document makes a framework is the loader's business.
    """
    reading = _Reading(Cells(name), read_workbook(raw, name))
    document = reading.document()
    if reading.faults:
        raise BadInput(reading.faults)
    return document, reading.places


class _Reading:
    """One workbook on its way to a document."""

    def __init__(self, places: Cells, sheets: Mapping[str, Sheet]) -> None:
        self.places = places
        self.sheets = {folded(name): sheet for name, sheet in sheets.items()}
        self.faults: list[Fault] = []
        self.sources_of: dict[int, list[Line]] = {}  # by the identity of the criterion's table

    def document(self) -> dict[str, Any]:
        document = self._frame()
        self._tree(document)
        self._additions(document)
        self._overlays(document)
        return document

    # From cells to lines

    def _sheet(self, shape: SheetLayout) -> Sheet | None:
        for name in shape.names():
            if sheet := self.sheets.get(folded(name)):
                return sheet
        if shape.needed:
            message = sentence("The sheet “%(name)s” is missing.", name=Sentence(shape.name))
            self.faults.append(Fault(message, file=self.places.file))
        return None

    def _lines(self, shape: SheetLayout) -> list[Line]:
        """The lines of a sheet under their row of titles; empty rows are passed over."""
        sheet = self._sheet(shape)
        if sheet is None:
            return []
        top = next((number for number, row in enumerate(sheet.rows, start=1) if row), None)
        if top is None:
            return []
        columns = self._titled(
            shape, sheet, {(top, number): cell for number, cell in enumerate(sheet.rows[top - 1], 1)}
        )
        at = {path: number for path, (_, number) in columns.items()}
        lines = []
        for row, cells in enumerate(sheet.rows[top:], start=top + 1):
            given = {path: cells[number - 1] for path, number in at.items() if number <= len(cells)}
            if any(cell is not None for cell in given.values()):
                lines.append(
                    Line(sheet, row, self._values(shape, sheet, {p: (row, at[p], c) for p, c in given.items()}), at)
                )
        return lines

    def _titled(
        self, shape: SheetLayout, sheet: Sheet, cells: Mapping[tuple[int, int], Value]
    ) -> dict[str, tuple[int, int]]:
        """Path of each column -> the cell (row, column) of its title."""
        titles = {
            folded(spoken): column.path
            for column in shape.columns
            for spoken in (column.path, *(Sentence(column.title).in_language(language) for language in ("vi", "en")))
        }
        found: dict[str, tuple[int, int]] = {}
        for (row, number), cell in cells.items():
            text = text_of(cell)
            path = titles.get(folded(text))
            if path is None and text:
                close = difflib.get_close_matches(folded(text), titles, n=1)
                message = (
                    sentence("Unknown title “%(title)s”; did you mean “%(close)s”?", title=text,
                             close=Sentence(shape.column(titles[close[0]]).title))
                    if close
                    else sentence("Unknown title “%(title)s”.", title=text)
                )  # fmt: skip
                self.faults.append(sheet.fault(row, number, message))
            elif path in found:
                self.faults.append(
                    sheet.fault(row, number, sentence("The title “%(title)s” stands twice.", title=text))
                )
            elif path is not None:
                found[path] = (row, number)
        return found

    def _values(self, shape: SheetLayout, sheet: Sheet, cells: Mapping[str, tuple[int, int, Value]]) -> dict[str, Any]:
        """What the cells say, empty ones left out; a cell that cannot be read is complained of and left out."""
        values: dict[str, Any] = {}
        for path, (row, number, cell) in cells.items():
            if cell is None:
                continue
            try:
                value = _read(shape.column(path), cell)
            except NotAFigure as unreadable:
                self.faults.append(sheet.fault(row, number, unreadable.said))
            else:
                if value not in (None, "", []):
                    values[path] = value
        return values

    # From lines to the document

    def _frame(self) -> dict[str, Any]:
        sheet = self._sheet(layout.FRAMEWORK)
        if sheet is None:
            return {}
        titles = {(row, 1): cells[0] for row, cells in enumerate(sheet.rows, start=1) if cells and row > 1}
        rows = {path: row for path, (row, _) in self._titled(layout.FRAMEWORK, sheet, titles).items()}
        given = {path: (row, 2, sheet.rows[row - 1][1]) for path, row in rows.items() if len(sheet.rows[row - 1]) > 1}
        document: dict[str, Any] = {}
        self.places.cells[()] = (sheet, 1, None)
        for path, value in self._values(layout.FRAMEWORK, sheet, given).items():
            keys = layout.FRAMEWORK.column(path).keys
            _put(document, keys, value)
            self.places.cells[keys] = (sheet, rows[path], 2)
        return document

    def _tree(self, document: dict[str, Any]) -> None:
        lines = self._lines(layout.CRITERIA)
        nodes = [(line, self._node(line)) for line in lines if self._is_of(line, layout.CRITERIA)]
        groups: dict[str, dict[str, Any]] = {}
        for line, node in nodes:
            if line.values["line"] == "groups":
                groups.setdefault(str(node.get("code", "")), node)
        for line, node in nodes:
            parent = line.values.get("parent")
            holder = document if parent is None else groups.get(parent)
            if holder is None or holder is node:
                message = sentence("No group “%(code)s” stands in this sheet.", code=str(parent))
                self.faults.append(line.fault("parent", message))
            else:
                holder.setdefault(line.values["line"], []).append(node)
        self._sources([node for line, node in nodes if line.values["line"] == "criteria"])
        reached = self._place_nodes(document, (), {id(node): line for line, node in nodes})
        for line, node in nodes:
            if id(node) not in reached and not self.faults:
                message = sentence("The group “%(code)s” lies inside itself.", code=str(line.values.get("parent")))
                self.faults.append(line.fault("parent", message))

    def _place_nodes(self, node: Mapping[str, Any], path: Path_, lines: Mapping[int, Line]) -> set[int]:
        """Notes the cells of everything below `node` and says which nodes were reached."""
        reached: set[int] = set()
        for kind in ("criteria", "groups"):
            for index, child in enumerate(node.get(kind, ())):
                here: Path_ = (*path, kind, index)
                reached.add(id(child))
                self._place(lines[id(child)], here)
                for number, line in enumerate(self.sources_of.get(id(child), ())):
                    self._place(line, (*here, "sources", number))
                reached |= self._place_nodes(child, here, lines)
        return reached

    def _place(self, line: Line, path: Path_) -> None:
        self.places.cells[path] = (line.sheet, line.row, None)
        for name, number in line.columns.items():
            cell = (line.sheet, line.row, number)
            self.places.cells[*path, *name.split(".")] = cell
            if name == "rule.levels":
                self.places.cells[*path, "rule", "bands"] = self.places.cells[*path, "rule", "shares"] = cell
            elif name == "rule.name":
                self.places.cells[*path, "rule"] = cell
            elif name == "evidence.rule":
                self.places.cells[*path, "evidence"] = cell
            elif name == "limit":
                self.places.cells[*path, "cap"] = self.places.cells[*path, "floor"] = cell

    def _is_of(self, line: Line, shape: SheetLayout) -> bool:
        """Whether the line says what it is; complains of cells that such a line does not have."""
        kind = line.values.get("line")
        if kind is None:
            words = shape.column("line").words or {}
            message = sentence("Say what this line is: %(words)s.", words=listed(words))
            self.faults.append(line.fault("line", message))
            return False
        for path in line.values:
            column = shape.column(path)
            if column.lines and kind not in column.lines:
                message = sentence("“%(title)s” has no meaning on such a line.", title=Sentence(column.title))
                self.faults.append(line.fault(path, message))
        return True

    def _node(self, line: Line) -> dict[str, Any]:
        node: dict[str, Any] = {}
        for path, value in line.values.items():
            if path not in ("line", "parent", "rule.levels"):
                _put(node, tuple(path.split(".")), value)
        evidence = node.get("evidence")
        if evidence is not None and set(evidence) == {"rule"}:
            node["evidence"] = evidence["rule"]
        self._levels(line, node.get("rule"))
        return node

    def _levels(self, line: Line, rule: dict[str, Any] | None) -> None:
        if rule is not None and "name" not in rule:
            self.faults.append(line.fault("rule.name", sentence("Say which scoring rule these settings belong to.")))
        levels: Sequence[Mapping[str, float]] | None = line.values.get("rule.levels")
        if levels is None:
            return
        bands = any("share" in level and len(level) == 2 for level in levels)
        if rule is None or rule.get("name") != ("bands" if bands else "rubric"):
            message = sentence("Levels like “0.5; 1” belong to a rubric, levels like “>= 90: 1” to bands.")
            self.faults.append(line.fault("rule.levels", message))
        elif bands:
            rule["bands"] = list(levels)
        else:
            rule["shares"] = [level["share"] for level in levels]

    def _sources(self, criteria: Sequence[dict[str, Any]]) -> None:
        by_code = {node.get("code"): node for node in reversed(criteria)}
        for line in self._lines(layout.SOURCES):
            criterion = by_code.get(line.values.get("criterion"))
            if criterion is None:
                message = sentence("“%(code)s” is no criterion of this framework.",
                                   code=str(line.values.get("criterion", "")))  # fmt: skip
                self.faults.append(line.fault("criterion", message))
                continue
            source: dict[str, Any] = {}
            for path, value in line.values.items():
                if path != "criterion":
                    _put(source, tuple(path.split(".")), value)
            criterion.setdefault("sources", []).append(source)
            self.sources_of.setdefault(id(criterion), []).append(line)

    def _additions(self, document: dict[str, Any]) -> None:
        limits = {"bonuses": "cap", "penalties": "floor"}
        for line in self._lines(layout.ADDED):
            if not self._is_of(line, layout.ADDED):
                continue
            kind = line.values["line"]
            entry: dict[str, Any] = {}
            for path, value in line.values.items():
                if path != "line":
                    _put(entry, (limits.get(kind, path),) if path == "limit" else tuple(path.split(".")), value)
            document.setdefault(kind, []).append(entry)
            self._place(line, (kind, len(document[kind]) - 1))

    def _overlays(self, document: dict[str, Any]) -> None:
        numbers: dict[str, int] = {}
        for line in self._lines(layout.OVERLAYS):
            overlay: dict[str, Any] = {"changes": {}}
            for path, value in line.values.items():
                if path != "overlay":
                    _put(overlay, tuple(path.split(".")), value)
            name = line.values.get("overlay", "")
            if not name or name in numbers:
                message = sentence("Each overlay needs a name of its own, by which its changes find it.")
                self.faults.append(line.fault("overlay", message))
            entries = document.setdefault("overlays", [])
            numbers.setdefault(name, len(entries))
            entries.append(overlay)
            self._place(line, ("overlays", len(entries) - 1))
        for line in self._lines(layout.CHANGES):
            self._change(line, document, numbers)

    def _change(self, line: Line, document: Mapping[str, Any], numbers: Mapping[str, int]) -> None:
        number = numbers.get(line.values.get("overlay", ""))
        if number is None:
            message = sentence("No overlay “%(name)s” stands in its sheet.", name=line.values.get("overlay", ""))
            self.faults.append(line.fault("overlay", message))
            return
        code, changes = line.values.get("criterion", ""), document["overlays"][number]["changes"]
        if code in changes:
            self.faults.append(line.fault("criterion", sentence("The code “%(code)s” is given twice.", code=code)))
        elif "change" not in line.values:
            self.faults.append(line.fault("change", sentence("Expected a number, found nothing.")))
        else:
            changes[code] = line.values["change"]
            cell = (line.sheet, line.row, line.columns.get("change"))
            self.places.cells["overlays", number, "changes", code] = cell
            self.places.cells.setdefault(("overlays", number, "changes"), cell)  # what concerns them together


def _read(column: Column, cell: Value) -> Any:
    """What a cell says, as the document has it. Raises NotAFigure with what is wrong."""
    if column.kind == "figure":
        figure = figure_of(cell)
        return _plain(figure) if figure is not None else None
    if isinstance(cell, Formula):
        raise NotAFigure(sentence("The cell holds a formula; paste its value instead."))
    text = text_of(cell)
    if column.kind == "choice" and column.words is not None and text:
        key = key_of(column.words, text)
        if key is None:
            raise NotAFigure(
                sentence("Expected one of: %(allowed)s; found “%(found)s”.", allowed=listed(column.words), found=text)
            )
        return key
    if column.kind == "codes":
        return [code for code in re.split(r"[,;\s]+", text) if code]
    return list(_read_levels(text)) if column.kind == "levels" else text


def _read_levels(text: str) -> Iterator[dict[str, float]]:
    """`>= 95: 1; >= 80: 0.5` and `0.2; 0.6; 1`, with decimal points or commas."""
    for part in filter(None, map(str.strip, text.split(";"))):
        match = _LEVEL.fullmatch(part)
        limit, share = (match[2], match[3]) if match else (None, part)
        figures = [read_figure(figure) for figure in (limit, share) if figure is not None]
        if match is None or None in figures:
            raise NotAFigure(sentence("Levels like “0.5; 1” belong to a rubric, levels like “>= 90: 1” to bands."))
        level = {"share": _plain(figures[-1] or 0.0)}
        if match[1] is not None:
            level = {("at_least" if match[1] in (">=", "≥") else "at_most"): _plain(figures[0] or 0.0), **level}
        yield level


def _plain(figure: float) -> float:
    """A whole number as such: 5, not 5.0."""
    return int(figure) if figure.is_integer() and abs(figure) <= 2**53 else figure


def _put(table: dict[str, Any], keys: Path_, value: Any) -> None:
    for key in keys[:-1]:
        table = table.setdefault(str(key), {})
    table[str(keys[-1])] = value

"""From a framework to a workbook that staff can edit: drop-downs for every choice, and a sum of the maxima."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from shared.contracts.figures import written_figure
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model
from shared.criteria.excel import layout
from shared.criteria.excel.layout import Column, SheetLayout
from shared.criteria.workbooks import drop_down, write_text

Line = Mapping[str, Any]  # path -> value, as the reading side has it

ROOM_TO_GROW = 200  # rows below the last line that have drop-downs too
_HEAD = PatternFill("solid", fgColor="FFDCE6F1")
_LIMITS = {"bonuses": "cap", "penalties": "floor"}


def framework_workbook(framework: model.Framework, language: str = "vi") -> bytes:
    """The framework's document as an .xlsx file in `vi` or `en`; reading it gives the same framework.

    Raises BadInput for text with control characters, which a workbook cannot hold.
    """
    document = framework.document
    book = Workbook()
    book.remove(book.worksheets[0])
    frame = {
        column.path: value for column in layout.FRAMEWORK.columns if (value := _at(document, column.keys)) is not None
    }
    _upright(book, frame, language)
    for shape, lines in (
        (layout.CRITERIA, list(_tree(document, None))),
        (layout.SOURCES, list(_sources(document))),
        (layout.ADDED, list(_additions(document))),
        (layout.OVERLAYS, list(_overlays(document))),
        (layout.CHANGES, list(_changes(document))),
    ):
        _table(book, shape, lines, language)
    _sum_of_maxima(book, language)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# From the document to lines


def _tree(node: Line, parent: str | None) -> Iterator[Line]:
    """A node's criteria, then each of its groups with what is below it."""
    for kind in ("criteria", "groups"):
        for child in node.get(kind, ()):
            line = _flat(child, layout.CRITERIA)
            evidence = child.get("evidence")
            if isinstance(evidence, str):
                line["evidence.rule"] = evidence
            rule = child.get("rule", {})
            if levels := rule.get("bands") or [{"share": share} for share in rule.get("shares", ())]:
                line["rule.levels"] = levels
            yield {"line": kind, **({"parent": parent} if parent is not None else {}), **line}
            if kind == "groups":
                yield from _tree(child, child["code"])


def _sources(node: Line) -> Iterator[Line]:
    for criterion in node.get("criteria", ()):
        for source in criterion.get("sources", ()):
            yield {"criterion": criterion["code"], **_flat(source, layout.SOURCES)}
    for group in node.get("groups", ()):
        yield from _sources(group)


def _additions(document: Line) -> Iterator[Line]:
    for kind in ("bonuses", "penalties", "gates"):
        for entry in document.get(kind, ()):
            limit = entry.get(_LIMITS.get(kind, ""))
            yield {"line": kind, **_flat(entry, layout.ADDED), **({"limit": limit} if limit is not None else {})}


def _overlays(document: Line) -> Iterator[Line]:
    for number, overlay in enumerate(document.get("overlays", ()), start=1):
        yield {"overlay": str(number), **_flat(overlay, layout.OVERLAYS)}


def _changes(document: Line) -> Iterator[Line]:
    for number, overlay in enumerate(document.get("overlays", ()), start=1):
        for code, change in overlay["changes"].items():
            yield {"overlay": str(number), "criterion": code, "change": change}


def _flat(table: Line, shape: SheetLayout) -> dict[str, Any]:
    return {column.path: value for column in shape.columns if (value := _at(table, column.keys)) is not None}


def _at(table: Line, keys: Sequence[str]) -> Any:
    value: Any = table
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


# From lines to cells


def _upright(book: Workbook, frame: Line, language: str) -> None:
    sheet = book.create_sheet(Sentence(layout.FRAMEWORK.name).in_language(language))
    _head(sheet, [sentence("Setting"), sentence("Value")], language)
    for row, column in enumerate(layout.FRAMEWORK.columns, start=2):
        write_text(sheet.cell(row, 1), Sentence(column.title).in_language(language))
        _write(sheet, row, 2, column, frame.get(column.path), language)
        _drop_down(sheet, column, f"B{row}", language)
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 60


def _table(book: Workbook, shape: SheetLayout, lines: Sequence[Line], language: str) -> None:
    sheet = book.create_sheet(Sentence(shape.name).in_language(language))
    _head(sheet, [Sentence(column.title) for column in shape.columns], language)
    for row, line in enumerate(lines, start=2):
        for number, column in enumerate(shape.columns, start=1):
            _write(sheet, row, number, column, line.get(column.path), language)
            if line.get("line") == "groups":
                sheet.cell(row, number).font = Font(bold=True)
    for number, column in enumerate(shape.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        _drop_down(sheet, column, f"{letter}2:{letter}{len(lines) + 1 + ROOM_TO_GROW}", language)


def _head(sheet: Worksheet, titles: Sequence[Sentence], language: str) -> None:
    for number, title in enumerate(titles, start=1):
        cell = sheet.cell(1, number)
        write_text(cell, title.in_language(language))
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _write(sheet: Worksheet, row: int, number: int, column: Column, value: Any, language: str) -> None:
    if value is None:
        return
    cell = sheet.cell(row, number)
    if column.kind == "figure":
        if float(f"{value:.15g}") == value:
            cell.value = value
        else:  # a workbook keeps fifteen digits of a number, and all of a text
            write_text(cell, written_figure(float(value), language))
        return
    if column.kind == "choice" and column.words is not None:
        text = Sentence(column.words[value]).in_language(language)
    elif column.kind == "codes":
        text = ", ".join(value)
    elif column.kind == "levels":
        text = "; ".join(_level(level, language) for level in value)
    else:
        text = str(value)
    if ILLEGAL_CHARACTERS_RE.search(text):
        message = sentence("“%(code)s” holds a control character, which a workbook cannot hold.", code=column.path)
        raise BadInput([Fault(message, path=f"{sheet.title}!{cell.coordinate}")])
    write_text(cell, text)
    if column.width >= layout.WIDE:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _level(level: Mapping[str, float], language: str) -> str:
    share = written_figure(float(level["share"]), language)
    for key, sign in (("at_least", ">="), ("at_most", "<=")):
        if key in level:
            return f"{sign} {written_figure(float(level[key]), language)}: {share}"
    return share


def _drop_down(sheet: Worksheet, column: Column, cells: str, language: str) -> None:
    if column.words is None:
        return
    words = [Sentence(word).in_language(language) for word in column.words.values()]
    drop_down(sheet, cells, f'"{",".join(words)}"')


def _sum_of_maxima(book: Workbook, language: str) -> None:
    """Beside the total, what the maxima of the criteria add up to at this moment."""
    frame = book[Sentence(layout.FRAMEWORK.name).in_language(language)]
    criteria = Sentence(layout.CRITERIA.name).in_language(language)
    paths = [column.path for column in layout.CRITERIA.columns]
    line, points = (get_column_letter(paths.index(path) + 1) for path in ("line", "max_points"))
    line_word = layout.LINES["criteria"]
    word = Sentence(line_word).in_language(language)
    row = 2 + [column.path for column in layout.FRAMEWORK.columns].index("total")
    write_text(frame.cell(1, 3), sentence("The maxima add up to").in_language(language))
    frame.cell(row, 3).value = f"=SUMIFS('{criteria}'!{points}:{points},'{criteria}'!{line}:{line},\"{word}\")"
    frame.column_dimensions["C"].width = 24

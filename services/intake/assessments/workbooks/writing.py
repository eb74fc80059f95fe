"""A self-assessment as an Excel workbook: locked structure, drop-downs, formulas that show the points.

Beside what people see, the hidden sheet `cong-tam` says what the workbook was made from: cycle, unit, framework, the
draft's version, and every item as it stood. Reading (`reading.py`) compares with that, so that only what a
person changed is taken.
"""

import io
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.intake.assessments.model import ITEM_FIELDS, ITEM_TEXTS, TEXT, Evidence
from services.intake.assessments.queries import DraftView
from services.intake.assessments.rules import is_choice, needs_whole_number
from services.intake.assessments.workbooks.formulas import points_formula
from services.intake.covenants.rules import target_name
from services.intake.cycles.model import Cycle
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion, Gate, Item, Rubric
from shared.criteria.workbooks import write_text
from shared.web.formats import written_deadline

FORMAT = "cong-tam assessment 1"
HIDDEN = "cong-tam"
FIRST_ROW = 6  # of the items; the row before it holds the headings
META = ("format", "cycle", "unit", "framework_sha256", "version", "items_sheet", "documents_sheet")
FIRST_ORIGINAL = len(META) + 3


# Columns of the items, from 1.
CODE, TITLE, UNIT, MAXIMUM, VALUE, TARGET, POINTS, RULE, DIFFERENCE, FIRST_TEXT = range(1, 11)
LAST = FIRST_TEXT + len(ITEM_TEXTS) - 1
COLUMNS = {
    "value": VALUE,
    "target": TARGET,
    "self_points": POINTS,
    **{one.name: column for column, one in enumerate(ITEM_TEXTS, start=FIRST_TEXT)},
}
# How the hidden sheet keeps them, after the item's code.
KEPT = tuple(sorted(ITEM_FIELDS, key=lambda one: COLUMNS[one.name]))


# Columns of the documents.
ITEM, NUMBER, ISSUER, ISSUED_ON, SIGNER, CLASSIFIED, IDENTITY = range(1, 8)
SPARE_DOCUMENTS = 60  # empty rows for new documents
YES, NO = sentence("Yes"), sentence("No")
HEADINGS: tuple[tuple[Sentence, int], ...] = (
    (sentence("Code"), 10),
    (sentence("Item"), 48),
    (sentence("Unit of measure"), 14),
    (sentence("Maximum"), 10),
    (sentence("Value"), 14),
    (sentence("Target that counts"), 14),
    (sentence("Self-score"), 12),
    (sentence("Points by the rule"), 12),
    (sentence("Difference"), 12),
    *((one.title, one.width) for one in ITEM_TEXTS),
)
_DOCUMENT_HEADINGS: tuple[tuple[Sentence, int], ...] = (
    (sentence("Code"), 12),
    (sentence("Document number"), 24),
    (sentence("Issued by"), 36),
    (sentence("Date of the document"), 16),
    (sentence("Signed by"), 26),
    (sentence("Classified"), 12),
)
_HEAD = PatternFill("solid", fgColor="FFDCE6F1")
_GROUP = PatternFill("solid", fgColor="FFF2F2F2")
_OPEN = PatternFill("solid", fgColor="FFFFFBE6")
_SIDE = Side(style="thin", color="FFBFBFBF")
_LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_UNLOCKED = Protection(locked=False)


def assessment_workbook(view: DraftView, language: str) -> bytes:
    """The .xlsx file of a draft as far as its reader may see it."""
    book = Workbook()
    items = book.active
    assert isinstance(items, Worksheet)
    items.title = sentence("Self-assessment").in_language(language)
    documents = book.create_sheet(sentence("Evidence").in_language(language))
    hidden = book.create_sheet(HIDDEN)
    writer = _Writer(view, language)
    writer.write_items(items)
    codes = [item.code for item in view.framework.items if item.code in view.readable]
    _write_hidden(hidden, view, (items.title, documents.title), codes)
    writer.write_documents(documents, f"'{HIDDEN}'!$A${FIRST_ORIGINAL}:$A${FIRST_ORIGINAL + len(codes) - 1}")
    for sheet in (items, documents, hidden):
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
    hidden.sheet_state = "hidden"
    book.security = WorkbookProtection(lockStructure=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Writer:
    def __init__(self, view: DraftView, language: str) -> None:
        self.view = view
        self.language = language
        self.row = FIRST_ROW
        self.scored: list[int] = []

    def said(self, one: Sentence) -> str:
        return one.in_language(self.language)

    def write_items(self, sheet: Worksheet) -> None:
        """Headings, groups, items, the total."""
        view, language = self.view, self.language
        headings = [(self.said(title), width) for title, width in HEADINGS]
        headings[TARGET - 1] = (self.said(target_name(self.view.framework.criteria)), headings[TARGET - 1][1])
        _headings(sheet, FIRST_ROW - 1, headings)
        for row, line in enumerate(self._introduction(view.cycle), start=1):
            write_text(_cell(sheet, row, CODE), line)
            _cell(sheet, row, CODE).font = Font(bold=row == 1, size=14 if row == 1 else 11)
        for group in view.framework.root.walk():
            self._section(sheet, group.named(language), group.criteria)
        for title, items in (
            (sentence("Bonus points"), view.framework.bonuses),
            (sentence("Penalty points"), view.framework.penalties),
            (sentence("Declarations"), view.framework.gates),
        ):
            self._section(sheet, self.said(title), items)
        if view.sees_everything and all(group.aggregation == "sum" for group in view.framework.root.walk()):
            self._total(sheet)
        self._choices(sheet)
        sheet.freeze_panes = _cell(sheet, FIRST_ROW, VALUE)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = f"{FIRST_ROW - 1}:{FIRST_ROW - 1}"

    def _introduction(self, cycle: Cycle) -> list[str]:
        unit = self.view.member.title.in_language(self.language)
        lines = [f"{unit} – {cycle.title.in_language(self.language)}"]
        deadline = written_deadline(self.view.deadline_at, self.language)
        lines.append(self.said(sentence("Deadline: %(deadline)s", deadline=deadline)))
        lines.append(self.said(sentence("Fill in the yellow cells only; leave blank what you cannot say.")))
        if cycle.synthetic:
            lines.append(self.said(sentence("Invented data.")))
        return lines

    def _section(self, sheet: Worksheet, title: str, items: Iterable[Item]) -> None:
        shown = [item for item in items if item.code in self.view.readable]
        if not shown:
            return
        for column in range(CODE, LAST + 1):
            _cell(sheet, self.row, column).fill = _GROUP
        write_text(_cell(sheet, self.row, TITLE), title)
        _cell(sheet, self.row, TITLE).font = Font(bold=True)
        self.row += 1
        for item in shown:
            self._item(sheet, item)
            self.row += 1

    def _item(self, sheet: Worksheet, item: Item) -> None:
        view, row = self.view, self.row
        claim = view.draft.claim(item.code)
        cells = {column: _cell(sheet, row, column) for column in range(CODE, LAST + 1)}
        write_text(cells[CODE], item.code)
        write_text(cells[TITLE], item.named(self.language))
        write_text(cells[UNIT], getattr(item, "unit", ""))
        if isinstance(item, Criterion):
            cells[MAXIMUM].value = view.framework.maximum(item.code, view.member.cluster)
        begun = view.begins_with(item.code)
        cells[VALUE].value = self._shown_value(item, begun.value if begun else claim.value)
        cells[TARGET].value = view.targets.get(item.code, claim.target)
        if isinstance(item, Criterion) and item.target not in (None, "registered"):
            cells[TARGET].comment = Comment(self.said(target_name([item])), "Công Tâm")
        cells[POINTS].value = claim.self_points
        for one in ITEM_TEXTS:
            write_text(cells[COLUMNS[one.name]], getattr(claim, one.name))
        formula = points_formula(view.framework, item, view.member.cluster, f"E{row}", f"F{row}", self.said(YES))
        if formula:
            cells[RULE].value = formula
            cells[DIFFERENCE].value = f'=IF(AND(ISNUMBER(G{row}),ISNUMBER(H{row})),G{row}-H{row},"")'
        elif not isinstance(item, Gate):
            write_text(cells[RULE], self.said(sentence("set later")))
        if not isinstance(item, Gate):
            self.scored.append(row)
        for cell in cells.values():
            cell.alignment, cell.border = _WRAPPED, _LINE
        if item.code in view.editable:
            for column in _open_columns(item):
                if column == TARGET and item.code in view.targets:
                    continue
                cells[column].protection, cells[column].fill = _UNLOCKED, _OPEN

    def _shown_value(self, item: Item, value: float | None) -> Any:
        if is_choice(item) and value in (0.0, 1.0):
            return self.said(YES if value else NO)
        return value

    def _total(self, sheet: Worksheet) -> None:
        write_text(_cell(sheet, self.row, TITLE), self.said(sentence("Total")))
        _cell(sheet, self.row, MAXIMUM).value = self.view.framework.total
        for column, letter in ((POINTS, "G"), (RULE, "H")):
            _cell(sheet, self.row, column).value = f"=SUM({letter}{FIRST_ROW}:{letter}{self.row - 1})"
        for column in range(CODE, LAST + 1):
            _cell(sheet, self.row, column).font = Font(bold=True)

    def _choices(self, sheet: Worksheet) -> None:
        """Drop-downs and what else a cell should hold; Excel asks, reading decides."""
        yes_no = _listed(f'"{self.said(YES)},{self.said(NO)}"')
        whole = DataValidation("whole", operator="greaterThanOrEqual", formula1="0", errorStyle="warning")
        number = DataValidation("decimal", "between", "-1000000000000000", "1000000000000000", errorStyle="warning")
        rubrics: dict[int, DataValidation] = {}
        for row in range(FIRST_ROW, self.row):
            code = _cell(sheet, row, CODE).value
            if not code:
                continue
            item = self.view.framework.items[self.view.framework.columns[str(code)]]
            cell = _cell(sheet, row, VALUE)
            if isinstance(item, Criterion) and isinstance(item.rule, Rubric):
                levels = len(item.rule.shares)
                rule = rubrics.setdefault(levels, _listed(f'"{",".join(str(n + 1) for n in range(levels))}"'))
            else:
                rule = yes_no if is_choice(item) else whole if needs_whole_number(item) else number
            rule.add(cell)
            number.add(_cell(sheet, row, POINTS))
            number.add(_cell(sheet, row, TARGET))
        for rule in (yes_no, whole, number, *rubrics.values()):
            rule.errorTitle = self.said(sentence("Please check"))
            rule.error = self.said(sentence("A value of another kind is expected here."))
            sheet.add_data_validation(rule)

    def write_documents(self, sheet: Worksheet, codes: str) -> None:
        """The documents that are there, locked, and empty rows for new ones."""
        _headings(sheet, 1, [(self.said(title), width) for title, width in _DOCUMENT_HEADINGS])
        row = 2
        for item in self.view.framework.items:
            if item.code not in self.view.readable:
                continue
            for entry in self.view.draft.claim(item.code).evidence:
                self._document(sheet, row, item.code, entry)
                row += 1
        last = row + SPARE_DOCUMENTS
        yes_no, items = _listed(f'"{self.said(YES)},{self.said(NO)}"'), _listed(codes)
        if self.view.editable:
            for spare in range(row, last):
                for column in range(ITEM, CLASSIFIED + 1):
                    cell = _cell(sheet, spare, column)
                    cell.protection, cell.fill, cell.border = _UNLOCKED, _OPEN, _LINE
                _cell(sheet, spare, ISSUED_ON).number_format = "dd/mm/yyyy"
            items.add(f"A{row}:A{last - 1}")
            yes_no.add(f"F{row}:F{last - 1}")
            sheet.add_data_validation(items)
            sheet.add_data_validation(yes_no)
        sheet.column_dimensions["G"].hidden = True
        sheet.freeze_panes = "A2"

    def _document(self, sheet: Worksheet, row: int, code: str, entry: Evidence) -> None:
        texts = {ITEM: code, NUMBER: entry.document_number, ISSUER: entry.issuer, SIGNER: entry.signer}
        for column, text in {**texts, IDENTITY: entry.id}.items():
            write_text(_cell(sheet, row, column), text)
        _cell(sheet, row, ISSUED_ON).value = entry.issued_on
        _cell(sheet, row, ISSUED_ON).number_format = "dd/mm/yyyy"
        write_text(_cell(sheet, row, CLASSIFIED), self.said(YES if entry.reference_only else NO))


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at that place; these sheets merge none."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


def _open_columns(item: Item) -> list[int]:
    """The cells of an item that a person fills in."""
    columns = [COLUMNS[one.name] for one in ITEM_TEXTS if not (one.scored_only and isinstance(item, Gate))]
    if item.disclosure != "reference_only":
        columns.append(VALUE)
    if not isinstance(item, Gate):
        columns.append(POINTS)
    if isinstance(item, Criterion) and item.target is not None:
        columns.append(TARGET)
    return columns


def _write_hidden(sheet: Worksheet, view: DraftView, sheets: tuple[str, str], codes: list[str]) -> None:
    """What the workbook was made from, and every item as it stood."""
    facts = (FORMAT, view.cycle.code, view.member.unit, view.framework.sha256, str(view.draft.version), *sheets)
    for row, (name, fact) in enumerate(zip(META, facts, strict=True), start=1):
        write_text(_cell(sheet, row, 1), name)
        write_text(_cell(sheet, row, 2), fact)
    for row, code in enumerate(codes, start=FIRST_ORIGINAL):
        claim = view.draft.claim(code)
        write_text(_cell(sheet, row, 1), code)
        for column, one in enumerate(KEPT, start=2):
            said = getattr(claim, one.name)
            # As text: a workbook keeps sixteen digits of a number, a figure may have seventeen.
            write_text(_cell(sheet, row, column), said if one.kind == TEXT else "" if said is None else repr(said))


def _headings(sheet: Worksheet, row: int, titles: list[tuple[str, int]]) -> None:
    for column, (title, width) in enumerate(titles, start=1):
        cell = _cell(sheet, row, column)
        write_text(cell, title)
        cell.font, cell.fill, cell.border, cell.alignment = Font(bold=True), _HEAD, _LINE, _WRAPPED
        sheet.column_dimensions[cell.column_letter].width = width


def _listed(formula: str) -> DataValidation:
    return DataValidation("list", formula1=formula, allow_blank=True, errorStyle="stop")

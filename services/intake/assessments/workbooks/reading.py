"""Reads a filled-in assessment workbook: what a person changed in it, or every fault with its sheet and cell."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from services.intake.assessments.model import (
    FIGURE,
    ITEM_FIELDS,
    ITEM_TEXTS,
    TEXT,
    Claim,
    Evidence,
    GivenClaim,
    GivenEvidence,
)
from services.intake.assessments.queries import DraftView
from services.intake.assessments.rules import check_claims, evidence_fault, is_choice
from services.intake.assessments.workbooks.writing import (
    CLASSIFIED,
    CODE,
    COLUMNS,
    FIRST_ORIGINAL,
    FIRST_ROW,
    FORMAT,
    HIDDEN,
    IDENTITY,
    ISSUED_ON,
    ISSUER,
    ITEM,
    KEPT,
    LAST,
    META,
    NUMBER,
    POINTS,
    SIGNER,
    TARGET,
    VALUE,
)
from services.intake.typed import clean, day_of, one_line
from services.intake.vietnamese import search_key
from shared.contracts.figures import LARGEST, NotAFigure
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Item
from shared.criteria.workbooks import Formula, Sheet, Value, figure_of, read_workbook, text_of

T = TypeVar("T")
_YES_NO = {"co": 1.0, "yes": 1.0, "1": 1.0, "khong": 0.0, "no": 0.0, "0": 0.0}
_LONGEST = {NUMBER: 200, ISSUER: 300, SIGNER: 200}


@dataclass(frozen=True)
class Filled:
    """What a workbook asks for: items changed since it was made from `version`, and documents to add."""

    version: int
    claims: tuple[GivenClaim, ...]
    documents: dict[str, tuple[GivenEvidence, ...]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was changed."""
        return not self.claims and not self.documents


def read_assessment_workbook(raw: bytes, name: str | None, view: DraftView) -> Filled:
    """What was changed in the workbook of this draft; raises BadInput with every fault."""
    sheets = read_workbook(raw, name)
    made = _made_from(sheets, name, view)
    reader = WorkbookReader(view, made.items)
    claims = reader.read_items(sheets[made.items_sheet])
    documents = reader.read_documents(sheets[made.documents_sheet])
    if reader.faults:
        raise BadInput(reader.faults)
    return Filled(made.version, claims, documents)


@dataclass(frozen=True)
class _Made:
    """What the hidden sheet says."""

    version: int
    items_sheet: str
    documents_sheet: str
    items: dict[str, Claim]


def _made_from(sheets: dict[str, Sheet], name: str | None, view: DraftView) -> _Made:
    hidden = sheets.get(HIDDEN)
    rows = hidden.rows if hidden else ()
    facts = {text_of(row[0]): text_of(row[1]) for row in rows[: len(META)] if len(row) > 1}
    named = [facts.get("items_sheet", ""), facts.get("documents_sheet", "")]
    if facts.get("format") != FORMAT or not all(title in sheets for title in named):
        said = sentence("This is not a self-assessment's workbook, or its sheets were renamed. Please download it.")
        raise BadInput([Fault(said, file=name)])
    wrong = [
        said
        for fact, expected, said in (
            ("cycle", view.cycle.code, sentence("The workbook was made for another cycle.")),
            ("unit", view.member.unit, sentence("The workbook was made for another unit.")),
            ("framework_sha256", view.framework.sha256, sentence("The workbook was made from other criteria.")),
        )
        if facts.get(fact) != expected
    ]
    version = facts.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 16) or int(version) > view.draft.version:
        wrong.append(sentence("The workbook does not say which version it was made from. Please download it anew."))
    if wrong:
        raise BadInput([Fault(said, file=name) for said in wrong])
    items = {text_of(row[0]): _original(row) for row in rows[FIRST_ORIGINAL - 1 :] if row}
    return _Made(int(version), named[0], named[1], items)


def _original(row: tuple[Value, ...]) -> Claim:
    cells = [*row, *[None] * (len(KEPT) + 1 - len(row))]
    said: dict[str, Any] = {
        one.name: clean(_text(cell)) if one.kind == TEXT else _kept(cell)
        for one, cell in zip(KEPT, cells[1:], strict=False)
    }
    return Claim(text_of(cells[0]), **said)


def _kept(cell: Value) -> float | None:
    """A figure as the hidden sheet keeps it; None for anything else."""
    try:
        return float(text_of(cell))
    except ValueError:
        return None


def _text(value: Value) -> str:
    """Text as it stands in the cell, line ends and all."""
    return value if isinstance(value, str) else text_of(value)


@dataclass
class WorkbookReader:
    """Reads sheets against what they were made from, and gathers every fault at its place."""

    view: DraftView
    originals: dict[str, Claim]
    faults: list[Fault] = field(default_factory=list)

    def read_items(self, sheet: Sheet) -> tuple[GivenClaim, ...]:
        """The items that differ from what the workbook was made from."""
        changed: list[GivenClaim] = []
        rows: dict[str, int] = {}
        for number, row in enumerate(sheet.rows, start=1):
            code = text_of(row[0]) if row and number >= FIRST_ROW else ""
            if not code:
                continue
            if code in rows:
                self._fault(sheet, number, CODE, sentence("Item %(criterion)s is given twice.", criterion=code))
                continue
            rows[code] = number
            if code not in self.originals or code not in self.view.readable:
                said = sentence("The workbook has no place for an item %(criterion)s.", criterion=code)
                self._fault(sheet, number, CODE, said)
                continue
            claim = self._claim(sheet, number, row, code)
            if claim is not None and not _same(claim, self.originals[code]):
                changed.append(_exact(claim, self.originals[code]))
        for code in self.originals:
            if code not in rows:
                said = sentence("The row of item %(criterion)s is missing; please put it back.", criterion=code)
                self.faults.append(sheet.whole(said))
        self._check(sheet, changed, rows)
        return tuple(changed)

    def _claim(self, sheet: Sheet, number: int, row: tuple[Value, ...], code: str) -> GivenClaim | None:
        cells = (*row, *[None] * (LAST - len(row)))
        item = self.view.framework.items[self.view.framework.columns[code]]
        before = len(self.faults)

        def at(column: int, read: Callable[[Value], T]) -> T | None:
            return self._at(sheet, number, column, cells[column - 1], read)

        texts: dict[str, Any] = {
            one.name: at(COLUMNS[one.name], partial(_long_text, longest=one.longest)) or "" for one in ITEM_TEXTS
        }
        given = GivenClaim(
            code,
            value=at(VALUE, lambda cell: _value_of(item, cell)),
            self_points=at(POINTS, _figure),
            target=self.originals[code].target if code in self.view.targets else at(TARGET, _figure),
            **texts,
        )
        return given if len(self.faults) == before else None

    def _at(self, sheet: Sheet, row: int, column: int, cell: Value, read: Callable[[Value], T]) -> T | None:
        """What a cell says; a fault at its place if it cannot be read."""
        try:
            return read(cell)
        except NotAFigure as fault:
            self._fault(sheet, row, column, fault.said)
            return None

    def _check(self, sheet: Sheet, changed: list[GivenClaim], rows: dict[str, int]) -> None:
        """The rules of every claim, their faults at the cells."""
        for claim in changed:
            if claim.criterion not in self.view.editable:
                said = sentence("Your role does not allow changing item %(criterion)s.", criterion=claim.criterion)
                self._fault(sheet, rows[claim.criterion], CODE, said)
        claims = [Claim(one.criterion, **one.figures()) for one in changed]
        try:
            check_claims(self.view.framework, claims)
        except BadInput as bad:
            for fault in bad.faults:
                _, index, name = (fault.path or "").split(".")[:3]
                row = rows[changed[int(index)].criterion]
                self._fault(sheet, row, COLUMNS.get(name, CODE), fault.said)

    def read_documents(self, sheet: Sheet) -> dict[str, tuple[GivenEvidence, ...]]:
        """New documents by item. Those that are attached stay as they are; changing one here is a fault."""
        added: dict[str, list[GivenEvidence]] = {}
        for number, row in enumerate(sheet.rows[1:], start=2):
            cells = (*row, *[None] * (IDENTITY - len(row)))
            if not any(text_of(cell) or isinstance(cell, Formula) for cell in cells):
                continue
            before = len(self.faults)
            code = self._at(sheet, number, ITEM, cells[ITEM - 1], _short_text) or ""
            given = self._document(sheet, number, cells)
            if len(self.faults) > before:
                continue
            attached = self._attached(text_of(cells[IDENTITY - 1]))
            if text_of(cells[IDENTITY - 1]):
                if attached is not None and attached != (code, given):
                    said = sentence("A document that is attached already is changed on its page; here only new ones.")
                    self._fault(sheet, number, NUMBER, said)
            elif self._may_add(sheet, number, code, given) and not self._is_there(code, given):
                added.setdefault(code, []).append(given)
        return {code: tuple(given) for code, given in added.items()}

    def _document(self, sheet: Sheet, number: int, cells: tuple[Value, ...]) -> GivenEvidence:
        def at(column: int, read: Callable[[Value], T]) -> T | None:
            return self._at(sheet, number, column, cells[column - 1], read)

        texts = {column: at(column, _short_text) or "" for column in _LONGEST}
        for column, longest in _LONGEST.items():
            if len(texts[column]) > longest:
                self._fault(sheet, number, column, sentence("At most %(most)s characters.", most=longest))
        return GivenEvidence(
            document_number=texts[NUMBER],
            issuer=texts[ISSUER],
            issued_on=at(ISSUED_ON, _day),
            signer=texts[SIGNER],
            reference_only=bool(at(CLASSIFIED, _yes_no)),
        )

    def _may_add(self, sheet: Sheet, number: int, code: str, given: GivenEvidence) -> bool:
        if code not in self.view.editable:
            said = sentence("Choose one of your items from the list.")
            self._fault(sheet, number, ITEM, said)
            return False
        item = self.view.framework.items[self.view.framework.columns[code]]
        said_entry = evidence_fault(item, Evidence("", document_number=given.document_number))
        if said_entry is not None:
            self._fault(sheet, number, NUMBER, said_entry)
        return said_entry is None

    def _is_there(self, code: str, given: GivenEvidence) -> bool:
        return any(_given(entry) == given for entry in self.view.draft.claim(code).evidence)

    def _attached(self, identity: str) -> tuple[str, GivenEvidence] | None:
        found = self.view.draft.evidence(identity) if identity else None
        return (found[0], _given(found[1])) if found else None

    def _fault(self, sheet: Sheet, row: int, column: int, said: Sentence) -> None:
        self.faults.append(sheet.fault(row, column, said))


def _given(entry: Evidence) -> GivenEvidence:
    """An attached document's data, without its file."""
    return GivenEvidence(
        document_number=entry.document_number,
        issuer=entry.issuer,
        issued_on=entry.issued_on,
        signer=entry.signer,
        reference_only=entry.reference_only,
    )


def _value_of(item: Item, cell: Value) -> float | None:
    if is_choice(item) and isinstance(cell, str | bool):
        return _yes_no(cell)
    return _figure(cell)


def _figure(cell: Value) -> float | None:
    figure = figure_of(cell)
    if figure is not None and not abs(figure) <= LARGEST:
        raise NotAFigure(sentence("“%(typed)s” is too large for a figure.", typed=text_of(cell)[:40]))
    return figure


def _yes_no(cell: Value) -> float | None:
    _refuse_formula(cell)
    key = search_key(text_of(cell))
    if key and key not in _YES_NO:
        raise NotAFigure(sentence("Choose Yes or No from the list."))
    return _YES_NO.get(key)


def _long_text(cell: Value, longest: int) -> str:
    _refuse_formula(cell)
    text = clean(_text(cell))
    if len(text) > longest:
        raise NotAFigure(sentence("The text is longer than %(most)s characters.", most=longest))
    return text


def _short_text(cell: Value) -> str:
    _refuse_formula(cell)
    return one_line(text_of(cell))


def _day(cell: Value) -> date | None:
    _refuse_formula(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    try:
        return day_of(text_of(cell))
    except ValueError:
        raise NotAFigure(sentence("“%(typed)s” is not a date.", typed=text_of(cell)[:40])) from None


def _refuse_formula(cell: Value) -> None:
    if isinstance(cell, Formula):
        raise NotAFigure(sentence("The cell holds a formula; paste its value instead."))


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=0.0)  # what a spreadsheet's fifteen digits leave


def _same(given: GivenClaim, original: Claim) -> bool:
    return all(
        now == before if one.kind == TEXT else _close(now, before)
        for one in ITEM_FIELDS
        for now, before in [(getattr(given, one.name), getattr(original, one.name))]
    )


def _exact(given: GivenClaim, original: Claim) -> GivenClaim:
    """The given claim with every digit that a spreadsheet dropped from figures nobody touched."""
    untouched = {
        one.name: getattr(original, one.name)
        for one in ITEM_FIELDS
        if one.kind == FIGURE and _close(getattr(given, one.name), getattr(original, one.name))
    }
    return replace(given, **untouched)

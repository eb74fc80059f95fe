"""A council's directory as an Excel workbook: what stands in it, to change and bring back."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from services.intake.directory.model import (
    KINDS,
    METHOD_NAMES,
    POSITION_NAMES,
    Cluster,
    Directory,
    Headship,
    Lists,
    Membership,
    Succession,
    Unit,
    Validity,
)
from services.intake.typed import LONGEST_SOURCE, day_of, one_line, read_code, read_title
from services.intake.vietnamese import search_key, sort_key
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.workbooks import Formula, Sheet, Value, drop_down, read_workbook, text_of, write_text

ROOM_TO_GROW = 500  # rows below the last one that have drop-downs too
MOST_ROWS = 10_000
FIRST_DAY, AFTER = N_("First day"), N_("The day after the last one")


# Each sheet: its name, and its columns as field, title, width.
SHEETS: Mapping[str, tuple[str, Sequence[tuple[str, str, int]]]] = {
    "units": (
        N_("Units"),
        (
            ("unit", N_("Code"), 14),
            ("title_vi", N_("Name in Vietnamese"), 40),
            ("title_en", N_("Name in English"), 40),
            ("valid_from", FIRST_DAY, 16),
            ("valid_to", AFTER, 16),
        ),
    ),
    "clusters": (
        N_("Clusters"),
        (
            ("cluster", N_("Code"), 14),
            ("title_vi", N_("Name in Vietnamese"), 40),
            ("title_en", N_("Name in English"), 40),
            ("method", N_("How it nominates"), 26),
            ("valid_from", FIRST_DAY, 16),
            ("valid_to", AFTER, 16),
        ),
    ),
    "memberships": (
        N_("Who belongs where"),
        (
            ("unit", N_("Unit"), 14),
            ("cluster", N_("Cluster"), 14),
            ("valid_from", FIRST_DAY, 16),
            ("valid_to", AFTER, 16),
        ),
    ),
    "headships": (
        N_("Heads and deputies"),
        (
            ("cluster", N_("Cluster"), 14),
            ("unit", N_("Unit"), 14),
            ("position", N_("Position in the cluster"), 20),
            ("place", N_("Order"), 10),
            ("valid_from", FIRST_DAY, 16),
            ("valid_to", AFTER, 16),
        ),
    ),
    "successions": (
        N_("Predecessors"),
        (
            ("unit", N_("Unit"), 14),
            ("predecessor", N_("Follows upon"), 14),
            ("since", FIRST_DAY, 16),
            ("legal_source", N_("Legal source"), 60),
        ),
    ),
}
_WORDS: Mapping[str, Mapping[str, str]] = {"method": METHOD_NAMES, "position": POSITION_NAMES}


def directory_workbook(known: Directory, language: str) -> bytes:
    """What is registered, one sheet a kind; an empty directory gives the empty workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for kind, (title, columns) in SHEETS.items():
        sheet = book.create_sheet(Sentence(title).in_language(language))
        for column, (_name, heading, width) in enumerate(columns, start=1):
            cell = sheet.cell(1, column)
            write_text(cell, Sentence(heading).in_language(language))
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFDCE6F1")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = "A2"
        rows = _listed(known, kind)
        for number, row in enumerate(rows, start=2):
            for column, (name, _heading, _width) in enumerate(columns, start=1):
                _write(sheet.cell(number, column), _shown(row, name, language))
        for column, (name, _heading, _width) in enumerate(columns, start=1):
            cells = f"{get_column_letter(column)}2:{get_column_letter(column)}{len(rows) + 1 + ROOM_TO_GROW}"
            if name in _WORDS:
                words = [Sentence(word).in_language(language) for word in _WORDS[name].values()]
                drop_down(sheet, cells, '"' + ",".join(word.replace(",", " –") for word in words) + '"')
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _listed(known: Directory, kind: str) -> Sequence[Any]:
    rows: Sequence[Any] = getattr(known, kind)
    if kind in ("units", "clusters"):
        return sorted(rows, key=lambda row: sort_key(row.title.in_language("vi")))
    return rows


def _write(cell: Any, value: str | int | date | None) -> None:
    if isinstance(value, str):
        write_text(cell, value)
        cell.number_format = "@"
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "dd/mm/yyyy"


def _shown(row: Any, name: str, language: str) -> str | int | date | None:
    """What a row says in a column."""
    match name:
        case "title_vi" | "title_en":
            said: str = getattr(row.title, name[-2:])
            return said
        case "valid_from" | "valid_to":
            day: date | None = getattr(row.validity, name)
            return day
        case "place":
            return row.place or None
        case "method" | "position":
            return Sentence(_WORDS[name][getattr(row, name)]).in_language(language).replace(",", " –")
        case "unit" | "cluster" if not hasattr(row, name):
            code: str = row.code
            return code
    value: str | date = getattr(row, name)
    return value


@dataclass(frozen=True)
class ReadDirectory:
    """The rows of a workbook, and where each stands in it."""

    lists: Lists
    places: Mapping[str, Sequence[tuple[Sheet, int]]]

    def located(self, bad: BadInput) -> BadInput:
        """Faults about `KIND.INDEX`, at the rows they come from."""
        return BadInput([self._located(fault) for fault in bad.faults])

    def _located(self, fault: Fault) -> Fault:
        kind, _, index = (fault.path or "").partition(".")
        if kind not in self.places or not index.isdigit():
            return fault
        sheet, row = self.places[kind][int(index)]
        return sheet.fault(row, 1, fault.said)


def read_directory_workbook(raw: bytes, name: str | None) -> ReadDirectory:
    """What somebody filled in; raises BadInput with every fault at its cell. Sheets that are missing say nothing."""
    sheets = {search_key(title): sheet for title, sheet in read_workbook(raw, name).items()}
    faults: list[Fault] = []
    lists: dict[str, list[Any]] = {}
    places: dict[str, list[tuple[Sheet, int]]] = {}
    for kind, (title, _columns) in SHEETS.items():
        lists[kind], places[kind] = [], []
        found = [sheets.pop(key) for key in _keys(title) if key in sheets]
        for sheet in found[:1]:
            reader = _SheetReader(kind, sheet)
            lists[kind], places[kind] = reader.rows(), [(sheet, row) for row in reader.numbers]
            faults += reader.faults
    if not any(lists.values()) and not faults:
        names = ", ".join(Sentence(title).in_language("vi") for title, _ in SHEETS.values())
        said = sentence("No row is filled in. The sheets are called: %(names)s.", names=names)
        faults.append(Fault(said, file=name))
    if faults:
        raise BadInput(faults)
    return ReadDirectory(Lists(**lists), places)


def _keys(title: str) -> list[str]:
    """A name as it may be written: in both languages, with or without diacritics."""
    return list(dict.fromkeys(search_key(Sentence(title).in_language(language)) for language in ("vi", "en")))


@dataclass
class _SheetReader:
    kind: str
    sheet: Sheet
    numbers: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def rows(self) -> list[Any]:
        columns = self._columns()
        found: list[Any] = []
        if len(self.sheet.rows) - 1 > MOST_ROWS:
            self.faults.append(self.sheet.whole(sentence("At most %(most)s rows at once.", most=MOST_ROWS)))
            return []
        if columns is None:
            return []
        for number, cells in enumerate(self.sheet.rows[1:], start=2):
            given = {name: cells[at] if at < len(cells) else None for name, at in columns.items()}
            if any(isinstance(value, Formula) or text_of(value) for value in given.values()):
                row = _Row(self, number, columns, given)
                made = getattr(row, f"as_{self.kind}")()
                if row.is_good:
                    found.append(made)
                    self.numbers.append(number)
        return found

    def _columns(self) -> dict[str, int] | None:
        """Which column holds what, by the headings of the first row."""
        written = [search_key(text_of(cell)) for cell in (self.sheet.rows[0] if self.sheet.rows else ())]
        found: dict[str, int] = {}
        for name, title, _width in SHEETS[self.kind][1]:
            at = next((written.index(key) for key in _keys(title) if key in written), None)
            if at is None and name not in ("title_en", "valid_to", "place", "method"):
                said = sentence("The column %(column)s is missing.", column=Sentence(title))
                self.faults.append(self.sheet.fault(1, None, said))
            elif at is not None:
                found[name] = at
        return None if self.faults else found


@dataclass
class _Row:
    """One row being read; what is wrong with it goes to the sheet's faults, at its cell."""

    reader: _SheetReader
    number: int
    columns: Mapping[str, int]
    given: Mapping[str, Value]
    is_good: bool = True

    def __post_init__(self) -> None:
        for name, value in self.given.items():
            if isinstance(value, Formula):
                self._wrong(name, sentence("The cell holds a formula; paste its value instead."))

    def as_units(self) -> Unit:
        return Unit(self._code("unit"), self._title(), self._validity())

    def as_clusters(self) -> Cluster:
        method = self._word("method") if self._text("method") else "score_only"
        return Cluster(self._code("cluster"), self._title(), method, self._validity())

    def as_memberships(self) -> Membership:
        return Membership(self._code("unit"), self._code("cluster"), self._validity())

    def as_headships(self) -> Headship:
        return Headship(
            self._code("cluster"), self._code("unit"), self._word("position"), self._validity(), self._place()
        )

    def as_successions(self) -> Succession:
        source = one_line(self._text("legal_source"))
        if not source:
            self._wrong("legal_source", sentence("Give the legal source."))
        elif len(source) > LONGEST_SOURCE:
            self._wrong("legal_source", sentence("At most %(most)s characters.", most=LONGEST_SOURCE))
        return Succession(self._code("unit"), self._code("predecessor"), self._day("since") or date.min, source)

    def _text(self, name: str) -> str:
        return text_of(self.given.get(name))

    def _code(self, name: str) -> str:
        return self._checked(name, read_code)

    def _title(self) -> Any:
        errors: dict[str, Sentence] = {}
        title = read_title(one_line(self._text("title_vi")), one_line(self._text("title_en")), errors)
        for name, said in errors.items():
            self._wrong(name, said)
        return title

    def _checked(self, name: str, read: Callable[[str, str, dict[str, Sentence]], str]) -> str:
        errors: dict[str, Sentence] = {}
        found = read(self._text(name), name, errors)
        for said in errors.values():
            self._wrong(name, said)
        return found

    def _word(self, name: str) -> str:
        typed = search_key(self._text(name))
        for word, title in _WORDS[name].items():
            spelled = [Sentence(title).in_language(language) for language in ("vi", "en")]
            if typed in {search_key(word), *(search_key(one.replace(",", " –")) for one in spelled)}:
                return word
        self._wrong(name, sentence("Choose one of the list."))
        return ""

    def _place(self) -> int:
        typed = self._text("place")
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 4):
            self._wrong("place", sentence("Expected a whole number from 0 to %(most)s.", most=999))
            return 0
        return int(typed or 0)

    def _validity(self) -> Validity:
        return Validity(self._day("valid_from") or date.min, self._day("valid_to", required=False))

    def _day(self, name: str, *, required: bool = True) -> date | None:
        value = self.given.get(name)
        try:
            found = day_of(value.date().isoformat() if isinstance(value, datetime) else self._text(name))
        except ValueError:
            self._wrong(name, sentence("“%(typed)s” is not a date.", typed=self._text(name)[:40]))
            return None
        if found is None and required:
            self._wrong(name, sentence("Give the first day."))
        return found

    def _wrong(self, name: str, said: Sentence) -> None:
        self.is_good = False
        fault = self.reader.sheet.fault(self.number, self.columns.get(name, 0) + 1, said)
        if fault.path not in {one.path for one in self.reader.faults[-len(self.given) :]}:
            self.reader.faults.append(fault)  # the first thing said of a cell is enough


assert tuple(SHEETS) == KINDS

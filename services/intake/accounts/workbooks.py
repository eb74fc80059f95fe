"""Accounts as an Excel workbook: an empty one to fill in, and what somebody filled in."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from services.intake.accounts.model import NewAccount
from services.intake.directory.model import Directory
from services.intake.typed import one_line
from services.intake.vietnamese import search_key
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.workbooks import Formula, Sheet, Value, drop_down, read_workbook, text_of, write_text
from shared.people import UNIT_ROLES, Grant, Role
from shared.web.frame import ROLE_TITLES

MOST_ACCOUNTS = 500
LOGIN, NAME, ROLE, UNITS, CLUSTERS, CRITERIA = range(1, 7)
HEADINGS: tuple[tuple[Sentence, int], ...] = (
    (sentence("Sign-in name"), 24),
    (sentence("Full name"), 32),
    (sentence("Role"), 28),
    (sentence("Units (codes, comma between)"), 30),
    (sentence("Clusters (codes)"), 22),
    (sentence("Criteria (codes)"), 30),
)
_PLACES = {"login": LOGIN, "name": NAME, "grants": ROLE}


def account_workbook(known: Directory, language: str) -> bytes:
    """An empty workbook with drop-downs for the roles and the council's units beside them."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = sentence("Accounts").in_language(language)
    for column, (title, width) in enumerate(HEADINGS, start=1):
        cell = _cell(sheet, 1, column)
        write_text(cell, title.in_language(language))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFDCE6F1")
        cell.alignment = Alignment(wrap_text=True)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A2"
    lists = book.create_sheet(sentence("Codes").in_language(language))
    for row, role in enumerate(Role, start=1):
        write_text(_cell(lists, row, 1), Sentence(ROLE_TITLES[role]).in_language(language))
    for row, unit in enumerate(known.units, start=1):
        write_text(_cell(lists, row, 3), unit.code)
        write_text(_cell(lists, row, 4), unit.title.in_language(language))
    drop_down(sheet, f"C2:C{MOST_ACCOUNTS + 1}", f"'{lists.title}'!$A$1:$A${len(Role)}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class ReadAccounts:
    """The accounts of a workbook; several rows of one sign-in name are one account with several roles."""

    commands: tuple[NewAccount, ...]
    sheet: Sheet
    rows: tuple[int, ...]  # where each account stands first

    def located(self, bad: BadInput) -> BadInput:
        """Faults about `accounts.N.field`, at the cells they come from."""
        return BadInput([self._located(fault) for fault in bad.faults])

    def _located(self, fault: Fault) -> Fault:
        _, index, name = (*(fault.path or "").split("."), "", "")[:3]
        if not index.isdigit() or int(index) >= len(self.rows):
            return fault
        return self.sheet.fault(self.rows[int(index)], _PLACES.get(name, LOGIN), fault.said)


def read_account_workbook(raw: bytes, name: str | None, known: Directory) -> ReadAccounts:
    """What somebody filled in, without passwords; raises BadInput with every fault at its cell."""
    sheet = next(iter(read_workbook(raw, name).values()))
    reader = _Reader(sheet, known)
    for number, row in enumerate(sheet.rows[1:], start=2):
        reader.read(number, (*row, *[None] * (CRITERIA - len(row))))
    if not reader.found and not reader.faults:
        reader.faults.append(sheet.whole(sentence("No account is filled in.")))
    if len(reader.found) > MOST_ACCOUNTS:
        reader.faults.append(sheet.whole(sentence("At most %(most)s accounts at once.", most=MOST_ACCOUNTS)))
    if reader.faults:
        raise BadInput(reader.faults)
    commands = tuple(
        NewAccount(login, name_, "", tuple(grants)) for login, (name_, grants, _row) in reader.found.items()
    )
    return ReadAccounts(commands, sheet, tuple(row for _name, _grants, row in reader.found.values()))


@dataclass
class _Reader:
    sheet: Sheet
    known: Directory
    found: dict[str, tuple[str, list[Grant], int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self, number: int, row: tuple[Value, ...]) -> None:
        if not any(text_of(cell) or isinstance(cell, Formula) for cell in row):
            return
        for column, cell in enumerate(row, start=1):
            if isinstance(cell, Formula):
                self._fault(number, column, sentence("The cell holds a formula; paste its value instead."))
        login, name = (one_line(text_of(row[column - 1])) for column in (LOGIN, NAME))
        units = self._codes(number, UNITS, row, {unit.code for unit in self.known.units})
        clusters = self._codes(number, CLUSTERS, row, {cluster.code for cluster in self.known.clusters})
        criteria = self._codes(number, CRITERIA, row, None)
        role = _ROLES.get(search_key(text_of(row[ROLE - 1])))
        if role is None:
            self._fault(number, ROLE, sentence("Choose a role from the list."))
            return
        if role in UNIT_ROLES and units is None:
            self._fault(number, UNITS, sentence("This role acts for a unit: name its units."))
            return
        key = login.lower()
        kept = self.found.setdefault(key, (name, [], number))
        if kept[0] != name:
            said = sentence("The same sign-in name stands above with another person's name.")
            self._fault(number, NAME, said)
        kept[1].append(Grant(role, self.known.council.code, units, clusters, criteria))

    def _codes(
        self, number: int, column: int, row: tuple[Value, ...], allowed: set[str] | None
    ) -> tuple[str, ...] | None:
        typed = text_of(row[column - 1]).replace(";", ",")
        codes = tuple(code for part in typed.split(",") if (code := part.strip()))
        for code in codes:
            if allowed is not None and code not in allowed:
                self._fault(number, column, sentence("The council has no %(code)s.", code=code))
        return codes or None

    def _fault(self, row: int, column: int, said: Sentence) -> None:
        self.faults.append(self.sheet.fault(row, column, said))


def _roles() -> Mapping[str, Role]:
    """Every way a role may be written: its code, its title in both languages, with or without diacritics."""
    found: dict[str, Role] = {}
    for role, title in ROLE_TITLES.items():
        for text in (str(role), *(Sentence(title).in_language(language) for language in ("vi", "en"))):
            found[search_key(text)] = role
    return found


_ROLES = _roles()


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell: Any = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell

"""A self-assessment as CSV beside the workbook: `;` between cells, UTF-8 with a byte order mark, as Vietnamese Excel
opens and saves it.

The cells stand where the workbook's items stand, so that what is wrong is named by the same places. A line before the
headings says what the file was made from; a mark at the end of each row tells whether somebody changed it. Documents
are not in it: they come by the workbook or on their pages.
"""

import contextlib
import csv
import hashlib
import io
import itertools
import json
import re

from services.intake.assessments.model import ITEM_TEXTS, Claim, GivenClaim
from services.intake.assessments.queries import DraftView
from services.intake.assessments.rules import is_choice
from services.intake.assessments.workbooks.reading import Filled, WorkbookReader, read_assessment_workbook
from services.intake.assessments.workbooks.writing import (
    CODE,
    COLUMNS,
    FIRST_ROW,
    HEADINGS,
    KEPT,
    LAST,
    MAXIMUM,
    NO,
    POINTS,
    TARGET,
    TITLE,
    UNIT,
    VALUE,
    YES,
)
from shared.contracts.figures import NotAFigure, read_figure, written_figure
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion, Item
from shared.criteria.records import BrokenQuotes, chunks
from shared.criteria.workbooks import Sheet, Value

ENDING = ".csv"
MEDIA_TYPE = "text/csv"
LARGEST = 2_000_000  # bytes
MOST_ROWS = 5_000
MARK = LAST + 1
SHEET = "CSV"
_DELIMITERS = (";", ",", "\t")
_MADE = re.compile(r"cong-tam csv 1 \| (\S+) \| (\S+) \| sha256:([0-9a-f]{64}) \| v(\d{1,15})\Z", re.ASCII)


# What a spreadsheet would compute, or take for a figure or a day where it is text.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "'")


def assessment_csv(view: DraftView, language: str) -> bytes:
    """The file of a draft as far as its reader may see it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    unit, cycle = view.member.title.in_language(language), view.cycle.title.in_language(language)
    writer.writerow([_text(f"{unit} – {cycle}")])
    writer.writerow(
        [sentence("Change values, self-scores, targets, notes and explanations only.").in_language(language)]
    )
    writer.writerow([sentence("Invented data.").in_language(language) if view.cycle.synthetic else ""])
    made = (view.cycle.code, view.member.unit, f"sha256:{view.framework.sha256}", f"v{view.draft.version}")
    writer.writerow([" | ".join(("cong-tam csv 1", *made))])
    headings = [title.in_language(language) for title, _ in HEADINGS]
    writer.writerow([*headings, sentence("Mark (leave as it is)").in_language(language)])
    for item in view.framework.items:
        if item.code in view.readable:
            writer.writerow(_row(view, item, language))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _row(view: DraftView, item: Item, language: str) -> list[str]:
    claim = view.draft.claim(item.code)
    yes, no = YES.in_language(language), NO.in_language(language)
    value = written_figure(claim.value, language)
    if is_choice(item) and claim.value in (0.0, 1.0):
        value = yes if claim.value else no
    maximum = view.framework.maximum(item.code, view.member.cluster) if isinstance(item, Criterion) else None
    cells = {
        CODE: f"'{item.code}" if item.code[0].isdigit() else item.code,
        TITLE: _text(item.named(language)),
        UNIT: _text(getattr(item, "unit", "")),
        MAXIMUM: written_figure(maximum, language),
        VALUE: value,
        TARGET: written_figure(view.targets.get(item.code, claim.target), language),
        POINTS: written_figure(claim.self_points, language),
        **{COLUMNS[one.name]: _text(getattr(claim, one.name)) for one in ITEM_TEXTS},
        MARK: f"m{_mark(claim)}",
    }
    return [cells.get(column, "") for column in range(CODE, MARK + 1)]


def read_assessment_file(raw: bytes, name: str | None, view: DraftView) -> Filled:
    """What was changed in a workbook or (by its name) a CSV file of this draft; raises BadInput with every fault."""
    if (name or "").lower().endswith(ENDING):
        return read_assessment_csv(raw, name, view)
    return read_assessment_workbook(raw, name, view)


def read_assessment_csv(raw: bytes, name: str | None, view: DraftView) -> Filled:
    """What was changed in the CSV file of this draft; raises BadInput with every fault, at its row and column."""
    rows = _rows(raw, name)
    version = _made_from(rows, name, view)
    sheet = Sheet(SHEET, name, tuple(_cells(row, view) for row in rows))
    codes = [item.code for item in view.framework.items if item.code in view.readable]
    reader = WorkbookReader(view, {code: view.draft.claim(code) for code in codes})
    claims = reader.read_items(sheet)
    if reader.faults:
        raise BadInput(reader.faults)
    marks = {_plain(row[0]): row[MARK - 1] for row in rows[FIRST_ROW - 1 :] if len(row) >= MARK}
    # A row that reads as it was made was not touched, whatever the form says by now.
    touched = tuple(claim for claim in claims if marks.get(claim.criterion) != f"m{_mark(claim)}")
    return Filled(version, touched, {})


def _cells(row: list[str], view: DraftView) -> tuple[Value, ...]:
    """A row as the workbook's reader takes it; beside Yes and No a figure is a figure, as in a workbook's cell."""
    cells: list[Value] = [_plain(cell) or None for cell in row[:LAST]]
    place = view.framework.columns.get(str(cells[0])) if len(cells) >= VALUE else None
    if place is not None and is_choice(view.framework.items[place]):
        with contextlib.suppress(NotAFigure):
            cells[VALUE - 1] = read_figure(row[VALUE - 1])
    return tuple(cells)


def _rows(raw: bytes, name: str | None) -> list[list[str]]:
    if len(raw) > LARGEST:
        said = sentence("The file may have at most %(megabytes)s MB.", megabytes=LARGEST // 1_000_000)
        raise BadInput([Fault(said, file=name)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = sentence("The file is not in UTF-8. Please save it as “CSV UTF-8”.")
        raise BadInput([Fault(said, file=name)]) from None
    lines = text.splitlines()[:20]
    # The headings tell: each country's spreadsheet saves with a delimiter of its own.
    headings = next((after for line, after in itertools.pairwise(lines) if "cong-tam csv 1" in line), "")
    delimiter = max(_DELIMITERS, key=headings.count)
    try:
        rows = [row for _, some in chunks(io.StringIO(text, newline=""), delimiter) for row in some]
    except BrokenQuotes:
        said = sentence("The file's quotes or lines are broken. Please download it anew.")
        raise BadInput([Fault(said, file=name)]) from None
    if len(rows) > MOST_ROWS:
        raise BadInput([Fault(sentence("The file has more than %(most)s rows.", most=MOST_ROWS), file=name)])
    return rows


def _made_from(rows: list[list[str]], name: str | None, view: DraftView) -> int:
    """The version of the draft that the file was made from."""
    line = FIRST_ROW - 3
    made = _MADE.match(rows[line][0].strip()) if len(rows) > line and rows[line] else None
    if made is None:
        said = sentence(
            "This is not a self-assessment's CSV file, or its first lines were changed. Please download it."
        )
        raise BadInput([Fault(said, file=name)])
    cycle, unit, sha256, version = made.groups()
    wrong = [
        said
        for fact, expected, said in (
            (cycle, view.cycle.code, sentence("The file was made for another cycle.")),
            (unit, view.member.unit, sentence("The file was made for another unit.")),
            (sha256, view.framework.sha256, sentence("The file was made from other criteria.")),
        )
        if fact != expected
    ]
    if int(version) > view.draft.version:
        wrong.append(sentence("The file does not say which version it was made from. Please download it anew."))
    if wrong:
        raise BadInput([Fault(said, file=name) for said in wrong])
    return int(version)


def _text(text: str) -> str:
    """Text that no spreadsheet computes: an apostrophe before what would begin a formula."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


def _plain(cell: str) -> str:
    """The reverse of `_text`, for codes too."""
    return cell[1:] if cell.startswith("'") and (cell[1:].startswith(_ACTIVE) or cell[1:2].isdigit()) else cell


def _mark(claim: Claim | GivenClaim) -> str:
    said = [claim.criterion, *(getattr(claim, one.name) for one in KEPT)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]

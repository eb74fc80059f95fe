"""Files of any format become rows by the mapping that is kept for their source."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.verify.ports import UnitOfWork
from services.verify.sources.model import ObservedRow, SourceRecord, WaitingRow
from services.verify.sources.ports import TableReader
from services.verify.sources.rules.mapping import Mapped, MappedRow, SourceMapping, apply_mapping
from services.verify.sources.rules.place_names import UnitNames
from services.verify.sources.rules.release_files import LARGEST_FIGURE, Objections, ReleaseContext
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.complaints import Complaints

PRELIMINARY = "preliminary"


@dataclass(frozen=True)
class GivenRows:
    """What a file gives: rows that are known, rows that wait for somebody to say whose they are; by which mapping."""

    rows: Sequence[ObservedRow]
    waiting: Sequence[WaitingRow] = field(default_factory=tuple)
    left_out: int = 0
    version: int | None = None


def read_by_mapping(
    uow: UnitOfWork,
    source: SourceRecord,
    cycle: str,
    raw: bytes,
    context: ReleaseContext,
    objections: Objections,
    read_tidy: TableReader,
) -> GivenRows:
    """The rows of a file by its source's newest mapping; `row` is a cell's place in the tidy table, from 1.

    Raises BadInput with located faults: what the mapping does not settle, cells that count and cannot be read.
    """
    kept = uow.mappings.newest(source.source)
    if kept is None:
        message = sentence("Nobody has said yet how the files of this source are laid out.")
        raise Refusal("mapping_missing", Kind.CONFLICT, message)
    version, mapping = kept
    table = read_tidy(raw, context.file_name)
    uow.mappings.lock(source.council)
    names = UnitNames(uow.cycles.unit_names(cycle), uow.mappings.answers(source.council))
    found = apply_mapping(mapping, table.dimensions, table.rows, names, context.period)
    rows = [_observed(row, row.unit, context) for row in found.rows if row.unit is not None]
    _check(found, rows, context, objections)
    waiting = [
        WaitingRow(row.row, row.spelling, row.indicator, row.period, row.value, _status(row, context))
        for row in found.rows
        if row.unit is None
    ]
    return GivenRows(rows, waiting, found.left_out + found.not_ours, version)


def read_template(
    asked: Sequence[str], raw: bytes, context: ReleaseContext, objections: Objections, reader: TableReader
) -> GivenRows:
    """The rows of our own workbook, filled in by a rater: units by their codes, the indicators that criteria ask for.

    Raises BadInput with located faults; `row` counts the filled cells, from 1.
    """
    table = reader(raw, context.file_name)
    complaints = Complaints(context.file_name)
    for fault in table.bad:
        complaints.add(fault.said, fault.line, fault.column)
    for indicator in sorted({row[1] for row in table.rows} - set(asked)):
        message = sentence("No criterion of this cycle asks this source for “%(indicator)s”.", indicator=indicator[:40])
        complaints.add(message, 1, indicator[:40])
    complaints.raise_any()
    names = UnitNames({row[0]: () for row in table.rows}, {})
    mapping = SourceMapping(unit="unit", indicator_from="indicator", indicators={code: code for code in asked})
    found = apply_mapping(mapping, table.dimensions, table.rows, names, context.period)
    rows = [_observed(row, row.spelling, context) for row in found.rows]
    _check(found, rows, context, objections)
    return GivenRows(rows)


def _observed(row: MappedRow, unit: str, context: ReleaseContext) -> ObservedRow:
    return ObservedRow(row.row, unit, row.indicator, row.period, row.value, _status(row, context))


def _status(row: MappedRow, context: ReleaseContext) -> str:
    return PRELIMINARY if row.preliminary else context.status


def _check(found: Mapped, rows: Sequence[ObservedRow], context: ReleaseContext, objections: Objections) -> None:
    complaints = Complaints(context.file_name)
    for number, column, message in found.faults:
        complaints.add(message, number, column)
    for row in rows:
        if row.value is not None and abs(row.value) > LARGEST_FIGURE:
            complaints.add(sentence("The number “%(found)s” is too large.", found=f"{row.value:g}"), row.row, "value")
        for column, message in objections(row):
            complaints.add(message, row.row, column)
    if not found.rows and not found.faults:
        complaints.add(sentence("The mapping leaves nothing of this file; nothing was taken."))
    complaints.raise_any()

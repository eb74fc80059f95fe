"""The audit trail: every step of a cycle's reviews as a row that holds the hash of the row before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import rfc8785

from services.verify.reviews.model.trail import BEGINNING, AuditFault, AuditReport, AuditRow, AuditStep
from shared.contracts.sentences import Sentence, sentence


def link(cycle: str, number: int, previous_sha256: str, at: datetime, step: AuditStep) -> AuditRow:
    """The row of a step behind the row before it."""
    entry = {
        "cycle": cycle,
        "number": number,
        "previous_sha256": previous_sha256,
        "at": at.astimezone(UTC).isoformat(),
        "actor": step.actor,
        "actor_name": step.actor_name,
        "action": step.action,
        "unit": step.unit,
        "criterion": step.criterion,
        "reason": step.reason,
        "data": plain(step.data),
        "sealed": [list(one) for one in step.sealed],
    }
    content = rfc8785.dumps(entry)
    sha256 = hashlib.sha256(content).hexdigest()
    return AuditRow(cycle, number, step.unit, step.criterion, content.decode(), previous_sha256, sha256)


def plain(value: Any) -> Any:
    """Rows as RFC 8785 can write them: moments in UTC, identifiers as text."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def seal(table: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What the trail remembers of a row of another table; its identifier stands under `id`.

    What is empty is left out, so that a column that is added later changes nothing.
    """
    values = {name: value for name, value in row.items() if value is not None and value != ""}
    return table, str(row["id"]), hashlib.sha256(rfc8785.dumps(plain(values))).hexdigest()


def check_chain(
    cycle: str,
    rows: Iterable[AuditRow],
    head: tuple[int, str] | None,
    kept: Mapping[tuple[str, str], str],
) -> AuditReport:
    """Recompute a trail, oldest row first, and name the first row that does not hold.

    `head`: number and hash of the last row as it was written down beside the trail; `kept`: SHA-256 of the rows that
    belong to the trail, by (table, identifier), as they stand now.
    """
    before, count = BEGINNING, 0
    sealed: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        message = _wrong(cycle, row, count + 1, before)
        if message is not None:
            return AuditReport(cycle, count, before, AuditFault(cycle, row.number, message))
        for table, identity, sha256 in json.loads(row.content)["sealed"]:
            sealed[table, identity] = sha256, row.number
        before, count = row.sha256, count + 1
    fault = _wrong_end(cycle, head, count, before) or _wrong_rows(cycle, sealed, kept)
    return AuditReport(cycle, count, before, fault)


def _wrong(cycle: str, row: AuditRow, number: int, before: str) -> Sentence | None:
    if row.number != number:
        return sentence("Row %(number)s is missing before this one.", number=number)
    if hashlib.sha256(row.content.encode()).hexdigest() != row.sha256:
        return sentence("The content of the row is not what was hashed.")
    entry = json.loads(row.content)
    names = ("cycle", "number", "unit", "criterion", "previous_sha256")
    if [entry[name] for name in names] != [getattr(row, name) for name in names] or row.cycle != cycle:
        return sentence("The row stands in a place that is not its own.")
    if row.previous_sha256 != before:
        return sentence("The row does not follow the row before it.")
    return None


def _wrong_end(cycle: str, head: tuple[int, str] | None, count: int, before: str) -> AuditFault | None:
    if (head or (0, BEGINNING)) == (count, before):
        return None
    written = head[0] if head else 0
    message = sentence("The trail ends at row %(count)s, but %(written)s were written.", count=count, written=written)
    return AuditFault(cycle, min(count, written) + (count != written), message)


def _wrong_rows(
    cycle: str, sealed: Mapping[tuple[str, str], tuple[str, int]], kept: Mapping[tuple[str, str], str]
) -> AuditFault | None:
    """The earliest row whose own record was changed or taken away; then a record that no row knows."""
    broken = [
        (number, table, identity)
        for (table, identity), (sha256, number) in sealed.items()
        if kept.get((table, identity)) != sha256
    ]
    if broken:
        number, table, identity = min(broken)
        message = sentence("What it records (%(table)s %(id)s) was changed or removed.", table=table, id=identity)
        return AuditFault(cycle, number, message)
    for table, identity in sorted(kept.keys() - sealed.keys()):
        return AuditFault(cycle, None, sentence("No row knows of %(table)s %(id)s.", table=table, id=identity))
    return None

"""What members of a cluster ask about each other's items, as intake's feed says it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as t
from services.verify.claims.model import Challenge
from services.verify.sql import text_array

_KEY = ("cycle", "unit", "criterion", "number")
_SAID = ("by_unit", "submission", "state", "reason", "document", "challenged_at", "answer", "withdrawal")


def record_challenge(connection: Connection, data: Mapping[str, Any]) -> bool:
    """Take over a challenge's full state; False if it said so before."""
    values = {name: data[name] for name in _KEY} | {name: _plain(data[name]) for name in _SAID}
    values["challenged_at"] = data["challenged_at"]
    insert = postgresql.insert(t.challenge).values(values)
    said = {name: insert.excluded[name] for name in _SAID}
    different = sa.or_(*(t.challenge.c[name].is_distinct_from(value) for name, value in said.items()))
    result = connection.execute(
        insert.on_conflict_do_update(index_elements=_KEY, set_=said, where=different).returning(t.challenge.c.number)
    )
    return bool(result.all())


def standing_challenges(
    connection: Connection, cycle: str, units: Collection[str]
) -> dict[tuple[str, str], list[Challenge]]:
    """Challenges that were not withdrawn, by unit and criterion, oldest first."""
    table = t.challenge
    rows = connection.execute(
        sa.select(
            table.c.unit,
            table.c.criterion,
            table.c.by_unit,
            table.c.document["document_number"].as_string().label("document_number"),
            table.c.answer.is_not(None).label("answered"),
        )
        .where(table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units)), table.c.withdrawal.is_(None))
        .order_by(table.c.unit, table.c.criterion, table.c.number)
    )
    found: dict[tuple[str, str], list[Challenge]] = {}
    for row in rows:
        asked = Challenge(row.by_unit, row.document_number, row.answered)
        found.setdefault((row.unit, row.criterion), []).append(asked)
    return found


def challenge_from(row: Mapping[str, Any]) -> dict[str, Any]:
    """A challenge's row with days and moments in its documents."""
    answer, withdrawal = row["answer"], row["withdrawal"]
    return {
        **row,
        "document": _document(row["document"]),
        "answer": answer
        and {
            **answer,
            "document": _document(answer["document"]),
            "answered_at": datetime.fromisoformat(answer["answered_at"]),
        },
        "withdrawal": withdrawal and {**withdrawal, "withdrawn_at": datetime.fromisoformat(withdrawal["withdrawn_at"])},
    }


def _document(document: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if document is None:
        return None
    issued_on = document["issued_on"]
    return {**document, "issued_on": date.fromisoformat(issued_on) if issued_on else None}


def _plain(value: Any) -> Any:
    """Data as JSON holds it."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value.isoformat() if isinstance(value, date) else value

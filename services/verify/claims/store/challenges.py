"""What members of a cluster ask about each other's items, as intake's feed says it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as t
from services.verify.claims.model import ChallengeAnswer, ChallengeWithdrawal, Evidence, ShownChallenge

_KEY = ("cycle", "unit", "criterion", "number")
_SAID = ("by_unit", "submission", "state", "reason", "document", "challenged_at", "answer", "withdrawal")


def record_challenge(connection: Connection, data: Mapping[str, Any]) -> bool:
    """Take over a challenge's full state; False if it said so before."""
    values = {name: data[name] for name in _KEY} | {name: _plain(data[name]) for name in _SAID}
    values["challenged_at"] = data["challenged_at"]
    insert = postgresql.insert(t.challenge).values(values)
    values = {name: insert.excluded[name] for name in _SAID}
    different = sa.or_(*(t.challenge.c[name].is_distinct_from(value) for name, value in values.items()))
    result = connection.execute(
        insert.on_conflict_do_update(index_elements=_KEY, set_=values, where=different).returning(t.challenge.c.number)
    )
    return bool(result.all())


def shown_challenge(row: Mapping[str, Any]) -> ShownChallenge:
    """A challenge with days and moments in its documents."""
    answer, withdrawal = row["answer"], row["withdrawal"]
    document = _document(row["document"])
    assert document is not None
    values = {name: row[name] for name in ("number", "by_unit", "by_unit_title", "submission", "state", "reason")}
    return ShownChallenge(
        **values,
        document=document,
        challenged_at=row["challenged_at"],
        answer=answer
        and ChallengeAnswer(
            answer["text"], _document(answer["document"]), datetime.fromisoformat(answer["answered_at"])
        ),
        withdrawal=withdrawal
        and ChallengeWithdrawal(withdrawal["reason"], datetime.fromisoformat(withdrawal["withdrawn_at"])),
    )


def _document(document: Mapping[str, Any] | None) -> Evidence | None:
    if document is None:
        return None
    issued_on = document["issued_on"]
    given = {name: document.get(name) for name in Evidence.__dataclass_fields__}
    return Evidence(**given | {"issued_on": date.fromisoformat(issued_on) if issued_on else None})  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    """Data as JSON holds it."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value.isoformat() if isinstance(value, date) else value

"""The trail of a cycle's reviews, recomputed, for lead reviewers and administrators."""

from typing import Any

from services.verify.reviews.queries.item import no_such_cycle, open_cycle
from services.verify.reviews.store import trail as audit
from services.verify.reviews.store.step_views import trail_row
from services.verify.roles import AUDITORS
from services.verify.web.dependencies import Parts
from shared.contracts.sentences import LANGUAGES
from shared.people import Actor


def trail_view(parts: Parts, actor: Actor, cycle: str, before: int | None, limit: int) -> dict[str, Any]:
    """Whether the trail holds, the first row that does not, and its last rows but those about the own unit."""
    with parts.database.reader() as connection:
        found = open_cycle(connection, actor, cycle)
        if not actor.may(AUDITORS, council=found["council"]):
            raise no_such_cycle()
        report = audit.check(connection, cycle)
        rows = audit.newest_steps(connection, cycle, before, limit)
    steps = [trail_row(row) for row in rows]
    fault = report.fault
    return {
        "found": found,
        "cycle": cycle,
        "rows": report.rows,
        "head_sha256": report.head_sha256,
        "fault": None
        if fault is None
        else {
            "number": fault.number,
            "sentence": fault.said,
            "said": {language: fault.said.in_language(language) for language in LANGUAGES},
        },
        "steps": [step for step in steps if not step["unit"] or not actor.belongs_to(found["council"], step["unit"])],
        "next": rows[-1].number if len(rows) == limit and rows[-1].number > 1 else None,
    }

"""The trail of a cycle's reviews, recomputed, for lead reviewers and administrators."""

from collections.abc import Sequence

from services.verify.claims.model import ShownCycle
from services.verify.ports import View
from services.verify.reviews.model.trail import AuditReport
from services.verify.reviews.model.views import ShownFault, ShownTrail
from services.verify.roles import AUDITORS
from services.verify.sources.queries import no_such_cycle, open_cycle
from shared.contracts.sentences import LANGUAGES
from shared.people import Actor


def shown_trail(view: View, actor: Actor, cycle: str, before: int | None, limit: int) -> tuple[ShownCycle, ShownTrail]:
    """Whether the trail holds, the first row that does not, and its last rows but those about the own unit."""
    found = open_cycle(view, actor, cycle)
    if not actor.may(AUDITORS, council=found.council):
        raise no_such_cycle()
    report = view.trail.check(cycle)
    rows = view.trail.newest(cycle, before, limit)
    fault = report.fault
    message = fault and {language: fault.said.in_language(language) for language in LANGUAGES}
    return found, ShownTrail(
        cycle=cycle,
        rows=report.rows,
        head_sha256=report.head_sha256,
        fault=ShownFault(fault.number, fault.said, message) if fault and message else None,
        steps=[row for row in rows if not row.unit or not actor.belongs_to(found.council, row.unit)],
        next=rows[-1].number if len(rows) == limit and rows[-1].number > 1 else None,
    )


def trails(view: View, cycle: str | None) -> Sequence[AuditReport]:
    """Every cycle's trail (or one cycle's), recomputed."""
    return [view.trail.check(name) for name in ([cycle] if cycle else view.trail.cycles())]

"""Steps that several use cases share: history rows, and finding what somebody may touch."""

from collections.abc import Mapping
from typing import Any

from services.intake.domain import permissions
from services.intake.domain.assessment import Draft, Editor
from services.intake.domain.cycles import Cycle, cycle_recorded, not_open
from services.intake.ports import HistoryRow, UnitOfWork, View
from shared.contracts.events import Event
from shared.people import Actor, ActorKind

# Who acts when a date does.
ITSELF = Actor(account="intake", name="intake", kind=ActorKind.SERVICE)
VERIFY = Actor(account="verify", name="verify", kind=ActorKind.SERVICE)


def record(uow: UnitOfWork, actor: Actor, action: str, subject: str, details: Mapping[str, Any]) -> None:
    """One row of history."""
    uow.history.record(HistoryRow(actor.account, actor.name, action, subject, details, uow.now))


def editor(uow: UnitOfWork, actor: Actor) -> Editor:
    """The actor as the one who changes something now."""
    return Editor(actor.account, actor.name, uow.now)


def find_cycle(view: View | UnitOfWork, actor: Actor, code: str, *, lock: str | None = None) -> Cycle:
    """The cycle; whoever has nothing to do with its council is told that there is none."""
    cycle = view.cycles.get(code, lock=lock)
    if cycle is None or not permissions.takes_part(actor, cycle.council):
        raise permissions.not_found()
    return cycle


def find_open_draft(uow: UnitOfWork, actor: Actor, cycle_code: str, unit: str) -> tuple[Cycle, Draft]:
    """The cycle, held open, and the unit's draft, held for change."""
    cycle = find_cycle(uow, actor, cycle_code, lock="share")
    permissions.refuse_unless(permissions.fills_in(actor, cycle.council, unit))
    if not cycle.takes(unit, uow.now):
        raise not_open(cycle)
    draft = uow.assessments.draft(cycle_code, unit, lock=True)
    if draft is None:
        raise permissions.not_found()
    return cycle, draft


def publish_cycle(uow: UnitOfWork, cycle: Cycle) -> None:
    """Say in the feed how the cycle stands, and ring those who read it."""
    council = uow.councils.get(cycle.council)
    assert council is not None
    framework = uow.cycles.framework(cycle.framework_sha256)
    data = cycle_recorded(cycle, council.title, dict(framework.document), uow.cycles.clusters(cycle.code))
    uow.publish(Event("cycle_recorded", f"cycle:{cycle.code}", cycle.version, uow.now, data))
    uow.ring("verify.drain_feeds", "verify")
    uow.ring("ranking.drain_feeds", "ranking")


class NotArrivedYet(Exception):
    """What a feed tells is about a cycle or unit that is not here (any more): it waits."""

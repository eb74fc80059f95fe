"""Register councils, units, clusters, memberships and headships: lists that may be sent again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.intake.directory.model import (
    Cluster,
    Council,
    Directory,
    Headship,
    Lists,
    Membership,
    Plan,
    Succession,
    Unit,
    title_document,
)
from services.intake.directory.queries import read_directory
from services.intake.directory.rules import (
    plan_clusters,
    plan_headships,
    plan_lists,
    plan_memberships,
    plan_successions,
    plan_units,
)
from services.intake.people.actions import record
from services.intake.people.rules import administers, not_found, refuse_unless
from services.intake.ports import Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.people import Actor


@dataclass(frozen=True)
class Recorded:
    """What a list did."""

    added: int
    changed: int
    unchanged: int


def record_council(store: Store, actor: Actor, council: Council) -> Recorded:
    """Register a council, or change its title. Its own administrators may, once an account names them."""
    refuse_unless(administers(actor, council.code))
    with store.unit_of_work() as uow:
        before = uow.councils.get(council.code, lock=True)
        if before == council:
            return Recorded(0, 0, 1)
        uow.councils.save(council)
        details = {"before": title_document(before.title) if before else None, "after": title_document(council.title)}
        record(uow, actor, "council_recorded", f"council:{council.code}", details)
        uow.commit()
    return Recorded(0, 1, 0) if before else Recorded(1, 0, 0)


def record_units(store: Store, actor: Actor, council: str, units: Sequence[Unit]) -> Recorded:
    """Register units by code; raises BadInput with every fault, and then nothing is taken."""
    return _carry_out(store, actor, council, "units", lambda known: plan_units(known, units))


def record_clusters(store: Store, actor: Actor, council: str, clusters: Sequence[Cluster]) -> Recorded:
    """Register clusters by code."""
    return _carry_out(store, actor, council, "clusters", lambda known: plan_clusters(known, clusters))


def record_memberships(store: Store, actor: Actor, council: str, memberships: Sequence[Membership]) -> Recorded:
    """Register who belongs to which cluster, and when; one that ends is sent again with its last day."""
    return _carry_out(store, actor, council, "memberships", lambda known: plan_memberships(known, memberships))


def record_headships(store: Store, actor: Actor, council: str, headships: Sequence[Headship]) -> Recorded:
    """Register heads and deputies."""
    return _carry_out(store, actor, council, "headships", lambda known: plan_headships(known, headships))


def record_successions(store: Store, actor: Actor, council: str, successions: Sequence[Succession]) -> Recorded:
    """Register which unit follows upon which."""
    cleaned = [replace(row, legal_source=one_spelling(row.legal_source).strip()) for row in successions]
    return _carry_out(store, actor, council, "successions", lambda known: plan_successions(known, cleaned))


def record_lists(store: Store, actor: Actor, council: str, lists: Lists) -> Recorded:
    """Register rows of all kinds in one transaction: all or none; raises BadInput with every fault."""
    return _carry_out(store, actor, council, "directory", lambda known: plan_lists(known, lists))


def look_at_lists(store: Store, actor: Actor, council: str, lists: Lists) -> Plan:
    """What `record_lists` would do now, without doing it."""
    refuse_unless(administers(actor, council))
    return plan_lists(read_directory(store, actor, council), lists)


def _carry_out(store: Store, actor: Actor, code: str, kind: str, make_plan: Callable[[Directory], Plan]) -> Recorded:
    refuse_unless(administers(actor, code))
    with store.unit_of_work() as uow:
        # The council's row is the lock of its directory: two lists at once are taken one after the other.
        council = uow.councils.get(code, lock=True)
        if council is None:
            raise not_found()
        plan = make_plan(uow.councils.directory(council))
        carry_out(uow, actor, council, plan, f"{kind}_recorded")
        if not plan.is_empty:
            uow.commit()
    return Recorded(len(plan.added), len(plan.changed), plan.unchanged)


def carry_out(uow: UnitOfWork, actor: Actor, council: Council, plan: Plan, action: str) -> None:
    """Write a plan with its row of history in this transaction, in which the council is locked."""
    if not plan.is_empty:
        uow.councils.carry_out(council, plan)
        record(uow, actor, action, f"council:{council.code}", _details(plan))


def _details(plan: Plan) -> dict[str, Any]:
    return {
        "added": [_said(row) for row in plan.added],
        "changed": [{"before": _said(before), "after": _said(after)} for before, after in plan.changed],
    }


def _said(row: Any) -> dict[str, Any]:
    """A row for history: its fields, dates and titles as plain JSON."""
    said: dict[str, Any] = {}
    for name, value in vars(row).items():
        if name == "validity":
            said["valid_from"] = value.valid_from.isoformat()
            said["valid_to"] = value.valid_to.isoformat() if value.valid_to else None
        elif isinstance(value, date):
            said[name] = value.isoformat()
        else:
            said[name] = title_document(value) if name == "title" else value
    return said

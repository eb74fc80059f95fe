"""A cycle's review plan, and the random audits of items about which nothing is asked.

They are drawn once per unit, after intake has closed and the unit was compared with its cluster; the salt is drawn
with the first of them and kept for good, so that nobody chooses it and anybody who may see it can draw again.
"""

import secrets
from collections.abc import Sequence

from services.verify.claims.model import CycleRecord
from services.verify.ports import Store, Transaction
from services.verify.reviews.model import AuditStep
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.roles import DRAWERS, STAFF
from services.verify.triage.model import Draw, Plan, Undrawn
from services.verify.triage.rules.draws import drawn, first_year
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, ActorKind, Role

CLOCK = Actor(account="clock", name="clock", kind=ActorKind.SERVICE)


def set_plan(store: Store, actor: Actor, cycle: str, plan: Plan, reason: str) -> int:
    """Declare how a cycle is reviewed; returns the version. Who sets the limits decides on no item: administrators.

    Refusals: `cycle_not_found`, `not_allowed`, `cycle_archived`, `reason_missing`, `plan_contradicts_itself`.
    """
    plan.check()
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Refusal("reason_missing", Kind.INVALID, sentence("Give the reason for the decision."))
    with store.transaction() as transaction:
        _living(transaction, actor, cycle, frozenset({Role.ADMINISTRATOR}))
        version = transaction.triage.save_plan(cycle, plan, reason.strip(), transaction.now, actor.account, actor.name)
        transaction.record("review_planned", f"cycle:{cycle}", actor, reason, {"version": version})
        transaction.commit()
    return version


def draw_audits(store: Store, actor: Actor, cycle: str) -> int:
    """Draw audits of all units that are ready and of which nothing was drawn yet; returns how many items it were.

    Refusals: `cycle_not_found`, `not_allowed`, `cycle_archived`, `intake_not_closed`.
    """
    with store.transaction() as transaction:
        found = _living(transaction, actor, cycle, DRAWERS)
        if not found.intake_closed:
            said = sentence("Audits are drawn once no more self-assessments are waited for.")
            raise Refusal("intake_not_closed", Kind.CONFLICT, said)
        count = _draw(transaction, actor, found)
        transaction.commit()
    return count


def draw_due_audits(store: Store) -> int:
    """Draw what is due, in cycles whose plan was declared; returns how many items it were."""
    with store.transaction() as transaction:
        cycles = transaction.triage.due()
    count = 0
    for cycle in cycles:
        with store.transaction() as transaction:
            transaction.cycles.lock([cycle])
            found = transaction.cycles.find(cycle)
            if found is not None:
                count += _draw(transaction, CLOCK, found)
            transaction.commit()
    return count


def salt_of(transaction: Transaction, cycle: str) -> str:
    """The cycle's salt; drawn and kept where there is none yet. The caller holds the cycle's lock."""
    salt = transaction.triage.salt(cycle)
    if salt is None:
        salt = secrets.token_hex(32)
        transaction.triage.keep_salt(cycle, salt, transaction.now)
    return salt


def _living(transaction: Transaction, actor: Actor, cycle: str, roles: frozenset[Role]) -> CycleRecord:
    transaction.cycles.lock([cycle])
    found = transaction.cycles.find(cycle)
    if found is None or not actor.may(STAFF, council=found.council):
        raise Refusal("cycle_not_found", Kind.NOT_FOUND, sentence("There is no such cycle open to you."))
    if not actor.may(roles, council=found.council):
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include this."))
    if found.archived:
        said = sentence("The cycle is archived; nothing of it is screened any more.")
        raise Refusal("cycle_archived", Kind.CONFLICT, said)
    return found


def _draw(transaction: Transaction, actor: Actor, cycle: CycleRecord) -> int:
    undrawn = transaction.triage.undrawn(cycle.cycle)
    if not undrawn:
        return 0
    draws = _draws(transaction, cycle, undrawn)
    transaction.triage.add_draws(draws, transaction.now)
    keys = [(draw.unit, criterion) for draw in draws for criterion in draw.drawn]
    transaction.triage.audit(cycle.cycle, keys, transaction.now)
    steps = [
        AuditStep(
            actor.account, actor.name, "audit_drawn", draw.unit, "", "", {"drawn": draw.drawn, "of": draw.population}
        )
        for draw in draws
        if draw.drawn
    ]
    transaction.steps.write_trail(cycle.cycle, steps, transaction.now)
    about = {"units": len(draws), "items": len(keys)}
    transaction.record("audits_drawn", f"cycle:{cycle.cycle}", actor, "", about)
    return len(keys)


def _draws(transaction: Transaction, cycle: CycleRecord, undrawn: Sequence[Undrawn]) -> list[Draw]:
    salt = salt_of(transaction, cycle.cycle)
    version, plan = transaction.triage.plan(cycle.cycle)
    differences = transaction.triage.differences(cycle.cycle, first_year(cycle.period, plan.lapses_after))
    draws = []
    for each in undrawn:
        confirmed = differences.get(each.unit, 0)
        risk_class = plan.risk_class(confirmed)
        share = plan.share(risk_class)
        draws.append(
            Draw(
                cycle=cycle.cycle,
                unit=each.unit,
                submission=each.submission,
                plan_version=version,
                risk_class=risk_class,
                differences=confirmed,
                share=share,
                population=each.population,
                drawn=drawn(salt, cycle.cycle, each.unit, each.population, share),
            )
        )
    return draws

"""A cycle's review plan, and the random audits of items about which nothing is asked.

They are drawn once per unit, after intake has closed and the unit was compared with its cluster; the salt is drawn
with the first of them and kept for good, so that nobody chooses it and anybody who may see it can draw again.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence

from services.verify.claims.model import CycleRecord
from services.verify.claims.rules.mergers import was_itself
from services.verify.ports import Store, UnitOfWork
from services.verify.reviews.model.trail import AuditStep
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.roles import ADMINISTRATORS, DRAWERS, LOOKERS
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
    with store.unit_of_work() as uow:
        _living(uow, actor, cycle, ADMINISTRATORS)
        version = uow.triage.save_plan(cycle, plan, reason.strip(), uow.now, actor.account, actor.name)
        uow.record("review_planned", f"cycle:{cycle}", actor, reason, {"version": version})
        uow.commit()
    return version


def draw_audits(store: Store, actor: Actor, cycle: str) -> int:
    """Draw audits of all units that are ready and of which nothing was drawn yet; returns how many items it were.

    Refusals: `cycle_not_found`, `not_allowed`, `cycle_archived`, `intake_not_closed`.
    """
    with store.unit_of_work() as uow:
        found = _living(uow, actor, cycle, DRAWERS)
        if not found.intake_closed:
            message = sentence("Audits are drawn once no more self-assessments are waited for.")
            raise Refusal("intake_not_closed", Kind.CONFLICT, message)
        count = _draw(uow, actor, found)
        uow.commit()
    return count


def draw_due_audits(store: Store) -> int:
    """Draw what is due, in cycles whose plan was declared; returns how many items it were."""
    with store.unit_of_work() as uow:
        cycles = uow.triage.due()
    count = 0
    for cycle in cycles:
        with store.unit_of_work() as uow:
            uow.cycles.lock([cycle])
            found = uow.cycles.find(cycle)
            if found is not None:
                count += _draw(uow, CLOCK, found)
            uow.commit()
    return count


def salt_of(uow: UnitOfWork, cycle: str) -> str:
    """The cycle's salt; drawn and kept where there is none yet. The caller holds the cycle's lock."""
    salt = uow.triage.salt(cycle)
    if salt is None:
        salt = secrets.token_hex(32)
        uow.triage.keep_salt(cycle, salt, uow.now)
    return salt


def _living(uow: UnitOfWork, actor: Actor, cycle: str, roles: frozenset[Role]) -> CycleRecord:
    uow.cycles.lock([cycle])
    found = uow.cycles.find(cycle)
    if found is None or not actor.may(LOOKERS, council=found.council):
        raise Refusal("cycle_not_found", Kind.NOT_FOUND, sentence("There is no such cycle open to you."))
    if not actor.may(roles, council=found.council):
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your roles do not include this."))
    if found.archived:
        message = sentence("The cycle is archived; nothing of it is screened any more.")
        raise Refusal("cycle_archived", Kind.CONFLICT, message)
    return found


def _draw(uow: UnitOfWork, actor: Actor, cycle: CycleRecord) -> int:
    undrawn = uow.triage.undrawn(cycle.cycle)
    if not undrawn:
        return 0
    draws = _draws(uow, cycle, undrawn)
    uow.triage.add_draws(draws, uow.now)
    keys = [(draw.unit, criterion) for draw in draws for criterion in draw.drawn]
    uow.triage.audit(cycle.cycle, keys, uow.now)
    steps = [
        AuditStep(
            actor.account, actor.name, "audit_drawn", draw.unit, "", "", {"drawn": draw.drawn, "of": draw.population}
        )
        for draw in draws
        if draw.drawn
    ]
    uow.trail.write(cycle.cycle, steps, uow.now)
    about = {"units": len(draws), "items": len(keys)}
    uow.record("audits_drawn", f"cycle:{cycle.cycle}", actor, "", about)
    return len(keys)


def _draws(uow: UnitOfWork, cycle: CycleRecord, undrawn: Sequence[Undrawn]) -> list[Draw]:
    salt = salt_of(uow, cycle.cycle)
    version, plan = uow.triage.plan(cycle.cycle)
    differences = _differences(uow, cycle, first_year(cycle.period, plan.lapses_after))
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


def _differences(uow: UnitOfWork, cycle: CycleRecord, since: int) -> Mapping[str, int]:
    """Unit → how many differences were confirmed in earlier cycles of the council, from that year on."""
    period_of = {one.cycle: one.period for one in uow.claims.before(cycle.cycle) if int(one.period[:4]) >= since}
    begins = uow.claims.beginnings(cycle.cycle)
    found: Counter[str] = Counter()
    for unit, earlier, number in uow.triage.differences(list(period_of)):
        if was_itself(unit, period_of[earlier], begins):
            found[unit] += number
    return found

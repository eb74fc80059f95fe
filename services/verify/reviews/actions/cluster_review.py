"""The review of a unit's whole cluster, since what counts for one item depends on all of it."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from services.verify.claims.model import CycleRecord, ItemKey
from services.verify.ports import UnitOfWork
from services.verify.results.actions import decided_of, publish, tally
from services.verify.results.model import Decided, DecisionRecord, Verdict
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.states import CONCLUDED, HELD_UP, ItemState, Step
from services.verify.reviews.model.steps import ObjectionAnswerRecord, ReviewRules, Subject
from services.verify.reviews.model.trail import AuditStep
from services.verify.reviews.queries.item import no_such_item
from services.verify.reviews.rules.counts import reviewed, with_counts
from services.verify.reviews.rules.impact import with_impacts
from services.verify.reviews.rules.permissions import check_step
from services.verify.reviews.rules.second_person import Weight, counts_by_rule, needs_second_person
from services.verify.reviews.rules.states import after
from services.verify.reviews.rules.trail import seal
from services.verify.roles import LOOKERS
from services.verify.screening.queries import load_material
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import agreement
from services.verify.screening.rules.facts import facts_sha256, known
from services.verify.screening.rules.material import Material
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.impact import Cluster, Falls, blast_radius
from shared.criteria.model import Criterion, Penalty
from shared.criteria.standings import score_cohort
from shared.people import Actor, Role


def stale() -> Refusal:
    """Somebody else was there first."""
    message = sentence("This was changed after you opened it. Please look at it again before you decide.")
    return Refusal("stale", Kind.STALE, message)


def working_cycle(uow: UnitOfWork, actor: Actor, name: str, roles: Collection[Role] = LOOKERS) -> CycleRecord:
    """The cycle, held until the end; refuses whoever has none of the roles in its council, and what is archived."""
    uow.cycles.lock([name])
    cycle = uow.cycles.find(name)
    if cycle is None or not actor.may(roles, council=cycle.council):
        raise no_such_item()
    if cycle.archived:
        message = sentence("The cycle is archived; nothing of it is screened any more.")
        raise Refusal("cycle_archived", Kind.CONFLICT, message)
    return cycle


def open_cluster_review(
    uow: UnitOfWork, actor: Actor, name: ItemName, roles: Collection[Role] = LOOKERS
) -> tuple["ClusterReview", ReviewItem]:
    """The review of the item's cluster, and the item as it stands."""
    cycle = working_cycle(uow, actor, name.cycle, roles)
    item = uow.reviews.items(cycle.cycle, [name.unit]).get((name.unit, name.criterion))
    if item is None:
        raise no_such_item()
    return ClusterReview(uow, cycle, name.unit), item


def role_of(actor: Actor, council: str, item: ReviewItem) -> str:
    """In which role somebody reviews an item."""
    where = {"council": council, "unit": item.unit, "cluster": item.cluster, "criterion": item.criterion}
    return str(Role.LEAD_REVIEWER if actor.may(Role.LEAD_REVIEWER, **where) else Role.REVIEWER)


def step_to(
    actor: Actor,
    subject: Subject,
    item: ReviewItem,
    step: Step,
    version: int,
    *,
    outrun: Collection[str] = ("wrong_state",),
) -> ItemState:
    """Where a step leads that somebody takes on an item as they saw it at `version`.

    Refusals: those of `rules.permissions.check_step`, `stale`. Refusals of these codes (`outrun`) become
    `stale` where somebody else was faster.
    """
    try:
        following = check_step(actor, subject, step)
    except Refusal as refusal:
        if refusal.code in outrun and item.version != version:
            raise stale() from refusal
        raise
    check_version(item, version)
    return following


def check_version(item: ReviewItem, version: int) -> None:
    """Refuse if the item has changed since it was seen."""
    if item.version != version:
        raise stale()


def step_row(actor: Actor, action: str, item: ReviewItem, reason: str, data: Mapping[str, Any]) -> AuditStep:
    """A row of the trail for what a person did about an item."""
    return AuditStep(actor.account, actor.name, action, item.unit, item.criterion, reason, data)


class ClusterReview:
    """A unit's cluster with its claims, figures and items."""

    def __init__(self, uow: UnitOfWork, cycle: CycleRecord, unit: str) -> None:
        self.uow = uow
        self.cycle = cycle
        units = uow.cycles.cluster_members_who_submitted(cycle.cycle, unit)
        self.cluster = uow.cycles.members(cycle.cycle).get(unit, "")
        self.material: Material = load_material(uow, cycle, units)
        self.items: Mapping[ItemKey, ReviewItem] = uow.reviews.items(cycle.cycle, units)
        self.cohort: Cohort = self.material.cohort(complete=False)
        self.rows = {unit: row for row, unit in enumerate(self.cohort.units)}
        self.agreed = agreement(self.cohort)

    @cached_property
    def rules(self) -> ReviewRules:
        """What is declared about reviews here."""
        return self.uow.steps.rules(self.cycle.council, self.cycle.cycle)

    @cached_property
    def seats(self) -> tuple[Sequence[str], Sequence[str]]:
        """The units that lead the cluster, and all of it."""
        return self.uow.cycles.seats(self.cycle.cycle, self.cluster)

    def cell(self, item: ReviewItem) -> tuple[int, int]:
        """Where the item stands in the arrays."""
        column = self.material.framework.columns.get(item.criterion)
        if item.unit not in self.rows or column is None:
            raise stale()
        return self.rows[item.unit], column

    def subject(self, item: ReviewItem) -> Subject:
        """The item as the rules of deciding see it."""
        cell = self.cell(item)
        criterion = self.material.framework.items[cell[1]]
        maximum = float(self.cohort.maximum[cell])
        leading, members = self.seats
        return Subject(
            council=self.cycle.council,
            unit=item.unit,
            cluster=item.cluster,
            criterion=item.criterion,
            state=ItemState(item.review),
            claimed_value=known(self.cohort.value[cell]),
            self_points=known(self.cohort.self_points[cell]),
            figure=known(self.cohort.same_value[cell]),
            outside=bool(self.agreed.outside[cell]),
            maximum=-maximum if isinstance(criterion, Penalty) else maximum,
            scored=not (isinstance(criterion, Criterion) and criterion.rule is None),
            waited_for=item.blocks_freeze,
            leading=leading,
            members=members,
            holder=item.holder(self.uow.now),
            decided_by=self._author(item),
            counting=self.objected(item),
            parties=self._parties(item),
        )

    def objected(self, item: ReviewItem) -> Decided | None:
        """What the unit objects to, if the facts are still those; a settled figure counts as a decision of its own."""
        if item.objection is None:
            return None
        objection = self.uow.steps.objection(item.objection)
        if objection.facts_sha256 != item.facts_sha256:
            return None
        if objection.decision is not None:
            decided = decided_of(self.uow.results.decisions([objection.decision])[objection.decision])
            return replace(decided, verdict=Verdict.ADJUST) if decided.verdict is Verdict.SETTLE else decided
        cell = self.cell(item)
        figure, criterion = known(self.cohort.same_value[cell]), self.material.framework.items[cell[1]]
        if figure is None:
            return None
        by_points = isinstance(criterion, Criterion) and criterion.rule is None
        return Decided(Verdict.ACCEPT, None if by_points else figure, figure if by_points else None, on_source=True)

    def _author(self, item: ReviewItem) -> str:
        """Who took the decision that waits for a second person."""
        if item.review != ItemState.AWAITING or item.decision is None:
            return ""
        return self.uow.results.decisions([item.decision])[item.decision].decided_by

    def _parties(self, item: ReviewItem) -> Collection[str]:
        """Who brought about what the unit objects to: they do not answer."""
        if item.objection is None:
            return ()
        against = self.uow.steps.objection(item.objection).decision
        if against is None:
            return ()
        decision = self.uow.results.decisions([against])[against]
        signed = self.uow.steps.countersignatures([against]).values()
        return {decision.decided_by, *(one.signed_by for one in signed)}

    def weigh(self, item: ReviewItem, decided: Decided) -> Weight:
        """What a decision moves, scored and ranked by the code that ranks, all other claims standing."""
        row, column = self.cell(item)
        cohort, framework = self.cohort, self.material.framework
        points, first_changes = decided.points, False
        if decided.value is not None:
            values = cohort.value.copy()
            values[row, column] = decided.value
            scored = score_cohort(framework, cohort.units, cohort.clusters, values, cohort.target)
            points = known(scored[row, column])
            without_rule = np.array([getattr(one, "rule", one) is None for one in framework.items])
            given = np.where(without_rule, cohort.self_points, np.nan)
            everybody = Cluster(framework, cohort.units, cohort.clusters, cohort.value, cohort.target, given)
            falls = Falls(np.array([row]), np.array([column]), np.array([decided.value]), np.array([np.nan]))
            first_changes = bool(blast_radius(everybody, falls).first_changes[0])
        return Weight(
            claimed=known(cohort.claimed_points[row, column]),
            decided=points,
            independent=known(cohort.same_points[row, column]),
            maximum=float(cohort.maximum[row, column]),
            first_changes=first_changes,
        )

    def check_seen(self, item: ReviewItem) -> None:
        """Refuse if a newer claim or figure has arrived that no screening has shown yet."""
        row, column = self.cell(item)
        if facts_sha256(self.material, self.cohort, row, column) != item.facts_sha256:
            raise stale()

    def to_settle(self) -> list[ReviewItem]:
        """The items that one settlement covers, by unit and criterion."""
        return sorted(
            (item for item in self.items.values() if item.settleable), key=lambda item: (item.unit, item.place)
        )

    def conclude(self, records: Mapping[ItemKey, DecisionRecord]) -> Mapping[ItemKey, ReviewItem]:
        """Put the decisions in force (or before a second person), count again, publish, write the trail."""
        changed, answers = {}, []
        for key, record in records.items():
            item = self.items[key]
            review = after(ItemState(item.review), self._step(item, record))
            item = replace(item.let_go(), decision=record.id, review=review)
            if review in CONCLUDED:
                item, answer = self.concluded(item, record)
                answers += [answer] if answer else []
            changed[key] = item
        self.uow.steps.answer_objections(answers)
        self.uow.trail.write(self.cycle.cycle, _decision_steps(records.values(), changed, answers), self.uow.now)
        return self.put(changed)

    def _step(self, item: ReviewItem, record: DecisionRecord) -> Step:
        if record.verdict == Verdict.SETTLE:
            return Step.SETTLE
        decided = decided_of(record)
        if decided == self.objected(item):
            return Step.DECIDE  # somebody else has looked at it already
        outside = bool(self.agreed.outside[self.cell(item)])
        if counts_by_rule(decided, outside=outside):
            return Step.DECIDE
        heavy = needs_second_person(self.rules, decided, self.weigh(item, decided), outside=outside)
        return Step.PROPOSE if heavy else Step.DECIDE

    def concluded(self, item: ReviewItem, record: DecisionRecord) -> tuple[ReviewItem, ObjectionAnswerRecord | None]:
        """The item whose decision counts from now on, and the answer to the objection that was open."""
        now = self.uow.now
        if item.objection is None:
            return replace(item, concluded_at=now), None
        stands = decided_of(record) == self.objected(item)
        answer = ObjectionAnswerRecord(uuid.uuid4(), item.objection, record.id, stands, now)
        return replace(item, concluded_at=now, objection=None), answer

    def put(self, changed: Mapping[ItemKey, ReviewItem]) -> Mapping[ItemKey, ReviewItem]:
        """Keep changed items, count the cluster again, and publish; the items as they are now."""
        items = {**self.items, **changed}
        result = tally(self.uow, self.cohort, reviewed(items))
        items = with_impacts(self.cohort, with_counts(items, result.counted), result, all_clusters=False)
        save_changed(self.uow, self.items, items)
        compared = {item.unit for item in items.values() if item.cohort}
        publish(self.uow, self.material, result, self._screened(items), cohort=compared)
        return self.uow.reviews.items(self.cycle.cycle, {unit for unit, _ in changed})

    def _screened(self, items: Mapping[ItemKey, ReviewItem]) -> list[str]:
        """The units whose current self-assessment has been screened; the others are published when theirs is."""
        sent = self.material.given.sent
        seen = {item.unit: item.submission for item in items.values()}
        return [unit for unit, submission in seen.items() if unit in sent and sent[unit].submission == submission]


def _decision_steps(
    records: Iterable[DecisionRecord], items: Mapping[ItemKey, ReviewItem], answers: Iterable[ObjectionAnswerRecord]
) -> list[AuditStep]:
    """The rows of the trail for decisions."""
    answered = {answer.decision: answer for answer in answers}
    steps = []
    for record in records:
        review = items[record.unit, record.criterion].review
        answer = answered.get(record.id)
        facts = ("verdict", "value", "points", "document_number", "on_source", "settlement", "decided_as")
        data = {name: getattr(record, name) for name in facts} | {"decision": record.id, "review": review}
        sealed = [seal("decision", asdict(record))]
        if answer is not None:
            data |= {"objection": answer.objection, "stands": answer.stands}
            sealed.append(seal("objection_answer", asdict(answer)))
        action = "settled" if record.settlement else ("proposed" if ItemState(review) in HELD_UP else "decided")
        steps.append(
            AuditStep(
                record.decided_by,
                record.decided_by_name,
                action,
                record.unit,
                record.criterion,
                record.reason,
                data,
                tuple(sealed),
            )
        )
    return steps


UNVERSIONED = tuple(field.name for field in fields(ReviewItem) if not field.compare)


def save_changed(uow: UnitOfWork, before: Mapping[ItemKey, ReviewItem], after: Mapping[ItemKey, ReviewItem]) -> None:
    """Write the items that are new or different; what is different for who decides on it gets the next version."""
    changed = []
    for key, item in after.items():
        old = before.get(key)
        if old is None:
            changed.append(item.changed(version=1))
        elif (same := item.changed(version=old.version)) != old:
            changed.append(item.changed(version=old.version + 1))
        elif any(getattr(same, name) != getattr(old, name) for name in UNVERSIONED):
            changed.append(same)
    uow.reviews.save_items(changed, uow.now)

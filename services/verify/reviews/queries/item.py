"""One item with everything around it, for the API and the page alike."""

from collections.abc import Sequence

from services.verify.claims.model import ShownCluster, ShownCycle
from services.verify.claims.rules.frameworks import maximum_of, read_framework
from services.verify.ports import View
from services.verify.reviews.model.states import ItemState, Step
from services.verify.reviews.model.steps import ReviewRules, Subject
from services.verify.reviews.model.views import ItemDetail, ItemWithClaim, ShownDecision, ShownItem, ShownObjection
from services.verify.reviews.rules.permissions import open_steps
from services.verify.sources.queries import open_cycle
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion
from shared.people import Actor, Role


def no_such_item() -> Refusal:
    """Whether it does not exist or is not theirs to see is not disclosed."""
    return Refusal("item_not_found", Kind.NOT_FOUND, sentence("There is no such item open to you."))


def no_such_cluster() -> Refusal:
    """Whether it does not exist or is not theirs to settle is not disclosed."""
    return Refusal("cluster_not_found", Kind.NOT_FOUND, sentence("There is no such cluster open to you."))


def item_detail(view: View, actor: Actor, cycle: ShownCycle, unit: str, criterion: str) -> ItemDetail:
    """Everything about an item. Raises a Refusal if there is none, or it is of the actor's own unit."""
    name, council = cycle.cycle, cycle.council
    if actor.belongs_to(council, unit):
        message = sentence("This is an item of your own unit; other people look at it.")
        raise Refusal("own_unit", Kind.FORBIDDEN, message)
    found = view.reviews.shown(actor, name, council, unit, criterion)
    if found is None:
        raise no_such_item()
    framework = read_framework(cycle)
    about = framework.items[framework.columns[criterion]] if criterion in framework.columns else None
    references = list(about.sources) if isinstance(about, Criterion) else []
    decisions = _decisions(view, found)
    objections = view.steps.objections_about(name, unit, criterion)
    may = open_steps(actor, _subject(view, council, found, decisions, objections))
    return ItemDetail(
        **vars(found)
        | {
            "criterion_title": {"vi": about.title.vi, "en": about.title.en} if about else {"vi": criterion},
            "measure": about.unit if isinstance(about, Criterion) else "",
            "scored": not (isinstance(about, Criterion) and about.rule is None),
            "maximum": maximum_of(framework, criterion, found.cluster),
            "references": references,
            "evidence": view.claims.evidence(found.submission, criterion),
            "challenges": view.claims.shown_challenges(name, unit, criterion),
            "findings": [
                finding
                for finding in view.reviews.findings(name, unit, found.findings)
                if finding.criterion in ("", criterion)
            ],
            "figures": view.sources.figures(council, unit, [(one.id, one.indicator) for one in references]),
            "peers": view.reviews.peers(name, found.cluster, criterion),
            "decisions": decisions,
            "changes": view.changes.of_item(name, unit, criterion),
            "may_decide": Step.DECIDE in may,
            "may": [step.value for step in may],
            "requests": view.steps.requests_about(name, unit, criterion),
            "objections": objections,
            "versions": view.claims.versions(name, unit, criterion),
            "trail": view.trail.about(name, unit, criterion),
        }
    )


def _decisions(view: View, item: ItemWithClaim) -> Sequence[ShownDecision]:
    """All decisions on an item, newest first, with what second persons said of them."""
    in_force = item.decision if item.review != ItemState.AWAITING else None
    found = view.results.decisions_about(item.cycle, item.unit, item.criterion)
    signed = view.steps.countersignatures([decision.id for decision in found])
    return [
        ShownDecision(**vars(decision), in_force=decision.id == in_force, countersignature=signed.get(decision.id))
        for decision in found
    ]


def _subject(
    view: View,
    council: str,
    item: ItemWithClaim,
    decisions: Sequence[ShownDecision],
    objections: Sequence[ShownObjection],
) -> Subject:
    """The item as the rules of who may do what see it."""
    leading, members = view.cycles.seats(item.cycle, item.cluster)
    against = {one.decision for one in objections if one.id == item.objection}
    parties = {decision.decided_by for decision in decisions if decision.id in against}
    signatures = [decision.countersignature for decision in decisions if decision.id in against]
    return Subject(
        council=council,
        unit=item.unit,
        cluster=item.cluster,
        criterion=item.criterion,
        state=ItemState(item.review),
        claimed_value=item.claimed_value,
        self_points=item.self_points,
        figure=None,
        outside=False,
        maximum=0.0,
        leading=leading,
        members=members,
        holder=item.holder(view.now),
        decided_by=decisions[0].decided_by if decisions else "",
        parties=parties | {signature.signed_by for signature in signatures if signature},
    )


def next_open_item(view: View, actor: Actor, cycle: ShownCycle) -> ShownItem | None:
    """The open item of the highest priority."""
    return view.reviews.next_open(actor, cycle.cycle, cycle.council)


def items_to_settle(
    view: View, actor: Actor, cycle: ShownCycle, cluster: str
) -> tuple[ShownCluster, Sequence[ShownItem]]:
    """What one settlement of a cluster covers; for its lead reviewers."""
    about = view.cycles.cluster(cycle.cycle, cluster)
    if about is None or not actor.may(Role.LEAD_REVIEWER, council=cycle.council, cluster=cluster):
        raise no_such_cluster()
    return about, view.reviews.to_settle(actor, cycle.cycle, cycle.council, cluster)


def review_rules(view: View, actor: Actor, cycle: str) -> tuple[ShownCycle, ReviewRules]:
    """A cycle and what is declared about its reviews."""
    found = open_cycle(view, actor, cycle)
    return found, view.steps.rules(found.council, cycle)

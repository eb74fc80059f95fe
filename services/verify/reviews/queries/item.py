"""One item with everything around it, for the API and the page alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from services.verify.claims.rules.frameworks import framework_of
from services.verify.claims.store import views as cycles
from services.verify.claims.store.cycles import SqlCycles
from services.verify.reviews.actions.cluster_review import no_such_item
from services.verify.reviews.actions.holding import leads as is_lead
from services.verify.reviews.model import Subject
from services.verify.reviews.rules.deciding import check_person
from services.verify.reviews.rules.states import TRANSITIONS, ItemState, Step
from services.verify.reviews.store import change_views as changes
from services.verify.reviews.store import item_views as items
from services.verify.reviews.store import step_views as reviews
from services.verify.sources.store.due_date_views import is_blinded
from services.verify.triage.store.triage import newest_plan
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion, Framework
from shared.people import Actor

# What people do about an item; a lead reviewer may also act on what somebody else has in hand.
PEOPLES = (Step.CLAIM, Step.RELEASE, Step.ASK, Step.TAKE_BACK, Step.DECIDE, Step.COUNTERSIGN)
LEADS = (Step.RELEASE, Step.TAKE_BACK)


def no_such_cycle() -> Refusal:
    """Whether it does not exist or is not theirs to see is not told."""
    return Refusal("cycle_not_found", Kind.NOT_FOUND, sentence("There is no such cycle open to you."))


def no_such_cluster() -> Refusal:
    """Whether it does not exist or is not theirs to settle is not told."""
    return Refusal("cluster_not_found", Kind.NOT_FOUND, sentence("There is no such cluster open to you."))


def open_cycle(connection: Connection, actor: Actor, cycle: str) -> dict[str, Any]:
    """A cycle with its framework. Raises a Refusal: not found, or its ratings are not locked and the actor rates."""
    found = cycles.cycle_for(connection, actor, cycle)
    if found is None:
        raise no_such_cycle()
    if is_blinded(connection, actor, found["council"], cycle):
        said = sentence(
            "You rate in this council: claims and what is found about them are shown once all ratings of the cycle "
            "are locked."
        )
        raise Refusal("ratings_not_locked", Kind.FORBIDDEN, said)
    return found


def read_framework(cycle: dict[str, Any]) -> Framework:
    """The framework of a cycle that was read from the database."""
    return framework_of(cycle["framework"], cycle["framework_sha256"])


def materiality(connection: Connection, cycle: dict[str, Any]) -> float:
    """Below how many points of a unit's total an item hardly matters in a cycle."""
    return newest_plan(connection, cycle["cycle"])[1].limit(read_framework(cycle).total)


def item_view(connection: Connection, actor: Actor, cycle: dict[str, Any], unit: str, criterion: str) -> dict[str, Any]:
    """Everything about an item. Raises a Refusal if there is none, or it is of the actor's own unit."""
    name, council = cycle["cycle"], cycle["council"]
    if actor.belongs_to(council, unit):
        said = sentence("This is an item of your own unit; other people look at it.")
        raise Refusal("own_unit", Kind.FORBIDDEN, said)
    found = items.one_item(connection, actor, name, council, unit, criterion)
    if found is None:
        raise no_such_item()
    framework = read_framework(cycle)
    about = framework.items[framework.columns[criterion]] if criterion in framework.columns else None
    references = list(about.sources) if isinstance(about, Criterion) else []
    findings = items.findings_of(connection, name, unit, found.pop("findings"))
    in_force = found.pop("decision") if found["review"] != ItemState.AWAITING else None
    decisions = _signed(connection, items.decisions_of(connection, name, unit, criterion))
    objections = reviews.objections_of(connection, name, unit, criterion)
    cluster = found["cluster"]
    may = steps_open_to(actor, _subject(connection, cycle, found, decisions, objections), decisions)
    return found | {
        "criterion_title": {"vi": about.title.vi, "en": about.title.en} if about else {"vi": criterion},
        "measure": about.unit if isinstance(about, Criterion) else "",
        "scored": not (isinstance(about, Criterion) and about.rule is None),
        "maximum": maximum_of(framework, criterion, cluster),
        "references": references,
        "evidence": items.evidence_of(connection, found.pop("submission"), criterion),
        "challenges": items.challenges_of(connection, name, unit, criterion),
        "findings": [finding for finding in findings if finding["criterion"] in ("", criterion)],
        "figures": items.figures_of(connection, council, unit, [(r.id, r.indicator) for r in references]),
        "peers": items.peers_of(connection, name, cluster, criterion),
        "decisions": [decision | {"in_force": decision["id"] == in_force} for decision in decisions],
        "changes": changes.changes_of_item(connection, name, unit, criterion),
        "may_decide": Step.DECIDE in may,
        "may": [step.value for step in may],
        "requests": reviews.requests_of(connection, name, unit, criterion),
        "objections": objections,
        "versions": reviews.versions_of(connection, name, unit, criterion),
        "trail": reviews.trail_of(connection, name, unit, criterion),
    }


def _signed(connection: Connection, decisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The decisions with what second persons said of them."""
    signed = reviews.countersignatures_of(connection, [decision["id"] for decision in decisions])
    return [decision | {"countersignature": signed.get(decision["id"])} for decision in decisions]


def _subject(
    connection: Connection,
    cycle: dict[str, Any],
    item: dict[str, Any],
    decisions: list[dict[str, Any]],
    objections: list[dict[str, Any]],
) -> Subject:
    """The item as the rules of who may do what see it."""
    leading, company = SqlCycles(connection).seats(cycle["cycle"], item["cluster"])
    against = {one["decision"] for one in objections if one["id"] == item["objection"]}
    parties = {decision["decided_by"] for decision in decisions if decision["id"] in against}
    signatures = [decision["countersignature"] for decision in decisions if decision["id"] in against]
    held = item["held_by"] and item["held_until"] is not None and item["held_until"] > datetime.now(UTC)
    return Subject(
        council=cycle["council"],
        unit=item["unit"],
        cluster=item["cluster"],
        criterion=item["criterion"],
        state=ItemState(item["review"]),
        claimed_value=item["claimed_value"],
        self_points=item["self_points"],
        figure=None,
        outside=False,
        maximum=0.0,
        leading=leading,
        company=company,
        holder=(item["held_by"], item["held_by_name"]) if held else None,
        parties=parties | {signature["signed_by"] for signature in signatures if signature},
    )


def steps_open_to(actor: Actor, subject: Subject, decisions: list[dict[str, Any]]) -> list[Step]:
    """The steps somebody may take now, in the order of the table."""
    try:
        check_person(actor, subject)
    except Refusal:
        return []
    mine = subject.holder is None or subject.holder[0] == actor.account
    possible = [step for step in PEOPLES if (subject.state, step) in TRANSITIONS]
    if not mine:
        possible = [step for step in possible if step in LEADS and is_lead(actor, subject)]
    if subject.state is ItemState.AWAITING and decisions[0]["decided_by"] == actor.account:
        return []
    if subject.holder is None and subject.state is not ItemState.ASKED:
        possible = [step for step in possible if step is not Step.RELEASE]
    return possible


def maximum_of(framework: Framework, criterion: str, cluster: str) -> float:
    """The most points an item can earn in a cluster."""
    about = framework.items[framework.columns[criterion]] if criterion in framework.columns else None
    if isinstance(about, Criterion):
        return framework.maximum(criterion, cluster)
    return abs(float(getattr(about, "cap", getattr(about, "floor", 1.0))))
